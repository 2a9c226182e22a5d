// Tokens with bad manners: what they cost is theirs, and never another token's or another channel's.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, channelOf } from "./channel.ts";
import { MANNERS, eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const court = await openCourt();
const { alice, bob, carol } = court;

/** A channel that holds ether and a token of these manners, which it had not yet when it was deposited. */
async function mixed(manner: string) {
  const { token, contract } = await court.mint();
  const channel = channelOf(court);
  await channel.fund(false, 100n);
  const deposit = { kind: "deposit", id: channel.id, toB: false, token, amount: 90n } as const;
  expectMade(await court.make(deposit, alice));
  await contract.behave(MANNERS.indexOf(manner), "0x");
  const assets = [token, ETHER].map((one) => ({ token: one, net: 30n, outA: 7n, outB: 0n }));
  return { channel, token, contract, assets };
}

/** The model's word for a token that does not pay. */
function refuse(token: Uint8Array): void {
  court.rules.arrives = (one) => one !== token && Hex.key(one) !== Hex.key(token);
}

const vault = (account: Uint8Array, token: Uint8Array) =>
  Vaults.vaultOf(court.model().book, account, token);

describe("a token", () => {
  afterEach(() => {
    court.rules.arrives = () => true;
    court.rules.received = (_, amount) => amount;
  });

  it("that returns nothing comes in and goes out like any other", async () => {
    const { token, contract } = await court.mint("SILENT");
    const channel = channelOf(court, { token });
    const { id } = channel;
    expectMade(await court.make({ kind: "deposit", id, toB: false, token, amount: 90n }, alice));
    const before = await contract.balanceOf(Hex.fromBytes(bob.account));
    expectMade(await channel.close(channel.agreed(1n, { net: 30n, isFinal: true })));
    expect((await contract.balanceOf(Hex.fromBytes(bob.account))) - before).to.equal(30n);
    const deposit = { kind: "depositVault", account: bob.account, token, amount: 5n } as const;
    expectMade(await court.make(deposit, alice));
    const out = { kind: "vaultOut", token, to: carol.account, amount: 5n } as const;
    expectMade(await court.make(out, bob));
  });

  for (const manner of ["FALSE", "REVERTING", "BURNING"]) {
    it(`that is ${manner.toLowerCase()} on the way out fills vaults, and blocks no other`, async () => {
      const { channel, token, assets } = await mixed(manner);
      refuse(token);
      const outcome = await channel.withdraw(channel.agreed(1n, { assets }));
      expect(eventsIn(court, outcome, "Withdrawn")).to.have.length(2);
      expectMade(await channel.close(channel.agreed(2n, { assets, isFinal: true })));
      expect([vault(alice.account, token), vault(bob.account, token)]).to.deep.equal([60n, 30n]);
    });
  }

  it("that throws a bomb of returned data is paid, and the bomb goes off in its own gas", async () => {
    const { channel, token, assets } = await mixed("BOMB");
    const { gas } = expectMade(await channel.close(channel.agreed(2n, { assets, isFinal: true })));
    expect(gas).to.be.lessThan(600_000n);
    expect(vault(alice.account, token)).to.equal(0n);
  });

  it("that comes to its senses is paid out of the vault", async () => {
    const { channel, token, contract, assets } = await mixed("REVERTING");
    refuse(token);
    await channel.close(channel.agreed(2n, { assets, isFinal: true }));
    const out = { kind: "vaultOut", token, to: carol.account, amount: 30n } as const;
    const data = AdjudicatorAbi.encode(court.abi, out);
    expect((await court.send(data, bob)).kind).to.equal("rejected");
    await contract.behave(MANNERS.indexOf("PLAIN"), "0x");
    expectMade(await court.make(out, bob));
    expect(vault(bob.account, token)).to.equal(0n);
  });

  it("that blocks one party pays the other", async () => {
    const { channel, token, contract, assets } = await mixed("PLAIN");
    await contract.setBlocked(Hex.fromBytes(alice.account), true);
    court.rules.arrives = (one, to) =>
      Hex.key(one) !== Hex.key(token) || Hex.key(to) !== Hex.key(alice.account);
    await channel.challenge(channel.agreed(2n, { assets }));
    court.wait(HOUR);
    const presented = channel.agreed(2n, { assets });
    expectMade(await channel.settleState(presented, [], [token, ETHER]));
    expect([vault(alice.account, token), vault(bob.account, token)]).to.deep.equal([60n, 0n]);
    const out = { kind: "vaultOut", token, to: carol.account, amount: 60n } as const;
    expectMade(await court.make(out, alice));
  });

  for (const manner of ["FALSE", "REVERTING", "BURNING"]) {
    it(`that is ${manner.toLowerCase()} on the way in is not taken`, async () => {
      const { token } = await court.mint(manner);
      const { id } = channelOf(court);
      const call = { kind: "deposit", id, toB: false, token, amount: 9n } as const;
      const outcome = await court.send(AdjudicatorAbi.encode(court.abi, call), alice);
      expect(outcome.kind).to.equal("rejected");
      if (manner === "FALSE") expectRejected(outcome, "SafeERC20FailedOperation", [token]);
      await court.expectSolvent();
    });
  }

  it("that takes a fee on the way out pays less, and only its own payee less", async () => {
    const { channel, token, contract, assets } = await mixed("TAKING_A_FEE");
    expectMade(await channel.close(channel.agreed(2n, { assets, isFinal: true })));
    expect(await contract.balanceOf(court.address)).to.equal(0n);
    expect(vault(alice.account, token)).to.equal(0n);
  });

  describe("that calls back while it moves", () => {
    // Every guarded way in, with arguments that would do harm if they were heard.
    async function reentries() {
      const { token, contract } = await court.mint();
      const channel = channelOf(court, { token });
      const { id, params } = channel;
      await court.make({ kind: "deposit", id, toB: false, token, amount: 90n }, alice);
      const last = channel.agreed(2n, { net: 30n, outA: 5n, isFinal: true });
      const draw = { channelId: id, token, total: 0n, against: 0n, deadline: 2n ** 40n - 1n };
      const signature = channel.drawSignature(draw, bob.secret);
      const calls = [
        { kind: "deposit", id, toB: true, token, amount: 1n },
        { kind: "openDual", params, amount: 1n, draw, signature },
        { kind: "depositVault", account: carol.account, token, amount: 1n },
        { kind: "vaultOut", token, to: carol.account, amount: 0n },
        { kind: "withdraw", params, presented: last },
        { kind: "close", params, last },
        { kind: "closeToVault", params, last },
        { kind: "settle", params, tokens: [token] },
        { kind: "settleState", params, presented: last, locks: new Uint8Array(0), tokens: [token] },
      ] as const;
      return { token, contract, channel, last, calls };
    }

    it("is refused, on the way in and on the way out", async () => {
      const { token, contract, channel, last, calls } = await reentries();
      const refused = court.ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);
      for (const call of calls) {
        const data = AdjudicatorAbi.encode(court.abi, call);
        await contract.behave(MANNERS.indexOf("REENTERING"), data);
        const { id } = channelOf(court);
        expectMade(await court.make({ kind: "deposit", id, toB: true, token, amount: 3n }, alice));
        expect(await contract.reentryResult(), call.kind).to.equal(refused);
      }
      await contract.behave(
        MANNERS.indexOf("REENTERING"),
        AdjudicatorAbi.encode(court.abi, {
          kind: "withdraw",
          params: channel.params,
          presented: last,
        }),
      );
      expectMade(await channel.close(last));
      expect(await contract.reentryResult()).to.equal(refused);
      expect(Ledger.potOf(court.model(), channel.id, token).isDrawn).to.equal(false);
    });

    it("by attempt changes nothing", async () => {
      const { token, contract, channel, calls } = await reentries();
      const data = AdjudicatorAbi.encode(court.abi, { kind: "attempt", calls });
      await contract.behave(MANNERS.indexOf("REENTERING"), data);
      const { id } = channelOf(court);
      const deposit = { kind: "deposit", id, toB: true, token, amount: 3n } as const;
      const outcome = await court.send(AdjudicatorAbi.encode(court.abi, deposit), alice);
      const names = expectMade(outcome).receipt.logs.flatMap(
        (log) => court.abi.parseLog(log)?.name ?? [],
      );
      expect(names).to.deep.equal([...calls.map(() => "AttemptFailed"), "Deposited"]);
      const pot = await court.contract.potOf(channel.id, Hex.fromBytes(token));
      expect(pot.isSettled).to.equal(false);
    });
  });
});
