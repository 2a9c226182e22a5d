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
});
