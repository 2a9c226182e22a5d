import { expect } from "chai";
import { keccak256 as keccakOfHex } from "ethers";
import * as MerkleTree from "../../src/merkle/merkleTree.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";

describe("Body", () => {
  it("writes timestamp, size and entries with their lengths", () => {
    const blocks = [
      { timestamp: 5n, transactions: [Hex.toBytes("0xaabb"), Hex.toBytes("0x")] },
      { timestamp: 2n ** 64n - 1n, transactions: [] },
    ];
    expect(Hex.fromBytes(Body.encode(blocks))).to.equal(
      "0x0000000000000005" + "00000008" + "000002aabb" + "000000" + "ffffffffffffffff" + "00000000",
    );
  });

  it("commits to pieces of 1,024 bytes, the last one short", () => {
    const body = new Uint8Array(1_025).map((_, i) => i % 251);
    const leaves = [body.slice(0, 1_024), body.slice(1_024)].map((piece) =>
      Hex.toBytes(keccakOfHex(piece)),
    );
    expect(Body.root(body)).to.deep.equal(MerkleTree.rootOf(leaves, 7));
    expect(Body.root(new Uint8Array(0))).to.deep.equal(MerkleTree.zero(7));
  });

  it("refuses more than 116 pieces", () => {
    expect(Body.pieces(new Uint8Array(MAX_BODY_BYTES))).to.have.lengthOf(116);
    expect(() => Body.root(new Uint8Array(MAX_BODY_BYTES + 1)))
      .to.throw(Body.BodyTooLongError)
      .that.includes({ length: MAX_BODY_BYTES + 1 });
  });
});
