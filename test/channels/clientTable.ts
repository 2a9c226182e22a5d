// Two clients at a table, and messages that the tests make up for them.
import { expect } from "chai";
import * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import type * as Content from "../../src/channels/client/content.ts";
import * as Message from "../../src/channels/client/message.ts";
import type { Rejected } from "../../src/channels/client/rejected.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { KIND_HASH, type Lock } from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

export const START = 1_800_000_000n;
export const SECRET = new Uint8Array(32).fill(7);
export const HASH = sha256(SECRET);
export const ETHER = World.ETHER;

export type Table = {
  readonly world: World.World;
  readonly chain: Court.Court;
  readonly alice: World.Actor;
  readonly bob: World.Actor;
  readonly link: World.Link;
};

/** Alice holds the token; ether is named; version 1. */
export function table(): Table {
  const world = World.create(START);
  const chain = Court.create(1n, START);
  const alice = World.join(world, "Alice");
  const bob = World.join(world, "Bob");
  const link = World.open(world, chain, [alice, bob], [1_000n, 1_000n]);
  World.deliverAll(world);
  return { world, chain, alice, bob, link };
}

/** What a message makes an actor say; whatever it is, the channel must not change. */
export function refusal(
  { world, link }: Table,
  to: World.Actor,
  bytes: Uint8Array,
): Rejected | undefined {
  const before = to.party.channel(link.terms.id);
  const count = to.happenings.length;
  to.party.receive(link.terms.id, bytes, world.ms);
  World.settle(world, to);
  const after = to.party.channel(link.terms.id);
  for (const field of ["latest", "turn", "proposal", "secrets", "released", "isBroken"] as const) {
    expect(after[field], field).to.equal(before[field]);
  }
  const [last] = to.happenings.slice(count);
  return last?.kind === "rejected" ? last.rejected : undefined;
}

export function expectRefusal(
  table: Table,
  to: World.Actor,
  body: Message.Body | Uint8Array,
  reason: string,
  values?: readonly unknown[],
): void {
  const channelId = table.link.terms.id;
  const bytes = body instanceof Uint8Array ? body : Message.encode({ channelId, body });
  const rejected = refusal(table, to, bytes);
  expect(rejected?.reason).to.equal(reason);
  if (values !== undefined) expect(rejected?.values).to.deep.equal(values);
}

/** A proposal by Alice of these changes, signed over what they come to, or over the content given. */
export function proposal(
  { alice, bob, link }: Table,
  changes: readonly Change.Change[],
  given?: Partial<Content.Content>,
): Message.Propose {
  const { latest, terms } = bob.party.channel(link.terms.id);
  const version = latest.content.version + 1n;
  const result = given ?? changes.reduce((sum, one) => Change.apply(sum, one, "A"), latest.content);
  const content = { ...latest.content, version, ...result, ...(given ?? { version }) };
  const { digest } = Channel.digestOf(terms, content);
  const signature = CompactSignature.sign(digest, alice.key);
  return { kind: "propose", version: content.version, changes, signature };
}

export function lock(changes: Partial<Lock> = {}): Lock {
  const terms = { kind: KIND_HASH, asset: 0, aToB: true, key: HASH };
  return { ...terms, expiry: START + 7_200n, amount: 100n, ...changes };
}

export const add = (changes: Partial<Lock> = {}): Change.Change => ({
  kind: "add",
  lock: lock(changes),
  note: Bytes.EMPTY,
});
export const pay = (amount: bigint, asset = 0): Change.Change => ({ kind: "pay", asset, amount });

/** The same table after Alice locked 100 for a hash of which Bob has no invoice, before he gives it up. */
export function withLock(): Table {
  const one = table();
  const secrets = { secret: SECRET, hold: 7_200n };
  World.pay(one.world, one.alice, one.link, one.bob, 100n, secrets);
  // Bob takes the lock and says so; Alice does not hear it.
  World.deliver(one.world);
  one.world.messages = [];
  return one;
}
