// What each act costs, held to ceilings a little above what was measured, and printed. docs/benchmarks.md has the aims and the
// figures of others.
import { expect } from "chai";
import { openCourt } from "./court.ts";
import { costs } from "./gasScenes.ts";

const MAX_CODE_BYTES = 24_576; // EIP-170
const SLACK = 50n;

const CEILINGS: Readonly<Record<string, bigint>> = {
  "first deposit of ether": 47_200n,
  "second deposit of ether": 30_200n,
  "first deposit of token": 68_600n,
  "second deposit of token": 51_400n,
  "both sides at once, ether": 68_800n,
  "both sides at once, token": 88_800n,
  "first withdrawal": 83_800n,
  "next withdrawal": 63_400n,
  "first withdrawal of a token": 93_000n,
  close: 70_800n,
  "close, token": 79_600n,
  "close, two assets": 109_400n,
  "close, the sender's share to its vault": 67_800n,
  challenge: 71_400n,
  respond: 51_400n,
  "settle from the head": 57_400n,
  "settle from the head, token": 66_200n,
  "settle by the state presented": 77_000n,
  reveal: 46_400n,
  "reveal, each of 10 at once": 27_200n,
  "each further hash lock at settlement": 4_300n,
  "close, each of 10 at once": 43_800n,
  "close, each of 50 at once": 41_600n,
  "reserve a tower's fee": 55_200n,
  "respond for a fee": 76_200n,
  "record a virtual channel's outcome": 54_400n,
  "force a move of Nim": 110_600n,
  deploy: 4_960_000n,
};

const court = await openCourt();

describe("gas of the adjudicator", () => {
  it("of each act stays within its ceiling", async function () {
    this.timeout(60_000);
    for (const { act, gas } of await costs(court)) {
      console.log(`      ${act}: ${gas} gas`);
      const ceiling = CEILINGS[act];
      if (ceiling === undefined) expect.fail(`no ceiling for "${act}"`);
      expect(gas, act).to.be.within(ceiling - ceiling / SLACK, ceiling);
    }
  });

  it("fits the adjudicator into its size limit", async () => {
    const code = await court.ethers.provider.getCode(court.address);
    expect(code.length / 2 - 1).to.be.lessThanOrEqual(MAX_CODE_BYTES);
  });
});
