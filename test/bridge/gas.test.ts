// What users and the poster pay on L1, held to ceilings a little above what was measured, and printed.
import { expect } from "chai";
import { parseEther } from "ethers";
import { deployRollup, PROOF_MATURITY, type Rollup } from "../harness/deployment.ts";
import { message, outbox, propose } from "../harness/withdrawals.ts";

const FIRST_WITHDRAWAL_VALUE = parseEther("1");

type Sent = { wait: () => Promise<{ gasUsed: bigint } | null> };

async function gasOf(sent: Promise<Sent>): Promise<bigint> {
  const receipt = await (await sent).wait();
  return receipt?.gasUsed ?? expect.fail("automine leaves a receipt");
}

function report(what: string, gas: bigint, ceiling: bigint): void {
  console.log(`      ${what}: ${gas} gas`);
  expect(gas).to.be.within(ceiling - ceiling / 20n, ceiling);
}

/** EIP-7623: the least that calldata costs in a transaction, and with it the whole transaction. */
function floorOf(data: string): bigint {
  const bytes = data.slice(2).match(/../g) ?? [];
  return bytes.reduce((sum, byte) => sum + (byte === "00" ? 10n : 40n), 21_000n);
}

async function post({ ethers, inbox, sequencer }: Rollup, body: string) {
  const previous = await inbox.accumulator(await inbox.batchCount());
  const origin = await ethers.provider.getBlockNumber();
  const parameters = [previous, 1, origin, 0, body] as const;
  const gas = await gasOf(inbox.connect(sequencer).post(...parameters));
  const floor = floorOf(inbox.interface.encodeFunctionData("post", [...parameters]));
  return { gas, floor };
}

describe("gas of the bridge", () => {
  // What it costs in later laps, deposits.test.ts measures when it fills the ring.
  it("of a deposit of ether in the ring's first lap", async () => {
    const { portal, user } = await deployRollup();
    const deposit = () =>
      gasOf(
        portal
          .connect(user)
          .depositTransaction(user, 1_000_000n, 100_000, false, "0x", { value: 1_000_000n }),
      );
    await deposit();
    report("three of four deposits", await deposit(), 57_500n);
    await deposit();
    report("the fourth, with a new slot for times", await deposit(), 80_000n);
  });

  for (const [others, ceiling] of [
    [1, 108_000n],
    [1_000, 150_000n],
  ] as const) {
    it(`of proving and finalizing a withdrawal among ${others} more`, async () => {
      const rollup = await deployRollup();
      const { portal, user, deployer, pass } = rollup;
      await deployer.sendTransaction({ to: portal, value: parseEther("3") });
      const sent = message({ target: user.address, value: FIRST_WITHDRAWAL_VALUE });
      const box = await outbox([sent], others);
      const claim = await propose(rollup, box.root, 100);
      const nodes = await box.prove(sent);
      const proven = portal
        .connect(user)
        .proveWithdrawalTransaction(sent, claim.index, box.output, nodes);
      report(`prove, ${nodes.length} nodes, toy registry`, await gasOf(proven), ceiling);
      await claim.game.resolve(false);
      await pass(PROOF_MATURITY);
      const finalized = portal.connect(user).finalizeWithdrawalTransaction(sent);
      report("finalize, toy registry", await gasOf(finalized), 54_000n);
    });
  }

  it("of posting a batch is the price of its calldata, from about a kilobyte on", async () => {
    const rollup = await deployRollup();
    await post(rollup, "0x");
    for (let i = 0; i < 3; i++) await post(rollup, "0x");
    for (const size of [0, 500, 2_000, 20_000, 118_784]) {
      const { gas, floor } = await post(rollup, `0x${"a7".repeat(size)}`);
      console.log(`      ${size} bytes: ${gas} gas, of which calldata's floor ${floor}`);
      if (size > 3_000) expect(gas).to.equal(floor);
      else expect(gas).to.be.lessThan(180_000n);
    }
  });
});
