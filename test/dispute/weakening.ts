// The rules with one line changed: a copy of the model and of its checker, run as a process of its own.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** One rule, weakened: a line of a source file and what stands there instead. */
export type Weakening = { readonly file: string; readonly rule: string; readonly instead: string };

/** What the checker printed, as JSON. */
export type Finding = {
  readonly violation?: string;
  readonly world?: string;
  readonly states: number;
};

const COPIED = [
  "src/dispute",
  "src/primitives",
  "src/protocol",
  "src/merkle",
  "scripts/modelCheck",
  "scripts/modelCheck.ts",
  "test/dispute/toyTrace.ts",
  "package.json",
];
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
const FOUND = 1;

/** Runs the model checker on the weakened rules. */
export async function check(weakening: Weakening, options: readonly string[]): Promise<Finding> {
  const copy = await mkdtemp(join(tmpdir(), "weakened-rules-"));
  try {
    for (const path of COPIED) await cp(path, join(copy, path), { recursive: true });
    await symlink(join(process.cwd(), "node_modules"), join(copy, "node_modules"));
    const file = join(copy, weakening.file);
    const text = await readFile(file, "utf8");
    if (text.split(weakening.rule).length !== 2) throw new RuleNotFoundError(weakening);
    await writeFile(file, text.replace(weakening.rule, weakening.instead));
    return await run(copy, options);
  } finally {
    await rm(copy, { recursive: true });
  }
}

async function run(folder: string, options: readonly string[]): Promise<Finding> {
  const script = [...FLAGS, "scripts/modelCheck.ts", "--json", ...options];
  const settings = { cwd: folder, timeout: 120_000 };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, script, settings);
    return JSON.parse(stdout);
  } catch (error) {
    // The checker's status tells a violation from a crash, which it reports on stderr.
    if (error instanceof Error && "code" in error && error.code === FOUND && "stdout" in error) {
      const printed = String(error.stdout);
      if (printed.startsWith("{")) return JSON.parse(printed);
    }
    throw error;
  }
}

/** The source no longer has the line that a weakening replaces, or has it twice. */
export class RuleNotFoundError extends Error {
  override readonly name = "Weakening.RuleNotFoundError";
  readonly weakening: Weakening;
  constructor(weakening: Weakening) {
    super(`expected once in ${weakening.file}: ${weakening.rule}`);
    this.weakening = weakening;
  }
}
