// Conspirators who are all the peers of one honest party and know all that it knows: they sign what they like, say it when
// they like and as often as they like. What the party has signed is theirs to sign.
import { expect } from "chai";
import * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as Message from "../../src/channels/client/message.ts";
import { REASONS, Rejected } from "../../src/channels/client/rejected.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import type { Lock } from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import type { Random } from "../machine/seededRandom.ts";
import type * as Court from "./clientCourt.ts";
import { CRASHES } from "./clientEpisode.ts";
import * as Weather from "./clientWeather.ts";
import * as World from "./clientWorld.ts";

const ROUNDS = 260;
/** The last of them, in which the chains make all of it for good. */
const CLEAR_ROUNDS = 20;

/** A channel of the honest party with one of them. */
export type Front = {
  readonly link: World.Link;
  readonly enemy: World.Actor;
  /** All that both have signed, or that the honest party has signed alone. */
  readonly states: Map<string, Channel.Signed>;
  readonly sent: Uint8Array[];
  /** By the hash of a state: what was changed to make it. */
  readonly made: Map<string, readonly Change.Change[]>;
  /** What the honest party was paid by locks, and has paid, in which version. */
  readonly flows: Flow[];
  last: Channel.Signed | undefined;
};

type Flow = {
  readonly version: bigint;
  readonly key: string;
  readonly asset: number;
  readonly amount: bigint;
};

export type Siege = {
  readonly world: World.World;
  readonly random: Random;
  readonly chain: Court.Court;
  readonly honest: World.Actor;
  readonly fronts: readonly Front[];
  /** What they know. */
  readonly secrets: Uint8Array[];
  /** What they would like to change. */
  readonly changeOf: (front: Front, content: Content.Content, side: Content.Side) => Change.Change;
};

/** Where nothing has been said yet. */
export function front(link: World.Link, enemy: World.Actor): Front {
  const kept = { states: new Map(), sent: [], made: new Map(), flows: [], last: undefined };
  return { link, enemy, ...kept };
}

/** Something is said to the honest party, true or not. */
export function speak(siege: Siege, front: Front): void {
  const dice = siege.random.below(90);
  if (dice < 34) propose(siege, front);
  else if (dice < 60) answer(siege, front);
  else if (dice < 78) talk(siege, front);
  else if (dice < 82) replay(siege, front);
  else if (dice < 85) reestablish(siege, front);
  else if (dice < 89) connect(siege, front);
  else stop(siege);
}

export function channelOf({ honest }: Siege, { link }: Front): Channel.Channel {
  return honest.party.channel(link.terms.id);
}

/** What the party has signed is theirs to sign, at any time. */
function remember(siege: Siege): void {
  siege.world.messages = [];
  for (const front of siege.fronts) {
    const { latest, proposal, terms } = channelOf(siege, front);
    front.states.set(Hex.key(latest.hash), latest);
    account(front, latest, terms.side);
    if (proposal === undefined) continue;
    front.made.set(Hex.key(proposal.hash), proposal.changes);
    const { digest } = Channel.digestOf(terms, proposal.content);
    const theirs = CompactSignature.sign(digest, front.enemy.key);
    const signed = Channel.coSigned(terms, proposal, proposal.signature, theirs);
    front.states.set(Hex.key(proposal.hash), signed);
  }
}

/** What the locks that were paid on the way to the latest state have come to. */
function account(front: Front, latest: Channel.Signed, honestSide: Content.Side): void {
  const { last, made, flows } = front;
  front.last = latest;
  if (last === undefined || Bytes.equals(last.hash, latest.hash)) return;
  const { version } = latest.content;
  const changes = made.get(Hex.key(latest.hash));
  if (changes === undefined) return void expect.fail(`nobody has made version ${version}`);
  for (const change of changes) {
    if (change.kind !== "fulfil" && change.kind !== "resolve") continue;
    const key = change.kind === "fulfil" ? sha256(change.secret) : change.key;
    const lock = lockIn(last.content, changes, key);
    const amount = Content.payerOf(lock) === honestSide ? -lock.amount : lock.amount;
    flows.push({ version, key: Hex.key(key), asset: lock.asset, amount });
  }
}

/** A lock as it was when it was paid: it may have been added, or lowered, in the same proposal. */
function lockIn(
  content: Content.Content,
  changes: readonly Change.Change[],
  key: Uint8Array,
): Lock {
  let lock = Change.lockOf(content, key);
  for (const change of changes) {
    if (change.kind === "add" && Bytes.equals(change.lock.key, key)) lock ??= change.lock;
    const isLowered = change.kind === "lower" && Bytes.equals(change.key, key);
    if (isLowered && lock !== undefined) lock = { ...lock, amount: change.amount };
  }
  return lock ?? expect.fail("what is paid is a lock");
}

/** Says something to the honest party. */
export function say({ world, honest }: Siege, { link, sent }: Front, body: Message.Body): void {
  const { id: channelId } = link.terms;
  const bytes = Message.encode({ channelId, body });
  sent.push(bytes);
  honest.party.receive(channelId, bytes, world.ms);
}

export function connect(siege: Siege, front: Front): void {
  siege.honest.party.connect(front.link.terms.id);
  front.link.isUp = true;
  reestablish(siege, front, "truth");
}

/** It stops now, or in the middle of what it does next. */
function stop({ world, random, honest }: Siege): void {
  if (random.oneIn(2)) World.stop(world, honest);
  else honest.crash = random.pick(CRASHES);
}

/** All that is due for the party is done; if it has stopped it starts again. */
export function settle(siege: Siege): void {
  const { world, honest } = siege;
  if (honest.isOnline) World.settle(world, honest);
  if (!honest.isOnline) start(siege);
  remember(siege);
}

/** Rounds of a hundred seconds, until every lock has expired; at the end of one the honest party wants to leave these channels. */
export function waitOut(
  siege: Siege,
  leavesAt: number,
  left: readonly Front[],
  happen: () => void,
): void {
  const { world, honest } = siege;
  for (let round = 0; round < ROUNDS; round++) {
    if (round === ROUNDS - CLEAR_ROUNDS) World.chainsOf(world).forEach(Weather.clear);
    happen();
    // Again and again: it may stop before the wish is on disk.
    if (round >= leavesAt) for (const { link } of left) honest.party.wish(link.terms.id, "leave");
    settle(siege);
    World.pass(world, 100);
    settle(siege);
  }
}

function start(siege: Siege): void {
  const { world, random, honest, fronts } = siege;
  // In whatever order it reads its channels.
  const disk = [...honest.durable];
  World.start(world, honest, new Map(random.oneIn(2) ? disk.reverse() : disk));
  for (const front of fronts) if (!random.oneIn(4)) connect(siege, front);
}

type Claim = "truth" | "behind" | "ahead" | "proposed";
const CLAIMS: readonly Claim[] = [
  "truth",
  "truth",
  "truth",
  "truth",
  "behind",
  "ahead",
  "proposed",
];

function reestablish(siege: Siege, front: Front, given?: Claim): void {
  const { random } = siege;
  const { latest, proposal, turn } = channelOf(siege, front);
  const claim = given ?? random.pick(CLAIMS);
  const { version } = latest.content;
  const { limits, fee } = World.POLICY;
  let [fullVersion, fullHash] = [version, latest.hash];
  if (claim === "behind" && version > 0n) fullVersion -= 1n;
  if (claim === "ahead") [fullVersion, fullHash] = [version + 5n, sha256(latest.hash)];
  if (claim === "proposed" && proposal !== undefined) {
    [fullVersion, fullHash] = [proposal.content.version, proposal.hash];
  }
  const taken = random.oneIn(4) ? turn + 1n : turn;
  const sent = { sentVersion: fullVersion, sentHash: fullHash };
  const stands = { fullVersion, fullHash, ...sent };
  say(siege, front, { kind: "reestablish", turn: taken, ...stands, terms: { limits, fee } });
}

/** A proposal of a few changes, well signed, whether the party may take them or not; sometimes announced before. */
function propose(siege: Siege, front: Front): void {
  const { random } = siege;
  const { latest, terms, turn } = channelOf(siege, front);
  const side = Content.opposite(terms.side);
  if (Channel.holdsToken(channelOf(siege, front))) {
    return say(siege, front, { kind: "request-token", turn });
  }
  const changes: Change.Change[] = [];
  let { content } = latest;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const change = siege.changeOf(front, content, side);
    try {
      content = Change.apply(content, change, side);
      changes.push(change);
      // Only alone a move has a chance.
      if (change.kind === "move" && !random.oneIn(8)) break;
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }
  const version = latest.content.version + 1n;
  const { hash, digest } = Channel.digestOf(terms, { ...content, version });
  front.made.set(Hex.key(hash), changes);
  if (random.oneIn(10)) {
    const { limits, fee } = World.POLICY;
    const full = { fullVersion: latest.content.version, fullHash: latest.hash };
    const sent = { sentVersion: version, sentHash: hash };
    say(siege, front, { kind: "reestablish", turn, ...full, ...sent, terms: { limits, fee } });
  }
  const signature = CompactSignature.sign(digest, front.enemy.key);
  say(siege, front, { kind: "propose", version, changes, signature });
}

/** An answer to what the party has proposed: mostly that they sign it. */
function answer(siege: Siege, front: Front): void {
  const { random } = siege;
  const { proposal, turn } = channelOf(siege, front);
  if (proposal === undefined) {
    return say(siege, front, { kind: random.pick(["request-token", "pass-token"]), turn });
  }
  const { version } = proposal.content;
  if (random.oneIn(20)) return say(siege, front, { kind: "error", reason: "frozen", version });
  const { terms } = channelOf(siege, front);
  const { digest } = Channel.digestOf(terms, proposal.content);
  const signature = CompactSignature.sign(digest, front.enemy.key);
  say(siege, front, { kind: "acknowledge", version, signature });
}

/** What costs them nothing to say. */
function talk(siege: Siege, front: Front): void {
  const { random, secrets } = siege;
  const { latest, proposal, terms, turn } = channelOf(siege, front);
  const locks = [...latest.content.locks, ...(proposal?.content.locks ?? [])];
  const owed = locks.filter((lock) => Content.payerOf(lock) === terms.side);
  const dice = random.below(10);
  if (dice < 2 && secrets.length > 0) {
    return say(siege, front, { kind: "fulfil", secrets: [random.pick(secrets.slice(-5))] });
  }
  if (dice < 3 && owed.length > 0) {
    const failures = [{ hash: random.pick(owed).key, reason: random.pick(REASONS) }];
    return say(siege, front, { kind: "fail", failures });
  }
  if (dice < 5 && owed.length > 0) {
    const { key, amount } = random.pick(owed);
    const part = BigInt(random.pick([0, 1, 2, 3]));
    return say(siege, front, {
      kind: "concede",
      concessions: [{ key, amount: (amount * part) / 2n }],
    });
  }
  if (dice === 5) {
    return say(siege, front, {
      kind: "latest",
      ...random.pick([...front.states.values(), latest]),
    });
  }
  say(siege, front, { kind: "pass-token", turn: turn + 1n });
}

/** Something that they have said before, or nearly. */
function replay({ world, random, honest, fronts }: Siege, { link, sent }: Front): void {
  const other = random.oneIn(4) ? random.pick(fronts).sent : sent;
  if (other.length === 0) return;
  const bytes = random.pick(other.slice(-40)).slice();
  bytes.set(link.terms.id, 1);
  if (random.oneIn(4)) {
    const place = random.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
  }
  honest.party.receive(link.terms.id, bytes, world.ms);
}
