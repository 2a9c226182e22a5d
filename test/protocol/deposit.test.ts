import { expect } from "chai";
import { encodePacked } from "viem";
import * as Hex from "../../src/primitives/hex.ts";
import * as Deposit from "../../src/protocol/deposit.ts";

const DEPOSIT: Deposit.Deposit = {
  index: 3n,
  l1Block: 100n,
  l1Time: 1_700_000_000n,
  from: new Uint8Array(20).fill(0x11),
  isCreation: false,
  to: new Uint8Array(20).fill(0x22),
  mint: 10n ** 18n,
  value: 5n,
  gasLimit: 100_000n,
  data: Hex.toBytes("0xdeadbeef"),
};

describe("Deposit", () => {
  describe("parseOpaqueData", () => {
    it("reads what the portal packs", () => {
      const packed = encodePacked(
        ["uint256", "uint256", "uint64", "bool", "bytes"],
        [DEPOSIT.mint, DEPOSIT.value, DEPOSIT.gasLimit, true, "0xdeadbeef"],
      );
      expect(Deposit.parseOpaqueData(Hex.toBytes(packed))).to.deep.equal({
        mint: DEPOSIT.mint,
        value: DEPOSIT.value,
        gasLimit: DEPOSIT.gasLimit,
        isCreation: true,
        data: DEPOSIT.data,
      });
    });

    it("refuses what the portal cannot have packed", () => {
      expect(() => Deposit.parseOpaqueData(new Uint8Array(72)))
        .to.throw(Deposit.OpaqueDataTooShortError)
        .that.includes({ length: 72 });
      const flagged = new Uint8Array(73).fill(2, 72);
      expect(() => Deposit.parseOpaqueData(flagged))
        .to.throw(Deposit.CreationFlagError)
        .that.includes({ flag: 2 });
    });
  });

  describe("encodeTransaction", () => {
    it("is type 0x7e over eight fields, with no recipient for a creation", () => {
      const portal = new Uint8Array(20).fill(0x33);
      const call = Deposit.encodeTransaction(DEPOSIT, portal);
      const creation = Deposit.encodeTransaction({ ...DEPOSIT, isCreation: true }, portal);
      expect(call[0]).to.equal(0x7e);
      expect(call.length - creation.length).to.equal(20);
    });

    it("differs for each index and portal", () => {
      const portal = new Uint8Array(20).fill(0x33);
      const hashes = [
        Deposit.transactionHash(DEPOSIT, portal),
        Deposit.transactionHash({ ...DEPOSIT, index: 4n }, portal),
        Deposit.transactionHash(DEPOSIT, new Uint8Array(20)),
      ].map(Hex.fromBytes);
      expect(new Set(hashes).size).to.equal(3);
    });
  });
});
