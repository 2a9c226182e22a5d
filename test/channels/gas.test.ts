// What each act costs, held to ceilings a little above what was measured, and printed. docs/benchmarks.md has the aims and the
// figures of others.
import { expect } from "chai";
import { openCourt } from "./court.ts";
import { costs } from "./gasScenes.ts";

const MAX_CODE_BYTES = 24_576; // EIP-170
const SLACK = 50n;

const CEILINGS: Readonly<Record<string, bigint>> = {
  "first deposit of ether": 47_100n,
  "second deposit of ether": 30_000n,
  "first deposit of token": 68_600n,
  "second deposit of token": 51_400n,
  "both sides at once, ether": 64_900n,
  "both sides at once, token": 84_900n,
  "first withdrawal": 77_200n,
  "next withdrawal": 57_000n,
  "first withdrawal of a token": 86_500n,
  close: 64_600n,
  "close, token": 73_700n,
  "close, two assets": 101_900n,
  "close, the sender's share to its vault": 61_900n,
  challenge: 64_200n,
  respond: 46_000n,
  "settle from the head": 54_700n,
  "settle from the head, token": 63_800n,
  "settle by the state presented": 69_800n,
  reveal: 46_400n,
  "reveal, each of 10 at once": 27_200n,
  "each further hash lock at settlement": 4_260n,
  "close, each of 10 at once": 37_800n,
  "close, each of 50 at once": 35_400n,
  "reserve a tower's fee": 55_200n,
  "respond for a fee": 69_000n,
  "record a virtual channel's outcome": 51_700n,
  "force a move of Nim": 104_600n,
  deploy: 4_240_000n,
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
