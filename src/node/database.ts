// What a node keeps on disk: one SQLite file (node:sqlite), durable at each commit, one process at a time.
// Values are bytes that the callers encode; this file knows keys, order and transactions only.

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

const SCHEMA_VERSION = 3;

// Nodes and transactions lie in the order in which they come, and only their index is in the order of hashes: a hash is
// anywhere, and each row kept by its hash would rewrite a page of its own. The index holds the first eight bytes, so that it
// has a third of the pages to rewrite; whoever looks a hash up compares all of it.
const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE nodes (hash BLOB NOT NULL, rlp BLOB NOT NULL);
  CREATE INDEX nodes_by_hash ON nodes (substr(hash, 1, 8));
  CREATE TABLE codes (hash BLOB PRIMARY KEY, code BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, block BLOB NOT NULL);
  CREATE TABLE transactions (
    hash BLOB NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL,
    encoded BLOB NOT NULL, receipt BLOB NOT NULL, PRIMARY KEY (block, position)
  ) WITHOUT ROWID;
  CREATE INDEX transactions_by_hash ON transactions (substr(hash, 1, 8));
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
  } catch (error) {
    sqlite.close();
    if (error instanceof WrongSchemaError) throw error;
    throw isLocked(error) ? new DatabaseInUseError(path) : new UnusableDatabaseError(path, error);
  }
  return { sqlite, statements: new Map(), l1Truncations: 0 };
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
  try {
    sqlite.exec("BEGIN");
    const result = work();
    sqlite.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(sqlite);
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

function statement(database: Database, sql: string): StatementSync {
  let prepared = database.statements.get(sql);
  if (prepared === undefined) {
    prepared = database.sqlite.prepare(sql);
    database.statements.set(sql, prepared);
  }
  return prepared;
}

function run(database: Database, sql: string, ...values: Value[]): void {
  statement(database, sql).run(...values);
}

function oneBlob(database: Database, sql: string, ...values: Value[]): Uint8Array | undefined {
  const row = statement(database, sql).get(...values);
  if (row === undefined) return undefined;
  return Object.values(row)[0] as Uint8Array;
}

const HAS_HASH = "substr(hash, 1, 8) = ? AND hash = ?";

/** What the index holds of a hash. */
function indexed(hash: Uint8Array): Uint8Array {
  return hash.subarray(0, 8);
}

// Trie nodes and code, by hash.

/** The RLP of a trie node, or undefined. */
export function node(database: Database, hash: Uint8Array): Uint8Array | undefined {
  const sql = `SELECT rlp FROM nodes WHERE ${HAS_HASH}`;
  return oneBlob(database, sql, indexed(hash), hash);
}

/** Keeps a node, once more if it is there: a state seldom comes again, and to look for each node takes a fifth of an append. */
export function putNode(database: Database, hash: Uint8Array, rlp: Uint8Array): void {
  run(database, "INSERT INTO nodes VALUES (?, ?)", hash, rlp);
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

/** Keeps a transaction at its place in a block. */
export function putTransaction(database: Database, row: TransactionRow): void {
  const { hash, block, position, encoded, receipt } = row;
  const sql = "INSERT INTO transactions VALUES (?, ?, ?, ?, ?)";
  run(database, sql, hash, block, position, encoded, receipt);
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
  const sql = `SELECT * FROM transactions WHERE ${HAS_HASH}`;
  const of = (one: Uint8Array) => statement(database, sql).get(indexed(one), one);
  const found = of(hash);
  if (found !== undefined) return found as TransactionRow;
  const target = oneBlob(database, "SELECT hash FROM aliases WHERE alias = ?", hash);
  return target === undefined ? undefined : (of(target) as TransactionRow | undefined);
}

/** A block's transactions in order. */
export function transactionsOf(database: Database, block: number): TransactionRow[] {
  const sql = "SELECT * FROM transactions WHERE block = ? ORDER BY position";
  return statement(database, sql).all(block) as TransactionRow[];
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
    ["transactions", "block"],
    ["aliases", "block"],
    ["log_addresses", "block"],
  ]) {
    run(database, `DELETE FROM ${table} WHERE ${column} > ?`, number);
  }
}

// What was read from L1.

export type L1Table = "batches" | "deposits";
const VALUE_COLUMN = { batches: "batch", deposits: "deposit" } as const;

/** Keeps what was read from an L1 block, under the next number of its table. */
export function putL1Record(
  database: Database,
  table: L1Table,
  number: number,
  l1Block: number,
  value: Uint8Array,
): void {
  run(database, `INSERT INTO ${table} VALUES (?, ?, ?)`, number, l1Block, value);
}

/** What was read from L1 under a number, or undefined. */
export function l1Record(
  database: Database,
  table: L1Table,
  number: number,
): Uint8Array | undefined {
  return oneBlob(database, `SELECT ${VALUE_COLUMN[table]} FROM ${table} WHERE number = ?`, number);
}

/** The L1 block of a record, or undefined if it is not there. */
export function l1BlockOfRecord(
  database: Database,
  table: L1Table,
  number: number,
): number | undefined {
  const row = statement(database, `SELECT l1_block FROM ${table} WHERE number = ?`).get(number);
  return row?.["l1_block"] as number | undefined;
}

/** The number of the last record from L1 blocks up to `l1Block`, or undefined. */
export function lastL1Record(
  database: Database,
  table: L1Table,
  l1Block: number,
): number | undefined {
  const sql = `SELECT number FROM ${table} WHERE l1_block <= ? ORDER BY number DESC LIMIT 1`;
  return statement(database, sql).get(l1Block)?.["number"] as number | undefined;
}

/** How many records there are; they are numbered without gaps. */
export function countL1Records(database: Database, table: L1Table): number {
  return Number(statement(database, `SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
}

/** Keeps the hash of an L1 block with which a reading ended. */
export function putL1Block(database: Database, number: number, hash: Uint8Array): void {
  run(database, "INSERT OR REPLACE INTO l1_blocks VALUES (?, ?)", number, hash);
}

export type L1Block = { readonly number: number; readonly hash: Uint8Array };

/** The newest L1 block up to `number` with which a reading ended, or undefined. */
export function l1BlockUpTo(database: Database, number: number): L1Block | undefined {
  const sql = "SELECT number, hash FROM l1_blocks WHERE number <= ? ORDER BY number DESC LIMIT 1";
  return statement(database, sql).get(number) as L1Block | undefined;
}

/** Forgets what was read from L1 blocks above `number`. */
export function truncateL1(database: Database, number: number): void {
  run(database, "DELETE FROM batches WHERE l1_block > ?", number);
  run(database, "DELETE FROM deposits WHERE l1_block > ?", number);
  run(database, "DELETE FROM l1_blocks WHERE number > ?", number);
  database.l1Truncations += 1;
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
