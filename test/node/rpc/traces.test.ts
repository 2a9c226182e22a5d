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
import * as PrestateTracer from "../../../src/node/rpc/prestateTracer.ts";
import * as SelectorCounts from "../../../src/node/rpc/selectorCounts.ts";
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
  readonly prestate: PrestateTracer.Prestate;
  readonly difference: PrestateTracer.Difference;
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
  const plain = { diffMode: false, disableCode: false, disableStorage: false };
  const found = PrestateTracer.create(plain, state);
  const changed = PrestateTracer.create({ ...plain, diffMode: true }, state);
  const machine = Machine.create(context, block, World.create(state, Logs.EMPTY_BLOOM));
  const decoded = EntryTransaction.fromBytes(encoded, context);
  if (decoded.type === "refused") return undefined;
  machine.transaction = decoded.transaction;
  machine.phase = Phase.ADMIT;
  while (machine.phase !== Phase.ENTRY) {
    StructLogger.observe(struct, machine);
    CallTracer.observe(calls, machine);
    PrestateTracer.observe(found, machine);
    PrestateTracer.observe(changed, machine);
    Step.step(machine);
  }
  const { result } = machine;
  if (result === null) return undefined;
  const { gasLimit } = result.transaction;
  const finished = CallTracer.finish(calls, gasLimit, result.gasUsed);
  const prestate = PrestateTracer.finish(found);
  const difference = PrestateTracer.finish(changed) as PrestateTracer.Difference;
  const traces = { struct, calls: finished, prestate, difference };
  return { ...traces, result, state: machine.world.state };
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

/** What both tell alike: EDR also lists accounts that are not there, and slots that are zero, where this node leaves them out. */
function comparableAccounts(accounts: PrestateTracer.Prestate): unknown {
  const isZero = (word: string) => BigInt(word) === 0n;
  const told = Object.entries(accounts).map(([address, { balance, storage = {}, ...rest }]) => {
    const slots = Object.entries(storage).filter(([, value]) => !isZero(value));
    const has = balance === undefined || isZero(balance) ? {} : { balance };
    return [address, { ...rest, ...has, slots: slots.sort() }] as const;
  });
  const isThere = (account: object & { slots: unknown[] }) =>
    Object.keys(account).length > 1 || account.slots.length > 0;
  return Object.fromEntries(told.filter(([, account]) => isThere(account)));
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
        const theirTrace = <T>(tracer: string, tracerConfig: object) =>
          chain.request<T>("debug_traceTransaction", hash, { tracer, tracerConfig });
        const found = await theirTrace<PrestateTracer.Prestate>("prestateTracer", {});
        expect(comparableAccounts(ours.prestate), title).to.deep.equal(comparableAccounts(found));
        const changed = await theirTrace<PrestateTracer.Difference>("prestateTracer", {
          diffMode: true,
        });
        for (const side of ["pre", "post"] as const) {
          expect(comparableAccounts(ours.difference[side]), `${title}, ${side}`).to.deep.equal(
            comparableAccounts(changed[side]),
          );
        }
        // EDR counts the calls of precompiles too, which have no selectors.
        const theirCounts = await theirTrace<SelectorCounts.SelectorCounts>("4byteTracer", {});
        for (const [key, count] of Object.entries(SelectorCounts.of(ours.calls, "Osaka")))
          expect(theirCounts[key], `${title}, ${key}`).to.be.at.least(count);
        instructions += theirs.structLogs.length;
        state = ours.state;
      }
      await EdrChain.forget(chain, snapshot);
    }
    await chain.close();
    expect(instructions).to.be.greaterThan(500);
  });
});
