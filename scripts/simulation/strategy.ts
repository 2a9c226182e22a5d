// What the liars do: which stories they tell, and which moves they make when.
import type { Move } from "../../src/dispute/move.ts";
import type { Lie } from "../../test/dispute/toyTrace.ts";

export type Strategy = {
  readonly name: string;
  readonly meaning: string;
  // How often the liars answer after they have claimed.
  readonly answers: number;
  // What a stranger does of the honest party's moves before it can.
  readonly races: readonly Move["kind"][];
  // Whether all of Cmax keeps the honest party out, from the first claim on.
  readonly censors: boolean;
  lie(liar: number, draw: (below: number) => number): Lie;
};

/** A range of 256 blocks of a few steps each: what counts is the height of the trees. */
export const BLOCKS = 256;
export const STEPS = 8;

export const STRATEGIES: readonly Strategy[] = [
  {
    name: "silent",
    meaning: "claims and never moves again",
    answers: 0,
    races: [],
    censors: false,
    lie: apart,
  },
  {
    name: "staller",
    meaning: "answers every time, one level at a time, right after the honest party",
    answers: Infinity,
    races: [],
    censors: false,
    lie: apart,
  },
  {
    name: "frenemy",
    meaning:
      "agrees with every block and lies about the steps of one; one other liar claims against that block",
    answers: Infinity,
    races: [],
    censors: false,
    lie: (liar, draw) =>
      liar === 0
        ? { leaf: 77, step: 0, salt: 1 }
        : { leaf: 77, step: draw(STEPS - 1), salt: liar + 1, healed: true },
  },
  {
    name: "sybil",
    meaning:
      "shares every block before one and its steps but the last, so that half of the trees are common",
    answers: Infinity,
    races: [],
    censors: false,
    lie: (liar) => ({ leaf: 200, step: STEPS - 1 - (liar % 2), salt: liar + 1 }),
  },
  {
    name: "censor",
    meaning: "stalls, and keeps the honest party off L1 for all of Cmax after the first claim",
    answers: Infinity,
    races: [],
    censors: true,
    lie: apart,
  },
  {
    ...quitter(8),
    name: "quitter",
    meaning: "answers as the staller does, and gives up half-way down to its block",
  },
  {
    name: "racer",
    meaning: "stalls, while a stranger opens and proves before the honest party can",
    answers: Infinity,
    races: ["bisect", "prove"],
    censors: false,
    lie: apart,
  },
];

/** A staller that gives up after so many answers. */
export function quitter(answers: number): Strategy {
  const name = `quitter after ${answers}`;
  return { name, meaning: name, answers, races: [], censors: false, lie: apart };
}

function apart(liar: number, draw: (below: number) => number): Lie {
  return { leaf: (liar * 97) % BLOCKS, step: draw(STEPS), salt: liar + 1 };
}
