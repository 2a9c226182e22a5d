// A withdrawal under claims that wait on one another, as deep as somebody pays for: 4 ETH each, which come back.
import { expect } from "chai";
import { network } from "hardhat";
import { ACCUMULATOR, GENESIS } from "../dispute/toyTrace.ts";
import * as Calldata from "../dispute/calldata.ts";
import { hashOf, message, outbox } from "../harness/withdrawals.ts";

const TIMEOUT = 10_000;
const MATURITY = 60;
const CLAIMS_PER_CALL = 75;
/** docs/bounds.md, section 7. */
const MOST_GAS = 3_500_000n;

async function courtOf(depth: number) {
  const { ethers, provider } = await network.create("l1");
  const [, user, attacker] = await ethers.getSigners();
  if (user === undefined || attacker === undefined) expect.fail("an L1 has twenty accounts");
  const inbox = await ethers.deployContract("ToyInbox");
  await inbox.post(ACCUMULATOR, 2n ** 20n);
  const game = await ethers.deployContract("DisputeGame", [
    [inbox, ethers.ZeroAddress, 2, 3, TIMEOUT, 0n, 0n],
    Calldata.blockDoneTuple(GENESIS),
  ]);
  const registry = await ethers.deployContract("GameRegistry", [game, 0n]);
  const portal = await ethers.deployContract("Portal", [ethers.ZeroAddress, registry, MATURITY]);

  const sent = message({ target: user.address });
  const box = await outbox([sent]);
  const genesis = await game.latestConfirmed();
  const chain = await ethers.deployContract("ClaimChain", [game, genesis, box.root]);
  for (let left = depth; left > 0; left -= CLAIMS_PER_CALL)
    await chain.extend(Math.min(left, CLAIMS_PER_CALL), ACCUMULATOR);

  const proof = await box.prove(sent);
  const provedBy = async (signer: typeof user, index: number) => {
    const by = portal.connect(signer);
    const proven = await by.proveWithdrawalTransaction(sent, index, box.output, proof);
    return (await proven.wait())?.gasUsed ?? 0n;
  };
  const confirmFirst = async () => {
    await provider.request({ method: "evm_increaseTime", params: [TIMEOUT] });
    const proposed = game.filters.Proposed;
    if (proposed === undefined) expect.fail("the game logs claims");
    const [first] = await game.queryFilter(proposed(genesis));
    if (first === undefined || !("args" in first)) expect.fail("there is a claim on genesis");
    await game.confirm(genesis, first.args.root, []);
  };
  const finalizedBy = async (signer: typeof user) => {
    const paid = await portal.connect(signer).finalizeWithdrawalTransaction(sent);
    return (await paid.wait())?.gasUsed ?? 0n;
  };
  const hash = hashOf(sent);
  const submitter = () => portal.proofSubmitters(hash, 0);
  return { provider, portal, user, attacker, hash, provedBy, confirmFirst, finalizedBy, submitter };
}

describe("a withdrawal under claims that wait on one another", function () {
  this.timeout(60_000);
  let court: Awaited<ReturnType<typeof courtOf>>;
  let snapshot: unknown;

  before(async () => {
    court = await courtOf(1_000);
  });
  beforeEach(async () => {
    snapshot = await court.provider.request({ method: "evm_snapshot" });
  });
  afterEach(() => court.provider.request({ method: "evm_revert", params: [snapshot] }));

  for (const depth of [10, 100, 1_000]) {
    it(`is proven and paid for no more than is bounded, where somebody has proven under claim ${depth}`, async () => {
      const { user, attacker, provedBy, confirmFirst, finalizedBy } = court;
      const deepest = await provedBy(attacker, depth);
      const first = await provedBy(user, 1);
      await confirmFirst();
      const finalize = await finalizedBy(user);
      console.log(`      prove the last ${deepest}, prove the first ${first}, pay ${finalize} gas`);
      for (const gas of [deepest, first, finalize]) expect(gas < MOST_GAS).to.equal(true);
    });
  }

  it("costs no more than two walks, where the same account has proven it under a late claim too", async () => {
    const { user, attacker, provedBy, submitter } = court;
    await provedBy(attacker, 257);
    await provedBy(user, 256);
    const gas = await provedBy(user, 1);
    expect(gas < 2n * MOST_GAS, `${gas}`).to.equal(true);
    expect(await submitter()).to.equal(user.address);
  });

  it("stays on record under a claim 257 later until the earlier one is confirmed, and is paid by either's proof", async () => {
    const { user, attacker, portal, provedBy, confirmFirst, finalizedBy, submitter, hash } = court;
    await provedBy(attacker, 258);
    await provedBy(user, 1);
    expect(await submitter()).to.equal(attacker.address);
    await confirmFirst();
    await provedBy(user, 1);
    expect(await submitter()).to.equal(user.address);
    await finalizedBy(attacker);
    expect(await portal.finalizedWithdrawals(hash)).to.equal(true);
  });
});
