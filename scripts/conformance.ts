// Replays official vectors: npm run conformance -- --fixtures DIR [--fork FORK] [--filter TEXT] [--shard I/N]
// With --onchain [--every N | --steps all] [--resume FILE], steps of the state tests are proven in Solidity too.
import path from "node:path";
import * as ConformanceOptions from "./conformance/conformanceOptions.ts";
import * as VectorFile from "./conformance/vectorFile.ts";
import { inOneLine } from "./devnet/inOneLine.ts";
import { UsageError } from "./devnet/options.ts";

type Counts = { readonly passed: number; readonly failed: number };
type Options = ConformanceOptions.ConformanceOptions;

async function main(): Promise<number> {
  const options = ConformanceOptions.parse(process.argv.slice(2));
  const { fixtures, filter, shard, shards } = options;
  const files = VectorFile.list(fixtures)
    .filter((file) => file.includes(filter))
    .filter((_, index) => index % shards === shard - 1);
  const { passed, failed } = options.isOnChain
    ? await proveSteps(options, files)
    : replay(options, files);
  if (files.length === 0) console.error(`no vector file of this choice in ${fixtures}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function replay({ fixtures, fork }: Options, files: readonly string[]): Counts {
  let passed = 0;
  let failed = 0;
  for (const [index, file] of files.entries()) {
    const shown = path.relative(fixtures, file);
    printProgress(`${index + 1}/${files.length} ${shown}`);
    for (const { name, failure } of VectorFile.judge(file, fork)) {
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

async function proveSteps(options: Options, files: readonly string[]): Promise<Counts> {
  const { fixtures, fork, shard, shards, resume } = options;
  const { run } = await import("./conformance/onchain.ts");
  const { table, totals } = await import("./conformance/stepReport.ts");
  const reportFile = resume ?? `cache/conformance/${shard}-of-${shards}.json`;
  const report = await run({
    ...{ fixtures, files, fork, reportFile },
    sampling: { isComplete: options.allSteps, every: options.every },
    isResumed: resume !== undefined,
    // A run of hours shows that it goes on where there is no terminal to write over, too.
    progress: process.stdout.isTTY ? printProgress : console.error,
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
}

main().then(
  // Hardhat's network keeps a process alive that has nothing left to do.
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(inOneLine(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
