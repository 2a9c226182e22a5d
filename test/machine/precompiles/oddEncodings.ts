// Inputs of the curves' precompiles at the edges of their encodings: each edge in each place.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Points from "./noblePoints.ts";

/** What fills one place of an input. */
type Part = Uint8Array;
/** The places of an input: what stands there if it is in order, and what else is tried. */
type Place = readonly [usual: Part, ...odd: Part[]];

const WORD_BYTES = 32;
const BLS_BYTES = 64;
const BN_P = bn254.fields.Fp.ORDER;
const BLS_P = bls12_381.fields.Fp.ORDER;

/** The inputs for an address; none for one that is not of a curve. */
export function at(address: bigint): Uint8Array[] {
  const places = PLACES.get(address);
  if (places === undefined) return [];
  const usual = places.map(([part]) => part);
  const whole = Bytes.concat(...usual);
  const odd = places.flatMap(([, ...parts], place) =>
    parts.map((part) => Bytes.concat(...usual.with(place, part))),
  );
  return [
    ...[whole, Bytes.EMPTY, new Uint8Array(whole.length), new Uint8Array(whole.length + 1)],
    ...[whole.slice(1), whole.slice(0, -1), Bytes.concat(whole, Uint8Array.of(0))],
    ...[Bytes.concat(whole, whole), Bytes.concat(whole, new Uint8Array(whole.length))],
    ...odd,
  ];
}

function coordinates(point: Part, size: number, field: bigint): Place[] {
  return Array.from({ length: point.length / size }, (_, i) => {
    const own = point.slice(i * size, (i + 1) * size);
    const value = Bytes.toBigInt(own);
    const top = 2n ** BigInt(8 * size);
    const others = [0n, 1n, field - 1n, field, field + 1n, value + field, field - value, top - 1n];
    const high = [value + top / 2n, value + 2n ** 384n, value + 2n ** 381n];
    const inRange = [...others, ...high].filter((other) => other < top && other !== value);
    return [own, ...inRange.map((other) => Bytes.fromBigInt(other, size))];
  });
}

function scalar(order: bigint): Place {
  const odd = [0n, 1n, 2n, order - 1n, order, order + 1n, 2n * order, 2n ** 255n, 2n ** 256n - 1n];
  return [Word.of(3n), ...odd.map(Word.of)];
}

function bn(point: Part): Place[] {
  return coordinates(point, WORD_BYTES, BN_P);
}

function bls(point: Part): Place[] {
  return coordinates(point, BLS_BYTES, BLS_P);
}

const bnG1 = Points.encodeBnG1(bn254.G1.Point.BASE.double());
const bnG2 = Points.encodeBnG2(bn254.G2.Point.BASE.double());
const blsG1 = Points.encodeBlsG1(bls12_381.G1.Point.BASE.double());
const blsG2 = Points.encodeBlsG2(bls12_381.G2.Point.BASE.double());
const bnScalar = scalar(bn254.fields.Fr.ORDER);
const blsScalar = scalar(bls12_381.fields.Fr.ORDER);
const element = Bytes.fromBigInt(5n, BLS_BYTES);

const PLACES: ReadonlyMap<bigint, readonly Place[]> = new Map<bigint, readonly Place[]>([
  [0x06n, [...bn(bnG1), ...bn(bnG1)]],
  [0x07n, [...bn(bnG1), bnScalar]],
  [0x08n, [...bn(bnG1), ...bn(bnG2)]],
  [0x0bn, [...bls(blsG1), ...bls(blsG1)]],
  [0x0cn, [...bls(blsG1), blsScalar]],
  [0x0dn, [...bls(blsG2), ...bls(blsG2)]],
  [0x0en, [...bls(blsG2), blsScalar]],
  [0x0fn, [...bls(blsG1), ...bls(blsG2)]],
  [0x10n, bls(element)],
  [0x11n, bls(Bytes.concat(element, element))],
]);
