// Rules 4 and 6 for what is decided and paid: every call that moves a bond or pays, made by the rules on everything that it can
// read of a game. Who has won and what is owed is changed by no other call, so what holds after each of them holds after every
// order of them. test/dispute/payments.test.ts compares these games with played ones.
import * as Clock from "../../src/dispute/clock.ts";
import type { Game } from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Play from "./play.ts";
import type { State } from "./play.ts";
import * as Properties from "./properties.ts";
import * as WalkBoard from "./walkBoard.ts";
import type { Setting } from "./walkBoard.ts";
import * as Walks from "./walks.ts";
import type { Plan, Walk } from "./walks.ts";
import * as World from "./world.ts";
import type { Shape } from "./world.ts";

export type Sum = { walks: number; games: number; calls: number };

export type Found = { readonly sum: Sum; readonly violation?: string; readonly walk?: string };

/** Who calls, whose bond it is, who did each act, and whose credit is not empty. */
type Cast = {
  readonly caller: Uint8Array;
  readonly owner: Uint8Array;
  readonly actors: readonly Uint8Array[];
};

const OWNER = new Uint8Array(20).fill(4);
const POOR = new Uint8Array(20).fill(5);
const RICH = new Uint8Array(20).fill(6);
const MANY = Array.from({ length: 16 }, (_, index) => new Uint8Array(20).fill(16 + index));
const END: Plan = { kind: "end" };
const AMPLE = 10n ** 9n;
// Up to so many acts, every choice of who did them.
const FEW = 2;

/** Makes every call on every walk of a shape, with at most so many rivals; pauses after each. */
export function* check(shape: Shape, rivals: number): Generator<Sum, Found> {
  const world = worldOf(shape, rivals);
  const sum: Sum = { walks: 0, games: 0, calls: 0 };
  for (const level of [0, 1]) {
    const top = level === 0 ? shape.blockHeight : shape.stepHeight;
    for (let height = 1; height <= top; height++) {
      for (const walk of Walks.all(shape, level, height, rivals)) {
        sum.walks += 1;
        for (const settings of settingsOf(walk, level, top - height, rivals)) {
          const violation = violationOf(world, settings, sum);
          if (violation !== undefined) {
            return { sum, violation, walk: JSON.stringify({ level, height, ...walk }) };
          }
        }
        yield sum;
      }
    }
  }
  return { sum };
}

// Bonds are next to nothing, so that the pot is what the check puts there; odd, so that a half is rounded.
function worldOf(shape: Shape, rivals: number): World.World {
  const lies = Array.from({ length: rivals + 1 }, (_, salt) => ({ leaf: 0, step: 0, salt }));
  const world = World.create(shape, lies, "alone");
  return { ...world, config: { ...world.config, timeout: 0n, claimBond: 7n, refinementBond: 5n } };
}

/** Games that agree in all that the calls read, the cast of each, and whether to try what can follow on the call. */
type Alike = {
  readonly settings: readonly Setting[];
  readonly cast: Cast;
  readonly isFollowed: boolean;
};

function* settingsOf(walk: Walk, level: number, start: number, rivals: number): Generator<Alike> {
  for (const isStartDue of start === 0 ? [false] : [true, false]) {
    const due = walk.acts.length + (isStartDue ? 1 : 0);
    const [plan = END, ...others] = walk.plans.map((own) => below(own, start, isStartDue));
    for (const [index, cast] of castsOf(due).entries()) {
      const { owner, actors } = cast;
      const isFollowed = index === 0 || due <= FEW;
      for (const isWon of waysToPay(walk, start)) {
        const fixed = { level, start, members: rivals + 1, isWon, isCounted: false, owner, actors };
        const first: Setting = { ...fixed, plan, isPart: false };
        // What a call does not read, how many rivals there are, and what was counted have nothing to do with who did what.
        const alike =
          index > 0
            ? []
            : [{ ...first, isPart: true }, ...others.flatMap((other) => partsOf(first, other))];
        yield { settings: [first, ...alike], cast, isFollowed };
        if (index > 0 || isWon) continue;
        for (const members of upTo(rivals)) {
          yield { settings: [{ ...first, members }], cast, isFollowed };
        }
        if (level === 1) yield { settings: [{ ...first, isCounted: true }], cast, isFollowed };
      }
    }
  }
}

function partsOf(setting: Setting, plan: Plan): Setting[] {
  return [false, true].map((isPart) => ({ ...setting, plan, isPart }));
}

// A decision starts at a root. Nothing is collected without an opening, nor below a node whose right half is unpaid.
function waysToPay(walk: Walk, start: number): boolean[] {
  const isCollected = walk.opened > 0 && (start === 0 || walk.isPaid);
  return [...(start === 0 ? [false] : []), ...(isCollected ? [true] : [])];
}

/** The plan so far below the root of a tree: left halves, then a right one. */
export function below(plan: Plan, depth: number, isDue: boolean): Plan {
  if (depth === 0) return plan;
  if (depth === 1) return { kind: "opened", isDue, left: END, right: plan };
  return { kind: "opened", isDue: false, left: below(plan, depth - 1, isDue), right: END };
}

function castsOf(due: number): Cast[] {
  const owner = OWNER;
  if (due <= FEW) {
    return wordsOf([OWNER, POOR, RICH], due).flatMap((actors) =>
      [OWNER, POOR].map((caller) => ({ caller, owner, actors })),
    );
  }
  const acts = Array.from({ length: due }, (_, act) => act);
  const casts = [() => OWNER, () => POOR, () => RICH, (act: number) => MANY[act] ?? POOR];
  return [...casts, (act: number) => (act % 2 === 0 ? RICH : POOR)].map((actorOf, index) => {
    return { caller: index % 2 === 0 ? OWNER : POOR, owner, actors: acts.map(actorOf) };
  });
}

function wordsOf<Letter>(letters: readonly Letter[], length: number): Letter[][] {
  if (length === 0) return [[]];
  return wordsOf(letters, length - 1).flatMap((word) => letters.map((letter) => [...word, letter]));
}

function upTo(most: number): number[] {
  return Array.from({ length: most }, (_, index) => index + 1);
}

function violationOf(world: World.World, alike: Alike, sum: Sum): string | undefined {
  const known = new Set<string>();
  for (const setting of alike.settings) {
    const board = WalkBoard.create(world, setting);
    sum.games += 1;
    const moved = paidBy(world, setting, board, alike, sum);
    if (moved.violation !== undefined) return moved.violation;
    known.add(moved.amounts);
  }
  return known.size > 1 ? "games that are alike pay differently" : undefined;
}

type Paid = { readonly amounts: string; readonly violation?: string };

// Makes a call with every pot that makes a difference.
function paidBy(
  world: World.World,
  setting: Setting,
  board: WalkBoard.WalkBoard,
  { cast, isFollowed }: Alike,
  sum: Sum,
): Paid {
  const [decision] = board.decisions;
  const call = setting.isWon || decision === undefined ? board.collection : decision;
  let amounts = "";
  for (let pot: bigint | undefined = AMPLE; pot !== undefined;) {
    const before = stateOf(world, board, cast, pot);
    const after = made(world, before, call, cast.caller);
    sum.calls += 1;
    if (after === undefined) return { amounts, violation: "a payment is rejected" };
    const violation =
      wrongIn(world, after) ??
      (pot === AMPLE ? wrongAgain(world, after, call, cast) : undefined) ??
      (pot === AMPLE && isFollowed ? wrongNext(world, setting, board, before, after) : undefined);
    if (violation !== undefined) return { amounts, violation };
    amounts += `${amountsOf(before, after, cast)};`;
    pot = nextPot(board, after, pot);
  }
  const before = stateOf(world, board, cast, AMPLE);
  const { record } = board;
  const counted = record === undefined ? before : made(world, before, record, cast.caller);
  if (counted === undefined || hasMoved(before, counted)) {
    return { amounts, violation: "a timer moves money" };
  }
  return { amounts };
}

function stateOf(
  world: World.World,
  { game, parent }: WalkBoard.WalkBoard,
  { actors }: Cast,
  pot: bigint,
): State {
  const isRichThere = actors.some((actor) => Bytes.equals(actor, RICH));
  const next: Game = {
    ...game,
    pots: new Map([[Hex.key(parent), pot]]),
    credit: new Map(isRichThere ? [[Hex.key(RICH), 1n]] : []),
  };
  const balance = Properties.liabilities(world, next);
  return { game: next, balance, hasAnswered: true, censorship: 0 };
}

function made(world: World.World, state: State, move: Move, sender: Uint8Array): State | undefined {
  try {
    return Play.make(world, state, move, sender);
  } catch (error) {
    if (error instanceof MoveRejected) return undefined;
    throw error;
  }
}

// With less than it has spent a call leaves a payment out; with anything from there up to the pot that it had, none more.
function nextPot(
  { parent }: WalkBoard.WalkBoard,
  { game }: State,
  pot: bigint,
): bigint | undefined {
  const spent = pot - (game.pots.get(Hex.key(parent)) ?? 0n);
  return spent > 0n ? spent - 1n : undefined;
}

function wrongIn(world: World.World, { game, balance }: State): string | undefined {
  return Properties.debt(world, game, balance) ?? Properties.doubleWinner(game);
}

function wrongAgain(
  world: World.World,
  after: State,
  call: Move,
  { caller }: Cast,
): string | undefined {
  const again = made(world, after, call, caller);
  return again !== undefined && hasMoved(after, again) ? "a payment is made twice" : undefined;
}

// Before a decision the cohort takes a member more; after it no rival wins, and nobody comes.
function wrongNext(
  world: World.World,
  { isWon }: Setting,
  { decisions, another }: WalkBoard.WalkBoard,
  before: State,
  after: State,
): string | undefined {
  const joined = made(world, before, another, POOR);
  if (isWon !== (joined === undefined)) return "a cohort takes members at the wrong time";
  const wrong = joined === undefined ? undefined : wrongIn(world, joined);
  if (wrong !== undefined) return wrong;
  if (made(world, after, another, POOR) !== undefined) return "a decided cohort takes a member";
  for (const decision of decisions) {
    const second = made(world, after, decision, POOR);
    if (second !== undefined && hasMoved(after, second)) return "a cohort is decided twice";
  }
  for (const account of [OWNER, POOR, RICH]) {
    const withdrawal: Move = { kind: "withdraw", to: account };
    const left = made(world, after, withdrawal, account);
    if (left === undefined) continue;
    const owed = wrongIn(world, left);
    if (owed !== undefined) return owed;
    if (made(world, left, withdrawal, account) !== undefined) return "a credit is paid twice";
  }
  return undefined;
}

function hasMoved(before: State, after: State): boolean {
  return moneyOf(before) !== moneyOf(after);
}

// All amounts, and who has won.
function moneyOf({ game, balance }: State): string {
  const won = [...game.tree.nodes].flatMap(([id, node]) =>
    Clock.has(node, Clock.CONFIRMED) ? [id] : [],
  );
  return [balance, ...[...game.credit, ...game.pots].flat(), ...won].join();
}

// What a call pays to whom and out of what.
function amountsOf(before: State, after: State, { caller, owner, actors }: Cast): string {
  const accounts = [caller, owner, ...actors].map(Hex.key);
  const credited = accounts.map(
    (key) => (after.game.credit.get(key) ?? 0n) - (before.game.credit.get(key) ?? 0n),
  );
  return [before.balance - after.balance, ...after.game.pots.values(), ...credited].join();
}
