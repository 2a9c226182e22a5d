// The last step of a block: its header, its output root and the state between blocks.
// Twin: contracts/machine/phases/End.sol.
import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import * as PersistentTree from "../../merkle/persistentTree.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as BlockHeader from "../../protocol/blockHeader.ts";
import { MESSAGE_PASSER } from "../../protocol/limits.ts";
import * as OutputRoot from "../../protocol/outputRoot.ts";
import type * as BlockContext from "../blockContext.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Tip from "../tip.ts";
import * as WorldState from "../worldState.ts";

const MESSAGE_PASSER_ADDRESS = Bytes.toBigInt(MESSAGE_PASSER);

/** Ends the block. */
export function runEnd(machine: Machine.Machine): void {
  const block = Machine.openBlock(machine);
  Machine.openWorld(machine);
  const { world, witness } = machine;
  if (witness !== null) Witness.writeBytesOf(witness, world.bloom.bytes);
  const messagePasser = WorldState.open(machine, MESSAGE_PASSER_ADDRESS);
  if (witness !== null) openRing(witness, block);

  const stateRoot = PatriciaTrie.root(world.state);
  const header = headerOf(block, stateRoot, world.bloom.bytes);
  const headerHash = BlockHeader.hash(header);
  const ring = Tip.addToRing(block.ring, block.number, headerHash);
  machine.done = {
    number: block.number,
    outputRoot: OutputRoot.hash({
      stateRoot,
      messagePasserStorageRoot: PatriciaTrie.root(messagePasser.account.storage),
      blockHash: headerHash,
    }),
    headerHash,
    ringRoot: PersistentTree.root(ring),
    batch: block.batch,
    byteOffset: block.blockEnd,
    deposits: block.deposits,
    header,
    state: world.state,
    ring,
  };
  machine.phase = Phase.DONE;
}

function headerOf(
  block: BlockContext.Block,
  stateRoot: Uint8Array,
  logsBloom: Uint8Array,
): BlockHeader.BlockHeader {
  return BlockHeader.ofL2({
    parentHash: block.parentHash,
    coinbase: Bytes.fromBigInt(block.coinbase, 20),
    stateRoot,
    transactionsRoot: PersistentTree.root(block.transactionsTree),
    receiptsRoot: PersistentTree.root(block.receiptsTree),
    logsBloom,
    number: block.number,
    gasLimit: block.gasLimit,
    gasUsed: block.gasUsed,
    timestamp: block.timestamp,
    mixHash: block.prevRandao,
    baseFee: block.baseFee,
    parentBeaconRoot: block.parentBeaconRoot,
  });
}

function openRing(witness: Witness.WitnessWriter, block: BlockContext.Block): void {
  const index = Tip.ringIndex(block.number);
  Witness.writeBytes32(witness, PersistentTree.get(block.ring, index));
  Witness.writeWords(witness, PersistentTree.siblings(block.ring, index));
}
