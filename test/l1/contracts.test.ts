import { expect } from "chai";
import { fromBytes, toBytes } from "../../src/primitives/hex.ts";
import * as Contracts from "../../src/l1/contracts.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import { deployRollup } from "../harness/deployment.ts";

const NOWHERE = "0x000000000000000000000000000000000000dEaD";

describe("l1/contracts", () => {
  it("bounds the gas of a batch by that of one without its body, for bodies of every length", async () => {
    const { inbox, sequencer, ethers } = await deployRollup();
    const contracts: Contracts.Contracts = {
      inbox: (await inbox.getAddress()) as `0x${string}`,
      ...{ portal: NOWHERE, disputeGame: NOWHERE, gameRegistry: NOWHERE, standardBridge: NOWHERE },
    };
    const originNumber = BigInt(await ethers.provider.getBlockNumber());
    const previous = toBytes(await inbox.accumulator(await inbox.batchCount()));
    for (const length of [0, 1, 1_023, 1_024, 1_025, 10_240, 60_001, MAX_BODY_BYTES]) {
      for (const byte of [0x00, 0xff]) {
        const body = new Uint8Array(length).fill(byte);
        const batch = { previous, blocks: 2n, originNumber, depositsTo: 0n, body };
        const { to, data, shorter } = Contracts.postBatch(contracts, batch);
        const whole = await sequencer.estimateGas({ to, data });
        const bound =
          (await sequencer.estimateGas({ to, data: shorter?.data ?? null })) +
          (shorter?.more ?? 0n);
        expect(whole <= bound, `${length} bytes of ${fromBytes(Uint8Array.of(byte))}`).to.equal(
          true,
        );
      }
    }
  });
});
