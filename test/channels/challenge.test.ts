// challenge: who starts a clock, with which state, at what price.
import { expect } from "chai";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Head from "../../src/channels/head.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR, NOTHING, NO_SIGNATURE, channelOf, hashLock } from "./channel.ts";
import type { Channel } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";
import type { Party } from "./court.ts";

const MAX_VERSION = 2n ** 64n - 1n;

const court = await openCourt();
const { alice, bob, carol } = court;

const headOf = (channel: Channel) => Ledger.headOf(court.model(), channel.id);

async function challengeBy(channel: Channel, version: bigint, signature: Uint8Array, from: Party) {
  const presented = channel.agreed(version);
  const { params } = channel;
  return court.make({ kind: "challenge", params, presented, signature }, from);
}

describe("a challenge", () => {
  it("of a party starts the clock for the channel's period", async () => {
    const channel = channelOf(court);
    expectMade(await channel.challenge(channel.agreed(3n, { net: -4n }), bob));
    const head = {
      version: 3n,
      deadline: court.now() + HOUR,
      flags: Head.CHALLENGER_B | Head.SIMPLE,
      moves: 0n,
      net: -4n,
    };
    expect(headOf(channel)).to.deep.equal(head);
    expect(Object.values((await court.contract.headOf(channel.id)).toObject())).to.deep.equal(
      Object.values(head).map(BigInt),
    );
  });

  it("may be sent by an owner or by its key, and by nobody else", async () => {
    const keySender: Party = { ...carol, account: carol.account };
    const overrides = { keyA: carol.account, keyB: bob.keyAddress };
    for (const [from, isB] of [
      [alice, false],
      [keySender, false],
      [bob, true],
    ] as const) {
      const channel = channelOf(court, overrides);
      const presented = channel.initial;
      const outcome = await channel.challenge(presented, from);
      expect(eventsIn(court, outcome, "Challenged")[0]).to.include({ challengerIsB: isB });
    }
    const channel = channelOf(court);
    expectRejected(await channel.challenge(channel.agreed(1n), carol), "SenderNotAParty", [
      carol.account,
    ]);
  });

  it("may be sent by anybody who has a party's signature for that state", async () => {
    for (const [secret, isB] of [
      [alice.keySecret, false],
      [bob.secret, true],
    ] as const) {
      const channel = channelOf(court);
      const signature = channel.challengeSignature(channel.agreed(2n), secret);
      const outcome = await challengeBy(channel, 2n, signature, carol);
      expect(eventsIn(court, outcome, "Challenged")[0]).to.include({ challengerIsB: isB });
    }
  });

  it("does not pass by the signature of a state, of another state, or of anybody else", async () => {
    const channel = channelOf(court);
    const presented = channel.agreed(2n);
    const hash = ChannelState.hash(presented.state);
    const digest = TypedData.digest(court.domain, TypedData.challengeHash(hash));
    for (const signature of [
      presented.signatureA,
      channel.challengeSignature(channel.agreed(3n), bob.secret),
      channel.challengeSignature(presented, carol.secret),
      channel.challengeSignature(presented, alice.secret),
    ]) {
      const recovered = CompactSignature.recover(digest, signature) ?? ETHER;
      expectRejected(await challengeBy(channel, 2n, signature, carol), "SignerNotAParty", [
        digest,
        recovered,
      ]);
    }
    const nobody = await challengeBy(channel, 2n, new Uint8Array(64), carol);
    expectRejected(nobody, "SignerNotAParty", [digest, ETHER]);
  });

  it("with nothing signed is one with the initial state, which only its own emptiness shows", async () => {
    const channel = channelOf(court);
    const zeroVersion = channel.signState(channel.state(0n, { net: 5n }));
    expectRejected(await channel.challenge(zeroVersion), "InitialStateNotEmpty", [channel.id]);
    for (const change of [{ isFinal: true }, { locks: channel.id }, { app: channel.id }]) {
      const changed = { ...channel.initial, state: { ...channel.initial.state, ...change } };
      expectRejected(await channel.challenge(changed), "InitialStateNotEmpty", [channel.id]);
    }
    expectMade(await channel.challenge(channel.initial));
  });

  it("needs a state that both have signed in this channel", async () => {
    const channel = channelOf(court);
    const half = { ...channel.agreed(1n), signatureB: NO_SIGNATURE };
    const hash = ChannelState.hash(half.state);
    expectRejected(await channel.challenge(half), "NotCoSigned", [hash]);
    const foreign = channelOf(court).agreed(1n);
    const here = channel.hashHere(foreign.state);
    expectRejected(await channel.challenge(foreign), "NotCoSigned", [here]);
  });

  it("may repeat the version on record and not go below it", async () => {
    const channel = channelOf(court);
    await channel.respond(channel.agreed(5n));
    expectRejected(await channel.challenge(channel.agreed(4n)), "StaleVersion", [5n, 4n]);
    expectRejected(await channel.challenge(channel.initial), "StaleVersion", [5n, 0n]);
    expectMade(await channel.challenge(channel.agreed(5n)));
  });

  it("is refused while a clock runs and for ever after it has ended", async () => {
    const channel = channelOf(court);
    await channel.challenge(channel.agreed(1n));
    const { deadline } = headOf(channel);
    const again = async () => channel.challenge(channel.agreed(2n));
    expectRejected(await again(), "ClockStarted", [channel.id, deadline]);
    court.wait(HOUR);
    expectRejected(await again(), "ClockStarted", [channel.id, deadline]);
    await channel.settle();
    expectRejected(await again(), "ClockStarted", [channel.id, deadline]);
  });

  it("carries exactly the bond of its channel", async () => {
    const channel = channelOf(court, { bond: 9n });
    const { params } = channel;
    const presented = channel.agreed(1n);
    const call = { kind: "challenge", params, presented, signature: NO_SIGNATURE } as const;
    for (const value of [0n, 8n, 10n]) {
      expectRejected(await court.make(call, alice, value), "WrongBond", [9n, value]);
    }
    expectMade(await court.make(call, alice, 9n));
    const free = channelOf(court);
    const without = { ...call, params: free.params, presented: free.agreed(1n) };
    expectRejected(await court.make(without, alice, 1n), "WrongBond", [0n, 1n]);
  });

  it("with the highest version is the last", async () => {
    const channel = channelOf(court);
    expectMade(await channel.challenge(channel.agreed(MAX_VERSION)));
    const stale = [MAX_VERSION, MAX_VERSION];
    expectRejected(await channel.respond(channel.agreed(MAX_VERSION)), "StaleVersion", stale);
  });

  it("gives at least ten minutes and at most thirty days, whatever the period", async () => {
    for (const [period, window] of [
      [0n, 600n],
      [599n, 600n],
      [601n, 601n],
      [2n ** 32n - 1n, 2_592_000n],
    ] as const) {
      const channel = channelOf(court, { period });
      await channel.challenge(channel.initial);
      expect(headOf(channel).deadline - court.now()).to.equal(window);
    }
  });

  it("remembers the payment where that is all there is, and nothing else", async () => {
    const other = new Uint8Array(20).fill(9);
    const { lock } = hashLock(1n, court.now());
    const entry = (token: Uint8Array, net: bigint) => ({ token, net, outA: 1n, outB: 2n });
    for (const [terms, isSimple] of [
      [{ net: 2n ** 111n - 1n }, true],
      [{ net: 2n ** 111n }, false],
      [{ net: -(2n ** 111n) }, true],
      [{ net: -(2n ** 111n) - 1n }, false],
      [{ assets: [] }, true],
      [{ assets: [entry(other, 1n)] }, false],
      [{ assets: [entry(ETHER, 1n), entry(other, 1n)] }, false],
      [{ net: 1n, locks: [lock] }, false],
      [{ net: 1n, app: { app: other, codeHash: NOTHING, data: NOTHING } }, false],
    ] as const) {
      const channel = channelOf(court);
      await channel.challenge(channel.agreed(1n, terms));
      expect(Head.has(headOf(channel), Head.SIMPLE)).to.equal(isSimple);
      const recorded = await court.contract.recordedHash(channel.id);
      expect(recorded).to.equal(Hex.fromBytes(NOTHING));
    }
  });
});
