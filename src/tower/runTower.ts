// A tower in operation: it takes deposits over connections, follows an adjudicator's challenges, and answers those that
// it has a newer state for.
import type { Server } from "node:net";
import { SIGNATURE_BYTES } from "../channels/compactSignature.ts";
import * as Wire from "../channels/client/wire.ts";
import * as Head from "../channels/head.ts";
import * as Connection from "../hub/connection.ts";
import { Peers } from "../hub/peers.ts";
import * as Calls from "../l1/adjudicatorCalls.ts";
import * as LogPieces from "../l1/logPieces.ts";
import * as View from "../l1/adjudicatorView.ts";
import { sleep } from "../l1/retry.ts";
import * as Send from "../l1/send.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Blob from "./blob.ts";
import * as Shelf from "./shelf.ts";
import * as Tower from "./tower.ts";

export type Options = {
  readonly terms: Tower.Terms;
  readonly shelf: Shelf.Shelf;
  readonly sender: Send.Sender;
  /**
   * Where the adjudicator's history begins, or the last block before which no clock that still runs was started. Fees that
   * were put aside before it keep no place on the shelf.
   */
  readonly fromBlock: bigint;
  /** What makes certain what happened. */
  readonly confirmations: View.Certainty;
  readonly pollMs: number;
  /** How long it leaves to the party itself, in seconds of block time; at most half of the window. */
  readonly patience: bigint;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

/** What a tower knows of the chain: learned anew after a restart. */
export type Watch = {
  next: bigint;
  readonly open: Map<string, Watched>;
  /** By channel: the block of its last challenge whose clock has certainly ended. */
  readonly over: Map<string, bigint>;
};

/** A challenged channel, watched until the end of its clock is certain. */
type Watched = View.Challenge & { failure: string; looks: number };

/** A clock that runs, and the calls of which each would stop it. */
type Due = { readonly watched: Watched; readonly deadline: bigint; readonly calls: Send.Call[] };

const TAKEN = 1;
const REFUSED = 0;
/** Questions to a node at a time, and answers to a transaction: at most some 100,000 gas each. */
const GROUP = 64;
/**
 * How many certain blocks are read again at every look. Of nodes behind one address one may be late, and tell nothing of
 * blocks that it has not, instead of an error; a challenge that was passed over so would never be answered.
 */
const READ_AGAIN = 300n;

/** Follows challenges until it is told to stop. */
export async function run(options: Options): Promise<void> {
  const watch = begin(options);
  while (!options.signal.aborted) {
    await look(options, watch, Date.now()).catch((error: unknown) => {
      if (!options.signal.aborted) options.say(`tower: ${messageOf(error)}`);
    });
    await sleep(options.pollMs, options.signal).catch(() => undefined);
  }
}

/** A watch that has seen nothing yet. */
export function begin({ fromBlock }: Options): Watch {
  return { next: fromBlock, open: new Map(), over: new Map() };
}

/** One look at the chain, at a time of this machine in milliseconds, and the answers that are due. */
export async function look(options: Options, watch: Watch, ms: number): Promise<void> {
  const blocks = await View.blocks(options.sender.client, options.confirmations);
  // What is known is answered even where the node refuses to tell more.
  await follow(options, watch, blocks).catch((error: unknown) => {
    options.say(`tower: the log cannot be read: ${messageOf(error)}`);
  });
  const due: Due[] = [];
  for (const group of inGroups([...watch.open.values()])) {
    const found = await Promise.all(
      group.map((watched) => dueOf(options, watch, watched, blocks, ms)),
    );
    due.push(...found.filter((one) => one !== undefined));
  }
  due.sort((one, other) => Number(one.deadline - other.deadline));
  for (const group of inGroups(due)) await answer(options, group);
}

/**
 * Takes up challenges, those of the last blocks again at every look: they may have moved, or been left out. Takes up reserves
 * likewise; one of a block that goes away has kept a place for somebody who was ready to pay for it.
 */
async function follow(options: Options, watch: Watch, blocks: View.Blocks): Promise<void> {
  const { terms, shelf, sender } = options;
  const { client } = sender;
  const { adjudicator } = terms.court;
  const { newest, confirmed } = blocks;
  const read = async (from: bigint, to: bigint) => ({
    challenges: await View.challengesIn(client, adjudicator, from, to),
    reserves: await View.reservesIn(client, adjudicator, terms.address, from, to),
  });
  for await (const found of LogPieces.backwards(watch.next, newest.number, read)) {
    for (const { channelId, account, token, amount } of found.reserves) {
      if (Tower.isEnough(terms, { token, amount })) Shelf.keepPlace(shelf, channelId, account);
    }
    for (const one of found.challenges) {
      const key = ByteHex.key(one.channelId);
      const { failure = "", looks = 0, block = 0n } = watch.open.get(key) ?? {};
      const isOver = one.block <= (watch.over.get(key) ?? -1n);
      if (one.block >= block && !isOver) watch.open.set(key, { ...one, failure, looks });
    }
  }
  const next = confirmed.number + 1n - READ_AGAIN;
  if (next > watch.next) watch.next = next;
  for (const [key, block] of watch.over) if (block < watch.next) watch.over.delete(key);
}

/** What is due in a channel, if anything is. */
async function dueOf(
  options: Options,
  watch: Watch,
  watched: Watched,
  blocks: View.Blocks,
  ms: number,
): Promise<Due | undefined> {
  const { terms, shelf, sender, patience } = options;
  const { adjudicator } = terms.court;
  const { channelId, salt } = watched;
  const { newest } = blocks;
  const blobs = Shelf.blobsFor(shelf, channelId, watched.looks++);
  try {
    // A blob may come while the clock runs. Until then it asks nothing: strangers' challenges may be many.
    if (blobs.length === 0) {
      if (blocks.confirmed.time < watched.deadline) return undefined;
      return await forgetOver(options, watch, watched, blocks);
    }
    const head = await View.headOf(sender.client, adjudicator, channelId, newest);
    if (!isRunning(head, newest)) return await forgetOver(options, watch, watched, blocks);
    const { deadline } = head;
    const challenge = { channelId, salt, agreed: Head.agreedVersion(head), deadline };
    const opened = Tower.openAll(terms, challenge, blobs);
    const [first] = opened;
    if (first === undefined || timeOf(newest, ms) < Tower.answersFrom(first, deadline, patience)) {
      return undefined;
    }
    const calls = Tower.answers(terms, challenge, opened, newest.time);
    return calls.length === 0 ? undefined : { watched, deadline, calls };
  } catch (error) {
    sayOnce(options, watched, error);
    return undefined;
  }
}

/** Forgets a channel if it is certain that its clock has stopped or ended. */
async function forgetOver(
  { terms, sender }: Options,
  { open, over }: Watch,
  watched: Watched,
  { confirmed }: View.Blocks,
): Promise<undefined> {
  if (confirmed.number < watched.block) return;
  const { channelId } = watched;
  const head = await View.headOf(sender.client, terms.court.adjudicator, channelId, confirmed);
  const key = ByteHex.key(channelId);
  if (isRunning(head, confirmed)) {
    open.set(key, { ...watched, deadline: head.deadline });
    return;
  }
  open.delete(key);
  over.set(key, watched.block);
}

/** Answers in one transaction where there are more: one that fails undoes only itself, and holds up nobody. */
async function answer(options: Options, group: readonly Due[]): Promise<void> {
  const { terms, sender, say } = options;
  const estimated = await Promise.all(group.map((due) => firstThatPasses(options, due)));
  const ready = estimated.filter((one) => one !== undefined);
  if (ready.length === 0) return;
  for (const { call, channelId } of ready) {
    say(`tower: ${call.what} in channel ${ByteHex.fromBytes(channelId)}`);
  }
  try {
    await Send.send(sender, Calls.together(terms.court.adjudicator, ready));
  } catch (error) {
    say(`tower: ${messageOf(error)}`);
  }
}

/** The best call that the contract takes now, and its gas; undefined, and said why, if it takes none. */
async function firstThatPasses(
  options: Options,
  { watched, calls }: Due,
): Promise<(Calls.Estimated & { readonly channelId: Uint8Array }) | undefined> {
  const { client, wallet } = options.sender;
  const account = wallet.account.address;
  let failure: unknown;
  for (const call of calls) {
    try {
      const gas = await client.estimateGas({ account, to: call.to, data: call.data });
      return { call, gas, channelId: watched.channelId };
    } catch (error) {
      failure = error;
    }
  }
  sayOnce(options, watched, failure);
  return undefined;
}

/** The time now: a chain that makes no blocks while nobody calls does not tell it, and patience there would have no end. */
function timeOf({ time }: View.Block, ms: number): bigint {
  const own = BigInt(Math.floor(ms / 1_000));
  return own > time ? own : time;
}

function isRunning({ deadline }: Head.Head, { time }: View.Block): boolean {
  return deadline !== 0n && time < deadline;
}

/** Says why a channel is not answered when that changes, and not at every look. */
function sayOnce({ say }: Options, watched: Watched, error: unknown): void {
  const failure = messageOf(error);
  if (watched.failure === failure) return;
  watched.failure = failure;
  say(`tower: channel ${ByteHex.fromBytes(watched.channelId)} is not answered: ${failure}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function* inGroups<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += GROUP) yield all.slice(from, from + GROUP);
}

/** Takes deposits on loopback. A depositor connects under the key that it made for its channel. */
export function serve(
  identity: Connection.Identity,
  shelf: Shelf.Shelf,
  port: number,
  say: (line: string) => void,
): Promise<Server> {
  return Connection.listen(identity, port, conversation(shelf, say));
}

/** Takes deposits over connections. To a tower all are strangers: of many the latest stay, as with a hub. */
export function conversation(shelf: Shelf.Shelf, say: (line: string) => void): Connection.Listener {
  const peers = new Peers();
  return {
    opened: (connection) => peers.take(connection, true),
    message: (connection, bytes) => {
      if (!peers.has(connection)) return;
      void takeFrom(connection, bytes, shelf, say).then((isTaken) => {
        if (!isTaken) peers.refuse(connection.peer);
      });
    },
    closed: (connection) => {
      if (peers.has(connection)) peers.forget(connection);
    },
  };
}

/** A deposit's bytes: hint 16, sequence 8, blob 1,024, signature 64. */
export function encode({ hint, sequence, blob, signature }: Shelf.Deposit): Uint8Array {
  return Bytes.concat(hint, Bytes.fromBigInt(sequence, 8), blob, signature);
}

/** Whether it takes the deposit that arrived. */
async function takeFrom(
  connection: Connection.Connection,
  bytes: Uint8Array,
  shelf: Shelf.Shelf,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    const from = Wire.reader(bytes);
    const [hint, sequence] = [Wire.take(from, Blob.HINT_BYTES), Wire.integer(from, 8)];
    const [blob, signature] = [Wire.take(from, Blob.BLOB_BYTES), Wire.take(from, SIGNATURE_BYTES)];
    Wire.end(from);
    await Shelf.take(shelf, { hint, sequence, blob, signature });
    connection.send(Wire.byte(TAKEN));
    return true;
  } catch (error) {
    say(`tower: a deposit was refused: ${messageOf(error)}`);
    connection.send(Wire.byte(REFUSED));
    return false;
  }
}
