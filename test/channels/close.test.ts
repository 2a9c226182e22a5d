// close, closeToVault, closeMany: the end on which both agree.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as PackedCall from "../../src/channels/packedCall.ts";
import * as Params from "../../src/channels/params.ts";
import { HOUR, NOTHING, channelOf, hashLock } from "./channel.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const court = await openCourt();
const { alice, bob, carol } = court;

async function funded(overrides: Parameters<typeof channelOf>[1] = {}) {
  const channel = channelOf(court, overrides);
  await channel.fund(false, 100n);
  await channel.fund(true, 50n);
  return channel;
}

const balanceOf = (account: Uint8Array) => court.ethers.provider.getBalance(Hex.fromBytes(account));

describe("a close", () => {
  it("pays both sides at once, whoever sends it", async () => {
    const channel = await funded();
    const before = [await balanceOf(alice.account), await balanceOf(bob.account)];
    expectMade(await channel.close(channel.agreed(9n, { net: 30n, isFinal: true }), carol));
    const after = [await balanceOf(alice.account), await balanceOf(bob.account)];
    expect(after.map((amount, i) => amount - (before[i] ?? 0n))).to.deep.equal([70n, 80n]);
  });

  it("needs a final state without locks and without an app", async () => {
    const channel = await funded();
    expectRejected(await channel.close(channel.agreed(9n)), "StateNotFinal", [channel.id, 9n]);
    const { lock } = hashLock(1n, court.now() + HOUR);
    const locked = channel.agreed(9n, { isFinal: true, locks: [lock] });
    const { locks } = locked.state;
    expectRejected(await channel.close(locked), "StateConditional", [locks, NOTHING]);
    const app = { app: alice.account, codeHash: NOTHING, data: NOTHING };
    const playing = channel.agreed(9n, { isFinal: true, app });
    const reason = [NOTHING, playing.state.app];
    expectRejected(await channel.close(playing), "StateConditional", reason);
  });

  it("needs both signatures, each at its place", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { isFinal: true });
    const { signatureA, signatureB } = last;
    const swapped = { ...last, signatureA: signatureB, signatureB: signatureA };
    const hash = ChannelState.hash(last.state);
    expectRejected(await channel.close(swapped), "NotCoSigned", [hash]);
    const other = await funded();
    expectRejected(await other.close(last), "NotCoSigned", [other.hashHere(last.state)]);
  });

  it("means nothing where both sides are one, or one is nobody", async () => {
    const same = {
      a: alice.account,
      b: alice.account,
      keyA: alice.keyAddress,
      keyB: bob.keyAddress,
    };
    const oneKey = { keyA: alice.keyAddress, keyB: alice.keyAddress };
    const nobody = { b: ETHER, keyB: ETHER };
    const crossed = { keyA: bob.account };
    for (const overrides of [same, oneKey, nobody, crossed]) {
      const channel = await funded(overrides);
      const last = channel.agreed(9n, { isFinal: true });
      const hash = ChannelState.hash(last.state);
      expectRejected(await channel.close(last), "NotCoSigned", [hash]);
    }
  });

  it("happens once", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { net: 30n, isFinal: true });
    expectMade(await channel.close(last));
    expectRejected(await channel.close(last), "NothingToSettle", [channel.id]);
  });

  it("of a state that names no assets pays nothing", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { assets: [], isFinal: true });
    expectRejected(await channel.close(last), "NothingToSettle", [channel.id]);
  });

  it("of a state that names a token twice goes by the first entry", async () => {
    const channel = await funded();
    const entry = (net: bigint) => ({ token: ETHER, net, outA: 0n, outB: 0n });
    const last = channel.agreed(9n, { assets: [entry(10n), entry(90n)], isFinal: true });
    const settled = eventsIn(court, await channel.close(last), "Settled");
    expect(settled.map(({ toA }) => toA)).to.deep.equal([90n]);
  });

  it("counts a top-up that comes before it, and refuses one that comes after it", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { net: 30n, isFinal: true });
    await channel.fund(true, 11n);
    expect(eventsIn(court, await channel.close(last), "Settled")[0]).to.include({
      toA: 70n,
      toB: 91n,
    });
    expectRejected(await channel.fund(true, 11n), "PotSettled", [channel.id, ETHER]);
  });

  it("cannot pay more than the pot holds, in either direction", async () => {
    for (const [net, toA] of [
      [2n ** 127n - 1n, 0n],
      [-(2n ** 127n), 150n],
    ] as const) {
      const channel = await funded();
      const outcome = await channel.close(channel.agreed(9n, { net, isFinal: true }));
      expect(eventsIn(court, outcome, "Settled")[0]).to.include({ toA, toB: 150n - toA });
    }
  });

  it("is signed for one deployment on one chain", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { isFinal: true });
    const elsewhere = await court.ethers.deployContract("Adjudicator");
    const home = Params.home(31_337n, Hex.toBytes(await elsewhere.getAddress()));
    expect(await elsewhere.HOME()).to.equal(Hex.fromBytes(home));
    expect(Params.channelId(channel.params, home)).not.to.deep.equal(channel.id);
    const { params } = channel;
    const data = AdjudicatorAbi.encode(court.abi, { kind: "close", params, last });
    const idThere = Params.channelId(params, home);
    await expect(court.ethers.provider.call({ to: await elsewhere.getAddress(), data }))
      .to.be.revertedWithCustomError(court.contract, "NotCoSigned")
      .withArgs(Hex.fromBytes(ChannelState.hash({ ...last.state, channelId: idThere })));
  });

  it("while a clock runs gives the challenger its bond back, and a late response takes nothing", async () => {
    const channel = await funded({ bond: 40n });
    await channel.challenge(channel.agreed(1n));
    const last = channel.agreed(5n, { isFinal: true });
    const paid = eventsIn(court, await channel.close(last), "BondPaid");
    expect(paid).to.deep.equal([
      {
        kind: "BondPaid",
        id: Hex.fromBytes(channel.id),
        account: text(alice.account),
        amount: 40n,
      },
    ]);
    const answer = await channel.respond(channel.agreed(4n));
    expect(eventsIn(court, answer, "BondPaid")).to.deep.equal([]);
  });
});

describe("closing to the vault", () => {
  it("keeps the sender's own share in its vault and pays the other", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { net: 30n, isFinal: true });
    const before = await balanceOf(alice.account);
    const vault = Vaults.vaultOf(court.model().book, bob.account, ETHER);
    const call = { kind: "closeToVault", params: channel.params, last } as const;
    expectMade(await court.make(call, bob));
    expect((await balanceOf(alice.account)) - before).to.equal(70n);
    expect(Vaults.vaultOf(court.model().book, bob.account, ETHER) - vault).to.equal(80n);
  });

  it("by a stranger keeps nothing back", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { isFinal: true });
    const call = { kind: "closeToVault", params: channel.params, last } as const;
    expect(eventsIn(court, await court.make(call, carol), "VaultCredited")).to.deep.equal([]);
  });
});

describe("closing many", () => {
  it("leaves out a bad one and says why", async () => {
    const channels = [await funded(), await funded(), await funded()];
    const closings = channels.map((channel, i) => ({
      params: channel.params,
      last: channel.agreed(9n, { net: 10n, isFinal: i !== 1 }),
    }));
    const outcome = await court.make({ kind: "closeMany", closings }, bob);
    const [failed, ...others] = eventsIn(court, outcome, "AttemptFailed");
    expect(others).to.deep.equal([]);
    const id = channels[1]?.id ?? NOTHING;
    expect(failed).to.deep.include({ index: 1n, reason: ["StateNotFinal", text(id), 9n] });
    for (const [i, channel] of channels.entries()) {
      expect(Ledger.potOf(court.model(), channel.id, ETHER).isSettled).to.equal(i !== 1);
    }
  });

  it("leaves out what is no encoded closing at all", async () => {
    const channel = await funded();
    const last = channel.agreed(9n, { isFinal: true });
    const { params } = channel;
    const closing = PackedCall.pack({ kind: "closeToVault", params, last });
    const data = court.abi.encodeFunctionData("closeMany", [
      ["0x", closing.subarray(0, 300), closing],
    ]);
    const { receipt } = expectMade(await court.send(data, bob));
    const names = receipt.logs.map((log) => court.abi.parseLog(log)?.name);
    expect(names).to.deep.equal(["AttemptFailed", "AttemptFailed", "Settled", "VaultCredited"]);
  });
});

function text(bytes: Uint8Array): string {
  return Hex.fromBytes(bytes);
}
