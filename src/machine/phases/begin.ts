// The step that begins a block: from the state between blocks to a machine before its first system call.
// Twin: contracts/machine/phases/Begin.sol.
import * as Witness from "../../merkle/witness.ts";
import * as PersistentTree from "../../merkle/persistentTree.ts";
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as BaseFee from "../../protocol/baseFee.ts";
import type * as Batch from "../../protocol/batch.ts";
import * as BlockHeader from "../../protocol/blockHeader.ts";
import * as Body from "../../protocol/body.ts";
import { BLOCK_GAS_LIMIT, COINBASE, ENTRY_TREE_HEIGHT } from "../../protocol/limits.ts";
import * as BatchFields from "../batchFields.ts";
import * as BodyRange from "../bodyRange.ts";
import type * as Inbox from "../inbox.ts";
import * as Logs from "../logs.ts";
import type { Machine } from "../machine.ts";
import * as Phase from "../phase.ts";
import type * as Tip from "../tip.ts";
import * as World from "../world.ts";

/** What a block's head in the body says, and where its entries lie. */
type Head = { readonly timestamp: bigint; readonly byteOffset: bigint; readonly blockEnd: bigint };

const COINBASE_ADDRESS = Bytes.toBigInt(COINBASE);
// EIP-4844 with no excess: there are no blobs.
const BLOB_BASE_FEE = 1n;

/** Begins the block after the one that is done. */
export function runBegin(machine: Machine): void {
  const { done: tip, inbox, witness } = machine;
  assert(tip !== null && inbox !== null, "a block begins between blocks and from an inbox");

  const number = tip.number + 1n;
  const continues = number <= inbox.lastBlock(tip.batch);
  const batchIndex = continues ? tip.batch : tip.batch + 1n;
  const batch = inbox.batch(batchIndex);
  BatchFields.open(batch, witness);

  const origin = openHeaders(tip, inbox.originHeader(batchIndex), witness);
  const head = readHead(inbox, batchIndex, batch, continues ? tip.byteOffset : 0n, witness);

  machine.block = {
    number,
    timestamp: timestampOf(head.timestamp, batch.postedAt, origin.timestamp, tip.header.timestamp),
    gasLimit: BLOCK_GAS_LIMIT,
    baseFee: BaseFee.nextBaseFee(tip.header),
    blobBaseFee: BLOB_BASE_FEE,
    coinbase: COINBASE_ADDRESS,
    prevRandao: origin.mixHash,
    parentBeaconRoot: origin.parentBeaconRoot,
    parentHash: tip.headerHash,
    ring: tip.ring,
    gasUsed: 0n,
    entries: 0,
    transactions: 0,
    transactionsTree: PersistentTree.empty(ENTRY_TREE_HEIGHT),
    receiptsTree: PersistentTree.empty(ENTRY_TREE_HEIGHT),
    batch: batchIndex,
    byteOffset: head.byteOffset,
    blockEnd: head.blockEnd,
    bodyRoot: batch.bodyRoot,
    deposits: tip.deposits,
    depositsEnd: batch.depositsTo,
    originNumber: batch.originNumber,
    originTimestamp: origin.timestamp,
    originBaseFee: origin.baseFee,
    originHash: batch.originHash,
  };
  machine.world = World.create(tip.state, Logs.EMPTY_BLOOM);
  machine.phase = Phase.SYSTEM;
  machine.cursor = { type: "system", index: 0 };
  machine.transaction = null;
  machine.frame = null;
  machine.done = null;
  machine.result = null;
  machine.refusal = null;
}

function openHeaders(
  tip: Tip.Tip,
  originHeader: Uint8Array,
  witness: Witness.WitnessWriter | null,
): BlockHeader.BlockHeader {
  if (witness !== null) {
    Witness.writeBytes(witness, BlockHeader.encode(tip.header));
    Witness.writeBytes(witness, originHeader);
  }
  return BlockHeader.decode(originHeader);
}

function readHead(
  inbox: Inbox.Inbox,
  batchIndex: bigint,
  batch: Batch.Batch,
  start: bigint,
  witness: Witness.WitnessWriter | null,
): Head {
  const bodySize = BigInt(batch.bodySize);
  const byteOffset = start + BigInt(Body.BLOCK_HEAD_BYTES);
  // A body that ends too soon has nothing left: its blocks are empty.
  if (byteOffset > bodySize) return { timestamp: 0n, byteOffset: bodySize, blockEnd: bodySize };

  const bytes = BodyRange.read(
    inbox.body(batchIndex),
    witness,
    Number(start),
    Body.BLOCK_HEAD_BYTES,
  );
  const timestamp = Bytes.toBigInt(bytes.subarray(0, Body.TIMESTAMP_BYTES));
  const size = Bytes.toBigInt(bytes.subarray(Body.TIMESTAMP_BYTES));
  const end = byteOffset + size;
  return { timestamp, byteOffset, blockEnd: end < bodySize ? end : bodySize };
}

// Never before the parent and the origin, and not after the post unless the parent already is: nobody can stop the clock.
function timestampOf(given: bigint, postedAt: bigint, origin: bigint, parent: bigint): bigint {
  const capped = given < postedAt ? given : postedAt;
  const earliest = origin > parent ? origin : parent;
  return capped > earliest ? capped : earliest;
}
