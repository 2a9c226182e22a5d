// Parties in a row, each with a channel to the next.
import type * as Policy from "../../src/channels/client/policy.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

export const START = 1_800_000_000n;
export const DEPOSITS = [1_000n, 1_000n] as const;

/** A chain of parties, each with a channel to the next. */
export function chainOf(names: readonly string[], changes: Partial<Policy.Policy> = {}) {
  const world = World.create(START);
  const chain = Court.create(1n, START);
  const actors = names.map((name) => World.join(world, name, changes));
  const links = actors.slice(1).map((right, i) => {
    const left = actors[i] ?? right;
    return World.open(world, chain, [left, right], DEPOSITS);
  });
  World.deliverAll(world);
  return { world, chain, actors, links };
}

export function aliceHubBob(changes: Partial<Policy.Policy> = {}) {
  const { world, chain, actors, links } = chainOf(["Alice", "Hub", "Bob"], changes);
  const [alice, hub, bob] = actors as [World.Actor, World.Actor, World.Actor];
  const [left, right] = links as [World.Link, World.Link];
  return { world, chain, alice, hub, bob, left, right };
}

/** What a party has gained of an asset over its channels, open locks aside. */
export const netOf = (actor: World.Actor, links: readonly World.Link[], token = World.ETHER) =>
  links.reduce((sum, link) => {
    const one = Court.caseOf(link.chain, link.terms, token);
    const side = World.sideOf(actor, link);
    return sum + (one.paid?.[side] ?? World.balance(actor, link, token)) - one.deposited[side];
  }, 0n);

/** What became of a payment: why it failed, or its status. */
export const outcome = (actor: World.Actor, hash: Uint8Array) => {
  const payment = actor.party.payment(hash);
  return payment?.reason ?? payment?.status;
};
