// docs/dispute.md says what its parameters are: each row of its table is computed here from the constants of the deployment.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { PRODUCTION } from "../../scripts/deployment/parameters.ts";
import { CENSORSHIP, LATENCY, TIMEOUT } from "../../scripts/simulation/simulate.ts";

const BLOCK_HEIGHT = 16n;
const STEP_HEIGHT = 26n;
const LATENCY_SECONDS = 18n * 60n;
const SLOT_SECONDS = 12n;

const delta = LATENCY_SECONDS + SLOT_SECONDS;
const nodes = BLOCK_HEIGHT + 1n + (STEP_HEIGHT + 1n);
const reserve = (2n * nodes + 1n) * delta;
const { timeout } = PRODUCTION;
const budget = timeout - reserve;

function grouped(seconds: bigint): string {
  return seconds.toLocaleString("en-US");
}

function hours(seconds: bigint): string {
  return `${(Number(seconds) / 3_600).toFixed(1)} h`;
}

// Rounded down: a budget must not look larger than it is.
function days(seconds: bigint, digits: number): string {
  const parts = 10 ** digits;
  return `${(Math.floor((Number(seconds) / 86_400) * parts) / parts).toFixed(digits)} d`;
}

describe("the parameters of docs/dispute.md", () => {
  const text = readFileSync("docs/dispute.md", "utf8");
  const longest = timeout + budget + (nodes + 1n) * delta;
  const rows = [
    `| δ | ${grouped(LATENCY_SECONDS)} s + ${SLOT_SECONDS} s = ${grouped(delta)} s |`,
    `| nodes on a path: ${BLOCK_HEIGHT} + 1 heights of blocks, ${STEP_HEIGHT} + 1 of steps | ${nodes} |`,
    `| what the proof needs for safety: ${nodes} δ | ${grouped(nodes * delta)} s = ${hours(nodes * delta)} |`,
    `| what it needs beyond T + Cmax for confirmation: ${nodes + 1n} δ | ${grouped((nodes + 1n) * delta)} s = ${hours((nodes + 1n) * delta)} |`,
    `| what the parameters set aside: (2 × ${nodes} + 1) δ | ${grouped(reserve)} s = ${hours(reserve)} |`,
    `| T | ${grouped(timeout)} s = ${days(timeout, 0)} |`,
    `| Cmax = T − ${grouped(reserve)} s | ${grouped(budget)} s = ${days(budget, 2)} |`,
    `| worst delay by the proof, all of Cmax used: T + Cmax + ${nodes + 1n} δ | ${grouped(longest)} s = ${days(longest, 1)} |`,
  ];
  for (const row of rows) {
    it(`are those of the deployment: ${row.split("|")[1]?.trim()}`, () => {
      expect(text).to.include(row);
    });
  }

  it("are those of the simulation", () => {
    expect([TIMEOUT, LATENCY, CENSORSHIP]).to.deep.equal([timeout, delta, budget]);
  });

  it("keep a false claim from confirmation", () => {
    expect(timeout > budget + nodes * delta).to.equal(true);
  });
});
