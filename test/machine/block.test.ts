import { expect } from "chai";
import type * as Block from "../../src/machine/block.ts";
import * as Account from "../../src/machine/account.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import type * as Tip from "../../src/machine/tip.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Deposit from "../../src/protocol/deposit.ts";
import * as Limits from "../../src/protocol/limits.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const BOB_ADDRESS = L2Chain.addressOf(L2Chain.BOB);
const TO_BOB = Hex.fromBytes(Bytes.fromBigInt(BOB_ADDRESS, 20));

function accountAt(tip: Tip.Tip, address: bigint): Account.Account {
  return PatriciaTrie.get(tip.state, HashedKeys.ofAddress(address)) ?? Account.EMPTY;
}

function slotAt(tip: Tip.Tip, address: Uint8Array, slot: bigint): bigint {
  const { storage } = accountAt(tip, Bytes.toBigInt(address));
  return PatriciaTrie.get(storage, HashedKeys.ofSlot(slot)) ?? 0n;
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new TypeError(`one item, got ${items.length}`);
  return item;
}

describe("a block", () => {
  describe("without entries", () => {
    it("makes its system calls and follows on its parent", () => {
      const chain = L2Chain.create();
      const { batch, originHeader } = L1Chain.post(chain.l1, {
        blocks: 1n,
        body: Body.encode([{ timestamp: L2Chain.GENESIS_TIME + 90n, transactions: [] }]),
      });
      const origin = BlockHeader.decode(originHeader);
      const { tip, results } = only(L2Chain.derive(chain));

      expect(results).to.deep.equal([]);
      expect(tip.header).to.deep.include({
        parentHash: chain.genesis.headerHash,
        number: 1n,
        timestamp: L2Chain.GENESIS_TIME + 90n,
        gasUsed: 0n,
        baseFee: 875_000_000n,
        mixHash: origin.mixHash,
        parentBeaconRoot: origin.parentBeaconRoot,
      });
      const { timestamp } = tip.header;
      const position = timestamp % 8191n;
      expect(slotAt(tip, Limits.BEACON_ROOTS, position)).to.equal(timestamp);
      expect(slotAt(tip, Limits.BEACON_ROOTS, position + 8191n)).to.equal(
        Bytes.toBigInt(origin.parentBeaconRoot),
      );
      expect(slotAt(tip, Limits.BLOCK_HASHES, 0n)).to.equal(
        Bytes.toBigInt(chain.genesis.headerHash),
      );
      // The call data: a selector, then number, timestamp, base fee and hash.
      const words = [0n, 1n, 2n, 3n, 4n].map((slot) => slotAt(tip, Limits.L1_ATTRIBUTES, slot));
      const data = Bytes.concat(...words.map((word) => Bytes.fromBigInt(word, 32)));
      const values = [0, 1, 2, 3].map((i) =>
        Bytes.toBigInt(data.subarray(4 + 32 * i, 36 + 32 * i)),
      );
      expect(values).to.deep.equal([
        batch.originNumber,
        origin.timestamp,
        origin.baseFee,
        Bytes.toBigInt(batch.originHash),
      ]);
      expect(tip.byteOffset).to.equal(12n);
    });

    it("passes over the call that its fork does not have", () => {
      const chain = L2Chain.create([], "Cancun");
      L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.EMPTY });
      const { tip } = only(L2Chain.derive(chain));
      expect(slotAt(tip, Limits.BLOCK_HASHES, 0n)).to.equal(0n);
      expect(slotAt(tip, Limits.L1_ATTRIBUTES, 4n)).to.not.equal(0n);
    });
  });

  describe("timestamps", () => {
    // The origin is 88 seconds younger than genesis, the post 100.
    const timesOf = (given: readonly bigint[]) => {
      const chain = L2Chain.create();
      const start = L2Chain.GENESIS_TIME;
      const blocks = given.map((since) => ({ timestamp: start + since, transactions: [] }));
      L1Chain.post(chain.l1, { blocks: BigInt(given.length), body: Body.encode(blocks) });
      return L2Chain.derive(chain).map(({ tip }) => tip.header.timestamp - start);
    };

    it("never go back, and never past the post", () => {
      const latest = 2n ** 64n - 1n - L2Chain.GENESIS_TIME;
      const given = [91n, 91n, 90n, latest, 0n];
      expect(timesOf(given)).to.deep.equal([91n, 91n, 91n, 100n, 100n]);
    });

    it("never stay before the origin, so that nobody stops the clock", () => {
      expect(timesOf([0n, -L2Chain.GENESIS_TIME, 89n])).to.deep.equal([88n, 88n, 89n]);
    });
  });

  describe("with transactions", () => {
    it("takes them in order, pays the coinbase and burns the base fee", () => {
      const chain = L2Chain.create();
      const transactions = [0, 1].map((nonce) =>
        L2Chain.transaction(L2Chain.ALICE, nonce, { to: TO_BOB, value: 5n }),
      );
      L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp: 0n, transactions }]) });
      const { tip, results, refusals } = only(L2Chain.derive(chain));

      expect(refusals).to.deep.equal([]);
      expect(results.map(({ gasUsed, status }) => [gasUsed, status])).to.deep.equal([
        [21_000n, 0],
        [21_000n, 0],
      ]);
      expect(tip.header.gasUsed).to.equal(42_000n);
      expect(accountAt(tip, BOB_ADDRESS).balance).to.equal(10n ** 21n + 10n);
      expect(accountAt(tip, Bytes.toBigInt(Limits.COINBASE)).balance).to.equal(42_000n * 10n ** 9n);
      const { nonce, balance } = accountAt(tip, L2Chain.addressOf(L2Chain.ALICE));
      expect(nonce).to.equal(2n);
      expect(balance).to.equal(10n ** 21n - 10n - 42_000n * 1_875_000_000n);
    });

    it("passes over what is no transaction, and what may not run", () => {
      const chain = L2Chain.create();
      const good = L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB });
      const transactions = [
        Bytes.EMPTY,
        new Uint8Array([0x7e, 1, 2, 3]),
        L2Chain.transaction(L2Chain.ALICE, 1, { to: TO_BOB }),
        good,
        good,
        L2Chain.transaction(L2Chain.BOB, 0, { to: TO_BOB, chainId: 1n }),
      ];
      L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp: 0n, transactions }]) });
      const { results, refusals, block } = only(L2Chain.derive(chain));
      expect(results).to.have.lengthOf(1);
      expect(block.entries).to.equal(6);
      expect(refusals).to.deep.equal([
        { entry: 0, reason: "NotCanonical" },
        { entry: 1, reason: "UnknownType" },
        { entry: 2, reason: "nonce" },
        { entry: 4, reason: "nonce" },
        { entry: 5, reason: "WrongChainId" },
      ]);
    });
  });

  describe("with deposits", () => {
    const from = new Uint8Array(20).fill(0x77);
    const sender = Bytes.toBigInt(from);

    it("takes them before all else, mints, and asks no fee", () => {
      const chain = L2Chain.create();
      const made = L1Chain.deposit(chain.l1, {
        from,
        to: Bytes.fromBigInt(BOB_ADDRESS, 20),
        mint: 100n,
        value: 30n,
      });
      const transactions = [L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB })];
      L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp: 0n, transactions }]) });
      const { tip, results, depositCount } = only(L2Chain.derive(chain));
      expect(depositCount).to.equal(1);
      expect(results[0]?.transaction.hash).to.deep.equal(
        Deposit.transactionHash(made, L1Chain.PORTAL),
      );
      expect(accountAt(tip, sender)).to.deep.include({ nonce: 1n, balance: 70n });
      expect(accountAt(tip, BOB_ADDRESS).balance).to.equal(10n ** 21n + 30n);
      expect(tip.deposits).to.equal(1n);
    });

    it("keeps the mint of one that cannot run", () => {
      const chain = L2Chain.create();
      L1Chain.deposit(chain.l1, { from, mint: 7n, value: 8n });
      L1Chain.deposit(chain.l1, { from, mint: 7n, isCreation: true, gasLimit: 50_000n });
      L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.EMPTY });
      const { tip, results } = only(L2Chain.derive(chain));
      expect(results.map(({ status, gasUsed }) => [status === 0, gasUsed])).to.deep.equal([
        [false, 100_000n],
        [false, 50_000n],
      ]);
      expect(accountAt(tip, sender)).to.deep.include({ nonce: 2n, balance: 14n });
    });

    it("leaves what does not fit the gas to the next block, in order", () => {
      const chain = L2Chain.create();
      for (let i = 0; i < 3; i++)
        L1Chain.deposit(chain.l1, { from, mint: 1n, gasLimit: 2n ** 24n });
      const transactions = [L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB })];
      const body = Body.encode([
        { timestamp: 0n, transactions },
        { timestamp: 0n, transactions: [] },
        { timestamp: 0n, transactions: [] },
      ]);
      // A deposit without code to call uses 21,000 gas, so only gas limits keep others out.
      L1Chain.post(chain.l1, { blocks: 3n, body });
      const blocks = L2Chain.derive(chain);
      expect(blocks.map(({ depositCount }) => depositCount)).to.deep.equal([3, 0, 0]);
      expect(blocks[0]?.results).to.have.lengthOf(4);
    });

    it("leaves what does not fit behind a full block", () => {
      // JUMPDEST PUSH0 JUMP: runs until the gas is gone.
      const chain = L2Chain.create([L2Chain.contractAt(0xbadn, "0x5b5f56")]);
      const to = Bytes.fromBigInt(0xbadn, 20);
      const gasLimit = 2n ** 24n;
      for (let i = 0; i < 3; i++) L1Chain.deposit(chain.l1, { from, to, gasLimit });
      const transactions = [L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB })];
      const body = Body.encode([{ timestamp: 0n, transactions }]);
      L1Chain.post(chain.l1, { blocks: 1n, body });
      L1Chain.post(chain.l1, { blocks: 2n, body: Bytes.EMPTY });
      const blocks = L2Chain.derive(chain);
      expect(blocks.map(({ depositCount }) => depositCount)).to.deep.equal([1, 1, 1]);
      expect(blocks.map(({ tip }) => tip.deposits)).to.deep.equal([1n, 2n, 3n]);
      expect(blocks[0]?.results).to.have.lengthOf(2);
      expect(blocks[0]?.block.gasUsed).to.equal(gasLimit + 21_000n);
    });
  });

  it("is the same again from the same bytes", () => {
    const chain = L2Chain.create();
    const transactions = [L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB })];
    L1Chain.deposit(chain.l1, { mint: 3n });
    L1Chain.post(chain.l1, { blocks: 2n, body: Body.encode([{ timestamp: 9n, transactions }]) });
    const hashes = (): Hex.Hex[] =>
      L2Chain.derive(chain).map((block: Block.ExecutedBlock) =>
        Hex.fromBytes(block.tip.headerHash),
      );
    expect(hashes()).to.deep.equal(hashes());
  });
});
