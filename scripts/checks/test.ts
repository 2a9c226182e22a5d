// npm test: build, linters and every test; the last line is the count.
import { fork, spawn } from "node:child_process";
import { buildFreeLinters, printVerdicts, runLinters, typedLinters } from "./linters.ts";
import { isTestCounts, type TestCounts } from "./testCounts.ts";

const noCounts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

// The compiler and the tests take one core each in turn; the linters run beside them on the other.
console.log("== build");
const firstLinters = runLinters(buildFreeLinters);
const built = await runBuild();
if (!built) failures.push("build");

console.log("== tests");
const lastLinters = firstLinters.then(() => runLinters(typedLinters));
const counts = built ? await runTests() : noCounts;

console.log("== linters");
const verdicts = [...(await firstLinters), ...(await lastLinters)];
printVerdicts(verdicts);
failures.push(...verdicts.filter(({ passed }) => !passed).map(({ name }) => name));

console.log("== result");
if (failures.length > 0) console.log(`failed, and counted below: ${failures.join(", ")}`);
console.log(`${counts.skipped} skipped`);
console.log(`${counts.passed} passed, ${counts.failed + failures.length} failed`);
process.exitCode = counts.failed + failures.length === 0 ? 0 : 1;

function runBuild(): Promise<boolean> {
  const child = spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", "build"], {
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

function runTests(): Promise<TestCounts> {
  const child = fork("scripts/checks/testProcess.ts");
  let counts: TestCounts | undefined;
  child.on("message", (message) => {
    if (isTestCounts(message)) counts = message;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (counts === undefined) failures.push(`test process (ended early with ${code ?? signal})`);
      else if (counts.passed === 0) failures.push("test process (nothing passed)");
      resolve(counts ?? noCounts);
    });
  });
}
