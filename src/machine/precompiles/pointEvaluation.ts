// Address 0x0a: whether a blob's polynomial has value y at z, by a KZG proof (EIP-4844).
import { hash } from "node:crypto";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Pairing from "./pairing.ts";
import * as Word from "./word.ts";

const PRICE = 50_000;
const INPUT_BYTES = 192;
const VERSION = 1;
const FIELD_ELEMENTS_PER_BLOB = 4_096n;

const { Fp, Fr } = bls12_381.fields;
const G1 = bls12_381.G1.Point;
const G2 = bls12_381.G2.Point;
type Point = typeof G1.ZERO;

// The secret of Ethereum's KZG ceremony of 2023 times G2's generator: the second `g2_monomial` of
// the ceremony's output. It is all of that output that checking a proof needs.
const TAU_G2 = G2.fromBytes(
  Hex.toBytes(
    "0xb5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2",
  ),
);

const tauLines = bls12_381.utils.calcPairingPrecomputes(TAU_G2);
const minusOneLines = bls12_381.utils.calcPairingPrecomputes(G2.BASE.negate());

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The number of field elements in a blob and the field's order, if the proof holds. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES) return undefined;
  const commitment = input.subarray(96, 144);
  if (!Bytes.equals(input.subarray(0, 32), versionedHash(commitment))) return undefined;

  const z = Word.at(input, 32);
  const y = Word.at(input, 64);
  if (!Fr.isValid(z) || !Fr.isValid(y)) return undefined;
  const committed = decompress(commitment);
  const proof = decompress(input.subarray(144, 192));
  if (committed === undefined || proof === undefined) return undefined;

  if (!isOpening(committed, z, y, proof)) return undefined;
  return Bytes.concat(Word.of(FIELD_ELEMENTS_PER_BLOB), Word.of(Fr.ORDER));
}

/**
 * e(C - y, 1) = e(proof, tau - z), rearranged to e(C - y + z * proof, -1) * e(proof, tau) = 1, so
 * that the points of G2 are constants.
 */
function isOpening(commitment: Point, z: bigint, y: bigint, proof: Point): boolean {
  const shifted = commitment.subtract(G1.BASE.multiplyUnsafe(y)).add(proof.multiplyUnsafe(z));
  const terms: Pairing.Term[] = [];
  if (!shifted.is0()) terms.push([minusOneLines, shifted.x, shifted.y]);
  if (!proof.is0()) terms.push([tauLines, proof.x, proof.y]);
  return Pairing.isOne(bls12_381, terms);
}

function versionedHash(commitment: Uint8Array): Uint8Array {
  const versioned = Uint8Array.from(hash("sha256", commitment, "buffer"));
  versioned[0] = VERSION;
  return versioned;
}

/** A point of G1 in its 48-byte form, if canonical and in the subgroup. */
function decompress(encoded: Uint8Array): Point | undefined {
  const [isCompressed, isInfinity, isLarger] = flags(encoded);
  if (!isCompressed) return undefined;
  const x = Bytes.toBigInt(encoded) & ((1n << 381n) - 1n);
  if (isInfinity) return x === 0n && !isLarger ? G1.ZERO : undefined;
  if (x >= Fp.ORDER) return undefined;

  const ySquared = Fp.add(Fp.mul(Fp.sqr(x), x), G1.CURVE().b);
  const root = Fp.pow(ySquared, (Fp.ORDER + 1n) / 4n);
  if (Fp.sqr(root) !== ySquared) return undefined;
  const y = root > Fp.ORDER / 2n === isLarger ? root : Fp.neg(root);
  const point = G1.fromAffine({ x, y });
  return point.isTorsionFree() ? point : undefined;
}

/** The three top bits: compressed, at infinity, and which of the two y has the larger value. */
function flags(encoded: Uint8Array): [boolean, boolean, boolean] {
  const top = Bytes.toNumber(encoded.subarray(0, 1));
  return [(top & 0x80) !== 0, (top & 0x40) !== 0, (top & 0x20) !== 0];
}
