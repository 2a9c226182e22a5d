import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";

const VECTORS = new URL("../../../shared/ethereum-tests/RLPTests/", import.meta.url);
const FUZZ = { seed: 0x726c70, numRuns: 300 };

const { ethers } = await network.create("l1");
const harness = await ethers.deployContract("RlpHarness");

type Vector = { readonly out: string };

function encodingsIn(file: string): [string, Vector][] {
  return Object.entries(JSON.parse(readFileSync(new URL(file, VECTORS), "utf8")));
}

/** Expects from Solidity what TypeScript makes of the bytes: the same bytes again, or the same error. */
async function expectSame(bytes: Uint8Array): Promise<void> {
  const call = harness.getFunction("reencode");
  let encoding: Hex.Hex;
  try {
    encoding = Hex.fromBytes(Rlp.encode(Rlp.decode(bytes)));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const name = error.name.replace(/^Rlp\./, "Rlp").replace(/Error$/, "");
    // A foreign length may exceed what a number holds exactly.
    const args = Object.entries(error)
      .filter(([field]) => field !== "name")
      .map(
        ([, value]) =>
          (actual: bigint) =>
            Number(actual) === value,
      );
    await expect(call(bytes))
      .to.be.revertedWithCustomError(harness, name)
      .withArgs(...args);
    return;
  }
  expect(await call(bytes)).to.equal(encoding);
}

describe("Rlp in Solidity", () => {
  it("reads the official vectors as TypeScript does", async function () {
    if (!existsSync(VECTORS)) {
      console.log(`      skipped: no vectors at ${VECTORS.pathname}`);
      this.skip();
    }
    const random = readdirSync(new URL("RandomRLPTests/", VECTORS));
    const files = [...random.map((file) => `RandomRLPTests/${file}`), "rlptest.json"];
    for (const file of [...files, "invalidRLPTest.json"])
      for (const [, { out }] of encodingsIn(file))
        await expectSame(Hex.toBytes(out.startsWith("0x") ? out : `0x${out}`));
  });

  it(`reads any bytes as TypeScript does (seed ${FUZZ.seed})`, async () => {
    const { item } = fc.letrec<{ item: Rlp.Item }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 3 },
        fc.uint8Array({ maxLength: 70 }),
        fc.array(tie("item"), { maxLength: 5 }),
      ),
    }));
    const change = fc.record({ at: fc.nat(), by: fc.nat(255), cut: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(item, change, async (value, { at, by, cut }) => {
        const bytes = Rlp.encode(value);
        await expectSame(bytes);
        const index = at % bytes.length;
        await expectSame(bytes.with(index, (bytes[index] ?? 0) ^ by));
        await expectSame(bytes.subarray(0, bytes.length - cut));
      }),
      FUZZ,
    );
  });

  it("names what is not canonical", async () => {
    for (const [hex, name, ...args] of [
      ["0x8361", "RlpTruncated", 1, 3, 1],
      ["0x6161", "RlpTrailingBytes", 1, 2],
      ["0xc28161", "RlpWrappedByte", 1],
      [`0xb90038${"61".repeat(56)}`, "RlpLengthLeadingZero", 0],
      [`0xb837${"61".repeat(55)}`, "RlpOverlongLength", 0, 55],
    ] as const)
      await expect(harness.getFunction("reencode")(hex))
        .to.be.revertedWithCustomError(harness, name)
        .withArgs(...args);
  });

  describe("kinds", () => {
    const word = new Uint8Array(32).fill(3);
    const account = new Uint8Array(20).fill(4);
    const text = new Uint8Array(70_000).fill(5);
    const kinds: readonly Rlp.Item[] = [
      Rlp.fromBigInt(2n ** 200n),
      Rlp.fromBigInt(2n ** 64n - 1n),
      word,
      account,
      text,
      [],
    ] as const;

    it("come back, written and read", async () => {
      const encoding = Hex.fromBytes(Rlp.encode(kinds));
      const values = [2n ** 200n, 2n ** 64n - 1n, ...[word, account, text].map(Hex.fromBytes)];
      expect(await harness.getFunction("readKinds")(encoding)).to.deep.equal(values);
      expect(await harness.getFunction("writeKinds")(...values)).to.equal(encoding);
    });

    it("write zero as the empty string and small bytes as themselves", async () => {
      for (const integer of [0n, 1n, 127n, 128n, 255n, 256n]) {
        const items = [
          Rlp.fromBigInt(integer),
          Rlp.fromBigInt(integer),
          word,
          account,
          Rlp.fromBigInt(integer),
          [],
        ];
        expect(
          await harness.getFunction("writeKinds")(
            integer,
            integer,
            word,
            Hex.fromBytes(account),
            Rlp.fromBigInt(integer),
          ),
        ).to.equal(Hex.fromBytes(Rlp.encode(items)));
      }
    });

    it("are told apart", async () => {
      const cases: [number, Rlp.Item, string, ...number[]][] = [
        [0, new Uint8Array([0, 1]), "RlpIntegerLeadingZero", 4],
        [0, new Uint8Array(33).fill(1), "RlpIntegerTooLarge", 256, 33],
        [1, new Uint8Array(9).fill(1), "RlpIntegerTooLarge", 64, 9],
        [1, [], "RlpExpectedString", 31],
        [2, account, "RlpWrongStringLength", 32, 20],
        [3, word, "RlpWrongStringLength", 20, 32],
        [5, new Uint8Array(0), "RlpExpectedList", 70_098],
        [5, [word], "RlpTrailingBytes", 70_099, 70_132],
      ];
      for (const [index, item, name, ...args] of cases)
        await expect(harness.getFunction("readKinds")(Rlp.encode(kinds.with(index, item))))
          .to.be.revertedWithCustomError(harness, name)
          .withArgs(...args);
      await expect(harness.getFunction("readKinds")("0x80"))
        .to.be.revertedWithCustomError(harness, "RlpExpectedList")
        .withArgs(0);
      await expect(harness.getFunction("readKinds")(Rlp.encode([...kinds, []])))
        .to.be.revertedWithCustomError(harness, "RlpTrailingBytes")
        .withArgs(70_099, 70_100);
    });
  });
});
