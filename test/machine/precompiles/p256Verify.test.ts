import { p256 } from "@noble/curves/nist.js";
import { expect } from "chai";
import * as P256Verify from "../../../src/machine/precompiles/p256Verify.ts";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Noble from "./noblePrecompiles.ts";

const { Fn, Fp, BASE } = p256.Point;
const ONE = Word.of(1n);

type Key = typeof BASE;

function input(hash: bigint, r: bigint, s: bigint, key: Key): Uint8Array {
  const { x, y } = key.toAffine();
  return Bytes.concat(...[hash, r, s, x, y].map(Word.of));
}

/** What both implementations say, which must be the same. */
function verdict(call: Uint8Array): boolean {
  const answer = P256Verify.run(call);
  expect(answer).to.deep.equal(Noble.runs.get(0x100n)?.(call));
  return Bytes.equals(answer, ONE);
}

/** A signature by the rule itself, whatever the hash and the secrets are. */
function signature(hash: bigint, secret: bigint, nonce: bigint): { r: bigint; s: bigint } {
  const r = Fn.create(BASE.multiply(nonce).toAffine().x);
  return { r, s: Fn.mul(Fn.inv(nonce), Fn.create(hash + r * secret)) };
}

describe("p256Verify", () => {
  const secret = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n;
  const key = BASE.multiply(secret);

  it("takes a hash of zero, of the group's order and above it", () => {
    for (const hash of [0n, 1n, Fn.ORDER - 1n, Fn.ORDER, Fn.ORDER + 1n, 2n ** 256n - 1n]) {
      const { r, s } = signature(hash, secret, 77n);
      expect(verdict(input(hash, r, s, key))).to.equal(true);
      expect(verdict(input(hash, r, Fn.ORDER - s, key))).to.equal(true);
      expect(verdict(input(hash ^ 2n, r, s, key))).to.equal(false);
    }
  });

  it("doubles where the hash's point is the key, and refuses where it is the key's opposite", () => {
    // hash / r = secret, so the two points that are added are one; or they cancel, which signs nothing.
    const r = Fn.create(BASE.multiply(5n).toAffine().x);
    const s = Fn.mul(Fn.inv(5n), Fn.create(2n * r * secret));
    const hash = Fn.mul(r, secret);
    expect(verdict(input(hash, r, s, key))).to.equal(true);
    expect(verdict(input(hash, r, Fn.create(s + 1n), key))).to.equal(false);
    expect(verdict(input(Fn.neg(hash), r, s, key))).to.equal(false);
  });

  it("compares x modulo the group's order", () => {
    // The point of x = N + 2 is on the curve, so r = 2 is what it leaves; 2 itself is another point's.
    const x = [...Array(64).keys()]
      .map((more) => Fn.ORDER + BigInt(more))
      .find((candidate) => candidate < Fp.ORDER && isX(candidate));
    if (x === undefined) throw new RangeError("no x above the order");
    const point = p256.Point.fromAffine({ x, y: yOf(x) });
    const r = x - Fn.ORDER;
    // With s = r the sum of hash / r times G and the key is the point itself.
    const hash = Fn.mul(r, 9n);
    const other = point.subtract(BASE.multiply(9n));
    expect(verdict(input(hash, r, r, other))).to.equal(true);
    expect(verdict(input(hash, r, r, other.negate()))).to.equal(false);
  });

  it("refuses r and s of zero or above the order, keys off the curve or not canonical, other lengths", () => {
    const { r, s } = signature(123n, secret, 77n);
    const { x, y } = key.toAffine();
    const words: readonly bigint[][] = [
      [123n, 0n, s, x, y],
      [123n, r, 0n, x, y],
      [123n, Fn.ORDER, s, x, y],
      [123n, r, Fn.ORDER, x, y],
      [123n, r, s, x, y ^ 1n],
      [123n, r, s, 0n, 0n],
      [123n, r, s, Fp.ORDER, y],
      [123n, r, s, x, 2n ** 256n - 1n],
    ];
    for (const call of words) expect(verdict(Bytes.concat(...call.map(Word.of)))).to.equal(false);
    // An x below 2^256 - P has a second form above the field's order.
    const small = [...Array(64).keys()].map(BigInt).find((candidate) => isX(candidate)) ?? 0n;
    expect(
      verdict(Bytes.concat(...[123n, r, s, small + Fp.ORDER, yOf(small)].map(Word.of))),
    ).to.equal(false);
    const good = input(123n, r, s, key);
    expect(verdict(good)).to.equal(true);
    expect(verdict(good.subarray(1))).to.equal(false);
    expect(verdict(Bytes.concat(good, Bytes.EMPTY, Uint8Array.of(0)))).to.equal(false);
  });
});

function isX(x: bigint): boolean {
  const square = squareOfY(x);
  return Fp.sqr(Fp.pow(square, (Fp.ORDER + 1n) / 4n)) === square;
}

function yOf(x: bigint): bigint {
  return Fp.pow(squareOfY(x), (Fp.ORDER + 1n) / 4n);
}

function squareOfY(x: bigint): bigint {
  const { a, b } = p256.Point.CURVE();
  return Fp.create(x * x * x + a * x + b);
}
