// Somebody with a key and channels, whose program keeps its log in a file and can be stopped and started again.
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseEther, type Hex } from "viem";
import type * as Channel from "../../../src/channels/client/channel.ts";
import type { Policy } from "../../../src/channels/client/policy.ts";
import type { Params } from "../../../src/channels/params.ts";
import * as Disk from "../../../src/hub/disk.ts";
import { Hub } from "../../../src/hub/hub.ts";
import * as Log from "../../../src/hub/log.ts";
import * as Calls from "../../../src/l1/adjudicatorCalls.ts";
import { sleep } from "../../../src/l1/retry.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hexes from "../../../src/primitives/hex.ts";
import * as Signature from "../../../src/primitives/signature.ts";
import * as Place from "./place.ts";

export type Person = {
  readonly name: string;
  readonly key: Hex;
  readonly address: Uint8Array;
  readonly hub: Hub;
  /** Ends the program and lets go of its log; a second time does nothing more. */
  readonly stop: () => Promise<void>;
};

export const ETHER = new Uint8Array(20);
/**
 * Windows and margins for an L2 whose sequencer nobody trusts: it can keep a call out for 600 seconds here, the inbox's
 * window, and date blocks that and 256 L1 blocks of 12 seconds back: docs/protocol-channels.md section 9.
 */
export const WINDOW_SECONDS = 1_200n;
export const POLICY: Policy = {
  limits: {
    ...{ maxLocks: 64, minMargin: 1_800n, maxHold: 86_400n },
    assets: [{ token: ETHER, dust: 1_000n, inFlight: parseEther("10") }],
  },
  fee: { flat: parseEther("0.000001"), millionths: 1_000 },
  ...{ revealMargin: 900n, crossMargin: 7_200n, slack: 60n, maxForwarded: 64, apps: [] },
  // Ether of the L2 is backed one to one by ether on L1.
  units: [{ token: ETHER, unit: "ether" }],
  ...{ batch: 64, maxQueue: 10_000, resendMs: 1_000, graceMs: 2_000 },
};

const TIMING = { tickMs: 50, pollMs: 200, redialMs: 100 };
const POLL_MS = 10;
/** What a tower would have to guess to read what it keeps. */
const SALT_BYTES = 8;

/** Starts a person's program; what its log in `folder` holds is taken up. */
export async function start(
  name: string,
  key: Hex,
  places: readonly Place.Place[],
  folder: string,
  signal: AbortSignal,
): Promise<Person> {
  const life = new AbortController();
  const end = () => life.abort();
  signal.addEventListener("abort", end, { once: true });
  const disk = await Disk.open(join(folder, `${name}.log`));
  const privateKey = Hexes.toBytes(key);
  const hub = new Hub({
    ...{
      privateKey,
      policyOf: () => ({ ...POLICY, apps: places.map(({ nim }) => nim) }),
      log: await Log.open(disk),
      timing: TIMING,
    },
    chains: places.map((place) => Place.chainOf(place, key)),
    ...{ signal: life.signal, say: () => undefined },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    signal.removeEventListener("abort", end);
    life.abort();
    return (stopped ??= disk.close());
  };
  return { name, key, address: Signature.addressOf(privateKey), hub, stop };
}

/** Keeps the first connected to the second from now on. */
export async function connect(from: Person, to: Person): Promise<number> {
  const { port } = (await to.hub.serve(0)).address() as AddressInfo;
  reconnect(from, to, port);
  return port;
}

/** Keeps the first connected to the second, which answers on a port. */
export function reconnect(from: Person, to: Person, port: number): void {
  void from.hub.keepConnected({ host: "127.0.0.1", port, peer: to.address });
}

/** Opens a channel on a chain, with a deposit of each, and waits until it can carry payments. */
export async function openChannel(
  place: Place.Place,
  a: Person,
  b: Person,
  deposits: readonly [bigint, bigint],
  signal: AbortSignal,
): Promise<Channel.Channel> {
  const params: Params = {
    ...{ a: a.address, b: b.address, keyA: ETHER, keyB: ETHER, token: ETHER },
    ...{ period: WINDOW_SECONDS, bond: 0n, salt: Bytes.toBigInt(randomBytes(SALT_BYTES)) },
  };
  const { terms } = a.hub.open(place.court, params);
  b.hub.open(place.court, params);
  const { adjudicator } = place.court;
  for (const [index, person] of [a, b].entries()) {
    const side = index === 0 ? "A" : "B";
    const deposit = Calls.deposit(adjudicator, terms.id, side, ETHER, deposits[index] ?? 0n);
    await Place.act(place, place.senderOf(person.key), deposit);
  }
  const isFunded = ({ hub }: Person) => {
    const pot = hub.channel(terms.id).chain?.pots[0];
    return pot?.deposited.A === deposits[0] && pot.deposited.B === deposits[1];
  };
  await until(() => isFunded(a) && isFunded(b) && isConnected(a, terms.id), signal);
  a.hub.nameAsset(terms.id, ETHER);
  await until(
    () => assetOf(a, terms.id) !== undefined && assetOf(b, terms.id) !== undefined,
    signal,
  );
  return a.hub.channel(terms.id);
}

/** What A has paid B in a channel, locks aside, as a person knows it; undefined before the first asset. */
export function netOf(person: Person, id: Uint8Array): bigint | undefined {
  return assetOf(person, id)?.net;
}

/** Whether the other side of a channel has told where it stands. */
export function isConnected({ hub }: Person, id: Uint8Array): boolean {
  return hub.channel(id).session?.peer !== undefined;
}

/** Waits until something holds. */
export async function until(
  what: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  while (!(await what())) await sleep(POLL_MS, signal);
}

function assetOf({ hub }: Person, id: Uint8Array) {
  return hub.channel(id).latest.content.assets[0];
}
