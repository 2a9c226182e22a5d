// Which transactions may be under way together. Of one move that needs a node which another creates, the transaction waits until
// that other's is settled; everything else goes at once. It only decides: dispatch.ts sends.
import type { Address } from "viem";
import * as Bisection from "../dispute/bisection.ts";
import * as Game from "../dispute/game.ts";
import type { Move } from "../dispute/move.ts";
import * as Urgency from "../dispute/urgency.ts";
import * as Hex from "../primitives/hex.ts";
import { toTransactions, type Transaction } from "./transactions.ts";

/** A transaction of a plan. */
export type Step = Transaction & {
  /** What has to be settled before, taken or refused: L1 tells whether this one still can be made. */
  readonly after: Set<Step>;
  readonly urgency: bigint;
};

/** Where a plan is made for. */
export type Place = { readonly config: Game.Config; readonly game: Address };

/** The steps that are left; taken out as they are settled. */
export type Plan = { readonly place: Place; readonly left: Set<Step> };

/** What a move needs of those before it, and what others may need of it, by name. */
type Needs = {
  readonly move: Move;
  readonly needs: readonly string[];
  readonly makes: readonly string[];
};

// Moves of one rank share transactions, and none needs one of a higher rank.
const RANKS: Readonly<Record<Move["kind"], number>> = {
  propose: 0,
  bisect: 1,
  refine: 2,
  prove: 4,
  update: 5,
  confirm: 5,
  settleRefinement: 5,
  rewardBlocks: 5,
  rewardSteps: 5,
  withdraw: 6,
};
const STEPS_RANK = 3;

/** The plan that makes these moves, given in an order in which they could be made one by one. */
export function create(
  place: Place,
  moves: readonly Move[],
  urgencyOf: (move: Move) => bigint,
): Plan {
  const ranked = moves.toSorted((a, b) => rankOf(a) - rankOf(b));
  const needs = new Map(withNeeds(place.config, ranked).map((one) => [one.move, one]));
  const made = new Map<string, Step>();
  const left = new Set<Step>();
  for (const transaction of toTransactions(place.config, place.game, ranked)) {
    const own = transaction.moves.flatMap((move) => needs.get(move) ?? []);
    const after = own.flatMap((one) => one.needs.flatMap((name) => made.get(name) ?? []));
    const urgency = Urgency.greatest(transaction.moves.map(urgencyOf));
    const step = { ...transaction, after: new Set(after), urgency };
    for (const name of own.flatMap(({ makes }) => makes)) made.set(name, step);
    left.add(step);
  }
  return { place, left };
}

/** The steps that nothing left has to come before, the most urgent first. */
export function ready({ left }: Plan): Step[] {
  return [...left]
    .filter(({ after }) => [...after].every((step) => !left.has(step)))
    .toSorted((a, b) => (a.urgency === b.urgency ? 0 : a.urgency > b.urgency ? -1 : 1));
}

/** L1 has taken the step, or there is no use in it. */
export function drop({ left }: Plan, step: Step): void {
  left.delete(step);
}

/** One refused move is enough to refuse all of a step: each half goes on its own, the first half first. */
export function halve({ place, left }: Plan, step: Step): void {
  const { moves, after, urgency } = step;
  const middle = Math.ceil(moves.length / 2);
  const halves: Step[] = [];
  for (const half of [moves.slice(0, middle), moves.slice(middle)]) {
    for (const transaction of toTransactions(place.config, place.game, half)) {
      halves.push({ ...transaction, after: new Set([...after, ...halves]), urgency });
    }
  }
  left.delete(step);
  for (const half of halves) left.add(half);
  for (const other of left) {
    if (other.after.has(step)) for (const half of halves) other.after.add(half);
  }
}

function rankOf(move: Move): number {
  return move.kind === "bisect" && move.position.level > 0 ? STEPS_RANK : RANKS[move.kind];
}

function withNeeds(config: Game.Config, moves: readonly Move[]): Needs[] {
  // Updates belong to the call that follows them, and to each other: the later count on the earlier.
  let updates: string[] = [];
  return moves.map((move, i): Needs => {
    const needs = needsOf(config, move);
    switch (move.kind) {
      case "update": {
        const before = updates;
        updates = [...before, `update ${i}`];
        return { move, needs: before, makes: [`update ${i}`] };
      }
      case "confirm":
      case "settleRefinement": {
        const before = updates;
        updates = [];
        return { move, needs: before, makes: [] };
      }
      case "propose":
      case "bisect":
      case "refine":
      case "prove":
      case "rewardBlocks":
      case "rewardSteps":
      case "withdraw":
        return needs;
    }
  });
}

// A true cohort has one true node: it goes by the name of its cohort.
function needsOf(config: Game.Config, move: Move): Needs {
  const name = (position: Bisection.Position) => Hex.key(Bisection.cohortId(position));
  switch (move.kind) {
    case "propose":
      return { move, needs: [], makes: [name(Game.claimPosition(config, move.parent))] };
    case "bisect": {
      const { position, left } = move;
      const halves = [Bisection.leftChild(position), Bisection.rightChild(position, left)];
      return { move, needs: [name(position)], makes: halves.map(name) };
    }
    case "refine": {
      const { leaf, pre } = move;
      const steps = Game.stepsPosition(config, leaf, pre.state);
      return { move, needs: [name(leaf)], makes: [name(steps)] };
    }
    case "prove":
      return { move, needs: [name(Game.provenPosition(move))], makes: [] };
    case "update":
    case "confirm":
    case "settleRefinement":
    case "rewardBlocks":
    case "rewardSteps":
    case "withdraw":
      return { move, needs: [], makes: [] };
  }
}
