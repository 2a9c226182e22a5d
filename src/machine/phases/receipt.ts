// RECEIPT: the transaction's place in its block. Twin: contracts/machine/phases/Receipt.sol.
import { commit, tag } from "../../primitives/commitment.ts";
import * as PersistentTree from "../../merkle/persistentTree.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Cursor from "../cursor.ts";
import * as Logs from "../logs.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";

export const TAG_RECEIPT = tag("receipt");

/** Appends the transaction and its receipt to the block. */
export function runReceipt(machine: Machine.Machine): void {
  const { status, gas } = Machine.openCursor(machine, "outcome");
  const transaction = Machine.openTransaction(machine);
  const block = Machine.openBlock(machine);
  Machine.openWorld(machine);

  const index = block.transactions;
  if (machine.witness !== null) {
    const { transactionsTree, receiptsTree } = block;
    Witness.writeWords(machine.witness, PersistentTree.siblings(transactionsTree, index));
    Witness.writeWords(machine.witness, PersistentTree.siblings(receiptsTree, index));
  }
  const gasUsed = block.gasUsed + gas;
  const receipt = commit(
    TAG_RECEIPT,
    transaction.kind,
    status === Cursor.STATUS_SUCCESS,
    gasUsed,
    Logs.hash(machine.world.logs),
  );
  machine.block = {
    ...block,
    gasUsed,
    transactions: index + 1,
    transactionsTree: PersistentTree.set(block.transactionsTree, index, transaction.hash),
    receiptsTree: PersistentTree.set(block.receiptsTree, index, receipt),
  };
  machine.phase = Phase.ENTRY;
  machine.cursor = null;
  machine.transaction = null;
}
