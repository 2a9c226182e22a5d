// A chain in a process of its own, which takes transactions by JSON-RPC.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assert } from "../../src/primitives/assert.ts";
import * as FreePort from "./freePort.ts";
import * as JsonRpc from "./jsonRpc.ts";
import * as Workload from "./workload.ts";

export type Engine = {
  readonly name: string;
  readonly url: string;
  /** Seconds of processor time so far; undefined where the system does not tell. */
  readonly cpuSeconds: () => number | undefined;
  /** Waits until all that was included stands on L1; undefined where there is none. */
  readonly untilPosted: (() => Promise<void>) | undefined;
  readonly stop: () => Promise<void>;
};

const START_MILLISECONDS = 120_000;
const POLL_MS = 25;
/** One processor tick, which no system that has /proc sets otherwise. */
const TICKS_PER_SECOND = 100;
const RICH = "0x3635c9adc5dea00000";
// Full blocks would hold the peer back more than its speed does.
const PEER_BLOCK_GAS = "1000000000";

/** Starts this project's rollup. */
export async function tribunal(): Promise<Engine> {
  const engine = await startModule("Tribunal", "./engines/tribunal.ts");
  return { ...engine, untilPosted: () => untilPosted(engine.url) };
}

/** Starts a Hardhat node, which mines each transaction as it comes. */
export const hardhat = () => startModule("hardhat node", "./engines/hardhatNode.ts");

/** Starts what only answers. */
export const plainHttp = () => startModule("node:http", "./engines/plainHttp.ts");

/** Starts anvil with a block every second. */
export async function anvil(): Promise<Engine> {
  const port = await FreePort.find();
  const flags = ["--block-time", "1", "--gas-limit", PEER_BLOCK_GAS, "--silent"];
  const where = ["--port", String(port), "--chain-id", String(Workload.CHAIN_ID)];
  const child = spawn("anvil", [...flags, ...where], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await JsonRpc.untilItAnswers(url, START_MILLISECONDS);
  for (const address of Workload.funded)
    await JsonRpc.request(url, "anvil_setBalance", [address, RICH]);
  return engineOf("anvil --block-time 1", url, child);
}

async function startModule(name: string, module: string): Promise<Engine> {
  const file = fileURLToPath(new URL(module, import.meta.url));
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, file], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, url] = line.split(" ");
    if (word !== "ready" || url === undefined) continue;
    child.stdout.resume();
    return engineOf(name, url, child);
  }
  throw new EngineError(name);
}

function engineOf(name: string, url: string, child: ChildProcess): Engine {
  const { pid } = child;
  assert(pid !== undefined, "a child that answers has a process");
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  return { name, url, cpuSeconds: () => cpuSeconds(pid), untilPosted: undefined, stop };
}

type SyncStatus = { readonly safe_l2: { number: number }; readonly unsafe_l2: { number: number } };

async function untilPosted(url: string): Promise<void> {
  for (;;) {
    const status = (await JsonRpc.request(url, "optimism_syncStatus", [])) as SyncStatus;
    if (status.safe_l2.number === status.unsafe_l2.number) return;
    await pause(POLL_MS);
  }
}

// Of the process and those it started: npm's anvil is a script that starts the real one.
function cpuSeconds(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  // The name, in parentheses, may hold spaces; user and system ticks are fields 14 and 15.
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return children
    .filter((child) => child !== "")
    .reduce((sum, child) => sum + (cpuSeconds(Number(child)) ?? 0), own);
}

export class EngineError extends Error {
  override readonly name = "Engine.EngineError";
  readonly engine: string;
  constructor(engine: string) {
    super(`${engine} ended before it was ready`);
    this.engine = engine;
  }
}
