// The programs that read the source without running it.
import { spawn } from "node:child_process";

/** A program to run on the whole tree; the ones that read contract types need a build first. */
export type Linter = {
  readonly name: string;
  readonly file: string;
  readonly parameters: readonly string[];
};

/** How a linter ended, with everything it printed. */
export type Verdict = {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
};

const solhint: Linter = {
  name: "solhint",
  file: "solhint/solhint.js",
  parameters: ["--disc", "--noPoster", "--max-warnings", "0", "{contracts,test}/**/*.sol"],
};

export const buildFreeLinters: readonly Linter[] = [
  {
    name: "prettier",
    file: "prettier/bin/prettier.cjs",
    parameters: ["--check", "--log-level", "warn", "."],
  },
  solhint,
];

export const typedLinters: readonly Linter[] = [
  { name: "tsc", file: "typescript/bin/tsc", parameters: ["-p", ".", "--noEmit"] },
  { name: "eslint", file: "eslint/bin/eslint.js", parameters: ["--max-warnings", "0", "."] },
];

/** Runs linters one after another, so that they take one core. */
export async function runLinters(linters: readonly Linter[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const linter of linters) verdicts.push(await runLinter(linter));
  return verdicts;
}

/** Prints one line for each verdict, with the linter's own output where it found something. */
export function printVerdicts(verdicts: readonly Verdict[]): void {
  for (const { name, passed, seconds, output } of verdicts) {
    console.log(`${name}: ${passed ? "passed" : "FAILED"} (${seconds.toFixed(1)} s)`);
    if (!passed) console.log(output.trimEnd());
  }
}

function runLinter(linter: Linter): Promise<Verdict> {
  const start = performance.now();
  const child = spawn(process.execPath, [`node_modules/${linter.file}`, ...linter.parameters]);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({
        name: linter.name,
        passed: code === 0,
        seconds: (performance.now() - start) / 1_000,
        output: Buffer.concat(chunks).toString(),
      });
    });
  });
}
