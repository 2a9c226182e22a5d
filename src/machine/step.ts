// What one step is. A bad witness is for the Solidity twin to revert on; an EVM failure is a Halt and gives
// a successor. `run` and `prove` take the same steps. Twin: contracts/machine/Step.sol.
import { assert } from "../primitives/assert.ts";
import * as Code from "./code.ts";
import type * as Frame from "./frame.ts";
import { Halt } from "./halt.ts";
import * as Instruction from "./instruction.ts";
import * as Machine from "./machine.ts";
import * as Opcode from "./opcode.ts";
import * as Phase from "./phase.ts";
import { runAccess } from "./phases/access.ts";
import { runAdmit } from "./phases/admit.ts";
import { runAuthorize } from "./phases/authorize.ts";
import { runBegin } from "./phases/begin.ts";
import { runCopy } from "./phases/copy.ts";
import { runCreate } from "./phases/create.ts";
import { runDeposit } from "./phases/deposit.ts";
import { runDestroy } from "./phases/destroy.ts";
import { runEnd } from "./phases/end.ts";
import { runEnter } from "./phases/enter.ts";
import { runEntry } from "./phases/entry.ts";
import { runFinish } from "./phases/finish.ts";
import { runHash } from "./phases/hash.ts";
import { runInitiate } from "./phases/initiate.ts";
import { runLoad } from "./phases/load.ts";
import { runLog } from "./phases/log.ts";
import { runPrecompile } from "./phases/precompile.ts";
import { runReceipt } from "./phases/receipt.ts";
import { runResolve } from "./phases/resolve.ts";
import { runSettle } from "./phases/settle.ts";
import { runStart } from "./phases/start.ts";
import { runSystem } from "./phases/system.ts";
import * as Stack from "./stack.ts";

/** Takes one step. */
export function step(machine: Machine.Machine): void {
  if (machine.phase !== Phase.EXECUTE) return stepPhase(machine);
  assert(Machine.isExecuting(machine), "EXECUTE has a frame");
  execute(machine, machine.frame);
}

/** Takes steps, an instruction each, until the frame ends or waits for what another phase does. */
export function executeAll(machine: Machine.Machine): void {
  assert(Machine.isExecuting(machine), "EXECUTE has a frame");
  // Only other phases replace the frame.
  const { frame } = machine;
  while (machine.phase === Phase.EXECUTE) execute(machine, frame);
}

// One instruction.
function execute(machine: Machine.Executing, frame: Frame.Frame): void {
  // Behind the end of the code stands STOP.
  const opcode = frame.bytecode[frame.pc] ?? Opcode.STOP;
  if (machine.witness !== null) openInstruction(machine, opcode);

  const halt = mayRun(machine.opcodes, frame, opcode)
    ? Instruction.run(machine, opcode)
    : refusal(machine, opcode);
  if (halt !== Halt.None) Machine.haltFrame(machine);
}

/** The opcode that the next step runs; it matters in EXECUTE only. */
export function nextOpcode(machine: Machine.Machine): number {
  return machine.frame?.bytecode[machine.frame.pc] ?? Opcode.STOP;
}

// Whether the opcode is defined, the stack has the right size for it, and no static frame forbids it.
function mayRun(opcodes: Opcode.Table, frame: Frame.Frame, opcode: number): boolean {
  const size = frame.stack.items.length;
  const { leastStack, mostStack, isMutating } = opcodes;
  if (size < (leastStack[opcode] ?? 0) || size > (mostStack[opcode] ?? 0)) return false;
  return !frame.isStatic || isMutating[opcode] !== 1;
}

function refusal({ opcodes, frame }: Machine.Executing, opcode: number): Halt {
  const size = frame.stack.items.length;
  if (opcodes.isDefined[opcode] !== 1) return Halt.InvalidOpcode;
  if (size < (opcodes.leastStack[opcode] ?? 0)) return Halt.StackUnderflow;
  if (size > (opcodes.mostStack[opcode] ?? 0)) return Halt.StackOverflow;
  return Halt.StaticViolation;
}

// Frame, chunk and the items that the instruction may touch, which stand at the head of every witness.
function openInstruction(machine: Machine.Executing, opcode: number): void {
  const { frame, witness, opcodes } = machine;
  assert(witness !== null, "only a recorded step opens anything");
  Machine.openFrame(machine);
  if (frame.pc < frame.bytecode.length)
    Code.openChunk(frame.code, witness, Math.floor(frame.pc / Code.CHUNK));
  Stack.open(frame.stack, witness, opcodes.pops[opcode] ?? 0);
}

function stepPhase(machine: Machine.Machine): void {
  switch (machine.phase) {
    case Phase.COPY:
      return runCopy(machine);
    case Phase.HASH:
      return runHash(machine);
    case Phase.LOG:
      return runLog(machine);
    case Phase.LOAD:
      return runLoad(machine);
    case Phase.RESOLVE:
      return runResolve(machine);
    case Phase.CREATE:
      return runCreate(machine);
    case Phase.ENTER:
      return runEnter(machine);
    case Phase.INITIATE:
      return runInitiate(machine);
    case Phase.PRECOMPILE:
      return runPrecompile(machine);
    case Phase.SETTLE:
      return runSettle(machine);
    case Phase.DEPOSIT:
      return runDeposit(machine);
    case Phase.DONE:
      return runBegin(machine);
    case Phase.SYSTEM:
      return runSystem(machine);
    case Phase.ENTRY:
      return runEntry(machine);
    case Phase.ADMIT:
      return runAdmit(machine);
    case Phase.ACCESS:
      return runAccess(machine);
    case Phase.AUTHORIZE:
      return runAuthorize(machine);
    case Phase.START:
      return runStart(machine);
    case Phase.FINISH:
      return runFinish(machine);
    case Phase.DESTROY:
      return runDestroy(machine);
    case Phase.RECEIPT:
      return runReceipt(machine);
    case Phase.END:
      return runEnd(machine);
    default:
      assert(false, "the machine is in a phase that has a step");
  }
}
