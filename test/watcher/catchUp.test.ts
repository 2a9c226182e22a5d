import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import * as CatchUp from "../../src/watcher/catchUp.ts";

const SLICE_MS = 60_000;

describe("a derivation in slices", () => {
  it("rests when its time is up, goes on in the next turn, and looks at L1 again before it is done", async () => {
    let now = 0;
    const state = CatchUp.create(() => now);
    let blocks = 0;
    let syncs = 0;
    const sync = async () => {
      syncs++;
      for (let block = 0; block < 5; block++) {
        blocks++;
        now += SLICE_MS / 2;
        await CatchUp.rest(state);
      }
    };
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await CatchUp.advance(state, sync);
      seen.push(blocks);
      await setImmediate();
      expect(blocks, "while the turn does other things").to.equal(seen.at(-1));
    }
    expect(seen).to.deep.equal([2, 4, 6, 8]);
    expect(syncs).to.equal(2);
  });

  it("throws what it fails with in the turn that waits for it", async () => {
    let now = 0;
    const state = CatchUp.create(() => now);
    const lost = new RangeError("lost");
    const sync = async () => {
      now += SLICE_MS;
      await CatchUp.rest(state);
      throw lost;
    };
    await CatchUp.advance(state, sync);
    expect(await CatchUp.advance(state, sync).catch((error: unknown) => error)).to.equal(lost);

    // What comes next begins anew.
    let isDone = false;
    await CatchUp.advance(state, async () => void (isDone = true));
    expect(isDone).to.equal(true);
  });
});
