import { expect } from "chai";
import { parseEther, solidityPacked, ZeroAddress } from "ethers";
import * as Hex from "../../src/primitives/hex.ts";
import * as MerkleTree from "../../src/merkle/merkleTree.ts";
import * as Deposit from "../../src/protocol/deposit.ts";
import { deployRollup, type Rollup, WINDOW } from "../harness/deployment.ts";

const RING = 4096n;
const ALIAS_OFFSET = 0x1111000000000000000000000000000000001111n;
const aliasOf = (address: string) =>
  `0x${BigInt.asUintN(160, BigInt(address) + ALIAS_OFFSET)
    .toString(16)
    .padStart(40, "0")}`;

async function depositOf(rollup: Rollup, position: number) {
  const { ethers, portal } = rollup;
  const logs = await portal.queryFilter("TransactionDeposited");
  const log = logs[position];
  if (log === undefined || !("args" in log)) throw new TypeError(`no deposit ${position}`);
  const block = await ethers.provider.getBlock(log.blockNumber);
  const deposit: Deposit.Deposit = {
    index: BigInt(position),
    l1Block: BigInt(log.blockNumber),
    l1Time: BigInt(block?.timestamp ?? 0),
    from: Hex.toBytes(log.args.from),
    to: Hex.toBytes(log.args.to),
    ...Deposit.parseOpaqueData(Hex.toBytes(log.args.opaqueData)),
  };
  return deposit;
}

async function post(rollup: Rollup, depositsTo: number) {
  const { ethers, inbox, sequencer } = rollup;
  const previous = await inbox.accumulator(await inbox.batchCount());
  const origin = await ethers.provider.getBlockNumber();
  return inbox.connect(sequencer).post(previous, 1, origin, depositsTo, "0x");
}

async function makeDeposits(rollup: Rollup, count: number) {
  const { portal, user } = rollup;
  for (let i = 0; i < count; i++) {
    await portal.connect(user).depositTransaction(user, i, 100_000, false, "0x", { value: i });
  }
}

async function timesOf({ portal }: Rollup, from: number, count: number): Promise<bigint[]> {
  const at = async (_: unknown, i: number) => BigInt((await portal.depositAt(from + i)).time);
  return Promise.all(Array.from({ length: count }, at));
}

async function expectTimes(rollup: Rollup, from: number, times: readonly bigint[]) {
  expect(await timesOf(rollup, from, times.length)).to.deep.equal(times);
}

describe("Portal deposits", () => {
  describe("depositTransaction", () => {
    it("emits what OP-stack clients decode and keeps the protocol's hash of it", async () => {
      const rollup = await deployRollup();
      const { portal, user, stranger } = rollup;
      const data = "0x00ff00aa";
      await expect(
        portal.connect(user).depositTransaction(stranger, 7, 123_456, false, data, { value: 9 }),
      )
        .to.emit(portal, "TransactionDeposited")
        .withArgs(
          user.address,
          stranger.address,
          0,
          solidityPacked(
            ["uint256", "uint256", "uint64", "bool", "bytes"],
            [9, 7, 123_456, false, data],
          ),
        );
      const deposit = await depositOf(rollup, 0);
      expect(await portal.depositAt(0)).to.deep.equal([
        Hex.fromBytes(Deposit.hash(deposit)),
        await rollup.now(),
      ]);
      expect(await portal.depositCounts()).to.deep.equal([1n, 0n]);
      expect(deposit).to.include({ mint: 9n, value: 7n, gasLimit: 123_456n, isCreation: false });
    });

    it("takes a creation without a target, and none with one", async () => {
      const rollup = await deployRollup();
      const { portal, user } = rollup;
      await portal.connect(user).depositTransaction(ZeroAddress, 0, 100_000, true, "0x00");
      const deposit = await depositOf(rollup, 0);
      expect(deposit.isCreation).to.equal(true);
      expect((await portal.depositAt(0)).hash).to.equal(Hex.fromBytes(Deposit.hash(deposit)));
      await expect(portal.connect(user).depositTransaction(user, 0, 100_000, true, "0x00"))
        .to.be.revertedWithCustomError(portal, "CreationWithTarget")
        .withArgs(user.address);
    });

    it("takes plain ether for the sender's own account", async () => {
      const rollup = await deployRollup();
      const { portal, user } = rollup;
      await user.sendTransaction({ to: portal, value: parseEther("2") });
      const deposit = await depositOf(rollup, 0);
      expect(Hex.fromBytes(deposit.to)).to.equal(user.address.toLowerCase());
      expect(deposit).to.include({ mint: parseEther("2"), value: parseEther("2") });
      expect((await portal.depositAt(0)).hash).to.equal(Hex.fromBytes(Deposit.hash(deposit)));
    });

    it("takes no plain ether of a contract, which has no account of its own there", async () => {
      const { ethers, portal } = await deployRollup();
      const contract = await ethers.deployContract("PlainCaller");
      await expect(contract.getFunction("call")(portal, "0x", { value: 5n }))
        .to.be.revertedWithCustomError(portal, "CallerIsContract")
        .withArgs(await contract.getAddress());
    });

    it("holds the gas limit between the cost of its bytes and the cap of a transaction", async () => {
      const { portal, user } = await deployRollup();
      const data = "0x0011223344";
      const call = portal.connect(user).depositTransaction;
      for (const gasLimit of [0n, 21_199n, 16_777_217n, 2n ** 64n - 1n]) {
        await expect(call(user, 0, gasLimit, false, data))
          .to.be.revertedWithCustomError(portal, "GasLimitOutOfRange")
          .withArgs(21_200n, 16_777_216n, gasLimit);
      }
      await call(user, 0, 21_200, false, data);
      expect(await portal.minimumGasLimit(5)).to.equal(21_200n);
    });

    it("takes 65,536 bytes of data and no more", async () => {
      const rollup = await deployRollup();
      const { portal, user } = rollup;
      const dataOf = (size: number) => `0x${"5b".repeat(size)}`;
      await expect(
        portal.connect(user).depositTransaction(user, 0, 16_777_216, false, dataOf(65_537)),
      )
        .to.be.revertedWithCustomError(portal, "DataTooLong")
        .withArgs(65_536, 65_537);
      const minimum = await portal.minimumGasLimit(65_536);
      await portal.connect(user).depositTransaction(user, 0, minimum, false, dataOf(65_536));
      const deposit = await depositOf(rollup, 0);
      expect((await portal.depositAt(0)).hash).to.equal(Hex.fromBytes(Deposit.hash(deposit)));
    });

    it("burns one unit of L1 gas for each eight of L2 gas above 200,000", async () => {
      const { portal, user } = await deployRollup();
      const usedFor = async (gasLimit: number) => {
        const call = await portal.connect(user).depositTransaction(user, 0, gasLimit, false, "0x");
        return Number((await call.wait())?.gasUsed);
      };
      await usedFor(200_000);
      const free = await usedFor(200_000);
      const few = await usedFor(1_000_000);
      // The fourth pays for a slot of times, and the fifth has the first place in the next.
      await usedFor(200_000);
      await usedFor(200_000);
      const many = await usedFor(16_777_216);
      expect(few - free).to.be.within(100_000, 101_000);
      expect(many - free).to.be.within(2_072_152, 2_073_152);
    });
  });

  describe("the sender on L2", () => {
    it("is the alias of a contract that deposits", async () => {
      const rollup = await deployRollup();
      const { ethers, portal, user } = rollup;
      const caller = await ethers.deployContract("DepositCaller");
      await caller.connect(user).deposit(portal, user, 100_000, { value: 5 });
      const deposit = await depositOf(rollup, 0);
      expect(Hex.fromBytes(deposit.from)).to.equal(aliasOf(await caller.getAddress()));
      expect((await portal.depositAt(0)).hash).to.equal(Hex.fromBytes(Deposit.hash(deposit)));
    });

    it("wraps around at the end of the address space", async () => {
      const { ethers } = await deployRollup();
      const harness = await ethers.deployContract("StorageProofHarness");
      for (const address of [`0x${"ff".repeat(20)}`, `0xeeee${"ff".repeat(18)}`, ZeroAddress]) {
        expect((await harness.aliasOf(address)).toLowerCase()).to.equal(aliasOf(address));
      }
    });

    it("is the account itself if a 7702 delegation is its code, whoever sent the transaction", async () => {
      const rollup = await deployRollup();
      const { connection, ethers, portal, user, stranger } = rollup;
      const caller = await ethers.deployContract("DepositCaller");
      const code = `0xef0100${(await caller.getAddress()).slice(2)}`;
      await connection.provider.request({
        method: "hardhat_setCode",
        params: [user.address, code],
      });
      const delegated = caller.attach(user.address).connect(stranger);
      await delegated.getFunction("deposit")(portal, user, 100_000, { value: 5 });
      const deposit = await depositOf(rollup, 0);
      expect(Hex.fromBytes(deposit.from)).to.equal(user.address.toLowerCase());
    });

    it("is an alias if the code has the length of a delegation and not its prefix", async () => {
      const rollup = await deployRollup();
      const { connection, ethers, portal, user } = rollup;
      // Hands its call data and value on to the address in slot 0: CALLDATACOPY, SLOAD, CALL.
      const code = `0x365f5f375f5f365f345f545af1${"00".repeat(10)}`;
      expect(ethers.dataLength(code)).to.equal(23);
      const caller = `0x${"c0".repeat(20)}`;
      const target = ethers.zeroPadValue(await portal.getAddress(), 32);
      const { provider } = connection;
      await provider.request({ method: "hardhat_setCode", params: [caller, code] });
      await provider.request({ method: "hardhat_setStorageAt", params: [caller, "0x0", target] });
      const args = [user.address, 5n, 100_000n, false, "0x"];
      const data = portal.interface.encodeFunctionData("depositTransaction", args);
      await user.sendTransaction({ to: caller, value: 5n, data });
      expect(Hex.fromBytes((await depositOf(rollup, 0)).from)).to.equal(aliasOf(caller));
    });
  });

  describe("a batch", () => {
    it("takes deposits in order and commits to their tree", async () => {
      const rollup = await deployRollup();
      const { inbox, portal } = rollup;
      await makeDeposits(rollup, 7);
      const hashes = await Promise.all(
        Array.from({ length: 7 }, async (_, i) => Deposit.hash(await depositOf(rollup, i))),
      );
      const roots: [number, number][] = [
        [0, 1],
        [1, 1],
        [1, 4],
        [4, 7],
      ];
      for (const [position, [from, to]] of roots.entries()) {
        await post(rollup, to);
        const log = (await inbox.queryFilter("BatchPosted"))[position];
        const header = log !== undefined && "args" in log ? log.args.header : undefined;
        const height = MerkleTree.heightFor(to - from);
        const root =
          from === to ? new Uint8Array(32) : MerkleTree.rootOf(hashes.slice(from, to), height);
        expect(header.depositsRoot).to.equal(Hex.fromBytes(root));
        expect([header.depositsFrom, header.depositsTo]).to.deep.equal([BigInt(from), BigInt(to)]);
      }
      expect(await portal.depositCounts()).to.deep.equal([7n, 7n]);
    });

    it("takes no deposit twice and none that was not made", async () => {
      const rollup = await deployRollup();
      await makeDeposits(rollup, 2);
      await post(rollup, 1);
      for (const to of [0, 3]) {
        await expect(post(rollup, to))
          .to.be.revertedWithCustomError(rollup.portal, "DepositsOutOfRange")
          .withArgs(1, 2, to);
      }
    });

    it("reverts if it leaves a deposit older than the window", async () => {
      const rollup = await deployRollup();
      await makeDeposits(rollup, 1);
      const first = await rollup.now();
      await rollup.pass(WINDOW / 2);
      await makeDeposits(rollup, 1);
      const second = await rollup.now();
      await rollup.pass(WINDOW / 2 - 5);
      await post(rollup, 0);
      await rollup.pass(5);
      await expect(post(rollup, 0))
        .to.be.revertedWithCustomError(rollup.inbox, "DepositOverdue")
        .withArgs(0, first);
      await post(rollup, 1);
      await rollup.pass(WINDOW);
      await expect(post(rollup, 1))
        .to.be.revertedWithCustomError(rollup.inbox, "DepositOverdue")
        .withArgs(1, second);
      await post(rollup, 2);
    });

    it("is not stopped by a deposit that lands just before it", async () => {
      const rollup = await deployRollup();
      await rollup.pass(WINDOW * 3);
      await makeDeposits(rollup, 1);
      await post(rollup, 0);
    });

    it("sees the age of every deposit, in a full slot of times and in the open one", async () => {
      const rollup = await deployRollup();
      const made: bigint[] = [];
      for (let i = 0; i < 10; i++) {
        await rollup.pass(3 + i);
        await makeDeposits(rollup, 1);
        made.push(await rollup.now());
        await expectTimes(rollup, 0, made);
      }
      for (const [to, time] of made.entries()) {
        await post(rollup, to);
        expect(await rollup.portal.depositsWaitSince()).to.equal(time);
      }
      await post(rollup, 10);
      expect(await rollup.portal.depositsWaitSince()).to.equal(await rollup.now());
    });

    it("alone moves the queue", async () => {
      const { portal, stranger } = await deployRollup();
      await expect(portal.connect(stranger).takeDeposits(0))
        .to.be.revertedWithCustomError(portal, "CallerNotInbox")
        .withArgs(stranger.address);
    });
  });

  describe("a full ring", () => {
    it("takes no more deposits until one batch has taken them all, which fits a transaction", async () => {
      const rollup = await deployRollup();
      const { portal, inbox, user, sequencer, ethers } = rollup;
      const filler = await ethers.deployContract("RingFiller");
      let filled = 0n;
      for (let i = 0; i < Number(RING); i += 128) {
        filled += (await (await filler.fill(portal, 128)).wait())?.gasUsed ?? 0n;
      }
      console.log(`      the first filling: ${filled} gas`);
      expect(await portal.depositCounts()).to.deep.equal([RING, 0n]);
      await expect(portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x"))
        .to.be.revertedWithCustomError(portal, "QueueFull")
        .withArgs(0, RING);

      const full = await ethers.provider.send("evm_snapshot", []);
      const newest = await ethers.provider.getBlockNumber();
      // Whoever keeps it full keeps nobody out: a stranger makes room, whatever the sequencer does. But who has filled it once
      // does not stay in the sequencer's way: a batch that comes in through it empties it.
      const postAsStranger = async (depositsTo: bigint) => {
        const previous = await inbox.accumulator(await inbox.batchCount());
        const options = { gasLimit: 16_777_216 };
        return inbox.connect(rollup.stranger).post(previous, 1, newest, depositsTo, "0x", options);
      };
      for (const left of [0n, 1n, RING - 1n]) {
        await expect(postAsStranger(left))
          .to.be.revertedWithCustomError(inbox, "QueueNotEmptied")
          .withArgs(RING, left);
      }
      const emptied = await (await postAsStranger(RING)).wait();
      console.log(`      a stranger's batch with ${RING} deposits: ${emptied?.gasUsed ?? 0n} gas`);
      await portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x");
      await expect(postAsStranger(RING + 1n)).to.be.revertedWithCustomError(inbox, "NotYetOpen");
      await ethers.provider.send("evm_revert", [full]);

      await rollup.pass(WINDOW * 2);
      const body = `0x${"a7".repeat(118_784)}`;
      const origin = await ethers.provider.getBlockNumber();
      const sent = await inbox
        .connect(sequencer)
        .post(await inbox.accumulator(0), 1, origin, RING, body, { gasLimit: 16_777_216 });
      const gasUsed = (await sent.wait())?.gasUsed ?? 0n;
      console.log(`      a batch with a full body and ${RING} deposits: ${gasUsed} gas`);
      expect(gasUsed).to.be.lessThan(16_000_000n);

      const kept = await timesOf(rollup, 5, 4);
      const made: bigint[] = [];
      let gas = 0n;
      for (let i = 0; i < 5; i++) {
        const next = await portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x");
        const nextGas = (await next.wait())?.gasUsed ?? 0n;
        made.push(await rollup.now());
        console.log(`      a deposit in a later lap: ${nextGas} gas`);
        expect(nextGas).to.be.lessThan(i === 3 ? 45_000n : 40_000n);
        if (i < 4) gas += nextGas;
      }
      expect(gas / 4n).to.be.lessThan(42_000n);
      expect(await portal.depositCounts()).to.deep.equal([RING + 5n, RING]);
      await expectTimes(rollup, 5, kept);
      await expectTimes(rollup, Number(RING), made);
      const deposit = await depositOf(rollup, Number(RING));
      expect((await portal.depositAt(RING)).hash).to.equal(Hex.fromBytes(Deposit.hash(deposit)));
      for (const index of [4n, RING + 5n]) {
        await expect(portal.depositAt(index))
          .to.be.revertedWithCustomError(portal, "DepositNotKept")
          .withArgs(index, RING + 5n);
      }
    }).timeout(60_000);
  });
});
