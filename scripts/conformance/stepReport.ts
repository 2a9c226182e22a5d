// What was proven so far, in a file that a later run goes on from, and as the table that is published.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Sampling } from "./provenSteps.ts";
import type * as StepKinds from "./stepKinds.ts";

/** What became of a case: nothing to add if every chosen step was proven. */
export type CaseReport = {
  readonly steps: number;
  readonly proven: number;
  readonly repeated: number;
  readonly failure: string | null;
  readonly notProvable: readonly string[];
};

/** What was proven of one opcode or phase. */
export type Row = {
  steps: number;
  worstGas: number;
  worstBytes: number;
  readonly outcomes: Record<StepKinds.Outcome, number>;
  readonly halts: Record<string, number>;
};

/** Which steps a report is about; a run with others cannot go on from it. */
export type Scope = Sampling & { readonly fork: string };

export type StepReport = {
  readonly scope: Scope;
  readonly cases: Record<string, CaseReport>;
  readonly rows: Record<string, Row>;
};

/** A report of nothing yet. */
export function empty(scope: Scope): StepReport {
  return { scope, cases: {}, rows: {} };
}

/** The report in a file, or an empty one if there is no such file yet. */
export function open(file: string, scope: Scope): StepReport {
  if (!existsSync(file)) return empty(scope);
  const report: StepReport = JSON.parse(readFileSync(file, "utf8"));
  const { fork, isComplete, every } = report.scope;
  const isSame = fork === scope.fork && isComplete === scope.isComplete && every === scope.every;
  if (!isSame) throw new OtherScopeError(file, report.scope);
  return report;
}

/** Writes the report so that the file is whole at any moment. */
export function save(report: StepReport, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(report, null, 1));
  renameSync(temporary, file);
}

/** Notes a proven step. */
export function note(
  { rows }: StepReport,
  step: {
    readonly name: string;
    readonly outcome: StepKinds.Outcome;
    readonly halt: string | null;
    readonly witness: Uint8Array;
  },
  gas: number,
): void {
  const row = (rows[step.name] ??= emptyRow());
  row.steps++;
  row.worstGas = Math.max(row.worstGas, gas);
  row.worstBytes = Math.max(row.worstBytes, step.witness.length);
  row.outcomes[step.outcome]++;
  if (step.halt !== null) row.halts[step.halt] = (row.halts[step.halt] ?? 0) + 1;
}

/** The table of what was proven, dearest first, as Markdown. */
export function table({ rows }: StepReport): string {
  const head = [
    "opcode or phase",
    "steps",
    "worst gas",
    "witness bytes",
    "continue",
    "end",
    "revert",
    "halt",
    "halts by kind",
  ];
  const lines = Object.entries(rows)
    .sort(([, a], [, b]) => b.worstGas - a.worstGas)
    .map(([name, { steps, worstGas, worstBytes, outcomes, halts }]) => [
      name,
      ...[steps, worstGas, worstBytes].map(grouped),
      ...[outcomes.continues, outcomes.ends, outcomes.reverts, outcomes.halts].map(grouped),
      Object.entries(halts)
        .map(([kind, count]) => `${kind} ${grouped(count)}`)
        .join(", "),
    ]);
  return [head, head.map((_, i) => (i === 0 || i === head.length - 1 ? "---" : "---:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** The cases by what became of them, and the steps in all. */
export function totals({ cases }: StepReport) {
  const all = Object.entries(cases);
  const isWhole = ({ failure, notProvable }: CaseReport): boolean =>
    failure === null && notProvable.length === 0;
  return {
    passed: all.filter(([, report]) => isWhole(report)).length,
    failed: all.filter(([, { failure }]) => failure !== null).length,
    notProvable: all.filter(([, { failure, notProvable }]) => {
      return failure === null && notProvable.length > 0;
    }),
    steps: all.reduce((sum, [, { steps }]) => sum + steps, 0),
    proven: all.reduce((sum, [, { proven }]) => sum + proven, 0),
    repeated: all.reduce((sum, [, { repeated }]) => sum + repeated, 0),
  };
}

function emptyRow(): Row {
  const outcomes = { continues: 0, ends: 0, reverts: 0, halts: 0 };
  return { steps: 0, worstGas: 0, worstBytes: 0, outcomes, halts: {} };
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}

export class OtherScopeError extends Error {
  override readonly name = "StepReport.OtherScopeError";
  readonly file: string;
  readonly scope: Scope;
  constructor(file: string, scope: Scope) {
    super(`${file} reports other steps: ${JSON.stringify(scope)}`);
    this.file = file;
    this.scope = scope;
  }
}
