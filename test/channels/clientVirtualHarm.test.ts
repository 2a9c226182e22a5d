// What a payer, a hub or a stranger would do so that a payee of a virtual channel has nothing on record in time.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as ChannelLock from "../../src/channels/client/channelLock.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import type { Lock } from "../../src/channels/locks.ts";
import * as Message from "../../src/channels/client/message.ts";
import { Party } from "../../src/hub/party.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { Rejected } from "../../src/channels/client/rejected.ts";
import * as Court from "./clientCourt.ts";
import * as HubRow from "./hubRow.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

const NOT_ETHER = new Uint8Array(20).fill(0x77);

/** How long it is until Bob can no longer have on record what is paid, in seconds. */
function timeLeft({ world, bob, right, direct }: Virtual.Triangle): number {
  const [lock] = Virtual.locksIn(bob, right);
  const margin = ChannelLock.challengeMargin(Virtual.channelOf(bob, direct));
  return Number((lock?.expiry ?? 0n) - margin) - world.ms / 1_000;
}

/** What Bob receives by a proposal of Alice that pays him, whatever her own client would say of it. Answers his latest version. */
function offer({ world, alice, bob, direct }: Virtual.Triangle, amount: bigint): bigint {
  const { latest, terms, turn } = Virtual.channelOf(bob, direct);
  const say = (body: Message.Body) => {
    const bytes = Message.encode({ channelId: terms.id, body });
    bob.party.receive(terms.id, bytes, world.ms);
  };
  if (turn % 2n === 1n) return expect.fail("Alice has the token");
  const version = latest.content.version + 1n;
  const assets = latest.content.assets.map((asset) => ({ ...asset, net: asset.net + amount }));
  const { digest } = Channel.digestOf(terms, { ...latest.content, version, assets });
  const signature = CompactSignature.sign(digest, alice.key);
  say({ kind: "propose", version, changes: [{ kind: "pay", asset: 0, amount }], signature });
  return Virtual.channelOf(bob, direct).latest.content.version;
}

/** Both see that the chain has gone on; nothing else happens. */
function look({ world, chain, alice, bob, direct }: Virtual.Triangle): void {
  chain.time = BigInt(world.ms / 1_000);
  const view = Court.view(chain, direct.terms);
  for (const { party } of [alice, bob]) party.observe(direct.terms.id, view, world.ms);
}

describe("client: harm to the payee of a virtual channel", () => {
  it("frozen: who has gone to the chain signs nothing more, and so is not kept busy with its own newer states", () => {
    const one = Virtual.backed();
    const { world, alice, bob, direct } = one;
    Virtual.pay(one, alice, 130n);
    const { version } = Virtual.channelOf(bob, direct).latest.content;
    world.ms += timeLeft(one) * 1_000;
    // The challenge is on its way, and Bob has not seen it on chain.
    bob.party.tick();
    const { calls, puts } = bob.party.crank(world.ms);
    expect(calls.map(({ call }) => call.kind)).to.deep.equal(["challenge"]);
    expect(puts.length, "it is for good").to.equal(1);
    expect(offer(one, 1n)).to.equal(version);
    const { happenings } = bob.party.crank(world.ms);
    expect(happenings[0]).to.have.nested.property("rejected.reason", "frozen");
  });

  it("expiry-too-soon: a payment that could not be put on record in time is none, and is not offered", () => {
    const early = Virtual.backed();
    const { version } = Virtual.channelOf(early.bob, early.direct).latest.content;
    early.world.ms += (timeLeft(early) - 1) * 1_000;
    look(early);
    expect(offer(early, 1n)).to.equal(version + 1n);
    const late = Virtual.backed();
    late.world.ms += timeLeft(late) * 1_000;
    look(late);
    expect(offer(late, 1n)).to.equal(version);
    World.settle(late.world, late.bob);
    expect(World.rejections(late.bob)).to.deep.equal(["expiry-too-soon"]);
    Virtual.pay(late, late.alice, 1n);
    expect(late.alice.happenings.at(-1)).to.include({ kind: "refused", reason: "expiry-too-soon" });
  });

  it("a lock that its payee has given up backs nothing", () => {
    const one = Virtual.open();
    const { world, hub, bob, right, direct } = one;
    const now = BigInt(world.ms / 1_000);
    const margin = ChannelLock.challengeMargin(Virtual.channelOf(bob, direct));
    // The hub brings a lock that is too short to go to the chain.
    const { terms, latest } = Virtual.channelOf(hub, right);
    const lock: Lock = {
      ...{ kind: 1, asset: 0, aToB: true, amount: 300n, key: direct.terms.id },
      expiry: now + margin + World.POLICY.slack - 1n,
    };
    const version = latest.content.version + 1n;
    const content = { ...latest.content, version, locks: [lock] };
    const signature = CompactSignature.sign(Channel.digestOf(terms, content).digest, hub.key);
    const changes = [{ kind: "add", lock, note: new Uint8Array(1) } as const];
    const body = { kind: "propose", version, changes, signature } as const;
    bob.party.receive(terms.id, Message.encode({ channelId: terms.id, body }), world.ms);
    World.settle(world, bob);
    const { released } = Virtual.channelOf(bob, right);
    expect([...released]).to.deep.equal([[Hex.key(direct.terms.id), "expiry-too-soon"]]);
    expect(Virtual.fundsOf(bob, direct)).to.equal(0n);
    const before = Virtual.channelOf(bob, direct).latest.content.version;
    expect(offer(one, 50n)).to.equal(before);
  });

  it("a lock on another chain backs nothing: its adjudicator will know no outcome", () => {
    const one = HubRow.aliceHubBob();
    const { world, chain, alice, bob, left, right } = one;
    const elsewhere = Court.create(42n, chain.time);
    const virtual = { ...left.terms.params, b: right.terms.params.b, salt: 9n };
    const { terms } = alice.party.open(elsewhere.court, virtual, left.terms.id);
    bob.party.open(elsewhere.court, virtual, right.terms.id);
    const direct: World.Link = { terms, chain: elsewhere, ends: [alice, bob], isUp: false };
    world.links.push(direct);
    World.lookAt(world, direct);
    // Alice has the hub lock money for it on the chain of Bob's channel, which her own client would not.
    expect(() => alice.party.back(terms.id, 300n, HubRow.START + Virtual.HOLD))
      .to.throw(Rejected)
      .with.property("reason", "not-the-payer");
    const lock: Lock = {
      ...{ kind: 1, asset: 0, aToB: true, amount: 300n, key: terms.id },
      expiry: HubRow.START + Virtual.HOLD,
    };
    const { latest } = Virtual.channelOf(bob, right);
    const version = latest.content.version + 1n;
    const content = { ...latest.content, version, locks: [lock] };
    const { digest } = Channel.digestOf(right.terms, content);
    const signature = CompactSignature.sign(digest, one.hub.key);
    const changes = [{ kind: "add", lock, note: new Uint8Array(1) } as const];
    const body = { kind: "propose", version, changes, signature } as const;
    bob.party.receive(
      right.terms.id,
      Message.encode({ channelId: right.terms.id, body }),
      world.ms,
    );
    World.settle(world, bob);
    expect(Virtual.channelOf(bob, right).latest.content.version).to.equal(version);
    expect(Virtual.fundsOf(bob, direct)).to.equal(0n);
  });

  it("a restart when time is short gives up no lock that something stands on", () => {
    const one = Virtual.backed();
    const { world, chain, alice, hub, bob, right, direct } = one;
    Virtual.pay(one, alice, 130n);
    for (const actor of [alice, hub]) World.stop(world, actor);
    const left = timeLeft(one);
    World.pass(world, left);
    World.stop(world, bob);
    World.start(world, bob);
    expect(Virtual.channelOf(bob, right).released.size).to.equal(0);
    for (let round = 0; round < 7; round++) World.pass(world, 100);
    expect(Ledger.outcomeOf(chain.ledger, direct.terms.id).amount).to.equal(130n);
  });

  it("frozen, chain-unseen: one that has ended is not backed again, for every further lock would pay it once more", () => {
    const one = Virtual.backed();
    const { alice, left, direct } = one;
    Virtual.pay(one, alice, 130n);
    Virtual.close(one);
    expect(HubRow.netOf(alice, [left])).to.equal(-130n);
    const expectRefused = ({ party }: World.Actor, reason: string) =>
      expect(() => party.back(direct.terms.id, 50n, HubRow.START + Virtual.HOLD))
        .to.throw(Rejected)
        .with.property("reason", reason);
    expectRefused(alice, "frozen");
    // Nor before it was seen after a start: it may have ended.
    const party = new Party(alice.key, () => alice.policy);
    const open = Virtual.open();
    party.restore([...open.alice.durable.values()], open.world.ms);
    expectRefused({ ...alice, party }, "chain-unseen");
  });

  it("strangers who pay into its pots, and have them paid out, keep nothing off the record", () => {
    const one = Virtual.backed();
    const { world, alice, chain, bob, direct } = one;
    Virtual.pay(one, alice, 130n);
    const { terms } = Virtual.channelOf(bob, direct);
    bob.party.wish(terms.id, "leave");
    World.settle(world, bob);
    chain.time += 600n;
    world.ms += 600_000;
    const pot = { token: World.ETHER, deposited: { A: 1n, B: 0n }, isSettled: true };
    bob.party.observe(terms.id, { ...Court.view(chain, terms), pots: [pot] }, world.ms);
    const { calls } = bob.party.crank(world.ms);
    expect(calls.map(({ call }) => call.kind)).to.deep.equal(["recordOutcome"]);
  });

  it("strangers who pay into its pots do not spoil its end", () => {
    const assets = [...World.POLICY.limits.assets, { token: NOT_ETHER, dust: 1n, inFlight: 10n }];
    const one = Virtual.backed({ limits: { ...World.POLICY.limits, assets } });
    const { chain, alice, bob, direct } = one;
    Virtual.pay(one, alice, 130n);
    const pot = { token: NOT_ETHER, deposited: { A: 1n, B: 0n }, isSettled: false };
    for (const actor of [alice, bob]) {
      const { terms } = Virtual.channelOf(actor, direct);
      actor.party.observe(terms.id, { ...Court.view(chain, terms), pots: [pot] }, one.world.ms);
    }
    Virtual.close(one);
    expect(Virtual.channelOf(bob, direct).latest.content.isFinal).to.equal(true);
    expect(one.world.actors.flatMap(World.rejections)).to.deep.equal([]);
  });
});
