// HASH: 4,352 bytes of a long KECCAK256 into the sponge. Twin: contracts/machine/phases/Hash.sol.
import * as Bytes from "../../primitives/bytes.ts";
import * as Machine from "../machine.ts";
import * as Memory from "../memory.ts";
import * as Phase from "../phase.ts";
import * as Sponge from "../sponge.ts";
import * as Stack from "../stack.ts";

/** Absorbs one part; the last step pads, squeezes and pushes the digest. */
export function runHash(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const { sponge } = Machine.openCursor(machine, "hash");

  const count = Math.min(Sponge.STEP_BYTES, sponge.remaining);
  if (machine.witness !== null) Memory.open(frame.memory, machine.witness, sponge.offset, count);

  if (!Sponge.isLast(sponge)) {
    machine.cursor = { type: "hash", sponge: Sponge.absorb(sponge) };
    return;
  }
  Stack.push(frame.stack, Bytes.toBigInt(Sponge.digest(sponge)));
  machine.phase = Phase.EXECUTE;
  machine.cursor = null;
}
