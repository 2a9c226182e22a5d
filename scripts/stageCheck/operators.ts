// The operators of the rollup as processes of their own, so that one can be dead.
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { World } from "./world.ts";

export const ROLES = ["sequencer", "proposer", "watcher"] as const;

/** The sequencer's process posts its batches too: there is no separate batcher. */
export type Role = (typeof ROLES)[number];

export type Process = {
  readonly name: string;
  readonly pid: number;
  /** The part of the output that matches, as soon as it was printed; throws EndedError if the process ends before. */
  readonly says: (pattern: RegExp) => Promise<string>;
  /** Kills the process at once, without a word to it, and gives the signal it died of. */
  readonly kill: () => Promise<NodeJS.Signals | null>;
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];

/** Every process of this check that may still be there. */
const running = new Set<ChildProcess>();

/** Starts an operator, with a database of its own. */
export function startOperator(world: World, role: Role): Process {
  const { l1Url, deploymentFile, folder } = world;
  const words = [role, l1Url, deploymentFile, folder];
  return start(role, ["scripts/stageCheck/operatorProcess.ts", ...words]);
}

/** Starts `npm run node` with nothing but L1 and an empty database. */
export function startNode(world: World): Process {
  const words = ["--l1-url", world.l1Url, "--deployment", world.deploymentFile, "--port", "0"];
  return start("node", ["scripts/node.ts", ...words]);
}

/** Has a process of this check ended with everything else. */
export function endWithThis(child: ChildProcess): void {
  running.add(child);
  child.once("close", () => running.delete(child));
}

/** Ends whatever is left, and waits until it is gone. */
export async function endAll(): Promise<void> {
  const ends = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(ends);
}

function start(name: string, words: readonly string[]): Process {
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = spawn(process.execPath, [...FLAGS, ...words], { cwd: ROOT, stdio: [...stdio] });
  endWithThis(child);
  let output = "";
  const waiting = new Set<() => void>();
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    for (const look of waiting) look();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("close", (_code, signal) => resolve(signal)),
  );
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output);
        if (found === null) return;
        waiting.delete(look);
        resolve(found[1] ?? found[0]);
      };
      waiting.add(look);
      void ended.then(() => reject(new EndedError(name, output)));
      look();
    });
  const kill = () => {
    child.kill("SIGKILL");
    return ended;
  };
  return { name, pid: child.pid ?? 0, says, kill };
}

export class EndedError extends Error {
  override readonly name = "Operators.EndedError";
  readonly process: string;
  constructor(process: string, output: string) {
    super(`${process} ended too soon: ${output.slice(-1_000)}`);
    this.process = process;
  }
}
