import { MerkleStateManager } from "@ethereumjs/statemanager";
import { Account as OtherAccount, createAddressFromBigInt, unpadBytes } from "@ethereumjs/util";
import { expect } from "chai";
import { solidityPackedKeccak256 } from "ethers";
import * as Genesis from "../../src/machine/genesis.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import { MESSAGE_PASSER } from "../../src/protocol/limits.ts";
import { noSource } from "../harness/noSource.ts";

const PASSER = Bytes.toBigInt(MESSAGE_PASSER);

function account(
  address: bigint,
  fields: Partial<Genesis.GenesisAccount> = {},
): Genesis.GenesisAccount {
  return { address, nonce: 0n, balance: 0n, code: Bytes.EMPTY, storage: [], ...fields };
}

const ACCOUNTS = [
  account(1n, { balance: 10n ** 18n }),
  account(2n, { nonce: 3n, code: Hex.toBytes("0x600160005260206000f3") }),
  account(PASSER, {
    nonce: 1n,
    code: Hex.toBytes("0x00"),
    storage: [
      { slot: 0n, value: 5n },
      { slot: 2n ** 255n, value: 2n ** 255n },
      { slot: 7n, value: 0n },
    ],
  }),
  account(4n),
];

async function otherRoot(accounts: readonly Genesis.GenesisAccount[]): Promise<string> {
  const manager = new MerkleStateManager();
  for (const { address, nonce, balance, code, storage } of accounts) {
    if (nonce === 0n && balance === 0n && code.length === 0) continue;
    const at = createAddressFromBigInt(address);
    await manager.putAccount(at, new OtherAccount(nonce, balance));
    if (code.length > 0) await manager.putCode(at, code);
    for (const { slot, value } of storage)
      if (value !== 0n)
        await manager.putStorage(
          at,
          Bytes.fromBigInt(slot, 32),
          unpadBytes(Bytes.fromBigInt(value, 32)),
        );
  }
  return Hex.fromBytes(await manager.getStateRoot());
}

describe("Genesis", () => {
  it("has the state root that ethereumjs computes", async () => {
    const tip = Genesis.create({ timestamp: 5n, accounts: ACCOUNTS }, noSource);
    expect(Hex.fromBytes(PatriciaTrie.root(tip.state))).to.equal(await otherRoot(ACCOUNTS));
    expect(tip.header.stateRoot).to.deep.equal(PatriciaTrie.root(tip.state));
  });

  it("does not depend on the order of accounts and slots", () => {
    const reversed = ACCOUNTS.map((one) => ({ ...one, storage: one.storage.toReversed() }));
    const one = Genesis.create({ timestamp: 5n, accounts: ACCOUNTS }, noSource);
    const other = Genesis.create({ timestamp: 5n, accounts: reversed.toReversed() }, noSource);
    expect(BlockDone.hash(other)).to.deep.equal(BlockDone.hash(one));
  });

  it("is block 0, and the ring knows it", () => {
    const tip = Genesis.create({ timestamp: 5n, accounts: ACCOUNTS }, noSource);
    expect(tip).to.include({ number: 0n, batch: 0n, byteOffset: 0n, deposits: 0n });
    expect(tip.headerHash).to.deep.equal(BlockHeader.hash(tip.header));
    expect(tip.header).to.include({ number: 0n, timestamp: 5n, gasUsed: 0n });
    expect(tip.header.baseFee).to.equal(1_000_000_000n);
    // Block 0 is the first of 256 leaves.
    let root = Hex.fromBytes(tip.headerHash);
    let zero = `0x${"00".repeat(32)}`;
    for (let level = 0; level < 8; level++) {
      root = hashPair(root, zero);
      zero = hashPair(zero, zero);
    }
    expect(Hex.fromBytes(tip.ringRoot)).to.equal(root);
  });

  it("commits to the message passer's storage", () => {
    const without = ACCOUNTS.map((one) => (one.address === PASSER ? { ...one, storage: [] } : one));
    const tip = Genesis.create({ timestamp: 5n, accounts: without }, noSource);
    const none = Genesis.create({ timestamp: 5n, accounts: [] }, noSource);
    const packed = (state: Uint8Array, header: Uint8Array): string =>
      solidityPackedKeccak256(
        ["bytes32", "bytes32", "bytes32", "bytes32"],
        [new Uint8Array(32), state, PatriciaTrie.EMPTY_ROOT, header],
      );
    expect(Hex.fromBytes(tip.outputRoot)).to.equal(packed(tip.header.stateRoot, tip.headerHash));
    expect(Hex.fromBytes(none.outputRoot)).to.equal(
      packed(PatriciaTrie.EMPTY_ROOT, none.headerHash),
    );
  });
});

function hashPair(left: string, right: string): Hex.Hex {
  return Hex.fromBytes(Hex.toBytes(solidityPackedKeccak256(["bytes32", "bytes32"], [left, right])));
}
