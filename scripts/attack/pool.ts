// What an attacker takes from elsewhere: other steps, ways of other accounts, older roots, other codes.
import type { Random } from "../../test/machine/seededRandom.ts";
import { anatomyOf, isNode, type Way } from "./anatomy.ts";
import { bytesOf, type TrueStep } from "./recording.ts";

/** A way together with the witness that it stands in. */
export type Borrowed = { readonly step: TrueStep; readonly way: Way };

export type Pool = {
  /** Another step of the family, of the same kind where there is one. */
  readonly otherStep: (random: Random, step: TrueStep) => TrueStep | undefined;
  /** An earlier step of the same run, of the same name where there is one. */
  readonly earlierStep: (random: Random, step: TrueStep) => TrueStep | undefined;
  /** Another way under the same root. */
  readonly otherWay: (random: Random, way: Way) => Borrowed | undefined;
  /** Any way. */
  readonly anyWay: (random: Random) => Borrowed | undefined;
  /** Any byte string that is no node: code, a header, pieces of a body. */
  readonly anyText: (random: Random) => Uint8Array | undefined;
};

/** The pool of all steps. */
export function of(steps: readonly TrueStep[]): Pool {
  const families = groupedBy(steps, ({ family }) => family);
  const names = groupedBy(steps, ({ name }) => name);
  const runs = groupedBy(steps, ({ run }) => run);
  const borrowed = steps.flatMap((step) => anatomyOf(step).ways.map((way) => ({ step, way })));
  const roots = groupedBy(borrowed, ({ way }) => way.root);
  const texts = steps.flatMap((step) =>
    anatomyOf(step)
      .texts.map(({ content }) => bytesOf(step.witness, content))
      .filter((bytes) => !isNode(bytes)),
  );
  return {
    otherStep: (random, step) => {
      const group = random.oneIn(3) ? families.get(step.family) : names.get(step.name);
      return pickOf(
        random,
        group?.filter(({ before }) => before !== step.before),
      );
    },
    earlierStep: (random, step) => {
      const earlier = runs.get(step.run)?.filter(({ place }) => place < step.place) ?? [];
      const sameName = earlier.filter(({ name }) => name === step.name);
      return pickOf(random, sameName.length > 0 && !random.oneIn(4) ? sameName : earlier);
    },
    otherWay: (random, way) =>
      pickOf(
        random,
        roots.get(way.root)?.filter((other) => other.way !== way),
      ),
    anyWay: (random) => pickOf(random, borrowed),
    anyText: (random) => pickOf(random, texts),
  };
}

function pickOf<T>(random: Random, values: readonly T[] | undefined): T | undefined {
  return values === undefined || values.length === 0 ? undefined : random.pick(values);
}

function groupedBy<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
