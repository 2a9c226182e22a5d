// A hub among conspirators who are all of its peers. It signs one state a version, gets out, and loses nothing.
import { expect } from "chai";
import type * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
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
import * as HostilePeers from "./hostilePeers.ts";
import * as HubRow from "./hubRow.ts";
import * as World from "./clientWorld.ts";

export type Life = HostilePeers.Siege & {
  /** Channels of the conspirators' own, whose outcome they can make up. */
  readonly virtual: Channel.Terms[];
  /** Whether they show secrets on chain, from where the hub has them too. */
  readonly isOpen: boolean;
};

const ENEMIES = 3;
const PLENTY = 10n ** 12n;
const NO_KEY = new Uint8Array(20);
const TOKENS = [World.ETHER, Court.GOLD] as const;

/** The hub has money in a channel with each of them. */
export function begin(random: Random): Life {
  const world = World.create(HubRow.START);
  const chain = Court.create(1n, HubRow.START);
  // The last of them has its channel on another chain, or not.
  const last = random.oneIn(2) ? Court.create(2n, HubRow.START) : chain;
  const honest = World.join(world, "Hub", { maxForwarded: 8 });
  const hasGold = random.oneIn(2);
  const fronts = Array.from({ length: ENEMIES }, (_, i) => {
    const enemy = World.join(world, `Enemy ${i}`);
    const ends = i === 1 ? ([honest, enemy] as const) : ([enemy, honest] as const);
    const court = i === ENEMIES - 1 ? last : chain;
    const link = World.open(world, court, ends, HubRow.DEPOSITS);
    if (hasGold) fill(world, link, honest);
    return HostilePeers.front(link, enemy);
  });
  World.deliverAll(world);
  for (const { enemy } of fronts) World.stop(world, enemy);
  const life: Life = {
    ...{ world, random, chain, honest, fronts, secrets: [], virtual: [] },
    isOpen: random.oneIn(3),
    changeOf: (front, content, side) => changeOf(life, front, content, side),
  };
  for (const front of fronts) HostilePeers.connect(life, front);
  return life;
}

/** A second asset, of which both have some. */
function fill(world: World.World, link: World.Link, hub: World.Actor): void {
  for (const side of ["A", "B"] as const) {
    Court.deposit(link.chain, link.terms, side, 500n, Court.GOLD);
  }
  World.lookAt(world, link);
  World.deliverAll(world);
  hub.party.change(link.terms.id, { kind: "name", token: Court.GOLD });
  World.settle(world, hub);
}

/** One random thing happens. */
export function step(life: Life): void {
  const { world, random, honest } = life;
  const front = random.pick(life.fronts);
  const dice = random.below(100);
  if (dice < 88) HostilePeers.speak(life, front);
  else if (dice < 94) World.pass(world, random.pick([0.2, 1, 2, 100]));
  else if (dice < 96) reveal(life);
  else if (random.oneIn(40)) litigate(life, front);
  else if (random.oneIn(4)) move(life, front);
  else if (random.oneIn(80)) honest.party.wish(front.link.terms.id, "close");
  else honest.party.tick();
  HostilePeers.settle(life);
}

/** The hub leaves, and they go on. Whatever they do, it gets out, with no less than it came with. */
export function end(life: Life): void {
  const { random, honest, fronts } = life;
  const leavesAt = random.below(90);
  HostilePeers.waitOut(life, leavesAt, fronts, () => {
    const front = random.pick(fronts);
    if (random.oneIn(4)) litigate(life, front);
    else if (random.oneIn(3)) reveal(life);
    else for (let count = 0; count < 3; count++) step(life);
  });
  const links = fronts.map(({ link }) => link);
  for (const { chain, terms } of links) {
    expect(Court.caseOf(chain, terms).paid, "the hub gets out").not.to.equal(undefined);
  }
  for (const front of fronts) {
    for (const token of TOKENS) {
      const { paid, due } = paidAndDue(life, front, token);
      expect(paid >= due, `the hub has ${paid} of ${due} that the pot should hold`).to.equal(true);
    }
  }
  for (const [name, net] of netsByKey(life)) {
    expect(net >= 0n, `the hub's net by locks of ${name} is ${net}`).to.equal(true);
  }
  for (const token of TOKENS) {
    const net = HubRow.netOf(honest, links, token);
    expect(net >= 0n, `the hub's net is ${net}`).to.equal(true);
  }
}

/** What the hub was paid, and what it is due by the state that was settled, whatever the others took out before. */
function paidAndDue(life: Life, front: HostilePeers.Front, token: Uint8Array) {
  const { chain, terms } = front.link;
  const side = World.sideOf(life.honest, front.link);
  const one = Court.caseOf(chain, terms, token);
  const deep = { ...one, deposited: { A: PLENTY, B: PLENTY } };
  const gained = Court.payout(chain, deep, settledBy(life, front))[side] - PLENTY;
  return { paid: one.paid?.[side] ?? 0n, due: one.deposited[side] + gained };
}

/** What the hub was paid by all locks of a name in one asset, less what it paid, in the states by which its channels were settled. */
function netsByKey(life: Life): Map<string, bigint> {
  const { fronts } = life;
  const nets = new Map<string, bigint>();
  const count = (name: string, asset: number, amount: bigint) => {
    const key = `${Hex.fromBytes(Hex.fromKey(name))} in asset ${asset}`;
    nets.set(key, (nets.get(key) ?? 0n) + amount);
  };
  for (const front of fronts) {
    const { link, flows } = front;
    const settled = settledBy(life, front);
    const hubsSide = link.ends[0].name === "Hub" ? "A" : "B";
    for (const { version, key, asset, amount } of flows) {
      if (version <= settled.version) count(key, asset, amount);
    }
    for (const lock of settled.locks) {
      const { time, amount } = Ledger.recordFor(link.chain.ledger, lock);
      const paid = amount < lock.amount ? amount : lock.amount;
      if (time === 0n || time > lock.expiry) continue;
      count(Hex.key(lock.key), lock.asset, Content.payerOf(lock) === hubsSide ? -paid : paid);
    }
  }
  return nets;
}

/** The final state by which a channel was closed, or the state on record. */
function settledBy(life: Life, front: HostilePeers.Front): Content.Content {
  const { content } = HostilePeers.channelOf(life, front).latest;
  const { chain, terms } = front.link;
  const side = World.sideOf(life.honest, front.link);
  const one = Court.caseOf(chain, terms);
  // What the others have withdrawn takes nothing off the hub's side.
  const isClosed = content.isFinal && Court.payout(chain, one, content)[side] === one.paid?.[side];
  return isClosed ? content : one.onRecord;
}

function changeOf(
  life: Life,
  front: HostilePeers.Front,
  content: Content.Content,
  side: Content.Side,
): Change.Change {
  const { random } = life;
  const own = content.locks.filter((lock) => Content.payerOf(lock) === side);
  const dice = random.below(20);
  const asset = assetIn(life, content);
  if (dice < 10 || own.length === 0) {
    if (dice === 0) return { kind: "pay", asset, amount: BigInt(random.pick([1, 50, 400])) };
    if (random.oneIn(200)) return { kind: "finish" };
    if (random.oneIn(12)) {
      return { kind: "withdraw", asset, amount: BigInt(random.pick([1, 90, 700])) };
    }
    return addOf(life, front, asset, side);
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

/** Mostly the first asset, sometimes the second, or one that there is not. */
function assetIn({ random }: Life, { assets }: Content.Content): number {
  if (assets.length > 1 && random.oneIn(3)) return 1;
  return random.oneIn(60) ? assets.length : 0;
}

/** A lock for the hub itself, or to be passed on to another of them, for as much as they like. */
function addOf(
  life: Life,
  front: HostilePeers.Front,
  asset: number,
  side: Content.Side,
): Change.Change {
  const { random, world } = life;
  const now = BigInt(Math.floor(world.ms / 1_000));
  const isHash = !random.oneIn(3);
  const key = isHash ? hashOf(life) : virtualOf(life).id;
  const amount = BigInt(random.pick([10, 30, 100, 110, 300]));
  const kind = isHash ? KIND_HASH : KIND_CHANNEL;
  const expiry =
    now - (now % 500n) + BigInt(random.pick([1_000, 4_000, 4_000, 4_000, 7_000, 200_000]));
  const lock: Lock = { kind, asset, aToB: side === "A", expiry, amount, key };
  const { enemy, link } = random.pick(life.fronts.filter((one) => one !== front));
  const less = random.pick([0n, 4n, 4n, 9n]);
  const { crossMargin } = World.POLICY;
  const isSame = link.chain === front.link.chain;
  const earlier = isSame ? 0n : random.pick([0n, crossMargin - 1n, crossMargin, crossMargin + 60n]);
  const hop = { to: enemy.party.address, expiry: expiry - earlier };
  const to = { ...hop, amount: isHash ? amount - less : amount };
  return { kind: "add", lock, note: Route.encode(random.oneIn(8) ? [] : [to]) };
}

/** A hash whose secret they know: mostly one by which the hub pays now, or that they used before. */
function hashOf(life: Life): Uint8Array {
  const { random, secrets, fronts } = life;
  const owed = fronts.flatMap((front) => {
    const channel = HostilePeers.channelOf(life, front);
    const { locks } = channel.latest.content;
    return locks.filter((lock) => lock.kind === KIND_HASH && Channel.isOutgoing(channel, lock));
  });
  if (owed.length > 0 && !random.oneIn(3)) return random.pick(owed).key;
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

function reveal({ world, random, fronts, secrets, isOpen }: Life): void {
  const { link: on } = random.pick(fronts);
  if (secrets.length === 0 || !isOpen) return;
  const secret = random.pick(secrets.slice(-6));
  Court.perform(on.chain, on.terms, { kind: "reveal", secret });
  for (const { link } of fronts) World.lookAt(world, link);
}

/** What they can do on chain: any state that they can show, and any outcome of a channel of their own. */
function litigate(life: Life, front: HostilePeers.Front): void {
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
    const { terms, chain: on } = front.link;
    const theirs = { ...terms, me: front.enemy.party.address };
    const signed = random.pick([
      ...front.states.values(),
      HostilePeers.channelOf(life, front).latest,
    ]);
    Court.perform(on, theirs, { kind: random.pick(["challenge", "respond"]), signed });
    Court.perform(on, theirs, { kind: "settle", signed });
  }
  for (const { link } of life.fronts) World.lookAt(world, link);
}

/** They pay in, for either side, or take out what they have authorised, in the middle of whatever is signed. */
function move(life: Life, front: HostilePeers.Front): void {
  const { world, random } = life;
  const { terms, chain } = front.link;
  const amount = BigInt(random.pick([1, 50]));
  if (random.oneIn(2)) Court.deposit(chain, terms, random.pick(["A", "B"] as const), amount);
  else {
    const { latest } = HostilePeers.channelOf(life, front);
    const states = [...front.states.values(), latest];
    const { content, signatureA, signatureB } = random.pick(states);
    const presented = { state: Content.stateOf(terms.id, content), signatureA, signatureB };
    const call = { kind: "withdraw", params: terms.params, presented } as const;
    Court.make(chain, call, front.enemy.party.address);
  }
  World.lookAt(world, front.link);
}
