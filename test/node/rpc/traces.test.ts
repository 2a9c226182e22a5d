// Traces of random transactions, beside those that Hardhat's EVM gives of the same.
import { expect } from "chai";
import type * as BlockContext from "../../../src/machine/blockContext.ts";
import * as Context from "../../../src/machine/context.ts";
import * as EntryTransaction from "../../../src/machine/entryTransaction.ts";
import * as Logs from "../../../src/machine/logs.ts";
import * as Machine from "../../../src/machine/machine.ts";
import * as Phase from "../../../src/machine/phase.ts";
import * as Step from "../../../src/machine/step.ts";
import * as World from "../../../src/machine/world.ts";
import * as CallTracer from "../../../src/node/rpc/callTracer.ts";
import * as StructLogger from "../../../src/node/rpc/structLogger.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as EdrChain from "../../machine/edrChain.ts";
import {
  BASE_FEE,
  COINBASE,
  type Nonces,
  randomGenesis,
  randomTransaction,
} from "../../machine/randomTransactions.ts";
import * as SeededRandom from "../../machine/seededRandom.ts";
import * as TransactionRun from "../../machine/transactionRun.ts";

const SEED = 0x7ace;
const WORLDS = 6;
const TRANSACTIONS = 4;
const { CHAIN_ID } = EdrChain;
const ALL: StructLogger.Options = {
  enableMemory: true,
  enableReturnData: false,
  disableStack: false,
  disableStorage: false,
  limit: 0,
};

type Theirs = {
  readonly gas: number;
  readonly failed: boolean;
  readonly returnValue: string;
  readonly structLogs: readonly (Record<string, unknown> & { error?: string; storage?: unknown })[];
};

type Traced = {
  readonly struct: StructLogger.StructLogger;
  readonly calls: CallTracer.CallFrame;
  readonly result: Machine.Result;
  readonly state: World.State;
};

function trace(
  context: Context.Context,
  block: BlockContext.Block,
  state: World.State,
  encoded: Uint8Array,
): Traced | undefined {
  const struct = StructLogger.create(ALL);
  const calls = CallTracer.create({ onlyTopCall: false, withLog: true });
  const machine = Machine.create(context, block, World.create(state, Logs.EMPTY_BLOOM));
  const decoded = EntryTransaction.fromBytes(encoded, context);
  if (decoded.type === "refused") return undefined;
  machine.transaction = decoded.transaction;
  machine.phase = Phase.ADMIT;
  while (machine.phase !== Phase.ENTRY) {
    StructLogger.observe(struct, machine);
    CallTracer.observe(calls, machine);
    Step.step(machine);
  }
  const { result } = machine;
  if (result === null) return undefined;
  const { gasLimit } = result.transaction;
  const finished = CallTracer.finish(calls, gasLimit, result.gasUsed);
  return { struct, calls: finished, result, state: machine.world.state };
}

/** What both tell alike: EDR names errors in its own words, with a cost of 0, and counts refunds by frames. */
function comparable(log: Record<string, unknown>): Record<string, unknown> {
  const { pc, op, gas, gasCost, depth, stack, memory, storage, error } = log;
  return {
    ...{ pc, gas, depth, stack, memory, storage },
    op: op === "DIFFICULTY" ? "PREVRANDAO" : op,
    gasCost: error === undefined ? gasCost : "all",
    isHalt: error !== undefined,
  };
}

/** EDR keeps the logs of frames that failed, which other clients drop. */
function comparableCall(call: CallTracer.CallFrame, isUndone = false): unknown {
  const { error, calls, logs, revertReason = "", ...rest } = call;
  const isError = error !== undefined;
  const isGone = isUndone || isError;
  return {
    ...rest,
    ...{ isError, revertReason },
    logs: isGone
      ? []
      : (logs ?? []).map(({ address, topics, data, position }) => [
          ...[address, ...topics, data, position],
        ]),
    calls: (calls ?? []).map((within) => comparableCall(within, isGone)),
  };
}

describe(`node/rpc traces of random transactions (seed ${SEED})`, function () {
  this.timeout(60_000);

  it("are those that Hardhat gives", async () => {
    const chain = await EdrChain.create("Osaka", COINBASE);
    const context = Context.create("Osaka", CHAIN_ID, true);
    const rules = { chainId: CHAIN_ID, hasSetCode: true };
    let instructions = 0;
    for (let index = 0; index < WORLDS; index++) {
      const random = SeededRandom.fromSeed(SEED + index);
      const genesis = randomGenesis(random);
      const snapshot = await EdrChain.settle(chain, genesis);
      let state = TransactionRun.stateOf(genesis);
      const nonces: Nonces = new Map();
      for (let turn = 0; turn < TRANSACTIONS; turn++) {
        const block = await EdrChain.nextBlock(chain, COINBASE, BASE_FEE);
        const encoded = randomTransaction(random, nonces, rules);
        const ours = trace(context, block, state, encoded);
        if (ours === undefined) break;
        await EdrChain.run(chain, encoded);
        const hash = Hex.fromBytes(ours.result.transaction.hash);
        const options = { enableMemory: true };
        const theirs = await chain.request<Theirs>("debug_traceTransaction", hash, options);
        const title = `world ${index}, turn ${turn}`;
        ours.struct.logs.forEach((log, place) => {
          expect(comparable(log), `${title}, ${place}`).to.deep.equal(
            comparable(theirs.structLogs[place] ?? {}),
          );
        });
        expect(ours.struct.logs, title).to.have.length(theirs.structLogs.length);
        const calls = await chain.request<CallTracer.CallFrame>("debug_traceTransaction", hash, {
          tracer: "callTracer",
          tracerConfig: { withLog: true },
        });
        expect(comparableCall(ours.calls), title).to.deep.equal(comparableCall(calls));
        instructions += theirs.structLogs.length;
        state = ours.state;
      }
      await EdrChain.forget(chain, snapshot);
    }
    await chain.close();
    expect(instructions).to.be.greaterThan(500);
  });
});
