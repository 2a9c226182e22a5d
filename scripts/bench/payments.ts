// Payments a second through channels: over loopback, every signature flushed to a file on disk before it leaves.
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type * as Channel from "../../src/channels/client/channel.ts";
import type { Policy } from "../../src/channels/client/policy.ts";
import type { Params } from "../../src/channels/params.ts";
import * as Disk from "../../src/hub/disk.ts";
import type { Chain } from "../../src/hub/chains.ts";
import { Hub } from "../../src/hub/hub.ts";
import * as Log from "../../src/hub/log.ts";
import * as Signature from "../../src/primitives/signature.ts";
import type { Topic } from "./report.ts";
import { count, table } from "./table.ts";

type Case = {
  readonly name: string;
  readonly hops: 1 | 2;
  /** The most changes in one state; one means that each payment takes two states of its own. */
  readonly batch: number;
  readonly payments: number;
  /** How many are under way at once. */
  readonly window: number;
};

type Measured = {
  readonly perSecond: number;
  readonly median: number;
  readonly worst: number;
  readonly cpu: number;
};

const CASES: readonly Case[] = [
  { name: "one at a time", hops: 1, batch: 1, payments: 300, window: 1 },
  { name: "unbatched, 32 under way", hops: 1, batch: 1, payments: 2_000, window: 32 },
  { name: "batched, 1,000 under way", hops: 1, batch: 128, payments: 20_000, window: 1_000 },
  { name: "one at a time", hops: 2, batch: 1, payments: 300, window: 1 },
  { name: "unbatched, 32 under way", hops: 2, batch: 1, payments: 1_000, window: 32 },
  { name: "batched, 1,000 under way", hops: 2, batch: 128, payments: 20_000, window: 1_000 },
];
const NET_PAYMENTS = 1_000_000;

const ETHER = new Uint8Array(20);
const MONEY = 10n ** 18n;
const HOLD = 7_200n;
const TIMING = { tickMs: 200, pollMs: 1_000, redialMs: 100 };
const POLICY: Policy = {
  limits: {
    ...{ maxLocks: 64, minMargin: 600n, maxHold: 86_400n },
    assets: [{ token: ETHER, dust: 1n, inFlight: MONEY }],
  },
  fee: { flat: 1n, millionths: 1_000 },
  ...{ revealMargin: 300n, crossMargin: 3_600n, slack: 60n, units: [], maxForwarded: 64, apps: [] },
  ...{ batch: 128, maxQueue: 10_000, resendMs: 5_000, graceMs: 60_000 },
};

export const payments: Topic = {
  name: "payments",
  title: "Payments through channels",
  measure: async (say) => {
    const rows: string[][] = [];
    for (const one of CASES) {
      const { perSecond, median, worst, cpu } = await withHubs(one, (hubs) => measure(one, hubs));
      const times = [count(perSecond), count(cpu), ms(median), ms(worst)];
      const row = [`${one.hops}`, one.name, `${one.batch}`, ...times];
      say(row.join(", "));
      rows.push(row);
    }
    const net = await withHubs({ hops: 1, batch: 128 }, measureNet);
    say(`net: ${count(net)}/s`);
    const flush = await flushMicroseconds();
    const head = [
      "hops",
      "locked payments",
      "changes in a state",
      "payments/s",
      "CPU us",
      "median ms",
      "worst ms",
    ];
    return [
      table(head, rows),
      [
        "Payer, hub and payee in one process on one core, over TCP on loopback (RTT below 0.1 ms); each keeps its log in a file of",
        `its own and flushes it (fdatasync, ${count(flush)} us for 512 bytes here) before it sends a signature. A payment is from the`,
        "call to the secret, the payer's receipt, on its disk; each has an invoice of its own, signed and durable before the clock",
        "starts. CPU us: processor time of one payment, for all parties together; where the machine does other work beside, it says more",
        "than the clock. Two hops: payer and payee have channels with one hub. At most 64 locks stand in a channel at once.",
        `Aims: 200 unbatched, 5,000 batched. Payments without a lock, netted into one change: ${count(net)}/s.`,
      ].join("\n"),
    ].join("\n\n");
  },
};

type Hubs = {
  readonly payer: Hub;
  readonly hub: Hub | undefined;
  readonly payee: Hub;
  readonly id: Uint8Array;
};

async function withHubs<T>(
  { hops, batch }: Pick<Case, "hops" | "batch">,
  work: (hubs: Hubs) => Promise<T>,
): Promise<T> {
  // Not in the system's folder for temporary files, which may be memory.
  const folder = mkdtempSync(join(import.meta.dirname, "../../cache/payments-"));
  const abort = new AbortController();
  const disks: Disk.Disk[] = [];
  const start = async (n: number) => {
    const disk = await Disk.open(join(folder, `${n}.log`));
    disks.push(disk);
    return new Hub({
      ...{ privateKey: keyOf(n), policyOf: () => ({ ...POLICY, batch }), chains: [CHAIN] },
      ...{ log: await Log.open(disk), timing: TIMING, signal: abort.signal, say: () => undefined },
    });
  };
  try {
    const [payer, payee] = [await start(1), await start(3)];
    const hub = hops === 2 ? await start(2) : undefined;
    const middle = hub ?? payee;
    const first = await open(payer, middle, hub === undefined ? 3 : 2, 1);
    if (hub !== undefined) await open(hub, payee, 3, 2);
    return await work({ payer, hub, payee, id: first.terms.id });
  } finally {
    abort.abort();
    for (const disk of disks) await disk.close();
    rmSync(folder, { recursive: true });
  }
}

async function open(a: Hub, b: Hub, nB: number, nA: number): Promise<Channel.Channel> {
  const params: Params = {
    ...{ a: Signature.addressOf(keyOf(nA)), b: Signature.addressOf(keyOf(nB)) },
    ...{ keyA: ETHER, keyB: ETHER, token: ETHER, period: 3_600n, bond: 0n, salt: 0n },
  };
  const channel = a.open(CHAIN.court, params);
  b.open(CHAIN.court, params);
  const { port } = (await b.serve(0)).address() as AddressInfo;
  void a.keepConnected({ host: "127.0.0.1", port, peer: b.address });
  await a.look(CHAIN);
  await b.look(CHAIN);
  a.nameAsset(channel.terms.id, ETHER);
  const isReady = (one: Hub) => one.channel(channel.terms.id).latest.content.assets.length > 0;
  while (!isReady(a) || !isReady(b)) await new Promise((resolve) => setTimeout(resolve, 5));
  return channel;
}

async function measure(one: Case, { payer, hub, payee, id }: Hubs): Promise<Measured> {
  const until = BigInt(Math.floor(Date.now() / 1_000)) + HOLD;
  const terms = { via: payee.address, chainId: 1n, token: ETHER, amount: 1_000n, until };
  const invoices = await Promise.all(
    Array.from({ length: one.payments }, () => payee.invoice(terms)),
  );
  const hubs = hub === undefined ? [] : [{ address: hub.address, fee: POLICY.fee, margin: 0n }];
  const times: number[] = [];
  let next = 0;
  const payOn = async () => {
    for (let invoice = invoices[next++]; invoice !== undefined; invoice = invoices[next++]) {
      const started = performance.now();
      const { status, reason } = await payer.pay(id, invoice, hubs, HOLD);
      if (status !== "paid") throw new NotPaidError(reason ?? "");
      times.push(performance.now() - started);
    }
  };
  const started = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: one.window }, payOn));
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  const [median = 0, worst = 0] = [times[times.length >> 1], times.at(-1)];
  const cpu = (user + system) / one.payments;
  return { perSecond: one.payments / seconds, median, worst, cpu };
}

/** Payments of the peer itself, without locks: those that come while one state is under way make the next. */
async function measureNet({ payer, payee, id }: Hubs): Promise<number> {
  const started = performance.now();
  for (let i = 1; i <= NET_PAYMENTS; i++) {
    payer.payPeer(id, 0, 1n);
    if (i % 10_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const paid = () => payee.channel(id).latest.content.assets[0]?.net;
  while (paid() !== BigInt(NET_PAYMENTS)) await new Promise((resolve) => setImmediate(resolve));
  return NET_PAYMENTS / ((performance.now() - started) / 1_000);
}

async function flushMicroseconds(): Promise<number> {
  const folder = mkdtempSync(join(import.meta.dirname, "../../cache/payments-"));
  const disk = await Disk.open(join(folder, "flush.log"));
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const started = performance.now();
    disk.append(new Uint8Array(512));
    await disk.flush();
    times.push((performance.now() - started) * 1_000);
  }
  await disk.close();
  rmSync(folder, { recursive: true });
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** A chain on which both sides of every channel have money and nothing else happens. */
const CHAIN: Chain = {
  court: { chainId: 1n, adjudicator: new Uint8Array(20).fill(0xad) },
  view: () => {
    const time = BigInt(Math.floor(Date.now() / 1_000));
    const pot = { token: ETHER, deposited: { A: MONEY, B: MONEY }, isSettled: false };
    const nothing = {
      ...{ version: 0n, agreed: 0n, moved: undefined, deadline: 0n, shown: undefined },
      ...{ reveals: new Map(), outcomes: new Map(), backing: undefined },
    };
    return Promise.resolve({ time, confirmedTime: time, pots: [pot], ...nothing });
  },
  perform: () => Promise.resolve(),
};

function keyOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

function ms(value: number): string {
  return value.toFixed(1);
}

class NotPaidError extends Error {
  override readonly name = "Payments.NotPaidError";
  readonly reason: string;
  constructor(reason: string) {
    super(`a payment failed: ${reason}`);
    this.reason = reason;
  }
}
