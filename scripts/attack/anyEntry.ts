// Machines between entries and between blocks, at places in batches and deposits where no run need ever have stood.
import * as Block from "../../src/machine/block.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import type * as Tip from "../../src/machine/tip.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import * as Stage from "../../test/parity/stage.ts";
import * as Any from "./anyParts.ts";

const BLOCK_GAS = 30_000_000n;
const MAX_ENTRIES = 2_048;
/** What a block may use without raising the next one's base fee: half of what it may. */
const GAS_TARGET = BLOCK_GAS / 2n;
const GWEI = 10n ** 9n;

/** A machine about to take an entry of a chain's batch, or to find that there is none. */
export function entryMachine(random: Random, chain: L2Chain.L2Chain): Machine.Machine {
  const inbox = L2Chain.inboxOf(chain);
  const batchIndex = 1n + BigInt(random.below(Number(chain.l1.batches)));
  const batch = inbox.batch(batchIndex);
  const blockEnd = random.oneIn(3) ? random.below(batch.bodySize + 1) : batch.bodySize;
  const deposits = BigInt(random.below(Number(batch.depositsTo) + 1));
  const block = {
    ...Stage.block(),
    gasUsed: random.pick([0n, BLOCK_GAS - 21_000n, BLOCK_GAS - 2n ** 24n, BLOCK_GAS]),
    entries: random.pick([0, 1, MAX_ENTRIES - 1, MAX_ENTRIES]),
    batch: batchIndex,
    byteOffset: BigInt(placeIn(random, inbox.body(batchIndex), blockEnd)),
    blockEnd: BigInt(blockEnd),
    bodyRoot: batch.bodyRoot,
    deposits,
    depositsEnd: random.oneIn(3) ? deposits : batch.depositsTo,
  };
  const machine = Machine.create(chain.context, block, Any.world(random, "lawful"));
  machine.inbox = inbox;
  machine.phase = Phase.ENTRY;
  return machine;
}

/** A machine about to begin a block of a chain, from a place and a price that no block needs to have left. */
export function beginMachine(random: Random, chain: L2Chain.L2Chain): Machine.Machine {
  const inbox = L2Chain.inboxOf(chain);
  const tips: Tip.Tip[] = [chain.genesis, ...L2Chain.derive(chain).map(({ tip }) => tip)];
  const tip = random.pick(tips.slice(0, -1));
  const size = tip.batch === 0n ? 0 : inbox.batch(tip.batch).bodySize;
  const byteOffset = BigInt(random.below(size + 1));
  const gasUsed = random.pick([0n, GAS_TARGET - 1n, GAS_TARGET, GAS_TARGET + 1n, BLOCK_GAS]);
  const header = { ...tip.header, gasUsed, baseFee: random.pick([7n, tip.header.baseFee, GWEI]) };
  const headerHash = BlockHeader.hash(header);
  return Block.after({ ...tip, header, headerHash, byteOffset }, chain.context, inbox);
}

// Anywhere, or where three bytes of zeros, an entry of no length, are near.
function placeIn(random: Random, body: Uint8Array, end: number): number {
  const anywhere = random.below(end + 1);
  if (random.oneIn(2)) return anywhere;
  const zero = body.indexOf(0, anywhere);
  return zero < 0 || zero > end ? anywhere : zero;
}
