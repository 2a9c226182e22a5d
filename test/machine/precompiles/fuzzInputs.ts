// Seeded inputs for each precompile: valid ones, ones at the edges of validity, and damaged ones.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { p256 } from "@noble/curves/nist.js";
import fc from "fast-check";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Signature from "../../../src/primitives/signature.ts";
import * as Curve from "./curveInputs.ts";
import * as Points from "./noblePoints.ts";

const MAX_WORD = 2n ** 256n - 1n;

/** Inputs for the precompile at `address`, always the same for the same seed. */
export function sample(address: bigint, count: number, seed: number): Uint8Array[] {
  const valid = arbitraries.get(address);
  if (valid === undefined) throw new NoInputsError(address);
  return fc.sample(fc.oneof({ weight: 2, arbitrary: valid }, damaged(valid)), {
    numRuns: count,
    seed,
  });
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const number = (max: bigint) => fc.bigInt({ min: 0n, max });
const joined = (...parts: fc.Arbitrary<Uint8Array>[]) =>
  fc.tuple(...parts).map((all) => Bytes.concat(...all));
const several = (part: fc.Arbitrary<Uint8Array>, least: number, most: number) =>
  fc.array(part, { minLength: least, maxLength: most }).map((all) => Bytes.concat(...all));

const specialWords = fc
  .constantFrom(
    0n,
    1n,
    27n,
    28n,
    29n,
    bn254.fields.Fp.ORDER - 1n,
    bn254.fields.Fp.ORDER,
    bn254.fields.Fr.ORDER,
    bls12_381.fields.Fr.ORDER - 1n,
    bls12_381.fields.Fr.ORDER,
    Signature.SECP256K1_N - 1n,
    Signature.SECP256K1_N,
    p256.Point.Fn.ORDER - 1n,
    p256.Point.Fn.ORDER,
    p256.Point.Fp.ORDER,
    MAX_WORD,
  )
  .map(Word.of);

/** The same inputs cut short, made longer, with a byte flipped or a word replaced, or any bytes. */
function damaged(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  return fc.oneof(
    fc
      .tuple(valid, place)
      .map(([input, at]) => input.subarray(0, Math.floor(at * (input.length + 1)))),
    joined(valid, fc.uint8Array({ minLength: 1, maxLength: 200 })),
    fc.tuple(valid, place, fc.integer({ min: 1, max: 255 })).map(([input, at, change]) => {
      const offset = Math.floor(at * input.length);
      return input.map((byte, i) => (i === offset ? byte ^ change : byte));
    }),
    fc.tuple(valid, place, specialWords).map(([input, at, word]) => {
      const offset = 32 * Math.floor((at * input.length) / 32);
      return Bytes.concat(input.subarray(0, offset), word, input.subarray(offset + 32));
    }),
    fc.uint8Array({ maxLength: 400 }),
  );
}

const signed = fc.tuple(bytes(32), number(2n ** 250n), fc.boolean()).map(([hash, key, isHighS]) => {
  const { r, s, yParity } = Signature.sign(hash, Bytes.fromBigInt(key + 1n, 32));
  return isHighS
    ? Bytes.concat(
        hash,
        Word.of(28n - BigInt(yParity)),
        Word.of(r),
        Word.of(Signature.SECP256K1_N - s),
      )
    : Bytes.concat(hash, Word.of(27n + BigInt(yParity)), Word.of(r), Word.of(s));
});

const widened = fc
  .tuple(signed, fc.integer({ min: 32, max: 62 }))
  .map(([input, offset]) => input.map((byte, i) => (i === offset ? 1 : byte)));

const signedP256 = fc
  .tuple(bytes(32), number(2n ** 250n), fc.boolean())
  .map(([hash, key, isHighS]) => {
    const secret = Bytes.fromBigInt(key + 1n, 32);
    const { r, s } = p256.Signature.fromBytes(p256.sign(hash, secret, { prehash: false }));
    const publicKey = p256.getPublicKey(secret, false).subarray(1);
    const shown = isHighS ? p256.Point.Fn.ORDER - s : s;
    return Bytes.concat(hash, Word.of(r), Word.of(shown), publicKey);
  });

const operandLength = fc.constantFrom(0, 0, 1, 2, 7, 8, 9, 31, 32, 33, 40, 64, 65, 128, 255);
const unusualLength = fc.constantFrom(
  1_023n,
  1_024n,
  1_025n,
  2n ** 16n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 64n - 33n,
  2n ** 64n,
  2n ** 128n,
  MAX_WORD,
);
const operand = fc.oneof(
  { weight: 4, arbitrary: operandLength.chain(bytes) },
  operandLength.map((length) => new Uint8Array(length)),
  operandLength.map((length) => new Uint8Array(length).fill(255)),
  operandLength.map((length) => Bytes.fromBigInt(length === 0 ? 0n : 1n, length)),
);
const wellSized = fc
  .tuple(operand, operand, operand)
  .map((operands) =>
    Bytes.concat(...operands.map(({ length }) => Word.of(BigInt(length))), ...operands),
  );
const cutShort = fc
  .tuple(wellSized, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([input, at]) => input.subarray(0, 96 + Math.floor(at * (input.length - 96))));
const oddlySized = fc
  .tuple(
    fc.array(fc.oneof(unusualLength, operandLength.map(BigInt)), { minLength: 3, maxLength: 3 }),
    fc.uint8Array({ maxLength: 200 }),
  )
  .map(([lengths, body]) => Bytes.concat(...lengths.map(Word.of), body));
const fullSized = fc
  .tuple(fc.constantFrom(1_023, 1_024, 1_025), bytes(1), fc.constantFrom(1_023, 1_024, 1_025))
  .chain(([base, exponent, modulus]) =>
    joined(
      fc.constant(Bytes.concat(...[base, 1, modulus].map((length) => Word.of(BigInt(length))))),
      bytes(base),
      fc.constant(exponent),
      bytes(modulus),
    ),
  );

const anyScalar = fc.oneof(specialWords, bytes(32));
const fp = fc
  .oneof(
    { weight: 8, arbitrary: number(bls12_381.fields.Fp.ORDER - 1n) },
    fc.constantFrom(0n, 1n, bls12_381.fields.Fp.ORDER, 2n ** 384n - 1n),
  )
  .map((value) => Bytes.fromBigInt(value, Points.BLS_FP_BYTES));

const compression = joined(
  fc.constantFrom(0, 0, 0, 1, 2, 3, 12, 20).map((rounds) => Bytes.fromNumber(rounds, 4)),
  bytes(208),
  fc.constantFrom(0, 1, 0, 1, 2, 255).map((flag) => Uint8Array.of(flag)),
);

const arbitraries: ReadonlyMap<bigint, fc.Arbitrary<Uint8Array>> = new Map([
  [0x01n, fc.oneof({ weight: 9, arbitrary: signed }, widened)],
  [0x02n, fc.uint8Array({ maxLength: 300 })],
  [0x03n, fc.uint8Array({ maxLength: 300 })],
  [0x04n, fc.uint8Array({ maxLength: 300 })],
  [
    0x05n,
    fc.oneof(
      { weight: 4, arbitrary: wellSized },
      { weight: 3, arbitrary: oddlySized },
      { weight: 2, arbitrary: cutShort },
      fullSized,
    ),
  ],
  [0x06n, joined(Curve.bnG1, Curve.bnG1)],
  [0x07n, joined(Curve.bnG1, anyScalar)],
  [0x08n, fc.oneof(Curve.balancedBn, several(joined(Curve.bnG1, Curve.bnG2), 0, 3))],
  [0x09n, compression],
  [0x0an, Curve.opening],
  [0x0bn, joined(Curve.blsG1, Curve.blsG1)],
  [0x0cn, several(joined(Curve.blsG1, anyScalar), 0, 4)],
  [0x0dn, joined(Curve.blsG2, Curve.blsG2)],
  [0x0en, several(joined(Curve.blsG2, anyScalar), 0, 3)],
  [0x0fn, fc.oneof(Curve.balancedBls, several(joined(Curve.blsG1, Curve.blsG2), 0, 2))],
  [0x10n, fp],
  [0x11n, joined(fp, fp)],
  [0x100n, signedP256],
]);

class NoInputsError extends RangeError {
  override readonly name = "FuzzInputs.NoInputsError";
  readonly address: bigint;
  constructor(address: bigint) {
    super(`expected the address of a precompile, got ${address}`);
    this.address = address;
  }
}
