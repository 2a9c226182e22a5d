// What leaves a full pool for something better. A pool without this could be filled for good by whoever shows the ether once:
// with transactions behind a gap, with fee caps that no block reaches, or with those of an account that was emptied since.

import * as Pool from "./mempool.ts";
import { tipAt, type Mempool, type Pooled } from "./mempool.ts";

type Ranked<T extends Pooled> = { readonly transaction: T; readonly worth: bigint };

/** The pool's transactions, worst last, as they were when they were last looked through. */
export type Eviction<T extends Pooled> = { ranked: Ranked<T>[]; asked: number };

/** A look through a full pool takes as long as checking some hundred signatures: it serves for so many questions. */
const QUESTIONS_PER_LOOK = 512;

// Below every tip, for a fee is below 2^256.
const BEHIND_A_GAP = -(2n ** 260n);
const BELOW_THE_FEES = -(2n ** 258n);

/** Nobody was put in order yet. */
export function create<T extends Pooled>(): Eviction<T> {
  return { ranked: [], asked: 0 };
}

/** Adds to the pool, at the cost of what is worth less where it is full; see Mempool.add for the rest. */
export function add<T extends Pooled>(
  eviction: Eviction<T>,
  pool: Mempool<T>,
  transaction: T,
  account: Pool.Account,
  baseFee: bigint,
): T | undefined {
  try {
    return Pool.add(pool, transaction, account);
  } catch (error) {
    if (!(error instanceof Pool.PoolFullError)) throw error;
    const worse = victims(eviction, pool, transaction, account.nonce, baseFee);
    if (worse.length === 0) throw error;
    for (const victim of worse) Pool.remove(pool, victim);
    return Pool.add(pool, transaction, account);
  }
}

/**
 * What to take out so that the transaction fits, all of it worth less than the transaction; nothing if that is not enough. Worth
 * is the tip at this base fee, and the least one among those that must come before.
 */
export function victims<T extends Pooled>(
  eviction: Eviction<T>,
  pool: Mempool<T>,
  transaction: T,
  accountNonce: bigint,
  baseFee: bigint,
): T[] {
  eviction.asked -= 1;
  if (eviction.asked <= 0) {
    eviction.ranked = ranked(pool, baseFee);
    eviction.asked = QUESTIONS_PER_LOOK;
  }
  const { limits } = pool;
  const worth = worthIn(pool, transaction, accountNonce, baseFee);
  const found: T[] = [];
  let bytes = pool.bytes + transaction.bytes - limits.bytes;
  let count = pool.byHash.size + 1 - limits.transactions;
  for (let last = eviction.ranked.length - 1; bytes > 0 || count > 0; last--) {
    const next = eviction.ranked[last];
    if (next === undefined || next.worth >= worth) return [];
    if (pool.byHash.get(next.transaction.hash) !== next.transaction) continue;
    found.push(next.transaction);
    bytes -= next.transaction.bytes;
    count -= 1;
  }
  return found;
}

function ranked<T extends Pooled>(pool: Mempool<T>, baseFee: bigint): Ranked<T>[] {
  const all: Ranked<T>[] = [];
  for (const { nonce, byNonce } of pool.queues.values()) {
    let worth: bigint | undefined;
    let next = byNonce.get(nonce);
    let reached = nonce;
    for (; next !== undefined; next = byNonce.get(reached)) {
      worth = least(worth, worthAlone(next, baseFee));
      all.push({ transaction: next, worth });
      reached += 1n;
    }
    for (const transaction of byNonce.values()) {
      if (transaction.nonce > reached) all.push({ transaction, worth: BEHIND_A_GAP });
    }
  }
  // Of one sender's, the later ones go first: what is left has no gap.
  return all.sort((left, right) => {
    if (left.worth !== right.worth) return left.worth > right.worth ? -1 : 1;
    return left.transaction.nonce < right.transaction.nonce ? -1 : 1;
  });
}

function worthIn<T extends Pooled>(
  pool: Mempool<T>,
  transaction: T,
  accountNonce: bigint,
  baseFee: bigint,
): bigint {
  const byNonce = pool.queues.get(transaction.sender)?.byNonce;
  let worth = worthAlone(transaction, baseFee);
  for (let nonce = accountNonce; nonce < transaction.nonce; nonce++) {
    const before = byNonce?.get(nonce);
    if (before === undefined) return BEHIND_A_GAP;
    worth = least(worth, worthAlone(before, baseFee));
  }
  return worth;
}

function worthAlone(transaction: Pooled, baseFee: bigint): bigint {
  const tip = tipAt(transaction, baseFee);
  return tip < transaction.leastTip || tip < 0n ? BELOW_THE_FEES + tip : tip;
}

function least(left: bigint | undefined, right: bigint): bigint {
  return left !== undefined && left < right ? left : right;
}
