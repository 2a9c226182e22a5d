// How many tests ended which way.

export type TestCounts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

/** Adds up the counts of several runners. */
export function addCounts(left: TestCounts, right: TestCounts): TestCounts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** Recognises counts in a message from the test process. */
export function isTestCounts(value: unknown): value is TestCounts {
  return (
    typeof value === "object" &&
    value !== null &&
    ["passed", "failed", "skipped"].every(
      (key) => key in value && Number.isSafeInteger(Reflect.get(value, key)),
    )
  );
}
