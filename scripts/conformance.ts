// Replays official vectors: npm run conformance -- --fixtures DIR [--fork F] [--filter TEXT]
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type * as Fork from "../src/machine/fork.ts";
import * as StateTests from "./conformance/stateTests.ts";

const { values } = parseArgs({
  options: {
    fixtures: { type: "string" },
    fork: { type: "string", default: "Cancun" },
    filter: { type: "string", default: "" },
  },
});

let passed = 0;
let failed = 0;
const start = performance.now();
for (const file of jsonFiles(values.fixtures ?? ".")) {
  if (!file.includes(values.filter)) continue;
  const tests: Record<string, StateTests.StateTest> = JSON.parse(readFileSync(file, "utf8"));
  for (const [name, test] of Object.entries(tests)) {
    const t = performance.now();
    for (const verdict of StateTests.judge(test, values.fork as Fork.Fork)) {
      if (verdict.failure === null) passed++;
      else {
        failed++;
        if (failed < 100)
          console.log(
            `${path.relative(values.fixtures ?? ".", file)} ${name} ${verdict.name}: ${verdict.failure}`,
          );
      }
    }
    const took = performance.now() - t;
    if (took > 1500) console.log("slow", name, took | 0);
  }
}
console.log(
  `${passed} passed, ${failed} failed in ${((performance.now() - start) / 1000).toFixed(1)} s`,
);
process.exitCode = failed === 0 ? 0 : 1;

function jsonFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
