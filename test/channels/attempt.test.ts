// attempt: many calls of one sender, each as if alone.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, NO_SIGNATURE, channelOf } from "./channel.ts";
import { eventsIn, expectMade, openCourt } from "./court.ts";

const court = await openCourt();
const { alice, bob, carol } = court;

describe("attempting many calls", () => {
  it("undoes only the one that fails, and says why", async () => {
    const good = channelOf(court);
    const stale = channelOf(court);
    await good.challenge(good.agreed(1n));
    await stale.challenge(stale.agreed(5n));
    const calls = [good, stale].map(({ params, agreed }) => ({
      kind: "respond" as const,
      params,
      presented: agreed(4n),
    }));
    const outcome = await court.make({ kind: "attempt", calls }, carol);
    expect(eventsIn(court, outcome, "AttemptFailed")).to.deep.equal([
      { kind: "AttemptFailed", index: 1n, reason: ["StaleVersion", 5n, 4n] },
    ]);
    expect(Ledger.headOf(court.model(), good.id)).to.include({ version: 4n, deadline: 0n });
    const data = court.abi.encodeFunctionData("attempt", [["0x", "0x12345678"]]);
    const result = await court.ethers.provider.call({ to: court.address, data });
    expect(court.abi.decodeFunctionResult("attempt", result)[0]).to.deep.equal([false, false]);
  });

  it("keeps the sender: it may challenge, and its vault is its own", async () => {
    const channel = channelOf(court);
    const { params } = channel;
    const account = alice.account;
    await court.make({ kind: "depositVault", account, token: ETHER, amount: 9n }, bob);
    const presented = channel.agreed(1n);
    const calls = [
      { kind: "challenge", params, presented, signature: NO_SIGNATURE },
      { kind: "vaultOut", token: ETHER, to: carol.account, amount: 4n },
    ] as const;
    const own = await court.make({ kind: "attempt", calls }, alice);
    expect(eventsIn(court, own, "AttemptFailed")).to.deep.equal([]);
    expect(Vaults.vaultOf(court.model().book, account, ETHER)).to.equal(5n);
    const theft = await court.make({ kind: "attempt", calls }, carol);
    expect(eventsIn(court, theft, "AttemptFailed")).to.have.length(2);
  });

  it("carries no ether, so that no two calls can count the same", async () => {
    const { id } = channelOf(court);
    const bonded = channelOf(court, { bond: 5n });
    const { params } = bonded;
    const calls = [
      { kind: "depositVault", account: alice.account, token: ETHER, amount: 1n },
      { kind: "challenge", params, presented: bonded.agreed(1n), signature: NO_SIGNATURE },
      { kind: "depositEth", id, toB: false },
    ] as const;
    const outcome = await court.make({ kind: "attempt", calls }, alice);
    const reasons = eventsIn(court, outcome, "AttemptFailed").map(({ reason }) => reason);
    expect(reasons).to.deep.equal([
      ["WrongValue", 1n, 0n],
      ["WrongBond", 5n, 0n],
    ]);
    expect(Ledger.potOf(court.model(), id, ETHER).depositedA).to.equal(0n);
    const data = court.abi.encodeFunctionData("attempt", [[]]);
    expect((await court.send(data, alice, 1n)).kind).to.equal("rejected");
    const many = court.abi.encodeFunctionData("closeMany", [[]]);
    expect((await court.send(many, alice, 1n)).kind).to.equal("rejected");
  });

  it("may hold attempts itself", async () => {
    const channel = channelOf(court);
    await channel.fund(false, 5n);
    await channel.challenge(channel.initial);
    court.wait(HOUR);
    const settle = { kind: "settle", params: channel.params, tokens: [ETHER] } as const;
    const inner = { kind: "attempt", calls: [settle, settle] } as const;
    const outcome = await court.make({ kind: "attempt", calls: [inner, settle] }, carol);
    expect(eventsIn(court, outcome, "Settled")).to.have.length(1);
    expect(eventsIn(court, outcome, "AttemptFailed")).to.have.length(2);
  });

  it("with too little gas for one fails that one or everything, and pays nobody short", async () => {
    const channel = channelOf(court);
    await channel.fund(false, 5n);
    await channel.challenge(channel.initial);
    court.wait(HOUR);
    const { params } = channel;
    const calls = [{ kind: "settle", params, tokens: [ETHER] }] as const;
    const data = AdjudicatorAbi.encode(court.abi, { kind: "attempt", calls });
    for (const gas of [60_000n, 80_000n, 120_000n, 170_000n]) {
      const outcome = await court.send(data, carol, 0n, gas);
      if (outcome.kind === "made") {
        expect(eventsIn(court, outcome, "AttemptFailed")).to.have.length(1);
      }
      expect((await court.contract.potOf(channel.id, court.ethers.ZeroAddress)).isSettled).to.equal(
        false,
      );
    }
    expectMade(await channel.settle());
  });
});
