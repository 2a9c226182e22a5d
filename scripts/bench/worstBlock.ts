// The block of most steps, really built, run and committed to: how long that takes, and whether memory stays flat.
import * as Chunk from "../../src/machine/chunk.ts";
import * as Phase from "../../src/machine/phase.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Limits from "../../src/protocol/limits.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import * as Commitment from "../../src/watcher/commitment.ts";
import * as DerivedChain from "../../test/harness/derivedChain.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import { worstTransactions } from "../../test/machine/worstBlocks.ts";
import type { Topic } from "./report.ts";
import { count, rate, table } from "./table.ts";

const THIRDS = 3;
const SAMPLE_MS = 250;
const SMALLEST_SLIDE = 100_000n;
const ROUNDING = 10_000n;
const PROGRAM = 0xc0de00n;
const MEGABYTE = 2 ** 20;
const AIM_MINUTES = 10;

export const worstBlock: Topic = {
  name: "worst-block",
  title: "Worst block",
  measure: async (say) => {
    const source = await build();
    const { gasUsed } = source.chain.head.header;
    say(`a block of ${count(gasUsed)} gas`);
    const run = await timed(() => runOnly(source));
    say(`${count(run.value)} steps, run in ${run.seconds.toFixed(1)} s`);
    const rows: string[][] = [];
    let known: Commitment.Commitment | undefined;
    for (const threads of [1, 2]) {
      const memory = sampleMemory();
      const { value, seconds, cpuSeconds } = await timed(() =>
        Commitment.commitBlock(source, 0n, threads, new AbortController().signal),
      );
      const [first, second, third] = memory.stop();
      say(`committed to in ${threads} threads in ${seconds.toFixed(0)} s`);
      assert(value.steps === run.value, "every thread takes the steps that a run takes");
      assert(known === undefined || isEqual(known, value), "any number of threads commits alike");
      known = value;
      const minutes = seconds / 60;
      const verdict = minutes < AIM_MINUTES ? "met" : "missed";
      rows.push([
        ...[String(threads), count(value.steps), minutes.toFixed(1)],
        ...[`${AIM_MINUTES} minutes, ${verdict}`, (cpuSeconds / 60).toFixed(1)],
        rate(value.steps / cpuSeconds),
        `${first}, ${second}, ${third} MB`,
      ]);
    }
    const head = [
      ...["threads", "steps", "minutes by the clock", "aim", "processor minutes"],
      "steps committed in a second of one processor",
      "most memory in each third of the run",
    ];
    return [
      table(head, rows),
      [
        `A block of ${count(gasUsed)} gas, built from signed transactions, derived from its batch and committed to as a watcher does: every`,
        "state hashed, and the tree over them up to the roots of chunks. Both ways gave the same roots. Running the same steps",
        `without hashing, which each thread does for the others' part too, takes ${run.cpuSeconds.toFixed(1)} s. Memory is the resident set of the`,
        "process with all its threads. The clock counts what else the machine is doing (see its load), processor time does not.",
      ].join("\n"),
    ].join("\n\n");
  },
};

// As many transactions as the block has gas for, each full of single gas and clearing what pays a fifth of it back.
async function build(): Promise<Source> {
  const accounts: Parameters<typeof DerivedChain.open>[0][number][] = [];
  const transactions: Uint8Array[] = [];
  let left = Limits.BLOCK_GAS_LIMIT;
  while (left > SMALLEST_SLIDE) {
    const gasLimit = left < Limits.TRANSACTION_GAS_CAP ? left : Limits.TRANSACTION_GAS_CAP;
    const [, refunded] = worstTransactions(gasLimit);
    const [, entrance] = refunded?.accounts?.[0] ?? [];
    assert(entrance?.code !== undefined, "the refunded transaction calls a program");
    const address = PROGRAM + BigInt(transactions.length);
    const storage = (entrance.storage ?? []).map(([slot, value]) => ({ slot, value }));
    accounts.push({ ...L2Chain.contractAt(address, Hex.fromBytes(entrance.code)), storage });
    const to = Hex.fromBytes(Bytes.fromBigInt(address, 20));
    const word = (slot: bigint) => Hex.fromBytes(Bytes.fromBigInt(slot, 32));
    const accessList = [{ address: to, storageKeys: storage.map(({ slot }) => word(slot)) }];
    const fields = { to, gasLimit, accessList };
    transactions.push(L2Chain.transaction(L2Chain.ALICE, transactions.length, fields));
    // What it uses is what it is given less the fifth that is given back, or a little more.
    left -= gasLimit - gasLimit / 5n + ROUNDING;
  }
  const source = await DerivedChain.open(accounts, [transactions]);
  assert(source.chain.head.transactions === transactions.length, "no transaction was skipped");
  return source;
}

function runOnly(source: Source): number {
  const machine = DerivedChain.beforeBlock(source, 1n);
  let steps = 0;
  do steps += Chunk.run(machine, Chunk.STEPS);
  while (machine.phase !== Phase.DONE);
  return steps;
}

type Timed<T> = { readonly value: T; readonly seconds: number; readonly cpuSeconds: number };

async function timed<T>(work: () => T | Promise<T>): Promise<Timed<T>> {
  const started = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1_000;
  return { value, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Samples until stopped; then the most in each third of the time, in megabytes. */
function sampleMemory(): { readonly stop: () => readonly number[] } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(process.memoryUsage.rss()), SAMPLE_MS);
  const stop = () => {
    clearInterval(timer);
    return Array.from({ length: THIRDS }, (_, third) => {
      const from = Math.floor((third * samples.length) / THIRDS);
      const to = Math.floor(((third + 1) * samples.length) / THIRDS);
      return Math.round(Math.max(...samples.slice(from, to)) / MEGABYTE);
    });
  };
  return { stop };
}

function isEqual(one: Commitment.Commitment, other: Commitment.Commitment): boolean {
  return one.chunkRoots.every((root, chunk) => {
    const same = other.chunkRoots[chunk];
    return same !== undefined && Bytes.equals(root, same);
  });
}
