// Alice and Bob with a virtual channel over their common hub.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import type { Params } from "../../src/channels/params.ts";
import * as Signature from "../../src/primitives/signature.ts";
import type { Court } from "./clientCourt.ts";
import * as HubRow from "./hubRow.ts";
import * as World from "./clientWorld.ts";

export type Triangle = {
  readonly world: World.World;
  readonly chain: Court;
  readonly alice: World.Actor;
  readonly hub: World.Actor;
  readonly bob: World.Actor;
  /** Alice is A towards the hub, the hub is A towards Bob. */
  readonly left: World.Link;
  readonly right: World.Link;
  readonly direct: World.Link;
};

/** How much Alice locks for it, and for how long. */
export const BACKING = 300n;
export const HOLD = 7_200n;

const NO_KEY = new Uint8Array(20);

/** Both have opened it; nothing backs it yet. */
export function open(changes: Partial<World.Actor["policy"]> = {}): Triangle {
  const row = HubRow.aliceHubBob(changes);
  const { world, chain, alice, bob, left, right } = row;
  const params: Params = {
    ...{ a: Signature.addressOf(alice.key), b: Signature.addressOf(bob.key) },
    ...{ keyA: NO_KEY, keyB: NO_KEY, token: World.ETHER, period: 600n, bond: 0n, salt: 9n },
  };
  const { terms } = alice.party.open(chain.court, params, left.terms.id);
  bob.party.open(chain.court, params, right.terms.id);
  const direct: World.Link = { terms, chain, ends: [alice, bob], isUp: false };
  world.links.push(direct);
  World.lookAt(world, direct);
  World.connect(world, direct);
  alice.party.change(terms.id, { kind: "name", token: World.ETHER });
  World.settle(world, alice);
  World.deliverAll(world);
  return { ...row, direct };
}

/** Both locks are signed, and the channel is ready to pay in. */
export function backed(changes: Partial<World.Actor["policy"]> = {}): Triangle {
  const one = open(changes);
  back(one);
  expect([one.alice, one.bob].map((actor) => fundsOf(actor, one.direct))).to.deep.equal([
    BACKING,
    BACKING,
  ]);
  return one;
}

export function back({ world, alice, direct }: Triangle, amount = BACKING, hold = HOLD): void {
  const expiry = BigInt(Math.floor(world.ms / 1_000)) + hold;
  alice.party.back(direct.terms.id, amount, expiry);
  World.settle(world, alice);
  World.deliverAll(world);
}

/** An actor pays the other directly. */
export function pay(one: Triangle, from: World.Actor, amount: bigint): void {
  from.party.change(one.direct.terms.id, { kind: "pay", asset: 0, amount });
  World.settle(one.world, from);
  World.deliverAll(one.world);
}

/** Both end the virtual channel with what has been paid. */
export function close({ world, alice, direct }: Triangle): void {
  alice.party.wish(direct.terms.id, "close");
  World.settle(world, alice);
  World.deliverAll(world);
}

export function channelOf(actor: World.Actor, link: World.Link): Channel.Channel {
  return actor.party.channel(link.terms.id);
}

export function fundsOf(actor: World.Actor, link: World.Link): bigint {
  return Channel.fundsOf(channelOf(actor, link), World.ETHER).A;
}

/** The locks that an actor knows of in a channel. */
export const locksIn = (actor: World.Actor, link: World.Link) =>
  channelOf(actor, link).latest.content.locks;
