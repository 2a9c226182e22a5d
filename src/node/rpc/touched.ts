// Which accounts and slots the instructions of a transaction name.

import * as Machine from "../../machine/machine.ts";
import * as Opcode from "../../machine/opcode.ts";
import * as Phase from "../../machine/phase.ts";
import * as Step from "../../machine/step.ts";

/** Accounts with the slots that were read or written in them. */
export type Touched = Map<bigint, Set<bigint>>;

/** Where each instruction that names an account has it on the stack, from the top. */
const ACCOUNT_AT: ReadonlyMap<number, number> = new Map([
  [Opcode.BALANCE, 1],
  [Opcode.EXTCODESIZE, 1],
  [Opcode.EXTCODECOPY, 1],
  [Opcode.EXTCODEHASH, 1],
  [Opcode.SELFDESTRUCT, 1],
  [Opcode.CALL, 2],
  [Opcode.CALLCODE, 2],
  [Opcode.DELEGATECALL, 2],
  [Opcode.STATICCALL, 2],
]);
const ADDRESS_MASK = 2n ** 160n - 1n;

/** Is shown every state of a transaction; what is noted of an instruction is noted whether or not it can be paid for. */
export function observe(touched: Touched, machine: Machine.Machine): void {
  if (machine.phase !== Phase.EXECUTE || !Machine.isExecuting(machine)) return;
  const { self, stack } = machine.frame;
  const opcode = Step.nextOpcode(machine);
  const top = stack.items.at(-1);
  if ((opcode === Opcode.SLOAD || opcode === Opcode.SSTORE) && top !== undefined) {
    note(touched, self).add(top);
  }
  const depth = ACCOUNT_AT.get(opcode);
  const account = depth === undefined ? undefined : stack.items.at(-depth);
  if (account !== undefined) note(touched, account & ADDRESS_MASK);
}

/** Notes an account, and gives the slots that are noted of it. */
export function note(touched: Touched, address: bigint): Set<bigint> {
  const slots = touched.get(address) ?? new Set();
  touched.set(address, slots);
  return slots;
}
