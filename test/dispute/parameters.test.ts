// docs/dispute.md says what its parameters are: each row of its table is computed here from the constants of the deployment.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { PRODUCTION } from "../../scripts/deployment/parameters.ts";
import * as Cost from "../../scripts/simulation/moveGas.ts";
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
  const protocol = readFileSync("docs/protocol-dispute.md", "utf8");
  const prices = [
    [
      "a claim and its withdrawal",
      Reward.CLAIM_GAS,
      Cost.MOVE_GAS.propose + Cost.MOVE_GAS.withdraw,
    ],
    ["a bisection", Reward.MOVE_GAS, Cost.MOVE_GAS.bisect],
    ["a level-1 tree", Reward.REFINE_GAS, Cost.MOVE_GAS.refine],
    ["a proof of the dearest step", Reward.PROOF_GAS, Cost.MOVE_GAS.prove + Cost.STEP_GAS],
    ["a confirmation", Reward.CONFIRM_GAS, Cost.MOVE_GAS.confirm + Cost.MOVE_GAS.withdraw],
    [
      "the return of a bond",
      Reward.SETTLE_GAS,
      Cost.MOVE_GAS.settleRefinement + Cost.MOVE_GAS.withdraw,
    ],
    ["a collection of blocks", Reward.COLLECT_GAS, Cost.MOVE_GAS.rewardBlocks],
    ["a collection of steps", Reward.COLLECT_GAS, Cost.MOVE_GAS.rewardSteps],
    ["an opening", Reward.OPENING_GAS, Cost.OPENING_GAS],
    ["a payment", Reward.PAYMENT_GAS, Cost.PAYMENT_GAS],
    ["a first credit", Reward.CREDIT_GAS, Cost.CREDIT_GAS],
    [
      "an update ahead of the confirmation",
      Reward.UPDATE_GAS,
      Cost.MOVE_GAS.update + Cost.OPENING_GAS,
    ],
  ] as const;
  for (const [act, price, cost] of prices) {
    it(`pay for ${act} what it was measured to take, and hardly more`, () => {
      expect(price >= cost).to.equal(true);
      expect(price * 10n <= cost * 11n).to.equal(true);
      expect(protocol).to.include(price.toLocaleString("en-US"));
    });
  }

  const settled = Reward.OPENING_GAS + Reward.PAYMENT_GAS;
  const collected = Reward.COLLECT_GAS + settled;
  // What is paid with a move of a tree, by who opened it. What a settlement opens it pays, so it is not collected again; and
  // an update is paid for by what the settlement opens.
  const ways = [
    ["opened in the confirmation, and by the settlement", Reward.OPENING_GAS + settled],
    ["opened in an update, and by the settlement", Reward.OPENING_GAS + settled],
    [
      "opened in an update, and by the settlement, and the confirmation opened a rival's move instead",
      2n * Reward.OPENING_GAS + settled,
    ],
    ["opened in the confirmation, and collected alone", Reward.OPENING_GAS + collected],
  ] as const;
  const dearest = ways.map(([, gas]) => gas).reduce((most, gas) => (gas > most ? gas : most));
  const worst = {
    claim:
      BLOCK_HEIGHT * (Reward.MOVE_GAS + Reward.OPENING_GAS + collected) +
      [Reward.CLAIM_GAS, Reward.CONFIRM_GAS, Reward.REFINE_GAS].reduce((a, b) => a + b) +
      [Reward.SETTLE_GAS, Reward.UPDATE_GAS].reduce((a, b) => a + b),
    tree: STEP_HEIGHT * (Reward.MOVE_GAS + dearest) + Reward.PROOF_GAS + collected,
  };
  const half = (bond: bigint) => bond / 2n / Reward.BASE_FEE_CAP;
  const inMillions = (gas: bigint, digits: number) => `${(Number(gas) / 1e6).toFixed(digits)}M`;

  it("are those of every way in which a move of a tree can be paid for", () => {
    for (const [way, gas] of ways) {
      const row = protocol.split("\n").find((line) => line.startsWith(`| ${way} |`));
      expect(row).to.include(`| ${(Reward.MOVE_GAS + gas).toLocaleString("en-US")} |`);
    }
  });

  it("never come to more than lost bonds leave", () => {
    expect(worst.claim <= half(PRODUCTION.claimBond)).to.equal(true);
    expect(worst.tree <= half(PRODUCTION.refinementBond)).to.equal(true);
    for (const [gas, bond] of [
      [worst.claim, PRODUCTION.claimBond],
      [worst.tree, PRODUCTION.refinementBond],
    ] as const) {
      expect(protocol).to.include(`${inMillions(gas, 2)} gas of the ${inMillions(half(bond), 0)}`);
    }
    const pooled = half(PRODUCTION.refinementBond);
    // In thousandths, rounded down.
    const spare = (1_000n * (pooled - worst.tree)) / pooled;
    expect(protocol.replaceAll("\n", " ")).to.include(`${spare / 10n}.${spare % 10n}% to spare`);
  });

  // What the honest party pays for all of a dispute that goes down to one step, and what it is paid.
  const openings = BLOCK_HEIGHT + 1n + STEP_HEIGHT;
  const payments = BLOCK_HEIGHT;
  const moves = (BLOCK_HEIGHT + STEP_HEIGHT) * Cost.MOVE_GAS.bisect;
  const deciding = Cost.MOVE_GAS.confirm + Cost.MOVE_GAS.settleRefinement;
  const walks =
    (openings + STEP_HEIGHT) * Cost.OPENING_GAS + (payments + STEP_HEIGHT + 1n) * Cost.PAYMENT_GAS;
  const own = Cost.MOVE_GAS.propose + Cost.MOVE_GAS.withdraw;
  const costs = (step: bigint) =>
    own + moves + Cost.MOVE_GAS.refine + Cost.MOVE_GAS.prove + step + deciding + walks;
  const paid =
    Reward.CLAIM_GAS +
    (BLOCK_HEIGHT + STEP_HEIGHT) * Reward.MOVE_GAS +
    [Reward.REFINE_GAS, Reward.PROOF_GAS, Reward.CONFIRM_GAS].reduce((a, b) => a + b) +
    Reward.SETTLE_GAS +
    (openings + STEP_HEIGHT) * Reward.OPENING_GAS +
    (payments + STEP_HEIGHT + 1n) * Reward.PAYMENT_GAS;
  // Rounded down: a price must not look higher than it is.
  const gwei = (step: bigint) => {
    const tenths = (500n * paid) / costs(step);
    return `${tenths / 10n}.${tenths % 10n} gwei`;
  };

  it("cover all that the honest party does, with the dearest step, and the own claim too", () => {
    expect(paid >= costs(Cost.STEP_GAS)).to.equal(true);
    expect(text).to.include(`${inMillions(costs(Cost.STEP_GAS), 2)} gas with a step of 14M`);
    expect(text).to.include(
      `${inMillions(costs(Cost.TYPICAL_STEP_GAS), 2)} with a step of 250,000`,
    );
    expect(text).to.include(`is paid ${inMillions(paid, 2)}`);
  });

  it("hold up to the gas price that it says", () => {
    expect(text).to.include(`**${gwei(Cost.STEP_GAS)} with a step of 14M`);
    expect(text).to.include(`${gwei(Cost.TYPICAL_STEP_GAS)} with a step of 250,000**`);
  });
});
