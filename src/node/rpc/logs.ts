// Finding logs: blocks by the index of addresses, then one by one.

import * as Bytes from "../../primitives/bytes.ts";
import type { Backend } from "../backend.ts";
import * as Database from "../database.ts";
import type { BlockRecord, Log } from "../record.ts";
import * as Blocks from "./blocks.ts";
import * as Format from "./format.ts";
import { transactionsOf } from "./methods/blockMethods.ts";
import type { LogFilter } from "./params.ts";
import { InvalidParamsError, LimitExceededError } from "./rpcError.ts";

export const MAX_LOGS = 20_000;
/** Without an address every block of the range is read. */
export const MAX_BLOCKS_WITHOUT_ADDRESS = 10_000n;

type Formatted = ReturnType<typeof Format.logs>[number];

/** The logs that a filter selects, oldest first. */
export function select(backend: Backend, filter: LogFilter): Formatted[] {
  if (filter.blockHash !== undefined) {
    return ofBlock(backend, Blocks.require(backend, { hash: filter.blockHash }), filter);
  }
  const head = backend.chain.head.header.number;
  const from = numberOf(backend, filter.from, head);
  const to = numberOf(backend, filter.to, head);
  if (from > to) throw new InvalidParamsError(`fromBlock ${from} is after toBlock ${to}`);
  return inRange(backend, from, to < head ? to : head, filter);
}

/** The logs that a filter selects of the blocks in [from, to]. */
export function inRange(
  backend: Backend,
  from: bigint,
  to: bigint,
  filter: LogFilter,
): Formatted[] {
  const found: Formatted[] = [];
  for (const number of candidates(backend, from, to, filter)) {
    found.push(...ofBlock(backend, Blocks.require(backend, { number }), filter));
    if (found.length > MAX_LOGS) throw new LimitExceededError(`more than ${MAX_LOGS} logs`);
  }
  return found;
}

/** The logs that a filter selects of one block. */
export function ofBlock(backend: Backend, block: BlockRecord, filter: LogFilter): Formatted[] {
  return transactionsOf(backend.chain, block).flatMap(({ hash, receipt }, position) => {
    const formatted = Format.logs({ block, position }, hash, receipt);
    return formatted.filter((_, index) => {
      const log = receipt.logs[index];
      return log !== undefined && matches(log, filter);
    });
  });
}

function numberOf(backend: Backend, id: LogFilter["from"], head: bigint): bigint {
  if ("number" in id) return id.number;
  if ("tag" in id && id.tag === "pending") return head + 1n;
  return Blocks.require(backend, id).header.number;
}

function* candidates(
  { chain }: Backend,
  from: bigint,
  to: bigint,
  { addresses }: LogFilter,
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
  const numbers = addresses.flatMap((address) =>
    Database.blocksWithLogs(chain.database, address, Number(from), Number(to)),
  );
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) yield BigInt(number);
}

function matches(log: Log, { addresses, topics }: LogFilter): boolean {
  const isOneOf = (item: Uint8Array | undefined, allowed: readonly Uint8Array[]) =>
    allowed.length === 0 || (item !== undefined && allowed.some((one) => Bytes.equals(one, item)));
  if (topics.length > log.topics.length) return false;
  return (
    isOneOf(log.address, addresses) &&
    topics.every((allowed, position) => isOneOf(log.topics[position], allowed))
  );
}
