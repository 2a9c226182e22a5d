// Seeded points of the pairing curves, as bytes, and openings of blobs' polynomials.
import { readFileSync } from "node:fs";
import { FpIsSquare } from "@noble/curves/abstract/modular.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as Points from "./noblePoints.ts";

type Setup = { readonly g1_monomial: string[]; readonly g2_monomial: string[] };

// The ceremony's output, as a package that this project installs carries it.
const setupFile = new URL(
  "../../../node_modules/viem/trusted-setups/mainnet.json",
  import.meta.url,
);
/** Its powers of tau. */
export const setup: Setup = JSON.parse(readFileSync(setupFile, "utf8"));

const number = (max: bigint) => fc.bigInt({ min: 0n, max });
const smallMultiple = fc.oneof(fc.constant(0n), number(1_000n));
/** Points of BN254, infinity among them, a few with a coordinate above the field's. */
export const bnG1 = fc.tuple(smallMultiple, number(12n)).map(([k, flaw]) => {
  const { x, y } = bn254.G1.Point.BASE.multiplyUnsafe(k).toAffine();
  const wide = (at: bigint) => (flaw === at ? bn254.fields.Fp.ORDER : 0n);
  return Bytes.concat(Word.of(x + wide(1n)), Word.of(y + wide(2n)));
});
/** Points of its twist, a few outside the subgroup. */
export const bnG2 = fc.oneof(
  {
    weight: 5,
    arbitrary: smallMultiple.map((k) => Points.encodeBnG2(bn254.G2.Point.BASE.multiplyUnsafe(k))),
  },
  fc.constant(Points.encodeBnG2(outsideSubgroup(bn254.G2.Point, bn254.fields.Fp2))),
);
const blsG1Points = fc.oneof(
  { weight: 5, arbitrary: smallMultiple.map((k) => bls12_381.G1.Point.BASE.multiplyUnsafe(k)) },
  fc.constant(blsOutsideG1()),
);
const blsG2Points = fc.oneof(
  { weight: 5, arbitrary: smallMultiple.map((k) => bls12_381.G2.Point.BASE.multiplyUnsafe(k)) },
  fc.constant(outsideSubgroup(bls12_381.G2.Point, bls12_381.fields.Fp2)),
);
/** Points of BLS12-381, a few outside the subgroup. */
export const blsG1 = blsG1Points.map(Points.encodeBlsG1);
/** Points of its twist, a few outside the subgroup. */
export const blsG2 = blsG2Points.map(Points.encodeBlsG2);
/** k(aG, bH) and -k(aG, bH): their product is one. */
export const balancedBn = fc.tuple(number(99n), number(99n)).map(([a, b]) => {
  const g1 = bn254.G1.Point.BASE.multiplyUnsafe(a + 1n);
  const g2 = Points.encodeBnG2(bn254.G2.Point.BASE.multiplyUnsafe(b + 1n));
  return Bytes.concat(Points.encodeBnG1(g1), g2, Points.encodeBnG1(g1.negate()), g2);
});
export const balancedBls = fc.tuple(number(99n), number(99n)).map(([a, b]) => {
  const g1 = bls12_381.G1.Point.BASE.multiplyUnsafe(a + 1n);
  const g2 = Points.encodeBlsG2(bls12_381.G2.Point.BASE.multiplyUnsafe(b + 1n));
  return Bytes.concat(Points.encodeBlsG1(g1), g2, Points.encodeBlsG1(g1.negate()), g2);
});

type Flaw =
  | "none"
  | "value"
  | "point"
  | "wide y"
  | "wide z"
  | "version"
  | "hash"
  | "stranger"
  | "strange proof";

/**
 * Openings of a + bX + cX², made with the powers of tau that the ceremony published, some of them
 * flawed: of another value or blob, with a number above the field's, or with a point moved out of the
 * subgroup by a summand that no pairing sees.
 */
export const opening = fc
  .tuple(
    fc
      .constantFrom<Flaw[]>("none", "none", "none", "value", "point", "wide y", "wide z")
      .chain((flaw) =>
        fc.constantFrom<Flaw[]>(flaw, flaw, flaw, "version", "hash", "stranger", "strange proof"),
      ),
    ...Array.from({ length: 4 }, () => fc.oneof(fc.constant(0n), number(2n ** 254n))),
  )
  .map(([flaw, a = 0n, b = 0n, c = 0n, z = 0n]) => {
    const { Fr } = bls12_381.fields;
    const stranger = invisible();
    const moved = (is: Flaw) => (flaw === is ? stranger : bls12_381.G1.Point.ZERO);
    const commitment = compress(combine(a, b, c).add(moved("stranger")));
    const proof = compress(combine(b + c * z, c).add(moved("strange proof")));
    const version = Uint8Array.of(flaw === "version" ? 2 : 1);
    const hash = sha256(flaw === "hash" ? proof : commitment);
    const versionedHash = Bytes.concat(version, hash.subarray(1));
    const y = Fr.create(a + b * z + c * z * z + (flaw === "value" ? 1n : 0n));
    const shownY = flaw === "wide y" ? y + Fr.ORDER : y;
    const shownZ = flaw === "wide z" ? z + Fr.ORDER : flaw === "point" ? z + 1n : z;
    return Bytes.concat(versionedHash, Word.of(shownZ), Word.of(shownY), commitment, proof);
  });

/** A commitment to the polynomial with these coefficients. */
function combine(...coefficients: bigint[]): Points.G1 {
  return coefficients.reduce(
    (sum, coefficient, i) =>
      sum.add(tauPower(i).multiplyUnsafe(bls12_381.fields.Fr.create(coefficient))),
    bls12_381.G1.Point.ZERO,
  );
}

/** A point whose order divides the cofactor. */
function invisible(): Points.G1 {
  const point = blsOutsideG1();
  return point.multiplyUnsafe(bls12_381.fields.Fr.ORDER - 1n).add(point);
}

/** A point in its 48-byte form, in the subgroup or not. */
function compress(point: Points.G1): Uint8Array {
  const { x, y } = point.toAffine();
  const isLarger = y > bls12_381.fields.Fp.ORDER / 2n;
  const flags = point.is0() ? 0b110n : isLarger ? 0b101n : 0b100n;
  return Bytes.fromBigInt((flags << 381n) | x, 48);
}

function tauPower(exponent: number): Points.G1 {
  return bls12_381.G1.Point.fromBytes(Hex.toBytes(setup.g1_monomial[exponent] ?? ""));
}

/** The point with the least whole x on the curve, which no one took care to put in the subgroup. */
function outsideSubgroup(curve: typeof bn254.G2.Point, field: typeof bn254.fields.Fp2): Points.G2 {
  for (let c0 = 1n; ; c0++) {
    const x = { c0, c1: 1n };
    const square = field.add(field.mul(field.sqr(x), x), curve.CURVE().b);
    if (!FpIsSquare(field, square)) continue;
    const point = curve.fromAffine({ x, y: field.sqrt(square) });
    if (!point.isTorsionFree()) return point;
  }
}

function blsOutsideG1(): Points.G1 {
  const { Fp } = bls12_381.fields;
  for (let x = 1n; ; x++) {
    const square = Fp.add(Fp.pow(x, 3n), bls12_381.G1.Point.CURVE().b);
    if (!FpIsSquare(Fp, square)) continue;
    const point = bls12_381.G1.Point.fromAffine({ x, y: Fp.sqrt(square) });
    if (!point.isTorsionFree()) return point;
  }
}
