// How a dispute is told: to people line by line with the bracket redrawn below, to machines one object a line.
import type { Bracket } from "./bracket.ts";
import type { ChallengeOptions } from "./challengeOptions.ts";
import * as Drawing from "./drawing.ts";
import type { Expense, Finding } from "./verdict.ts";

export type Voice = {
  readonly say: (party: string, line: string) => void;
  readonly draw: (bracket: Bracket) => void;
  readonly verdict: (findings: readonly Finding[], expense: Expense) => void;
};

type Output = { readonly isTerminal: boolean; readonly print: (text: string) => void };

/** One JSON object a line; wei, gas and seconds are decimal strings. */
export function forMachines(options: ChallengeOptions, print: (text: string) => void): Voice {
  const write = (object: object) => print(`${JSON.stringify(object, decimal)}\n`);
  write({ kind: "start", rivals: options.rivals, strategy: options.strategy });
  return {
    say: (party, what) => write({ kind: "said", party, what }),
    draw: (bracket) => write({ kind: "bracket", ...bracket }),
    verdict: (findings, expense) => {
      const holds = findings.every((finding) => finding.holds);
      write({ kind: "verdict", holds, findings, watcher: expense });
    },
  };
}

/** Lines, and below them the bracket: drawn over itself in a terminal, elsewhere once for every change of a state. */
export function forPeople({ isTerminal, print }: Output): Voice {
  let drawn: readonly string[] = [];
  let states = "";
  const rub = () => {
    if (isTerminal && drawn.length > 0) print(`\u001b[${drawn.length}A\u001b[J`);
  };
  const show = () => print(drawn.map((line) => `${line}\n`).join(""));
  return {
    say: (party, line) => {
      rub();
      print(`${party.padEnd(8)} ${line}\n`);
      if (isTerminal) show();
    },
    draw: (bracket) => {
      const now = bracket.branches.map(({ state }) => state).join();
      if (!isTerminal && now === states) return;
      states = now;
      rub();
      drawn = Drawing.lines(bracket);
      show();
    },
    verdict: (findings, { transactions, gas, mostGas }) => {
      print("\n");
      for (const { statement, holds } of findings) print(`  ${holds ? "✓" : "✗"} ${statement}\n`);
      print(
        `\nthe watcher sent ${transactions} transactions: ${gas} gas, ${mostGas} in the largest\n`,
      );
      const failed = findings.filter(({ holds }) => !holds).length;
      print(failed === 0 ? "the truth won\n" : `${failed} statements do not hold\n`);
    },
  };
}

function decimal(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
