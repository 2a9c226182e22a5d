import { expect } from "chai";
import * as Budget from "../../../src/node/rpc/budget.ts";
import * as Logs from "../../../src/node/rpc/logs.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";

// LOG0 of nothing: PUSH0 PUSH0 LOG0.
const LOGGING = "0x5f5fa0";
const [ONE, OTHER] = [0x1060n, 0x1061n];
/** Who logs in each block, from the first on. */
const CALLED = [[ONE], [], [ONE, OTHER], [OTHER], [ONE], [], [ONE], [OTHER]];

describe("node/rpc/logs", () => {
  it("finds the blocks of addresses in order and once, however many are looked up at a time", async () => {
    let nonce = 0;
    const blocks = CALLED.map((called) =>
      called.map((address) => {
        const to = Hex.fromBytes(Bytes.fromBigInt(address, 20));
        return L2Chain.transaction(L2Chain.ALICE, nonce++, { to, gasLimit: 50_000n });
      }),
    );
    const accounts = [ONE, OTHER].map((address) => L2Chain.contractAt(address, LOGGING));
    const { chain } = await DerivedChain.open(accounts, blocks, ":memory:");
    const last = BigInt(CALLED.length);
    for (const asked of [[ONE], [OTHER], [ONE, OTHER]]) {
      const filter = { addresses: asked.map((address) => Bytes.fromBigInt(address, 20)) };
      for (let from = 0n; from <= last; from++) {
        const expected = CALLED.flatMap((called, i) =>
          BigInt(i + 1) >= from && called.some((one) => asked.includes(one)) ? [BigInt(i + 1)] : [],
        );
        for (let atOnce = 1n; atOnce <= last + 1n; atOnce++) {
          const budget = Budget.begin("looking");
          const found = [...Logs.candidates({ chain }, [from, last], filter, atOnce, budget)];
          expect(found, `${from}, ${atOnce} at once`).to.deep.equal(expected);
        }
      }
    }
  });
});
