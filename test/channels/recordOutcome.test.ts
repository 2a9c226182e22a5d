// reveal, revealMany and recordOutcome: what locks wait for. A virtual channel is a lock on another channel's outcome.
import { expect } from "chai";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import type { Lock } from "../../src/channels/locks.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR, NO_SIGNATURE, channelOf, hashLock } from "./channel.ts";
import type { Channel, Terms } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const MAX_OUTCOME = 2n ** 112n - 1n;

const court = await openCourt();
const { alice, bob, carol } = court;

describe("a secret", () => {
  it("is known from the first time that it is shown", async () => {
    const secret = new Uint8Array(32).fill(0x51);
    const first = await court.make({ kind: "reveal", secret });
    const shownAt = court.now();
    expect(eventsIn(court, first, "Revealed")).to.have.length(1);
    court.wait(HOUR);
    const again = await court.make({ kind: "reveal", secret });
    expect(eventsIn(court, again, "Revealed")).to.deep.equal([]);
    expect(await court.contract.revealedAt(Hex.fromBytes(sha256(secret)))).to.equal(shownAt);
  });

  it("may be shown among others, of which some are known", async () => {
    const secrets = [0x51, 0x52, 0x53].map((byte) => new Uint8Array(32).fill(byte));
    const outcome = await court.make({ kind: "revealMany", secrets });
    expect(eventsIn(court, outcome, "Revealed")).to.have.length(2);
  });
});

async function record(channel: Channel, presented = channel.initial, locks: readonly Lock[] = []) {
  const { params } = channel;
  const packed = Locks.pack(locks);
  return court.make({ kind: "recordOutcome", params, presented, locks: packed });
}

async function ended(terms: Terms, overrides: Parameters<typeof channelOf>[1] = {}) {
  const channel = channelOf(court, overrides);
  const presented = channel.agreed(3n, terms);
  await channel.challenge(presented);
  court.wait(HOUR);
  return { channel, presented };
}

const outcomeOf = (channel: Channel) => Ledger.outcomeOf(court.model(), channel.id);

describe("an outcome", () => {
  it("is what A has paid B in a channel whose clock has ended, recorded once", async () => {
    const { channel } = await ended({ net: 7n });
    expectMade(await record(channel));
    expect(outcomeOf(channel)).to.deep.equal({ amount: 7n, recordedAt: court.now() });
    const [amount, at] = await court.contract.outcomeOf(channel.id);
    expect([amount, at]).to.deep.equal([7n, court.now()]);
    expectRejected(await record(channel), "OutcomeKnown", [channel.id]);
  });

  it("lies between nothing and what the slot holds", async () => {
    for (const [net, amount] of [
      [-1n, 0n],
      [2n ** 111n - 1n, 2n ** 111n - 1n],
      [MAX_OUTCOME, MAX_OUTCOME],
      [MAX_OUTCOME + 1n, MAX_OUTCOME],
      [2n ** 127n - 1n, MAX_OUTCOME],
      [-(2n ** 127n), 0n],
    ] as const) {
      const { channel, presented } = await ended({ net });
      expectMade(await record(channel, presented));
      expect(outcomeOf(channel).amount).to.equal(amount);
    }
  });

  it("counts the channel's own locks", async () => {
    const { lock, secret } = hashLock(5n, court.now() + HOUR);
    await court.make({ kind: "reveal", secret });
    const { channel, presented } = await ended({ net: 7n, locks: [lock] });
    const reason = [presented.state.locks, Locks.hash(new Uint8Array(0))];
    expectRejected(await record(channel, presented), "LocksNotInState", reason);
    expectMade(await record(channel, presented, [lock]));
    expect(outcomeOf(channel).amount).to.equal(12n);
  });

  it("needs a clock, its end, and the state that was on record", async () => {
    const channel = channelOf(court);
    const { id } = channel;
    expectRejected(await record(channel), "ClockNotStarted", [id]);
    const presented = channel.agreed(3n, { net: 2n ** 120n });
    await channel.challenge(presented);
    const { deadline } = Ledger.headOf(court.model(), id);
    const early = await record(channel, presented);
    expectRejected(early, "DeadlineAhead", [deadline, court.now()]);
    court.wait(HOUR);
    expectRejected(await record(channel, channel.agreed(2n)), "VersionNotOnRecord", [3n, 2n]);
  });

  it("returns the bond of the clock that has ended", async () => {
    const { channel } = await ended({ net: 7n }, { bond: 3n });
    const outcome = await record(channel);
    expect(eventsIn(court, outcome, "BondPaid")[0]).to.include({ amount: 3n });
    const settled = await channel.settle();
    expect(eventsIn(court, settled, "BondPaid")).to.deep.equal([]);
  });
});

describe("a virtual channel", () => {
  // Alice and bob, each with a channel to carol, who guarantees the channel between them.
  async function route(amount: bigint, expiry: bigint) {
    const virtual = channelOf(court);
    const lock: Lock = {
      kind: Locks.KIND_CHANNEL,
      asset: 0,
      aToB: true,
      expiry,
      amount,
      key: virtual.id,
    };
    const first = channelOf(court, { b: carol.account, keyB: carol.keyAddress });
    const second = channelOf(court, {
      a: carol.account,
      keyA: carol.keyAddress,
      b: bob.account,
    });
    await first.fund(false, 100n);
    await second.fund(false, 100n);
    return { virtual, lock, first, second };
  }

  async function settleBoth(first: Channel, second: Channel, lock: Lock) {
    const shares = [];
    for (const [channel, by] of [
      [first, alice],
      [second, bob],
    ] as const) {
      const presented = channel.agreed(1n, { locks: [lock] });
      await channel.challenge(presented, by);
      court.wait(HOUR);
      const outcome = await channel.settleState(presented, [lock]);
      shares.push(...eventsIn(court, outcome, "Settled").map(({ toA, toB }) => [toA, toB]));
    }
    return shares;
  }

  it("pays its outcome through both guarantees, and costs the one in the middle nothing", async () => {
    const { virtual, lock, first, second } = await route(60n, court.now() + 9n * HOUR);
    await virtual.challenge(virtual.agreed(8n, { net: 25n }), bob);
    court.wait(HOUR);
    expectMade(await record(virtual));
    const [toCarol, fromCarol] = await settleBoth(first, second, lock);
    expect(toCarol).to.deep.equal([75n, 25n]);
    expect(fromCarol).to.deep.equal([75n, 25n]);
  });

  it("pays no more than the guarantee, and the same on both sides", async () => {
    const { virtual, lock, first, second } = await route(60n, court.now() + 9n * HOUR);
    await virtual.challenge(virtual.agreed(8n, { net: 61n }), bob);
    court.wait(HOUR);
    await record(virtual);
    expect(await settleBoth(first, second, lock)).to.deep.equal([
      [40n, 60n],
      [40n, 60n],
    ]);
  });

  it("of which nothing is recorded by the expiry pays nothing, whenever the others close", async () => {
    const { virtual, lock, first, second } = await route(60n, court.now() + 2n * HOUR);
    await virtual.challenge(virtual.agreed(8n, { net: 25n }), bob);
    court.wait(3n * HOUR);
    expectMade(await record(virtual));
    expect(await settleBoth(first, second, lock)).to.deep.equal([
      [100n, 0n],
      [100n, 0n],
    ]);
  });

  it("is open for both guarantees until its outcome or its expiry is there", async () => {
    const { lock, first } = await route(60n, court.now() + 2n * HOUR);
    const presented = first.agreed(1n, { locks: [lock] });
    await first.challenge(presented);
    court.wait(HOUR);
    const early = await first.settleState(presented, [lock]);
    expectRejected(early, "LockPending", [lock.key, lock.expiry]);
  });

  it("needs no pot, and no party but one: the newer state still wins", async () => {
    const { virtual } = await route(60n, court.now() + 9n * HOUR);
    const { params } = virtual;
    const presented = virtual.agreed(2n, { net: 60n });
    const call = { kind: "challenge", params, presented, signature: NO_SIGNATURE } as const;
    expectMade(await court.make(call, bob));
    expectMade(await virtual.respond(virtual.agreed(3n, { net: 10n }), alice));
    expect(Ledger.potOf(court.model(), virtual.id, ETHER).depositedA).to.equal(0n);
  });
});
