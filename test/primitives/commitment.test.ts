import { expect } from "chai";
import { AbiCoder, id, keccak256 } from "ethers";
import { AssertionError } from "../../src/primitives/assert.ts";
import { commit, tag } from "../../src/primitives/commitment.ts";
import * as Hex from "../../src/primitives/hex.ts";

describe("commitment", () => {
  it("hashes the tag and one word per field, as abi.encode does", () => {
    const address = new Uint8Array(20).fill(0xab);
    const word = new Uint8Array(32).fill(0xcd);
    const value = 2n ** 255n + 7n;

    const encoded = AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "uint256", "uint64", "bool", "address", "bytes32"],
      [id("tribunal.example"), value, 2n ** 40n, true, Hex.fromBytes(address), word],
    );

    expect(Hex.fromBytes(commit(tag("example"), value, 2 ** 40, true, address, word))).to.equal(
      keccak256(encoded),
    );
  });

  it("does not see what an earlier one left behind", () => {
    const address = new Uint8Array(20).fill(0xab);
    const alone = commit(tag("example"), 1, address);
    commit(tag("example"), new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(0xff));
    expect(commit(tag("example"), 1, address)).to.deep.equal(alone);
  });

  it("takes 63 fields and no more", () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(() => commit(tag("example"), ...fields(63))).not.to.throw();
    expect(() => commit(tag("example"), ...fields(64))).to.throw(AssertionError);
  });

  it("refuses a byte string that is neither a word nor an address", () => {
    expect(() => commit(tag("example"), new Uint8Array(31))).to.throw(AssertionError);
  });
});
