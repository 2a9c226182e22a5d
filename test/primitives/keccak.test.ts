import { expect } from "chai";
import { keccak256 as ethersKeccak256 } from "ethers";
import fc from "fast-check";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import {
  absorb,
  EMPTY_HASH,
  keccak256,
  keccak256After,
  keccak256Pair,
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
      0, 1, 31, 32, 64, 135, 136, 137, 271, 272, 16_383, 16_384, 16_385, 70_000,
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

  it("keeps earlier results when hashing again", () => {
    const first = keccak256(new Uint8Array([1]));
    const copy = first.slice();
    keccak256(new Uint8Array([2]));
    expect(first).to.deep.equal(copy);
  });
});

describe("keccak256After", () => {
  it("goes on from what was absorbed, as often as one likes", () => {
    const bytes = new Uint8Array(672).map((_, i) => i * 13);
    for (const split of [0, 1, 135, 136, 272, 600, 672]) {
      const absorbed = absorb(bytes.subarray(0, split));
      keccak256(new Uint8Array([3]));
      for (const length of [split, 400, 672].filter((end) => end >= split)) {
        const whole = bytes.subarray(0, length);
        expect(keccak256After(absorbed, bytes.subarray(split, length))).to.deep.equal(
          keccak256(whole),
        );
      }
    }
  });
});

describe("keccak256Pair", () => {
  it("hashes left then right", () => {
    const left = new Uint8Array(32).fill(1);
    const right = new Uint8Array(32).fill(2);
    expect(keccak256Pair(left, right)).to.deep.equal(keccak256(Bytes.concat(left, right)));
  });
});
