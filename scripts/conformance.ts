// Replays official vectors: npm run conformance -- --fixtures DIR [--fork FORK] [--filter TEXT]
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import * as VectorFile from "./conformance/vectorFile.ts";

const FORKS = ["Cancun", "Prague", "Osaka"] as const;

const { values } = parseArgs({
  options: {
    fixtures: { type: "string", default: "../shared" },
    fork: { type: "string", default: "Cancun" },
    filter: { type: "string", default: "" },
  },
});
const fork = FORKS.find((name) => name === values.fork);
if (fork === undefined) throw new RangeError(`expected a fork of ${FORKS.join(", ")}`);

if (!existsSync(values.fixtures)) throw new RangeError(`expected vectors in ${values.fixtures}`);

const files = VectorFile.list(values.fixtures).filter((file) => file.includes(values.filter));
let passed = 0;
let failed = 0;
for (const [index, file] of files.entries()) {
  const shown = path.relative(values.fixtures, file);
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
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function printProgress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line.slice(0, 100)}`);
}
