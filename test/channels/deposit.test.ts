// The ways in: depositEth, deposit, depositVault; and the way out of a vault.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { channelOf } from "./channel.ts";
import { expectMade, expectRejected, openCourt } from "./court.ts";

const MAX_DEPOSIT = 2n ** 112n - 1n;

const court = await openCourt();
const { alice, bob, carol } = court;

describe("a deposit", () => {
  it("of ether by anybody counts for the side that it names", async () => {
    const channel = channelOf(court);
    expectMade(await channel.fund(false, 5n));
    expectMade(await channel.fund(true, 7n));
    expectMade(await channel.fund(false, 1n));
    const pot = await court.contract.potOf(channel.id, Hex.fromBytes(ETHER));
    expect([...pot]).to.deep.equal([6n, 7n, false, false]);
  });

  it("of a token counts for the side that it names", async () => {
    const { token } = await court.mint();
    const { id } = channelOf(court);
    expectMade(await court.make({ kind: "deposit", id, toB: true, token, amount: 9n }, alice));
    expect(Ledger.potOf(court.model(), id, token)).to.include({ depositedA: 0n, depositedB: 9n });
  });

  it("counts what arrives, not what was said, of a token that takes a fee", async () => {
    const { token } = await court.mint("TAKING_A_FEE");
    court.rules.received = (_, amount) => amount - amount / 100n;
    const { id } = channelOf(court);
    await court.make({ kind: "deposit", id, toB: false, token, amount: 1_000n }, alice);
    expect(Ledger.potOf(court.model(), id, token).depositedA).to.equal(990n);
    await court.make({ kind: "depositVault", account: bob.account, token, amount: 500n }, alice);
    expect(Vaults.vaultOf(court.model().book, bob.account, token)).to.equal(495n);
    court.rules.received = (_, amount) => amount;
  });

  it("may fill a side to 2^112 - 1 and not beyond", async () => {
    const { token } = await court.mint();
    const { id } = channelOf(court);
    const deposit = async (toB: boolean, amount: bigint) =>
      court.make({ kind: "deposit", id, toB, token, amount }, alice);
    const excess = [MAX_DEPOSIT, MAX_DEPOSIT + 1n];
    expectMade(await deposit(false, MAX_DEPOSIT));
    expectRejected(await deposit(false, 1n), "DepositTooLarge", excess);
    expectRejected(await deposit(true, MAX_DEPOSIT + 1n), "DepositTooLarge", excess);
    expectMade(await deposit(true, MAX_DEPOSIT));
    expectRejected(await deposit(true, 1n), "DepositTooLarge", excess);
  });

  it("into a settled pot is refused, and the money stays with its owner", async () => {
    const channel = channelOf(court);
    await channel.fund(false, 5n);
    await channel.close(channel.agreed(1n, { isFinal: true }));
    expectRejected(await channel.fund(false, 5n), "PotSettled", [channel.id, ETHER]);
    const { token } = await court.mint();
    const { id } = channel;
    expectMade(await court.make({ kind: "deposit", id, toB: true, token, amount: 3n }, bob));
  });

  it("of a token carries no ether, and of ether exactly what it says", async () => {
    const { token } = await court.mint();
    const account = alice.account;
    expectRejected(
      await court.make({ kind: "depositVault", account, token, amount: 3n }, bob, 1n),
      "WrongValue",
      [0n, 1n],
    );
    const ether = { kind: "depositVault", account, token: ETHER, amount: 3n } as const;
    expectRejected(await court.make(ether, bob, 2n), "WrongValue", [3n, 2n]);
    expectMade(await court.make(ether, bob, 3n));
  });

  it("of something that is no token is refused", async () => {
    const { id } = channelOf(court);
    const deposit = { kind: "deposit", id, toB: false, token: carol.account, amount: 1n } as const;
    const data = court.abi.encodeFunctionData("deposit", [
      id,
      false,
      Hex.fromBytes(deposit.token),
      1n,
    ]);
    const outcome = await court.send(data, alice);
    expect(outcome.kind).to.equal("rejected");
  });

  it("by sending ether without a call is refused", async () => {
    const outcome = await court.send("0x", alice, 1n);
    expect(outcome.kind).to.equal("rejected");
  });
});

describe("a vault", () => {
  it("is paid to whoever its owner names, as far as it reaches", async () => {
    const account = alice.account;
    const dave = new Uint8Array(20).fill(0xda);
    const book = () => court.model().book;
    const before = Vaults.vaultOf(book(), account, ETHER);
    await court.make({ kind: "depositVault", account, token: ETHER, amount: 10n }, bob);
    const out = (amount: bigint) =>
      court.make({ kind: "vaultOut", token: ETHER, to: dave, amount }, alice);
    expectMade(await out(4n));
    expect(await court.ethers.provider.getBalance(Hex.fromBytes(dave))).to.equal(4n);
    expectRejected(await out(before + 7n), "VaultTooLow", [
      account,
      ETHER,
      before + 6n,
      before + 7n,
    ]);
    expectMade(await out(before + 6n));
    expect(Vaults.vaultOf(book(), account, ETHER)).to.equal(0n);
    expect(await court.contract.vaultOf(Hex.fromBytes(account), Hex.fromBytes(ETHER))).to.equal(0n);
  });

  it("is nobody else's to pay from", async () => {
    await court.make({ kind: "depositVault", account: bob.account, token: ETHER, amount: 10n });
    const theft = { kind: "vaultOut", token: ETHER, to: carol.account, amount: 1n } as const;
    expectRejected(await court.make(theft, carol), "VaultTooLow", [carol.account, ETHER, 0n, 1n]);
  });
});
