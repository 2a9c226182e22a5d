// Parties over a network that a test drives: messages wait in queues until the test has them delivered, lost, doubled or
// overtaken; a crash leaves what was durable. Holds at every step what must always hold of what leaves a party.
import { expect } from "chai";
import * as Adjudicator from "../../src/channels/adjudicator.ts";
import type * as Channel from "../../src/channels/client/channel.ts";
import type { Side } from "../../src/channels/client/content.ts";
import * as Dispute from "../../src/channels/client/dispute.ts";
import * as Image from "../../src/channels/client/image.ts";
import * as Invoice from "../../src/channels/client/invoice.ts";
import * as Message from "../../src/channels/client/message.ts";
import type { Policy } from "../../src/channels/client/policy.ts";
import * as Route from "../../src/channels/client/route.ts";
import type { Params } from "../../src/channels/params.ts";
import * as Account from "../../src/hub/account.ts";
import type { Put } from "../../src/hub/log.ts";
import type { Effects, Happening } from "../../src/hub/effects.ts";
import { Party } from "../../src/hub/party.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import * as Weather from "./clientWeather.ts";

export const ETHER = new Uint8Array(20);
const EMPTY_PARAMS = { keyA: new Uint8Array(20), keyB: new Uint8Array(20), token: ETHER };

export const POLICY: Policy = {
  limits: {
    ...{ maxLocks: 32, minMargin: 600n, maxHold: 86_400n },
    assets: [ETHER, Court.GOLD].map((token) => ({ token, dust: 10n, inFlight: 10_000n })),
  },
  fee: { flat: 1n, millionths: 10_000 },
  ...{ revealMargin: 300n, crossMargin: 3_600n, slack: 60n },
  ...{
    units: [
      { token: ETHER, unit: "ether" },
      { token: Court.GOLD, unit: "gold" },
    ],
    apps: [Court.NIM],
    maxForwarded: 16,
    batch: 64,
    maxQueue: 1_000,
    resendMs: 1_000,
    graceMs: 60_000,
  },
};

/** When a party stops for good in the middle of carrying out effects. */
export type Crash = "before persisting" | "after persisting" | "after sending one";

export type Actor = {
  readonly name: string;
  readonly key: Uint8Array;
  readonly policy: Policy;
  party: Party;
  /** What is on its disk. */
  durable: Map<string, Put>;
  crash: Crash | undefined;
  isOnline: boolean;
  readonly happenings: Happening[];
  /** Every signature that left, by channel and version. */
  readonly signed: Map<string, string>;
};

type Envelope = { readonly to: Actor; readonly link: Link; readonly bytes: Uint8Array };

export type Link = {
  readonly terms: Channel.Terms;
  readonly chain: Court.Court;
  readonly ends: readonly [Actor, Actor];
  isUp: boolean;
};

export type World = {
  ms: number;
  readonly actors: Actor[];
  readonly links: Link[];
  messages: Envelope[];
  /** The state that was signed, by channel and version: one for all. */
  readonly states: Map<string, string>;
};

/** Nobody is there yet. The clock of machines begins with the chains'. */
export function create(startSeconds: bigint): World {
  return {
    ms: Number(startSeconds) * 1_000,
    actors: [],
    links: [],
    messages: [],
    states: new Map(),
  };
}

/** A party with a key of its own. */
export function join(world: World, name: string, changes: Partial<Policy> = {}): Actor {
  const key = new Uint8Array(32).fill(world.actors.length + 1);
  const policy = { ...POLICY, ...changes };
  const party = new Party(key, () => policy);
  const actor: Actor = {
    ...{ name, key, policy, party, durable: new Map(), crash: undefined, isOnline: true },
    ...{ happenings: [], signed: new Map() },
  };
  world.actors.push(actor);
  return actor;
}

/** A channel between two parties on a chain, with what each deposits, and a connection. */
export function open(
  world: World,
  chain: Court.Court,
  [a, b]: readonly [Actor, Actor],
  deposits: readonly [bigint, bigint],
  changes: Partial<Params> = {},
): Link {
  const owners = { a: Signature.addressOf(a.key), b: Signature.addressOf(b.key) };
  const params = { ...EMPTY_PARAMS, ...owners, period: 600n, bond: 0n, salt: 0n, ...changes };
  const { terms } = a.party.open(chain.court, params);
  b.party.open(chain.court, params);
  const link: Link = { terms, chain, ends: [a, b], isUp: false };
  world.links.push(link);
  Court.deposit(chain, terms, "A", deposits[0]);
  Court.deposit(chain, terms, "B", deposits[1]);
  lookAt(world, link);
  connect(world, link);
  a.party.change(terms.id, { kind: "name", token: ETHER });
  return link;
}

/** Shows both ends of a channel what its chain shows. */
export function lookAt(world: World, link: Link): void {
  for (const actor of link.ends) {
    if (actor.isOnline) {
      actor.party.observe(link.terms.id, Court.view(link.chain, link.terms), world.ms);
      settle(world, actor);
    }
  }
}

/** Connects the two ends anew; what was under way is lost. */
export function connect(world: World, link: Link): void {
  disconnect(world, link);
  if (!link.ends.every(({ isOnline }) => isOnline)) return;
  link.isUp = true;
  for (const actor of link.ends) actor.party.connect(link.terms.id);
  for (const actor of link.ends) settle(world, actor);
}

export function disconnect(world: World, link: Link): void {
  link.isUp = false;
  world.messages = world.messages.filter((message) => message.link !== link);
  for (const actor of link.ends) if (actor.isOnline) actor.party.disconnect(link.terms.id);
}

/** Delivers the message at an index. */
export function deliver(world: World, index = 0): void {
  const message = world.messages[index];
  if (message === undefined) return;
  world.messages.splice(index, 1);
  receive(world, message);
}

/** Delivers a message and keeps it under way. */
export function deliverTwice(world: World, index: number): void {
  const message = world.messages[index];
  if (message !== undefined) receive(world, message);
}

/** Delivers messages in order until something holds. */
export function deliverUntil(world: World, holds: () => boolean): void {
  while (!holds()) {
    expect(world.messages, "messages on their way").not.to.deep.equal([]);
    deliver(world);
  }
}

/** Delivers all messages in order until none is left. */
export function deliverAll(world: World): void {
  for (let count = 0; world.messages.length > 0; count++) {
    expect(count, "messages without end").to.be.below(20_000);
    deliver(world);
  }
}

/** Lets time pass on machines and chains. */
export function pass(world: World, seconds: number): void {
  world.ms += seconds * 1_000;
  for (const chain of chainsOf(world)) Weather.pass(chain, BigInt(Math.floor(world.ms / 1_000)));
  for (const link of world.links) lookAt(world, link);
  for (const actor of world.actors) {
    if (!actor.isOnline) continue;
    actor.party.tick();
    settle(world, actor);
  }
}

/** Carries out all that is due for a party, or what a crash leaves of that. */
export function settle(world: World, actor: Actor): void {
  const effects = actor.party.crank(world.ms);
  const { crash } = actor;
  if (crash !== undefined && effects.puts.length + effects.messages.length > 0) {
    actor.crash = undefined;
    if (crash !== "before persisting") persist(actor, effects);
    if (crash === "after sending one") send(world, actor, effects.messages.slice(0, 1));
    stop(world, actor);
    return;
  }
  persist(actor, effects);
  send(world, actor, effects.messages);
  actor.happenings.push(...effects.happenings);
  for (const { channel, call } of effects.calls) {
    const link = linkOf(world, channel.terms.id);
    if (call.kind === "forceMove") {
      const { content, signature } = call.next;
      auditSignature(world, actor, channel.terms.id, content.version, signature);
    }
    const name = `${actor.name} ${Hex.key(channel.terms.id)} ${Dispute.keyOf(call)}`;
    const make = () => {
      if (Court.perform(link.chain, channel.terms, call) === undefined) lookAt(world, link);
    };
    Weather.send(link.chain, name, make);
  }
}

/** The chains of a world. */
export function chainsOf({ links }: World): ReadonlySet<Court.Court> {
  return new Set(links.map((link) => link.chain));
}

/** The party is gone until it is started. */
export function stop(world: World, actor: Actor): void {
  actor.isOnline = false;
  for (const link of world.links) if (link.ends.includes(actor)) disconnect(world, link);
}

/** Starts a party from a disk, its own as it is now or an older copy. */
export function start(world: World, actor: Actor, disk = actor.durable): void {
  actor.durable = new Map(disk);
  actor.party = new Party(actor.key, () => actor.policy);
  actor.party.restore([...disk.values()], world.ms);
  actor.isOnline = true;
  for (const link of world.links) {
    if (!link.ends.includes(actor)) continue;
    // A channel that was not durable is opened again: nothing was signed in it.
    actor.party.open(link.chain.court, link.terms.params);
    actor.party.observe(link.terms.id, Court.view(link.chain, link.terms), world.ms);
  }
  settle(world, actor);
}

/** Has the payee issue an invoice, and the payer pay it over the hubs. Answers the hash. */
export function pay(
  world: World,
  payer: Actor,
  link: Link,
  payee: Actor,
  amount: bigint,
  options: {
    readonly hubs?: readonly Actor[];
    readonly secret?: Uint8Array;
    readonly hold?: bigint;
  } = {},
): Uint8Array {
  const secret = options.secret ?? freshSecret();
  const hash = sha256(secret);
  const expiry = BigInt(Math.floor(world.ms / 1_000)) + (options.hold ?? 7_200n);
  const payeeLink = world.links.find(({ ends }) => ends.includes(payee)) ?? link;
  const invoice = {
    ...{ payee: payee.party.address, via: payee.party.address, token: ETHER, amount, hash },
    ...{ chainId: payeeLink.chain.court.chainId, until: expiry },
  };
  payee.party.issue({ ...Invoice.sign(invoice, payee.party.sign), secret, isPaid: false });
  settle(world, payee);
  const hubs = (options.hubs ?? []).map((hub) => ({
    ...{ address: hub.party.address, fee: hub.policy.fee, margin: 0n },
  }));
  const route = Route.plan(hubs, { to: payee.party.address, amount, expiry });
  payer.party.pay(link.terms.id, 0, hash, route);
  settle(world, payer);
  return hash;
}

let secrets = 0;

/** A secret that no other payment has. */
export function freshSecret(): Uint8Array {
  return sha256(Bytes.fromNumber(++secrets, 8));
}

/** What a party's latest state says it owns of an asset, its open locks aside. */
export function balance(actor: Actor, link: Link, token = ETHER): bigint {
  const { latest, terms } = actor.party.channel(link.terms.id);
  const paid = Court.payout(
    { ledger: Adjudicator.empty() },
    Court.caseOf(link.chain, terms, token),
    latest.content,
  );
  return paid[terms.side];
}

/** Which side of a channel a party is. */
export function sideOf(actor: Actor, link: Link): Side {
  return actor === link.ends[0] ? "A" : "B";
}

/** The reasons for which a party refused messages. */
export function rejections(actor: Actor): string[] {
  return actor.happenings.flatMap((one) => (one.kind === "rejected" ? [one.rejected.reason] : []));
}

function receive(world: World, { to, link, bytes }: Envelope): void {
  if (!to.isOnline || !link.isUp) return;
  to.party.receive(link.terms.id, bytes, world.ms);
  settle(world, to);
}

function persist(actor: Actor, { puts }: Effects): void {
  for (const put of puts) actor.durable.set(Hex.key(put.key), put);
}

function send(world: World, actor: Actor, messages: Effects["messages"]): void {
  for (const { channelId, bytes } of messages) {
    const link = linkOf(world, channelId);
    const to = link.ends.find((end) => end !== actor);
    if (to === undefined || !link.isUp) continue;
    audit(world, actor, bytes);
    world.messages.push({ to, link, bytes });
  }
}

/** I9, and that signatures are durable before they are sent. */
function audit(world: World, actor: Actor, bytes: Uint8Array): void {
  const { channelId, body } = Message.decode(bytes);
  if (body.kind !== "propose" && body.kind !== "acknowledge") return;
  auditSignature(world, actor, channelId, body.version, body.signature);
}

function auditSignature(
  world: World,
  actor: Actor,
  channelId: Uint8Array,
  version: bigint,
  given: Uint8Array,
): void {
  const signature = Hex.fromBytes(given);
  const place = `${Hex.fromBytes(channelId)} ${version}`;
  const earlier = actor.signed.get(place);
  if (earlier !== undefined) {
    expect(signature, `${actor.name} signs one state of version ${version}`).to.equal(earlier);
  }
  actor.signed.set(place, signature);
  const image = actor.durable.get(Hex.key(Account.ofChannel(channelId, Bytes.EMPTY).key));
  if (image === undefined) return void expect.fail("a signature is durable before it is sent");
  const clock = { ms: 0, seconds: 0n };
  const durable = Image.decode(image.value, actor.party.address, actor.policy, clock);
  const { latest, proposal } = durable;
  const kept = [
    latest.signatureA,
    latest.signatureB,
    ...(proposal === undefined ? [] : [proposal.signature]),
  ];
  const hash = proposal?.content.version === version ? proposal.hash : latest.hash;
  const state = world.states.get(place);
  if (state !== undefined) {
    expect(Hex.key(hash) === state, `all sign one state of version ${version}`).to.equal(true);
  }
  world.states.set(place, Hex.key(hash));
  expect(kept.map(Hex.fromBytes), "a signature is durable before it is sent").to.include(signature);
}

function linkOf(world: World, id: Uint8Array): Link {
  const link = world.links.find(({ terms }) => Bytes.equals(terms.id, id));
  if (link === undefined) throw new RangeError("no such channel");
  return link;
}
