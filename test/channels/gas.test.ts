// What each act costs, held to ceilings a little above what was measured, and printed. docs/benchmarks.md has the aims and the
// figures of others.
import { expect } from "chai";
import { openCourt } from "./court.ts";
import { AIMS } from "./gasAims.ts";
import { PARTS, floorOf } from "./gasFloor.ts";
import type { Part } from "./gasFloor.ts";
import { costs } from "./gasScenes.ts";

const MAX_CODE_BYTES = 24_576; // EIP-170
const SLACK = 50n;
// Of a part that the contract decides on.
const LEAST = 0.95;

const CEILINGS: Readonly<Record<string, bigint>> = {
  "first deposit of ether": 47_000n,
  "second deposit of ether": 29_900n,
  "first deposit of token": 68_000n,
  "second deposit of token": 50_900n,
  "both sides at once, ether": 62_400n,
  "both sides at once, token": 82_100n,
  "first withdrawal": 76_600n,
  "next withdrawal": 56_500n,
  "first withdrawal of a token": 83_300n,
  close: 64_200n,
  "close, token": 69_800n,
  "close, two assets": 98_100n,
  "close, the sender's share to its vault": 61_400n,
  challenge: 63_700n,
  respond: 45_600n,
  "settle from the head": 54_300n,
  "settle from the head, sent by a side": 51_800n,
  "settle from the head, token": 59_600n,
  "settle by the state presented": 68_900n,
  reveal: 46_000n,
  "reveal, each of 10 at once": 26_700n,
  "each further hash lock at settlement": 3_550n,
  "close, each of 10 at once": 37_100n,
  "close, each of 50 at once": 34_700n,
  "reserve a tower's fee": 55_400n,
  "respond for a fee": 67_600n,
  "record a virtual channel's outcome": 51_300n,
  "force a move of Nim": 103_100n,
  deploy: 3_825_000n,
};

/** Of what is above its aim: what the chain charges, and ceilings of what the contract adds. */
const FLOORS: Readonly<Record<string, Readonly<Record<Part, number>>>> = {
  "first deposit of ether": {
    ...{ transaction: 21_700, storage: 22_100, calls: 0, log: 2_012, guard: 0 },
    ...{ dispatch: 430, rest: 630 },
  },
  "second deposit of ether": {
    ...{ transaction: 21_710, storage: 5_000, calls: 0, log: 2_012, guard: 0 },
    ...{ dispatch: 430, rest: 620 },
  },
  "settle from the head": {
    ...{ transaction: 22_600, storage: 7_100, calls: 18_600, log: 2_012, guard: 300 },
    ...{ dispatch: 650, rest: 2_880 },
  },
  "settle from the head, sent by a side": {
    ...{ transaction: 22_600, storage: 7_100, calls: 16_100, log: 2_012, guard: 300 },
    ...{ dispatch: 650, rest: 2_880 },
  },
};
const FIXED: readonly Part[] = ["storage", "calls", "log", "guard"];

const court = await openCourt();
const measured = await costs(court);

describe("gas of the adjudicator", () => {
  it("of each act stays within its ceiling", () => {
    for (const { act, gas } of measured) {
      console.log(`      ${act}: ${gas} gas`);
      const ceiling = CEILINGS[act];
      if (ceiling === undefined) expect.fail(`no ceiling for "${act}"`);
      expect(gas, act).to.be.within(ceiling - ceiling / SLACK, ceiling);
    }
  });

  it("above its aim is what the chain charges, and little more", async () => {
    const above = measured.filter(({ act, gas }) => gas > (AIMS[act]?.gas ?? gas));
    const acts = above.map(({ act }) => act).filter((act) => act !== "deploy");
    expect(acts).to.have.members(Object.keys(FLOORS));
    for (const cost of above) {
      const floor = FLOORS[cost.act];
      if (floor === undefined) continue;
      const parts = await floorOf(court, cost);
      expect(
        PARTS.reduce((sum, part) => sum + parts[part], 0),
        cost.act,
      ).to.equal(Number(cost.gas));
      for (const part of PARTS) {
        const least = FIXED.includes(part) ? floor[part] : floor[part] * LEAST;
        expect(parts[part], `${cost.act}: ${part}`).to.be.within(least, floor[part]);
      }
    }
  });

  it("fits the adjudicator into its size limit", async () => {
    const code = await court.ethers.provider.getCode(court.address);
    expect(code.length / 2 - 1).to.be.lessThanOrEqual(MAX_CODE_BYTES);
  });
});
