import { expect } from "chai";
import * as Loop from "../../src/node/loop.ts";

const HOUR_MS = 3_600_000;

describe("node/loop", () => {
  it("ends the pause when its bell rings, and the pause to come when it rang during the work", async () => {
    const controller = new AbortController();
    const bell = Loop.bell();
    let rounds = 0;
    const work = () => {
      rounds++;
      if (rounds === 1) Loop.ring(bell);
      if (rounds === 2) setImmediate(() => Loop.ring(bell));
      if (rounds === 3) controller.abort(new Loop.StoppedError());
      return Promise.resolve();
    };
    const ended: unknown = await Loop.repeat(HOUR_MS, controller.signal, work, bell).catch(
      (error: unknown) => error,
    );
    expect(rounds).to.equal(3);
    expect(ended).to.be.instanceOf(Loop.StoppedError);
  });

  it("ends when it is told to, bell or no bell", async () => {
    for (const bell of [undefined, Loop.bell()]) {
      const controller = new AbortController();
      const running = Loop.repeat(HOUR_MS, controller.signal, () => Promise.resolve(), bell);
      setImmediate(() => controller.abort(new Loop.StoppedError()));
      const ended: unknown = await running.catch((error: unknown) => error);
      expect(ended).to.be.instanceOf(Loop.StoppedError);
    }
  });
});
