// One block: the deposits it must take, then the best of the pool, as long as there is room. Whoever hands transactions in
// has a turn meanwhile.
import { setImmediate } from "node:timers/promises";
import * as BlockBuilder from "../machine/blockBuilder.ts";
import type * as Context from "../machine/context.ts";
import type * as Inbox from "../machine/inbox.ts";
import type * as Machine from "../machine/machine.ts";
import type * as Tip from "../machine/tip.ts";
import * as BaseFee from "../protocol/baseFee.ts";
import type { Candidate } from "./candidate.ts";
import * as Mempool from "./mempool.ts";

export type Ingredients = {
  readonly tip: Tip.Tip;
  readonly context: Context.Context;
  readonly inbox: Inbox.Inbox;
  readonly draft: BlockBuilder.Draft;
  readonly timestamp: bigint;
  readonly pool: Mempool.Mempool<Candidate>;
  /** Whether the block is still wanted: the chain may have gone another way meanwhile. */
  readonly isCurrent: () => boolean;
};

export type Built = {
  readonly sealed: BlockBuilder.Sealed;
  readonly taken: readonly Candidate[];
  /** Candidates that can never be taken as they are, with the reason. */
  readonly dropped: readonly { readonly candidate: Candidate; readonly reason: string }[];
  /** The batch has no room for another transaction. */
  readonly isBodyFull: boolean;
  /** The block has no room for something that waits. */
  readonly isFull: boolean;
};

const LEAST_TRANSACTION_GAS = 21_000n;

/**
 * After so long others have a turn: while a block of a thousand transactions is made, none would be taken. Each needs four turns
 * until it is acknowledged, so that what waits for the next block comes in only as fast as these are short. However much comes,
 * the block has a fifth of the time: the next turn is a quarter as long as that of the others was.
 */
const TURN_MS = 1;
const LEAST_SHARE = 1 / 4;

/** Refusals that another block may not repeat: the candidate waits. */
const PASSING = new Set(["block gas", "entries", "fee cap"]);

/** Of these, the ones that say that the block is full. */
const FULL = new Set(["block gas", "entries", "body size"]);

/** Makes the block; gives none if it is no longer wanted. */
export async function build(ingredients: Ingredients): Promise<Built | undefined> {
  const { tip, context, inbox, draft, timestamp, pool, isCurrent } = ingredients;
  const builder = BlockBuilder.create(tip, context, inbox, draft, timestamp);
  const { machine } = builder;
  const taken: Candidate[] = [];
  const dropped: { candidate: Candidate; reason: string }[] = [];
  let isBodyFull = false;
  let isFull = false;
  let turnBegan = performance.now();
  let turnMs = TURN_MS;

  const best = Mempool.best(pool, BaseFee.nextBaseFee(tip.header));
  let next = best.next();
  while (next.done !== true && gasLeft(machine) >= LEAST_TRANSACTION_GAS) {
    const candidate = next.value;
    const offer = BlockBuilder.offer(builder, candidate.waiting.encoded);
    if (offer.type === "refused" && FULL.has(offer.reason)) isFull = true;
    if (offer.type === "taken") taken.push(candidate);
    else if (offer.reason === "body size") isBodyFull = true;
    else if (!PASSING.has(offer.reason)) dropped.push({ candidate, reason: offer.reason });
    if (isBodyFull) break;
    const turnEnds = performance.now();
    if (turnEnds - turnBegan >= turnMs) {
      await setImmediate();
      if (!isCurrent()) return undefined;
      turnBegan = performance.now();
      turnMs = Math.max(TURN_MS, LEAST_SHARE * (turnBegan - turnEnds));
    }
    next = best.next(offer.type === "taken");
  }
  if (next.done !== true) isFull = true;
  return { sealed: BlockBuilder.seal(builder), taken, dropped, isBodyFull, isFull };
}

function gasLeft({ block }: Machine.Machine): bigint {
  return block.gasLimit - block.gasUsed;
}
