// The sequencer's check of itself: a batch's blocks are derived from its bytes, as everybody else will derive them, before
// anybody else sees them. It goes on from its own states, not from those that the blocks were built with.
import { setImmediate } from "node:timers/promises";
import * as Block from "../machine/block.ts";
import type * as Context from "../machine/context.ts";
import type * as Inbox from "../machine/inbox.ts";
import type * as Tip from "../machine/tip.ts";
import * as Chain from "../node/chain.ts";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Drafts from "./drafts.ts";

export type Rederivation = {
  readonly chain: Chain.Chain;
  readonly checked: WeakSet<Drafts.BatchDraft>;
  /** Where the last check ended, and the block whose state was read from disk before. */
  end: { readonly tip: Tip.Tip; readonly loadedAt: bigint } | undefined;
};

const NOT_YET = 2n ** 64n - 1n;
/** After so long others have a turn. */
const TURN_MS = 5;
/** In-memory tries are dropped after so many blocks, as the chain drops its own. */
const BLOCKS_BETWEEN_LOADS = 256n;

/** Nothing was derived again yet. */
export function create(chain: Chain.Chain): Rederivation {
  return { chain, checked: new WeakSet(), end: undefined };
}

/**
 * Derives the blocks of a closed draft and compares them with the chain's, once; `inbox` has the batches before it, posted or
 * not. Others have their turn meanwhile; gives false if the draft was given up meanwhile. Throws AssertionError if a block does not derive from its bytes.
 */
export async function check(
  rederivation: Rederivation,
  inbox: Inbox.Inbox,
  draft: Drafts.BatchDraft,
  isCurrent: () => boolean,
): Promise<boolean> {
  if (rederivation.checked.has(draft)) return isCurrent();
  const { chain } = rederivation;
  const asPosted = Drafts.asPosted(inbox, draft, NOT_YET);
  const { tip: first, loadedAt } = start(rederivation, draft.firstBlock - 1n);
  let tip = first;
  for (let number = draft.firstBlock; number <= draft.lastBlock; number++) {
    const derived = await derive(tip, chain.context, asPosted, isCurrent);
    if (derived === undefined) return false;
    const own = Chain.blockByNumber(chain, number);
    assert(own !== undefined, "the draft's blocks are in the chain");
    assert(Bytes.equals(derived.headerHash, own.hash), `block ${number} derives from its bytes`);
    tip = derived;
  }
  rederivation.end = { tip, loadedAt };
  rederivation.checked.add(draft);
  return true;
}

/** Block.execute, with a turn for others in between and at the end; gives none if the draft was given up in one. */
async function derive(
  tip: Tip.Tip,
  context: Context.Context,
  inbox: Inbox.Inbox,
  isCurrent: () => boolean,
): Promise<Tip.Tip | undefined> {
  const machine = Block.after(tip, context, inbox);
  Block.begin(machine);
  let turnBegan = performance.now();
  for (;;) {
    Block.takeEntry(machine);
    const { done } = machine;
    if (done === null && performance.now() - turnBegan < TURN_MS) continue;
    await setImmediate();
    if (!isCurrent()) return undefined;
    if (done !== null) return done;
    turnBegan = performance.now();
  }
}

function start({ chain, end }: Rederivation, number: bigint): { tip: Tip.Tip; loadedAt: bigint } {
  const block = Chain.blockByNumber(chain, number);
  assert(block !== undefined, "a draft extends a block of the chain");
  const goesOn =
    end !== undefined &&
    number - end.loadedAt < BLOCKS_BETWEEN_LOADS &&
    Bytes.equals(end.tip.headerHash, block.hash);
  return goesOn ? end : { tip: Chain.tipAt(chain, number), loadedAt: number };
}
