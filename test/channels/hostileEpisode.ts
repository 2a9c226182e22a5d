// A hub among conspirators who are all of its peers and know all that it knows: they sign what they like, send it when they
// like, as often as they like, and have on chain what they can. It signs one state a version, and loses nothing.
import { expect } from "chai";
import * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as Message from "../../src/channels/client/message.ts";
import { REASONS, Rejected } from "../../src/channels/client/rejected.ts";
import * as Route from "../../src/channels/client/route.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import { KIND_CHANNEL, KIND_HASH, type Lock } from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Signature from "../../src/primitives/signature.ts";
import type { Random } from "../machine/seededRandom.ts";
import * as Court from "./clientCourt.ts";
import * as HubRow from "./hubRow.ts";
import * as World from "./clientWorld.ts";

type Front = {
  readonly link: World.Link;
  readonly enemy: World.Actor;
  /** All that both have signed, or that the hub has signed alone. */
  readonly states: Map<string, Channel.Signed>;
  readonly sent: Uint8Array[];
  /** By the hash of a state: what was changed to make it. */
  readonly made: Map<string, readonly Change.Change[]>;
  /** What the hub was paid by locks, and has paid, in which version. */
  readonly flows: Flow[];
  last: Channel.Signed | undefined;
};

type Flow = { readonly version: bigint; readonly key: string; readonly amount: bigint };

export type Life = {
  readonly world: World.World;
  readonly random: Random;
  readonly chain: Court.Court;
  readonly hub: World.Actor;
  readonly fronts: readonly Front[];
  /** What locks of the conspirators wait for: secrets that they know, and channels of their own. */
  readonly secrets: Uint8Array[];
  readonly virtual: Channel.Terms[];
  /** Whether they show secrets on chain, from where the hub has them too. */
  readonly isOpen: boolean;
};

const ENEMIES = 3;
const NO_KEY = new Uint8Array(20);

/** The hub has money in a channel with each of them. */
export function begin(random: Random): Life {
  const world = World.create(HubRow.START);
  const chain = Court.create(1n, HubRow.START);
  const hub = World.join(world, "Hub", { maxForwarded: 8 });
  const fronts = Array.from({ length: ENEMIES }, (_, i): Front => {
    const enemy = World.join(world, `Enemy ${i}`);
    const ends = i === 1 ? ([hub, enemy] as const) : ([enemy, hub] as const);
    const link = World.open(world, chain, ends, HubRow.DEPOSITS);
    return {
      link,
      enemy,
      states: new Map(),
      sent: [],
      made: new Map(),
      flows: [],
      last: undefined,
    };
  });
  World.deliverAll(world);
  for (const { enemy } of fronts) World.stop(world, enemy);
  const isOpen = random.oneIn(3);
  const life = { world, random, chain, hub, fronts, secrets: [], virtual: [], isOpen };
  for (const front of fronts) connect(life, front);
  return life;
}

/** One random thing happens. */
export function step(life: Life): void {
  const { world, random, hub } = life;
  const front = random.pick(life.fronts);
  const dice = random.below(100);
  if (dice < 34) propose(life, front);
  else if (dice < 60) answer(life, front);
  else if (dice < 78) talk(life, front);
  else if (dice < 82) replay(life, front);
  else if (dice < 88) World.pass(world, random.pick([0.2, 1, 2, 100]));
  else if (dice < 90) reestablish(life, front);
  else if (dice < 93) connect(life, front);
  else if (dice < 94) restart(life);
  else if (dice < 96) reveal(life);
  else if (random.oneIn(40)) litigate(life, front);
  else hub.party.tick();
  World.settle(world, hub);
  remember(life);
}

/** The hub leaves, and they go on. Whatever they do, it gets out, with no less than it came with. */
export function end(life: Life): void {
  const { world, random, hub, fronts } = life;
  const leavesAt = random.below(90);
  for (let round = 0; round < 260; round++) {
    const front = random.pick(fronts);
    if (random.oneIn(4)) litigate(life, front);
    else if (random.oneIn(3)) reveal(life);
    else for (let count = 0; count < 3; count++) step(life);
    if (round === leavesAt) for (const { link } of fronts) hub.party.wish(link.terms.id, "leave");
    World.settle(world, hub);
    World.pass(world, 100);
    remember(life);
  }
  const links = fronts.map(({ link }) => link);
  for (const { chain, terms } of links) {
    expect(Court.caseOf(chain, terms).paid, "the hub gets out").not.to.equal(undefined);
  }
  for (const [key, net] of netsByKey(life)) {
    expect(
      net >= 0n,
      `the hub's net by locks of ${Hex.fromBytes(Hex.fromKey(key))} is ${net}`,
    ).to.equal(true);
  }
  const net = HubRow.netOf(hub, links);
  expect(net >= 0n, `the hub's net is ${net}`).to.equal(true);
}

/** What the hub was paid by all locks of a name, less what it paid, in the states by which its channels were settled. */
function netsByKey({ chain, fronts }: Life): Map<string, bigint> {
  const nets = new Map<string, bigint>();
  const count = (key: string, amount: bigint) => nets.set(key, (nets.get(key) ?? 0n) + amount);
  for (const { link, flows } of fronts) {
    const { onRecord } = Court.caseOf(chain, link.terms);
    const hubsSide = link.ends[0].name === "Hub" ? "A" : "B";
    for (const { version, key, amount } of flows)
      if (version <= onRecord.version) count(key, amount);
    for (const lock of onRecord.locks) {
      const { time, amount } = Ledger.recordFor(chain.ledger, lock);
      const paid = amount < lock.amount ? amount : lock.amount;
      if (time === 0n || time > lock.expiry) continue;
      count(Hex.key(lock.key), Content.payerOf(lock) === hubsSide ? -paid : paid);
    }
  }
  return nets;
}

function channelOf({ hub }: Life, { link }: Front): Channel.Channel {
  return hub.party.channel(link.terms.id);
}

/** What the hub has signed is theirs to sign, at any time. */
function remember(life: Life): void {
  life.world.messages = [];
  for (const front of life.fronts) {
    const { latest, proposal, terms } = channelOf(life, front);
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
function account(front: Front, latest: Channel.Signed, hubsSide: Content.Side): void {
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
    const amount = Content.payerOf(lock) === hubsSide ? -lock.amount : lock.amount;
    flows.push({ version, key: Hex.key(key), amount });
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

function say({ world, hub }: Life, { link, sent }: Front, body: Message.Body): void {
  const { id: channelId } = link.terms;
  const bytes = Message.encode({ channelId, body });
  sent.push(bytes);
  hub.party.receive(channelId, bytes, world.ms);
}

function connect(life: Life, front: Front): void {
  life.hub.party.connect(front.link.terms.id);
  front.link.isUp = true;
  reestablish(life, front, "truth");
}

function restart(life: Life): void {
  const { world, random, hub, fronts } = life;
  World.stop(world, hub);
  // In whatever order it reads its channels.
  const disk = [...hub.durable];
  World.start(world, hub, new Map(random.oneIn(2) ? disk.reverse() : disk));
  for (const front of fronts) if (!random.oneIn(4)) connect(life, front);
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

function reestablish(life: Life, front: Front, given?: Claim): void {
  const { random } = life;
  const { latest, proposal, turn } = channelOf(life, front);
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
  say(life, front, { kind: "reestablish", turn: taken, ...stands, terms: { limits, fee } });
}

/** A proposal of a few changes, well signed, whether the hub may take them or not; sometimes announced before. */
function propose(life: Life, front: Front): void {
  const { random } = life;
  const { latest, terms, turn } = channelOf(life, front);
  const side = Content.opposite(terms.side);
  if (Channel.holdsToken(channelOf(life, front))) {
    return say(life, front, { kind: "request-token", turn });
  }
  const changes: Change.Change[] = [];
  let { content } = latest;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const change = changeOf(life, content, side);
    try {
      content = Change.apply(content, change, side);
      changes.push(change);
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
    say(life, front, { kind: "reestablish", turn, ...full, ...sent, terms: { limits, fee } });
  }
  const signature = CompactSignature.sign(digest, front.enemy.key);
  say(life, front, { kind: "propose", version, changes, signature });
}

function changeOf(life: Life, content: Content.Content, side: Content.Side): Change.Change {
  const { random } = life;
  const own = content.locks.filter((lock) => Content.payerOf(lock) === side);
  const dice = random.below(20);
  if (dice < 10 || own.length === 0) {
    if (dice === 0) return { kind: "pay", asset: 0, amount: BigInt(random.pick([1, 50, 400])) };
    if (random.oneIn(200)) return { kind: "finish" };
    return addOf(life, side);
  }
  const { kind, key, amount } = random.pick(own);
  if (kind === KIND_HASH) {
    const secret = life.secrets.find((one) => Bytes.equals(sha256(one), key));
    if (secret !== undefined && random.oneIn(2)) return { kind: "fulfil", secret };
    return { kind: "remove", hash: key };
  }
  if (random.oneIn(3)) return { kind: "resolve", key };
  if (random.oneIn(3)) return { kind: "remove", hash: key };
  return { kind: "lower", key, amount: amount / BigInt(random.pick([2, 3, 100])) };
}

/** A lock for the hub itself, or to be passed on to another of them, for as much as they like. */
function addOf(life: Life, side: Content.Side): Change.Change {
  const { random, world, fronts } = life;
  const now = BigInt(Math.floor(world.ms / 1_000));
  const isHash = random.oneIn(2);
  const key = isHash ? hashOf(life) : virtualOf(life).id;
  const amount = BigInt(random.pick([10, 30, 100, 110, 300]));
  const kind = isHash ? KIND_HASH : KIND_CHANNEL;
  const expiry =
    now - (now % 500n) + BigInt(random.pick([1_000, 4_000, 4_000, 4_000, 7_000, 90_000]));
  const lock: Lock = { kind, asset: 0, aToB: side === "A", expiry, amount, key };
  const { enemy } = random.pick(fronts);
  const less = random.pick([0n, 4n, 4n, 9n]);
  const to = { to: enemy.party.address, amount: isHash ? amount - less : amount, expiry };
  return { kind: "add", lock, note: Route.encode(random.oneIn(8) ? [] : [to]) };
}

/** A hash whose secret they know: one that they used before, or another. */
function hashOf({ random, secrets }: Life): Uint8Array {
  if (secrets.length === 0 || random.oneIn(12)) secrets.push(World.freshSecret());
  return sha256(random.pick(secrets.slice(-2)));
}

/** A channel of theirs whose outcome they can make up. */
function virtualOf({ random, virtual, chain, fronts }: Life): Channel.Terms {
  if (virtual.length === 0 || random.oneIn(8)) {
    const [first, second] = fronts;
    if (first === undefined || second === undefined) return expect.fail("there are enemies");
    const [a, b] = [first, second].map(({ enemy }) => Signature.addressOf(enemy.key));
    const owners = { a: a ?? NO_KEY, b: b ?? NO_KEY, keyA: NO_KEY, keyB: NO_KEY };
    const params = { ...owners, token: NO_KEY, period: 600n, bond: 0n };
    const salt = BigInt(virtual.length);
    const me = owners.a;
    virtual.push(Channel.create(chain.court, { ...params, salt }, me, World.POLICY).terms);
  }
  return random.pick(virtual.slice(-3));
}

/** An answer to what the hub has proposed: mostly that they sign it. */
function answer(life: Life, front: Front): void {
  const { random } = life;
  const { proposal, turn } = channelOf(life, front);
  if (proposal === undefined) {
    return say(life, front, { kind: random.pick(["request-token", "pass-token"]), turn });
  }
  const { version } = proposal.content;
  if (random.oneIn(20)) return say(life, front, { kind: "error", reason: "frozen", version });
  const { terms } = channelOf(life, front);
  const { digest } = Channel.digestOf(terms, proposal.content);
  const signature = CompactSignature.sign(digest, front.enemy.key);
  say(life, front, { kind: "acknowledge", version, signature });
}

/** What costs them nothing to say. */
function talk(life: Life, front: Front): void {
  const { random, secrets } = life;
  const { latest, proposal, terms, turn } = channelOf(life, front);
  const locks = [...latest.content.locks, ...(proposal?.content.locks ?? [])];
  const owed = locks.filter((lock) => Content.payerOf(lock) === terms.side);
  const dice = random.below(10);
  if (dice < 4 && secrets.length > 0) {
    return say(life, front, { kind: "fulfil", secrets: [random.pick(secrets.slice(-5))] });
  }
  if (dice < 6 && owed.length > 0) {
    const failures = [{ hash: random.pick(owed).key, reason: random.pick(REASONS) }];
    return say(life, front, { kind: "fail", failures });
  }
  if (dice < 8 && owed.length > 0) {
    const { key, amount } = random.pick(owed);
    const part = BigInt(random.pick([0, 1, 2, 3]));
    return say(life, front, {
      kind: "concede",
      concessions: [{ key, amount: (amount * part) / 2n }],
    });
  }
  if (dice === 8) {
    return say(life, front, { kind: "latest", ...random.pick([...front.states.values(), latest]) });
  }
  say(life, front, { kind: "pass-token", turn: turn + 1n });
}

/** Something that they have said before, or nearly. */
function replay({ world, random, hub, fronts }: Life, { link, sent }: Front): void {
  const other = random.oneIn(4) ? random.pick(fronts).sent : sent;
  if (other.length === 0) return;
  const bytes = random.pick(other.slice(-40)).slice();
  bytes.set(link.terms.id, 1);
  if (random.oneIn(4)) {
    const place = random.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
  }
  hub.party.receive(link.terms.id, bytes, world.ms);
}

function reveal({ world, random, chain, fronts, secrets, isOpen }: Life): void {
  const [front] = fronts;
  if (secrets.length === 0 || front === undefined || !isOpen) return;
  const secret = random.pick(secrets.slice(-6));
  Court.perform(chain, front.link.terms, { kind: "reveal", secret });
  for (const { link } of fronts) World.lookAt(world, link);
}

/** What they can do on chain: any state that they can show, and any outcome of a channel of their own. */
function litigate(life: Life, front: Front): void {
  const { world, random, chain, virtual } = life;
  const [first, second] = life.fronts;
  if (first === undefined || second === undefined) return;
  if (virtual.length > 0 && random.oneIn(2)) {
    const terms = random.pick(virtual.slice(-4));
    const assets = [
      { token: NO_KEY, net: BigInt(random.pick([0, 5, 60, 500])), outA: 0n, outB: 0n },
    ];
    const version = BigInt(1 + random.below(5));
    const content = { version, isFinal: false, assets, locks: [], app: undefined };
    const { hash, digest } = Channel.digestOf(terms, content);
    const signatureA = CompactSignature.sign(digest, first.enemy.key);
    const signatureB = CompactSignature.sign(digest, second.enemy.key);
    const signed = { content, hash, signatureA, signatureB };
    Court.perform(chain, terms, { kind: random.pick(["challenge", "respond"]), signed });
    Court.perform(chain, terms, { kind: "recordOutcome", signed });
  } else {
    const { terms } = front.link;
    const theirs = { ...terms, me: front.enemy.party.address };
    const signed = random.pick([...front.states.values()]);
    Court.perform(chain, theirs, { kind: random.pick(["challenge", "respond"]), signed });
    Court.perform(chain, theirs, { kind: "settle", signed });
  }
  for (const { link } of life.fronts) World.lookAt(world, link);
}
