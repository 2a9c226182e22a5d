import { expect } from "chai";
import { BLOCK_GAS_LIMIT, MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import * as Pace from "../../src/sequencer/pace.ts";

describe("sequencer/pace", () => {
  const full = { bytes: MAX_BODY_BYTES, gas: BLOCK_GAS_LIMIT };

  it("sees a full block in a body of bytes or in a block of gas, from the limit on", () => {
    expect(Pace.fillsBlock({ ...Pace.NOTHING, bytes: full.bytes }, Pace.NOTHING)).to.equal(true);
    expect(Pace.fillsBlock({ ...Pace.NOTHING, gas: full.gas }, Pace.NOTHING)).to.equal(true);
    const less = { bytes: full.bytes - 1, gas: full.gas - 1n };
    expect(Pace.fillsBlock(less, Pace.NOTHING)).to.equal(false);
  });

  it("does not count what the last block had room for and left", () => {
    expect(Pace.fillsBlock(full, full)).to.equal(false);
    expect(Pace.fillsBlock({ bytes: 2 * full.bytes, gas: full.gas }, full)).to.equal(true);
    expect(Pace.fillsBlock({ bytes: full.bytes, gas: 2n * full.gas }, full)).to.equal(true);
  });

  describe("savings", () => {
    const QUICK = 200;
    const STEADY = 2_000;
    const beatOf = (savings: Pace.Savings) =>
      Pace.beatMs(savings, { quickMs: QUICK, blockMs: STEADY });

    it("lets beats be quick from the start until they are used up", () => {
      let savings = Pace.savings(0);
      for (let block = 1; block < Pace.MOST_SAVED; block++) savings = Pace.afterBlock(savings, 0);
      expect(beatOf(savings)).to.equal(QUICK);
      expect(beatOf(Pace.afterBlock(savings, 0))).to.equal(STEADY);
    });

    it("gives one block back in two seconds, at most as many as there were", () => {
      const empty = { blocks: 0, atMs: 0 };
      expect(Pace.afterBlock(empty, 2_000)).to.deep.equal({ blocks: 0, atMs: 2_000 });
      expect(Pace.afterBlock(empty, 10_000).blocks).to.equal(4);
      expect(Pace.afterBlock(Pace.savings(0), 1e9).blocks).to.equal(Pace.MOST_SAVED - 1);
    });

    it("owes what full blocks take beyond them, and pays that back before beats are quick", () => {
      let savings: Pace.Savings = { blocks: -10, atMs: 0 };
      savings = Pace.afterBlock(savings, 20_000);
      expect(beatOf(savings)).to.equal(STEADY);
      expect(beatOf(Pace.afterBlock(savings, 26_000))).to.equal(QUICK);
    });

    it("is not changed by a clock that goes back, and never makes a beat slower than the steady one", () => {
      expect(Pace.afterBlock({ blocks: 5, atMs: 9_000 }, 1_000).blocks).to.equal(4);
      expect(Pace.beatMs(Pace.savings(0), { quickMs: STEADY, blockMs: QUICK })).to.equal(QUICK);
    });
  });
});
