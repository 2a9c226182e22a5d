// Several towers, none trusted: what a bad one can do to the others, to the channel and to its own reserve.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import type { TowerFee } from "../../src/channels/typedData.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, channelOf } from "./channel.ts";
import type { Channel } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";
import type { Party } from "./court.ts";

const FEE = 5n;
const LATEST = 4n;
const OLDER = [1n, 2n, 3n];
const NO_DEADLINE = 2n ** 40n - 1n;
const REENTERING = 3;

const court = await openCourt();
// Bob leaves his channel to towers and goes away; Alice is the peer that cheats, Carol's tower is the one that helps her.
const { alice, bob, carol, tower } = court;

const text = (account: Uint8Array) => Hex.fromBytes(account);
const reserveOf = ({ id }: Channel, { account }: Pick<Party, "account">) =>
  Vaults.reserveOf(court.model().book, bob.account, id, account, ETHER).amount;
const headOf = ({ id }: Channel) => Ledger.headOf(court.model(), id);

async function reserve(
  { id }: Channel,
  { account: of }: Pick<Party, "account">,
  amount: bigint,
  token: Uint8Array = ETHER,
  from = bob,
): Promise<void> {
  const { account } = from;
  expectMade(await court.make({ kind: "depositVault", account, token, amount }, from));
  expectMade(await court.make({ kind: "reserveFee", id, tower: of, token, amount }, from));
}

/** What a tower sends for a state, by the promise that a party has made for it. */
function answerOf(
  channel: Channel,
  { account }: Pick<Party, "account">,
  version: bigint,
  change: Partial<TowerFee> = {},
  by = bob.secret,
) {
  const { params, id } = channel;
  const fee: TowerFee = {
    ...{ channelId: id, tower: account, token: ETHER, amount: FEE },
    ...{ minVersion: version, deadline: NO_DEADLINE, ...change },
  };
  const signature = channel.feeSignature(fee, by);
  const presented = channel.agreed(version);
  return { kind: "respondFor", params, presented, fee, signature } as const;
}

type Step = "nothing" | "for its fee" | "for nothing";
const STEPS: readonly Step[] = ["nothing", "for its fee", "for nothing"];

/** What the bad tower does with each older state, in all ways. */
function allWays(versions: number): Step[][] {
  if (versions === 0) return [[]];
  return allWays(versions - 1).flatMap((way) => STEPS.map((step) => [...way, step]));
}

describe("a tower that conspires with the peer", () => {
  it("and holds every older promise cannot keep another tower from its fee, at each step of a dispute, in every order", async () => {
    for (const way of allWays(OLDER.length)) {
      const channel = channelOf(court);
      // The bad tower's reserve is for two answers, and it has promises for three.
      await reserve(channel, carol, 2n * FEE);
      await reserve(channel, tower, FEE);
      await channel.challenge(channel.initial, alice);
      for (const [index, step] of way.entries()) {
        if (step === "nothing") continue;
        const version = OLDER[index] ?? 0n;
        const call = answerOf(channel, carol, version);
        const isPaid = step === "for its fee" && reserveOf(channel, carol) >= FEE;
        if (isPaid) expectMade(await court.make(call, carol));
        else expectMade(await channel.respond(channel.agreed(version), carol));
        expect(reserveOf(channel, tower), way.join()).to.equal(FEE);
        expectMade(await channel.challenge(channel.agreed(version), alice));
      }
      const outcome = await court.make(answerOf(channel, tower, LATEST), tower);
      const [paid] = eventsIn(court, outcome, "FeePaid");
      expect(paid, way.join()).to.include({ tower: text(tower.account), amount: FEE });
      expect(headOf(channel)).to.include({ version: LATEST, deadline: 0n });
      const stale = [LATEST, 3n];
      expectRejected(await channel.challenge(channel.agreed(3n), alice), "StaleVersion", stale);
    }
  });

  it("is paid by older promises what its own reserve holds, and no more", async () => {
    const channel = channelOf(court);
    await reserve(channel, carol, 2n * FEE + 1n);
    await reserve(channel, tower, 100n * FEE);
    await channel.challenge(channel.initial, alice);
    for (const version of OLDER) {
      const outcome = await court.make(answerOf(channel, carol, version), carol);
      if (version < 3n) {
        expectMade(outcome);
        await channel.challenge(channel.agreed(version), alice);
        continue;
      }
      const reason = [bob.account, channel.id, carol.account, 1n, FEE];
      expectRejected(outcome, "ReserveTooLow", reason);
    }
    expect(reserveOf(channel, tower)).to.equal(100n * FEE);
  });

  it("or is the peer itself draws on what is reserved for it alone, and on its own side's by its own promise", async () => {
    const channel = channelOf(court);
    await reserve(channel, tower, FEE);
    await reserve(channel, alice, FEE);
    await channel.challenge(channel.initial, alice);
    expectMade(await court.make(answerOf(channel, alice, 1n), alice));
    await channel.challenge(channel.agreed(1n), alice);
    const empty = [bob.account, channel.id, alice.account, 0n, FEE];
    expectRejected(await court.make(answerOf(channel, alice, 2n), alice), "ReserveTooLow", empty);
    // Her own promise to Bob's tower is paid out of nothing of Bob's.
    const own = answerOf(channel, tower, 2n, {}, alice.keySecret);
    const none = [alice.account, channel.id, tower.account, 0n, FEE];
    expectRejected(await court.make(own, tower), "ReserveTooLow", none);
    expectMade(await court.make(answerOf(channel, tower, LATEST), tower));
  });

  it("has a promise in one token paid from no reserve in another, nor from another channel's", async () => {
    const [channel, other] = [channelOf(court), channelOf(court)];
    const { token } = await court.mint();
    await reserve(channel, carol, FEE, token);
    await reserve(other, carol, FEE);
    await channel.challenge(channel.initial, alice);
    const reason = [bob.account, channel.id, carol.account, 0n, FEE];
    expectRejected(await court.make(answerOf(channel, carol, 1n), carol), "ReserveTooLow", reason);
    const inToken = answerOf(channel, carol, 1n, { token });
    const [paid] = eventsIn(court, await court.make(inToken, carol), "FeePaid");
    expect(paid).to.include({ token: text(token), amount: FEE });
    expect(reserveOf(other, carol)).to.equal(FEE);
  });

  it("that calls back while it is paid is paid once", async () => {
    const owner = text(alice.account);
    const contract = await court.ethers.deployContract("StrangeAccount", [court.address, owner]);
    const bad = { account: Hex.toBytes(await contract.getAddress()) };
    const channel = channelOf(court);
    await reserve(channel, bad, 2n * FEE);
    await reserve(channel, tower, FEE);
    await channel.challenge(channel.initial, alice);
    const again = AdjudicatorAbi.encode(court.abi, answerOf(channel, bad, 2n));
    await contract.behave(owner, REENTERING, again);
    const first = answerOf(channel, bad, 1n);
    await contract.execute(AdjudicatorAbi.encode(court.abi, first));
    court.follow(first, bad.account);
    const refused = court.ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);
    expect(await contract.reentryResult()).to.equal(refused);
    expect(await court.ethers.provider.getBalance(text(bad.account))).to.equal(FEE);
    expect(reserveOf(channel, bad)).to.equal(FEE);
    await channel.challenge(channel.agreed(1n), alice);
    expectMade(await court.make(answerOf(channel, tower, LATEST), tower));
  });

  it("and answers before another with the newest state has ended the dispute for good", async () => {
    const channel = channelOf(court);
    await reserve(channel, tower, FEE);
    await channel.challenge(channel.initial, alice);
    expectMade(await channel.respond(channel.agreed(LATEST), carol));
    const outcome = await court.make(answerOf(channel, tower, LATEST), tower);
    expectRejected(outcome, "ClockNotStarted", [channel.id]);
    await channel.challenge(channel.agreed(LATEST), alice);
    const reason = [LATEST, LATEST, LATEST];
    expectRejected(await court.make(answerOf(channel, tower, LATEST), tower), "FeeNotDue", reason);
    expect(reserveOf(channel, tower)).to.equal(FEE);
  });
});

describe("a party", () => {
  it("that takes a reserve back while a clock runs keeps that tower from its fee, and no other", async () => {
    const channel = channelOf(court);
    await reserve(channel, tower, FEE);
    await reserve(channel, carol, FEE);
    const kept = { id: channel.id, tower: carol.account, token: ETHER };
    expectMade(await court.make({ kind: "startExit", ...kept }, bob));
    court.wait(Vaults.EXIT_DELAY);
    await channel.challenge(channel.initial, alice);
    expectMade(await court.make({ kind: "exit", ...kept }, bob));
    const reason = [bob.account, channel.id, carol.account, 0n, FEE];
    const unpaid = await court.make(answerOf(channel, carol, LATEST), carol);
    expectRejected(unpaid, "ReserveTooLow", reason);
    expectMade(await court.make(answerOf(channel, tower, LATEST), tower));
  });

  it("whose notice was given after the start of a clock cannot take its reserve back before the end", async () => {
    const channel = channelOf(court, { period: 2n ** 32n - 1n });
    await reserve(channel, tower, FEE);
    await channel.challenge(channel.initial, alice);
    const kept = { id: channel.id, tower: tower.account, token: ETHER };
    expectMade(await court.make({ kind: "startExit", ...kept }, bob));
    const { deadline } = headOf(channel);
    court.wait(deadline - 3n - court.now());
    const { exitAt } = Vaults.reserveOf(
      ...([court.model().book, bob.account, channel.id, tower.account, ETHER] as const),
    );
    expect(exitAt > deadline + HOUR).to.equal(true);
    const early = [exitAt, court.now() + 1n];
    const call = { kind: "exit", ...kept } as const;
    expectRejected(await court.make(call, bob), "ExitNotDue", early);
    expectMade(await court.make(answerOf(channel, tower, LATEST), tower));
    expect(court.now()).to.equal(deadline - 1n);
  });
});
