// What each instruction of a transaction was charged and how many steps it took, with all that it led to: the
// phases that go on for it, and the beginning and the end of the frame that it made.
import * as Cursor from "../../src/machine/cursor.ts";
import * as FrameKind from "../../src/machine/frameKind.ts";
import * as Gas from "../../src/machine/gas.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";

/** One instruction, or what stands for all of a transaction that is not one. */
export type Tally = {
  readonly name: string;
  /** What it may take: its own charge without that for memory, what a precompile charged for it, and the memory of its frame. */
  credit: bigint;
  steps: number;
};

export type Metered = {
  readonly steps: number;
  /** Gas before refunds. */
  readonly executed: bigint;
  readonly used: bigint;
  readonly refused: boolean;
  /** The largest share of its credit that an instruction of each name took. */
  readonly shares: ReadonlyMap<string, number>;
  /** Instructions that took more steps than one and than their credit. */
  readonly excesses: readonly Tally[];
  /** The credit of all instructions together. */
  readonly credit: bigint;
  /** Opcodes that ran to their end, and that halted. */
  readonly completed: ReadonlySet<number>;
  readonly halted: ReadonlySet<number>;
};

const OWN = new Set<number>([Phase.HASH, Phase.LOG, Phase.LOAD]);
// They stand on the calling frame, and make or refuse the one above it.
const CALLING = new Set<number>([Phase.RESOLVE, Phase.CREATE, Phase.ENTER, Phase.INITIATE]);
// They stand on the frame that was made.
const CALLED = new Set<number>([Phase.PRECOMPILE, Phase.SETTLE, Phase.DEPOSIT]);

// Of its 5,000, SELFDESTRUCT leaves one to the step that removes the account.
const DESTROY_CREDIT = 1n;

/** Takes steps to the end of the transaction that the machine is about to run. */
export function meter(machine: Machine.Machine): Metered {
  const limit = machine.transaction?.gasLimit ?? 0n;
  const excesses: Tally[] = [];
  const shares = new Map<string, number>();
  const completed = new Set<number>();
  const halted = new Set<number>();
  // By depth; the transaction itself is at 0.
  const intrinsic = BigInt(Gas.TRANSACTION);
  const open: Tally[] = [
    { name: "transaction", credit: limit < intrinsic ? limit : intrinsic, steps: 0 },
  ];
  let credit = 0n;
  let steps = 0;
  let left = limit;

  const close = (tally: Tally | undefined): void => {
    if (tally === undefined) return;
    credit += tally.credit;
    if (tally.steps > 1 && BigInt(tally.steps) > tally.credit) excesses.push(tally);
    if (tally.credit > 0n) {
      const share = tally.steps / Number(tally.credit);
      shares.set(tally.name, Math.max(share, shares.get(tally.name) ?? 0));
    }
  };

  while (machine.phase !== Phase.ENTRY) {
    const { phase, frame, cursor } = machine;
    const depth = frame === null ? 0 : frame.depth + 1;
    const opcode = Step.nextOpcode(machine);
    if (phase === Phase.EXECUTE) {
      close(open[depth]);
      open[depth] = { name: Opcode.nameOf(opcode), credit: 0n, steps: 0 };
    }
    if (phase === Phase.FINISH) left = Cursor.expect(cursor, "outcome").gas;
    const tally = open[ownerOf(phase, depth, cursor)];
    if (tally === undefined) throw new OwnerlessStepError(phase);
    tally.steps++;
    steps++;
    if (phase === Phase.ACCESS) tally.credit += BigInt(Gas.ACCESS_LIST_SLOT);
    if (phase === Phase.AUTHORIZE) tally.credit += BigInt(Gas.AUTHORIZATION);
    if (phase === Phase.DESTROY) tally.credit += DESTROY_CREDIT;
    const gas = frame?.gas ?? 0;
    const words = frame?.memory.words ?? 0;

    Step.step(machine);

    if (frame === null) continue;
    const hasHalted =
      machine.phase === Phase.SETTLE &&
      machine.cursor?.type === "outcome" &&
      machine.cursor.status === Cursor.STATUS_HALT;
    if (phase === Phase.EXECUTE && hasHalted) halted.add(opcode);
    else if (phase === Phase.EXECUTE) {
      const grown = Gas.memoryCost(frame.memory.words) - Gas.memoryCost(words);
      tally.credit += BigInt(gas - frame.gas - grown - stipendOf(machine.cursor));
      if (opcode === Opcode.SELFDESTRUCT) tally.credit -= DESTROY_CREDIT;
      completed.add(opcode);
    } else if (phase === Phase.PRECOMPILE && !hasHalted) tally.credit += BigInt(gas - frame.gas);
    const hasEnded = CALLED.has(phase) && machine.frame !== frame;
    if (hasEnded && !isPrecompile(frame))
      tally.credit += BigInt(Gas.memoryCost(frame.memory.words));
  }
  for (const tally of open) close(tally);
  const refused = machine.result === null;
  return {
    steps,
    executed: refused ? 0n : limit - left,
    used: machine.result?.gasUsed ?? 0n,
    refused,
    shares,
    excesses,
    credit,
    completed,
    halted,
  };
}

function ownerOf(phase: number, depth: number, cursor: Cursor.Cursor | null): number {
  if (phase === Phase.EXECUTE || OWN.has(phase) || CALLING.has(phase)) return depth;
  if (CALLED.has(phase)) return depth - 1;
  if (phase === Phase.COPY && cursor?.type === "copy")
    return cursor.next === Phase.SETTLE ? depth - 1 : depth;
  return 0;
}

// What the message gets for nothing.
function stipendOf(cursor: Cursor.Cursor | null): number {
  if (cursor?.type !== "message" || cursor.value === 0n) return 0;
  const movesValue = cursor.kind === FrameKind.CALL || cursor.kind === FrameKind.CALLCODE;
  return movesValue ? Gas.CALL_STIPEND : 0;
}

// Its memory is output, paid by its price; no code leaves a frame without having had a first instruction.
function isPrecompile({ bytecode, pc }: { bytecode: Uint8Array; pc: number }): boolean {
  return bytecode.length === 0 && pc === 0;
}

export class OwnerlessStepError extends Error {
  override readonly name = "StepMeter.OwnerlessStepError";
  readonly phase: number;
  constructor(phase: number) {
    super(`expected an instruction to which a step of phase ${phase} belongs`);
    this.phase = phase;
  }
}
