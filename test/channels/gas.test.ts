// What each act costs, held to ceilings a little above what was measured, and printed. docs/benchmarks.md has the aims and the
// figures of others.
import { expect } from "chai";
import { openCourt } from "./court.ts";
import { costs } from "./gasScenes.ts";

const MAX_CODE_BYTES = 24_576; // EIP-170
const SLACK = 50n;

const CEILINGS: Readonly<Record<string, bigint>> = {
  "first deposit of ether": 47_200n,
  "second deposit of ether": 30_100n,
  "first deposit of token": 68_600n,
  "second deposit of token": 51_400n,
  "both sides at once, ether": 68_800n,
  "both sides at once, token": 88_800n,
  "first withdrawal": 83_000n,
  "next withdrawal": 62_900n,
  "first withdrawal of a token": 92_300n,
  close: 70_100n,
  "close, token": 79_000n,
  "close, two assets": 109_400n,
  "close, the sender's share to its vault": 67_100n,
  challenge: 70_200n,
  respond: 51_000n,
  "settle from the head": 57_200n,
  "settle from the head, token": 66_100n,
  "settle by the state presented": 77_000n,
  reveal: 46_400n,
  "reveal, each of 10 at once": 27_200n,
  "each further hash lock at settlement": 4_300n,
  "close, each of 10 at once": 43_100n,
  "close, each of 50 at once": 40_800n,
  "reserve a tower's fee": 55_200n,
  "respond for a fee": 75_700n,
  "record a virtual channel's outcome": 54_400n,
  "force a move of Nim": 109_300n,
  deploy: 4_793_000n,
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
