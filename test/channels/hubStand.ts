// Hubs in one process over real connections on loopback, with an adjudicator in memory.
import type { AddressInfo } from "node:net";
import type { Policy } from "../../src/channels/client/policy.ts";
import type * as Channel from "../../src/channels/client/channel.ts";
import type { Params } from "../../src/channels/params.ts";
import type { Chain } from "../../src/hub/chains.ts";
import { Hub } from "../../src/hub/hub.ts";
import * as Log from "../../src/hub/log.ts";
import type { Disk } from "../../src/hub/disk.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import { ETHER, POLICY } from "./clientWorld.ts";

const TIMING = { tickMs: 50, pollMs: 20, redialMs: 20 };
const NO_KEY = new Uint8Array(20);

export type Stand = { readonly court: Court.Court; readonly abort: AbortController };

/** A chain at the present time, on which nothing has happened. */
export function stand(): Stand {
  const court = Court.create(1n, BigInt(Math.floor(Date.now() / 1_000)));
  return { court, abort: new AbortController() };
}

/** The key of the n-th party. */
export function keyOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

/** A hub on a disk. */
export async function hub(
  { court, abort }: Stand,
  n: number,
  disk: Disk,
  policy: Partial<Policy> = {},
  signal: AbortSignal = abort.signal,
  tickMs = TIMING.tickMs,
  redialMs = TIMING.redialMs,
): Promise<Hub> {
  const log = await Log.open(disk);
  const timing = { ...TIMING, tickMs, redialMs };
  return new Hub({
    ...{ privateKey: keyOf(n), policyOf: () => ({ ...POLICY, ...policy }), log, signal },
    ...{ chains: [chainOf(court)], timing, say: () => undefined },
  });
}

/** A channel between two parties by number, both sides with money. */
export function open(
  { court }: Stand,
  [a, b]: readonly [Hub, Hub],
  [first, second]: readonly [number, number],
  amount: bigint,
): Channel.Channel {
  const params: Params = {
    ...{ a: Signature.addressOf(keyOf(first)), b: Signature.addressOf(keyOf(second)) },
    ...{ keyA: NO_KEY, keyB: NO_KEY, token: ETHER, period: 600n, bond: 0n, salt: 0n },
  };
  const channel = a.open(court.court, params);
  b.open(court.court, params);
  const isNew = Court.caseOf(court, channel.terms).deposited.A === 0n;
  if (isNew) {
    Court.deposit(court, channel.terms, "A", amount);
    Court.deposit(court, channel.terms, "B", amount);
    a.nameAsset(channel.terms.id, ETHER);
  }
  return channel;
}

/** Connects the first to the second for good. */
export async function connect(from: Hub, to: Hub): Promise<void> {
  const server = await to.serve(0);
  const { port } = server.address() as AddressInfo;
  void from.keepConnected({ host: "127.0.0.1", port, peer: to.address });
}

/** Waits until something holds. */
export async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Whether the channel can carry payments in its first asset. */
export function isReady(hub: Hub, { terms }: Channel.Channel): boolean {
  const { latest, chain, session } = hub.channel(terms.id);
  return latest.content.assets.length > 0 && chain !== undefined && session?.peer !== undefined;
}

function chainOf(court: Court.Court): Chain {
  return {
    court: court.court,
    view: ({ terms }) => {
      court.time = BigInt(Math.floor(Date.now() / 1_000));
      return Promise.resolve(Court.view(court, terms));
    },
    perform: ({ terms }, call) => {
      const refusal = Court.perform(court, terms, call);
      return refusal === undefined
        ? Promise.resolve()
        : Promise.reject(new CourtRefusedError(refusal));
    },
  };
}

class CourtRefusedError extends Error {
  override readonly name = "HubStand.CourtRefusedError";
}
