// A channel as it stands on disk: all that must survive, and nothing that is learned anew. Its own format, version 3.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import { SIGNATURE_BYTES } from "../compactSignature.ts";
import * as Change from "./change.ts";
import * as Channel from "./channel.ts";
import * as Content from "./content.ts";
import * as Message from "./message.ts";
import * as Play from "./play.ts";
import type { Policy } from "./policy.ts";
import { REASONS, Rejected } from "./rejected.ts";
import * as Wire from "./wire.ts";

const FORMAT = 3;
const TIME_BYTES = 5;
const AMOUNT_BYTES = 16;
const WISHES = ["stay", "close", "leave"] as const satisfies readonly Channel.Wish[];

/** The channel's bytes on disk. */
export function encode(channel: Channel.Channel): Uint8Array {
  const { terms, turn, wish, isBroken, latest, proposal, trialAt } = channel;
  return Bytes.concat(
    Wire.byte(FORMAT),
    encodeTerms(terms),
    optional(terms.ledger),
    Bytes.fromBigInt(turn, 8),
    Wire.byte(WISHES.indexOf(wish)),
    Wire.byte(Number(isBroken)),
    Content.encode(latest.content),
    latest.signatureA,
    latest.signatureB,
    Wire.fromList(proposal === undefined ? [] : [proposal], (one) => ofProposal(one, latest)),
    ofLocks(channel.secrets, (secret) => secret),
    ofLocks(channel.notes, Wire.fromBlob),
    ofLocks(channel.released, (reason) => Wire.byte(REASONS.indexOf(reason))),
    ofLocks(channel.settlements, (amount) => Bytes.fromBigInt(amount, AMOUNT_BYTES)),
    Wire.fromList(channel.agreed, (hash) => hash),
    Wire.fromList(trialAt === undefined ? [] : [trialAt], (time) =>
      Bytes.fromBigInt(time, TIME_BYTES),
    ),
  );
}

/** Which channel an image is of. */
export function termsOf(image: Uint8Array): Pick<Channel.Terms, "court" | "params"> {
  const from = Wire.reader(image);
  checkFormat(from);
  return readTerms(from);
}

/**
 * The channel of an image. It may be of an old backup: until the peer has told where it stands the channel is in doubt,
 * since `clock`.
 */
export function decode(
  image: Uint8Array,
  me: Uint8Array,
  policy: Policy,
  clock: Channel.Clock,
): Channel.Channel {
  const from = Wire.reader(image);
  checkFormat(from);
  const { court, params } = readTerms(from);
  const fresh = Channel.create(court, params, me, policy, readOptional(from));
  const turn = Wire.integer(from, 8);
  const wish = WISHES[Wire.below(from, WISHES.length, "wish")] ?? "stay";
  const isBroken = Wire.flag(from);
  const content = Content.read(from);
  const [signatureA, signatureB] = [signature(from), signature(from)];
  const { hash } = Channel.digestOf(fresh.terms, content);
  const latest = { content, hash, signatureA, signatureB };
  const [proposal] = Wire.list(from, 1, "proposals", () => readProposal(from, fresh, latest));
  const channel: Channel.Channel = {
    ...{ ...fresh, turn, wish, isBroken, latest, proposal, isDirty: false },
    secrets: readOfLocks(from, () => Wire.take(from, Change.SECRET_BYTES)),
    notes: readOfLocks(from, () => Wire.blob(from, Change.MAX_NOTE_BYTES, "note")),
    released: readOfLocks(from, () => Message.readReason(from)),
    settlements: readOfLocks(from, () => Wire.integer(from, AMOUNT_BYTES)),
    agreed: Wire.list(from, Play.MAX_AGREED, "agreements", () => Wire.take(from, 32)),
    trialAt: Wire.list(from, 1, "trials", () => Wire.integer(from, TIME_BYTES))[0],
    ...{ startedAt: clock.ms, doubtedSince: clock.ms },
  };
  Wire.end(from);
  return channel;
}

function checkFormat(from: Wire.Reader): void {
  const format = Wire.number(from, 1);
  if (format !== FORMAT) throw new Rejected("out-of-range", ["image format", FORMAT, format]);
}

/** The content only where it does not follow the latest, but a move that the peer forced. */
function ofProposal(proposal: Channel.Proposal, latest: Channel.Signed): Uint8Array {
  const { changes, content, signature } = proposal;
  const follows = content.version === latest.content.version + 1n;
  return Bytes.concat(
    Wire.fromList(changes, Change.encode),
    Wire.fromList(follows ? [] : [content], Content.encode),
    signature,
  );
}

function readProposal(
  from: Wire.Reader,
  { terms }: Channel.Channel,
  latest: Channel.Signed,
): Channel.Proposal {
  const changes = Wire.list(from, Change.MAX_CHANGES, "changes", () => Change.read(from));
  const [given] = Wire.list(from, 1, "contents", () => Content.read(from));
  const version = latest.content.version + 1n;
  const apply = (content: Content.Content, change: Change.Change) =>
    Change.apply(content, change, terms.side);
  const content = given ?? { ...changes.reduce(apply, latest.content), version };
  const { hash } = Channel.digestOf(terms, content);
  return { changes, content, hash, signature: signature(from) };
}

function encodeTerms({ court, params }: Channel.Terms): Uint8Array {
  const { a, b, keyA, keyB, token, period, bond, salt } = params;
  return Bytes.concat(
    Bytes.fromBigInt(court.chainId, 32),
    ...[court.adjudicator, a, b, keyA, keyB, token],
    Bytes.fromBigInt(period, 4),
    Bytes.fromBigInt(bond, 12),
    Bytes.fromBigInt(salt, 8),
  );
}

function readTerms(from: Wire.Reader): Pick<Channel.Terms, "court" | "params"> {
  const address = () => Wire.take(from, 20);
  const court = { chainId: Wire.integer(from, 32), adjudicator: address() };
  const owners = { a: address(), b: address() };
  const keys = { keyA: address(), keyB: address(), token: address() };
  const numbers = {
    period: Wire.integer(from, 4),
    bond: Wire.integer(from, 12),
    salt: Wire.integer(from, 8),
  };
  return { court, params: { ...owners, ...keys, ...numbers } };
}

// A state may hold 64 locks, and a proposal on top of it 64 others.
function ofLocks<T>(map: ReadonlyMap<string, T>, write: (value: T) => Uint8Array): Uint8Array {
  return Wire.fromList([...map], ([key, value]) => Bytes.concat(Hex.fromKey(key), write(value)));
}

function readOfLocks<T>(from: Wire.Reader, read: () => T): ReadonlyMap<string, T> {
  const entries = Wire.list(from, Change.MAX_CHANGES, "locks", (): [string, T] => [
    Hex.key(Wire.take(from, 32)),
    read(),
  ]);
  return new Map(entries);
}

function optional(value: Uint8Array | undefined): Uint8Array {
  return Wire.fromList(value === undefined ? [] : [value], (one) => one);
}

function readOptional(from: Wire.Reader): Uint8Array | undefined {
  return Wire.list(from, 1, "values", () => Wire.take(from, 32))[0];
}

function signature(from: Wire.Reader): Uint8Array {
  return Wire.take(from, SIGNATURE_BYTES);
}
