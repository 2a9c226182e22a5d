// Virtual channels: paid in without the hub, ended with it or without, never at its cost.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as ChannelLock from "../../src/channels/client/channelLock.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as VirtualOf from "../../src/hub/virtual.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Court from "./clientCourt.ts";
import * as HubRow from "./hubRow.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

const netsOf = ({ alice, hub, bob, left, right }: Virtual.Triangle) =>
  [alice, hub, bob].map((actor) =>
    HubRow.netOf(
      actor,
      [left, right].filter(({ ends }) => ends.includes(actor)),
    ),
  );

const rejectionsIn = ({ world }: Virtual.Triangle) => world.actors.flatMap(World.rejections);

/** Time passes in steps in which everybody looks at the chain. */
function pass({ world }: Virtual.Triangle, seconds: number): void {
  for (let part = 0; part < seconds; part += 100) {
    World.pass(world, 100);
    World.deliverAll(world);
  }
}

function leave({ world }: Virtual.Triangle, actor: World.Actor, link: World.Link): void {
  actor.party.wish(link.terms.id, "leave");
  World.settle(world, actor);
}

describe("client: virtual channels", () => {
  it("are paid in both ways without the hub, and end with the net in both channels", () => {
    const one = Virtual.backed();
    const { world, alice, hub, bob, left, right, direct } = one;
    World.stop(world, hub);
    for (let count = 0; count < 5; count++) Virtual.pay(one, alice, 40n);
    Virtual.pay(one, bob, 30n);
    expect(World.rejections(bob).concat(World.rejections(alice))).to.deep.equal([]);
    World.start(world, hub);
    for (const link of [left, right]) World.connect(world, link);
    World.deliverAll(world);
    Virtual.close(one);
    pass(one, 200);
    expect(netsOf(one)).to.deep.equal([-170n, 0n, 170n]);
    for (const link of [left, right]) {
      for (const end of link.ends) expect(Virtual.locksIn(end, link)).to.deep.equal([]);
    }
    expect(Virtual.fundsOf(alice, direct)).to.equal(0n);
    expect(Ledger.outcomeOf(one.chain.ledger, direct.terms.id).recordedAt, "no call").to.equal(0n);
    expect(rejectionsIn(one)).to.deep.equal([]);
  });

  for (const [fact, paid] of [
    ["nothing was paid", 0n],
    ["all was paid", Virtual.BACKING],
  ] as const) {
    it(`end where ${fact}`, () => {
      const one = Virtual.backed();
      if (paid > 0n) Virtual.pay(one, one.alice, paid);
      Virtual.close(one);
      pass(one, 200);
      expect(netsOf(one)).to.deep.equal([-paid, 0n, paid]);
      expect(Virtual.locksIn(one.alice, one.left)).to.deep.equal([]);
      expect(Virtual.locksIn(one.bob, one.right)).to.deep.equal([]);
      expect(rejectionsIn(one)).to.deep.equal([]);
    });
  }

  it("carry no more than their lock holds", () => {
    const one = Virtual.backed();
    Virtual.pay(one, one.alice, Virtual.BACKING + 1n);
    expect(one.alice.happenings.at(-1)).to.include({
      kind: "refused",
      reason: "insufficient-funds",
    });
    Virtual.pay(one, one.bob, 1n);
    expect(one.bob.happenings.at(-1)).to.include({ kind: "refused", reason: "insufficient-funds" });
  });

  it("unknown-channel: a lock for a channel that its payee has not opened comes back", () => {
    const row = HubRow.aliceHubBob();
    const { world, chain, alice, bob, left } = row;
    const params = { ...left.terms.params, b: bob.party.address, salt: 77n };
    const { terms } = alice.party.open(chain.court, params, left.terms.id);
    alice.party.back(terms.id, 100n, HubRow.START + 7_200n);
    World.settle(world, alice);
    World.deliverAll(world);
    expect(Virtual.locksIn(alice, left)).to.deep.equal([]);
    expect(Virtual.locksIn(bob, row.right)).to.deep.equal([]);
  });

  it("are owed to their payee only as far as as much came in", () => {
    const one = Virtual.backed();
    const [paying, before] = [one.right, one.left].map((link) => Virtual.channelOf(one.hub, link));
    const [lock] = Virtual.locksIn(one.hub, one.left);
    if (paying === undefined || before === undefined || lock === undefined) {
      return void expect.fail("the hub has both locks");
    }
    const owedAfter = (amount: bigint, conceded?: bigint) => {
      const settlements = new Map(conceded === undefined ? [] : [[Hex.key(lock.key), conceded]]);
      const came = { ...before, settlements };
      return VirtualOf.withPaid(paying, came, { ...lock, amount }).settlements.size === 1;
    };
    expect(owedAfter(Virtual.BACKING)).to.equal(true);
    expect(owedAfter(Virtual.BACKING - 1n)).to.equal(false);
    expect(owedAfter(Virtual.BACKING, Virtual.BACKING - 1n)).to.equal(false);
    const released = {
      ...before,
      released: new Map([[Hex.key(lock.key), "nothing-owed"]] as const),
    };
    expect(VirtualOf.withPaid(paying, released, lock)).to.equal(paying);
    const { chain } = before;
    if (chain === undefined) return void expect.fail("the hub sees its chain");
    const late = { ...before, chain: { ...chain, confirmedTime: lock.expiry + 1n } };
    expect(VirtualOf.withPaid(paying, late, lock)).to.equal(paying);
  });

  it("expiry-too-soon: a lock too short to go to the chain comes back", () => {
    const one = Virtual.open();
    Virtual.back(one, 100n, 2_100n);
    expect(Virtual.locksIn(one.alice, one.left)).to.deep.equal([]);
    expect(Virtual.fundsOf(one.bob, one.direct)).to.equal(0n);
  });

  it("end for a payee that lost its disk: the end is known before the lock is, or after", () => {
    for (const isLockFirst of [true, false]) {
      const one = Virtual.open();
      const { world, alice, bob, right, direct } = one;
      const backup = new Map(bob.durable);
      Virtual.back(one);
      Virtual.pay(one, alice, 120n);
      World.stop(world, one.hub);
      Virtual.close(one);
      World.stop(world, bob);
      World.start(world, one.hub);
      World.connect(world, one.left);
      World.start(world, bob, backup);
      for (const link of isLockFirst ? [right, direct] : [direct, right]) {
        World.connect(world, link);
        World.deliverAll(world);
      }
      pass(one, 200);
      expect(netsOf(one)).to.deep.equal([-120n, 0n, 120n]);
      expect(Virtual.locksIn(bob, right)).to.deep.equal([]);
    }
  });

  for (const who of ["alice", "hub", "bob"] as const) {
    for (const crash of ["before persisting", "after persisting", "after sending one"] as const) {
      it(`survive a restart of ${who} ${crash}, at any point of their end`, () => {
        for (let point = 0; point < 16; point += 3) {
          const one = Virtual.backed();
          const { world, alice, direct } = one;
          Virtual.pay(one, alice, 120n);
          alice.party.wish(direct.terms.id, "close");
          World.settle(world, alice);
          for (let count = 0; count < point; count++) World.deliver(world);
          one[who].crash = crash;
          World.deliverAll(world);
          one[who].crash = undefined;
          if (!one[who].isOnline) World.start(world, one[who]);
          for (let round = 0; round < 8; round++) {
            for (const link of world.links) if (!link.isUp) World.connect(world, link);
            World.deliverAll(world);
            World.pass(world, 2);
          }
          World.deliverAll(world);
          expect(netsOf(one), `point ${point}`).to.deep.equal([-120n, 0n, 120n]);
          expect(Virtual.locksIn(one.hub, one.left)).to.deep.equal([]);
          expect(Virtual.locksIn(one.hub, one.right)).to.deep.equal([]);
        }
      });
    }
  }
});

describe("client: virtual channels, when one", () => {
  it("user vanishes: the payee goes to the chain in time, and the hub gets what it pays", () => {
    const one = Virtual.backed();
    const { world, alice, chain, bob, direct, left, right, hub } = one;
    Virtual.pay(one, alice, 130n);
    World.stop(world, alice);
    pass(one, 7_000);
    const outcome = Ledger.outcomeOf(chain.ledger, direct.terms.id);
    expect(outcome.amount).to.equal(130n);
    const expiry = Virtual.channelOf(hub, left).latest.content.locks[0]?.expiry ?? 0n;
    expect(outcome.recordedAt <= expiry).to.equal(true);
    expect(Virtual.locksIn(bob, right), "the hub has paid Bob").to.deep.equal([]);
    leave(one, hub, left);
    pass(one, 800);
    expect(netsOf(one)).to.deep.equal([-130n, 0n, 130n]);
  });

  it("payee vanishes: its payer gets all back after the expiry", () => {
    const one = Virtual.backed();
    const { world, alice, bob } = one;
    Virtual.pay(one, alice, 130n);
    World.stop(world, bob);
    pass(one, 7_400);
    expect(netsOf(one).slice(0, 1)).to.deep.equal([0n]);
    expect(Virtual.locksIn(alice, one.left)).to.deep.equal([]);
  });

  it("hub vanishes: the payee is paid by the outcome, and the payer pays no more", () => {
    const one = Virtual.backed();
    const { world, alice, hub, bob, left, right } = one;
    Virtual.pay(one, alice, 130n);
    World.stop(world, hub);
    Virtual.close(one);
    pass(one, 5_000);
    leave(one, bob, right);
    leave(one, alice, left);
    pass(one, 3_000);
    const paid = [left, right].map((link) => Court.caseOf(link.chain, link.terms).paid);
    expect(paid).to.deep.equal([
      { A: 870n, B: 1_130n },
      { A: 870n, B: 1_130n },
    ]);
  });

  it("user lies with an old state: it is answered, and the newest one counts", () => {
    const one = Virtual.backed();
    const { world, alice, chain, bob, direct } = one;
    Virtual.pay(one, alice, 30n);
    const old = Virtual.channelOf(alice, direct);
    Virtual.pay(one, alice, 100n);
    World.stop(world, alice);
    pass(one, 5_500);
    Court.perform(chain, old.terms, { kind: "challenge", signed: old.latest });
    World.lookAt(world, direct);
    expect(Court.caseOf(chain, direct.terms)).to.include({
      version: Virtual.channelOf(bob, direct).latest.content.version,
    });
    pass(one, 1_500);
    expect(Ledger.outcomeOf(chain.ledger, direct.terms.id).amount).to.equal(130n);
  });

  it("payer shows at the last moment a state that it never acknowledged: there is time for another clock", () => {
    const one = Virtual.backed();
    const { world, alice, chain, bob, direct } = one;
    Virtual.pay(one, alice, 130n);
    // Bob gives 10 back; Alice keeps that for later.
    bob.party.change(direct.terms.id, { kind: "pay", asset: 0, amount: 10n });
    World.settle(world, bob);
    World.deliver(world);
    World.deliver(world);
    World.deliver(world);
    World.stop(world, alice);
    const { proposal, latest } = Virtual.channelOf(bob, direct);
    if (proposal === undefined) return void expect.fail("Bob has proposed");
    const { terms } = Virtual.channelOf(alice, direct);
    const { digest } = Channel.digestOf(terms, proposal.content);
    const theirs = CompactSignature.sign(digest, alice.key);
    const signed = Channel.coSigned(
      Virtual.channelOf(bob, direct).terms,
      ...([proposal, proposal.signature, theirs] as const),
    );
    const { expiry } = Virtual.locksIn(bob, one.right)[0] ?? { expiry: 0n };
    // Just before Bob would, Alice starts the clock, and stops it in its last second.
    const margin = ChannelLock.challengeMargin(Virtual.channelOf(bob, direct));
    const dueIn = Number(expiry - margin - chain.time) - 20;
    World.pass(world, dueIn);
    expect(Court.caseOf(chain, terms).deadline).to.equal(0n);
    Court.perform(chain, terms, { kind: "challenge", signed: latest });
    World.lookAt(world, direct);
    World.pass(world, 599);
    expect(Court.perform(chain, terms, { kind: "respond", signed })).to.equal(undefined);
    pass(one, 1_500);
    const outcome = Ledger.outcomeOf(chain.ledger, terms.id);
    expect(outcome.amount).to.equal(120n);
    expect(outcome.recordedAt <= expiry && outcome.recordedAt > 0n).to.equal(true);
  });

  it("user and its friend conspire after they settled: the hub pays no more than it got", () => {
    // After the end Alice and Bob sign a state in which all was paid, and put that on chain.
    for (let point = 0; point < 24; point++) {
      const one = Virtual.backed();
      const { world, alice, bob, hub, chain, direct, left, right } = one;
      Virtual.pay(one, alice, 120n);
      alice.party.wish(direct.terms.id, "close");
      World.settle(world, alice);
      for (let count = 0; count < point; count++) World.deliver(world);
      const { latest, terms } = Virtual.channelOf(alice, direct);
      for (const actor of [alice, bob]) World.stop(world, actor);
      for (const net of [Virtual.BACKING, 0n]) {
        if (net === 0n && point % 2 === 0) continue;
        const assets = latest.content.assets.map((asset) => ({ ...asset, net }));
        const content = { ...latest.content, version: 50n + net, isFinal: false, assets };
        const { hash, digest } = Channel.digestOf(terms, content);
        const signed = {
          ...{ content, hash },
          signatureA: CompactSignature.sign(digest, alice.key),
          signatureB: CompactSignature.sign(digest, bob.key),
        };
        if (Court.caseOf(chain, terms).deadline !== 0n) continue;
        Court.perform(chain, terms, { kind: "challenge", signed });
        World.pass(world, 601);
        Court.perform(chain, terms, { kind: "recordOutcome", signed });
      }
      for (const link of [left, right]) leave(one, hub, link);
      pass(one, 8_000);
      const gained = netsOf(one)[1] ?? -1n;
      expect(gained >= 0n, `point ${point}: the hub's net is ${gained}`).to.equal(true);
    }
  });
});
