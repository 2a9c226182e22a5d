// reserveFee, startExit, exit: what a tower can count on.
import { expect } from "chai";
import { MAX_WINDOW } from "../../src/channels/params.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { expectMade, expectRejected, openCourt } from "./court.ts";

const MAX_RESERVE = 2n ** 112n - 1n;

const court = await openCourt();
const { alice, bob, carol } = court;
const id = new Uint8Array(32).fill(7);
const tower = court.tower.account;
const kept = { id, tower, token: ETHER };

const reserveFee = async (amount: bigint, token: Uint8Array = ETHER) =>
  court.make({ kind: "reserveFee", id, tower, token, amount }, alice);
const startExit = async (from = alice) => court.make({ kind: "startExit", ...kept }, from);
const exit = async (from = alice) => court.make({ kind: "exit", ...kept }, from);
const reserve = (of = tower, token: Uint8Array = ETHER, channel = id) =>
  Vaults.reserveOf(court.model().book, alice.account, channel, of, token);

describe("a reserve", () => {
  it("is filled from the account's vault, as far as that reaches", async () => {
    const account = alice.account;
    await court.make({ kind: "depositVault", account, token: ETHER, amount: 10n }, alice);
    expectMade(await reserveFee(6n));
    expect(reserve()).to.deep.equal({ amount: 6n, exitAt: 0n });
    expectRejected(await reserveFee(5n), "VaultTooLow", [account, ETHER, 4n, 5n]);
  });

  it("stays longer than any clock runs once its owner gives notice", async () => {
    expect(Vaults.EXIT_DELAY > MAX_WINDOW).to.equal(true);
    expectRejected(await exit(), "ExitNotDue", [0n, court.now()]);
    expectMade(await startExit());
    const { exitAt } = reserve();
    expect(exitAt).to.equal(court.now() + Vaults.EXIT_DELAY);
    expectRejected(await startExit(), "ExitPending", [exitAt]);
    court.wait(exitAt - 1n - court.now());
    const call = { kind: "exit", ...kept } as const;
    expectRejected(await court.makeNow(call, alice), "ExitNotDue", [exitAt, exitAt - 1n]);
    court.wait(1n);
    expectMade(await court.makeNow(call, alice));
    expect(reserve()).to.deep.equal({ amount: 0n, exitAt: 0n });
    expect(Vaults.vaultOf(court.model().book, alice.account, ETHER)).to.equal(10n);
  });

  it("stays after its owner adds to it: the notice is taken back", async () => {
    await reserveFee(3n);
    await startExit();
    await reserveFee(1n);
    expect(reserve()).to.deep.equal({ amount: 4n, exitAt: 0n });
    court.wait(Vaults.EXIT_DELAY);
    expectRejected(await exit(), "ExitNotDue", [0n, court.now()]);
  });

  it("is the account's own", async () => {
    await startExit();
    court.wait(Vaults.EXIT_DELAY);
    expectRejected(await exit(bob), "ExitNotDue", [0n, court.now()]);
  });

  it("is one tower's in one channel and one token: filling, notice and exit of another leave it as it is", async () => {
    const { token } = await court.mint();
    const { account } = alice;
    const before = reserve();
    for (const one of [ETHER, token]) {
      await court.make({ kind: "depositVault", account, token: one, amount: 9n }, alice);
    }
    const others = [
      { ...kept, tower: carol.account },
      { ...kept, id: new Uint8Array(32).fill(8) },
      { ...kept, token },
    ];
    for (const other of others) {
      expectMade(await court.make({ kind: "reserveFee", ...other, amount: 2n }, alice));
      expectMade(await court.make({ kind: "startExit", ...other }, alice));
    }
    expect(reserve()).to.deep.equal(before);
    court.wait(Vaults.EXIT_DELAY);
    for (const other of others) {
      expect(reserve(other.tower, other.token, other.id).amount).to.equal(2n);
      expectMade(await court.make({ kind: "exit", ...other }, alice));
      expect(reserve(other.tower, other.token, other.id).amount).to.equal(0n);
    }
    expect(reserve()).to.deep.equal(before);
  });

  it("for nobody, or for the adjudicator, is paid to nobody and comes back", async () => {
    const { account } = alice;
    const adjudicator = Hex.toBytes(court.address);
    for (const nobody of [new Uint8Array(20), adjudicator]) {
      const other = { ...kept, tower: nobody };
      const before = Vaults.vaultOf(court.model().book, account, ETHER);
      expectMade(await court.make({ kind: "reserveFee", ...other, amount: 2n }, alice));
      expectMade(await court.make({ kind: "startExit", ...other }, alice));
      court.wait(Vaults.EXIT_DELAY);
      expectMade(await court.make({ kind: "exit", ...other }, alice));
      expect(Vaults.vaultOf(court.model().book, account, ETHER)).to.equal(before);
    }
  });

  it("holds at most 2^112 - 1", async () => {
    const { token } = await court.mint();
    const amount = MAX_RESERVE + 1n;
    await court.make({ kind: "depositVault", account: alice.account, token, amount }, alice);
    expectRejected(await reserveFee(amount, token), "ReserveTooLarge", [MAX_RESERVE, amount]);
  });
});
