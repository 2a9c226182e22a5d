// The signed transfers that every server is sent, and how they are sent.
import type { Hex } from "../../src/primitives/hex.ts";
import * as JsonRpc from "./jsonRpc.ts";
import * as Workload from "./workload.ts";

export type Mode = { readonly name: string; readonly size: number; readonly inFlight: number };
export type Load = {
  readonly kind: Workload.Kind;
  readonly mode: Mode;
  readonly transactions: Hex[];
};

/** Some seconds of each server's time: with a quarter of it a good part of what is measured is the compilation of JavaScript. */
export const PER_LOAD = 25_600;
const NONCES_PER_LOAD = PER_LOAD / Workload.SENDERS;
/** With fewer batches under way each server waits for the client part of the time. */
const BATCHES: Mode = { name: "batches of 100", size: 100, inFlight: 8 };
const SINGLE: Mode = { name: "single, 32 in flight", size: 1, inFlight: 32 };
export const MODES: readonly Mode[] = [BATCHES, SINGLE];

/** What is sent first, and not measured: the code of each server is compiled then. */
const WARM_UP = 6_400;

export function warmUp(): Load[] {
  return Workload.KINDS.map((kind, i) => ({
    ...{ kind, mode: BATCHES },
    transactions: Workload.sign(kind, WARM_UP, (i * WARM_UP) / Workload.SENDERS),
  }));
}

/** Transfers of each kind for each mode, with nonces that go on from one load to the next, and from the warm-up. */
export function sign(): Load[] {
  const first = (Workload.KINDS.length * WARM_UP) / Workload.SENDERS;
  const kinds = Workload.KINDS.flatMap((kind) => MODES.map((mode) => ({ kind, mode })));
  return kinds.map((load, i) => ({
    ...load,
    transactions: Workload.sign(load.kind, PER_LOAD, first + i * NONCES_PER_LOAD),
  }));
}

/** Sends a load and takes all answers; gives microseconds of this process, the client, for each transfer. */
export async function sendAll(url: string, { mode, transactions }: Load): Promise<number> {
  const before = process.cpuUsage();
  let next = 0;
  const sendNext = async () => {
    while (next < transactions.length) {
      const chunk = transactions.slice(next, next + mode.size);
      next += chunk.length;
      const calls = chunk.map((bytes) => ({ method: "eth_sendRawTransaction", params: [bytes] }));
      if (mode.size === 1) await JsonRpc.request(url, "eth_sendRawTransaction", chunk);
      else await JsonRpc.batch(url, calls);
    }
  };
  await Promise.all(Array.from({ length: mode.inFlight }, sendNext));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / transactions.length;
}
