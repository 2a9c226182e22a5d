// Replays official vectors: npm run conformance -- --fixtures DIR [--fork FORK] [--filter TEXT] [--shard I/N]
// With --onchain [--every N | --steps all] [--resume FILE], steps of the state tests are proven in Solidity too.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import * as VectorFile from "./conformance/vectorFile.ts";

const FORKS = ["Cancun", "Prague", "Osaka"] as const;
const DEFAULT_EVERY = "1000";

const { values } = parseArgs({
  options: {
    fixtures: { type: "string", default: "../shared" },
    fork: { type: "string", default: "Cancun" },
    filter: { type: "string", default: "" },
    shard: { type: "string", default: "1/1" },
    onchain: { type: "boolean", default: false },
    every: { type: "string", default: DEFAULT_EVERY },
    steps: { type: "string", default: "sample" },
    resume: { type: "string" },
  },
});
const fork = FORKS.find((name) => name === values.fork);
if (fork === undefined) throw new RangeError(`expected a fork of ${FORKS.join(", ")}`);
if (!existsSync(values.fixtures)) throw new RangeError(`expected vectors in ${values.fixtures}`);
if (!["sample", "all"].includes(values.steps)) throw new RangeError("expected --steps all");
if (!/^\d+$/.test(values.every)) throw new RangeError("expected --every N, 0 for none");

const [, shard = 0, shards = 0] = (/^(\d+)\/(\d+)$/.exec(values.shard) ?? []).map(Number);
if (!(shard >= 1 && shard <= shards)) throw new RangeError("expected --shard I/N with 1 <= I <= N");

const files = VectorFile.list(values.fixtures)
  .filter((file) => file.includes(values.filter))
  .filter((_, index) => index % shards === shard - 1);
const { passed, failed } = await (values.onchain ? proveSteps(fork) : replay(fork));
console.log(`${passed} passed, ${failed} failed`);
// Hardhat's network keeps a process alive that has nothing left to do.
process.exit(failed === 0 && passed > 0 ? 0 : 1);

type Counts = { readonly passed: number; readonly failed: number };

function replay(followed: (typeof FORKS)[number]): Counts {
  let passed = 0;
  let failed = 0;
  for (const [index, file] of files.entries()) {
    const shown = path.relative(values.fixtures, file);
    printProgress(`${index + 1}/${files.length} ${shown}`);
    for (const { name, failure } of VectorFile.judge(file, followed)) {
      if (failure === null) passed++;
      else {
        failed++;
        printProgress("");
        console.log(`${shown} ${name}: ${failure}`);
      }
    }
  }
  printProgress("");
  return { passed, failed };
}

async function proveSteps(followed: (typeof FORKS)[number]): Promise<Counts> {
  const { run } = await import("./conformance/onchain.ts");
  const { table, totals } = await import("./conformance/stepReport.ts");
  const reportFile = values.resume ?? `cache/conformance/${shard}-of-${shards}.json`;
  const report = await run({
    fixtures: values.fixtures,
    files,
    fork: followed,
    sampling: { isComplete: values.steps === "all", every: Number(values.every) },
    isResumed: values.resume !== undefined,
    reportFile,
    progress: printProgress,
  });
  printProgress("");
  console.log(table(report));
  for (const [name, { failure }] of Object.entries(report.cases))
    if (failure !== null) console.log(`${name}: ${failure}`);
  const { notProvable, steps, proven, repeated, ...counts } = totals(report);
  for (const [name, { notProvable: reasons }] of notProvable)
    console.log(`not provable on this L1: ${name}: ${reasons.join("; ")}`);
  console.log(`${steps} steps run, ${proven} proven, ${repeated} proven before; ${reportFile}`);
  console.log(`${notProvable.length} cases not provable on this L1, counted neither way`);
  return counts;
}

function printProgress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line.slice(0, 100)}`);
  else if (values.onchain && line !== "") console.error(line);
}
