// A trace of every instruction, in the form of geth's struct logger (debug_traceTransaction without a tracer).

import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import * as Cursor from "../../machine/cursor.ts";
import * as Frame from "../../machine/frame.ts";
import * as Gas from "../../machine/gas.ts";
import * as HashedKeys from "../../machine/hashedKeys.ts";
import * as Machine from "../../machine/machine.ts";
import * as Opcode from "../../machine/opcode.ts";
import * as Phase from "../../machine/phase.ts";
import * as Step from "../../machine/step.ts";
import * as View from "../../machine/view.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Blocks from "./blocks.ts";
import * as HaltReason from "./haltReason.ts";
import { LimitExceededError } from "./rpcError.ts";

/** What geth's logger takes: memory and returned data are left out unless asked for, stack and storage put in. */
export type Options = {
  readonly enableMemory: boolean;
  readonly enableReturnData: boolean;
  readonly disableStack: boolean;
  readonly disableStorage: boolean;
  /** The most instructions that are told; 0 for all. */
  readonly limit: number;
};

/** One instruction, and what there was before it. */
export type StructLog = {
  readonly pc: number;
  readonly op: string;
  readonly gas: number;
  /** With what a call hands on. A halt takes all gas that is left. */
  gasCost: number;
  readonly depth: number;
  error?: string;
  readonly stack?: readonly Hex.Hex[];
  readonly memory?: readonly Hex.Hex[];
  readonly returnData?: Hex.Hex;
  /** With an instruction on storage: the account's slots that the transaction has used, this one as it is afterwards. */
  storage?: Readonly<Record<Hex.Hex, Hex.Hex>>;
  readonly refund?: number;
};

type Open = {
  readonly log: StructLog;
  readonly frame: Frame.Frame;
  /** Why it would halt. */
  readonly reason: string;
  /** The slot that it reads or writes, and what is in it then. */
  readonly used: { readonly slot: bigint; readonly value: bigint } | undefined;
  /** What is left if a call is refused for depth or balance; its cost is told with what it would have handed on. */
  ifRefused: bigint | undefined;
};

export type StructLogger = {
  readonly options: Options;
  readonly logs: StructLog[];
  /** The slots that were read or written, by account. */
  readonly storage: Map<bigint, Record<Hex.Hex, Hex.Hex>>;
  /** The instruction whose cost is not known yet. */
  open: Open | null;
  bytes: number;
};

/** About what one answer may hold, in characters. */
export const MAX_TRACE_BYTES = 64 * 1_024 * 1_024;

const LOG_BYTES = 120;
const WORD = 32;
const WORD_CHARACTERS = 70;

/** A trace in which nothing ran yet. */
export function create(options: Options): StructLogger {
  return { options, logs: [], storage: new Map(), open: null, bytes: 0 };
}

/** Is shown every state of a transaction; throws LimitExceededError if the trace becomes too long to answer. */
export function observe(logger: StructLogger, machine: Machine.Machine): void {
  if (logger.open !== null) close(logger, machine);
  const { options, logs } = logger;
  if (machine.phase !== Phase.EXECUTE || !Machine.isExecuting(machine)) return;
  // Where there is no code nothing runs: the machine stops at once, other clients do not even begin.
  if (machine.frame.bytecode.length === 0) return;
  if (options.limit > 0 && logs.length >= options.limit) return;
  const { frame } = machine;
  const log = toLog(logger, machine, Step.nextOpcode(machine));
  logs.push(log);
  if (logger.bytes > MAX_TRACE_BYTES) {
    throw new LimitExceededError(
      `a trace may have ${MAX_TRACE_BYTES} bytes; ask for no more than a limit, or without stack or memory`,
    );
  }
  const reason = HaltReason.of(machine, Step.nextOpcode(machine));
  logger.open = { log, frame, reason, used: usedSlot(logger, machine), ifRefused: undefined };
}

// Gas goes in RESOLVE and CREATE too, and comes back in SETTLE. What costs and does not come back is known by then.
function close(logger: StructLogger, machine: Machine.Machine): void {
  const { phase, cursor } = machine;
  const { open } = logger;
  if (open === null) return;
  const isOver = phase === Phase.EXECUTE || phase === Phase.SETTLE || phase === Phase.FINISH;
  const isHandedOn = phase === Phase.ENTER || phase === Phase.INITIATE;
  if (phase === Phase.RESOLVE && cursor?.type === "message") {
    open.ifRefused = leftIfGiven(open.frame, cursor);
  }
  if (!isOver && !isHandedOn) return;
  const isRefused = phase === Phase.EXECUTE && machine.frame === open.frame;
  const left = (isRefused ? open.ifRefused : undefined) ?? Frame.gasLeft(open.frame);
  open.log.gasCost = open.log.gas - Number(left);
  const isHalt = cursor?.type === "outcome" && cursor.status === Cursor.STATUS_HALT;
  const hasHalted = phase === Phase.SETTLE && isHalt && machine.frame === open.frame;
  if (hasHalted) open.log.error = open.reason;
  if (open.used !== undefined) addStorage(logger, open, hasHalted);
  logger.open = null;
}

function leftIfGiven(frame: Frame.Frame, { gas }: Cursor.Message): bigint {
  const available = Frame.gasLeft(frame);
  const limit = Gas.allButOne64th(available);
  return available - (gas < limit ? gas : limit);
}

function addStorage(logger: StructLogger, { log, frame, used }: Open, hasHalted: boolean): void {
  const all = logger.storage.get(frame.self) ?? {};
  if (used !== undefined && !hasHalted) all[wordText(used.slot)] = wordText(used.value);
  logger.storage.set(frame.self, all);
  log.storage = { ...all };
  logger.bytes += 2 * WORD_CHARACTERS * Object.keys(all).length;
}

function toLog(logger: StructLogger, machine: Machine.Executing, opcode: number): StructLog {
  const { options } = logger;
  const { frame, world } = machine;
  const gas = Number(Frame.gasLeft(frame));
  const log = {
    ...{ pc: frame.pc, op: Opcode.nameOf(opcode), gas, gasCost: 0, depth: frame.depth + 1 },
    ...(world.refund === 0 ? {} : { refund: world.refund }),
    ...(options.disableStack ? {} : { stack: frame.stack.items.map(Hex.fromBigInt) }),
    ...(options.enableMemory ? { memory: wordsOf(frame) } : {}),
    ...(options.enableReturnData
      ? { returnData: Hex.fromBytes(View.loadAll(frame.returned, null)) }
      : {}),
  };
  const words = (options.enableMemory ? frame.memory.words : 0) + frame.stack.items.length;
  const returned = options.enableReturnData ? 2 * frame.returned.size : 0;
  logger.bytes += LOG_BYTES + WORD_CHARACTERS * words + returned;
  return log;
}

function wordsOf({ memory }: Frame.Frame): Hex.Hex[] {
  return Array.from({ length: memory.words }, (_, index) =>
    Hex.fromBytes(memory.bytes.subarray(index * WORD, (index + 1) * WORD)),
  );
}

function usedSlot({ options }: StructLogger, machine: Machine.Executing): Open["used"] {
  const { self, stack } = machine.frame;
  const slot = stack.items.at(-1);
  if (options.disableStorage || slot === undefined) return undefined;
  const opcode = Step.nextOpcode(machine);
  if (opcode === Opcode.SSTORE) return { slot, value: stack.items.at(-2) ?? 0n };
  if (opcode !== Opcode.SLOAD) return undefined;
  const { storage } = Blocks.account(machine.world.state, self);
  return { slot, value: PatriciaTrie.get(storage, HashedKeys.ofSlot(slot)) ?? 0n };
}

function wordText(word: bigint): Hex.Hex {
  return Hex.fromBytes(Bytes.fromBigInt(word, WORD));
}
