// The campaign against the provers: true steps, tampered with in every way, each family and each way in its turn.
import * as Bytes from "../../src/primitives/bytes.ts";
import type * as L2Chain from "../../test/harness/l2Chain.ts";
import * as SeededRandom from "../../test/machine/seededRandom.ts";
import { anatomyOf } from "./anatomy.ts";
import * as Pool from "./pool.ts";
import type { TrueStep } from "./recording.ts";
import type { Forge, Kinds } from "./tampering.ts";
import * as Trial from "./trial.ts";

export type Request = {
  readonly mutations: number;
  readonly kinds: Kinds;
  readonly seed: number;
  readonly steps: readonly TrueStep[];
  readonly chains: ReadonlyMap<string, L2Chain.L2Chain>;
  readonly families: readonly number[];
  readonly progress: (line: string) => void;
};

/** What is printed of an answer that must not be. */
export type Hole = {
  readonly family: string;
  readonly kind: string;
  readonly step: string;
  readonly run: string;
  readonly claim: Trial.Claim;
  readonly after: string;
  readonly answer: Trial.Answer;
};

export type Tally = {
  /** Mutations by family and kind. */
  readonly counts: Map<string, Map<string, number>>;
  /** Refusals by the error's name. */
  readonly errors: Map<string, number>;
  /** Answers with the one true successor, by why the change does not matter. */
  readonly immaterial: Map<string, number>;
  readonly holes: Hole[];
  steps: number;
  kindsOfSteps: number;
};

const CLAIMS_PER_STEP = 12;
const VAIN_TRIES = 40;
const UNREAD = "value in a leaf that is not read";
/** Behind the error of a neighbour that has a step in TypeScript, and none here: only a lawless one may have. */
const OWN_STEP = ", to a neighbour's own step";
const OF_A_NEIGHBOUR = "the successor of the neighbour that was named";

/** Asks the provers about so many tampered witnesses. */
export async function run(request: Request, openTrial = Trial.open): Promise<Tally> {
  const { steps, families, mutations, seed } = request;
  const pool = Pool.of(steps);
  const trial = await openTrial(request.chains);
  const tally: Tally = {
    counts: new Map(),
    errors: new Map(),
    immaterial: new Map(),
    holes: [],
    steps: steps.length,
    kindsOfSteps: new Set(steps.map(({ kind }) => kind)).size,
  };
  let asked = 0;
  for (const [turn, family] of families.entries()) {
    const own = inTurn(steps.filter((step) => step.family === family));
    if (own.length === 0) continue;
    const kinds = [...request.kinds]
      .map(([kind, make]) => ({
        kind,
        make,
        able: own.filter((one) => canTamper(one, make, pool)),
      }))
      .filter(({ able }) => able.length > 0);
    const share = mutations / families.length / kinds.length;
    for (const [place, { kind, make, able }] of kinds.entries()) {
      const end = Math.round(turn * (mutations / families.length) + (place + 1) * share);
      for (let round = 0; asked < end; round++) {
        const step = able[round % able.length];
        if (step === undefined) break;
        const random = SeededRandom.fromSeed(seed + 7_919 * round + 104_729 * family + 31 * place);
        const claims = forge(random, step, make, pool, Math.min(CLAIMS_PER_STEP, end - asked));
        const answers = await trial.judge(step, claims);
        for (const [i, claim] of claims.entries()) {
          const answer = answers[i];
          if (answer === undefined) continue;
          const isUnread = await isLikeControl(trial, step, claim, answer);
          note(tally, step, kind, claim, answer, isUnread);
        }
        asked += claims.length;
      }
    }
    request.progress(`${Trial.familyName(family)}: ${asked} of ${mutations} asked`);
  }
  await trial.close();
  return tally;
}

function forge(
  random: SeededRandom.Random,
  step: TrueStep,
  make: Forge,
  pool: Pool.Pool,
  count: number,
): Trial.Claim[] {
  const claims: Trial.Claim[] = [];
  for (let tries = 0; claims.length < count && tries < count + VAIN_TRIES; tries++) {
    const claim = make(random, step, pool);
    if (claim !== undefined) claims.push(claim);
  }
  return claims;
}

// Not every step can be tampered with in every way: Compute opens no trie, for one.
function canTamper(step: TrueStep, make: Forge, pool: Pool.Pool): boolean {
  return forge(SeededRandom.fromSeed(step.place), step, make, pool, 1).length > 0;
}

// The kinds of steps by turns, so that each has been attacked before any is attacked again.
function inTurn(steps: readonly TrueStep[]): TrueStep[] {
  const kinds = new Map<string, TrueStep[]>();
  for (const step of steps) kinds.set(step.kind, [...(kinds.get(step.kind) ?? []), step]);
  const groups = [...kinds.values()];
  const longest = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) =>
    groups.flatMap((group) => group[i] ?? []),
  ).flat();
}

function note(
  tally: Tally,
  step: TrueStep,
  kind: string,
  claim: Trial.Claim,
  answer: Trial.Answer,
  isUnread: boolean,
): void {
  const family = Trial.familyName(step.family);
  const counts = tally.counts.get(family) ?? new Map<string, number>();
  tally.counts.set(family, counts);
  increment(counts, kind);
  if (answer.type === "reverted") {
    increment(tally.errors, `${answer.error}${isOwnStep(claim) ? OWN_STEP : ""}`);
    return;
  }
  const own = claim.own ?? step;
  const isTrue = claim.state === own.before && answer.state === own.after;
  const reason = isUnread ? UNREAD : isTrue ? immaterial(own, claim) : undefined;
  if (reason === undefined)
    tally.holes.push({
      family,
      kind,
      step: step.kind,
      run: step.run,
      claim,
      after: own.after,
      answer,
    });
  else increment(tally.immaterial, reason);
}

// A value in a leaf may be anything where the leaf shows that another key has none, or is moved by a removal.
async function isLikeControl(
  trial: Trial.Trial,
  step: TrueStep,
  { control }: Trial.Claim,
  answer: Trial.Answer,
): Promise<boolean> {
  if (answer.type === "reverted" || control === undefined) return false;
  const [other] = await trial.judge(step, [control]);
  return other?.type === "successor";
}

/** Why a claim that is not the true one has the true successor; undefined if that must not be. */
function immaterial(step: TrueStep, claim: Trial.Claim): string | undefined {
  if (isOwnStep(claim)) return OF_A_NEIGHBOUR;
  if (claim.index !== step.index || claim.endBlock !== step.endBlock)
    return "index or end not asked for";
  const changed = step.witness.findIndex((byte, i) => byte !== claim.witness[i]);
  const { stack } = anatomyOf(step);
  if (stack !== undefined && changed === stack.count.offset) return "stack opened to another depth";
  const field = step.fields.findIndex(({ offset, size }) => offset === changed && size === 1);
  // The flag of a deposit, which is hashed as a truth value, stands behind its sender.
  const isFlag =
    step.name === "phase ENTRY" &&
    step.fields[field - 1]?.size === 20 &&
    step.fields[field + 1]?.size === 20;
  return isFlag ? "flag of a deposit, any number but 0" : undefined;
}

function isOwnStep({ own, witness }: Trial.Claim): boolean {
  return own !== undefined && Bytes.equals(witness, own.witness);
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
