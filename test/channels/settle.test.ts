// settle and settleState: what each side gets when the clock has ended.
import { expect } from "chai";
import type { Lock } from "../../src/channels/locks.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import { HOUR, NOTHING, channelOf, fill, hashLock } from "./channel.ts";
import type { Channel, Terms } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";
import type { Outcome } from "./court.ts";

const BLOCK_GAS = 30_000_000n;

const court = await openCourt();
const { alice } = court;

async function funded(overrides: Parameters<typeof channelOf>[1] = {}) {
  const channel = channelOf(court, overrides);
  await channel.fund(false, 100n);
  await channel.fund(true, 50n);
  return channel;
}

/** A funded channel whose clock has ended on a state with these terms. */
async function ended(terms: Terms, overrides: Parameters<typeof channelOf>[1] = {}) {
  const channel = await funded(overrides);
  const presented = channel.agreed(3n, terms);
  await channel.challenge(presented);
  court.wait(HOUR);
  return { channel, presented };
}

const shares = (outcome: Outcome) =>
  eventsIn(court, outcome, "Settled").map(({ toA, toB }) => [toA, toB]);

const reveal = async (secret: Uint8Array) => court.make({ kind: "reveal", secret });

describe("a settlement", () => {
  it("pays by the net payment on record, from the head alone", async () => {
    for (const [net, toA] of [
      [30n, 70n],
      [-20n, 120n],
      [0n, 100n],
      [100n, 0n],
      [-50n, 150n],
    ] as const) {
      const { channel } = await ended({ net });
      expect(shares(await channel.settle())).to.deep.equal([[toA, 150n - toA]]);
    }
  });

  it("of a payment beyond the pot takes the pot, and nothing of another channel", async () => {
    const stranger = await funded();
    for (const [net, toA] of [
      [2n ** 111n - 1n, 0n],
      [-(2n ** 111n), 150n],
      [2n ** 127n - 1n, 0n],
      [-(2n ** 127n), 150n],
    ] as const) {
      const { channel, presented } = await ended({ net });
      const fits = BigInt.asIntN(112, net) === net;
      const outcome = fits ? await channel.settle() : await channel.settleState(presented);
      expect(shares(outcome)).to.deep.equal([[toA, 150n - toA]]);
    }
    expect(Ledger.potOf(court.model(), stranger.id, ETHER)).to.include({ depositedA: 100n });
  });

  it("of the initial state gives everybody's deposits back without a signature", async () => {
    const channel = await funded();
    await channel.challenge(channel.initial);
    court.wait(HOUR);
    expect(shares(await channel.settle())).to.deep.equal([[100n, 50n]]);
  });

  it("of a token that the state does not name gives the deposits back", async () => {
    const { token } = await court.mint();
    const { channel, presented } = await ended({ net: 30n });
    const deposit = { kind: "deposit", id: channel.id, toB: true, token, amount: 8n } as const;
    expectMade(await court.make(deposit, alice));
    expect(shares(await channel.settle([token]))).to.deep.equal([[0n, 8n]]);
    expect(shares(await channel.settleState(presented, [], [ETHER]))).to.deep.equal([[70n, 80n]]);
  });

  it("from the head alone takes only the main asset's payment for it", async () => {
    const { token } = await court.mint();
    const channel = channelOf(court, { token });
    const deposit = { kind: "deposit", id: channel.id, toB: false, token, amount: 90n } as const;
    await court.make(deposit, alice);
    await channel.fund(false, 40n);
    await channel.challenge(channel.agreed(1n, { net: 25n }));
    court.wait(HOUR);
    expect(shares(await channel.settle([ETHER, token]))).to.deep.equal([
      [40n, 0n],
      [65n, 25n],
    ]);
  });

  it("of which no token is named pays the main asset alone, once", async () => {
    const { token } = await court.mint();
    for (const main of [ETHER, token]) {
      const other = main === ETHER ? token : ETHER;
      const channel = channelOf(court, { token: main });
      await fill(court, channel, main, 100n);
      await fill(court, channel, other, 10n);
      await channel.challenge(channel.agreed(3n, { net: 30n }));
      court.wait(HOUR);
      expect(shares(await channel.settle([]))).to.deep.equal([[70n, 130n]]);
      expectRejected(await channel.settle([]), "NothingToSettle", [channel.id]);
      expect(shares(await channel.settle([other]))).to.deep.equal([[10n, 10n]]);
    }
  });

  it("happens once for each pot, and the pots that are left can follow", async () => {
    const { token } = await court.mint();
    const { channel } = await ended({ net: 30n });
    const deposit = { kind: "deposit", id: channel.id, toB: true, token, amount: 8n } as const;
    await court.make(deposit, alice);
    expectMade(await channel.settle());
    expectRejected(await channel.settle(), "NothingToSettle", [channel.id]);
    expect(shares(await channel.settle([ETHER, token, token]))).to.deep.equal([[0n, 8n]]);
    expectRejected(await channel.settle([ETHER, token]), "NothingToSettle", [channel.id]);
    expectRejected(await channel.fund(false, 1n), "PotSettled", [channel.id, ETHER]);
    expectRejected(await channel.settle([]), "NothingToSettle", [channel.id]);
  });

  it("needs a clock, and its end", async () => {
    const channel = await funded();
    const presented = channel.agreed(3n);
    const { id } = channel;
    expectRejected(await channel.settle(), "ClockNotStarted", [id]);
    expectRejected(await channel.settleState(presented), "ClockNotStarted", [id]);
    await channel.challenge(presented);
    const { deadline } = Ledger.headOf(court.model(), id);
    const now = () => court.now();
    expectRejected(await channel.settle(), "DeadlineAhead", [deadline, now()]);
    expectRejected(await channel.settleState(presented), "DeadlineAhead", [deadline, now()]);
  });

  it("of what the head cannot hold needs the state that was on record", async () => {
    const assets = [
      { token: ETHER, net: 30n, outA: 0n, outB: 0n },
      { token: alice.account, net: 0n, outA: 0n, outB: 0n },
    ];
    const { channel, presented } = await ended({ assets });
    expectRejected(await channel.settle(), "StateNeeded", [channel.id]);
    const other = channel.agreed(4n, { assets });
    expectRejected(await channel.settleState(other), "VersionNotOnRecord", [3n, 4n]);
    const half = { ...presented, signatureA: presented.signatureB };
    const hash = ChannelState.hash(half.state);
    expectRejected(await channel.settleState(half), "NotCoSigned", [hash]);
    expect(shares(await channel.settleState(presented))).to.deep.equal([[70n, 80n]]);
  });
});

describe("a lock", () => {
  const { lock: lockOf } = { lock: hashLock };

  async function withLocks(locks: readonly Lock[]): Promise<Outcome> {
    const { channel, presented } = await ended({ net: 10n, locks });
    return channel.settleState(presented, locks);
  }

  it("whose secret was shown in time pays its payee, on either side", async () => {
    for (const [aToB, toA] of [
      [true, 85n],
      [false, 95n],
    ] as const) {
      const { lock, secret } = lockOf(5n, court.now() + 2n * HOUR, { aToB });
      await reveal(secret);
      expect(shares(await withLocks([lock]))).to.deep.equal([[toA, 150n - toA]]);
    }
  });

  it("is open until its expiry has passed, and only its own token waits for it", async () => {
    const { token } = await court.mint();
    const { lock } = lockOf(5n, court.now() + 2n * HOUR, { asset: 1 });
    const entry = (one: Uint8Array) => ({ token: one, net: 10n, outA: 0n, outB: 0n });
    const terms = { assets: [entry(ETHER), entry(token)], locks: [lock] };
    const { channel, presented } = await ended(terms);
    const deposit = { kind: "deposit", id: channel.id, toB: false, token, amount: 90n } as const;
    await court.make(deposit, alice);
    const settleToken = async () => channel.settleState(presented, [lock], [token]);
    expectRejected(await settleToken(), "LockPending", [lock.key, lock.expiry]);
    const both = await channel.settleState(presented, [lock], [ETHER, token]);
    expectRejected(both, "LockPending", [lock.key, lock.expiry]);
    expect(shares(await channel.settleState(presented, [lock]))).to.deep.equal([[90n, 60n]]);
    court.wait(lock.expiry - court.now());
    const settle = {
      kind: "settleState",
      params: channel.params,
      presented,
      locks: Locks.pack([lock]),
      tokens: [token],
    } as const;
    expectRejected(await court.makeNow(settle), "LockPending", [lock.key, lock.expiry]);
    expect(shares(await settleToken())).to.deep.equal([[80n, 10n]]);
  });

  it("counts a secret shown a second before and at the expiry, not a second after it", async () => {
    for (const [offset, toA] of [
      [-1n, 85n],
      [0n, 85n],
      [1n, 90n],
    ] as const) {
      const { lock, secret } = lockOf(5n, court.now() + 100n);
      court.wait(100n + offset);
      expectMade(await court.makeNow({ kind: "reveal", secret }));
      expect(shares(await withLocks([lock]))).to.deep.equal([[toA, 150n - toA]]);
    }
  });

  it("gives the same answer in every channel that waits for one secret", async () => {
    const expiry = court.now() + 9n * HOUR;
    const { lock, secret } = lockOf(5n, expiry);
    const back = { ...lock, aToB: false };
    const first = await ended({ net: 10n, locks: [lock] });
    const second = await ended({ net: 10n, locks: [back] });
    await reveal(secret);
    expect(shares(await first.channel.settleState(first.presented, [lock]))).to.deep.equal([
      [85n, 65n],
    ]);
    court.wait(10n * HOUR);
    expect(shares(await second.channel.settleState(second.presented, [back]))).to.deep.equal([
      [95n, 55n],
    ]);
  });

  it("of one secret twice in one channel pays twice", async () => {
    const { lock, secret } = lockOf(5n, court.now() + 2n * HOUR);
    await reveal(secret);
    expect(shares(await withLocks([lock, { ...lock, amount: 3n }]))).to.deep.equal([[82n, 68n]]);
  });

  it("of nothing, of more than the pot, or of an asset that is not there moves no more than there is", async () => {
    const { lock, secret } = lockOf(0n, court.now() + 9n * HOUR);
    await reveal(secret);
    const huge = { ...lock, amount: 2n ** 128n - 1n };
    const nowhere = { ...huge, asset: 1 };
    expect(shares(await withLocks([lock]))).to.deep.equal([[90n, 60n]]);
    expect(shares(await withLocks([nowhere]))).to.deep.equal([[90n, 60n]]);
    expect(shares(await withLocks([huge, huge]))).to.deep.equal([[0n, 150n]]);
    expect(shares(await withLocks([{ ...huge, aToB: false }]))).to.deep.equal([[150n, 0n]]);
  });

  it("of a kind that nobody knows never opens", async () => {
    const { lock, secret } = lockOf(5n, court.now() + HOUR, { kind: 2 });
    await reveal(secret);
    expect(shares(await withLocks([lock]))).to.deep.equal([[90n, 60n]]);
  });

  it("opens by 32 bytes whose SHA-256 it names, not by their Keccak and not by other lengths", async () => {
    const long = new Uint8Array(33).fill(6);
    const { lock } = lockOf(5n, court.now() + HOUR, { secret: long });
    await reveal(long.subarray(0, 32));
    await reveal(long.subarray(1, 33));
    expect(Ledger.revealedAt(court.model(), lock.key)).to.equal(0n);
    expect(shares(await withLocks([lock]))).to.deep.equal([[90n, 60n]]);
  });

  it("counts only in the list that the state names, in its order, whole", async () => {
    const expiry = court.now() + HOUR;
    const locks = [lockOf(5n, expiry).lock, lockOf(6n, expiry).lock];
    const [first, second] = locks;
    if (first === undefined || second === undefined) throw new RangeError("two locks");
    const { channel, presented } = await ended({ locks });
    for (const wrong of [[], [first], [second, first], [first, second, second]]) {
      const hash = Locks.hash(Locks.pack(wrong));
      expectRejected(await channel.settleState(presented, wrong), "LocksNotInState", [
        presented.state.locks,
        hash,
      ]);
    }
    expectMade(await channel.settleState(presented, locks));
    const none = await ended({ net: 2n ** 120n });
    const extra = await none.channel.settleState(none.presented, [first]);
    expectRejected(extra, "LocksNotInState", [NOTHING, Locks.hash(Locks.pack([first]))]);
  });

  it("list of a length that is none is refused", async () => {
    const channel = await funded();
    const state = { ...channel.state(3n), locks: hashOfGarbage() };
    const presented = channel.signState(state);
    await channel.challenge(presented);
    court.wait(HOUR);
    const { params } = channel;
    const call = {
      kind: "settleState",
      params,
      presented,
      locks: GARBAGE,
      tokens: [ETHER],
    } as const;
    expectRejected(await court.make(call), "LocksMalformed", [GARBAGE.length]);
  });

  it("list of 64 costs less than a tenth of a block to settle and to answer", async () => {
    const expiry = court.now() + 9n * HOUR;
    const opened = Array.from({ length: 64 }, (_, i) =>
      lockOf(1n, expiry, { secret: new Uint8Array(32).fill(i + 100), aToB: i % 2 === 0 }),
    );
    const secrets = opened.map(({ secret }) => secret);
    const locks = opened.map(({ lock }) => lock);
    await court.make({ kind: "revealMany", secrets });
    const { channel, presented } = await ended({ net: 10n, locks });
    const { gas } = expectMade(await channel.settleState(presented, locks));
    expect(gas).to.be.lessThan(BLOCK_GAS / 10n);
    const other: Channel = await funded();
    const answer = expectMade(await other.respond(other.agreed(3n, { locks })));
    expect(answer.gas).to.be.lessThan(BLOCK_GAS / 10n);
  });
});

const GARBAGE = new Uint8Array(57).fill(1);

function hashOfGarbage(): Uint8Array {
  return Locks.hash(GARBAGE);
}
