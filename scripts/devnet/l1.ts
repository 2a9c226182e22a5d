// The development L1: a Hardhat node in a process of its own, as an L1 would be on a machine of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { assert } from "../../src/primitives/assert.ts";
import type { Order, Report } from "./l1Process.ts";

export type L1 = {
  readonly url: string;
  readonly processId: number;
  /** Resolves once KZG is set up: until then whatever uses it holds up all that comes after. */
  readonly kzg: Promise<void>;
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
  let isAnswering: (port: number) => void = () => undefined;
  let isSetUp: () => void = () => undefined;
  const answering = new Promise<number>((resolve) => (isAnswering = resolve));
  const kzg = Promise.race([new Promise<void>((resolve) => (isSetUp = resolve)), failure]);
  kzg.catch(() => undefined);
  child.on("message", (report: Report) => {
    if (report === "KZG") isSetUp();
    else isAnswering(report.port);
  });
  const listening = await Promise.race([answering, failure]);
  const stop = async () => {
    isStopping = true;
    // It keeps nothing that could be left half written.
    child.kill("SIGKILL");
    await exited;
  };
  const { pid } = child;
  assert(pid !== undefined, "a child that answers has a process");
  const url = `http://${HOST}:${listening}`;
  return { url, processId: pid, kzg, failure, stop };
}

export class L1EndedError extends Error {
  override readonly name = "L1.EndedError";
  constructor(options?: ErrorOptions) {
    super("the L1 has ended by itself", options);
  }
}
