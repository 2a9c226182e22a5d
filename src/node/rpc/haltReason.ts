// Why an instruction halts its frame, in geth's words. The machine itself does not tell halts apart: all act alike.

import * as Gas from "../../machine/gas.ts";
import * as Machine from "../../machine/machine.ts";
import * as Opcode from "../../machine/opcode.ts";
import * as Phase from "../../machine/phase.ts";
import * as Step from "../../machine/step.ts";
import * as View from "../../machine/view.ts";

/** Why a call would halt in this state, if its own frame does; in any other state what was known before. */
export function at(machine: Machine.Machine, known: string): string {
  const { phase, cursor } = machine;
  if (!Machine.isExecuting(machine)) {
    return phase === Phase.INITIATE ? "contract address collision" : known;
  }
  if (machine.frame.parent !== null) return known;
  if (phase === Phase.EXECUTE) return of(machine, Step.nextOpcode(machine));
  if (phase === Phase.DEPOSIT && cursor?.type === "outcome") {
    return ofCode(View.loadAll(cursor.output, null));
  }
  return phase === Phase.PRECOMPILE ? "precompile failed" : known;
}

/** The reason why the instruction that the machine is about to run will halt, given that it will. */
export function of({ opcodes, frame }: Machine.Executing, opcode: number): string {
  const { items } = frame.stack;
  const least = opcodes.leastStack[opcode] ?? 0;
  const most = opcodes.mostStack[opcode] ?? 0;
  if (opcodes.isDefined[opcode] !== 1) {
    return `invalid opcode: ${Opcode.nameOf(opcode)}`;
  }
  if (items.length < least) return `stack underflow (${items.length} <=> ${least})`;
  if (items.length > most) return `stack limit reached ${items.length} (${most})`;
  if (frame.isStatic && opcodes.isMutating[opcode] === 1) return "write protection";
  switch (opcode) {
    case Opcode.JUMP:
    case Opcode.JUMPI: {
      const cost = opcode === Opcode.JUMP ? Gas.MID : Gas.HIGH;
      return frame.gas < cost ? OUT_OF_GAS : "invalid jump destination";
    }
    case Opcode.CALL:
      // The one call that a static frame may make without value only.
      return frame.isStatic && (items.at(-3) ?? 0n) > 0n ? "write protection" : OUT_OF_GAS;
    case Opcode.RETURNDATACOPY: {
      const end = (items.at(-2) ?? 0n) + (items.at(-3) ?? 0n);
      return end > BigInt(frame.returned.size) ? "return data out of bounds" : OUT_OF_GAS;
    }
    case Opcode.CREATE:
    case Opcode.CREATE2:
      return (items.at(-3) ?? 0n) > BigInt(Gas.MAX_INIT_CODE_SIZE)
        ? "max initcode size exceeded"
        : OUT_OF_GAS;
    default:
      return OUT_OF_GAS;
  }
}

/** Why what a creation returned cannot be its code, in geth's words. */
export function ofCode(code: Uint8Array): string {
  if (code.length > Gas.MAX_CODE_SIZE) return "max code size exceeded";
  if (code[0] === RESERVED_PREFIX) return "invalid code: must not begin with 0xef";
  return "contract creation code storage out of gas";
}

export const OUT_OF_GAS = "out of gas";
const RESERVED_PREFIX = 0xef; // EIP-3541
