// One step, with everything its proof needs. The witness begins with the family that judges the step and
// the fields of the machine; what the step itself opens follows in the order of use.
import * as Witness from "../merkle/witness.ts";
import * as BlockContext from "./blockContext.ts";
import * as Cursor from "./cursor.ts";
import * as Family from "./family.ts";
import * as Frame from "./frame.ts";
import type * as Machine from "./machine.ts";
import * as Step from "./step.ts";
import * as TransactionContext from "./transactionContext.ts";
import * as World from "./world.ts";

/** Takes one step and returns its witness. */
export function prove(machine: Machine.Machine): Uint8Array {
  const witness = Witness.create();
  const opcode = Step.nextOpcode(machine);
  Witness.writeUint8(witness, Family.judging(machine.phase, opcode));
  writeState(witness, machine);

  machine.witness = witness;
  Step.step(machine);
  machine.witness = null;
  return Witness.toBytes(witness);
}

/** The witness of a step that changes nothing: the state between blocks. */
export function provePadding(machine: Machine.Machine): Uint8Array {
  const witness = Witness.create();
  Witness.writeUint8(witness, Family.BLOCK);
  writeState(witness, machine);
  return Witness.toBytes(witness);
}

function writeState(witness: Witness.WitnessWriter, machine: Machine.Machine): void {
  const { done } = machine;
  if (done !== null) {
    Witness.writeUint64(witness, done.number);
    Witness.writeBytes32(witness, done.outputRoot);
    Witness.writeBytes32(witness, done.headerHash);
    Witness.writeBytes32(witness, done.ringRoot);
    Witness.writeUint64(witness, done.batch);
    Witness.writeUint64(witness, done.byteOffset);
    Witness.writeUint64(witness, done.deposits);
    return;
  }
  Witness.writeUint8(witness, machine.phase);
  Witness.writeBytes32(witness, Cursor.hash(machine.cursor));
  Witness.writeBytes32(witness, BlockContext.hash(machine.block));
  Witness.writeBytes32(witness, TransactionContext.commitTransaction(machine.transaction));
  Witness.writeBytes32(witness, Frame.hash(machine.frame));
  Witness.writeBytes32(witness, World.hash(machine.world));
}
