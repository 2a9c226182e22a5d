// What a node keeps of L1: the records of batches and deposits, each with the L1 block that it was read from.
import { oneBlob, run, statement, type Database } from "./database.ts";

export type Table = "batches" | "deposits";
const VALUE_COLUMN = { batches: "batch", deposits: "deposit" } as const;

/** Keeps what was read from an L1 block, under the next number of its table. */
export function putRecord(
  database: Database,
  table: Table,
  number: number,
  l1Block: number,
  value: Uint8Array,
): void {
  run(database, `INSERT INTO ${table} VALUES (?, ?, ?)`, number, l1Block, value);
}

/** What was read from L1 under a number, or undefined. */
export function record(database: Database, table: Table, number: number): Uint8Array | undefined {
  return oneBlob(database, `SELECT ${VALUE_COLUMN[table]} FROM ${table} WHERE number = ?`, number);
}

/** The L1 block of a record, or undefined if it is not there. */
export function blockOfRecord(
  database: Database,
  table: Table,
  number: number,
): number | undefined {
  const row = statement(database, `SELECT l1_block FROM ${table} WHERE number = ?`).get(number);
  return row?.["l1_block"] as number | undefined;
}

/** The number of the last record from L1 blocks up to `l1Block`, or undefined. */
export function lastRecord(database: Database, table: Table, l1Block: number): number | undefined {
  const sql = `SELECT number FROM ${table} WHERE l1_block <= ? ORDER BY number DESC LIMIT 1`;
  return statement(database, sql).get(l1Block)?.["number"] as number | undefined;
}

/** How many records there are; they are numbered without gaps. */
export function countRecords(database: Database, table: Table): number {
  return Number(statement(database, `SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
}

/** Keeps the hash of an L1 block with which a reading ended. */
export function putBlock(database: Database, number: number, hash: Uint8Array): void {
  run(database, "INSERT OR REPLACE INTO l1_blocks VALUES (?, ?)", number, hash);
}

export type Block = { readonly number: number; readonly hash: Uint8Array };

/** The newest L1 block up to `number` with which a reading ended, or undefined. */
export function blockUpTo(database: Database, number: number): Block | undefined {
  const sql = "SELECT number, hash FROM l1_blocks WHERE number <= ? ORDER BY number DESC LIMIT 1";
  return statement(database, sql).get(number) as Block | undefined;
}

/** Forgets what was read from L1 blocks above `number`. */
export function truncate(database: Database, number: number): void {
  run(database, "DELETE FROM batches WHERE l1_block > ?", number);
  run(database, "DELETE FROM deposits WHERE l1_block > ?", number);
  run(database, "DELETE FROM l1_blocks WHERE number > ?", number);
  database.l1Truncations += 1;
}
