// reserveFee, startExit, exit: what a tower can count on.
import { expect } from "chai";
import { MAX_WINDOW } from "../../src/channels/params.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import { expectMade, expectRejected, openCourt } from "./court.ts";

const MAX_RESERVE = 2n ** 112n - 1n;

const court = await openCourt();
const { alice, bob } = court;
const id = new Uint8Array(32).fill(7);

const reserveFee = async (amount: bigint, token: Uint8Array = ETHER) =>
  court.make({ kind: "reserveFee", id, token, amount }, alice);
const startExit = async (from = alice) => court.make({ kind: "startExit", id, token: ETHER }, from);
const exit = async (from = alice) => court.make({ kind: "exit", id, token: ETHER }, from);
const reserve = () => Vaults.reserveOf(court.model().book, alice.account, id, ETHER);

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
    const call = { kind: "exit", id, token: ETHER } as const;
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

  it("holds at most 2^112 - 1", async () => {
    const { token } = await court.mint();
    const amount = MAX_RESERVE + 1n;
    await court.make({ kind: "depositVault", account: alice.account, token, amount }, alice);
    expectRejected(await reserveFee(amount, token), "ReserveTooLarge", [MAX_RESERVE, amount]);
  });
});
