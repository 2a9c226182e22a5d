// The next thing that a block takes: a deposit, an entry of its body, or nothing more. Any bytes have a
// meaning here; what is no transaction is passed over. Twin: contracts/machine/phases/Entry.sol.
import * as MerkleTree from "../../merkle/merkleTree.ts";
import * as MutableTree from "../../merkle/mutableTree.ts";
import * as Witness from "../../merkle/witness.ts";
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import type * as Batch from "../../protocol/batch.ts";
import { ENTRY_HEAD_BYTES } from "../../protocol/body.ts";
import * as Deposit from "../../protocol/deposit.ts";
import { MAX_ENTRIES, MAX_TRANSACTION_BYTES } from "../../protocol/limits.ts";
import * as BatchFields from "../batchFields.ts";
import type * as BlockContext from "../blockContext.ts";
import * as BodyRange from "../bodyRange.ts";
import * as EntryTransaction from "../entryTransaction.ts";
import type * as Inbox from "../inbox.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import type * as TransactionContext from "../transactionContext.ts";

/** Takes the next deposit or entry, or ends the block. */
export function runEntry(machine: Machine.Machine): void {
  const { inbox } = machine;
  assert(inbox !== null, "entries come from an inbox");
  const block = Machine.openBlock(machine);
  machine.refusal = null;

  if (block.entries >= MAX_ENTRIES) machine.phase = Phase.END;
  else if (block.deposits < block.depositsEnd) takeDeposit(machine, block, inbox);
  else takeEntry(machine, block, inbox);
}

function takeDeposit(
  machine: Machine.Machine,
  block: BlockContext.Block,
  inbox: Inbox.Inbox,
): void {
  const deposit = inbox.deposit(block.deposits);
  if (machine.witness !== null) openDeposit(machine.witness, inbox, deposit);

  if (deposit.gasLimit > block.gasLimit - block.gasUsed) {
    machine.block = { ...block, depositsEnd: block.deposits };
    return;
  }
  machine.block = { ...block, deposits: block.deposits + 1n, entries: block.entries + 1 };
  admit(machine, EntryTransaction.fromDeposit(deposit, inbox.portal));
}

function takeEntry(machine: Machine.Machine, block: BlockContext.Block, inbox: Inbox.Inbox): void {
  const head = Number(block.byteOffset);
  const start = head + ENTRY_HEAD_BYTES;
  const blockEnd = Number(block.blockEnd);
  if (start > blockEnd) {
    machine.phase = Phase.END;
    return;
  }

  const body = inbox.body(block.batch);
  const { witness } = machine;
  const size = Bytes.toNumber(BodyRange.read(body, witness, head, ENTRY_HEAD_BYTES));
  const next = start + size;
  if (next > blockEnd) {
    machine.phase = Phase.END;
    return;
  }

  machine.block = { ...block, byteOffset: BigInt(next), entries: block.entries + 1 };
  if (size > MAX_TRANSACTION_BYTES) {
    machine.refusal = "TransactionTooLong";
    return;
  }
  const decoded = EntryTransaction.fromBytes(
    BodyRange.read(body, witness, start, size),
    machine.context,
  );
  if (decoded.type === "refused") machine.refusal = decoded.reason;
  else admit(machine, decoded.transaction);
}

function admit(machine: Machine.Machine, transaction: TransactionContext.Transaction): void {
  machine.transaction = transaction;
  machine.phase = Phase.ADMIT;
}

function openDeposit(
  witness: Witness.WitnessWriter,
  inbox: Inbox.Inbox,
  deposit: Deposit.Deposit,
): void {
  const batchIndex = inbox.batchOfDeposit(deposit.index);
  const batch = inbox.batch(batchIndex);
  Witness.writeUint64(witness, batchIndex);
  BatchFields.open(batch, witness);
  Witness.writeUint64(witness, deposit.l1Block);
  Witness.writeUint64(witness, deposit.l1Time);
  Witness.writeAddress(witness, deposit.from);
  Witness.writeUint8(witness, deposit.isCreation ? 1 : 0);
  Witness.writeAddress(witness, deposit.to);
  Witness.writeUint256(witness, deposit.mint);
  Witness.writeUint256(witness, deposit.value);
  Witness.writeUint64(witness, deposit.gasLimit);
  Witness.writeBytes(witness, deposit.data);
  Witness.writeWords(witness, depositSiblings(inbox, batch, deposit.index));
}

function depositSiblings(inbox: Inbox.Inbox, batch: Batch.Batch, index: bigint): Uint8Array[] {
  const count = Number(batch.depositsTo - batch.depositsFrom);
  const leaves = Array.from({ length: count }, (_, i) =>
    Deposit.hash(inbox.deposit(batch.depositsFrom + BigInt(i))),
  );
  const position = Number(index - batch.depositsFrom);
  const height = MerkleTree.heightFor(count);
  return MutableTree.siblings(MutableTree.fromLeaves(leaves), position, 1, height);
}
