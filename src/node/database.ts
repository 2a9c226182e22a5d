// What a node keeps on disk: one SQLite file (node:sqlite), durable at each commit, one process at a time.
// Values are bytes that the callers encode; this file knows keys, order and transactions only.

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as HashIndex from "./hashIndex.ts";
import * as NodePage from "./nodePage.ts";

const SCHEMA_VERSION = 4;

// Nodes and transactions lie in the order in which they come, nodes many to a row; HashIndex leads from their hashes to them.
const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE node_pages (number INTEGER PRIMARY KEY, nodes BLOB NOT NULL);
  ${HashIndex.schema("nodes_by_hash")}
  CREATE TABLE codes (hash BLOB PRIMARY KEY, code BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, block BLOB NOT NULL);
  CREATE TABLE transactions (
    place INTEGER PRIMARY KEY, hash BLOB NOT NULL, encoded BLOB NOT NULL, receipt BLOB NOT NULL
  );
  ${HashIndex.schema("transactions_by_hash")}
  CREATE TABLE aliases (alias BLOB PRIMARY KEY, hash BLOB NOT NULL, block INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE log_addresses (
    address BLOB NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (address, block)
  ) WITHOUT ROWID;
  CREATE TABLE batches (number INTEGER PRIMARY KEY, l1_block INTEGER NOT NULL, batch BLOB NOT NULL);
  CREATE TABLE deposits (number INTEGER PRIMARY KEY, l1_block INTEGER NOT NULL, deposit BLOB NOT NULL);
  CREATE TABLE l1_blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL);
`;

export type TransactionRow = {
  readonly hash: Uint8Array;
  readonly block: number;
  readonly position: number;
  readonly encoded: Uint8Array;
  readonly receipt: Uint8Array;
};

export type BlockRow = {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly block: Uint8Array;
};

/** The path of a database that is not kept. */
export const IN_MEMORY = ":memory:";

export type Database = {
  readonly sqlite: DatabaseSync;
  readonly statements: Map<string, StatementSync>;
  readonly nodesByHash: HashIndex.HashIndex;
  readonly transactionsByHash: HashIndex.HashIndex;
  /** How often something read from L1 was forgotten: what is remembered of it does not outlive a change. */
  l1Truncations: number;
};

/**
 * Opens or creates the file at `path` (IN_MEMORY for none); throws DatabaseInUseError, WrongSchemaError or
 * UnusableDatabaseError.
 */
export function open(path: string): Database {
  const sqlite = create(path);
  try {
    sqlite.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;",
    );
    const version = Number(sqlite.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version === 0) {
      sqlite.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
    } else if (version !== SCHEMA_VERSION) {
      throw new WrongSchemaError(path, SCHEMA_VERSION, version);
    } else {
      // Takes the lock now instead of at the first write.
      sqlite.exec("BEGIN EXCLUSIVE; COMMIT;");
    }
    const nodesByHash = HashIndex.open(sqlite, "nodes_by_hash", (place) =>
      nodesFrom(sqlite, place),
    );
    const transactionsByHash = HashIndex.open(sqlite, "transactions_by_hash", (place) =>
      transactionsFrom(sqlite, place),
    );
    return { sqlite, statements: new Map(), nodesByHash, transactionsByHash, l1Truncations: 0 };
  } catch (error) {
    sqlite.close();
    if (error instanceof WrongSchemaError) throw error;
    throw isLocked(error) ? new DatabaseInUseError(path) : new UnusableDatabaseError(path, error);
  }
}

function create(path: string): DatabaseSync {
  try {
    if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { timeout: 1_000 });
  } catch (error) {
    throw new UnusableDatabaseError(path, error);
  }
}

/** Closes the file; nothing else may be asked of it then. */
export function close(database: Database): void {
  database.sqlite.close();
}

/** Runs `work` in one transaction: all of it is on disk afterwards, or none; throws WriteFailedError if the disk refuses. */
export function atomically<T>(database: Database, work: () => T): T {
  const { sqlite } = database;
  const indexes = [database.nodesByHash, database.transactionsByHash];
  try {
    sqlite.exec("BEGIN");
    const result = work();
    const changed = indexes.filter(({ isChanged }) => isChanged);
    changed.forEach(HashIndex.move);
    sqlite.exec("COMMIT");
    for (const index of changed) index.isChanged = false;
    return result;
  } catch (error) {
    rollBack(sqlite);
    indexes.filter(({ isChanged }) => isChanged).forEach(HashIndex.reload);
    throw isOfSqlite(error) ? new WriteFailedError(error) : error;
  }
}

function rollBack(sqlite: DatabaseSync): void {
  try {
    sqlite.exec("ROLLBACK");
  } catch (error) {
    // A full disk has ended the transaction already.
    if (!/no transaction is active/.test(String(error))) throw error;
  }
}

type Value = Uint8Array | number | string;

/** The prepared statement of this text. */
export function statement(database: Database, sql: string): StatementSync {
  let prepared = database.statements.get(sql);
  if (prepared === undefined) {
    prepared = database.sqlite.prepare(sql);
    database.statements.set(sql, prepared);
  }
  return prepared;
}

/** Runs a statement that gives nothing. */
export function run(database: Database, sql: string, ...values: Value[]): void {
  statement(database, sql).run(...values);
}

/** The only column, bytes, of the first row that a statement gives. */
export function oneBlob(
  database: Database,
  sql: string,
  ...values: Value[]
): Uint8Array | undefined {
  const row = statement(database, sql).get(...values);
  if (row === undefined) return undefined;
  return Object.values(row)[0] as Uint8Array;
}

// Trie nodes and code, by hash.

/** The RLP of a trie node, or undefined. */
export function node(database: Database, hash: Uint8Array): Uint8Array | undefined {
  const sql = "SELECT nodes FROM node_pages WHERE number = ?";
  for (const place of HashIndex.places(database.nodesByHash, hash)) {
    const page = oneBlob(database, sql, NodePage.numberOf(place));
    if (page === undefined) continue;
    const rlp = NodePage.nodeAt(page, place);
    if (Bytes.equals(keccak256(rlp), hash)) return rlp;
  }
  return undefined;
}

/** Takes a node to keep; its bytes are copied. */
export type PutNode = (hash: Uint8Array, rlp: Uint8Array) => void;

/** Keeps the nodes that `give` puts, once more if they are there: a state seldom comes again, and to look for each takes a fifth of an append. */
export function putNodes(database: Database, give: (put: PutNode) => void): void {
  const { nodesByHash } = database;
  const page = NodePage.open(NodePage.numberOf(nodesByHash.last) + 1);
  const write = ({ number, bytes }: NodePage.Page) =>
    run(database, "INSERT INTO node_pages VALUES (?, ?)", number, bytes);
  give((hash, rlp) => HashIndex.put(nodesByHash, hash, NodePage.add(page, rlp, write)));
  if (page.end > 0) write(NodePage.content(page));
}

function* nodesFrom(sqlite: DatabaseSync, place: number): Iterable<HashIndex.Entry> {
  const rows = sqlite.prepare(
    "SELECT number, nodes FROM node_pages WHERE number >= ? ORDER BY number",
  );
  for (const row of rows.iterate(NodePage.numberOf(place))) {
    const page = { number: row["number"] as number, bytes: row["nodes"] as Uint8Array };
    for (const rlp of NodePage.nodesIn(page))
      if (rlp.place > place) yield [keccak256(rlp.bytes), rlp.place];
  }
}

/** Code by its hash, or undefined. */
export function code(database: Database, hash: Uint8Array): Uint8Array | undefined {
  return oneBlob(database, "SELECT code FROM codes WHERE hash = ?", hash);
}

/** Keeps code; the same code again changes nothing. */
export function putCode(database: Database, hash: Uint8Array, bytes: Uint8Array): void {
  run(database, "INSERT OR IGNORE INTO codes VALUES (?, ?)", hash, bytes);
}

// Facts of which there is one.

/** A fact by its name, or undefined. */
export function meta(database: Database, key: string): Uint8Array | undefined {
  return oneBlob(database, "SELECT value FROM meta WHERE key = ?", key);
}

/** Keeps a fact in place of what its name stood for. */
export function putMeta(database: Database, key: string, value: Uint8Array): void {
  run(database, "INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
}

/** Forgets a fact, if it is there. */
export function deleteMeta(database: Database, key: string): void {
  run(database, "DELETE FROM meta WHERE key = ?", key);
}

// Blocks and their transactions.

/** Keeps a block; each number and each hash once. */
export function putBlock(database: Database, { number, hash, block }: BlockRow): void {
  run(database, "INSERT INTO blocks VALUES (?, ?, ?)", number, hash, block);
}

/** A block by its number, or undefined. */
export function blockByNumber(database: Database, number: number): BlockRow | undefined {
  return statement(database, "SELECT number, hash, block FROM blocks WHERE number = ?").get(
    number,
  ) as BlockRow | undefined;
}

/** A block by its hash, or undefined. */
export function blockByHash(database: Database, hash: Uint8Array): BlockRow | undefined {
  return statement(database, "SELECT number, hash, block FROM blocks WHERE hash = ?").get(hash) as
    BlockRow | undefined;
}

/** The highest block number, or undefined in an empty database. */
export function lastBlock(database: Database): number | undefined {
  const row = statement(database, "SELECT max(number) AS number FROM blocks").get();
  return (row?.["number"] ?? undefined) as number | undefined;
}

/** No block has as many transactions. */
const PLACES_PER_BLOCK = 2 ** 20;

/** Keeps a transaction, whose place is above those of all that are there. */
export function putTransaction(database: Database, row: TransactionRow): void {
  const { hash, block, position, encoded, receipt } = row;
  const place = block * PLACES_PER_BLOCK + position;
  run(database, "INSERT INTO transactions VALUES (?, ?, ?, ?)", place, hash, encoded, receipt);
  HashIndex.put(database.transactionsByHash, hash, place);
}

function* transactionsFrom(sqlite: DatabaseSync, place: number): Iterable<HashIndex.Entry> {
  const rows = sqlite.prepare(
    "SELECT hash, place FROM transactions WHERE place > ? ORDER BY place",
  );
  for (const row of rows.iterate(place)) yield [row["hash"] as Uint8Array, row["place"] as number];
}

function toTransaction(row: Record<string, unknown>): TransactionRow {
  const { place, hash, encoded, receipt } = row as Omit<TransactionRow, "block" | "position"> & {
    place: number;
  };
  const block = Math.floor(place / PLACES_PER_BLOCK);
  return { hash, block, position: place % PLACES_PER_BLOCK, encoded, receipt };
}

/** Keeps a second hash by which a transaction of the block is found. */
export function putAlias(
  database: Database,
  alias: Uint8Array,
  hash: Uint8Array,
  block: number,
): void {
  run(database, "INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)", alias, hash, block);
}

/** A transaction by its hash or by an alias of it. */
export function transaction(database: Database, hash: Uint8Array): TransactionRow | undefined {
  const found = transactionByOwnHash(database, hash);
  if (found !== undefined) return found;
  const target = oneBlob(database, "SELECT hash FROM aliases WHERE alias = ?", hash);
  return target === undefined ? undefined : transactionByOwnHash(database, target);
}

function transactionByOwnHash(database: Database, hash: Uint8Array): TransactionRow | undefined {
  for (const place of HashIndex.places(database.transactionsByHash, hash)) {
    const row = statement(database, "SELECT * FROM transactions WHERE place = ? AND hash = ?").get(
      place,
      hash,
    );
    if (row !== undefined) return toTransaction(row);
  }
  return undefined;
}

/** A block's transactions in order. */
export function transactionsOf(database: Database, block: number): TransactionRow[] {
  const sql = "SELECT * FROM transactions WHERE place >= ? AND place < ? ORDER BY place";
  const first = block * PLACES_PER_BLOCK;
  return statement(database, sql)
    .all(first, first + PLACES_PER_BLOCK)
    .map(toTransaction);
}

/** Keeps that the address emitted a log in the block. */
export function putLogAddress(database: Database, address: Uint8Array, block: number): void {
  run(database, "INSERT OR IGNORE INTO log_addresses VALUES (?, ?)", address, block);
}

/** The numbers in [from, to] of the blocks in which the address emitted a log. */
export function blocksWithLogs(
  database: Database,
  address: Uint8Array,
  from: number,
  to: number,
): number[] {
  const sql =
    "SELECT block FROM log_addresses WHERE address = ? AND block BETWEEN ? AND ? ORDER BY block";
  return statement(database, sql)
    .all(address, from, to)
    .map((row) => row["block"] as number);
}

/** Forgets every block above `number`, with all that was indexed for it. */
export function truncateBlocks(database: Database, number: number): void {
  for (const [table, column] of [
    ["blocks", "number"],
    ["aliases", "block"],
    ["log_addresses", "block"],
  ]) {
    run(database, `DELETE FROM ${table} WHERE ${column} > ?`, number);
  }
  const end = (number + 1) * PLACES_PER_BLOCK;
  run(database, "DELETE FROM transactions WHERE place >= ?", end);
  HashIndex.cut(database.transactionsByHash, end - 1);
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /database is locked/.test(error.message);
}

function isOfSqlite(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}

export class DatabaseInUseError extends Error {
  override readonly name = "Database.InUseError";
  readonly path: string;
  constructor(path: string) {
    super(`the database ${path} is in use by another process`);
    this.path = path;
  }
}

export class WrongSchemaError extends Error {
  override readonly name = "Database.WrongSchemaError";
  readonly path: string;
  readonly expected: number;
  readonly actual: number;
  constructor(path: string, expected: number, actual: number) {
    super(`the database ${path} has schema version ${actual}, this program needs ${expected}`);
    this.path = path;
    this.expected = expected;
    this.actual = actual;
  }
}

/** The file cannot be opened, or holds something else than a database. */
export class UnusableDatabaseError extends Error {
  override readonly name = "Database.UnusableError";
  readonly path: string;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`cannot use the database ${path}: ${reason}`, { cause });
    this.path = path;
  }
}

/** Nothing of what was to be written together is written. */
export class WriteFailedError extends Error {
  override readonly name = "Database.WriteFailedError";
  constructor(cause: Error) {
    super(`cannot write the database, and nothing was written: ${cause.message}`, { cause });
  }
}
