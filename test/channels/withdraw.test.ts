// withdraw: what a state authorises in all, less what was withdrawn before.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import { HOUR, channelOf } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const court = await openCourt();
const { alice } = court;

async function funded() {
  const channel = channelOf(court);
  await channel.fund(false, 100n);
  await channel.fund(true, 50n);
  return channel;
}

describe("a withdrawal", () => {
  it("pays each side what is authorised and leaves the channel as it is", async () => {
    const channel = await funded();
    const outcome = await channel.withdraw(channel.agreed(3n, { net: 2n, outA: 10n, outB: 20n }));
    expect(eventsIn(court, outcome, "Withdrawn")[0]).to.include({ toA: 10n, toB: 20n });
    expect(Ledger.headOf(court.model(), channel.id).version).to.equal(0n);
    const drawn = await court.contract.drawnOf(channel.id, court.ethers.ZeroAddress);
    expect([...drawn]).to.deep.equal([10n, 20n]);
  });

  it("of an older state after a newer one pays nothing twice, in either order", async () => {
    const channel = await funded();
    const older = channel.agreed(3n, { outA: 10n });
    const newer = channel.agreed(4n, { outA: 30n, outB: 5n });
    expectMade(await channel.withdraw(newer));
    expectRejected(await channel.withdraw(older), "NothingToWithdraw", [channel.id]);
    expectRejected(await channel.withdraw(newer), "NothingToWithdraw", [channel.id]);

    const other = await funded();
    expectMade(await other.withdraw(other.agreed(3n, { outA: 10n })));
    const rest = await other.withdraw(other.agreed(4n, { outA: 30n, outB: 5n }));
    expect(eventsIn(court, rest, "Withdrawn")[0]).to.include({ toA: 20n, toB: 5n });
  });

  it("beyond the deposits is refused, and may be made after a top-up", async () => {
    const channel = await funded();
    const presented = channel.agreed(3n, { outA: 100n, outB: 51n });
    expectRejected(await channel.withdraw(presented), "WithdrawalExceedsPot", [ETHER, 150n, 151n]);
    await channel.fund(true, 1n);
    expectMade(await channel.withdraw(presented));
  });

  it("reaches as far as 2^128 - 1 on both sides without overflowing", async () => {
    const channel = await funded();
    const max = 2n ** 128n - 1n;
    const presented = channel.agreed(3n, { outA: max, outB: max });
    expectRejected(await channel.withdraw(presented), "WithdrawalExceedsPot", [
      ETHER,
      150n,
      2n * max,
    ]);
  });

  it("needs both signatures on a state of this channel", async () => {
    const channel = await funded();
    const presented = channel.agreed(3n, { outA: 10n });
    const hash = ChannelState.hash(presented.state);
    const { signatureA, signatureB } = presented;
    for (const signatures of [
      { signatureA: signatureB, signatureB: signatureA },
      { signatureA, signatureB: signatureA },
      { signatureA, signatureB: new Uint8Array(64) },
      { signatureA: new Uint8Array(0), signatureB },
    ]) {
      const half = { ...presented, ...signatures };
      expectRejected(await channel.withdraw(half), "NotCoSigned", [hash]);
    }
    const other = await funded();
    const here = other.hashHere(presented.state);
    expectRejected(await other.withdraw(presented), "NotCoSigned", [here]);
  });

  it("signed but not made stays what it was: the older state settles without it", async () => {
    const channel = await funded();
    const older = channel.agreed(2n, { net: 10n });
    channel.agreed(3n, { net: 10n, outA: 40n });
    await channel.challenge(older);
    court.wait(HOUR);
    expect(eventsIn(court, await channel.settle(), "Settled")[0]).to.include({
      toA: 90n,
      toB: 60n,
    });
  });

  it("that was made counts against its side, whichever state settles", async () => {
    for (const version of [2n, 3n]) {
      const channel = await funded();
      const newer = channel.agreed(3n, { net: 10n, outA: 40n });
      await channel.withdraw(newer);
      await channel.challenge(version === 3n ? newer : channel.agreed(2n, { net: 10n }));
      court.wait(HOUR);
      const settled = eventsIn(court, await channel.settle(), "Settled")[0];
      expect(settled).to.include({ toA: 50n, toB: 60n });
    }
  });

  it("after the pot has paid is refused, while the other pots go on", async () => {
    const { token } = await court.mint();
    const channel = await funded();
    const { id } = channel;
    await court.make({ kind: "deposit", id, toB: false, token, amount: 9n }, alice);
    await channel.close(channel.agreed(3n, { isFinal: true }));
    const assets = [
      { token: ETHER, net: 0n, outA: 10n, outB: 0n },
      { token, net: 0n, outA: 4n, outB: 0n },
    ];
    const outcome = await channel.withdraw(channel.agreed(2n, { assets }));
    const [first, ...others] = eventsIn(court, outcome, "Withdrawn");
    expect(first).to.include({ toA: 4n });
    expect(others).to.deep.equal([]);
    expectRejected(await channel.withdraw(channel.agreed(2n, { outA: 1n })), "NothingToWithdraw", [
      id,
    ]);
  });

  it("of a state that names a token twice pays the larger entry once", async () => {
    const channel = await funded();
    const entry = (outA: bigint) => ({ token: ETHER, net: 0n, outA, outB: 0n });
    const outcome = await channel.withdraw(channel.agreed(1n, { assets: [entry(5n), entry(8n)] }));
    expect(eventsIn(court, outcome, "Withdrawn").map(({ toA }) => toA)).to.deep.equal([5n, 3n]);
    expect(Ledger.drawnOf(court.model(), channel.id, ETHER)).to.deep.equal({ outA: 8n, outB: 0n });
  });

  it("of the initial state, which nobody signs, is none", async () => {
    const channel = await funded();
    const hash = ChannelState.hash(channel.initial.state);
    expectRejected(await channel.withdraw(channel.initial), "NotCoSigned", [hash]);
    const empty = channel.signState(channel.initial.state);
    expectRejected(await channel.withdraw(empty), "NothingToWithdraw", [channel.id]);
  });
});
