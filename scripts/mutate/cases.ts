// What a mutant is judged by: true steps, and claims that the provers refuse.
import type * as L2Chain from "../../test/harness/l2Chain.ts";
import * as SeededRandom from "../../test/machine/seededRandom.ts";
import * as Stage from "../../test/parity/stage.ts";
import { EXAMPLES } from "../../test/parity/instructions.ts";
import * as UnitsOfGas from "../../test/parity/unitsOfGas.ts";
import * as Pool from "../attack/pool.ts";
import { record, type TrueStep } from "../attack/recording.ts";
import * as States from "../attack/states.ts";
import { KINDS } from "../attack/tampering.ts";
import * as Trial from "../attack/trial.ts";
import * as TrueSteps from "../attack/trueSteps.ts";
import * as Entries from "./entries.ts";

/** A claim, and the court that is asked. */
export type Case = {
  /** Cases of one kind are alike. */
  readonly kind: string;
  readonly family: number;
  readonly court: TrueStep["court"];
  readonly claim: Trial.Claim;
  /** The successor of a true step; undefined where the claim is none. */
  readonly after: string | undefined;
};

export type Request = {
  readonly seed: number;
  readonly chains: ReadonlyMap<string, L2Chain.L2Chain>;
};

const PER_KIND = 20;
const STATES = 1_500;
const HOSTILE_PER_FAMILY = 1_800;
const TRIES = 4;
const MAX_STEPS = 2_000;
const FORK = "Osaka";

/**
 * True steps of scenes, of blocks, with the least gas and one unit less, and of states that were never run; then claims made
 * of them that are not true.
 */
export function all({ seed, chains }: Request): Case[] {
  const collection = new TrueSteps.Collection(PER_KIND, PER_KIND);
  for (const run of TrueSteps.sceneRuns()) collection.add(run);
  for (const [name, chain] of chains)
    for (const run of TrueSteps.blockRuns(name, chain)) collection.add(run);
  const run = collection.steps();
  const made = Array.from({ length: STATES }, (_, i) => States.lawfulStep(seed, i, chains));
  const entries = chains.get(Entries.NAME);
  const taken = entries === undefined ? [] : Entries.steps(entries);
  const steps = [...run, ...priced(), ...TrueSteps.edgeSteps(), ...taken, ...made];
  const pool = Pool.of(run);
  const groups = Map.groupBy(steps, ({ family }) => family);
  return [...groups.values()].flatMap((own) => [...own.map(honest), ...hostile(seed, own, pool)]);
}

function priced(): TrueStep[] {
  const pairs = new UnitsOfGas.Pairs();
  for (const example of EXAMPLES)
    if (example.forks?.includes(FORK) !== false)
      pairs.add(Stage.machineOf({ fork: FORK, ...example }), MAX_STEPS);
  const court = { fork: FORK, chain: TrueSteps.NO_CHAIN } as const;
  return pairs
    .all()
    .flatMap(({ enough, tooLittle, gas }) =>
      [enough, tooLittle].map((machine, place) =>
        record(machine, { court, endBlock: 1n, index: 1n, run: `gas ${gas}`, place }),
      ),
    );
}

function honest(step: TrueStep): Case {
  const { court, after, kind, family } = step;
  return { kind, family, court, claim: Trial.claimOf(step), after };
}

function hostile(seed: number, steps: readonly TrueStep[], pool: Pool.Pool): Case[] {
  const random = SeededRandom.fromSeed(seed);
  const kinds = [...KINDS];
  const consistent = kinds.find(([name]) => name === "malformed node, hashes follow");
  return Array.from({ length: HOSTILE_PER_FAMILY }, (_, i) => {
    // Every other one is a lie about a node in which all hashes fit, where the family opens any: nothing but the node shows it.
    const [name, forge] =
      (i % 2 === 0 ? consistent : kinds[(i >> 1) % kinds.length]) ?? random.pick(kinds);
    for (let tries = 0; tries < TRIES; tries++) {
      const step = random.pick(steps);
      const claim = forge(random, step, pool);
      if (claim === undefined) continue;
      const { court, family } = step;
      return [{ kind: name, family, court, claim, after: undefined }];
    }
    return [];
  }).flat();
}
