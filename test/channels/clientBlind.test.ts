// A party that does not see its chain takes no payment and passes none on; what is under way goes on.
import { expect } from "chai";
import * as Image from "../../src/channels/client/image.ts";
import * as Sight from "../../src/channels/client/sight.ts";
import * as Account from "../../src/hub/account.ts";
import { lineOf } from "../../src/hub/effects.ts";
import { Party } from "../../src/hub/party.ts";
import * as Court from "./clientCourt.ts";
import * as Game from "./clientGame.ts";
import * as Table from "./clientTable.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";
import { aliceHubBob, chainOf, netOf, outcome } from "./hubRow.ts";

const MARGIN = Number(World.POLICY.revealMargin);

type Looks = "good" | "none" | "idle" | "older";

/** Time passes, and parties look at their chains, each with its own luck. */
function pass(world: World.World, seconds: number, looks: ReadonlyMap<World.Actor, Looks>): void {
  world.ms += seconds * 1_000;
  for (const link of world.links) {
    link.chain.time = BigInt(world.ms / 1_000);
    for (const actor of link.ends) {
      const luck = looks.get(actor) ?? "good";
      const { chain = expect.fail("looked before") } = actor.party.channel(link.terms.id);
      if (luck === "none") continue;
      const views = {
        good: Court.view(link.chain, link.terms),
        idle: chain,
        older: { ...chain, time: chain.time - 1n },
      };
      actor.party.observe(link.terms.id, views[luck], world.ms);
    }
  }
  for (const actor of world.actors) {
    actor.party.tick();
    World.settle(world, actor);
  }
}

const told = (actor: World.Actor) =>
  actor.happenings.flatMap(({ kind }) => (kind === "blind" || kind === "seeing" ? [kind] : []));

const locksOf = (actor: World.Actor, link: World.Link) =>
  actor.party.channel(link.terms.id).latest.content.locks.length;

describe("client: looks at the chain", () => {
  const look = { ms: 5_000, time: 100n };
  const known = { look, trialAt: undefined };

  it("count unless they show an older block than one before", () => {
    const later = { ms: 9_000, time: 101n };
    expect(Sight.after({ look: undefined, trialAt: undefined }, look)).to.deep.equal(look);
    expect(Sight.after(known, { ...later, time: 99n })).to.equal(look);
    expect(Sight.after(known, { ...later, time: 100n })).to.deep.equal({ ms: 9_000, time: 100n });
    expect(Sight.after(known, later)).to.equal(later);
    // From before the start a party knows when a clock was shown.
    for (const [trialAt, expected] of [
      [101n, later],
      [102n, undefined],
    ] as const) {
      expect(Sight.after({ look: undefined, trialAt }, later)).to.equal(expected);
    }
  });

  it("are good for less than revealMargin", () => {
    const { alice, left } = aliceHubBob();
    const channel = { ...alice.party.channel(left.terms.id), look };
    const at = (ms: number, seconds: bigint) => Sight.isBlind(channel, { ms, seconds });
    expect(at(5_000, 100n)).to.equal(false);
    expect(at(5_000 + MARGIN * 1_000 - 1, 100n)).to.equal(false);
    expect(at(5_000 + MARGIN * 1_000, 100n), "long ago").to.equal(true);
    expect(at(5_000, 100n + BigInt(MARGIN)), "an idle chain").to.equal(false);
    expect(at(5_000 - MARGIN * 1_000, 100n), "a clock set back").to.equal(true);
    expect(Sight.isBlind({ ...channel, look: undefined }, { ms: 5_000, seconds: 100n })).to.equal(
      true,
    );
  });
});

describe("client: a party that does not see its chain", () => {
  it("is not one whose chain makes no blocks while nobody sends anything", () => {
    const { world, actors, links } = chainOf(["Alice", "Bob"]);
    const [alice, bob] = actors as [World.Actor, World.Actor];
    const [link] = links as [World.Link];
    for (let i = 0; i < 3; i++) pass(world, MARGIN - 1, new Map([[bob, "idle"]]));
    const hash = World.pay(world, alice, link, bob, 100n);
    World.deliverAll(world);
    expect([outcome(alice, hash), told(bob)]).to.deep.equal(["paid", []]);
  });

  for (const looks of ["none", "older"] as const) {
    it(`chain-unseen: a payee whose looks are ${looks} gives a payment back at once, and takes one after a good look`, () => {
      const { world, actors, links } = chainOf(["Alice", "Bob"]);
      const [alice, bob] = actors as [World.Actor, World.Actor];
      const [link] = links as [World.Link];
      const blind = new Map([[bob, looks]]);
      pass(world, 1, new Map());
      pass(world, MARGIN - 1, blind);
      const before = World.pay(world, alice, link, bob, 100n);
      World.deliverAll(world);
      expect(outcome(alice, before), "a second before").to.equal("paid");

      pass(world, 1, blind);
      const hash = World.pay(world, alice, link, bob, 100n);
      World.deliverAll(world);
      expect(outcome(alice, hash)).to.equal("chain-unseen");
      expect(bob.party.issued(hash)?.isPaid).to.equal(false);
      expect([alice, bob].map((one) => World.balance(one, link))).to.deep.equal([900n, 1_100n]);
      expect([locksOf(alice, link), World.rejections(bob)]).to.deep.equal([0, []]);
      pass(world, 1, blind);
      expect(told(bob), "told once").to.deep.equal(["blind"]);

      pass(world, 1, new Map());
      const after = World.pay(world, alice, link, bob, 100n);
      World.deliverAll(world);
      expect(outcome(alice, after)).to.equal("paid");
      expect([told(bob), told(alice)]).to.deep.equal([["blind", "seeing"], []]);
    });
  }

  it("chain-unseen: a payer locks nothing, and the payment fails with nothing sent", () => {
    const { world, actors, links } = chainOf(["Alice", "Bob"]);
    const [alice, bob] = actors as [World.Actor, World.Actor];
    const [link] = links as [World.Link];
    pass(world, MARGIN, new Map([[alice, "none"]]));
    const { version } = alice.party.channel(link.terms.id).latest.content;
    const hash = World.pay(world, alice, link, bob, 100n);
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("chain-unseen");
    expect(bob.party.channel(link.terms.id).latest.content.version).to.equal(version);
  });

  it("chain-unseen: a payment without a lock is refused, and made once the chain is seen", () => {
    const { world, actors, links } = chainOf(["Alice", "Bob"]);
    const [alice, bob] = actors as [World.Actor, World.Actor];
    const [link] = links as [World.Link];
    pass(world, MARGIN, new Map([[bob, "none"]]));
    alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 100n });
    World.settle(world, alice);
    World.deliverAll(world);
    expect(World.rejections(bob)).to.deep.equal(["chain-unseen"]);
    expect(World.balance(bob, link)).to.equal(1_000n);
    pass(world, 1, new Map());
    World.connect(world, link);
    World.deliverAll(world);
    expect(World.balance(bob, link)).to.equal(1_100n);
  });

  for (const name of ["Alice", "Bob"] as const) {
    it(`chain-unseen: no game begins where ${name} does not see the chain`, () => {
      const one = Table.table();
      const { world, alice, bob, link } = one;
      pass(world, MARGIN, new Map([[name === "Alice" ? alice : bob, "none"]]));
      Game.agree(one, 5);
      World.deliverAll(world);
      Game.install(one, 5);
      World.deliverAll(world);
      expect(Game.gameOf(bob, link)).to.equal(undefined);
      if (name === "Bob") expect(World.rejections(bob)).to.deep.equal(["chain-unseen"]);
      else expect(alice.happenings.at(-1)).to.include({ kind: "refused", reason: "chain-unseen" });
    });
  }

  it("goes on with a game that has begun, to its end", () => {
    const { world, alice, bob, link } = Game.seated(3);
    pass(world, MARGIN, new Map([alice, bob].map((actor) => [actor, "none"])));
    Game.take(world, alice, link, 3);
    World.deliverAll(world);
    expect(World.balance(alice, link)).to.equal(1_020n);
    expect([alice, bob].flatMap(World.rejections)).to.deep.equal([]);
  });

  it("is told to its operator in a line for each change", () => {
    const { alice, left } = aliceHubBob();
    const { court } = alice.party.channel(left.terms.id).terms;
    expect(lineOf({ kind: "blind", court })).to.equal(
      "chain 1: not seen any more: no payment is taken there",
    );
    expect(lineOf({ kind: "seeing", court })).to.equal("chain 1: seen again");
  });

  it("chain-unseen: a hub passes nothing on, and does again after a good look", () => {
    const { world, alice, hub, bob, left, right } = aliceHubBob();
    pass(world, MARGIN, new Map([[hub, "none"]]));
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("chain-unseen");
    expect(hub.party.channel(right.terms.id).latest.content.version).to.equal(1n);
    expect(told(hub), "once for a chain").to.deep.equal(["blind"]);
    left.chain.time = BigInt(world.ms / 1_000);
    hub.party.observe(left.terms.id, Court.view(left.chain, left.terms), world.ms);
    World.settle(world, hub);
    expect(told(hub), "not in every channel").to.deep.equal(["blind"]);
    pass(world, 1, new Map());
    const after = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    World.deliverAll(world);
    expect(outcome(alice, after)).to.equal("paid");
    expect([netOf(hub, [left, right]), told(hub)]).to.deep.equal([2n, ["blind", "seeing"]]);
  });

  for (const unseen of ["left", "right"] as const) {
    it(`chain-unseen: a hub that does not see the chain on its ${unseen} passes nothing on to the other`, () => {
      const { world, alice, hub, bob, ...links } = aliceHubBob();
      const seen = unseen === "left" ? links.right : links.left;
      world.ms += MARGIN * 1_000;
      seen.chain.time = BigInt(world.ms / 1_000);
      const others = [alice, bob].flatMap((one) =>
        [links.left, links.right].map((link) => [one, link] as const),
      );
      for (const [actor, link] of [...others, [hub, seen] as const]) {
        if (!link.ends.includes(actor)) continue;
        actor.party.observe(link.terms.id, Court.view(link.chain, link.terms), world.ms);
      }
      const hash = World.pay(world, alice, links.left, bob, 100n, { hubs: [hub] });
      World.deliverAll(world);
      expect(outcome(alice, hash)).to.equal("chain-unseen");
      expect(locksOf(hub, links.right)).to.equal(0);
    });
  }

  it("chain-unseen: a lock that waits in a hub's queue comes back once the chain that it came from is not seen", () => {
    const { world, alice, hub, bob, left, right } = aliceHubBob();
    pass(world, 1, new Map());
    // Bob has the token, and his answer is on its way.
    bob.party.change(right.terms.id, { kind: "pay", asset: 0, amount: 1n });
    World.settle(world, bob);
    World.deliverAll(world);
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    World.deliverUntil(world, () => hub.party.channel(right.terms.id).queue.length > 0);
    world.messages = world.messages.filter(({ link }) => link !== right);
    world.ms += MARGIN * 1_000;
    left.chain.time = BigInt(world.ms / 1_000);
    for (const [actor, link] of [
      [alice, left],
      [bob, right],
      [hub, right],
    ] as const) {
      actor.party.observe(link.terms.id, Court.view(link.chain, link.terms), world.ms);
    }
    hub.party.tick();
    World.settle(world, hub);
    World.deliverAll(world);
    expect(hub.party.channel(right.terms.id).queue).to.deep.equal([]);
    expect(outcome(alice, hash)).to.equal("failed-downstream");
    expect(locksOf(bob, right)).to.equal(0);
  });

  it("fulfils what is under way, on both sides of a hub", () => {
    const { world, alice, hub, bob, left, right } = aliceHubBob();
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    World.deliverUntil(world, () => locksOf(hub, right) > 0);
    expect(outcome(alice, hash)).to.equal("pending");
    pass(world, MARGIN, new Map([alice, hub, bob].map((actor) => [actor, "none"])));
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("paid");
    expect([netOf(hub, [left, right]), locksOf(hub, left), locksOf(hub, right)]).to.deep.equal([
      2n,
      0,
      0,
    ]);
  });

  it("takes back what failed, on both sides of a hub", () => {
    const { world, alice, hub, bob, left, right } = aliceHubBob();
    pass(world, MARGIN, new Map([[bob, "none"]]));
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    World.deliverUntil(world, () => locksOf(hub, right) > 0);
    pass(world, MARGIN, new Map([alice, hub, bob].map((actor) => [actor, "none"])));
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("failed-downstream");
    expect([netOf(hub, [left, right]), locksOf(hub, left), locksOf(hub, right)]).to.deep.equal([
      0n,
      0,
      0,
    ]);
  });

  it("after a start decides on a lock at its first look, and gives it up if that does not come", () => {
    for (const isSeen of [true, false]) {
      const { world, actors, links } = chainOf(["Alice", "Bob"]);
      const [alice, bob] = actors as [World.Actor, World.Actor];
      const [link] = links as [World.Link];
      const hash = World.pay(world, alice, link, bob, 100n);
      const issued = bob.party.issued(hash) ?? expect.fail("issued before");
      World.deliverUntil(world, () => locksOf(alice, link) > 0);
      // Bob stopped before he had decided on the lock, and has not looked since he started.
      const signed = { ...bob.party.channel(link.terms.id), secrets: new Map() };
      const image = Account.ofChannel(link.terms.id, Image.encode(signed));
      World.stop(world, bob);
      bob.party = new Party(bob.key, () => bob.policy);
      bob.party.restore([image, Account.ofIssued(issued)], world.ms);
      bob.isOnline = true;
      World.connect(world, link);
      World.deliverAll(world);
      world.ms += (MARGIN - 1) * 1_000;
      bob.party.tick();
      World.settle(world, bob);
      World.deliverAll(world);
      expect([locksOf(bob, link), outcome(alice, hash)]).to.deep.equal([1, "pending"]);
      if (isSeen) World.pass(world, 0);
      else world.ms += 1_000;
      bob.party.tick();
      World.settle(world, bob);
      World.deliverAll(world);
      const isRefused = outcome(alice, hash) === "chain-unseen";
      expect([isRefused, bob.party.issued(hash)?.isPaid]).to.deep.equal([!isSeen, isSeen]);
    }
  });

  it("chain-unseen: the payee of a virtual channel is paid nothing more, takes no lock for one, and goes on after a look", () => {
    const one = Virtual.backed();
    const { world, alice, bob, direct } = one;
    Virtual.pay(one, alice, 50n);
    pass(world, MARGIN, new Map([[bob, "none"]]));
    Virtual.pay(one, alice, 20n);
    expect(World.rejections(bob)).to.deep.equal(["chain-unseen"]);
    const netFor = () => Virtual.channelOf(bob, direct).latest.content.assets[0]?.net;
    expect(netFor()).to.equal(50n);
    pass(world, 1, new Map());
    World.connect(world, direct);
    World.deliverAll(world);
    expect(netFor()).to.equal(70n);

    const other = Virtual.open();
    pass(other.world, MARGIN, new Map([[other.bob, "none"]]));
    Virtual.back(other);
    expect(locksOf(other.bob, other.right)).to.equal(0);
    expect(Virtual.fundsOf(other.bob, other.direct)).to.equal(0n);
  });
});
