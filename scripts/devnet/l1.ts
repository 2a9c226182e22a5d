// The development L1: a Hardhat node in a process of its own, as an L1 would be on a machine of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { assert } from "../../src/primitives/assert.ts";
import type { Order, Report } from "./l1Process.ts";

export type L1 = {
  readonly url: string;
  readonly processId: number;
  /** Rejects with L1EndedError if the process ends before it was told to. */
  readonly failure: Promise<never>;
  readonly stop: () => Promise<void>;
};

const HOST = "127.0.0.1";
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];

/** Starts the L1; it answers JSON-RPC when this resolves. */
export async function start(port: number, blockMs: number): Promise<L1> {
  const order: Order = { host: HOST, port, blockMs };
  const child = fork(new URL("l1Process.ts", import.meta.url), [JSON.stringify(order)], {
    execArgv: FLAGS,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  let isStopping = false;
  const failure = new Promise<never>((_resolve, reject) => {
    child.once("error", (cause) => reject(new L1EndedError({ cause })));
    void exited.then(() => {
      if (!isStopping) reject(new L1EndedError());
    });
  });
  // Whoever starts an L1 hears of it here or through `failure`.
  failure.catch(() => undefined);
  const [report] = await Promise.race([once(child, "message") as Promise<[Report]>, failure]);
  const stop = async () => {
    isStopping = true;
    // It keeps nothing that could be left half written.
    child.kill("SIGKILL");
    await exited;
  };
  const { pid } = child;
  assert(pid !== undefined, "a child that answers has a process");
  return { url: `http://${HOST}:${report.port}`, processId: pid, failure, stop };
}

export class L1EndedError extends Error {
  override readonly name = "L1.EndedError";
  constructor(options?: ErrorOptions) {
    super("the L1 has ended by itself", options);
  }
}
