// One who plays Nim against a cheat. Who always moves in time is never the one whose time has run out, pays no stake but
// of games in which the cheat took the last stone, and leaves by no older state than its newest.
import { expect } from "chai";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as AppState from "../../src/channels/appState.ts";
import type * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as Force from "../../src/channels/client/force.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as Play from "../../src/channels/client/play.ts";
import * as Route from "../../src/channels/client/route.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { KIND_HASH } from "../../src/channels/locks.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import type { Random } from "../machine/seededRandom.ts";
import * as Court from "./clientCourt.ts";
import * as Game from "./clientGame.ts";
import * as HostilePeers from "./hostilePeers.ts";
import * as HubRow from "./hubRow.ts";
import * as World from "./clientWorld.ts";

export type Life = HostilePeers.Siege & {
  readonly front: HostilePeers.Front;
  readonly side: Content.Side;
  /** What the player has given away. */
  paid: bigint;
  /** Stakes of games that the cheat has won, by the base on which they were played. */
  readonly lost: Map<string, bigint>;
  /** The newest version that the player held, signed by both, while it could still be shown. */
  newest: bigint;
  /** Whether the app judges no more, as where its account delegates to other code by now. */
  readonly code: { isGone: boolean };
};

const OTHER_CODE = new Uint8Array(32).fill(0x43);
const STAKES = [20n, 20n, 150n, 600n] as const;

/** Both have money; either may be the player. */
export function begin(random: Random): Life {
  const world = World.create(HubRow.START);
  const code = { isGone: false };
  const plain = Court.create(1n, HubRow.START);
  const codeHash = (account: Uint8Array) =>
    code.isGone ? OTHER_CODE : plain.around.codeHash(account);
  const chain: Court.Court = { ...plain, around: { ...plain.around, codeHash } };
  const [alice, bob] = [World.join(world, "Alice"), World.join(world, "Bob")];
  const link = World.open(world, chain, [alice, bob], HubRow.DEPOSITS);
  World.deliverAll(world);
  const [honest, enemy] = random.oneIn(2) ? [alice, bob] : [bob, alice];
  World.stop(world, enemy);
  const front = HostilePeers.front(link, enemy);
  const life: Life = {
    ...{ world, random, chain, honest, fronts: [front], secrets: [], front },
    ...{ side: World.sideOf(honest, link), paid: 0n, lost: new Map(), newest: 0n, code },
    changeOf: (_, content, side) => changeOf(life, content, side),
  };
  HostilePeers.connect(life, front);
  return life;
}

/** One random thing happens. */
export function step(life: Life): void {
  const { world, random, honest, front } = life;
  const dice = random.below(100);
  if (dice < 62) HostilePeers.speak(life, front);
  else if (dice < 72) seat(life);
  else if (dice < 82) play(life);
  else if (dice < 86) pay(life);
  else if (dice < 97) World.pass(world, random.pick([0.2, 1, 2, 60]));
  else if (random.oneIn(8)) litigate(life);
  else honest.party.tick();
  settle(life);
}

/** They go on, mostly on chain; the player leaves, and always moves. */
export function end(life: Life): void {
  const { random, world, chain, honest, front, side } = life;
  const { terms } = front.link;
  HostilePeers.waitOut(life, random.below(120), [front], () => {
    // In the middle of a game, where there is one.
    const isPlaying = (gameIn(HostilePeers.channelOf(life, front).latest.content)?.stones ?? 0) > 0;
    if (isPlaying && random.oneIn(6)) honest.party.wish(terms.id, "leave");
    if (random.oneIn(20)) lastSecond(life);
    if (random.oneIn(3)) for (let count = random.below(4); count > 0; count--) litigate(life);
    else for (let count = random.below(4); count > 0; count--) step(life);
    if (random.oneIn(2_000)) life.code.isGone = true;
    for (let count = 0; count < 2; count++) {
      play(life);
      settle(life);
      World.lookAt(world, front.link);
    }
  });
  const one = Court.caseOf(chain, terms);
  const { paid, deposited, onRecord } = one;
  if (paid === undefined) return void expect.fail("the player gets out");
  const { latest } = HostilePeers.channelOf(life, front);
  const isClosed = latest.content.isFinal && Court.payout(chain, one, latest.content).A === paid.A;
  if (!isClosed) {
    const versions = `version ${onRecord.version} is settled, ${life.newest} was signed in time`;
    expect(onRecord.version >= life.newest, versions).to.equal(true);
    note(life, onRecord);
    const game = gameIn(onRecord);
    const isOver = game === undefined || game.stones === 0 || life.code.isGone;
    const isOnTurn = game?.isTurnOfB === (side === "B");
    expect(!isOver && isOnTurn, `${honest.name} has moved in time`).to.equal(false);
  }
  const stakes = [...life.lost.values()].reduce((sum, stake) => sum + stake, 0n);
  const unfinished = life.code.isGone ? (gameIn(onRecord)?.stake ?? 0n) : 0n;
  const due = deposited[side] - life.paid - stakes - unfinished;
  expect(
    paid[side] >= due,
    `${honest.name} gets ${paid[side]} of ${deposited[side]}, gave ${life.paid}, lost ${stakes}`,
  ).to.equal(true);
}

function settle(life: Life): void {
  HostilePeers.settle(life);
  const { content } = HostilePeers.channelOf(life, life.front).latest;
  note(life, content);
  const { deadline } = Court.caseOf(life.chain, life.front.link.terms);
  const latest = deadline - timeToAct(life.chain);
  if (deadline === 0n || life.chain.time <= latest) life.newest = content.version;
}

/** A game that the cheat has won. */
function note({ lost, side }: Life, content: Content.Content): void {
  const game = gameIn(content);
  if (game === undefined || game.stones > 0 || game.isTurnOfB !== (side === "B")) return;
  // A game on the same base is another one only where one was won in between.
  lost.set(`${game.base}`, game.stake);
}

function gameIn({ app }: Content.Content): Nim.Game | undefined {
  return app === undefined ? undefined : Nim.decode(app.data);
}

/** A game in which the proposer moves first, on what has been paid by now. */
function startFor(life: Life, proposer: Content.Side): AppState.AppState {
  const { random, front } = life;
  const { latest } = HostilePeers.channelOf(life, front);
  const base = latest.content.assets[0]?.net ?? 0n;
  return Game.start(random.pick([1, 4, 7, 12]), {
    ...{ base, stake: random.pick(STAKES) },
    isTurnOfB: proposer === "B",
  });
}

/** The player agrees to a game, or begins one to which the cheat has agreed, or not. */
function seat(life: Life): void {
  const { random, honest, front, side } = life;
  const { id } = front.link.terms;
  const { latest, queue } = HostilePeers.channelOf(life, front);
  if (latest.content.app !== undefined || queue.length > 0) return;
  const cheat = Content.opposite(side);
  if (random.oneIn(2)) return honest.party.agree(id, startFor(life, cheat));
  const start = startFor(life, side);
  if (!random.oneIn(4)) {
    HostilePeers.say(life, front, { kind: "agree", app: AppState.hash(start) });
  }
  honest.party.change(id, Play.install(latest.content, Court.NIM, start.data));
}

/** The player moves where it is on turn. */
function play({ random, honest, front, side }: Life): void {
  const { id } = front.link.terms;
  const channel = honest.party.channel(id);
  const board = Force.board(channel);
  const game = gameIn(board);
  const isQueued = channel.queue.some(({ kind }) => kind === "move");
  if (board.app === undefined || game === undefined || game.stones === 0 || isQueued) return;
  if (game.isTurnOfB !== (side === "B")) return;
  const best = game.stones % (Nim.MAX_TAKEN + 1);
  const taken = best > 0 && random.oneIn(2) ? best : 1 + random.below(Nim.MAX_TAKEN);
  const data = NimApp.take(board.app.data, Math.min(game.stones, taken));
  honest.party.change(id, Play.move(board, Court.NIM, data));
}

function pay(life: Life): void {
  const { random, honest, front } = life;
  const { latest, queue } = HostilePeers.channelOf(life, front);
  if (latest.content.app !== undefined || queue.length > 0) return;
  const amount = BigInt(random.pick([1, 5]));
  life.paid += amount;
  honest.party.change(front.link.terms.id, { kind: "pay", asset: 0, amount });
}

/** What the cheat would change: games agreed to or not, moves by the rules or not, payments, locks, the end. */
function changeOf(life: Life, content: Content.Content, side: Content.Side): Change.Change {
  const { random, world } = life;
  if (content.app !== undefined) {
    if (random.oneIn(6)) return { kind: "conclude" };
    return moveOf(life, content, side);
  }
  const own = content.locks.filter((lock) => Content.payerOf(lock) === side);
  const [lock] = own;
  if (lock !== undefined) return { kind: "remove", hash: lock.key };
  const dice = random.below(20);
  if (dice < 12) {
    const { agreed } = HostilePeers.channelOf(life, life.front);
    const states = Array.from({ length: 12 }, () => startFor(life, side));
    const isAgreed = (one: AppState.AppState) =>
      agreed.some((hash) => Hex.key(AppState.hash(one)) === Hex.key(hash));
    const start = states.find(isAgreed) ?? random.pick(states);
    return Play.install(content, Court.NIM, start.data);
  }
  if (dice === 12) {
    const now = BigInt(Math.floor(world.ms / 1_000));
    const key = sha256(World.freshSecret());
    const terms = { kind: KIND_HASH, asset: 0, aToB: side === "A", key };
    return {
      kind: "add",
      lock: { ...terms, amount: 10n, expiry: now + 1_000n },
      note: Route.encode([]),
    };
  }
  if (dice === 13 && random.oneIn(40)) return { kind: "finish" };
  return { kind: "pay", asset: 0, amount: BigInt(random.pick([1, 3])) };
}

/** A move, mostly a legal one where the cheat is on turn. */
function moveOf({ random }: Life, content: Content.Content, side: Content.Side): Change.Move {
  const game = gameIn(content);
  const { app } = content;
  if (game === undefined || app === undefined) return expect.fail("a game is played");
  const taken = Math.min(game.stones, 1 + random.below(Nim.MAX_TAKEN));
  const next = { ...game, stones: game.stones - taken, isTurnOfB: !game.isTurnOfB };
  const stakes = next.stake + BigInt(random.pick([-1, 1, 500]));
  const cheats: readonly Nim.Game[] = [
    { ...next, stones: game.stones },
    { ...next, stones: 0 },
    { ...next, stones: game.stones + 1 },
    { ...next, isTurnOfB: game.isTurnOfB },
    { ...next, isTurnOfB: side === "A" },
    { ...next, base: next.base + BigInt(random.pick([-5, 5])) },
    { ...next, stake: stakes < 0n ? 1n : stakes },
  ];
  const made = random.oneIn(4) ? random.pick(cheats) : next;
  // More than the four words changes nothing for the app, and the state.
  const data = Nim.encode(made);
  const long = random.oneIn(8) ? Uint8Array.from([...data, ...new Uint8Array(700)]) : data;
  const nets = content.assets.map(() => Nim.netOf(random.oneIn(12) ? game : made));
  return { kind: "move", data: long, nets };
}

/** Any state that they can show, moves from the record, and what the player has signed given as a move. */
function litigate(life: Life): void {
  const { world, random, chain, front } = life;
  const { terms } = front.link;
  const theirs = { ...terms, me: front.enemy.party.address };
  const states = [...front.states.values()];
  const played = states.filter(({ content }) => content.app !== undefined);
  const some = played.length > 0 && random.oneIn(2) ? played : states;
  if (some.length === 0) return;
  const signed = random.pick(random.oneIn(2) ? some : some.slice(-3));
  const dice = random.below(8);
  if (dice < 2) Court.perform(chain, theirs, { kind: "challenge", signed });
  else if (dice < 3) Court.perform(chain, theirs, { kind: "respond", signed });
  else if (dice < 4) Court.perform(chain, theirs, { kind: "settle", signed });
  else forceMove(life, theirs);
  World.lookAt(world, front.link);
}

function forceMove(life: Life, theirs: Channel.Terms): void {
  const { random, chain, front, side } = life;
  const record = Court.recordOf(chain, theirs);
  if (record === undefined || gameIn(record.content) === undefined) return;
  const { proposal } = HostilePeers.channelOf(life, front);
  if (proposal !== undefined && random.oneIn(4)) {
    Court.perform(chain, theirs, { kind: "forceMove", prev: record, next: proposal });
    return;
  }
  const { content } = record;
  const move = moveOf(life, content, Content.opposite(side));
  const { app } = content;
  if (app === undefined) return;
  const assets = content.assets.map((asset, i) => ({ ...asset, net: move.nets[i] ?? 0n }));
  const version = content.version + 1n;
  const next = { ...content, version, assets, app: { ...app, data: move.data } };
  const { hash, digest } = Channel.digestOf(theirs, next);
  const signature = CompactSignature.sign(digest, front.enemy.key);
  const given = { changes: [move], content: next, hash, signature };
  Court.perform(chain, theirs, { kind: "forceMove", prev: record, next: given });
}

/** The last second of a clock, seen by the player, too. */
function lastSecond(life: Life): void {
  const { world, chain, front } = life;
  const { deadline } = Court.caseOf(chain, front.link.terms);
  const left = timeToAct(chain);
  if (deadline <= chain.time + left) return;
  World.pass(world, Number(deadline - chain.time - left));
  settle(life);
}

/** In bad weather who wakes up in the last second may be kept out until it is over. */
function timeToAct({ weather }: Court.Court): bigint {
  return weather === undefined ? 1n : 240n;
}
