// A script as a user runs it: a process of its own, its output and its exit code.
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What Node is told before the script's name. */
export const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];

export type Ended = { readonly code: number | null; readonly output: string };

export type ScriptProcess = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Resolves once the text was printed; rejects with EndedTooSoonError if the process ends before. */
  readonly says: (text: string) => Promise<void>;
  readonly interrupt: () => void;
};

/** What still runs. */
const running = new Set<ChildProcess>();

/** Starts a script of this project with these words behind its name; `environment` is added to this process's own. */
export function launch(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ScriptProcess {
  const env = { ...process.env, ...environment };
  return watch(spawn(process.execPath, [...FLAGS, ...words], { cwd: ROOT, env }));
}

/** Starts a line of shell, which has these words as its own. */
export function launchShell(line: string, words: readonly string[]): ScriptProcess {
  return watch(spawn("sh", ["-c", line, ...words], { cwd: ROOT }));
}

/** Ends what a test that failed has left. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

function watch(child: ReturnType<typeof spawn>): ScriptProcess {
  running.add(child);
  child.once("exit", () => running.delete(child));
  let output = "";
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const look = () => {
    for (const { text, resolve } of waiting) if (output.includes(text)) resolve();
  };
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    look();
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
  const says = (text: string) =>
    Promise.race([
      new Promise<void>((resolve) => {
        waiting.push({ text, resolve });
        look();
      }),
      ended.then(({ code }) => {
        throw new EndedTooSoonError(text, code, output);
      }),
    ]);
  const { pid = 0 } = child;
  return { pid, ended, says, output: () => output, interrupt: () => void child.kill("SIGINT") };
}

export class EndedTooSoonError extends Error {
  override readonly name = "ScriptProcess.EndedTooSoonError";
  constructor(text: string, code: number | null, output: string) {
    super(`ended with ${code} before it said "${text}": ${output.slice(-1_000)}`);
  }
}
