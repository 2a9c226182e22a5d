import { expect } from "chai";
import * as Subscriptions from "../../../src/node/rpc/subscriptions.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";

describe("node/rpc/subscriptions", () => {
  it("forget with the first news whoever cannot be told any more", async () => {
    const { chain } = await DerivedChain.open([], [[]], ":memory:");
    const { methods, onBlock, onWaiting } = Subscriptions.create(RpcBackend.of(chain));
    const told = { gone: 0, there: 0 };
    for (const [who, isThere] of [
      ["gone", false],
      ["there", true],
    ] as const) {
      const send = () => {
        told[who] += 1;
        return isThere;
      };
      for (const kind of ["newHeads", "newPendingTransactions"])
        await methods["eth_subscribe"]?.([kind], { send });
    }
    for (let news = 0; news < 3; news++) {
      onBlock(chain.head);
      onWaiting(new Uint8Array(32));
    }
    expect(told).to.deep.equal({ gone: 2, there: 6 });
  });
});
