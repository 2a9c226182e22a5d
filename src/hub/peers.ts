// Who is connected to a party: one connection for each peer. A peer costs no more than is bounded here: of those with whom
// the party has no channel a few stay, and one whose messages are refused again and again goes.
import * as Hex from "../primitives/hex.ts";
import type { Connection } from "./connection.ts";

/** How many may stay connected with whom the party has no channel. */
export const MAX_STRANGERS = 64;
/** How many messages of one connection are refused before it is closed. */
export const MAX_REFUSED = 256;

type Entry = { readonly connection: Connection; refused: number; isStranger: boolean };

export class Peers {
  /** By the address of the peer, in the order in which they came. */
  readonly #entries = new Map<string, Entry>();

  /** Takes a connection, in place of an earlier one to the same peer. */
  take(connection: Connection, isStranger: boolean): void {
    const key = Hex.key(connection.peer);
    this.#entries.get(key)?.connection.close();
    this.#entries.delete(key);
    this.#entries.set(key, { connection, refused: 0, isStranger });
    const strangers = [...this.#entries].filter(([, entry]) => entry.isStranger);
    const [oldest] = strangers;
    if (oldest === undefined || strangers.length <= MAX_STRANGERS) return;
    this.#entries.delete(oldest[0]);
    oldest[1].connection.close();
  }

  /** The connection to a peer, if there is one. */
  find(peer: Uint8Array): Connection | undefined {
    return this.#entries.get(Hex.key(peer))?.connection;
  }

  /** The party has a channel with the peer by now. */
  befriend(peer: Uint8Array): void {
    const entry = this.#entries.get(Hex.key(peer));
    if (entry !== undefined) entry.isStranger = false;
  }

  /** Whether what arrives over a connection counts: not once another has taken its place. */
  has(connection: Connection): boolean {
    return this.find(connection.peer) === connection;
  }

  /** A message of the peer was refused. */
  refuse(peer: Uint8Array): void {
    const entry = this.#entries.get(Hex.key(peer));
    if (entry === undefined) return;
    entry.refused += 1;
    if (entry.refused >= MAX_REFUSED) entry.connection.close();
  }

  forget({ peer }: Connection): void {
    this.#entries.delete(Hex.key(peer));
  }

  closeAll(): void {
    for (const { connection } of this.#entries.values()) connection.close();
  }
}
