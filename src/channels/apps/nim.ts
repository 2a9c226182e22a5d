// The rules of Nim inside a channel: take one to three stones in turn. Twin: contracts/channels/apps/Nim.sol.
import * as Bytes from "../../primitives/bytes.ts";
import type { State } from "../channelState.ts";

export type Game = {
  // What is left on the table; who takes the last one wins.
  readonly stones: number;
  readonly isTurnOfB: boolean;
  // What A had paid B before the game.
  readonly base: bigint;
  // What the loser pays.
  readonly stake: bigint;
};

export const MAX_TAKEN = 3;

const WORD = 32;
const FIELDS = 4;

/** Whether a player may go from one state of the game to the next. */
export function follows(prev: Game, next: Game, moverIsB: boolean): boolean {
  if (moverIsB !== prev.isTurnOfB || next.isTurnOfB === prev.isTurnOfB) return false;
  if (next.base !== prev.base || next.stake !== prev.stake) return false;
  return next.stones < prev.stones && prev.stones - next.stones <= MAX_TAKEN;
}

/**
 * What A has paid B: whoever moved last is owed the stake, because it has won or because the other lets its time run out.
 */
export function netOf(game: Game): bigint {
  return game.isTurnOfB ? game.base - game.stake : game.base + game.stake;
}

/** The game as the data of an app's state. */
export function encode(game: Game): Uint8Array {
  return Bytes.concat(
    Bytes.fromNumber(game.stones, WORD),
    Bytes.fromNumber(Number(game.isTurnOfB), WORD),
    Bytes.fromBigInt(BigInt.asUintN(256, game.base), WORD),
    Bytes.fromBigInt(game.stake, WORD),
  );
}

/** The game that the data stands for, undefined where it stands for none. */
export function decode(data: Uint8Array): Game | undefined {
  if (data.length < FIELDS * WORD) return undefined;
  const word = (index: number) => Bytes.toBigInt(data.subarray(index * WORD, (index + 1) * WORD));
  const [stones, turn, base, stake] = [word(0), word(1), BigInt.asIntN(256, word(2)), word(3)];
  const fits = stones < 2n ** 8n && turn < 2n && BigInt.asIntN(128, base) === base;
  if (!fits || stake >= 2n ** 128n) return undefined;
  return { stones: Number(stones), isTurnOfB: turn === 1n, base, stake };
}

/** What NimApp.validTransition answers; false where it reverts. */
export function validTransition(
  prev: State,
  prevData: Uint8Array,
  next: State,
  nextData: Uint8Array,
  moverIsB: boolean,
): boolean {
  const before = decode(prevData);
  const played = decode(nextData);
  if (before === undefined || played === undefined) return false;
  if (prev.assets[0]?.net !== netOf(before) || next.assets[0]?.net !== netOf(played)) return false;
  const others = prev.assets.slice(1);
  if (others.some(({ net }, index) => next.assets[index + 1]?.net !== net)) return false;
  return follows(before, played, moverIsB);
}
