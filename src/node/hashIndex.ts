// Where something lies that is looked up by a hash. Hashes are anywhere, so an index on disk that takes each as it comes rewrites
// a page for each of them. This one keeps the newest in memory, and each commit moves those of one range of hashes to disk:
// in order, and close together. What was not moved yet is read again from what it leads to, when the database is opened.
import type { DatabaseSync } from "node:sqlite";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";

/** Room that a range has from the start. */
const SMALLEST = 64;
/** Ranges of hashes, and so the commits until what came is on disk. */
export const RANGES = 64;
/** More ranges are moved at once while more than so many wait: who looks up runs through a range of them. */
const MOST_RECENT = 131_072;
/** A prefix of a hash is an integer below 2^48, which a number holds exactly. Whoever looks up compares the whole. */
const PREFIX_BYTES = 6;

/** A hash, and where what has it lies: an integer that grows with time. */
export type Entry = readonly [hash: Uint8Array, place: number];

/** Prefixes and their places, of which so many count. */
type Recent = { prefixes: Float64Array; places: Float64Array; length: number };

export type HashIndex = {
  readonly sqlite: DatabaseSync;
  readonly table: string;
  /** All there is above a place, in the order of places. */
  readonly above: (place: number) => Iterable<Entry>;
  /** What is not on disk, by range, in the order in which it came. */
  readonly recent: Recent[];
  /** The place up to which each range is on disk. */
  readonly moved: number[];
  count: number;
  last: number;
  /** Whether something changed since the last commit. */
  isChanged: boolean;
  readonly insert: (prefix: number, place: number) => void;
  readonly mark: (range: number, place: number) => void;
  readonly select: (prefix: number) => readonly number[];
};

/** The tables of an index. */
export function schema(table: string): string {
  return `
    CREATE TABLE ${table} (prefix INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (prefix, place)) WITHOUT ROWID;
    CREATE TABLE ${table}_moved (range INTEGER PRIMARY KEY, place INTEGER NOT NULL);
  `;
}

/** Opens an index whose tables are there; `above` gives all entries above a place, in order. */
export function open(sqlite: DatabaseSync, table: string, above: HashIndex["above"]): HashIndex {
  const insert = sqlite.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?, ?)`);
  const mark = sqlite.prepare(`INSERT OR REPLACE INTO ${table}_moved VALUES (?, ?)`);
  const select = sqlite.prepare(`SELECT place FROM ${table} WHERE prefix = ? ORDER BY place DESC`);
  const index: HashIndex = {
    ...{ sqlite, table, above, count: 0, last: 0, isChanged: false },
    recent: Array.from({ length: RANGES }, empty),
    moved: new Array<number>(RANGES).fill(0),
    insert: (prefix, place) => void insert.run(prefix, place),
    mark: (range, place) => void mark.run(range, place),
    select: (prefix) => select.all(prefix).map(({ place }) => place as number),
  };
  reload(index);
  return index;
}

/** Reads again what is not on disk: at the start, and after a transaction that was rolled back. */
export function reload(index: HashIndex): void {
  const { sqlite, table, recent, moved, above } = index;
  moved.fill(0);
  for (const row of sqlite.prepare(`SELECT range, place FROM ${table}_moved`).all())
    moved[row["range"] as number] = row["place"] as number;
  recent.forEach((_, range) => (recent[range] = empty()));
  [index.count, index.last] = [0, Math.max(...moved)];
  for (const [hash, place] of above(Math.min(...moved))) {
    if (place > (moved[rangeOf(hash)] ?? 0)) put(index, hash, place);
  }
  index.isChanged = false;
}

/** Takes an entry whose place is above all before. */
export function put(index: HashIndex, hash: Uint8Array, place: number): void {
  const recent = recentOf(index, rangeOf(hash));
  const { length } = recent;
  if (length === recent.prefixes.length) grow(recent);
  recent.prefixes[length] = prefixOf(hash);
  recent.places[length] = place;
  recent.length = length + 1;
  index.count += 1;
  index.last = place;
  index.isChanged = true;
}

/** Where something with that hash may lie, the newest first. */
export function places(index: HashIndex, hash: Uint8Array): number[] {
  const prefix = prefixOf(hash);
  const { prefixes, places, length } = recentOf(index, rangeOf(hash));
  const found: number[] = [];
  for (let i = length - 1; i >= 0; i--) if (prefixes[i] === prefix) found.push(places[i] ?? 0);
  return [...found, ...index.select(prefix)];
}

/** Moves the range that has waited longest to disk, and more while too much is in memory. Before a commit. */
export function move(index: HashIndex): void {
  const { recent, moved, last } = index;
  do {
    const range = moved.indexOf(Math.min(...moved));
    const { prefixes, places, length } = recentOf(index, range);
    const order = Uint32Array.from({ length }, (_, i) => i);
    order.sort((one, other) => (prefixes[one] ?? 0) - (prefixes[other] ?? 0));
    for (const i of order) index.insert(prefixes[i] ?? 0, places[i] ?? 0);
    index.count -= length;
    recent[range] = empty();
    index.mark(range, last);
    moved[range] = last;
  } while (index.count > MOST_RECENT);
  index.isChanged = true;
}

/** Forgets all above a place, which is about to be taken by something else; what of it is on disk leads to what has another hash. */
export function cut(index: HashIndex, place: number): void {
  index.moved.forEach((moved, range) => {
    if (moved > place) index.mark(range, place);
  });
  reload(index);
  index.isChanged = true;
}

function empty(): Recent {
  return { prefixes: new Float64Array(SMALLEST), places: new Float64Array(SMALLEST), length: 0 };
}

function grow(recent: Recent): void {
  const { prefixes, places, length } = recent;
  recent.prefixes = new Float64Array(2 * length);
  recent.places = new Float64Array(2 * length);
  recent.prefixes.set(prefixes);
  recent.places.set(places);
}

function recentOf(index: HashIndex, range: number): Recent {
  const recent = index.recent[range];
  assert(recent !== undefined, "each range has its own");
  return recent;
}

function rangeOf(hash: Uint8Array): number {
  return Math.floor(((hash[0] ?? 0) * RANGES) / 256);
}

function prefixOf(hash: Uint8Array): number {
  return Bytes.toNumber(hash.subarray(0, PREFIX_BYTES));
}
