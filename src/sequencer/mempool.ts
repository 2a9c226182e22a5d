// Transactions waiting for a block: per sender in nonce order, best tip first across senders.
// A sender's transactions are executable from its account nonce up to the first gap; the rest wait.

import { RpcError } from "../node/rpc/rpcError.ts";

/** What the pool needs to know of a transaction; the sequencer's decoded transaction has more. */
export type Pooled = {
  /** 0x-prefixed transaction hash, the pool's key. */
  readonly hash: string;
  /** 0x-prefixed lower-case address. */
  readonly sender: string;
  readonly nonce: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** Waits while the base fee leaves less of its tip, in wei a unit of gas. */
  readonly leastTip: bigint;
  /** Most wei the transaction can take from its sender: gas limit × maximum fee + value. */
  readonly cost: bigint;
  readonly gasLimit: bigint;
  /** Encoded length. */
  readonly bytes: number;
};

export type Limits = {
  readonly transactions: number;
  readonly bytes: number;
  readonly perSender: number;
  /** How far ahead of the account nonce a transaction may wait. */
  readonly nonceAhead: bigint;
};

export const DEFAULT_LIMITS: Limits = {
  transactions: 50_000,
  bytes: 256 * 1_024 * 1_024,
  perSender: 4_096,
  nonceAhead: 4_096n,
};

/** A replacement must raise both fees by this many percent, as in other Ethereum clients. */
export const REPLACEMENT_BUMP_PERCENT = 10n;

export type Account = { readonly nonce: bigint; readonly balance: bigint };

type Queue<T extends Pooled> = {
  /** Nonce the account has on chain. */
  nonce: bigint;
  readonly byNonce: Map<bigint, T>;
  cost: bigint;
};

export type Mempool<T extends Pooled> = {
  readonly limits: Limits;
  readonly byHash: Map<string, T>;
  readonly queues: Map<string, Queue<T>>;
  bytes: number;
  gas: bigint;
};

/** A pool in which nothing waits. */
export function create<T extends Pooled>(limits: Limits): Mempool<T> {
  return { limits, byHash: new Map(), queues: new Map(), bytes: 0, gas: 0n };
}

/** Adds a transaction, or throws the RefusedError that says why not; returns the one it replaced. */
export function add<T extends Pooled>(
  pool: Mempool<T>,
  transaction: T,
  account: Account,
): T | undefined {
  const { limits } = pool;
  const { sender, nonce } = transaction;
  if (pool.byHash.has(transaction.hash)) throw new AlreadyKnownError(transaction.hash);
  if (nonce < account.nonce) throw new NonceTooLowError(account.nonce, nonce);
  if (nonce > account.nonce + limits.nonceAhead) throw new NonceTooHighError(account.nonce, nonce);

  const queue = pool.queues.get(sender);
  const replaced = queue?.byNonce.get(nonce);
  if (replaced !== undefined) requireBump(replaced, transaction);

  const owed = (queue?.cost ?? 0n) - (replaced?.cost ?? 0n) + transaction.cost;
  if (owed > account.balance) throw new InsufficientFundsError(account.balance, owed);

  if (replaced === undefined) {
    if ((queue?.byNonce.size ?? 0) >= limits.perSender) throw new SenderFullError(limits.perSender);
    if (pool.byHash.size >= limits.transactions) throw new PoolFullError(pool.byHash.size);
  }
  if (pool.bytes + transaction.bytes > limits.bytes) throw new PoolFullError(pool.byHash.size);

  if (replaced !== undefined) remove(pool, replaced);
  insert(pool, transaction, account.nonce);
  return replaced;
}

/** Puts back a transaction that had been accepted before (restart, reorg), without the limits. */
export function restore<T extends Pooled>(pool: Mempool<T>, transaction: T, nonce: bigint): void {
  if (transaction.nonce < nonce || pool.byHash.has(transaction.hash)) return;
  if (pool.queues.get(transaction.sender)?.byNonce.has(transaction.nonce) === true) return;
  insert(pool, transaction, nonce);
}

function insert<T extends Pooled>(pool: Mempool<T>, transaction: T, accountNonce: bigint): void {
  const { sender } = transaction;
  const queue = pool.queues.get(sender) ?? { nonce: accountNonce, byNonce: new Map(), cost: 0n };
  pool.queues.set(sender, queue);
  queue.nonce = accountNonce;
  queue.byNonce.set(transaction.nonce, transaction);
  queue.cost += transaction.cost;
  pool.byHash.set(transaction.hash, transaction);
  pool.bytes += transaction.bytes;
  pool.gas += transaction.gasLimit;
}

/** Takes one transaction out: included, replaced or found invalid. */
export function remove<T extends Pooled>(pool: Mempool<T>, transaction: T): void {
  if (!pool.byHash.delete(transaction.hash)) return;
  pool.bytes -= transaction.bytes;
  pool.gas -= transaction.gasLimit;
  const queue = pool.queues.get(transaction.sender);
  if (queue === undefined) return;
  queue.byNonce.delete(transaction.nonce);
  queue.cost -= transaction.cost;
  if (queue.byNonce.size === 0) pool.queues.delete(transaction.sender);
}

/** Tells the pool an account's new nonce; drops and returns what became stale. */
export function advance<T extends Pooled>(pool: Mempool<T>, sender: string, nonce: bigint): T[] {
  const queue = pool.queues.get(sender);
  if (queue === undefined) return [];
  queue.nonce = nonce;
  const stale = [...queue.byNonce.values()].filter((transaction) => transaction.nonce < nonce);
  for (const transaction of stale) remove(pool, transaction);
  return stale;
}

/** The next nonce of a sender, counting the transactions that wait without a gap. */
export function pendingNonce<T extends Pooled>(
  pool: Mempool<T>,
  sender: string,
  accountNonce: bigint,
): bigint {
  const queue = pool.queues.get(sender);
  let nonce = accountNonce;
  while (queue?.byNonce.has(nonce) === true) nonce += 1n;
  return nonce;
}

/** The tip a transaction pays at a base fee; negative if it cannot pay the base fee. */
export function tipAt(transaction: Pooled, baseFee: bigint): bigint {
  const room = transaction.maxFeePerGas - baseFee;
  return room < transaction.maxPriorityFeePerGas ? room : transaction.maxPriorityFeePerGas;
}

/**
 * Yields executable transactions that are worth it, best tip first, each sender's in nonce order. The consumer says by
 * `next(true)` that it took one (the sender's next follows) and by `next(false)` that the sender rests. The pool may change
 * between two: a transaction that was replaced gives way, and senders that are new to the pool have to wait.
 */
export function* best<T extends Pooled>(
  pool: Mempool<T>,
  baseFee: bigint,
): Generator<T, void, boolean> {
  const heads: { tip: bigint; transaction: T }[] = [];
  const offer = (transaction: T | undefined) => {
    if (transaction === undefined) return;
    const tip = tipAt(transaction, baseFee);
    if (tip >= transaction.leastTip) pushHeap(heads, { tip, transaction });
  };
  for (const queue of pool.queues.values()) offer(queue.byNonce.get(queue.nonce));
  for (let head = popHeap(heads); head !== undefined; head = popHeap(heads)) {
    const { transaction } = head;
    const { sender, nonce } = transaction;
    const current = pool.queues.get(sender)?.byNonce.get(nonce);
    if (current !== transaction) offer(current);
    else if (yield transaction) offer(pool.queues.get(sender)?.byNonce.get(nonce + 1n));
  }
}

type Head = { readonly tip: bigint };

function pushHeap<H extends Head>(heap: H[], head: H): void {
  let position = heap.push(head) - 1;
  while (position > 0) {
    const parent = (position - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.tip >= head.tip) break;
    heap[position] = above;
    position = parent;
  }
  heap[position] = head;
}

function popHeap<H extends Head>(heap: H[]): H | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let position = 0;
  for (;;) {
    let child = 2 * position + 1;
    const right = heap[child + 1];
    let best = heap[child];
    if (best === undefined) break;
    if (right !== undefined && right.tip > best.tip) {
      best = right;
      child += 1;
    }
    if (best.tip <= last.tip) break;
    heap[position] = best;
    position = child;
  }
  heap[position] = last;
  return top;
}

function requireBump(replaced: Pooled, transaction: Pooled): void {
  const bumped = (fee: bigint) => (fee * (100n + REPLACEMENT_BUMP_PERCENT) + 99n) / 100n;
  const enough =
    transaction.maxFeePerGas >= bumped(replaced.maxFeePerGas) &&
    transaction.maxPriorityFeePerGas >= bumped(replaced.maxPriorityFeePerGas);
  if (!enough) throw new ReplacementUnderpricedError(replaced.hash);
}

/** A transaction that is refused, with the code and text that Ethereum wallets know. */
export class RefusedError extends RpcError {
  override readonly name: string = "Mempool.RefusedError";
  constructor(reason: string) {
    super(REFUSED, reason);
  }
}

const REFUSED = -32000;

export class AlreadyKnownError extends RefusedError {
  override readonly name = "Mempool.AlreadyKnownError";
  readonly hash: string;
  constructor(hash: string) {
    super("already known");
    this.hash = hash;
  }
}

export class NonceTooLowError extends RefusedError {
  override readonly name = "Mempool.NonceTooLowError";
  readonly expected: bigint;
  readonly actual: bigint;
  constructor(expected: bigint, actual: bigint) {
    super(`nonce too low: next nonce ${expected}, tx nonce ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

export class NonceTooHighError extends RefusedError {
  override readonly name = "Mempool.NonceTooHighError";
  readonly expected: bigint;
  readonly actual: bigint;
  constructor(expected: bigint, actual: bigint) {
    super(`nonce too high: next nonce ${expected}, tx nonce ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

export class InsufficientFundsError extends RefusedError {
  override readonly name = "Mempool.InsufficientFundsError";
  readonly balance: bigint;
  readonly owed: bigint;
  constructor(balance: bigint, owed: bigint) {
    super(`insufficient funds for gas * price + value: balance ${balance}, waiting cost ${owed}`);
    this.balance = balance;
    this.owed = owed;
  }
}

export class ReplacementUnderpricedError extends RefusedError {
  override readonly name = "Mempool.ReplacementUnderpricedError";
  readonly replaced: string;
  constructor(replaced: string) {
    super("replacement transaction underpriced");
    this.replaced = replaced;
  }
}

export class SenderFullError extends RefusedError {
  override readonly name = "Mempool.SenderFullError";
  readonly limit: number;
  constructor(limit: number) {
    super(`txpool is full: ${limit} transactions of this sender are waiting`);
    this.limit = limit;
  }
}

export class PoolFullError extends RefusedError {
  override readonly name = "Mempool.PoolFullError";
  readonly transactions: number;
  constructor(transactions: number) {
    super(`txpool is full: ${transactions} transactions are waiting`);
    this.transactions = transactions;
  }
}
