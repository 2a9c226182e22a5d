import { expect } from "chai";
import fc from "fast-check";
import { assert, AssertionError } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";

const FUZZ = { seed: 0x627974, numRuns: 300 };
const of = (...values: number[]): Uint8Array => new Uint8Array(values);

describe("Bytes", () => {
  it("concat joins in order", () => {
    expect(Bytes.concat(of(1), Bytes.EMPTY, of(2, 3))).to.deep.equal(of(1, 2, 3));
  });

  it("equals and compare look at contents", () => {
    expect(Bytes.equals(of(1, 2), of(1, 2))).to.equal(true);
    expect(Bytes.equals(of(1, 2), of(1, 3))).to.equal(false);
    expect(Bytes.equals(of(1, 2), of(1, 2, 0))).to.equal(false);
    expect(Bytes.compare(of(1, 2), of(1, 3))).to.be.lessThan(0);
    expect(Bytes.compare(of(2), of(1, 3))).to.be.greaterThan(0);
    expect(Bytes.compare(of(2), of(2))).to.equal(0);
    expect(Bytes.isZero(of(0, 0))).to.equal(true);
    expect(Bytes.isZero(of(0, 1))).to.equal(false);
  });

  it("fromBigInt is big-endian and refuses what does not fit", () => {
    expect(Bytes.fromBigInt(0x0102n, 4)).to.deep.equal(of(0, 0, 1, 2));
    expect(Bytes.fromBigInt(0xffffn, 2)).to.deep.equal(of(255, 255));
    expect(Bytes.fromBigInt(0n, 0)).to.deep.equal(of());
    for (const [value, length] of [
      [-1n, 4],
      [0x10000n, 2],
      [1n, 0],
      [1n << 256n, 32],
    ] as const) {
      expect(() => Bytes.fromBigInt(value, length), `${value}`)
        .to.throw(Bytes.IntegerTooLargeError)
        .that.includes({ value, length });
    }
  });

  it(`words of 32 bytes come back (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const value = Bytes.toBigInt(bytes);
        expect(value).to.equal(BigInt(Hex.fromBytes(bytes)));
        expect(Bytes.fromBigInt(value, 32)).to.deep.equal(bytes);
      }),
      FUZZ,
    );
  });

  it(`integers of any length come back, and lengthOf is their length (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const value = Bytes.toBigInt(bytes);
        expect(value).to.equal(BigInt(Hex.fromBytes(bytes)));
        expect(Bytes.fromBigInt(value, bytes.length)).to.deep.equal(bytes);
        const first = bytes.findIndex((byte) => byte !== 0);
        const length = first < 0 ? 0 : bytes.length - first;
        expect(Bytes.lengthOf(value)).to.equal(length);
        if (length === 0) return;
        expect(() => Bytes.fromBigInt(value, length - 1))
          .to.throw(Bytes.IntegerTooLargeError)
          .that.includes({ value, length: length - 1 });
      }),
      FUZZ,
    );
    for (let length = 1; length <= 33; length++) {
      expect(Bytes.lengthOf(256n ** BigInt(length) - 1n)).to.equal(length);
      expect(Bytes.lengthOf(256n ** BigInt(length))).to.equal(length + 1);
    }
    expect(Bytes.lengthOf(0n)).to.equal(0);
  });

  it("readWord reads the 32 bytes from a position on, wherever the integer begins", () => {
    const view = new DataView(new Uint8Array(96).fill(0xff).buffer);
    for (const bits of [0n, 1n, 63n, 64n, 65n, 127n, 128n, 129n, 191n, 192n, 193n, 256n]) {
      const value = 2n ** bits - 1n;
      Bytes.writeWord(view, 32, value);
      expect(Bytes.readWord(view, 32)).to.equal(value);
    }
  });

  it("writeWord writes all 32 bytes whatever stood there, and nothing else", () => {
    for (const value of [0n, 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 200n + 5n, 2n ** 256n - 1n]) {
      const bytes = new Uint8Array(96).fill(0xee);
      Bytes.writeWord(new DataView(bytes.buffer), 32, value);
      expect(bytes.subarray(32, 64)).to.deep.equal(Bytes.fromBigInt(value, 32));
      expect(new Set([...bytes.subarray(0, 32), ...bytes.subarray(64)])).to.deep.equal(
        new Set([0xee]),
      );
    }
  });

  it("fromNumber is big-endian and refuses what does not fit", () => {
    expect(Bytes.fromNumber(0x0102, 3)).to.deep.equal(of(0, 1, 2));
    expect(() => Bytes.fromNumber(256, 1)).to.throw(Bytes.IntegerTooLargeError);
    expect(() => Bytes.fromNumber(-1, 1))
      .to.throw(Bytes.NotAnIntegerError)
      .that.includes({ value: -1 });
    expect(() => Bytes.fromNumber(1.5, 1)).to.throw(Bytes.NotAnIntegerError);
  });

  it("toNumber refuses what a number cannot hold", () => {
    expect(Bytes.toNumber(of(1, 0, 2))).to.equal(65538);
    expect(() => Bytes.toNumber(of(255, 255, 255, 255, 255, 255, 255))).to.throw(
      Bytes.NotAnIntegerError,
    );
  });

  it("padding and slicing read zeros beyond the ends", () => {
    expect(Bytes.slicePadded(of(1, 2, 3), 1, 4)).to.deep.equal(of(2, 3, 0, 0));
    expect(Bytes.slicePadded(of(1, 2, 3), 9, 2)).to.deep.equal(of(0, 0));
    expect(Bytes.padLeft(of(1), 3)).to.deep.equal(of(0, 0, 1));
    expect(Bytes.padRight(of(1), 3)).to.deep.equal(of(1, 0, 0));
    expect(() => Bytes.padLeft(of(1, 2), 1))
      .to.throw(Bytes.BytesTooLongError)
      .that.includes({ actual: 2, maximum: 1 });
    expect(() => Bytes.padRight(of(1, 2), 1)).to.throw(Bytes.BytesTooLongError);
  });

  it(`integers of any length come back (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const value = Bytes.toBigInt(bytes);
        expect(value).to.equal(bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n));
        expect(Bytes.fromBigInt(value, bytes.length)).to.deep.equal(bytes);
      }),
      FUZZ,
    );
  });
});

describe("Hex", () => {
  it("is lower case and comes back", () => {
    expect(Hex.fromBytes(of(0xab, 0x01))).to.equal("0xab01");
    expect(Hex.toBytes("0xAb01")).to.deep.equal(of(0xab, 0x01));
    expect(Hex.toBytes("0x")).to.deep.equal(of());
    expect(Hex.toBytes("0xab")).not.to.be.instanceOf(Buffer);
  });

  it("names what is not hex", () => {
    expect(() => Hex.toBytes("ab"))
      .to.throw(Hex.NotHexError)
      .that.includes({ text: "ab" });
    expect(() => Hex.toBytes("0xzz")).to.throw(Hex.NotHexError);
    expect(() => Hex.toBytes("0x\u0130\u0130")).to.throw(Hex.NotHexError);
    expect(() => Hex.toBytes("0xabc"))
      .to.throw(Hex.OddDigitsError)
      .that.includes({ text: "0xabc" });
  });

  it("writes quantities", () => {
    expect(Hex.fromBigInt(0n)).to.equal("0x0");
    expect(Hex.fromBigInt(255n)).to.equal("0xff");
    expect(() => Hex.fromBigInt(-1n))
      .to.throw(Hex.NegativeQuantityError)
      .that.includes({ value: -1n });
  });

  it("keys differ exactly when the bytes do", () => {
    expect(Hex.key(of(0xff, 0))).to.equal(Hex.key(of(0xff, 0)));
    expect(Hex.key(of(0xff, 0))).not.to.equal(Hex.key(of(0xff)));
  });
});

describe("assert", () => {
  it("passes what holds and names what does not", () => {
    assert(true, "one is one");
    expect(() => assert(false, "one is two"))
      .to.throw(AssertionError)
      .that.includes({ whatWasFalse: "one is two" });
  });
});
