// openDual: both sides of a channel funded by one transaction, B's from its vault.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import type { Draw } from "../../src/channels/typedData.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import { channelOf } from "./channel.ts";
import type { Channel } from "./channel.ts";
import { expectMade, expectRejected, openCourt } from "./court.ts";

const court = await openCourt();
const { alice, bob } = court;

function drawOf(channel: Channel, overrides: Partial<Draw> = {}): Draw {
  const deadline = court.now() + 100n;
  return { channelId: channel.id, token: ETHER, total: 7n, against: 5n, deadline, ...overrides };
}

async function open(
  channel: Channel,
  draw: Draw,
  amount = 5n,
  signature = channel.drawSignature(draw, bob.secret),
) {
  return court.make({ kind: "openDual", params: channel.params, amount, draw, signature }, alice);
}

async function fillVault(amount: bigint): Promise<void> {
  const account = bob.account;
  await court.make({ kind: "depositVault", account, token: ETHER, amount }, bob);
}

const depositsOf = (channel: Channel) => {
  const { depositedA, depositedB } = Ledger.potOf(court.model(), channel.id, ETHER);
  return [depositedA, depositedB];
};

describe("opening both sides at once", () => {
  it("adds A's money, and from B's vault what its deposits lack of the total", async () => {
    const channel = channelOf(court);
    await fillVault(20n);
    await channel.fund(true, 3n);
    expectMade(await open(channel, drawOf(channel)));
    expect(depositsOf(channel)).to.deep.equal([5n, 7n]);
    expect(Vaults.vaultOf(court.model().book, bob.account, ETHER)).to.equal(16n);
  });

  it("draws once however often the draw is used", async () => {
    const channel = channelOf(court);
    await fillVault(20n);
    const draw = drawOf(channel);
    await open(channel, draw);
    const left = Vaults.vaultOf(court.model().book, bob.account, ETHER);
    expectMade(await open(channel, draw, 1n));
    expect(depositsOf(channel)).to.deep.equal([6n, 7n]);
    expect(Vaults.vaultOf(court.model().book, bob.account, ETHER)).to.equal(left);
  });

  it("needs A's deposits to reach what B draws against", async () => {
    const channel = channelOf(court);
    expectRejected(await open(channel, drawOf(channel), 4n), "DepositBelowDraw", [5n, 4n]);
    await channel.fund(false, 1n);
    expectMade(await open(channel, drawOf(channel), 4n));
  });

  it("needs what is missing to lie in B's vault", async () => {
    const channel = channelOf(court);
    const left = Vaults.vaultOf(court.model().book, bob.account, ETHER);
    const draw = drawOf(channel, { total: left + 1n });
    expectRejected(await open(channel, draw), "VaultTooLow", [bob.account, ETHER, left, left + 1n]);
  });

  it("takes a draw up to its deadline and not after it", async () => {
    const channel = channelOf(court);
    const draw = drawOf(channel, { deadline: court.now() + 2n });
    court.wait(2n);
    expectRejected(await open(channel, draw), "DrawExpired", [draw.deadline, draw.deadline + 1n]);
    const onTime = drawOf(channel, { deadline: court.now() + 1n });
    expectMade(await open(channel, onTime));
  });

  it("takes a draw of this channel only", async () => {
    const channel = channelOf(court);
    const other = channelOf(court);
    const here = TypedData.drawHash({ ...drawOf(other), channelId: channel.id });
    const reason = [bob.account, TypedData.digest(court.domain, here)];
    expectRejected(await open(channel, drawOf(other)), "DrawNotSigned", reason);
  });

  it("takes B's own signature, not its key's, not A's, and none on another draw", async () => {
    const channel = channelOf(court, { keyB: bob.keyAddress });
    const draw = drawOf(channel);
    const digest = TypedData.digest(court.domain, TypedData.drawHash(draw));
    for (const secret of [bob.keySecret, alice.secret, alice.keySecret]) {
      const signature = channel.drawSignature(draw, secret);
      const reason = [bob.account, digest];
      expectRejected(await open(channel, draw, 5n, signature), "DrawNotSigned", reason);
    }
    const other = channel.drawSignature({ ...draw, total: 8n }, bob.secret);
    expectRejected(await open(channel, draw, 5n, other), "DrawNotSigned", [bob.account, digest]);
  });

  it("of a token draws that token", async () => {
    const { token } = await court.mint();
    const channel = channelOf(court);
    await court.make({ kind: "depositVault", account: bob.account, token, amount: 9n }, bob);
    expectMade(await open(channel, drawOf(channel, { token })));
    expect(Ledger.potOf(court.model(), channel.id, token)).to.include({
      depositedA: 5n,
      depositedB: 7n,
    });
    const draw = drawOf(channel, { token, total: 8n });
    const signature = channel.drawSignature(draw, bob.secret);
    const call = { kind: "openDual", params: channel.params, amount: 5n, draw, signature } as const;
    expectRejected(await court.make(call, alice, 5n), "WrongValue", [0n, 5n]);
  });

  it("is refused once the pot has paid", async () => {
    const channel = channelOf(court);
    await channel.fund(false, 1n);
    await channel.close(channel.agreed(1n, { isFinal: true }));
    expectRejected(await open(channel, drawOf(channel)), "PotSettled", [channel.id, ETHER]);
  });
});
