// The blocks a node has, on disk, and the state behind each: appended at the end, cut back on a reorg.

import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as PersistentTree from "../merkle/persistentTree.ts";
import * as Account from "../machine/account.ts";
import * as Code from "../machine/code.ts";
import type * as Context from "../machine/context.ts";
import * as Tip from "../machine/tip.ts";
import type * as World from "../machine/world.ts";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import type * as BlockDone from "../protocol/blockDone.ts";
import { RING_HEIGHT } from "../protocol/limits.ts";
import * as Database from "./database.ts";
import * as Record from "./record.ts";

export type Chain = {
  readonly database: Database.Database;
  readonly context: Context.Context;
  readonly source: Account.Source;
  /** The newest block with its state, from which the next one is built. */
  tip: Tip.Tip;
  head: Record.BlockRecord;
  /** Told the number above which the blocks are about to be forgotten, while they are still there. */
  readonly beforeCut: ((number: bigint) => void)[];
};

/** A block about to be appended, and what the node keeps of its transactions. */
export type NewBlock = {
  readonly tip: Tip.Tip;
  readonly originNumber: bigint;
  readonly originHash: Uint8Array;
  readonly transactions: readonly Record.TransactionRecord[];
  /** Other hashes under which clients look a transaction up. */
  readonly aliases: readonly { readonly alias: Uint8Array; readonly hash: Uint8Array }[];
};

/** In-memory tries are dropped after so many blocks, so that a long run does not hold all state. */
const BLOCKS_BETWEEN_RELOADS = 256n;

/** Opens the chain in a database, writing genesis into an empty one; throws WrongGenesisError or MissingBlockError. */
export function open(
  database: Database.Database,
  context: Context.Context,
  genesis: Tip.Tip,
): Chain {
  const source: Account.Source = {
    nodes: { get: (hash) => Database.node(database, hash) },
    code: (hash) => {
      const code = Database.code(database, hash);
      if (code === undefined) throw new MissingCodeError(hash);
      return code;
    },
  };
  if (Database.lastBlock(database) === undefined) {
    Database.atomically(database, () => store(database, ofGenesis(genesis)));
  }
  const first = requireRecord(database, 0n);
  if (!Bytes.equals(first.hash, genesis.headerHash)) {
    throw new WrongGenesisError(genesis.headerHash, first.hash);
  }
  const head = requireRecord(database, BigInt(Database.lastBlock(database) ?? 0));
  return { database, context, source, tip: load(database, source, head), head, beforeCut: [] };
}

function ofGenesis(tip: Tip.Tip): NewBlock {
  const originHash = new Uint8Array(32);
  return { tip, originNumber: 0n, originHash, transactions: [], aliases: [] };
}

/** Appends a block durably: when this returns, a crash does not lose it. */
export function append(chain: Chain, block: NewBlock): void {
  const { database } = chain;
  const { tip } = block;
  assert(tip.number === chain.tip.number + 1n, "a block is appended after its parent");
  assert(Bytes.equals(tip.header.parentHash, chain.tip.headerHash), "and names it");

  chain.head = Database.atomically(database, () => store(database, block));
  const reload = tip.number % BLOCKS_BETWEEN_RELOADS === 0n;
  chain.tip = reload ? { ...tip, state: stateOf(chain, chain.head) } : tip;
}

/** Forgets every block above `number`; throws MissingBlockError if that one is not there. */
export function truncate(chain: Chain, number: bigint): void {
  const { database, source } = chain;
  if (number >= chain.tip.number) return;
  for (const tell of chain.beforeCut) tell(number);
  Database.atomically(database, () => Database.truncateBlocks(database, Number(number)));
  chain.head = requireRecord(database, number);
  chain.tip = load(database, source, chain.head);
}

/** The block of a number, or undefined if it is not there. */
export function blockByNumber(chain: Chain, number: bigint): Record.BlockRecord | undefined {
  if (number === chain.head.header.number) return chain.head;
  if (number > chain.head.header.number) return undefined;
  const row = Database.blockByNumber(chain.database, Number(number));
  return row === undefined ? undefined : Record.decodeBlock(row.hash, row.block);
}

/** A block by its hash, or undefined if it is not of the chain. */
export function blockByHash(chain: Chain, hash: Uint8Array): Record.BlockRecord | undefined {
  const row = Database.blockByHash(chain.database, hash);
  return row === undefined ? undefined : Record.decodeBlock(row.hash, row.block);
}

/** The state after a block. */
export function stateOf(chain: Chain, record: Record.BlockRecord): World.State {
  return loadState(chain.source, record.header.stateRoot);
}

/** What the next block needs of the block `number`, with its state: any block is a place to start from. */
export function tipAt(chain: Chain, number: bigint): Tip.Tip {
  if (number === chain.tip.number) return chain.tip;
  return load(chain.database, chain.source, requireRecord(chain.database, number));
}

function store(database: Database.Database, block: NewBlock): Record.BlockRecord {
  const { tip } = block;
  const number = Number(tip.number);
  commitState(database, tip.state);
  const record: Record.BlockRecord = {
    hash: tip.headerHash,
    header: tip.header,
    done: doneOf(tip),
    originNumber: block.originNumber,
    originHash: block.originHash,
    transactions: block.transactions.length,
  };
  Database.putBlock(database, { number, hash: record.hash, block: Record.encodeBlock(record) });
  const logAddresses = new Map<Hex.Hex, Uint8Array>();
  block.transactions.forEach(({ hash, encoded, receipt }, position) => {
    const row = { hash, block: number, position, encoded, receipt: Record.encodeReceipt(receipt) };
    Database.putTransaction(database, row);
    for (const { address } of receipt.logs) logAddresses.set(Hex.fromBytes(address), address);
  });
  for (const address of logAddresses.values()) Database.putLogAddress(database, address, number);
  for (const { alias, hash } of block.aliases) Database.putAlias(database, alias, hash, number);
  return record;
}

function doneOf(tip: Tip.Tip): BlockDone.BlockDone {
  const { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits } = tip;
  return { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits };
}

function commitState(database: Database.Database, state: World.State): void {
  Database.putNodes(database, (put) =>
    PatriciaTrie.commitWith(state, put, (account) => {
      PatriciaTrie.commit(account.storage, put);
      if (Code.isEmpty(account.code)) return;
      if (Database.code(database, account.code.hash) !== undefined) return;
      Database.putCode(database, account.code.hash, Code.bytes(account.code));
    }),
  );
}

function loadState(source: Account.Source, root: Uint8Array): World.State {
  return PatriciaTrie.fromRootWith(root, source.nodes, Account.codec(source));
}

function load(
  database: Database.Database,
  source: Account.Source,
  record: Record.BlockRecord,
): Tip.Tip {
  const state = loadState(source, record.header.stateRoot);
  const ring = loadRing(database, record.header.number);
  const { done, header } = record;
  assert(Bytes.equals(PersistentTree.root(ring), done.ringRoot), "the ring holds the block hashes");
  return { ...done, header, state, ring };
}

function loadRing(database: Database.Database, last: bigint): PersistentTree.PersistentTree {
  const size = BigInt(Tip.RING_SIZE);
  let ring = PersistentTree.empty(RING_HEIGHT);
  for (let number = last < size ? 0n : last - size + 1n; number <= last; number++) {
    ring = Tip.addToRing(ring, number, requireRecord(database, number).hash);
  }
  return ring;
}

function requireRecord(database: Database.Database, number: bigint): Record.BlockRecord {
  const row = Database.blockByNumber(database, Number(number));
  if (row === undefined) throw new MissingBlockError(number);
  return Record.decodeBlock(row.hash, row.block);
}

export class WrongGenesisError extends Error {
  override readonly name = "Chain.WrongGenesisError";
  readonly expected: Uint8Array;
  readonly actual: Uint8Array;
  constructor(expected: Uint8Array, actual: Uint8Array) {
    super(
      `the database holds another chain: genesis ${Hex.fromBytes(actual)}, expected ${Hex.fromBytes(expected)}`,
    );
    this.expected = expected;
    this.actual = actual;
  }
}

export class MissingBlockError extends Error {
  override readonly name = "Chain.MissingBlockError";
  readonly number: bigint;
  constructor(number: bigint) {
    super(`block ${number} is not in the database`);
    this.number = number;
  }
}

export class MissingCodeError extends Error {
  override readonly name = "Chain.MissingCodeError";
  readonly hash: Uint8Array;
  constructor(hash: Uint8Array) {
    super(`the code of hash ${Hex.fromBytes(hash)} is not in the database`);
    this.hash = hash;
  }
}
