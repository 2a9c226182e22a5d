import { expect } from "chai";
import { keccak256 as ethersKeccak256 } from "ethers";
import fc from "fast-check";
import { AssertionError } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import {
  absorb,
  EMPTY_HASH,
  keccak256,
  keccak256After,
  keccak256Pair,
  keccak256Word,
  NOTHING_ABSORBED,
} from "../../src/primitives/keccak.ts";

const FUZZ = { seed: 0x6b6563, numRuns: 200 };

describe("keccak256", () => {
  it("of nothing is the hash of an account without code", () => {
    expect(Hex.fromBytes(EMPTY_HASH)).to.equal(
      "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    );
  });

  it("agrees with ethers at every block boundary and across the WebAssembly buffer", () => {
    for (const length of [
      0, 1, 31, 32, 64, 135, 136, 137, 271, 272, 16_319, 16_320, 16_321, 32_640, 70_000,
    ]) {
      const bytes = new Uint8Array(length).map((_, i) => i * 7);
      expect(Hex.fromBytes(keccak256(bytes)), `${length}`).to.equal(ethersKeccak256(bytes));
    }
  });

  it(`agrees with ethers on views into larger buffers (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 400 }), (bytes) => {
        const view = bytes.subarray(1, bytes.length - 2);
        expect(Hex.fromBytes(keccak256(view))).to.equal(ethersKeccak256(view.slice()));
      }),
      FUZZ,
    );
  });

  it("is the same as an integer", () => {
    const bytes = new Uint8Array(200).map((_, i) => i * 5);
    for (const length of [0, 32, 64, 200]) {
      const part = bytes.subarray(0, length);
      expect(keccak256Word(part)).to.equal(Bytes.toBigInt(keccak256(part)));
    }
  });

  it("keeps earlier results when hashing again", () => {
    const first = keccak256(new Uint8Array([1]));
    const copy = first.slice();
    keccak256(new Uint8Array([2]));
    expect(first).to.deep.equal(copy);
  });
});

describe("keccak256After", () => {
  it("goes on from the blocks that were absorbed, as often as one likes", () => {
    const bytes = new Uint8Array(40_000).map((_, i) => i * 13);
    for (const split of [0, 136, 272, 4_352, 16_320, 32_640]) {
      const absorbed = absorb(NOTHING_ABSORBED, bytes.subarray(0, split));
      keccak256(new Uint8Array([3]));
      for (const length of [split, split + 1, split + 136, 40_000]) {
        const whole = bytes.subarray(0, length);
        expect(keccak256After(absorbed, bytes.subarray(split, length))).to.deep.equal(
          keccak256(whole),
        );
      }
    }
  });
});

describe("absorb", () => {
  it("in two parts leaves the sponge that it leaves at once, and those before as they were", () => {
    const bytes = new Uint8Array(40 * 136).map((_, i) => i * 13);
    const first = absorb(NOTHING_ABSORBED, bytes.subarray(0, 8 * 136));
    const copy = first.slice();
    expect(absorb(first, bytes.subarray(8 * 136))).to.deep.equal(absorb(NOTHING_ABSORBED, bytes));
    expect(first).to.deep.equal(copy);
    expect(NOTHING_ABSORBED).to.deep.equal(new Uint8Array(200));
  });

  it("takes whole blocks only", () => {
    expect(() => absorb(NOTHING_ABSORBED, new Uint8Array(137)))
      .to.throw(AssertionError)
      .with.property("whatWasFalse", "what is absorbed ahead is whole blocks");
  });
});

describe("keccak256Pair", () => {
  it("hashes left then right", () => {
    const left = new Uint8Array(32).fill(1);
    const right = new Uint8Array(32).fill(2);
    expect(keccak256Pair(left, right)).to.deep.equal(keccak256(Bytes.concat(left, right)));
  });
});
