// eth_simulateV1: blocks that nobody made, with calls that nobody signed, over the state after a block that is there. They run as
// blocks do, so that what comes out is a chain: each block names its parent, and its state root is that of its state.

import type * as BlockContext from "../../machine/blockContext.ts";
import * as Cursor from "../../machine/cursor.ts";
import * as Logs from "../../machine/logs.ts";
import * as Machine from "../../machine/machine.ts";
import * as Phase from "../../machine/phase.ts";
import { L1_ATTRIBUTES_CALL } from "../../machine/phases/system.ts";
import * as Step from "../../machine/step.ts";
import type * as Tip from "../../machine/tip.ts";
import type * as TransactionContext from "../../machine/transactionContext.ts";
import * as World from "../../machine/world.ts";
import { assert } from "../../primitives/assert.ts";
import * as Hex from "../../primitives/hex.ts";
import { keccak256 } from "../../primitives/keccak.ts";
import * as BaseFee from "../../protocol/baseFee.ts";
import { MAX_ENTRIES } from "../../protocol/limits.ts";
import type { Backend } from "../backend.ts";
import * as Chain from "../chain.ts";
import * as Execution from "../execution.ts";
import type { BlockRecord, TransactionRecord } from "../record.ts";
import * as Admission from "./admission.ts";
import * as Blocks from "./blocks.ts";
import type * as Budget from "./budget.ts";
import * as Call from "./call.ts";
import * as CallTracer from "./callTracer.ts";
import * as Format from "./format.ts";
import * as FormatTransaction from "./formatTransaction.ts";
import * as HaltReason from "./haltReason.ts";
import * as Overrides from "./overrides.ts";
import * as RevertReason from "./revertReason.ts";
import type { BlockId, CallRequest } from "./params.ts";
import { LimitExceededError, RefusedError } from "./rpcError.ts";
import * as SimulationPlan from "./simulationPlan.ts";
import * as Transfers from "./transfers.ts";
import * as Unsigned from "./unsigned.ts";

/** A simulation between two blocks. */
type Simulation = {
  readonly backend: Backend;
  readonly plan: SimulationPlan.Plan;
  readonly base: BlockRecord;
  readonly budget: Budget.Budget;
  readonly tip: Tip.Tip;
  /** About what the answer has so far, in characters. */
  readonly bytes: number;
};

/** What a call left. */
type Outcome = {
  readonly record: TransactionRecord;
  readonly output: Uint8Array;
  /** The gas that it had to have, for all that it got some back. */
  readonly maxUsedGas: bigint;
  readonly error: { readonly code: number; readonly message: string; data?: Hex.Hex } | undefined;
};

const REVERTED = 3;
const HALTED = -32015;
const NO_WORD = new Uint8Array(32);
const LEAST_BLOB_BASE_FEE = 1n; // EIP-4844 with no excess
const CALL_CHARACTERS = 1_000;
const MAX_CHARACTERS = CallTracer.MAX_TRACE_BYTES;

/** Runs the blocks of a plan after the block that was named; gives them with what each call left. */
export function run(
  backend: Backend,
  id: BlockId,
  plan: SimulationPlan.Plan,
  budget: Budget.Budget,
) {
  const base = Blocks.require(backend, id);
  const blocks = SimulationPlan.withoutGaps(base.header, plan.blocks);
  let simulation: Simulation = {
    ...{ backend, plan, base, budget },
    tip: Chain.tipAt(backend.chain, base.header.number),
    bytes: 0,
  };
  return blocks.map((block) => {
    const { next, answer } = runBlock(simulation, block);
    simulation = next;
    return answer;
  });
}

function runBlock(simulation: Simulation, planned: SimulationPlan.PlannedBlock) {
  const { backend, tip, plan, base, budget } = simulation;
  const { context } = backend.chain;
  const { accounts, calls } = planned;
  // Accounts stay as they were overridden in the blocks after; precompiles are where they belong again, as in geth.
  const precompiles = Overrides.precompilesWith(accounts, context.fork);
  const world = World.create(Overrides.stateWith(tip.state, accounts), Logs.EMPTY_BLOOM);
  const machine = Machine.create(context, environment(simulation, planned), world);
  const look = Call.watched({ budget, precompiles });
  runSystemCalls(machine, look);

  const outcomes: Outcome[] = [];
  let { bytes } = simulation;
  let logCount = 0;
  for (const request of calls) {
    const outcome = runCall({ ...simulation, precompiles }, machine, request, logCount);
    logCount += outcome.record.receipt.logs.length;
    bytes += charactersOf(outcome);
    if (bytes > MAX_CHARACTERS) {
      throw new LimitExceededError(`a simulation may answer ${MAX_CHARACTERS} bytes`);
    }
    outcomes.push(outcome);
  }
  machine.phase = Phase.END;
  Step.step(machine);
  const { done } = machine;
  assert(done !== null, "a block that ends is done");
  const { originNumber, originHash } = base;
  const transactions = outcomes.length;
  const record = {
    hash: done.headerHash,
    header: done.header,
    done,
    originNumber,
    originHash,
    transactions,
  };
  const next = { ...simulation, tip: done, bytes };
  return { next, answer: answerOf(record, outcomes, plan) };
}

/** The block around the calls; what nobody overrides is the base's, zero where a proposer would choose it. */
function environment(
  { tip, plan, base }: Simulation,
  planned: SimulationPlan.PlannedBlock,
): BlockContext.Block {
  const block = Call.environment(base, tip.ring);
  const fresh = {
    ...block,
    baseFee: plan.validation ? BaseFee.nextBaseFee(tip.header) : 0n,
    blobBaseFee: plan.validation ? LEAST_BLOB_BASE_FEE : 0n,
    prevRandao: NO_WORD,
    parentBeaconRoot: NO_WORD,
    parentHash: tip.headerHash,
  };
  const { number, timestamp, override } = planned;
  return { ...Overrides.blockWith(fresh, override), number, timestamp };
}

// Those of the EIPs; the attributes of L1 stay those of the base, whose origin the block has.
function runSystemCalls(machine: Machine.Machine, look: Call.Observe): void {
  machine.phase = Phase.SYSTEM;
  machine.cursor = { type: "system", index: 0 };
  const isNext = ({ phase, cursor }: Machine.Machine) =>
    phase === Phase.SYSTEM && cursor?.type === "system" && cursor.index === L1_ATTRIBUTES_CALL;
  while (!isNext(machine)) {
    look(machine);
    Step.step(machine);
  }
  machine.phase = Phase.ENTRY;
  machine.cursor = null;
  machine.transaction = null;
}

function runCall(
  simulation: Simulation & { readonly precompiles: Overrides.Precompiles },
  machine: Machine.Machine,
  request: CallRequest,
  firstLog: number,
): Outcome {
  const { backend, plan } = simulation;
  const { block } = machine;
  Call.requireChain(backend, request);
  if (block.transactions >= MAX_ENTRIES) {
    throw new RefusedError("tooManyBlocks", `a block holds at most ${MAX_ENTRIES} calls`);
  }
  const { transaction, encoded } = transactionOf(simulation, machine, request);
  const isFree = !plan.validation && transaction.maxFeePerGas < block.baseFee;
  if (isFree) machine.block = { ...block, baseFee: 0n };
  const { nonce } = Blocks.account(machine.world.state, transaction.sender);
  if (plan.validation) {
    machine.transaction = transaction;
    machine.phase = Phase.ADMIT;
  } else {
    Admission.admitUnchecked(machine, transaction);
  }
  const tracer = CallTracer.create({ onlyTopCall: false, withLog: true });
  let reason: string = HaltReason.OUT_OF_GAS;
  const look = Call.watched(simulation, (seen) => {
    reason = HaltReason.at(seen, reason);
    if (plan.traceTransfers) CallTracer.observe(tracer, seen);
  });
  let most = 0n;
  while (machine.phase !== Phase.ENTRY) {
    look(machine);
    if (machine.phase === Phase.FINISH) most = usedBeforeRefund(machine, transaction);
    Step.step(machine);
  }
  if (machine.refusal !== null) {
    throw Admission.refusalOf(machine.refusal, machine, transaction, nonce);
  }
  machine.block = { ...machine.block, baseFee: block.baseFee };

  const { result } = machine;
  assert(result !== null, "a call that was admitted has a result");
  const plain = Execution.toReceipt(result, machine.block.gasUsed, firstLog);
  const logs = tracer.top === null ? plain.logs : Transfers.logsWith(tracer.top);
  const record = { hash: transaction.hash, encoded, receipt: { ...plain, logs } };
  const maxUsedGas = most > result.gasUsed ? most : result.gasUsed;
  return { record, output: result.output, maxUsedGas, error: errorOf(result, reason) };
}

function transactionOf(
  { backend, plan }: Simulation,
  { world, block }: Machine.Machine,
  request: CallRequest,
): { readonly transaction: TransactionContext.Transaction; readonly encoded: Uint8Array } {
  const left = block.gasLimit - block.gasUsed;
  if (request.gas !== undefined && request.gas > left) {
    const reason = `the block has ${left} gas left, the call asks for ${request.gas}`;
    throw new RefusedError("blockGasExceeded", reason);
  }
  const asked = plan.validation ? request.gas : undefined;
  const gas = asked ?? Call.gasCap({ ...request, gas: request.gas ?? left });
  const priced = Call.toTransaction(world.state, request, gas);
  const { chainId } = backend.chain.context;
  const encoded = Unsigned.encode(request, { chainId, nonce: priced.nonce, gas });
  const transaction = {
    ...priced,
    kind: Unsigned.typeOf(request),
    hash: keccak256(encoded),
    maxPriorityFeePerGas: request.gasPrice ?? request.maxPriorityFeePerGas ?? 0n,
  };
  return { transaction, encoded };
}

function usedBeforeRefund(
  { cursor }: Machine.Machine,
  { gasLimit }: TransactionContext.Transaction,
): bigint {
  return gasLimit - Cursor.expect(cursor, "outcome").gas;
}

function errorOf({ status, output }: Machine.Result, reason: string): Outcome["error"] {
  if (status === Cursor.STATUS_SUCCESS) return undefined;
  if (status === Cursor.STATUS_HALT) return { code: HALTED, message: reason };
  const text = RevertReason.of(output);
  const message = text === undefined ? "execution reverted" : `execution reverted: ${text}`;
  return { code: REVERTED, message, data: Hex.fromBytes(output) };
}

/** About what an outcome takes in the answer. */
function charactersOf({ record, output }: Outcome): number {
  const { encoded, receipt } = record;
  const logs = receipt.logs.map(({ data }) => CALL_CHARACTERS + 2 * data.length);
  const own = CALL_CHARACTERS + 2 * (output.length + encoded.length);
  return logs.reduce((sum, characters) => sum + characters, own);
}

function answerOf(
  block: BlockRecord,
  outcomes: readonly Outcome[],
  { returnFullTransactions }: SimulationPlan.Plan,
) {
  const records = outcomes.map(({ record }) => record);
  const transactions = records.map((record, position) =>
    returnFullTransactions
      ? FormatTransaction.mined({ block, position }, record)
      : Hex.fromBytes(record.hash),
  );
  return {
    ...Format.block(block, transactions, Format.blockSize(block, records)),
    calls: outcomes.map(({ record, output, maxUsedGas, error }, position) => ({
      returnData: Hex.fromBytes(output),
      logs: Format.logs({ block, position }, record.hash, record.receipt),
      gasUsed: Hex.fromBigInt(record.receipt.gasUsed),
      maxUsedGas: Hex.fromBigInt(maxUsedGas),
      status: error === undefined ? "0x1" : "0x0",
      ...(error === undefined ? {} : { error }),
    })),
  };
}
