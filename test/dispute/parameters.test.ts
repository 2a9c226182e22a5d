// docs/dispute.md says what its parameters are: each row of its table is computed here from the constants of the deployment.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { PRODUCTION } from "../../scripts/deployment/parameters.ts";
import {
  MOVE_GAS,
  STEP_GAS,
  TRANSACTION_GAS,
  TYPICAL_STEP_GAS,
} from "../../scripts/simulation/moveGas.ts";
import * as Reward from "../../src/dispute/reward.ts";
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

describe("the rewards of docs/dispute.md", () => {
  const text = readFileSync("docs/dispute.md", "utf8");
  const height = MOVE_GAS.bisect + MOVE_GAS.update;
  const blocks =
    [MOVE_GAS.refine, MOVE_GAS.updateLeaf, MOVE_GAS.settleRefinement].reduce((a, b) => a + b) +
    [TRANSACTION_GAS, MOVE_GAS.forfeitClaim, MOVE_GAS.rewardBlocks].reduce((a, b) => a + b);
  const steps =
    [TRANSACTION_GAS, MOVE_GAS.forfeitRefinement, MOVE_GAS.rewardSteps].reduce((a, b) => a + b) +
    MOVE_GAS.prove;
  const cost = {
    claim: BLOCK_HEIGHT * height + blocks,
    tree: (step: bigint) => STEP_HEIGHT * height + steps + step,
    own: [MOVE_GAS.propose, MOVE_GAS.confirm, MOVE_GAS.settleClaim, MOVE_GAS.withdraw].reduce(
      (a, b) => a + b,
    ),
  };
  const paid = {
    claim: BLOCK_HEIGHT * Reward.MOVE_GAS,
    tree: STEP_HEIGHT * Reward.MOVE_GAS + Reward.PROOF_GAS,
  };
  const inMillions = (gas: bigint) => `${(Number(gas) / 1e6).toFixed(2)}M`;
  const whole = (step: bigint) => cost.own + cost.claim + cost.tree(step);
  // Rounded down: a price must not look higher than it is.
  const gwei = (step: bigint) => {
    const tenths = (500n * (paid.claim + paid.tree)) / whole(step);
    return `${tenths / 10n}.${tenths % 10n} gwei`;
  };

  it("never come to more than lost bonds leave", () => {
    const half = (bond: bigint) => bond / 2n / Reward.BASE_FEE_CAP;
    expect(paid.claim <= half(PRODUCTION.claimBond)).to.equal(true);
    expect(paid.tree <= half(PRODUCTION.refinementBond)).to.equal(true);
  });

  it("cover whoever is answered to the end, with the dearest step, and the own claim too", () => {
    expect(paid.claim + paid.tree > whole(STEP_GAS)).to.equal(true);
    expect(paid.tree > cost.tree(STEP_GAS)).to.equal(true);
  });

  for (const row of [
    `| false claim, fought down to its block | ${inMillions(cost.claim)} | ${inMillions(paid.claim)} |`,
    `| false tree, fought down to its step of 14M | ${inMillions(cost.tree(STEP_GAS))} | ${inMillions(paid.tree)} |`,
    `| own claim, confirmation, bond and withdrawal | ${inMillions(cost.own)} | |`,
    `| all of it, with a step of 14M | ${inMillions(whole(STEP_GAS))} | ${inMillions(paid.claim + paid.tree)} |`,
    `| all of it, with a step of 250,000 | ${inMillions(whole(TYPICAL_STEP_GAS))} | ${inMillions(paid.claim + paid.tree)} |`,
  ]) {
    it(`are what it says: ${row.split("|")[1]?.trim()}`, () => {
      expect(text).to.include(row);
    });
  }

  it("leave what it says where a liar stops after one height", () => {
    const opened = height + TRANSACTION_GAS - Reward.MOVE_GAS;
    const claim = opened + MOVE_GAS.forfeitClaim + MOVE_GAS.rewardBlocks;
    const tree = opened + MOVE_GAS.forfeitRefinement + MOVE_GAS.rewardSteps;
    expect(text).to.include(
      `at one height ${inMillions(claim)} gas for a false claim, and ${inMillions(tree)} for a false tree`,
    );
  });

  it("hold up to the gas price that it says", () => {
    expect(text).to.include(`**${gwei(STEP_GAS)} with a step of 14M`);
    expect(text).to.include(`${gwei(TYPICAL_STEP_GAS)} with a step of 250,000`);
  });
});
