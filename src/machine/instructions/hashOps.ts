// KECCAK256: at once, or through the sponge where the memory is long.
// Twin: contracts/machine/instructions/HashOps.sol.
import { keccak256Word } from "../../primitives/keccak.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Memory from "../memory.ts";
import * as Phase from "../phase.ts";
import * as Sponge from "../sponge.ts";
import * as Stack from "../stack.ts";

/** What is longer goes through the sponge, a part in each step. */
export const HASH_STEP_BYTES = 65_536;

/** KECCAK256 */
export function opKeccak256(machine: Executing): Halt {
  const { frame } = machine;
  const offset = Number(Stack.pop(frame.stack));
  const size = Number(Stack.pop(frame.stack));

  const cost = Gas.KECCAK256 + Gas.KECCAK256_WORD * Gas.wordsFor(size);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;
  if (!Frame.expand(frame, offset, size)) return Halt.OutOfGas;

  if (size <= HASH_STEP_BYTES) {
    const start = size === 0 ? 0 : offset;
    const { memory } = frame;
    if (machine.witness !== null) Memory.open(memory, machine.witness, start, size);
    const bytes = memory.bytes.subarray(start, start + size);
    Stack.push(frame.stack, keccak256Word(bytes));
  } else {
    machine.phase = Phase.HASH;
    machine.cursor = {
      type: "hash",
      sponge: Sponge.create(frame.memory, offset, size),
    };
  }

  frame.pc += 1;
  return Halt.None;
}
