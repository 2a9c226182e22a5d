// BLS12-381 and BN254 by mcl, compiled to WebAssembly: BigInt is too slow for them to follow a chain whose blocks are full of them.
// A module of it keeps one curve, so there are two. Compiling is asynchronous: it is awaited here, and the machine stays synchronous.
// Points live at fixed places of the module's memory, which the next call overwrites: nothing is allocated, nothing leaks.
import createModule from "mcl-wasm/dist/mcl_c.js";
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";

/** A place in the memory of a module, in bytes. */
export type Pointer = number;

type Unary = (to: Pointer, from: Pointer) => void;
type Binary = (to: Pointer, left: Pointer, right: Pointer) => void;
type Question = (at: Pointer) => number;
type Read = (to: Pointer, bytes: Pointer, length: number) => number;
type Sum = (to: Pointer, points: Pointer, scalars: Pointer, count: number) => void;

type Module = {
  readonly wasmMemory: { readonly buffer: ArrayBuffer };
  readonly _malloc: (length: number) => Pointer;
  readonly _mclBn_init: (curve: number, layout: number) => number;
  readonly _mclBn_setETHserialization: (isUsed: number) => void;
  readonly _mclBn_setMapToMode: (mode: number) => number;
  readonly _mclBn_verifyOrderG1: (isVerified: number) => void;
  readonly _mclBn_verifyOrderG2: (isVerified: number) => void;
  readonly _mclBnFp_clear: (at: Pointer) => void;
  readonly _mclBnFp_setInt32: (at: Pointer, value: number) => void;
  readonly _mclBnFp_setBigEndianMod: Read;
  readonly _mclBnFp_getLittleEndian: (bytes: Pointer, room: number, at: Pointer) => number;
  readonly _mclBnFp_mapToG1: (to: Pointer, from: Pointer) => number;
  readonly _mclBnFp2_mapToG2: (to: Pointer, from: Pointer) => number;
  readonly _mclBnFr_setBigEndianMod: Read;
  readonly _mclBnG1_deserialize: Read;
  readonly _mclBnG1_clear: (at: Pointer) => void;
  readonly _mclBnG1_isValid: Question;
  readonly _mclBnG1_isValidOrder: Question;
  readonly _mclBnG1_isZero: Question;
  readonly _mclBnG1_add: Binary;
  readonly _mclBnG1_normalize: Unary;
  readonly _mclBnG1_mulVec: Sum;
  readonly _mclBnG2_deserialize: Read;
  readonly _mclBnG2_clear: (at: Pointer) => void;
  readonly _mclBnG2_isValid: Question;
  readonly _mclBnG2_isValidOrder: Question;
  readonly _mclBnG2_isZero: Question;
  readonly _mclBnG2_add: Binary;
  readonly _mclBnG2_normalize: Unary;
  readonly _mclBnG2_mulVec: Sum;
  readonly _mclBnGT_setInt32: (at: Pointer, value: number) => void;
  readonly _mclBnGT_mul: Binary;
  readonly _mclBnGT_isOne: Question;
  readonly _mclBn_millerLoopVec: (to: Pointer, g1: Pointer, g2: Pointer, count: number) => void;
  readonly _mclBn_finalExp: Unary;
  readonly _mclBn_getUint64NumToPrecompute: () => number;
  readonly _mclBn_precomputeG2: Unary;
  readonly _mclBn_precomputedMillerLoop2: (
    to: Pointer,
    g1: Pointer,
    lines: Pointer,
    otherG1: Pointer,
    otherLines: Pointer,
  ) => void;
};

/** One of a curve's two groups of points. A point is three coordinates, of one or two field elements each. */
export type Group = {
  readonly size: number;
  readonly elements: number;
  readonly decompress: Read;
  readonly clear: (at: Pointer) => void;
  readonly isOnCurve: Question;
  readonly isInSubgroup: Question;
  readonly isInfinity: Question;
  readonly add: Binary;
  readonly normalize: Unary;
  readonly sum: Sum;
};

export type Curve = {
  readonly module: Module;
  readonly g1: Group;
  readonly g2: Group;
  /** The field's order, in as many bytes as its elements have. */
  readonly modulus: Uint8Array;
  /** Room for the bytes of a number, for three values of any kind, and for a batch of each kind. */
  readonly buffer: Pointer;
  readonly values: readonly [Pointer, Pointer, Pointer];
  readonly batch: { readonly g1: Pointer; readonly g2: Pointer; readonly scalars: Pointer };
};

/** The room of a field element, a scalar and an element of the target group. */
export const FP_SIZE = 48;
export const FR_SIZE = 32;
const GT_SIZE = 12 * FP_SIZE;

/** How many points are added, or pairings multiplied, at a time. */
export const BATCH = 64;

const BUFFER_SIZE = 96;
// Words of 64 bits that the module has for elements of the two fields: how its header says what it was compiled for.
const LAYOUT = 46;
const BN254 = 4;
const BLS12_381 = 5;
const RFC_9380 = 5;

// Without a source of randomness among the options: what a machine runs must not draw any.
const [bn254Loading, bls12Loading] = [load(), load()];
const bn254Module = await bn254Loading;
const bls12Module = await bls12Loading;

/** The curve of EIP-196 and EIP-197. */
export const bn254 = open(
  bn254Module,
  BN254,
  0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n,
  32,
);

/** The curve of EIP-2537 and EIP-4844, with the maps of RFC 9380. */
export const bls12 = open(
  bls12Module,
  BLS12_381,
  0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn,
  48,
);
// Its compressed points are those of EIP-4844: big-endian, with flags in the first byte.
bls12.module._mclBn_setETHserialization(1);
assert(bls12.module._mclBn_setMapToMode(RFC_9380) === 0, "the module knows the maps of RFC 9380");

function load(): PromiseLike<Module> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the package's types say any
  return createModule({});
}

function open(module: Module, curve: number, modulus: bigint, fieldBytes: number): Curve {
  assert(module._mclBn_init(curve, LAYOUT) === 0, "the module has the curve");
  // Whether a point is on the curve and whether it is in the subgroup are two questions.
  module._mclBn_verifyOrderG1(0);
  module._mclBn_verifyOrderG2(0);

  const [g1, g2] = groupsOf(module);
  const room = (size: number) => reserve(module, size);
  return {
    module,
    g1,
    g2,
    modulus: Bytes.fromBigInt(modulus, fieldBytes),
    buffer: room(BUFFER_SIZE),
    values: [room(GT_SIZE), room(GT_SIZE), room(GT_SIZE)],
    batch: {
      g1: room(BATCH * g1.size),
      g2: room(BATCH * g2.size),
      scalars: room(BATCH * FR_SIZE),
    },
  };
}

/** A fixed place of so many bytes. */
export function reserve(module: Module, size: number): Pointer {
  const at = module._malloc(size);
  assert(at !== 0, "the module has room for its fixed places");
  return at;
}

function groupsOf(module: Module): [Group, Group] {
  const g1: Group = {
    size: 3 * FP_SIZE,
    elements: 1,
    decompress: module._mclBnG1_deserialize,
    clear: module._mclBnG1_clear,
    isOnCurve: module._mclBnG1_isValid,
    isInSubgroup: module._mclBnG1_isValidOrder,
    isInfinity: module._mclBnG1_isZero,
    add: module._mclBnG1_add,
    normalize: module._mclBnG1_normalize,
    sum: module._mclBnG1_mulVec,
  };
  const g2: Group = {
    size: 6 * FP_SIZE,
    elements: 2,
    decompress: module._mclBnG2_deserialize,
    clear: module._mclBnG2_clear,
    isOnCurve: module._mclBnG2_isValid,
    isInSubgroup: module._mclBnG2_isValidOrder,
    isInfinity: module._mclBnG2_isZero,
    add: module._mclBnG2_add,
    normalize: module._mclBnG2_normalize,
    sum: module._mclBnG2_mulVec,
  };
  return [g1, g2];
}

/** Puts a field element, given in as many bytes as the modulus, at a place; whether it was canonical. */
export function writeElement(curve: Curve, at: Pointer, bytes: Uint8Array): boolean {
  if (Bytes.compare(bytes, curve.modulus) >= 0) return false;
  fill(curve, bytes);
  const failure = curve.module._mclBnFp_setBigEndianMod(at, curve.buffer, bytes.length);
  assert(failure === 0, "a canonical element is taken");
  return true;
}

/** A field element in as many bytes as the modulus. */
export function readElement(curve: Curve, at: Pointer): Uint8Array {
  const { length } = curve.modulus;
  const written = curve.module._mclBnFp_getLittleEndian(curve.buffer, BUFFER_SIZE, at);
  assert(written > 0 && written <= length, "an element has at most the field's length");
  return Bytes.padLeft(memory(curve).slice(0, written).reverse(), length);
}

/** Puts any 32-byte number, modulo the order of the groups, at a place. */
export function writeScalar(curve: Curve, at: Pointer, bytes: Uint8Array): void {
  fill(curve, bytes);
  const failure = curve.module._mclBnFr_setBigEndianMod(at, curve.buffer, bytes.length);
  assert(failure === 0, "any scalar is taken");
}

/**
 * Puts a point, given by the elements of its two coordinates, at a place; whether they were canonical and on the curve.
 * Only zeros are the point at infinity.
 */
export function writePoint(
  curve: Curve,
  group: Group,
  at: Pointer,
  coordinates: readonly Uint8Array[],
): boolean {
  if (coordinates.every(Bytes.isZero)) {
    group.clear(at);
    return true;
  }
  for (const [i, bytes] of coordinates.entries())
    if (!writeElement(curve, at + i * FP_SIZE, bytes)) return false;
  const third = at + 2 * group.elements * FP_SIZE;
  for (let i = 0; i < group.elements; i++) curve.module._mclBnFp_clear(third + i * FP_SIZE);
  curve.module._mclBnFp_setInt32(third, 1);
  return group.isOnCurve(at) === 1;
}

/** Puts the point of a compressed form (all of it, of canonical x and not at infinity) at a place; whether there is one. */
export function writeCompressed(
  curve: Curve,
  group: Group,
  at: Pointer,
  bytes: Uint8Array,
): boolean {
  fill(curve, bytes);
  return group.decompress(at, curve.buffer, bytes.length) === bytes.length;
}

/** The elements of the two coordinates of a point. */
export function readPoint(curve: Curve, group: Group, at: Pointer): Uint8Array[] {
  const places = [...Array(2 * group.elements).keys()];
  if (group.isInfinity(at) === 1) return places.map(() => new Uint8Array(curve.modulus.length));
  group.normalize(at, at);
  return places.map((place) => readElement(curve, at + place * FP_SIZE));
}

/**
 * The sum of multiples of `count` points of a subgroup, at a place that is answered; nothing if one of them cannot be read.
 * `load` puts a point and its scalar at the places that it is given, and says whether it could.
 */
export function sumOfMultiples(
  curve: Curve,
  group: Group,
  count: number,
  load: (index: number, point: Pointer, scalar: Pointer) => boolean,
): Pointer | undefined {
  const [total, part] = curve.values;
  const points = group.elements === 1 ? curve.batch.g1 : curve.batch.g2;
  group.clear(total);
  for (let first = 0; first < count; first += BATCH) {
    const held = Math.min(BATCH, count - first);
    for (let i = 0; i < held; i++)
      if (!load(first + i, points + i * group.size, curve.batch.scalars + i * FR_SIZE))
        return undefined;
    group.sum(part, points, curve.batch.scalars, held);
    group.add(total, total, part);
  }
  return total;
}

function fill(curve: Curve, bytes: Uint8Array): void {
  memory(curve).set(bytes);
}

// The memory's buffer is another one after the module has made it larger.
function memory({ module, buffer }: Curve): Uint8Array {
  return new Uint8Array(module.wasmMemory.buffer, buffer, BUFFER_SIZE);
}
