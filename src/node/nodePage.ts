// Trie nodes as they lie on disk: many to a page, one after the other. Each is an RLP item, which says itself where it ends; that
// it is the one that was asked for says its hash.
import { assert } from "../primitives/assert.ts";
import * as Rlp from "../primitives/rlp.ts";

export type Page = { readonly number: number; readonly bytes: Uint8Array };

/** A page of SQLite has room for so much of one row; a longer node has a page to itself. */
const PAGE_BYTES = 4_032;
/** A node's place is its page's number times this, and where in the page it starts. */
const PLACES_PER_PAGE = 4_096;

/** The number of the page that a place is in. */
export function numberOf(place: number): number {
  return Math.floor(place / PLACES_PER_PAGE);
}

/** A page that is being filled. */
export type OpenPage = { number: number; bytes: Uint8Array; end: number };

/** An empty page. */
export function open(number: number): OpenPage {
  return { number, bytes: new Uint8Array(PAGE_BYTES), end: 0 };
}

/** What the page holds so far; the next node may overwrite it. */
export function content({ number, bytes, end }: OpenPage): Page {
  return { number, bytes: bytes.subarray(0, end) };
}

/** Copies a node into the page and gives its place; first `write` keeps the page, and it becomes the next one, if there is no room. */
export function add(page: OpenPage, rlp: Uint8Array, write: (page: Page) => void): number {
  if (page.end > 0 && page.end + rlp.length > PAGE_BYTES) {
    write(content(page));
    page.number += 1;
    page.end = 0;
  }
  if (rlp.length > page.bytes.length) page.bytes = new Uint8Array(rlp.length);
  page.bytes.set(rlp, page.end);
  const place = page.number * PLACES_PER_PAGE + page.end;
  page.end += rlp.length;
  return place;
}

/** The node at a place of its page. */
export function nodeAt(page: Uint8Array, place: number): Uint8Array {
  const start = place % PLACES_PER_PAGE;
  return page.slice(start, Rlp.readHeader(page, start, page.length).end);
}

/** All nodes of a page. */
export function* nodesIn({
  number,
  bytes,
}: Page): Iterable<{ readonly bytes: Uint8Array; readonly place: number }> {
  for (let start = 0; start < bytes.length;) {
    const { end } = Rlp.readHeader(bytes, start, bytes.length);
    assert(end > start, "a node is not empty");
    yield { bytes: bytes.subarray(start, end), place: number * PLACES_PER_PAGE + start };
    start = end;
  }
}
