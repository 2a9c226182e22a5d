// A trace of calls within calls, in the form of geth's callTracer.

import * as Cursor from "../../machine/cursor.ts";
import * as Frame from "../../machine/frame.ts";
import * as FrameKind from "../../machine/frameKind.ts";
import * as Gas from "../../machine/gas.ts";
import * as Machine from "../../machine/machine.ts";
import * as Opcode from "../../machine/opcode.ts";
import * as Phase from "../../machine/phase.ts";
import * as Step from "../../machine/step.ts";
import * as View from "../../machine/view.ts";
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Blocks from "./blocks.ts";
import * as HaltReason from "./haltReason.ts";
import * as RevertReason from "./revertReason.ts";
import { LimitExceededError } from "./rpcError.ts";

export type Options = { readonly onlyTopCall: boolean; readonly withLog: boolean };

/** One call or creation. */
export type CallFrame = {
  readonly type: string;
  readonly from: Hex.Hex;
  to?: Hex.Hex;
  value?: Hex.Hex;
  gas: Hex.Hex;
  gasUsed: Hex.Hex;
  readonly input: Hex.Hex;
  output?: Hex.Hex;
  error?: string;
  revertReason?: string;
  calls?: CallFrame[];
  logs?: CallLog[];
};

export type CallLog = {
  readonly address: Hex.Hex;
  readonly topics: readonly Hex.Hex[];
  readonly data: Hex.Hex;
  /** How many calls the frame had made before. */
  readonly position: Hex.Hex;
  readonly index: Hex.Hex;
};

type Seen = Pick<Machine.Machine, "phase" | "cursor" | "frame" | "world">;

export type CallTracer = {
  readonly options: Options;
  /** Those that are not over, the first one outside. */
  readonly open: { readonly call: CallFrame; readonly gas: bigint; readonly logs: CallLog[] }[];
  top: CallFrame | null;
  /** What the machine was before the step that it has just taken. */
  seen: Seen | null;
  /** The address that was called, before a delegation was followed. */
  called: bigint;
  /** The gas that a call or creation would get. */
  offered: bigint;
  /** Why the last instruction would halt. */
  reason: string;
  bytes: number;
  logCount: number;
};

/** About what one answer may hold, in characters. */
export const MAX_TRACE_BYTES = 64 * 1_024 * 1_024;
const FRAME_BYTES = 400;
const TYPES = ["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL", "CREATE", "CREATE2"] as const;

/** A trace in which nothing was called yet. */
export function create(options: Options): CallTracer {
  return {
    options,
    open: [],
    top: null,
    seen: null,
    called: 0n,
    offered: 0n,
    reason: HaltReason.OUT_OF_GAS,
    bytes: 0,
    logCount: 0,
  };
}

/** Is shown every state of a transaction; throws LimitExceededError if the trace becomes too long to answer. */
export function observe(tracer: CallTracer, machine: Machine.Machine): void {
  const { seen } = tracer;
  if (seen !== null) takeStep(tracer, seen, machine);
  const { phase, cursor, frame, world } = machine;
  tracer.seen = { phase, cursor, frame, world };
  if (phase === Phase.RESOLVE && cursor?.type === "message") tracer.called = cursor.codeAddress;
  if (frame !== null && cursor?.type === "message") tracer.offered = offerOf(frame, cursor);
  if (phase === Phase.EXECUTE && Machine.isExecuting(machine)) {
    tracer.reason = HaltReason.of(machine, Step.nextOpcode(machine));
    noteEnd(tracer, machine);
  }
  if (tracer.bytes > MAX_TRACE_BYTES) {
    throw new LimitExceededError(
      `a trace may have ${MAX_TRACE_BYTES} bytes; ask for the top call only`,
    );
  }
}

/** The trace of a transaction that is over: with all gas that it was given and took. */
export function finish({ top }: CallTracer, gasLimit: bigint, gasUsed: bigint): CallFrame {
  assert(top !== null, "a transaction that ran has a message");
  return { ...top, gas: Hex.fromBigInt(gasLimit), gasUsed: Hex.fromBigInt(gasUsed) };
}

/** The frame of a deposit that could not even begin. */
export function unbegun(
  call: Pick<CallFrame, "type" | "from" | "to" | "value" | "input">,
): CallFrame {
  return { ...call, gas: "0x0", gasUsed: "0x0", error: "insufficient funds or gas" };
}

function takeStep(tracer: CallTracer, seen: Seen, machine: Machine.Machine): void {
  const { phase, cursor, frame } = seen;
  const message = cursor?.type === "message" ? cursor : undefined;
  const isBegin = phase === Phase.ENTER || phase === Phase.INITIATE;
  if (message !== undefined && isBegin) {
    if (machine.phase === Phase.SETTLE) tracer.reason = "contract address collision";
    return begin(tracer, message, message.gas);
  }
  const isRefused = phase === Phase.RESOLVE || phase === Phase.CREATE;
  if (message !== undefined && isRefused && machine.phase === Phase.EXECUTE) {
    return refuse(tracer, message);
  }
  if (phase === Phase.LOG && machine.world.logs !== seen.world.logs) return addLog(tracer, machine);
  if (machine.phase === Phase.SETTLE) tracer.reason = reasonAfter(tracer, seen);
  if (frame === null || frame === machine.frame || machine.frame !== frame.parent) return;
  if (phase !== Phase.SETTLE && phase !== Phase.DEPOSIT) return;
  assert(cursor?.type === "outcome", "a frame ends with an outcome");
  end(tracer, frame, cursor);
}

// Not every halt is an instruction's.
function reasonAfter({ reason }: CallTracer, { phase, cursor }: Seen): string {
  if (phase === Phase.DEPOSIT && cursor?.type === "outcome") {
    return HaltReason.ofCode(View.loadAll(cursor.output, null));
  }
  if (phase === Phase.PRECOMPILE) return "precompile failed";
  return phase === Phase.RESOLVE ? HaltReason.OUT_OF_GAS : reason;
}

function begin(tracer: CallTracer, message: Cursor.Message, gas: bigint): void {
  const { kind, caller, self, value, input } = message;
  const isCreation = FrameKind.isCreation(kind);
  const bytes = View.loadAll(input, null);
  const hasValue = kind !== FrameKind.STATICCALL;
  const running = tracer.seen?.frame ?? null;
  // The caller of a delegated call is that of the frame that makes it; the trace tells who makes it.
  const from = kind === FrameKind.DELEGATECALL && running !== null ? running.self : caller;
  const call: CallFrame = {
    type: TYPES[kind] ?? "CALL",
    from: addressText(from),
    to: addressText(isCreation ? self : tracer.called),
    ...(hasValue ? { value: Hex.fromBigInt(value) } : {}),
    gas: Hex.fromBigInt(gas),
    gasUsed: "0x0",
    input: Hex.fromBytes(bytes),
  };
  tracer.open.push({ call, gas, logs: [] });
  tracer.bytes += FRAME_BYTES + 2 * bytes.length;
}

function end(tracer: CallTracer, frame: Frame.Frame, { status, output }: Cursor.Outcome): void {
  const opened = tracer.open.pop();
  assert(opened !== undefined, "a frame that ends has begun");
  const { call, gas, logs } = opened;
  const bytes = View.loadAll(output, null);
  call.gasUsed = Hex.fromBigInt(gas - Frame.gasLeft(frame));
  tracer.bytes += 2 * bytes.length;
  if (status === Cursor.STATUS_SUCCESS || status === Cursor.STATUS_REVERT) {
    if (bytes.length > 0) call.output = Hex.fromBytes(bytes);
  }
  if (status === Cursor.STATUS_REVERT) {
    call.error = "execution reverted";
    const reason = RevertReason.of(bytes);
    if (reason !== undefined) call.revertReason = reason;
  }
  if (status === Cursor.STATUS_HALT) call.error = tracer.reason;
  if (status !== Cursor.STATUS_SUCCESS) {
    if (FrameKind.isCreation(frame.kind)) delete call.to;
    dropLogs(call);
  } else if (logs.length > 0) call.logs = logs;
  close(tracer, call);
}

// What a frame takes back when it fails, its calls have not logged either.
function dropLogs(call: CallFrame): void {
  for (const within of call.calls ?? []) {
    delete within.logs;
    dropLogs(within);
  }
}

function offerOf(frame: Frame.Frame, { kind, value, gas }: Cursor.Message): bigint {
  const limit = Gas.allButOne64th(Frame.gasLeft(frame));
  const movesValue = value > 0n && (kind === FrameKind.CALL || kind === FrameKind.CALLCODE);
  const given = FrameKind.isCreation(kind) || gas > limit ? limit : gas;
  return movesValue ? given + BigInt(Gas.CALL_STIPEND) : given;
}

function refuse(tracer: CallTracer, message: Cursor.Message): void {
  begin(tracer, message, tracer.offered);
  const call = tracer.open.pop()?.call;
  assert(call !== undefined, "it has just begun");
  const isTooDeep = message.depth > Gas.MAX_DEPTH;
  call.error = isTooDeep ? "max call depth exceeded" : "insufficient balance for transfer";
  close(tracer, call);
}

function close(tracer: CallTracer, call: CallFrame): void {
  const outside = tracer.open.at(-1)?.call;
  if (outside === undefined) tracer.top = call;
  else if (!tracer.options.onlyTopCall) (outside.calls ??= []).push(call);
}

function addLog(tracer: CallTracer, { world }: Machine.Machine): void {
  const opened = tracer.open.at(-1);
  if (!tracer.options.withLog || opened === undefined || world.logs === null) return;
  const { address, topics, data } = world.logs.log;
  opened.logs.push({
    address: addressText(address),
    topics: topics.map((topic) => Hex.fromBytes(Bytes.fromBigInt(topic, 32))),
    data: Hex.fromBytes(data),
    position: Hex.fromBigInt(BigInt(opened.call.calls?.length ?? 0)),
    index: Hex.fromBigInt(BigInt(tracer.logCount)),
  });
  tracer.logCount += 1;
  tracer.bytes += FRAME_BYTES + 2 * data.length;
}

// SELFDESTRUCT moves a balance as a call would, and is told as one.
function noteEnd(tracer: CallTracer, machine: Machine.Executing): void {
  if (Step.nextOpcode(machine) !== Opcode.SELFDESTRUCT) return;
  const { self, stack, isStatic } = machine.frame;
  const heir = stack.items.at(-1);
  if (heir === undefined || isStatic || Frame.gasLeft(machine.frame) < BigInt(Gas.SELFDESTRUCT))
    return;
  const { balance } = Blocks.account(machine.world.state, self);
  close(tracer, {
    type: "SELFDESTRUCT",
    from: addressText(self),
    to: addressText(heir & ADDRESS_MASK),
    value: Hex.fromBigInt(balance),
    gas: "0x0",
    gasUsed: "0x0",
    input: "0x",
  });
}

const ADDRESS_MASK = 2n ** 160n - 1n;

function addressText(address: bigint): Hex.Hex {
  return Hex.fromBytes(Bytes.fromBigInt(address, 20));
}
