// A batch as a step opens it. Twin: contracts/machine/BatchFields.sol, which also asks the inbox for its hash.
import * as Witness from "../merkle/witness.ts";
import type * as Batch from "../protocol/batch.ts";

/** Puts the fields of a batch into the witness, if there is one. */
export function open(batch: Batch.Batch, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  Witness.writeBytes32(witness, batch.previous);
  Witness.writeUint8(witness, batch.version);
  Witness.writeUint8(witness, batch.codec);
  Witness.writeUint64(witness, batch.firstBlock);
  Witness.writeUint64(witness, batch.lastBlock);
  Witness.writeUint64(witness, batch.postedAt);
  Witness.writeUint64(witness, batch.originNumber);
  Witness.writeBytes32(witness, batch.originHash);
  Witness.writeBytes32(witness, batch.bodyRoot);
  Witness.writeUint32(witness, batch.bodySize);
  Witness.writeBytes32(witness, batch.depositsRoot);
  Witness.writeUint64(witness, batch.depositsFrom);
  Witness.writeUint64(witness, batch.depositsTo);
}
