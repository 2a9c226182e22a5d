// Random lives of virtual channels over a hub, on networks that lose, double and reorder messages, among parties that crash
// at every point. They end in peace, or with one honest party against the two others, who sign together what they like.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import type { Content } from "../../src/channels/client/content.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import type { Random } from "../machine/seededRandom.ts";
import * as Court from "./clientCourt.ts";
import * as Episode from "./clientEpisode.ts";
import * as HubRow from "./hubRow.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

export type Life = Virtual.Triangle & { readonly episode: Episode.Episode };

export function begin(random: Random): Life {
  const one = random.oneIn(4) ? Virtual.open() : Virtual.backed();
  const { world, hub } = one;
  return { ...one, episode: { world, random, hub, oldMessages: [], oldStates: [] } };
}

/** One random thing happens. */
export function step(life: Life): void {
  const { world, episode } = life;
  const { random } = episode;
  Episode.remember(episode);
  const dice = random.below(100);
  if (dice < 55) Episode.deliverSomehow(episode);
  else if (dice < 72) paySomehow(life);
  else if (dice < 73) backSomehow(life);
  else if (dice < 74) closeSomehow(life);
  else if (dice < 88) World.pass(world, random.pick([0.2, 1, 2, 10]));
  else if (dice < 93) Episode.crashSomehow(episode);
  else if (dice < 98) Episode.startOrReconnect(episode);
  else Episode.replay(episode);
}

/** Everybody comes back and ends it: the hub has neither gained nor lost, and the users have what they paid. */
export function endInPeace(life: Life): void {
  const { world, alice, hub, bob, left, right, direct } = life;
  revive(life);
  for (const user of [alice, bob]) user.party.wish(direct.terms.id, "close");
  for (let round = 0; round < 30; round++) {
    for (const link of world.links) if (round % 8 === 0 || !link.isUp) World.connect(world, link);
    World.deliverAll(world);
    for (let part = 0; part < 5; part++) World.pass(world, 1);
    World.deliverAll(world);
  }
  const end = Virtual.channelOf(alice, direct).latest;
  expect(end.hash, "both hold one state").to.deep.equal(Virtual.channelOf(bob, direct).latest.hash);
  const paid = end.content.assets[0]?.net ?? 0n;
  expect(HubRow.netOf(hub, [left, right]), "the hub is neutral").to.equal(0n);
  expect(HubRow.netOf(bob, [right])).to.equal(paid);
  for (const link of [left, right]) {
    for (const side of link.ends) expect(Virtual.locksIn(side, link)).to.deep.equal([]);
  }
}

/** One party stays and leaves its channels in the end; the others put on chain what they like, and what they conspire to. */
export function endAgainst(life: Life): void {
  const { world, episode, alice, hub, bob, direct } = life;
  const { random } = episode;
  const honest = random.pick([alice, hub, bob]);
  revive(life);
  const contents = [alice, bob].includes(honest) ? enforceable(honest, direct) : [];
  const hasBacking = honest !== hub && Virtual.fundsOf(honest, direct) > 0n;
  const before = HubRow.netOf(honest, linksOf(life, honest));
  for (const actor of world.actors) if (actor !== honest) World.stop(world, actor);
  const leavesAt = random.below(80);
  for (let round = 0; round < 130; round++) {
    if (random.oneIn(4)) attack(life, honest);
    if (round === leavesAt) {
      for (const link of linksOf(life, honest)) {
        honest.party.wish(link.terms.id, "leave");
        World.settle(world, honest);
      }
    }
    World.pass(world, 100);
  }
  const gained = HubRow.netOf(honest, linksOf(life, honest));
  for (const link of linksOf(life, honest)) {
    const { paid } = Court.caseOf(link.chain, link.terms);
    if (paid === undefined) return void expect.fail(`${honest.name} gets no payout alone`);
  }
  if (honest === hub) {
    // What it has got and not passed on yet it owes, so it is held to what it began with.
    return void expect(gained >= 0n, `the hub's net is ${gained}`).to.equal(true);
  }
  const nets = contents.map(({ assets }) => assets[0]?.net ?? 0n);
  const [least, most] = [
    nets.reduce((x, y) => (x < y ? x : y)),
    nets.reduce((x, y) => (x > y ? x : y)),
  ];
  const due = honest === bob ? before + least : before - most;
  if (hasBacking || honest === alice) {
    expect(gained >= due, `${honest.name} has ${gained}, is due ${due}`).to.equal(true);
  }
}

function linksOf({ left, right }: Life, actor: World.Actor): World.Link[] {
  return [left, right].filter(({ ends }) => ends.includes(actor));
}

function enforceable(actor: World.Actor, link: World.Link): readonly Content[] {
  const { latest, proposal } = Virtual.channelOf(actor, link);
  return proposal === undefined ? [latest.content] : [latest.content, proposal.content];
}

function revive({ world }: Life): void {
  for (const actor of world.actors) {
    actor.crash = undefined;
    if (!actor.isOnline) World.start(world, actor);
  }
}

function paySomehow({ world, episode, alice, bob, direct }: Life): void {
  const { random } = episode;
  const actor = random.oneIn(3) ? bob : alice;
  if (!actor.isOnline || Virtual.channelOf(actor, direct).queue.length > 3) return;
  const amount = BigInt(random.pick([1, 5, 20, 60]));
  actor.party.change(direct.terms.id, { kind: "pay", asset: 0, amount });
  World.settle(world, actor);
}

function backSomehow({ world, alice, left, direct }: Life): void {
  if (!alice.isOnline || Virtual.fundsOf(alice, direct) > 0n) return;
  const { proposal, queue, latest } = Virtual.channelOf(alice, left);
  const isFree = proposal === undefined && queue.length === 0 && latest.content.locks.length === 0;
  if (!isFree || Virtual.channelOf(alice, direct).latest.content.isFinal) return;
  const expiry = BigInt(Math.floor(world.ms / 1_000)) + Virtual.HOLD;
  alice.party.back(direct.terms.id, Virtual.BACKING, expiry);
  World.settle(world, alice);
}

function closeSomehow({ world, episode, alice, bob, direct }: Life): void {
  const actor = episode.random.pick([alice, bob]);
  if (!actor.isOnline || !episode.random.oneIn(3)) return;
  actor.party.wish(direct.terms.id, "close");
  World.settle(world, actor);
}

/** Old states, states that were never acknowledged, and in the virtual channel, if both users conspire, anything. */
function attack(life: Life, honest: World.Actor): void {
  const { episode, world, alice, bob, hub, chain, direct } = life;
  const { random, oldStates } = episode;
  const link = random.pick(world.links);
  const cheat = link.ends.find((end) => end !== honest);
  if (cheat === undefined) return;
  const { terms } = Virtual.channelOf(cheat, link);
  const own = link.ends.includes(honest) ? Virtual.channelOf(honest, link) : undefined;
  const old = oldStates.filter((one) => one.link === link);
  const dice = random.below(4);
  if (link === direct && honest === hub && dice < 3) {
    const net = random.pick([0n, 7n, Virtual.BACKING]);
    const assets = [{ token: World.ETHER, net, outA: 0n, outB: 0n }];
    const version = 1_000n + BigInt(random.below(3));
    const content = { version, isFinal: false, assets, locks: [], app: undefined };
    const { hash, digest } = Channel.digestOf(terms, content);
    const [signatureA, signatureB] = [alice, bob].map(({ key }) =>
      CompactSignature.sign(digest, key),
    );
    if (signatureA === undefined || signatureB === undefined) return;
    const signed = { content, hash, signatureA, signatureB };
    Court.perform(chain, terms, { kind: random.pick(["challenge", "respond"]), signed });
    Court.perform(chain, terms, { kind: "recordOutcome", signed });
  } else if (own?.proposal !== undefined && dice === 0) {
    const { proposal } = own;
    const theirs = CompactSignature.sign(
      Channel.digestOf(terms, proposal.content).digest,
      cheat.key,
    );
    const signed = Channel.coSigned(own.terms, proposal, proposal.signature, theirs);
    Court.perform(link.chain, terms, { kind: random.pick(["challenge", "respond"]), signed });
  } else if (old.length > 0 && dice < 3) {
    Court.perform(link.chain, terms, { kind: "challenge", signed: random.pick(old).signed });
  } else if (link === direct) {
    const signed = Court.recordOf(chain, terms);
    if (signed !== undefined) Court.perform(chain, terms, { kind: "recordOutcome", signed });
  }
  if (Ledger.headOf(chain.ledger, terms.id).deadline !== 0n) World.lookAt(world, link);
}
