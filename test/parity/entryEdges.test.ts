// Entries at the edges of what a block may take, which random blocks do not meet.
import { expect } from "chai";
import * as BatchFields from "../../src/machine/batchFields.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as World from "../../src/machine/world.ts";
import * as Witness from "../../src/merkle/witness.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Body from "../../src/protocol/body.ts";
import { record } from "../../scripts/attack/recording.ts";
import * as Trial from "../../scripts/attack/trial.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { block } from "./stage.ts";

const BLOCK_GAS = 30_000_000n;
const DEPOSIT_GAS = 100_000n;
const MAX_ENTRIES = 2_048;
const MAX_TRANSACTION_BYTES = 65_536;
const CHAIN = "edges";
const TWO_BATCHES = "two batches";

/** A chain with two batches, each of which consumes one deposit. */
function chainOfTwoBatches(): L2Chain.L2Chain {
  const chain = L2Chain.create();
  for (let i = 0; i < 2; i++) {
    L1Chain.deposit(chain.l1, { gasLimit: DEPOSIT_GAS });
    L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.EMPTY });
  }
  return chain;
}

describe("entries at the edges of a block", () => {
  const chain = L2Chain.create();
  L1Chain.deposit(chain.l1, { gasLimit: DEPOSIT_GAS });
  const transactions = [new Uint8Array(MAX_TRANSACTION_BYTES), new Uint8Array(0)];
  L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp: 0n, transactions }]) });
  const inbox = L2Chain.inboxOf(chain);
  const batch = inbox.batch(1n);
  let trial: Trial.Trial;

  before(async () => {
    trial = await Trial.open(
      new Map([
        [CHAIN, chain],
        [TWO_BATCHES, chainOfTwoBatches()],
      ]),
    );
  });

  after(async () => {
    await trial.close();
  });

  /** The machine after an ENTRY, which is proven. */
  async function entered(changed: Partial<Machine.Machine["block"]>): Promise<Machine.Machine> {
    const around = {
      ...block(),
      batch: 1n,
      bodyRoot: batch.bodyRoot,
      blockEnd: BigInt(batch.bodySize),
      ...changed,
    };
    const world = World.create(chain.genesis.state, Logs.EMPTY_BLOOM);
    const machine = Machine.create(chain.context, around, world);
    machine.inbox = inbox;
    machine.phase = Phase.ENTRY;
    const court = { fork: chain.context.fork, chain: CHAIN };
    const step = record(machine, { court, endBlock: 1n, index: 1n, run: CHAIN, place: 0 });
    const [answer] = await trial.judge(step, [Trial.claimOf(step)]);
    expect(answer).to.include({ type: "successor", state: step.after });
    return machine;
  }

  it("take a deposit whose gas is all that is left, and none whose gas is more", async () => {
    const deposits = { deposits: 0n, depositsEnd: 1n };
    const taken = await entered({ ...deposits, gasUsed: BLOCK_GAS - DEPOSIT_GAS });
    expect(taken.block.deposits).to.equal(1n);
    const left = await entered({ ...deposits, gasUsed: BLOCK_GAS - DEPOSIT_GAS + 1n });
    expect([left.block.deposits, left.block.depositsEnd]).to.deep.equal([0n, 0n]);
  });

  it("take the last entry that a block may have, and no other", async () => {
    const place = { byteOffset: BigInt(batch.bodySize - 3), deposits: 1n, depositsEnd: 1n };
    const last = await entered({ ...place, entries: MAX_ENTRIES - 1 });
    expect([last.phase, last.block.entries]).to.deep.equal([Phase.ENTRY, MAX_ENTRIES]);
    expect((await entered({ ...place, entries: MAX_ENTRIES })).phase).to.equal(Phase.END);
  });

  it("read an entry of the most bytes that a transaction may have", async () => {
    const place = { byteOffset: 12n, deposits: 1n, depositsEnd: 1n };
    const read = await entered(place);
    expect(read.block.byteOffset).to.equal(BigInt(12 + 3 + MAX_TRANSACTION_BYTES));
    // It is no transaction, but that is found out by reading it.
    expect(read.refusal).to.not.equal("TransactionTooLong");
  });

  it("take a deposit from no batch in front of the one that consumed it", async () => {
    const two = chainOfTwoBatches();
    const both = L2Chain.inboxOf(two);
    const around = { ...block(), batch: 2n, deposits: 1n, depositsEnd: 2n };
    const world = World.create(two.genesis.state, Logs.EMPTY_BLOOM);
    const machine = Machine.create(two.context, around, world);
    machine.inbox = both;
    machine.phase = Phase.ENTRY;
    const court = { fork: two.context.fork, chain: TWO_BATCHES };
    const step = record(machine, { court, endBlock: 1n, index: 1n, run: TWO_BATCHES, place: 0 });
    const [own, before] = [named(both, 2n), named(both, 1n)];
    const start = Buffer.from(step.witness).indexOf(own);
    const witness = Bytes.concat(
      step.witness.slice(0, start),
      before,
      step.witness.slice(start + own.length),
    );
    const claim = Trial.claimOf(step);
    const [taken, refused] = await trial.judge(step, [claim, { ...claim, witness }]);
    expect(taken).to.include({ type: "successor", state: step.after });
    expect(refused).to.deep.equal({ type: "reverted", error: "DepositNotInBatch" });
  });
});

/** A batch as a witness names it. */
function named(inbox: ReturnType<typeof L2Chain.inboxOf>, index: bigint): Uint8Array {
  const writer = Witness.create();
  Witness.writeUint64(writer, index);
  BatchFields.open(inbox.batch(index), writer);
  return Witness.toBytes(writer);
}
