// The dearest step of each kind that tests have proven, for the table of costs.
import { expect } from "chai";
import { MAX_GAS, type RecordedStep } from "./steps.ts";

export type WorstSteps = Map<string, { gas: bigint; bytes: number }>;

/** Remembers what a step took. */
export function note(worst: WorstSteps, { name, witness }: RecordedStep, gas: bigint): void {
  const known = worst.get(name) ?? { gas: 0n, bytes: 0 };
  worst.set(name, {
    gas: gas > known.gas ? gas : known.gas,
    bytes: Math.max(witness.length, known.bytes),
  });
}

/** Prints the table, dearest first, and expects every step to fit an L1 transaction. */
export function report(worst: WorstSteps): void {
  console.log("      step             worst gas   bytes");
  for (const [name, { gas, bytes }] of [...worst].sort(([, a], [, b]) => Number(b.gas - a.gas)))
    console.log(
      `      ${name.padEnd(14)} ${String(gas).padStart(11)} ${String(bytes).padStart(7)}`,
    );
  for (const [name, { gas }] of worst) expect(gas, name).to.be.at.most(MAX_GAS);
}
