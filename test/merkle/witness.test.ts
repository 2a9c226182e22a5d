import { expect } from "chai";
import { network } from "hardhat";
import * as Witness from "../../src/merkle/witness.ts";
import { AssertionError } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";

const { ethers } = await network.create("l1");
const harness = await ethers.deployContract("WitnessHarness");

const WORD = new Uint8Array(32).map((_, i) => i + 1);
const ADDRESS = new Uint8Array(20).map((_, i) => 200 - i);
const TEXT = new Uint8Array(300).map((_, i) => i);

function everything(): Uint8Array {
  const writer = Witness.create();
  Witness.writeUint8(writer, 0xfe);
  Witness.writeUint16(writer, 0xfedc);
  Witness.writeUint24(writer, 0xfedcba);
  Witness.writeUint32(writer, 0xfedcba98);
  Witness.writeUint64(writer, 0xfedcba9876543210n);
  Witness.writeUint256(writer, 2n ** 255n + 7n);
  Witness.writeBytes32(writer, WORD);
  Witness.writeAddress(writer, ADDRESS);
  Witness.writeBytes(writer, TEXT);
  Witness.writeBytesOf(writer, TEXT.subarray(3, 8));
  Witness.writeWords(writer, [WORD, WORD.toReversed()]);
  return Witness.toBytes(writer);
}

function readAll(witness: Witness.Witness): unknown[] {
  const all = [
    Witness.readUint8(witness),
    Witness.readUint16(witness),
    Witness.readUint24(witness),
    Witness.readUint32(witness),
    Witness.readUint64(witness),
    Witness.readUint256(witness),
    Hex.fromBytes(Witness.readBytes32(witness)),
    ethers.getAddress(Hex.fromBytes(Witness.readAddress(witness))),
    Hex.fromBytes(Witness.readBytes(witness)),
    Hex.fromBytes(Witness.readBytesOf(witness, 5)),
    Witness.readWords(witness, 2).map(Hex.fromBytes),
  ];
  Witness.finish(witness);
  return all.map((value) => (typeof value === "number" ? BigInt(value) : value));
}

const read = (bytes: Uint8Array) => harness.getFunction("readAll")(TEXT, bytes, 5, 2, TEXT);

describe("Witness", () => {
  it("reads back what was written, equal in both languages", async () => {
    const bytes = everything();
    const all = readAll(Witness.open(bytes));
    expect(all.slice(0, 6)).to.deep.equal([
      0xfen,
      0xfedcn,
      0xfedcban,
      0xfedcba98n,
      0xfedcba9876543210n,
      2n ** 255n + 7n,
    ]);
    expect(all[8]).to.equal(Hex.fromBytes(TEXT));
    expect((await read(bytes)).toArray(true)).to.deep.equal(all);
  });

  it("says how many bytes are left over", async () => {
    const longer = Bytes.concat(everything(), new Uint8Array(2));
    expect(() => readAll(Witness.open(longer)))
      .to.throw(Witness.TrailingWitnessError)
      .that.includes({ remaining: 2 });
    await expect(read(longer))
      .to.be.revertedWithCustomError(harness, "TrailingWitness")
      .withArgs(2);
  });

  it("says how many bytes are missing, wherever it is cut, though calldata goes on", async () => {
    const bytes = everything();
    for (let length = 0; length < bytes.length; length += length < 110 ? 1 : 37) {
      const cut = bytes.subarray(0, length);
      let thrown: unknown;
      try {
        readAll(Witness.open(cut));
      } catch (error) {
        thrown = error;
      }
      if (!(thrown instanceof Witness.WitnessTooShortError)) expect.fail(`no error at ${length}`);
      await expect(read(cut))
        .to.be.revertedWithCustomError(harness, "WitnessTooShort")
        .withArgs(thrown.needed, thrown.remaining);
    }
  });

  it("is written with the sizes that are read", () => {
    const writer = Witness.create();
    expect(() => Witness.writeUint8(writer, 256)).to.throw(Bytes.IntegerTooLargeError);
    expect(() => Witness.writeUint64(writer, 2n ** 64n)).to.throw(Bytes.IntegerTooLargeError);
    expect(() => Witness.writeBytes32(writer, TEXT)).to.throw(AssertionError);
    expect(() => Witness.writeAddress(writer, WORD)).to.throw(AssertionError);
    expect(writer.length).to.equal(0);
  });
});
