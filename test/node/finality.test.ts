import { expect } from "chai";
import type { L1Head } from "../../src/node/follow.ts";
import * as Node from "../../src/node/node.ts";

const headAt = (number: bigint): L1Head => ({
  number,
  hash: new Uint8Array(32).fill(Number(number)),
  timestamp: 1_000n + number,
});

describe("node/node on what is final", () => {
  it("asks with every new block of L1, and keeps the last answer where there is none", async () => {
    let [number, asked] = [1n, 0];
    let answer: () => Promise<L1Head | undefined> = () => Promise.resolve(undefined);
    const source = {
      head: () => Promise.resolve(headAt(number)),
      finalized: () => {
        asked += 1;
        return answer();
      },
      hashOf: (of: bigint) => Promise.resolve(headAt(of).hash),
      events: () => Promise.resolve([]),
      requireSameChain: () => Promise.resolve(),
    };
    const deployment = {
      ...{ chainId: 42_069n, portal: new Uint8Array(20), firstL1Block: 1n, rollupConfig: {} },
      genesis: { timestamp: 1_000n, accounts: [] },
    };
    const node = Node.open({ deployment, path: ":memory:", source, say: () => undefined });
    const hooks = Node.plainHooks(node, () => undefined);
    const finalAfter = async (head: bigint) => {
      number = head;
      await Node.sync(node, hooks, new AbortController().signal);
      return node.finalizedL1?.number;
    };

    expect(await finalAfter(1n)).to.equal(undefined);
    answer = () => Promise.resolve(headAt(1n));
    expect(await finalAfter(1n), "no new block").to.equal(undefined);
    expect(await finalAfter(2n)).to.equal(1n);
    answer = () => Promise.resolve(undefined);
    expect(await finalAfter(3n)).to.equal(1n);
    expect(asked).to.equal(3);

    answer = () => Promise.resolve(headAt(0n));
    expect(await finalAfter(4n), "a late node answers").to.equal(1n);

    const lost = new RangeError("L1 is away");
    answer = () => Promise.reject(lost);
    expect(await finalAfter(5n).catch((error: unknown) => error)).to.equal(lost);
    answer = () => Promise.resolve(headAt(2n));
    expect(await finalAfter(5n), "asked again after a failure").to.equal(2n);
    Node.close(node);
  });
});
