// Transactions a second through JSON-RPC: the same signed transfers, sent to this rollup and to two development nodes.
import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import * as Engine from "./engine.ts";
import * as JsonRpc from "./jsonRpc.ts";
import type { Topic } from "./report.ts";
import * as Stages from "./stages.ts";
import { count, ratio, table } from "./table.ts";
import * as ThroughputFloor from "./throughputFloor.ts";
import * as ThroughputLoad from "./throughputLoad.ts";
import { PER_LOAD, type Load } from "./throughputLoad.ts";
import * as Workload from "./workload.ts";

type Measured = {
  readonly accepted: number;
  readonly included: number;
  /** Microseconds of the engine's processor time for each transaction. */
  readonly cpu: number | undefined;
  /** The same of the client, until all were accepted. */
  readonly clientCpu: number;
  /** The engine's until everything stands on L1, and when that was. */
  readonly posted: { readonly seconds: number; readonly cpu: number | undefined } | undefined;
};

const MOST_MILLISECONDS = 90_000;
const POLL_MS = 25;

export const throughput: Topic = {
  name: "throughput",
  title: "L2 throughput",
  measure: async (say) => {
    const [warmUp, loads] = [ThroughputLoad.warmUp(), ThroughputLoad.sign()];
    say(`${loads.length * PER_LOAD} transactions are signed`);
    const engines = [Engine.tribunal, Engine.hardhat, Engine.anvil];
    const measured: Measured[][] = [];
    const names: string[] = [];
    for (const start of engines) {
      const engine = await start();
      try {
        await prepare(engine);
        for (const load of warmUp) await run(engine, load);
        names.push(engine.name);
        const results: Measured[] = [];
        for (const load of loads) {
          results.push(await run(engine, load));
          say(`${engine.name}: ${load.kind}, ${load.mode.name}: ${cell(results.at(-1))}`);
        }
        measured.push(results);
      } finally {
        await engine.stop();
      }
    }
    const rows = loads.map(({ kind, mode }, i) => {
      const [ours, ...peers] = measured.map((results) => results[i]);
      const ratios = peers.map((peer) => compare(ours, peer));
      return [`${kind}, ${mode.name}`, cell(ours), ...peers.map(cell), ...ratios];
    });
    const floors = await ThroughputFloor.measure(loads.slice(0, ThroughputLoad.MODES.length));
    const head = ["transfers of", ...names, "to Hardhat (aim 4x)", "to anvil (aim above 1x)"];
    const [ours = [], hardhat = []] = measured;
    const stages: Stages.Stages[] = [];
    for (const kind of Workload.KINDS) stages.push(await Stages.measure(kind));
    return [
      table(head, rows),
      [
        `${count(PER_LOAD)} transfers to new accounts from ${Workload.SENDERS} senders for each line, after a quarter as many of each kind that are`,
        "not measured; accepted and included by the clock, and",
        "microseconds of the server's processor time for each until all are included. Ratios are of transactions included, and of processor",
        "time. Tribunal is what `npm start` starts, its L1 included, but for proposer and watcher, who wait for batches on L1 and would",
        "derive them on machines of their own; each transaction is on disk before it is acknowledged. hardhat node is `createServer` with",
        "its defaults, automine; anvil has a block gas limit of 1,000,000,000, so that it is not its limit that is measured. Eight batches",
        "are under way at a time.",
      ].join("\n"),
      table(
        ["transfers of", "all on L1 after", "processor time of each by then", "of the client"],
        loads.map(({ kind, mode }, i) => [
          ...[`${kind}, ${mode.name}`, ...postedCells(ours[i])],
          ours[i] === undefined ? "" : `${count(ours[i].clientCpu)} us`,
        ]),
      ),
      [
        "Blocks come before batches while something waits; a batch that is not full is posted when it is 5 s old, which is in these times.",
        "What a transfer costs the sequencer, in microseconds of one core, measured stage by stage with full blocks:",
      ].join("\n"),
      stageTable(stages),
      [
        "The floor of any server on node:http, in the same run: one that reads each request and answers the same bytes at once is sent",
        "the transfers of ether by the same client, twice, and measured the second time.",
      ].join("\n"),
      ThroughputFloor.tableOf(floors),
      ...floors.map((floor, i) => budget(floor, hardhat[i], stages[0])),
      PROFILE,
    ].join("\n\n");
  },
};

/** Read off profiles, which this program does not take. */
const PROFILE = [
  "A profile of single transfers of ether (--cpu-prof, 2026-11-30, while nothing else ran; by the clock, and the profiler's own time is in",
  "it: 569 us of processor time each instead of 320 to 390) had for each, in microseconds: on the main thread 115 to read requests, answer and",
  "speak to L1, 42 to run, 34 to derive again, 33 to append, 30 to check and order, 29 to wake the thread of the senders, 26 to collect",
  "garbage, 12 to begin flushes; on the senders' thread 100, of which 85 recover; in the L1's process 59, of which Hardhat takes 32 to",
  "read each posted batch byte by byte. In batches of ether it had 27 to append, 32 to run, 18 to read and answer, 13 to collect garbage,",
  "11 to check and order, 8 to derive again. In those of ERC-20 the main thread is busy nearly always, and the senders' has two fifths",
  "of its time left. So what is left to gain lies in work, not in waiting. Neither peer keeps anything on disk, derives a block twice or posts it.",
].join("\n");

const STAGE_NAMES: Readonly<Record<Stages.Stage, readonly [string, string]>> = {
  read: ["read JSON and hex", "main"],
  decode: ["decode, hash, check alone", "main"],
  recover: ["recover the sender", "its own"],
  keep: ["keep on disk, 100 to a flush", "main"],
  build: ["run it in a block, roots included", "main"],
  append: ["append the block to the chain on disk", "main"],
  derive: ["derive the block again before it is posted", "main"],
};

function stageTable(stages: readonly Stages.Stages[]): string {
  const rows = Stages.STAGES.map((stage) => [
    ...STAGE_NAMES[stage],
    ...stages.map((ofKind) => ofKind[stage].toFixed(1)),
  ]);
  const sums = stages.map((ofKind) => sumOf(ofKind).toFixed(1));
  return table(["stage", "thread", ...Workload.KINDS], [...rows, ["sum", "", ...sums]]);
}

function sumOf(stages: Stages.Stages): number {
  return Stages.STAGES.reduce((sum, stage) => sum + stages[stage], 0);
}

function budget(
  { mode, serverCpu, clientCpu }: ThroughputFloor.Floor,
  hardhat: Measured | undefined,
  ether: Stages.Stages | undefined,
): string {
  if (hardhat === undefined || ether === undefined) return "";
  const cores = availableParallelism();
  const aim = 4 * hardhat.included;
  const budgetOf = (perSecond: number) => count((cores * 1e6) / perSecond);
  const least = serverCpu + clientCpu + sumOf(ether);
  return [
    `Ether, ${mode.name}: four times Hardhat is ${count(aim)}/s here, ${budgetOf(aim)} us of ${cores} cores for each transfer, client and L1 included.`,
    `The floor and the stages take ${count(least)} of them, which would be ${count((cores * 1e6) / least)}/s if no core ever rested; collection and`,
    "compilation of JavaScript, promises, waking threads and the L1 come on top.",
  ].join("\n");
}

function postedCells(measured: Measured | undefined): string[] {
  const posted = measured?.posted;
  if (posted === undefined) return ["", ""];
  const { seconds, cpu } = posted;
  return [`${seconds.toFixed(1)} s`, cpu === undefined ? "" : `${count(cpu)} us`];
}

function cell(measured: Measured | undefined): string {
  if (measured === undefined) return "";
  const { accepted, included, cpu } = measured;
  const time = cpu === undefined ? "" : `, ${count(cpu)} us`;
  return `${count(accepted)}, ${count(included)}/s${time}`;
}

function compare(ours: Measured | undefined, peer: Measured | undefined): string {
  if (ours === undefined || peer === undefined) return "";
  const clock = ratio(ours.included, peer.included);
  if (ours.cpu === undefined || peer.cpu === undefined) return clock;
  return `${clock}, ${ratio(peer.cpu, ours.cpu)}`;
}

async function prepare({ url }: Engine.Engine): Promise<void> {
  const transactions = Workload.preparation();
  for (const transaction of transactions)
    await JsonRpc.request(url, "eth_sendRawTransaction", [transaction]);
  const [creator] = Workload.funded;
  const included = async () =>
    Number(await JsonRpc.request(url, "eth_getTransactionCount", [creator, "latest"]));
  while ((await included()) < transactions.length) await pause(POLL_MS);
}

async function run(engine: Engine.Engine, load: Load): Promise<Measured> {
  const { url, cpuSeconds } = engine;
  const before = await includedCount(url);
  const cpuBefore = cpuSeconds();
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const clientCpu = await ThroughputLoad.sendAll(url, load);
  const { length } = load.transactions;
  const accepted = length / seconds();

  let included = (await includedCount(url)) - before;
  while (included < length && seconds() * 1_000 < MOST_MILLISECONDS) {
    await pause(POLL_MS);
    included = (await includedCount(url)) - before;
  }
  const perSecond = included / seconds();
  const cpuOfEach = () => {
    const cpuAfter = cpuSeconds();
    const known = cpuBefore !== undefined && cpuAfter !== undefined;
    return known ? ((cpuAfter - cpuBefore) * 1e6) / length : undefined;
  };
  const cpu = cpuOfEach();
  await engine.untilPosted?.();
  const posted =
    engine.untilPosted === undefined ? undefined : { seconds: seconds(), cpu: cpuOfEach() };
  return { accepted, included: perSecond, cpu, clientCpu, posted };
}

async function includedCount(url: string): Promise<number> {
  const calls = Workload.senders.map((sender) => ({
    method: "eth_getTransactionCount",
    params: [sender, "latest"],
  }));
  const counts = await JsonRpc.batch(url, calls);
  return counts.reduce<number>((sum, quantity) => sum + Number(quantity), 0);
}
