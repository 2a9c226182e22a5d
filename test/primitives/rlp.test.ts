import { expect } from "chai";
import { encodeRlp, type RlpStructuredDataish } from "ethers";
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";

const VECTORS = new URL("../../../shared/ethereum-tests/RLPTests/", import.meta.url);
const FUZZ = { seed: 0x524c50, numRuns: 300 };

type Vector = { readonly in: unknown; readonly out: string };

function readVectors(file: string): [string, Vector][] {
  return Object.entries(JSON.parse(readFileSync(new URL(file, VECTORS), "utf8")));
}

// The official vectors write integers as numbers or "#decimal", everything else as text.
function toItem(value: unknown): Rlp.Item {
  if (typeof value === "number") return Rlp.fromBigInt(BigInt(value));
  if (typeof value === "string" && value.startsWith("#"))
    return Rlp.fromBigInt(BigInt(value.slice(1)));
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (Array.isArray(value)) return value.map(toItem);
  throw new TypeError(`no RLP item: ${JSON.stringify(value)}`);
}

function toHexItem(item: Rlp.Item): RlpStructuredDataish {
  return item instanceof Uint8Array ? Hex.fromBytes(item) : item.map(toHexItem);
}

function decodeHex(hex: string): Rlp.Item {
  return Rlp.decode(Hex.toBytes(hex));
}

describe("Rlp", () => {
  describe("official vectors", () => {
    before(function () {
      if (existsSync(VECTORS)) return;
      console.log(`      skipped: no vectors at ${VECTORS.pathname}`);
      this.skip();
    });

    it("encode and decode as rlptest.json says", () => {
      for (const [name, { in: value, out }] of readVectors("rlptest.json")) {
        expect(Hex.fromBytes(Rlp.encode(toItem(value))), name).to.equal(out.toLowerCase());
        expect(Rlp.decode(Hex.toBytes(out)), name).to.deep.equal(toItem(value));
      }
    });

    it("refuse everything in invalidRLPTest.json", () => {
      for (const [name, { out }] of readVectors("invalidRLPTest.json")) {
        const bytes = Hex.toBytes(out.startsWith("0x") ? out : `0x${out}`);
        expect(() => Rlp.decode(bytes), name)
          .to.throw()
          .with.property("name")
          .that.matches(/^Rlp\./);
      }
    });

    it("accept or refuse the random ones, and re-encode what is valid to the same bytes", () => {
      for (const file of readdirSync(new URL("RandomRLPTests/", VECTORS))) {
        for (const [name, vector] of readVectors(`RandomRLPTests/${file}`)) {
          if (vector.in === "VALID") {
            expect(Hex.fromBytes(Rlp.encode(decodeHex(vector.out))), name).to.equal(vector.out);
          } else {
            expect(() => decodeHex(vector.out), name)
              .to.throw()
              .with.property("name")
              .that.matches(/^Rlp\./);
          }
        }
      }
    });
  });

  describe("decode", () => {
    it("names the cause and the place", () => {
      expect(() => decodeHex("0x"))
        .to.throw(Rlp.TruncatedError)
        .that.includes({ needed: 1 });
      expect(() => decodeHex("0x8361"))
        .to.throw(Rlp.TruncatedError)
        .that.includes({ position: 1, needed: 3, remaining: 1 });
      expect(() => decodeHex("0xb9"))
        .to.throw(Rlp.TruncatedError)
        .that.includes({ position: 1, needed: 2, remaining: 0 });
      expect(() => decodeHex(`0xb838${"61".repeat(55)}`))
        .to.throw(Rlp.TruncatedError)
        .that.includes({ position: 2, needed: 56, remaining: 55 });
      expect(() => decodeHex("0xc18361")).to.throw(Rlp.TrailingBytesError);
      expect(() => decodeHex("0xc28361"))
        .to.throw(Rlp.TruncatedError)
        .that.includes({ position: 2, needed: 3, remaining: 1 });
      expect(() => decodeHex("0x0102"))
        .to.throw(Rlp.TrailingBytesError)
        .that.includes({ end: 1, length: 2 });
      expect(() => decodeHex("0xc2817f"))
        .to.throw(Rlp.WrappedByteError)
        .that.includes({ position: 1 });
      expect(() => decodeHex(`0xb837${"61".repeat(55)}`))
        .to.throw(Rlp.OverlongLengthError)
        .that.includes({ position: 0, length: 55 });
      expect(() => decodeHex(`0xb90038${"61".repeat(56)}`))
        .to.throw(Rlp.LengthLeadingZeroError)
        .that.includes({ position: 0 });
    });

    it("survives nesting deeper than any call stack", () => {
      const lists = 100_000;
      const bytes = new Uint8Array(lists * 5);
      let start = bytes.length;
      for (let i = 0; i < lists; i++) {
        const length = bytes.length - start;
        const lengthBytes = Rlp.fromBigInt(BigInt(length));
        const header = length <= 55 ? [0xc0 + length] : [0xf7 + lengthBytes.length, ...lengthBytes];
        start -= header.length;
        bytes.set(header, start);
      }

      let depth = 0;
      let list = Rlp.decodeList(bytes.subarray(start));
      for (; list.length > 0; depth++) list = Rlp.toList(list[0]);
      expect(depth).to.equal(lists - 1);
    });
  });

  describe("integers", () => {
    it("are minimal, and zero is empty", () => {
      expect(Rlp.fromBigInt(0n)).to.deep.equal(new Uint8Array(0));
      expect(Rlp.fromBigInt(256n)).to.deep.equal(new Uint8Array([1, 0]));
      expect(Rlp.toBigInt(new Uint8Array([1, 0]))).to.equal(256n);
      expect(() => Rlp.toBigInt(new Uint8Array([0, 1])))
        .to.throw(Rlp.IntegerLeadingZeroError)
        .that.includes({ length: 2 });
    });
  });

  describe("kinds", () => {
    it("are told apart", () => {
      expect(() => Rlp.toBytes([])).to.throw(Rlp.ExpectedStringError);
      expect(() => Rlp.toBytes(undefined)).to.throw(Rlp.ExpectedStringError);
      expect(() => Rlp.toList(undefined)).to.throw(Rlp.ExpectedListError);
      expect(() => Rlp.decodeList(new Uint8Array([1]))).to.throw(Rlp.ExpectedListError);
    });
  });

  it(`agrees with ethers on any item (seed ${FUZZ.seed})`, () => {
    const { item } = fc.letrec<{ item: Rlp.Item }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 4 },
        fc.uint8Array({ maxLength: 70 }),
        fc.uint8Array({ minLength: 1, maxLength: 1 }),
        fc.array(tie("item"), { maxLength: 8 }),
      ),
    }));
    fc.assert(
      fc.property(item, (value) => {
        const encoded = Rlp.encode(value);
        expect(Hex.fromBytes(encoded)).to.equal(encodeRlp(toHexItem(value)));
        expect(encoded.length).to.equal(Rlp.encodedLength(value));
        expect(Rlp.decode(encoded)).to.deep.equal(value);
      }),
      FUZZ,
    );
  });

  it(`decodes only what it would itself encode (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        let item: Rlp.Item;
        try {
          item = Rlp.decode(bytes);
        } catch (error) {
          expect(error)
            .to.have.property("name")
            .that.matches(/^Rlp\./);
          return;
        }
        expect(Rlp.encode(item)).to.deep.equal(bytes);
      }),
      { ...FUZZ, numRuns: 3000 },
    );
  });
});
