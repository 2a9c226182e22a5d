// The campaign against totality: states that were never run have one successor, the same in both languages.
import * as Cursor from "../../src/machine/cursor.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as SeededRandom from "../../test/machine/seededRandom.ts";
import type * as L2Chain from "../../test/harness/l2Chain.ts";
import * as AnyEntry from "./anyEntry.ts";
import type { Bounds } from "./anyParts.ts";
import * as AnyState from "./anyState.ts";
import * as OtherAddress from "./otherAddress.ts";
import * as Pool from "./pool.ts";
import { record, type TrueStep } from "./recording.ts";
import { KINDS } from "./tampering.ts";
import * as Trial from "./trial.ts";
import { NO_CHAIN } from "./trueSteps.ts";

export type Request = {
  readonly states: number;
  readonly seed: number;
  readonly chains: ReadonlyMap<string, L2Chain.L2Chain>;
  readonly progress: (line: string) => void;
};

/** What became of the states of one phase. */
export type Row = {
  /** Within the bounds of a run: one successor in both languages. */
  lawful: number;
  /** Bounded by types alone: the same successor in both languages. */
  agreed: number;
  /** Bounded by types alone: no successor in either language, or none in one of them. */
  without: number;
  /** With a cursor of another kind: refused, or carried along where the phase takes none. */
  foreign: number;
  /** Tampered witnesses for all these, refused or with the same successor. */
  tampered: number;
};

export type Tally = {
  readonly rows: Map<string, Row>;
  /** Why a state bounded by types alone has no successor in one of the languages. */
  readonly reasons: Map<string, number>;
  /** PRECOMPILE states that name an address without a precompile, refused in both languages. */
  elsewhere: number;
  readonly failures: string[];
};

type Made = {
  readonly machine: Machine.Machine;
  readonly name: string;
  readonly phase: string;
  readonly chain: string;
};

const FORKS = ["Osaka", "Prague", "Cancun"] as const;
const TAMPERED = 3;
const LAST_BLOCK = 2n ** 63n;
/** The turn of states between blocks, behind those of all phases. */
const BEGIN = Phase.NAMES.length;
const TURNS = BEGIN + 1;
/** Steps in the pool from which others borrow. */
const REMEMBERED = 300;

/** Asks both languages about so many states. */
export async function run(
  { states, seed, chains, progress }: Request,
  openTrial = Trial.open,
): Promise<Tally> {
  const trial = await openTrial(chains);
  const tally: Tally = { rows: new Map(), reasons: new Map(), elsewhere: 0, failures: [] };
  const recent: TrueStep[] = [];
  let pool = Pool.of(recent);
  for (let i = 0; i < states; i++) {
    const random = SeededRandom.fromSeed(seed + i);
    const bounds = random.oneIn(3) ? "lawless" : "lawful";
    const made = make(random, i, bounds, chains);
    const step = await judge(trial, tally, made, bounds);
    if (step !== undefined) {
      await tamper(random, trial, tally, made.phase, step, pool);
      recent.push(step);
      if (recent.length % REMEMBERED === 0) pool = Pool.of(recent.splice(0));
    }
    if (i % 5 === 0) await judgeForeign(random, trial, tally, make(random, i, "lawful", chains));
    if (made.phase === "PRECOMPILE")
      await judgeElsewhere(random, trial, tally, make(random, i, "lawful", chains));
    if ((i + 1) % 1_000 === 0) progress(`${i + 1} of ${states} states`);
  }
  await trial.close();
  return tally;
}

/** The step of a lawful state, as a campaign of this seed makes it. */
export function lawfulStep(
  seed: number,
  index: number,
  chains: ReadonlyMap<string, L2Chain.L2Chain>,
): TrueStep {
  const step = stepOf(make(SeededRandom.fromSeed(seed + index), index, "lawful", chains));
  if (typeof step === "string") throw new NoSuccessorError(index, step);
  return step;
}

// Half of the states run an instruction, the others are of all phases in turn.
function make(
  random: SeededRandom.Random,
  index: number,
  bounds: Bounds,
  chains: ReadonlyMap<string, L2Chain.L2Chain>,
): Made {
  const name = `state ${index}`;
  const turn = index % 2 === 0 ? Phase.EXECUTE : (index >> 1) % TURNS;
  const [chain, known] = random.pick([...chains]);
  if (turn === Phase.ENTRY)
    return { machine: AnyEntry.entryMachine(random, known), name, phase: "ENTRY", chain };
  if (turn === BEGIN)
    return { machine: AnyEntry.beginMachine(random, known), name, phase: "begin", chain };
  const machine = AnyState.machine(random, random.pick(FORKS), turn, bounds);
  return { machine, name, phase: Phase.NAMES[machine.phase] ?? "", chain: NO_CHAIN };
}

async function judge(
  trial: Trial.Trial,
  tally: Tally,
  made: Made,
  bounds: Bounds,
): Promise<TrueStep | undefined> {
  const { name, phase } = made;
  const row = rowOf(tally, phase);
  const step = stepOf(made);
  if (typeof step === "string") {
    if (bounds === "lawless") {
      row.without++;
      increment(tally.reasons, `${phase}, TypeScript: ${step}`);
    } else tally.failures.push(`${name} in ${phase}: TypeScript has no successor: ${step}`);
    return undefined;
  }
  const answer = await answerTo(trial, step);
  if (isTrue(answer, step)) {
    if (bounds === "lawful") row.lawful++;
    else row.agreed++;
    return step;
  }
  if (answer.type === "reverted" && bounds === "lawless") {
    row.without++;
    increment(tally.reasons, `${phase}, Solidity: ${answer.error}`);
    return undefined;
  }
  const shown = answer.type === "reverted" ? answer.error : answer.state;
  tally.failures.push(
    `${name} in ${phase}, ${bounds}, ${step.kind}: TypeScript ${step.after}, Solidity ${shown}`,
  );
  return undefined;
}

/** The step of a machine, or why it takes none. */
function stepOf({ machine, name, chain }: Made): TrueStep | string {
  const court = { fork: machine.context.fork, chain };
  const index = machine.done === null ? 1n : 0n;
  try {
    return record(machine, { court, endBlock: LAST_BLOCK, index, run: name, place: 0 });
  } catch (error) {
    // The numbers in a message are those of the state; what is counted is the cause.
    if (error instanceof Error) return `${error.name}: ${error.message}`.replace(/-?\d+/g, "n");
    throw error;
  }
}

async function answerTo(trial: Trial.Trial, step: TrueStep): Promise<Trial.Answer> {
  try {
    const [answer] = await trial.judge(step, [Trial.claimOf(step)]);
    return answer ?? { type: "reverted", error: "no answer" };
  } catch (error) {
    if (error instanceof Trial.TrueStepRefusedError) return error.answer;
    throw error;
  }
}

async function tamper(
  random: SeededRandom.Random,
  trial: Trial.Trial,
  tally: Tally,
  phase: string,
  step: TrueStep,
  pool: Pool.Pool,
): Promise<void> {
  const kinds = [...KINDS].filter(([name]) => !name.endsWith("hashes follow"));
  const claims = Array.from({ length: TAMPERED }, () => random.pick(kinds)[1](random, step, pool));
  const made = claims.flatMap((claim) => claim ?? []);
  const answers = await trial.judge(step, made);
  const row = rowOf(tally, phase);
  for (const answer of answers) {
    row.tampered++;
    if (answer.type === "reverted" || answer.state === step.after) continue;
    tally.failures.push(`${step.run}, ${step.kind}: a second successor ${answer.state}`);
  }
}

// With a cursor of another kind a phase that takes one has no successor, and others carry it along.
async function judgeForeign(
  random: SeededRandom.Random,
  trial: Trial.Trial,
  tally: Tally,
  made: Made,
): Promise<void> {
  const { machine, name, phase } = made;
  if (machine.done !== null) return;
  const kind = AnyState.kindOf(machine.phase);
  const foreign = { ...made, machine: Machine.clone(machine) };
  foreign.machine.cursor = AnyState.foreignCursor(random, machine);
  const cursorHash = Cursor.hash(foreign.machine.cursor);
  const state = Hex.fromBytes(Machine.hash(foreign.machine));
  const own = stepOf(made);
  const step = stepOf(foreign);
  const fail = (what: string): unknown => tally.failures.push(`${name} in ${phase} ${what}`);
  if (typeof own === "string" || !isTrue(await answerTo(trial, own), own)) {
    fail("has no successor with its own cursor");
    return;
  }

  if (kind === null) {
    if (typeof step === "string") fail(`does not carry a cursor along: ${step}`);
    else if (isTrue(await answerTo(trial, step), step)) rowOf(tally, phase).foreign++;
    else fail("carries a cursor along in one language only");
    return;
  }
  if (typeof step !== "string") {
    fail(`takes a cursor of another kind than ${kind}`);
    return;
  }
  const witness = own.witness.slice();
  witness.set(cursorHash, OtherAddress.CURSOR_OFFSET);
  const [answer] = await trial.judge(own, [{ ...Trial.claimOf(own), state, witness }]);
  if (answer?.type === "reverted" && answer.error === "PreimageMismatch")
    rowOf(tally, phase).foreign++;
  else fail("does not refuse a cursor of another kind");
}

// Whatever L1 has at an address without a precompile, nothing is proven of a call to it.
async function judgeElsewhere(
  random: SeededRandom.Random,
  trial: Trial.Trial,
  tally: Tally,
  made: Made,
): Promise<void> {
  const { machine, name } = made;
  const before = Machine.clone(machine);
  const own = stepOf(made);
  const address = random.pick(OtherAddress.all(machine.context.fork));
  const fail = (what: string): unknown =>
    tally.failures.push(`${name} in PRECOMPILE of ${Hex.fromBigInt(address)} ${what}`);
  if (typeof own === "string" || !isTrue(await answerTo(trial, own), own)) {
    fail("has no successor with a precompile");
    return;
  }
  const { machine: other, state, witness } = OtherAddress.claimOf(before, own.witness, address);
  const step = stepOf({ ...made, machine: other });
  if (typeof step !== "string") {
    fail("has a successor in TypeScript");
    return;
  }
  const [answer] = await trial.judge(own, [{ ...Trial.claimOf(own), state, witness }]);
  if (answer?.type === "reverted" && answer.error === "NotAPrecompile") tally.elsewhere++;
  else fail("is not refused in Solidity");
}

function isTrue(answer: Trial.Answer, step: TrueStep): boolean {
  return answer.type === "successor" && answer.state === step.after;
}

function rowOf({ rows }: Tally, phase: string): Row {
  const row = rows.get(phase) ?? { lawful: 0, agreed: 0, without: 0, foreign: 0, tampered: 0 };
  rows.set(phase, row);
  return row;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

export class NoSuccessorError extends Error {
  override readonly name = "States.NoSuccessorError";
  constructor(index: number, reason: string) {
    super(`the lawful state ${index} has no successor in TypeScript: ${reason}`);
  }
}
