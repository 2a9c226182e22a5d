// Random games over a network that loses, doubles and reorders messages, among two who crash at every point. They end in
// peace, or in a desertion where one honest player goes on alone against a player who tries what the chain lets it.
import { expect } from "chai";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as Play from "../../src/channels/client/play.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Court from "./clientCourt.ts";
import * as Episode from "./clientEpisode.ts";
import * as Game from "./clientGame.ts";
import * as World from "./clientWorld.ts";

type Seats = { readonly alice: World.Actor; readonly bob: World.Actor; readonly link: World.Link };

export function seatsOf({ world }: Episode.Episode): Seats {
  const [alice, bob] = world.actors;
  const [link] = world.links;
  if (alice === undefined || bob === undefined || link === undefined)
    throw new RangeError("no table");
  return { alice, bob, link };
}

/** One random thing happens. */
export function step(episode: Episode.Episode): void {
  const { world, random } = episode;
  Episode.remember(episode);
  const dice = random.below(100);
  if (dice < 50) Episode.deliverSomehow(episode);
  else if (dice < 80) playSomehow(episode);
  else if (dice < 90) World.pass(world, random.pick([0.2, 1, 2]));
  else if (dice < 94) Episode.crashSomehow(episode);
  else if (dice < 98) Episode.startOrReconnect(episode);
  else Episode.replay(episode);
}

/** Everybody comes back: the game that is played comes to its end, and both hold one state. */
export function endInPeace(episode: Episode.Episode): void {
  const { world } = episode;
  const { alice, bob, link } = seatsOf(episode);
  for (const actor of world.actors) {
    actor.crash = undefined;
    if (!actor.isOnline) World.start(world, actor);
  }
  for (let round = 0; round < 120; round++) {
    if (round % 8 === 0 || !link.isUp) World.connect(world, link);
    World.deliverAll(world);
    for (const actor of [alice, bob]) takeSomehow(episode, actor);
    World.pass(world, 1);
  }
  World.deliverAll(world);
  const [left, right] = [alice, bob].map((actor) => Game.channelOf(actor, link));
  expect(left?.latest.hash, "both hold one state").to.deep.equal(right?.latest.hash);
  expect(left?.latest.content.app, "the game is over").to.equal(undefined);
  expect([left?.proposal, right?.proposal]).to.deep.equal([undefined, undefined]);
}

/** One player stays and always moves: it loses the stake only where the other took the last stone. */
export function endInDesertion(episode: Episode.Episode): void {
  const { world, random } = episode;
  const { link, ...players } = seatsOf(episode);
  const honest = random.pick([players.alice, players.bob]);
  const deserter = honest === players.alice ? players.bob : players.alice;
  for (const actor of world.actors) {
    actor.crash = undefined;
    if (!actor.isOnline) World.start(world, actor);
  }
  World.disconnect(world, link);
  // What the deserter knows stays; it only acts as the test has it act.
  const known = Game.channelOf(deserter, link);
  World.stop(world, deserter);
  honest.party.wish(link.terms.id, "leave");
  World.settle(world, honest);
  for (let round = 0; round < 90; round++) {
    if (random.oneIn(3)) attack(episode, honest, deserter, known);
    takeSomehow(episode, honest);
    World.pass(world, random.pick([1, 20, 300]));
  }
  for (let round = 0; round < 12; round++) {
    takeSomehow(episode, honest);
    World.pass(world, 200);
  }
  const one = Court.caseOf(link.chain, link.terms);
  if (one.paid === undefined) return void expect.fail(`${honest.name} gets no payout alone`);
  const { app } = one.onRecord;
  const game = app === undefined ? undefined : Nim.decode(app.data);
  if (game === undefined || game.stones === 0) return;
  const isTurnOfHonest = game.isTurnOfB === (World.sideOf(honest, link) === "B");
  expect(isTurnOfHonest, `${honest.name} has moved in time`).to.equal(false);
}

function playSomehow(episode: Episode.Episode): void {
  const { world, random } = episode;
  const { alice, bob, link } = seatsOf(episode);
  const actor = random.pick([alice, bob]);
  if (!actor.isOnline) return;
  if (Game.gameOf(actor, link) !== undefined) return takeSomehow(episode, actor);
  if (!alice.isOnline || !bob.isOnline || Game.gameOf(bob, link) !== undefined) return;
  const channel = Game.channelOf(alice, link);
  const isFree = channel.proposal === undefined && channel.queue.length === 0;
  const [asset] = channel.latest.content.assets;
  if (!isFree || asset === undefined) return;
  const start = Game.start(random.pick([3, 7, 12]), { base: asset.net });
  bob.party.agree(link.terms.id, start);
  World.settle(world, bob);
  if (alice.isOnline && bob.isOnline) {
    const { content } = Game.channelOf(alice, link).latest;
    alice.party.change(link.terms.id, Play.install(content, Court.NIM, start.data));
    World.settle(world, alice);
  }
}

function takeSomehow({ world, random }: Episode.Episode, actor: World.Actor): void {
  const [link] = world.links;
  if (link === undefined || !actor.isOnline || !Game.isOnTurn(actor, link)) return;
  const { queue } = Game.channelOf(actor, link);
  const stones = Game.gameOf(actor, link)?.stones ?? 0;
  if (queue.length > 0) return;
  Game.take(world, actor, link, Math.min(stones, 1 + random.below(3)));
}

/** What a deserter may do on chain: old states, what it never acknowledged, and moves from what is on record. */
function attack(
  episode: Episode.Episode,
  honest: World.Actor,
  deserter: World.Actor,
  known: Channel.Channel,
): void {
  const { world, random, oldStates } = episode;
  const { link } = seatsOf(episode);
  const { terms } = known;
  const { proposal } = Game.channelOf(honest, link);
  const dice = random.below(4);
  if (dice === 0 && oldStates.length > 0) {
    Court.perform(link.chain, terms, { kind: "challenge", signed: random.pick(oldStates).signed });
  } else if (dice === 1 && proposal !== undefined) {
    const { digest } = Channel.digestOf(terms, proposal.content);
    const theirs = CompactSignature.sign(digest, deserter.key);
    const signed = Channel.coSigned(
      honestTerms(honest, link),
      proposal,
      proposal.signature,
      theirs,
    );
    Court.perform(link.chain, terms, { kind: random.pick(["challenge", "respond"]), signed });
  } else forceFromRecord({ link, random, deserter, terms });
  World.lookAt(world, link);
}

const honestTerms = (honest: World.Actor, link: World.Link) => Game.channelOf(honest, link).terms;

function forceFromRecord({
  link,
  random,
  deserter,
  terms,
}: {
  readonly link: World.Link;
  readonly random: Episode.Episode["random"];
  readonly deserter: World.Actor;
  readonly terms: Channel.Terms;
}): void {
  const record = Court.recordOf(link.chain, terms);
  const game = record?.content.app === undefined ? undefined : Nim.decode(record.content.app.data);
  if (record?.content.app === undefined || game === undefined || game.stones === 0) return;
  const { content } = record;
  const taken = Math.min(game.stones, 1 + random.below(3));
  const move = Play.move(content, Court.NIM, NimApp.take(record.content.app.data, taken));
  const assets = content.assets.map((asset, i) => ({ ...asset, net: move.nets[i] ?? 0n }));
  const app = { ...record.content.app, data: move.data };
  const next = { ...content, version: content.version + 1n, assets, app };
  const { hash, digest } = Channel.digestOf(terms, next);
  const signature = CompactSignature.sign(digest, deserter.key);
  const proposal = { changes: [move], content: next, hash, signature };
  Court.perform(link.chain, terms, { kind: "forceMove", prev: record, next: proposal });
}
