import { expect } from "chai";
import * as Database from "../../src/node/database.ts";
import type { L1Head } from "../../src/node/follow.ts";
import * as RunSequencer from "../../src/sequencer/runSequencer.ts";
import { DEFAULT_TIMING } from "../../src/sequencer/sequencer.ts";

const HASH_OF = (number: bigint) => new Uint8Array(32).fill(Number(number));
const LOOKS = 5;

/** An L1 that grows when it is told to, and counts what it is asked. */
function quietL1() {
  const asked = { heads: 0, baseFees: 0 };
  let number = 1n;
  let awaited: () => void = () => undefined;
  const head = (): L1Head => ({ number, hash: HASH_OF(number), timestamp: 1_000n + number });
  const source = {
    head: () => {
      asked.heads += 1;
      awaited();
      return Promise.resolve(head());
    },
    finalized: () => Promise.resolve(undefined),
    hashOf: (of: bigint) => Promise.resolve(HASH_OF(of)),
    events: () => Promise.resolve([]),
    requireSameChain: () => Promise.resolve(),
  };
  const l1BaseFee = () => {
    asked.baseFees += 1;
    return Promise.resolve(7n);
  };
  const looks = (more: number) => {
    const until = asked.heads + more;
    return new Promise<void>((resolve) => {
      awaited = () => {
        if (asked.heads >= until) resolve();
      };
    });
  };
  return { asked, source, l1BaseFee, looks, grow: () => (number += 1n) };
}

describe("sequencer/runSequencer", () => {
  it("asks for the base fee once for each block of L1, however often it looks", async () => {
    const { asked, source, l1BaseFee, looks, grow } = quietL1();
    const never = () => Promise.reject(new TypeError("there is nothing to post"));
    const running = await RunSequencer.run({
      deployment: {
        ...{ chainId: 42_069n, genesis: { timestamp: 1_000n, accounts: [] } },
        ...{ portal: new Uint8Array(20), firstL1Block: 1n, rollupConfig: {} },
      },
      ...{ path: Database.IN_MEMORY, source, l1BaseFee, say: () => undefined },
      ...{ listen: { host: "127.0.0.1", port: 0 }, pollMs: 1, timing: DEFAULT_TIMING },
      ...{ headerOf: never, post: never },
    });
    try {
      await looks(LOOKS);
      expect(asked.baseFees).to.equal(1);
      grow();
      await looks(LOOKS);
      expect(asked.baseFees).to.equal(2);
    } finally {
      await running.stop();
    }
  });
});
