import { expect } from "chai";
import * as Params from "../../../src/node/rpc/params.ts";
import { InvalidParamsError } from "../../../src/node/rpc/rpcError.ts";

const ADDRESS = `0x${"ab".repeat(20)}`;
const HASH = `0x${"cd".repeat(32)}`;
const addressBytes = new Uint8Array(20).fill(0xab);
const hashBytes = new Uint8Array(32).fill(0xcd);
const addressInteger = BigInt(ADDRESS);
const AUTHORIZATION = {
  ...{ chainId: "0x1", address: ADDRESS, nonce: "0x2", yParity: "0x1", r: "0x3", s: "0x4" },
};

describe("node/rpc/params", () => {
  describe("blockId", () => {
    const accepted: [unknown, Params.BlockId][] = [
      [undefined, { tag: "latest" }],
      [null, { tag: "latest" }],
      ["safe", { tag: "safe" }],
      ["0x10", { number: 16n }],
      [{ blockNumber: "0x2" }, { number: 2n }],
      [{ blockHash: HASH, requireCanonical: true }, { hash: hashBytes }],
    ];
    for (const [value, id] of accepted) {
      it(`reads ${JSON.stringify(value)}`, () => {
        expect(Params.blockId(value, "block")).to.deep.equal(id);
      });
    }
    const refused = [
      ...["newest", 5, "10", `0x${"1".repeat(65)}`, {}, { blockHash: "0x12" }],
      { blockHash: HASH, blockNumber: "0x2" },
      { blockHash: HASH, requireCanonical: "yes" },
    ];
    for (const value of refused) {
      it(`refuses ${JSON.stringify(value)}`, () => {
        expect(() => Params.blockId(value, "block")).to.throw(InvalidParamsError);
      });
    }
  });

  describe("callRequest", () => {
    it("fills in what is not given", () => {
      const { value, data, accessList, to } = Params.callRequest({});
      expect([value, data.length, accessList, to]).to.deep.equal([0n, 0, [], undefined]);
    });

    it("reads every field", () => {
      const request = Params.callRequest({
        chainId: "0x7",
        from: ADDRESS,
        to: ADDRESS,
        gas: "0x5208",
        maxFeePerGas: "0x2",
        maxPriorityFeePerGas: "0x1",
        value: "0x3",
        input: "0x0102",
        nonce: "0x0",
        accessList: [{ address: ADDRESS, storageKeys: [HASH] }],
        authorizationList: [
          AUTHORIZATION,
          { chainId: "0x0", address: ADDRESS, nonce: "0x0", v: "0x0", r: "0x5", s: "0x6" },
        ],
      });
      expect(request).to.deep.equal({
        chainId: 7n,
        from: addressBytes,
        to: addressBytes,
        gas: 21_000n,
        gasPrice: undefined,
        maxFeePerGas: 2n,
        maxPriorityFeePerGas: 1n,
        value: 3n,
        data: new Uint8Array([1, 2]),
        nonce: 0n,
        accessList: [{ address: addressBytes, slots: [hashBytes] }],
        authorizations: [
          { chainId: 1n, address: addressInteger, nonce: 2n, yParity: 1n, r: 3n, s: 4n },
          { chainId: 0n, address: addressInteger, nonce: 0n, yParity: 0n, r: 5n, s: 6n },
        ],
      });
    });

    const refused: [string, unknown][] = [
      ["data and input that differ", { data: "0x01", input: "0x02" }],
      ["two kinds of price", { gasPrice: "0x1", maxFeePerGas: "0x1" }],
      ["an address that is too short", { to: "0x12" }],
      ["an odd number of digits", { data: "0x1" }],
      ["a number where hex belongs", { value: 5 }],
      ["a quantity of 257 bits", { value: `0x1${"0".repeat(64)}` }],
      ["a list in place of the request", []],
      ["an authorization without a signature", { authorizationList: [{ chainId: "0x1" }] }],
      ["a creation with an authorization", { authorizationList: [AUTHORIZATION] }],
      ["a hash of a blob", { to: ADDRESS, blobVersionedHashes: [HASH] }],
      ["a blob", { to: ADDRESS, blobs: ["0x"] }],
    ];
    for (const [what, value] of refused) {
      it(`refuses ${what}`, () => {
        expect(() => Params.callRequest(value)).to.throw(InvalidParamsError);
      });
    }
  });

  describe("logFilter", () => {
    it("takes one address or many, and null, one or many topics", () => {
      const one = Params.logFilter({ address: ADDRESS, topics: [null, HASH, [HASH, HASH]] });
      expect(one.addresses).to.deep.equal([addressBytes]);
      expect(one.topics).to.deep.equal([[], [hashBytes], [hashBytes, hashBytes]]);
      expect(Params.logFilter({ address: [ADDRESS, ADDRESS] }).addresses).to.have.length(2);
      expect(Params.logFilter({ topics: [[HASH, null]] }).topics).to.deep.equal([[]]);
    });

    it("refuses a block hash together with a range", () => {
      const filter = { blockHash: HASH, fromBlock: "0x1" };
      expect(() => Params.logFilter(filter)).to.throw(InvalidParamsError);
    });

    it("refuses a fifth topic", () => {
      expect(() => Params.logFilter({ topics: Array(5).fill(null) })).to.throw(InvalidParamsError);
    });
  });

  describe("requireHashes", () => {
    it("refuses to tell transactions that wait whole", () => {
      for (const told of [undefined, null, false]) Params.requireHashes(told);
      for (const refused of [true, "yes"]) {
        expect(() => Params.requireHashes(refused)).to.throw(InvalidParamsError);
      }
    });
  });

  describe("stateOverrides", () => {
    it("reads balance, nonce, code and storage", () => {
      const overrides = Params.stateOverrides({
        [ADDRESS]: { balance: "0x1", nonce: "0x2", code: "0x60", stateDiff: { "0x0": "0x5" } },
      });
      expect(overrides.get(ADDRESS)).to.deep.equal({
        balance: 1n,
        nonce: 2n,
        code: new Uint8Array([0x60]),
        state: undefined,
        stateDiff: new Map([[0n, 5n]]),
        movePrecompileTo: undefined,
      });
    });

    it("refuses state and stateDiff together", () => {
      const both = { [ADDRESS]: { state: {}, stateDiff: {} } };
      expect(() => Params.stateOverrides(both)).to.throw(InvalidParamsError);
    });
  });
});
