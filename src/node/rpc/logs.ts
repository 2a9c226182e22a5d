// Finding logs: blocks by the index of addresses, then one by one.

import * as Hex from "../../primitives/hex.ts";
import type { Backend } from "../backend.ts";
import * as Database from "../database.ts";
import type { BlockRecord, Log } from "../record.ts";
import * as Blocks from "./blocks.ts";
import * as Budget from "./budget.ts";
import * as Format from "./format.ts";
import { transactionsOf } from "./methods/blockMethods.ts";
import type { LogFilter } from "./params.ts";
import { InvalidParamsError, LimitExceededError } from "./rpcError.ts";

export const MAX_LOGS = 20_000;
/** Without an address every block of the range is read. */
export const MAX_BLOCKS_WITHOUT_ADDRESS = 10_000n;

/** With an address the index is asked about so many at once. */
const LOOKED_UP = 65_536n;

type Formatted = ReturnType<typeof Format.logs>[number];

/** The logs that a filter selects, oldest first; throws InvalidParamsError for a range that ends above the head. */
export function select(backend: Backend, filter: LogFilter): Formatted[] {
  const head = backend.chain.head.header.number;
  if ("number" in filter.to && filter.to.number > head) {
    // Who takes what there is for all of it misses the rest.
    throw new InvalidParamsError(`toBlock ${filter.to.number} is beyond the head, block ${head}`);
  }
  return selectSoFar(backend, filter);
}

/**
 * The logs that a filter selects of the blocks that are there, oldest first; throws InvalidParamsError for a range that ends
 * before it begins, or as `inRange` does.
 */
export function selectSoFar(backend: Backend, filter: LogFilter): Formatted[] {
  if (filter.blockHash !== undefined) {
    return ofBlock(backend, Blocks.require(backend, { hash: filter.blockHash }), filter);
  }
  const head = backend.chain.head.header.number;
  const from = numberOf(backend, filter.from, head);
  const to = numberOf(backend, filter.to, head);
  if (from > to) throw new InvalidParamsError(`fromBlock ${from} is after toBlock ${to}`);
  return inRange(backend, from, to < head ? to : head, filter);
}

/** The logs that a filter selects of the blocks in [from, to]; throws LimitExceededError where they are too many. */
export function inRange(
  backend: Backend,
  from: bigint,
  to: bigint,
  filter: LogFilter,
): Formatted[] {
  const found: Formatted[] = [];
  const budget = Budget.begin("looking through so many blocks");
  for (const number of candidates(backend, [from, to], filter, LOOKED_UP, budget)) {
    found.push(...ofBlock(backend, Blocks.require(backend, { number }), filter));
    Budget.check(budget);
    if (found.length > MAX_LOGS) throw new LimitExceededError(`more than ${MAX_LOGS} logs`);
  }
  return found;
}

/** The logs that a filter selects of one block. */
function ofBlock(backend: Backend, block: BlockRecord, filter: LogFilter): Formatted[] {
  return selectFrom(allOf(backend, block), filter);
}

/** A log of a block, in the form in which it is kept and in that in which it is told. */
export type BlockLog = { readonly log: Log; readonly formatted: Formatted };

/** All logs of one block. */
export function allOf(backend: Backend, block: BlockRecord): BlockLog[] {
  return transactionsOf(backend.chain, block).flatMap(({ hash, receipt }, position) => {
    const formatted = Format.logs({ block, position }, hash, receipt);
    return receipt.logs.flatMap((log, index) => {
      const one = formatted[index];
      return one === undefined ? [] : [{ log, formatted: one }];
    });
  });
}

/** Those that a filter selects. */
export function selectFrom(logs: readonly BlockLog[], filter: LogFilter): Formatted[] {
  return logs.map(({ formatted }) => formatted).filter((log) => matches(log, filter));
}

/** The blocks above a number, oldest first. */
export function* blocksAbove(backend: Backend, number: bigint): Generator<BlockRecord> {
  const head = backend.chain.head.header.number;
  for (let next = number + 1n; next <= head; next++)
    yield Blocks.require(backend, { number: next });
}

function numberOf(backend: Backend, id: LogFilter["from"], head: bigint): bigint {
  if ("number" in id) return id.number;
  if ("tag" in id && id.tag === "pending") return head + 1n;
  return Blocks.require(backend, id).header.number;
}

/** The blocks in [from, to] that may have what a filter selects, in order; of an address so many are looked up at once. */
export function* candidates(
  { chain }: Pick<Backend, "chain">,
  [from, to]: readonly [bigint, bigint],
  { addresses }: Pick<LogFilter, "addresses">,
  atOnce: bigint,
  budget: Budget.Budget,
): Generator<bigint> {
  if (addresses.length === 0) {
    if (to - from >= MAX_BLOCKS_WITHOUT_ADDRESS) {
      throw new LimitExceededError(
        `more than ${MAX_BLOCKS_WITHOUT_ADDRESS} blocks; name an address`,
      );
    }
    for (let number = from; number <= to; number++) yield number;
    return;
  }
  // An address may have logs in millions of blocks: they are looked up some at a time.
  for (let first = from; first <= to; first += atOnce) {
    const last = first + atOnce - 1n < to ? first + atOnce - 1n : to;
    const numbers = new Set<number>();
    for (const address of addresses) {
      const [start, end] = [Number(first), Number(last)];
      for (const number of Database.blocksWithLogs(chain.database, address, start, end)) {
        numbers.add(number);
      }
      Budget.check(budget);
    }
    for (const number of [...numbers].sort((a, b) => a - b)) yield BigInt(number);
  }
}

function matches({ address, topics }: Formatted, filter: LogFilter): boolean {
  if (filter.topics.length > topics.length) return false;
  return (
    isOneOf(address, filter.addresses) &&
    filter.topics.every((allowed, position) => isOneOf(topics[position], allowed))
  );
}

function isOneOf(item: Hex.Hex | undefined, allowed: readonly Uint8Array[]): boolean {
  return allowed.length === 0 || (item !== undefined && namesOf(allowed).has(item));
}

// A subscription's thousand addresses are compared with each log of each block, by what each is called once it is formatted.
const knownNames = new WeakMap<readonly Uint8Array[], ReadonlySet<Hex.Hex>>();

function namesOf(allowed: readonly Uint8Array[]): ReadonlySet<Hex.Hex> {
  const known = knownNames.get(allowed) ?? new Set(allowed.map(Hex.fromBytes));
  knownNames.set(allowed, known);
  return known;
}
