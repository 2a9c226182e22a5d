// A party that was away for longer than a window and so lost a channel to an old state loses nothing more by that.
import { expect } from "chai";
import type * as Channel from "../../src/channels/client/channel.ts";
import * as Court from "./clientCourt.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";
import { aliceHubBob } from "./hubRow.ts";

/** The peer challenges with a state of long ago, and nobody answers; it is paid out, or about to be. */
function lose(
  world: World.World,
  { chain, terms }: World.Link,
  peer: World.Actor,
  old: Channel.Signed,
  isPaidOut: boolean,
): void {
  const theirs = peer.party.channel(terms.id).terms;
  World.stop(world, peer);
  expect(Court.perform(chain, theirs, { kind: "challenge", signed: old })).to.equal(undefined);
  World.pass(world, 601);
  if (!isPaidOut) return;
  expect(Court.perform(chain, theirs, { kind: "settle", signed: old })).to.equal(undefined);
}

const locksIn = (actor: World.Actor, link: World.Link) =>
  actor.party.channel(link.terms.id).latest.content.locks.length;

const reasonsIn = (actor: World.Actor, link: World.Link) => [
  ...actor.party.channel(link.terms.id).released.values(),
];

describe("client: back after a channel was lost", () => {
  for (const isPaidOut of [true, false]) {
    const fact = isPaidOut ? "was paid out" : "can be paid out";

    it(`frozen: a hub passes no lock on from a channel that ${fact} by an older state`, () => {
      const { world, alice, hub, bob, left, right } = aliceHubBob();
      const { latest: old } = hub.party.channel(left.terms.id);
      // It has signed Alice's lock, and decides nothing before Bob has told where he stands.
      World.stop(world, hub);
      World.start(world, hub);
      World.connect(world, left);
      World.deliverAll(world);
      World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
      World.deliverAll(world);
      expect([locksIn(hub, left), locksIn(hub, right)]).to.deep.equal([1, 0]);
      World.stop(world, hub);
      lose(world, left, alice, old, isPaidOut);
      World.start(world, hub);
      World.connect(world, right);
      World.deliverAll(world);
      expect([locksIn(hub, right), reasonsIn(hub, left)]).to.deep.equal([0, ["frozen"]]);
    });

    it(`a lock in a channel that ${fact} by an older state backs no virtual one`, () => {
      const one = Virtual.open();
      const { world, alice, hub, bob, right, direct } = one;
      const { latest: old } = bob.party.channel(right.terms.id);
      Virtual.back(one);
      expect(Virtual.fundsOf(bob, direct)).to.equal(Virtual.BACKING);
      World.stop(world, bob);
      lose(world, right, hub, old, isPaidOut);
      World.start(world, bob);
      World.connect(world, direct);
      World.deliverAll(world);
      expect(Virtual.fundsOf(bob, direct)).to.equal(0n);
      Virtual.pay(one, alice, 50n);
      expect(World.rejections(bob)).to.deep.equal(["insufficient-funds"]);
    });
  }
});
