// The tables of docs/soundness.md, each between two marks, with the seed and the day of its run.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as Hex from "../../src/primitives/hex.ts";
import * as Table from "../bench/table.ts";
import type * as Differential from "./differential.ts";
import type * as Mutations from "./mutations.ts";
import type * as States from "./states.ts";
import type { Kinds } from "./tampering.ts";

const FILE = new URL("../../docs/soundness.md", import.meta.url);

export type Section = "mutations" | "structured" | "states" | "differential";

/** Puts a text between the marks of a section; the file is whole at any time. */
export function write(section: Section, seed: number, text: string): void {
  const document = readFileSync(FILE, "utf8");
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new NoMarksError(section);
  const day = new Date().toISOString().slice(0, 10);
  const written = `${begin}\n\n${day}, seed ${seed}.\n\n${text.trim()}\n\n`;
  const unfinished = new URL(`soundness.md.${process.pid}`, FILE);
  writeFileSync(unfinished, document.slice(0, from) + written + document.slice(to));
  renameSync(unfinished, FILE);
}

/** What mutations of some kinds came to. */
export function ofMutations(tally: Mutations.Tally, kinds: Kinds): string {
  const families = [...tally.counts.keys()];
  const countOf = (family: string, kind: string): number =>
    tally.counts.get(family)?.get(kind) ?? 0;
  const rows = [...kinds.keys()].map((kind) => {
    const counts = families.map((family) => countOf(family, kind));
    return [kind, ...counts.map(cell), Table.count(sum(counts))];
  });
  const totals = families.map((family) =>
    sum([...kinds.keys()].map((kind) => countOf(family, kind))),
  );
  const refused = sum([...tally.errors.values()]);
  const immaterial = sum([...tally.immaterial.values()]);
  return [
    `${Table.count(sum(totals))} tampered witnesses of ${Table.count(tally.steps)} true steps of ` +
      `${Table.count(tally.kindsOfSteps)} kinds: ${Table.count(refused)} refused, ` +
      `${Table.count(immaterial)} accepted for a reason below, ${tally.holes.length} for none.`,
    Table.table(
      ["", ...families, "all"],
      [...rows, ["all", ...totals.map(cell), Table.count(sum(totals))]],
    ),
    Table.table(["refused by", "times"], ranked(tally.errors)),
    Table.table(["accepted, and why it may be", "times"], ranked(tally.immaterial)),
  ].join("\n\n");
}

/** What the states came to. */
export function ofStates({ rows, reasons, elsewhere, failures }: States.Tally): string {
  const all = [...rows];
  const of = (count: (row: States.Row) => number): number => sum(all.map(([, row]) => count(row)));
  const cells = ({ lawful, agreed, without, foreign, tampered }: States.Row): string[] =>
    [lawful, agreed, without, foreign, tampered].map(cell);
  const total = {
    lawful: of(({ lawful }) => lawful),
    agreed: of(({ agreed }) => agreed),
    without: of(({ without }) => without),
    foreign: of(({ foreign }) => foreign),
    tampered: of(({ tampered }) => tampered),
  };
  return [
    `${Table.count(total.lawful)} lawful and ${Table.count(total.agreed + total.without)} lawless states, ` +
      `${Table.count(total.foreign)} with a cursor of another kind; ` +
      `${Table.count(elsewhere)} in PRECOMPILE that name no precompile; ${failures.length} failures.`,
    Table.table(
      [
        "phase",
        "lawful: one successor",
        "lawless: the same",
        "lawless: none",
        "foreign cursor",
        "tampered",
      ],
      [...all.map(([phase, row]) => [phase, ...cells(row)]), ["all", ...cells(total)]],
    ),
    Table.table(["why a lawless state has none", "times"], ranked(reasons)),
  ].join("\n\n");
}

/** What the comparison with other engines came to. */
export function ofDifferential({ rows, divergences }: Differential.Tally): string {
  const same = sum([...rows.values()].map((row) => row.same));
  return [
    `${Table.count(same)} transactions with the same outcome, ${divergences.length} with another.`,
    Table.table(
      ["fork and engine", "same", "refused", "reverted or halted", "with logs", "with a refund"],
      [...rows].map(([name, row]) => [
        name,
        ...[row.same, row.refused, row.reverted, row.logs, row.refunds].map(cell),
      ]),
    ),
  ].join("\n\n");
}

/** Names with their counts, most first. */
export function ranked(counts: ReadonlyMap<string, number>): string[][] {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => [name, Table.count(count)]);
}

function cell(count: number): string {
  return count === 0 ? "–" : Table.count(count);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

export class NoMarksError extends Error {
  override readonly name = "Report.NoMarksError";
  readonly section: string;
  constructor(section: string) {
    super(`docs/soundness.md has no marks for ${section}`);
    this.section = section;
  }
}

/** A hole as a named vector is made from it. */
export function ofHole({ family, kind, step, run, claim, after, answer }: Mutations.Hole): string {
  const { state, index, endBlock, witness } = claim;
  const answered = answer.type === "successor" ? answer.state : answer.error;
  return (
    `hole in ${family}: ${kind}, ${step} of ${run}: state ${state}, index ${index}, end ${endBlock}, ` +
    `expected ${after}, answered ${answered}, witness ${Hex.fromBytes(witness)}`
  );
}
