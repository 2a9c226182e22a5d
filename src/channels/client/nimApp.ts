// Nim as a client plays it, at the address of a NimApp: for a stake in the first asset.
import * as Nim from "../apps/nim.ts";
import type { App, Nets } from "./app.ts";

/** The rules of the NimApp with this code at this address. */
export function at(app: Uint8Array, codeHash: Uint8Array): App {
  return {
    ...{ app, codeHash, netsOf, boundsOf },
    validTransition: (_, prev, prevData, next, nextData, moverIsB) =>
      Nim.validTransition(prev, prevData, next, nextData, moverIsB),
    mayBegin: (data, now) => {
      const game = Nim.decode(data);
      return game !== undefined && game.stones > 0 && game.base === now[0];
    },
    // Who is to move can only lose what it has paid already: it gives up, or has lost.
    mayConclude: (data, side) => {
      const game = Nim.decode(data);
      return game !== undefined && game.isTurnOfB === (side === "B");
    },
    isOver: (data) => Nim.decode(data)?.stones === 0,
  };
}

/** The game after its player takes stones, as the data of the app; throws NoSuchMoveError. */
export function take(data: Uint8Array, stones: number): Uint8Array {
  const game = Nim.decode(data);
  if (game === undefined || stones > game.stones) throw new NoSuchMoveError(stones);
  return Nim.encode({ ...game, stones: game.stones - stones, isTurnOfB: !game.isTurnOfB });
}

function netsOf(data: Uint8Array, before: Nets): Nets | undefined {
  const game = Nim.decode(data);
  if (game === undefined || before.length === 0) return undefined;
  return before.with(0, Nim.netOf(game));
}

function boundsOf(data: Uint8Array, before: Nets): [Nets, Nets] {
  const game = Nim.decode(data);
  if (game === undefined || before.length === 0) return [before, before];
  return [before.with(0, game.base - game.stake), before.with(0, game.base + game.stake)];
}

export class NoSuchMoveError extends RangeError {
  override readonly name = "NimApp.NoSuchMoveError";
  readonly stones: number;
  constructor(stones: number) {
    super(`${stones} stones are not on the table`);
    this.stones = stones;
  }
}
