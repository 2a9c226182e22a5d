// What a party has to write: for each key the newest value, and apart from that what nothing depends on yet.
import * as Hex from "../primitives/hex.ts";
import type { Put } from "./log.ts";

export type Unwritten = {
  readonly due: Map<string, Put>;
  /** Payments that were begun: nothing depends on them before their locks are proposed. */
  readonly begun: Map<string, Put>;
};

/** Nothing is to be written. */
export function create(): Unwritten {
  return { due: new Map(), begun: new Map() };
}

/** To be written before anything else is done. */
export function put({ due }: Unwritten, one: Put): void {
  due.set(Hex.key(one.key), one);
}

/** To be written with whatever is written next. */
export function begin({ begun }: Unwritten, one: Put): void {
  begun.set(Hex.key(one.key), one);
}

/** All of it is due. */
export function hurry({ due, begun }: Unwritten): void {
  for (const [key, one] of begun) if (!due.has(key)) due.set(key, one);
  begun.clear();
}

/** What is to be written now. */
export function take(unwritten: Unwritten): Put[] {
  const { due } = unwritten;
  if (due.size > 0) hurry(unwritten);
  const puts = [...due.values()];
  due.clear();
  return puts;
}
