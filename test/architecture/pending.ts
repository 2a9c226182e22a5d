// What an architecture test finds and the project still owes. This list may only shrink: an entry is the beginning of one
// or more findings, it is printed with their number each time, and once it meets none the test that it belongs to fails.
import { expect } from "chai";

const PENDING = {
  mirror: [],
  tags: [],
  unusedErrors: [],
  untestedErrors: [],
  fileNames: [],
  fileLengths: [],
} as const satisfies Record<string, readonly string[]>;

/** Fails on a finding that is not pending and on a pending entry without a finding; prints what is pending. */
export function expectOnlyPending(list: keyof typeof PENDING, findings: readonly string[]): void {
  const pending: readonly string[] = PENDING[list];
  const counts = pending.map((entry): [string, number] => [
    entry,
    findings.filter((finding) => finding.startsWith(entry)).length,
  ]);
  for (const [entry, count] of counts) console.log(`      pending in ${list}: ${entry} (${count})`);

  const settled = counts.filter(([, count]) => count === 0).map(([entry]) => entry);
  expect(settled, `settled in ${list}: delete them from pending.ts`).to.deep.equal([]);
  const fresh = findings.filter((finding) => !pending.some((entry) => finding.startsWith(entry)));
  expect(fresh, `new in ${list}`).to.deep.equal([]);
}
