// Random episodes: payments over a network that loses, doubles and reorders messages, among parties that crash at every
// point and start again from disk. An episode ends in peace, where all must come to rest, or in a desertion, where one
// honest party gets its due alone, against what deserters put on chain.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { Random } from "../machine/seededRandom.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

export type Episode = {
  readonly world: World.World;
  readonly random: Random;
  readonly hub: World.Actor | undefined;
  /** Messages of earlier connections, and states that both signed, for those who would use them again. */
  readonly oldMessages: {
    readonly link: World.Link;
    readonly to: World.Actor;
    readonly bytes: Uint8Array;
  }[];
  readonly oldStates: { readonly link: World.Link; readonly signed: Channel.Signed }[];
};

const START = 1_800_000_000n;
export const CRASHES: readonly World.Crash[] = [
  "before persisting",
  "after persisting",
  "after sending one",
];

/** Alice and Bob with a channel, or with a hub between them. */
export function begin(random: Random, hasHub: boolean): Episode {
  const world = World.create(START);
  const chain = Court.create(1n, START);
  const [alice, bob] = [World.join(world, "Alice"), World.join(world, "Bob")];
  const deposits = [1_000n, 1_000n] as const;
  const hub = hasHub ? World.join(world, "Hub") : undefined;
  if (hub === undefined) World.open(world, chain, [alice, bob], deposits);
  else {
    World.open(world, chain, [alice, hub], deposits);
    World.open(world, chain, [hub, bob], deposits);
  }
  World.deliverAll(world);
  return { world, random, hub, oldMessages: [], oldStates: [] };
}

/** One random thing happens. */
export function step(episode: Episode): void {
  const { world, random } = episode;
  remember(episode);
  const dice = random.below(100);
  if (dice < 60) deliverSomehow(episode);
  else if (dice < 75) paySomehow(episode);
  else if (dice < 85) World.pass(world, random.pick([0.2, 1, 2]));
  else if (dice < 86) passLong(episode);
  else if (dice < 90) crashSomehow(episode);
  else if (dice < 96) startOrReconnect(episode);
  else if (dice < 98) replay(episode);
  else if (dice < 99) challengeOld(episode);
  else topUp(episode);
}

/** Everybody comes back and the network heals: no lock and no payment stays open, and nobody has lost. */
export function endInPeace({ world, hub }: Episode): void {
  for (const actor of world.actors) {
    actor.crash = undefined;
    if (!actor.isOnline) World.start(world, actor);
  }
  for (let round = 0; round < 40; round++) {
    for (const link of world.links) if (round % 8 === 0 || !link.isUp) World.connect(world, link);
    World.deliverAll(world);
    for (let part = 0; part < 30; part++) World.pass(world, round < 30 ? 0.1 : 100);
    World.deliverAll(world);
  }
  for (const link of world.links) {
    const [left, right] = link.ends.map((end) => end.party.channel(link.terms.id));
    if (left === undefined || right === undefined) continue;
    if (Court.caseOf(link.chain, link.terms).paid !== undefined) continue;
    expect(left.latest.hash, "both hold one latest state").to.deep.equal(right.latest.hash);
    expect(left.latest.content.locks, "no lock is left").to.deep.equal([]);
    expect([left.proposal, right.proposal]).to.deep.equal([undefined, undefined]);
    expect([left.isBroken, right.isBroken]).to.deep.equal([false, false]);
  }
  if (hub !== undefined) expectHubKeepsItsMoney(world, hub);
}

/** One party stays; the others are gone, but have old states put on chain, and proposals that they never answered. */
export function endInDesertion({ world, random, hub, oldStates }: Episode): void {
  const honest = random.pick(world.actors);
  for (const actor of world.actors) {
    actor.crash = undefined;
    if (actor !== honest && actor.isOnline) World.stop(world, actor);
  }
  if (!honest.isOnline) World.start(world, honest);
  const links = world.links.filter(({ ends }) => ends.includes(honest));
  const due = links.map((link) => {
    const { latest, proposal } = honest.party.channel(link.terms.id);
    return {
      link,
      contents: [latest.content, ...(proposal === undefined ? [] : [proposal.content])],
    };
  });
  // Secrets that it could have been told of in time are all that it is owed.
  const owed = links.flatMap((link) => secretsOwed(honest, link));

  for (let round = 0; round < 120; round++) {
    for (const link of links) attack({ world, random, link, honest, oldStates });
    if (round === 2) for (const link of links) honest.party.wish(link.terms.id, "leave");
    World.pass(world, round < 60 ? 61 : 2_000);
  }

  for (const { hash, expiry, link } of owed) {
    const reveal = link.chain.reveals.get(hash);
    expect(reveal !== undefined && reveal.time <= expiry, "a secret is revealed in time").to.equal(
      true,
    );
  }
  for (const { link, contents } of due) {
    const one = Court.caseOf(link.chain, link.terms);
    if (one.paid === undefined) return void expect.fail(`${honest.name} gets no payout alone`);
    const side = World.sideOf(honest, link);
    const worst = contents
      .map((content) => Court.payout(link.chain, one, content)[side])
      .reduce((least, amount) => (amount < least ? amount : least));
    expect(
      one.paid[side] >= worst,
      `${honest.name} gets ${one.paid[side]}, is due ${worst}`,
    ).to.equal(true);
  }
  if (hub === honest) expectHubKeepsItsMoney(world, hub);
}

function expectHubKeepsItsMoney(world: World.World, hub: World.Actor): void {
  let net = 0n;
  for (const link of world.links) {
    const side = World.sideOf(hub, link);
    const one = Court.caseOf(link.chain, link.terms);
    net += (one.paid?.[side] ?? World.balance(hub, link)) - one.deposited[side];
  }
  expect(net >= 0n, `the hub's net is ${net}`).to.equal(true);
}

/** Who sleeps through an expiry loses by its own fault: all are awake, though nothing they say arrives. */
function passLong({ world, random }: Episode): void {
  for (const actor of world.actors) {
    actor.crash = undefined;
    if (!actor.isOnline) World.start(world, actor);
  }
  const rounds = random.pick([1, 4, 30]);
  for (let round = 0; round < rounds; round++) World.pass(world, 100);
}

/** The network delivers, overtakes, doubles or loses. */
export function deliverSomehow({ world, random }: Episode): void {
  if (world.messages.length === 0) return World.pass(world, 1);
  const dice = random.below(100);
  const any = random.below(world.messages.length);
  if (dice < 75) World.deliver(world);
  else if (dice < 87) World.deliver(world, any);
  else if (dice < 94) World.deliverTwice(world, any);
  else world.messages.splice(any, 1);
}

function paySomehow({ world, random, hub }: Episode): void {
  const [alice, bob] = world.actors;
  const [first, last = first] = world.links;
  if (alice === undefined || bob === undefined || first === undefined || last === undefined) return;
  if (!alice.isOnline || !bob.isOnline) return;
  const hubs = hub === undefined ? [] : [hub];
  const amount = BigInt(random.pick([3, 10, 25, 60, 300]));
  const hold = random.pick([7_200n, 2_000n, 700n]);
  if (random.oneIn(2)) World.pay(world, alice, first, bob, amount, { hubs, hold });
  else World.pay(world, bob, last, alice, amount, { hubs, hold });
}

/** A party stops, is about to crash, or starts. */
export function crashSomehow({ world, random }: Episode): void {
  const actor = random.pick(world.actors);
  if (!actor.isOnline) World.start(world, actor);
  else if (random.oneIn(4)) World.stop(world, actor);
  else actor.crash = random.pick(CRASHES);
}

/** Who is gone starts, and a connection is made anew. */
export function startOrReconnect({ world, random }: Episode): void {
  for (const actor of world.actors) if (!actor.isOnline) World.start(world, actor);
  const down = world.links.filter((link) => !link.isUp);
  World.connect(world, random.pick(down.length > 0 ? down : world.links));
}

/** A message of an earlier connection, or one with a bit turned. */
export function replay({ world, random, oldMessages }: Episode): void {
  if (oldMessages.length === 0) return;
  const { link, to, bytes } = random.pick(oldMessages);
  const sent = bytes.slice();
  if (random.oneIn(2)) {
    const place = random.below(sent.length);
    sent[place] = (sent[place] ?? 0) ^ (1 << random.below(8));
  }
  world.messages.push({ link, to, bytes: sent });
}

function challengeOld({ world, random, oldStates }: Episode): void {
  if (oldStates.length === 0 || !random.oneIn(4)) return;
  const { link, signed } = random.pick(oldStates);
  // Somebody must be there to answer; who deserts is the other ending's matter.
  if (!link.ends.every(({ isOnline, crash }) => isOnline && crash === undefined)) return;
  if (isHeldByBoth(link)) Court.perform(link.chain, link.terms, { kind: "challenge", signed });
  World.lookAt(world, link);
}

// A challenge by the newest state that one side does not know yet would rightly end the channel.
function isHeldByBoth(link: World.Link): boolean {
  const [left, right] = link.ends.map((end) => end.party.channel(link.terms.id).latest.content);
  const record = Court.caseOf(link.chain, link.terms).version;
  return left !== undefined && left.version === right?.version && left.version > record + 1n;
}

function topUp({ world, random }: Episode): void {
  const link = random.pick(world.links);
  Court.deposit(link.chain, link.terms, random.pick(["A", "B"] as const), 20n);
  World.lookAt(world, link);
}

/** Keeps what may be used again. */
export function remember({ world, oldMessages, oldStates }: Episode): void {
  const last = world.messages.at(-1);
  if (last !== undefined) oldMessages.push(last);
  for (const link of world.links) {
    for (const end of link.ends) {
      const { latest } = end.party.channel(link.terms.id);
      if (oldStates.at(-1)?.signed !== latest) oldStates.push({ link, signed: latest });
    }
  }
}

type Attack = {
  readonly world: World.World;
  readonly random: Random;
  readonly link: World.Link;
  readonly honest: World.Actor;
  readonly oldStates: Episode["oldStates"];
};

/** What a deserter may do on chain: challenge by any state that both signed, or by one that it did not answer. */
function attack({ world, random, link, honest, oldStates }: Attack): void {
  if (!random.oneIn(8)) return;
  const deserter = link.ends.find((end) => end !== honest);
  if (deserter === undefined) return;
  const { terms, proposal } = honest.party.channel(link.terms.id);
  const cheat = deserter.party.channel(link.terms.id).terms;
  const old = oldStates.filter((entry) => entry.link === link);
  if (proposal !== undefined && random.oneIn(2)) {
    const { digest } = Channel.digestOf(terms, proposal.content);
    const theirs = CompactSignature.sign(digest, deserter.key);
    const signed = Channel.coSigned(terms, proposal, proposal.signature, theirs);
    Court.perform(link.chain, cheat, { kind: random.pick(["challenge", "respond"]), signed });
  } else if (old.length > 0) {
    Court.perform(link.chain, cheat, { kind: "challenge", signed: random.pick(old).signed });
  }
  World.lookAt(world, link);
}

/** The secrets by which a party would be paid, where there is time enough to reveal them. */
function secretsOwed(actor: World.Actor, link: World.Link) {
  const channel = actor.party.channel(link.terms.id);
  return channel.latest.content.locks.flatMap((lock) => {
    const hash = Hex.key(lock.key);
    const isKnown = channel.secrets.has(hash) && !channel.released.has(hash);
    const isIncoming = !Channel.isOutgoing(channel, lock);
    const hasTime = link.chain.time + 62n <= lock.expiry;
    return isKnown && isIncoming && hasTime ? [{ hash, expiry: lock.expiry, link }] : [];
  });
}
