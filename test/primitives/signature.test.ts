import { expect } from "chai";
import fc from "fast-check";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Signature from "../../src/primitives/signature.ts";

const SEED = 20_261;
const { SECP256K1_N, SECP256K1_HALF_N } = Signature;

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const keys = fc.bigInt({ min: 1n, max: SECP256K1_N - 1n }).map((key) => Bytes.fromBigInt(key, 32));
const edges = fc.constantFrom(
  0n,
  1n,
  2n,
  SECP256K1_HALF_N,
  SECP256K1_HALF_N + 1n,
  SECP256K1_N - 1n,
  SECP256K1_N,
  SECP256K1_N + 1n,
  2n ** 256n - 1n,
);
const scalars = fc.oneof(edges, fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }));

describe("Signature", () => {
  it("loads the native library on this platform", function () {
    if (!Signature.isNative) {
      console.log("      no native secp256k1 here: only the portable library is tested");
      this.skip();
    }
    expect(Signature.isNative).to.equal(true);
  });

  describe("sign", () => {
    it("is low in s and recovers to the signer, in both libraries alike", () => {
      fc.assert(
        fc.property(hashes, keys, (hash, key) => {
          const signature = Signature.sign(hash, key);
          const { r, s, yParity } = signature;
          expect(signature).to.deep.equal(Signature.signPortably(hash, key));
          expect(Signature.isLowS(s)).to.equal(true);
          expect(Signature.recover(hash, yParity, r, s)).to.deep.equal(Signature.addressOf(key));
        }),
        { seed: SEED, numRuns: 40 },
      );
    });

    it("rejects a private key that is zero, the order, or not 32 bytes", () => {
      const hash = new Uint8Array(32);
      for (const key of [new Uint8Array(32), Bytes.fromBigInt(SECP256K1_N, 32), hash.subarray(1)]) {
        expect(() => Signature.sign(hash, key)).to.throw(Signature.PrivateKeyOutOfRangeError);
        expect(() => Signature.addressOf(key)).to.throw(Signature.PrivateKeyOutOfRangeError);
      }
    });
  });

  describe("recover", () => {
    it("gives the same answer in both libraries for any numbers", () => {
      fc.assert(
        fc.property(hashes, fc.constantFrom(0, 1), scalars, scalars, (hash, yParity, r, s) => {
          expect(Signature.recover(hash, yParity, r, s)).to.deep.equal(
            Signature.recoverPortably(hash, yParity, r, s),
          );
        }),
        { seed: SEED, numRuns: 300 },
      );
    });

    it("recovers the well-known signer of a known signature", () => {
      const address = Signature.recover(
        Hex.toBytes("0x18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"),
        1,
        0x73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75fn,
        0xeeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549n,
      );
      expect(address).to.deep.equal(Hex.toBytes("0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"));
    });

    it("accepts a high s, whose twin recovers with the other parity", () => {
      const key = Bytes.fromBigInt(5n, 32);
      const hash = new Uint8Array(32).fill(7);
      const { r, s, yParity } = Signature.sign(hash, key);
      const address = Signature.recover(hash, 1 - yParity, r, SECP256K1_N - s);
      expect(address).to.deep.equal(Signature.addressOf(key));
      expect(Signature.isLowS(SECP256K1_N - s)).to.equal(false);
    });

    it("refuses r and s outside [1, n), another parity, and a hash of another length", () => {
      const hash = new Uint8Array(32).fill(7);
      const { r, s, yParity } = Signature.sign(hash, Bytes.fromBigInt(5n, 32));
      for (const recover of [Signature.recover, Signature.recoverPortably]) {
        expect(recover(hash, yParity, 0n, s)).to.equal(undefined);
        expect(recover(hash, yParity, SECP256K1_N, s)).to.equal(undefined);
        expect(recover(hash, yParity, r, 0n)).to.equal(undefined);
        expect(recover(hash, yParity, r, SECP256K1_N)).to.equal(undefined);
        for (const parity of [-1, 2, 3, 27, 0.5])
          expect(recover(hash, parity, r, s)).to.equal(undefined);
        expect(recover(hash.subarray(1), yParity, r, s)).to.equal(undefined);
      }
    });

    it("refuses a signature whose key would be the point at infinity", () => {
      // With R = G and s = hash, the key is (s * R - hash * G) / r.
      const generatorX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
      const hash = Bytes.fromBigInt(12_345n, 32);
      for (const recover of [Signature.recover, Signature.recoverPortably])
        expect(recover(hash, 0, generatorX, 12_345n)).to.equal(undefined);
    });
  });

  describe("isLowS", () => {
    it("draws the line at half the order", () => {
      expect(Signature.isLowS(SECP256K1_HALF_N)).to.equal(true);
      expect(Signature.isLowS(SECP256K1_HALF_N + 1n)).to.equal(false);
      expect(2n * SECP256K1_HALF_N + 1n).to.equal(SECP256K1_N);
    });
  });
});
