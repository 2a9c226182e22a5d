// Replays official state tests and puts chosen steps of each case before the Solidity provers.
import path from "node:path";
import type * as Fork from "../../src/machine/fork.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as L1 from "./l1.ts";
import * as ProvenSteps from "./provenSteps.ts";
import type * as StateTests from "./stateTests.ts";
import * as StepReport from "./stepReport.ts";
import * as VectorFile from "./vectorFile.ts";

export type Request = {
  /** The folder that names of cases are relative to. */
  readonly fixtures: string;
  readonly files: readonly string[];
  readonly fork: Fork.Fork;
  readonly sampling: ProvenSteps.Sampling;
  /** Whether the report goes on from what the file holds; otherwise it replaces that. */
  readonly isResumed: boolean;
  readonly reportFile: string;
  readonly progress: (line: string) => void;
};

type Session = {
  readonly request: Request;
  readonly report: StepReport.StepReport;
  /** Hashes of the steps that were judged. */
  readonly seen: Set<string>;
  readonly startL1: typeof L1.start;
  l1: L1.L1;
  calls: number;
};

/** Steps that are recorded before the L1 is asked for all of them. */
const BATCH = 8;
// A network keeps something of every call; at these numbers a process stays below 1 GB.
const CALLS_PER_NETWORK = 3_000;
const CAUSES_OF_CAPS = ["NotProvableHere", "InsufficientGas"];
const SAVE_MILLISECONDS = 5_000;

/** Proves what the report does not have yet, case by case, and returns the report. */
export async function run(
  request: Request,
  startL1: typeof L1.start = L1.start,
): Promise<StepReport.StepReport> {
  const { fork, sampling, reportFile, files } = request;
  const scope = { fork, ...sampling };
  const report = request.isResumed ? StepReport.open(reportFile, scope) : StepReport.empty(scope);
  const l1 = await startL1(fork);
  const session: Session = { request, report, seen: new Set(), startL1, l1, calls: 0 };
  let saved = Date.now();
  for (const [index, file] of files.entries()) {
    for (const { name: caseName, test } of VectorFile.stateCasesOf(file, fork)) {
      const name = `${path.relative(request.fixtures, file)} ${caseName}`;
      if (report.cases[name] !== undefined) continue;
      report.cases[name] = await judge(session, name, test);
      if (Date.now() - saved < SAVE_MILLISECONDS) continue;
      StepReport.save(report, reportFile);
      saved = Date.now();
      request.progress(progressOf(session, `${index + 1}/${files.length}`, name));
    }
  }
  await session.l1.close();
  StepReport.save(report, reportFile);
  return report;
}

async function judge(
  session: Session,
  name: string,
  test: StateTests.StateCase,
): Promise<StepReport.CaseReport> {
  const machine = test.begin();
  if (typeof machine === "string")
    return { steps: 0, proven: 0, repeated: 0, failure: test.failureOf(machine), notProvable: [] };
  const choice = ProvenSteps.choose(machine, session.request.sampling);
  const failures = [test.failureOf(machine) ?? []].flat();
  const notProvable: string[] = [];
  let proven = 0;
  let repeated = 0;

  const start = test.begin();
  if (typeof start === "string") throw new UnsteadyCaseError(name);
  for (const batch of batches(ProvenSteps.record(start, choice))) {
    await renewNetwork(session);
    const fresh = batch.filter((step) => isFresh(session, step));
    repeated += batch.length - fresh.length;
    const answers = await Promise.all(
      fresh.map(async (step) => ({
        step,
        answer: await session.l1.judge(step.before, step.witness),
      })),
    );
    for (const { step, answer } of answers) {
      const shown = `step ${step.index} ${step.name}`;
      if (answer.type === "reverted") {
        const list = isForTheCaps(step, answer.error) ? notProvable : failures;
        list.push(`${shown}: ${answer.reason}`);
      } else if (answer.state !== step.after)
        failures.push(`${shown}: expected ${step.after}, got ${answer.state}`);
      else {
        proven++;
        StepReport.note(session.report, step, answer.gas);
      }
    }
  }
  const failure = failures.length === 0 ? null : failures.join("; ");
  return { steps: choice.length, proven, repeated, failure, notProvable };
}

// An L1 cannot make every call of its precompiles within one transaction; the rollup refuses those it cannot.
function isForTheCaps({ isBeyondCaps }: ProvenSteps.RecordedStep, error: string | null): boolean {
  return isBeyondCaps && (error === null || CAUSES_OF_CAPS.includes(error));
}

function* batches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

// Equal states with equal witnesses have one answer.
function isFresh({ seen }: Session, { before, witness }: ProvenSteps.RecordedStep): boolean {
  const hash = Hex.key(keccak256(Bytes.concat(Hex.toBytes(before), witness)));
  if (seen.has(hash)) return false;
  seen.add(hash);
  return true;
}

async function renewNetwork(session: Session): Promise<void> {
  session.calls += BATCH;
  if (session.calls <= CALLS_PER_NETWORK) return;
  await session.l1.close();
  session.l1 = await session.startL1(session.request.fork);
  session.calls = 0;
}

function progressOf({ report }: Session, position: string, name: string): string {
  const { passed, failed, proven } = StepReport.totals(report);
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  return `${position} ${passed} passed, ${failed} failed, ${proven} steps, ${megabytes} MB ${name}`;
}

export class UnsteadyCaseError extends Error {
  override readonly name = "Onchain.UnsteadyCaseError";
  readonly caseName: string;
  constructor(caseName: string) {
    super(`${caseName} decodes at first and then does not`);
    this.caseName = caseName;
  }
}
