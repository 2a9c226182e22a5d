// The process that runs every test, and sends the counts to its parent: scripts/checks/test.ts.
import hre from "hardhat";
import { isResult } from "hardhat/utils/result";
import Mocha from "mocha";
import { addCounts, isTestCounts, type TestCounts } from "./testCounts.ts";

let mochaCounts: TestCounts = { passed: 0, failed: 0, skipped: 0 };

// Hardhat's own summary counts a skipped test as passed, so the counts are taken from mocha.
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      mochaCounts = { passed: passes, failed: failures, skipped: pending };
    });
  }
}

class UnknownResultError extends Error {
  override readonly name = "UnknownResultError";
  readonly result: unknown;

  constructor(result: unknown) {
    super("Hardhat's Solidity test task answered in a form this project does not know");
    this.result = result;
  }
}

hre.config.test.mocha.reporter = CountingReporter;
hre.config.test.mocha.forbidOnly = true;

await hre.tasks.getTask(["test", "mocha"]).run({ noCompile: true });
const solidityCounts = countsIn(
  await hre.tasks.getTask(["test", "solidity"]).run({ noCompile: true }),
);
// A handle that some test left open must not keep the whole run waiting.
process.send?.(addCounts(mochaCounts, solidityCounts), () => process.exit());

function countsIn(result: unknown): TestCounts {
  if (!isResult(result, isRunResult, isRunResult)) throw new UnknownResultError(result);
  return (result.success ? result.value : result.error).summary;
}

function isRunResult(value: unknown): value is { readonly summary: TestCounts } {
  return (
    typeof value === "object" && value !== null && "summary" in value && isTestCounts(value.summary)
  );
}
