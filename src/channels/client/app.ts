// What a client knows of an app that it plays: the rules by which the contract of that address judges moves, and what a
// game can come to. Whoever plays an app has read its code; this is that reading.
import type { State } from "../channelState.ts";
import type { Params } from "../params.ts";
import type { Side } from "./content.ts";

/** Nets are what A has paid B of each asset of the state, in order. */
export type Nets = readonly bigint[];

export type App = {
  readonly app: Uint8Array;
  readonly codeHash: Uint8Array;
  /** What IChannelApp.validTransition answers; false where it reverts. */
  readonly validTransition: (
    params: Params,
    prev: State,
    prevData: Uint8Array,
    next: State,
    nextData: Uint8Array,
    moverIsB: boolean,
  ) => boolean;
  /** Whether a game may begin with this data, where the nets are `now`: what has been paid stays paid. */
  readonly mayBegin: (data: Uint8Array, now: Nets) => boolean;
  /** The nets of a state with this data, where they were `before`; undefined if there is no such state. */
  readonly netsOf: (data: Uint8Array, before: Nets) => Nets | undefined;
  /** The least and the most that the nets of a game with this data can come to. */
  readonly boundsOf: (data: Uint8Array, before: Nets) => readonly [Nets, Nets];
  /** Whether a side may end the game as it stands: the other could gain no more by playing on. */
  readonly mayConclude: (data: Uint8Array, side: Side) => boolean;
  /** Whether nobody has a move. */
  readonly isOver: (data: Uint8Array) => boolean;
};
