// All that a call which pays can come past in a tree: what it opens, and which of the moves and proofs there are due.
import type { Shape } from "./world.ts";

/**
 * What stands at a place where a call walks: nothing that it opens; a step whose proof is due; a block, under which it walks a
 * tree with so many openings; or a node that it opens, whose right half's move is due or was paid before.
 */
export type Plan =
  | { readonly kind: "end" }
  | { readonly kind: "proof" }
  | { readonly kind: "tree"; readonly openings: number }
  | { readonly kind: "opened"; readonly isDue: boolean; readonly left: Plan; readonly right: Plan };

/**
 * All of a walk that the rules read of a tree: how many openings it uses, how many trees of steps it comes past, and which acts
 * are due, in their order: M for a move, P for a proof; and whether its first opening was paid, so that it can start there. With
 * it some trees in which it is so.
 */
export type Walk = {
  readonly opened: number;
  readonly trees: number;
  readonly acts: string;
  readonly isPaid: boolean;
  readonly plans: readonly Plan[];
};

const END: Plan = { kind: "end" };
const MOST_PLANS = 2;

/** Every walk down a tree of this level and height, with at most so many proofs due or trees walked. */
export function all({ stepHeight }: Shape, level: number, height: number, most: number): Walk[] {
  const nothing = { opened: 0, trees: 0, acts: "", isPaid: false };
  if (height === 0) {
    if (level === 1) {
      return [
        { ...nothing, plans: [END] },
        { ...nothing, acts: "P", plans: [{ kind: "proof" }] },
      ];
    }
    const walked = Array.from({ length: 2 ** stepHeight }, (_, openings): Walk => {
      return { ...nothing, opened: 1 + openings, trees: 1, plans: [{ kind: "tree", openings }] };
    });
    return [{ ...nothing, plans: [END] }, ...walked];
  }
  const halves = all({ stepHeight, blockHeight: 0, censorship: 0 }, level, height - 1, most);
  const found = new Map<string, Walk>([[nameOf(nothing), { ...nothing, plans: [END] }]]);
  for (const left of halves) {
    for (const right of halves) {
      for (const isDue of [true, false]) {
        const walk = joined(left, right, isDue);
        if (walk.trees > most || walk.acts.split("P").length > most + 1) continue;
        const known = found.get(nameOf(walk))?.plans ?? [];
        // The first and the last of all that are alike differ most.
        const plans = [...known.slice(0, MOST_PLANS - 1), ...walk.plans];
        found.set(nameOf(walk), { ...walk, plans });
      }
    }
  }
  return [...found.values()];
}

/** How many acts are due in a plan. */
export function actsOf(plan: Plan): number {
  if (plan.kind === "proof") return 1;
  if (plan.kind !== "opened") return 0;
  return actsOf(plan.left) + (plan.isDue ? 1 : 0) + actsOf(plan.right);
}

function nameOf({ opened, trees, acts, isPaid }: Omit<Walk, "plans">): string {
  return `${opened} ${trees} ${acts} ${isPaid}`;
}

function joined(left: Walk, right: Walk, isDue: boolean): Walk {
  const [first, second] = [left.plans[0] ?? END, right.plans.at(-1) ?? END];
  return {
    opened: 1 + left.opened + right.opened,
    trees: left.trees + right.trees,
    acts: left.acts + (isDue ? "M" : "") + right.acts,
    isPaid: !isDue,
    plans: [{ kind: "opened", isDue, left: first, right: second }],
  };
}
