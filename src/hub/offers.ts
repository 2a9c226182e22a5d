// When a proposal that was refused is offered again, for which it takes a new connection: at once, and then ever more rarely,
// so that a peer that goes on refusing, as one that does not see its chain, costs few connections and lines.
import type { Channel } from "../channels/client/channel.ts";
import * as Hex from "../primitives/hex.ts";

/** The longest that it waits, in milliseconds. */
export const MAX_WAIT_MS = 60_000;

type Offered = { readonly version: bigint; readonly ms: number; readonly waitMs: number };

export class Offers {
  /** By channel: when its refused proposal was last offered again, on top of which version, and how long it waits now. */
  readonly #offered = new Map<string, Offered>();

  /** Whether it is time for a channel's refused proposal, which then waits twice as long, from `firstMs` up. */
  isDue({ terms, latest, session }: Channel, ms: number, firstMs: number): boolean {
    if (session?.refusal === undefined) return false;
    const key = Hex.key(terms.id);
    const { version } = latest.content;
    const last = this.#offered.get(key);
    const isNew = last?.version !== version;
    // By a clock that may be set back, too.
    if (!isNew && Math.abs(ms - last.ms) < last.waitMs) return false;
    const waitMs = Math.min(isNew ? firstMs : 2 * last.waitMs, MAX_WAIT_MS);
    this.#offered.set(key, { version, ms, waitMs });
    return true;
  }
}
