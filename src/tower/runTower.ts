// A tower in operation: it takes deposits over connections, follows an adjudicator's challenges, and answers those that
// it has a newer state for.
import type { Server } from "node:net";
import type { Hex } from "viem";
import * as Params from "../channels/params.ts";
import { SIGNATURE_BYTES } from "../channels/compactSignature.ts";
import * as Wire from "../channels/client/wire.ts";
import * as Connection from "../hub/connection.ts";
import * as Abi from "../l1/abi.ts";
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
  readonly fromBlock: bigint;
  readonly pollMs: number;
  /** How long it leaves to the party itself, in seconds of block time. */
  readonly patience: bigint;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

type Seen = { readonly channelId: Uint8Array; readonly hash: Hex; readonly since: bigint };

const TAKEN = 1;
const REFUSED = 0;

/** Follows challenges until it is told to stop. */
export async function run(options: Options): Promise<void> {
  const open = new Map<string, Seen>();
  let next = options.fromBlock;
  while (!options.signal.aborted) {
    try {
      next = await look(options, open, next);
    } catch (error) {
      if (options.signal.aborted) return;
      // The chain does not answer, or an answer failed: the next look shows what is still open.
      options.say(`tower: ${error instanceof Error ? error.message : String(error)}`);
    }
    await sleep(options.pollMs, options.signal).catch(() => undefined);
  }
}

/** One look at the chain from a block on; answers where the next look begins. */
export async function look(
  options: Options,
  open: Map<string, Seen>,
  fromBlock: bigint,
): Promise<bigint> {
  const { client } = options.sender;
  const { newest } = await View.blocks(client, 0n);
  if (fromBlock <= newest.number) {
    const challenges = await client.getContractEvents({
      ...{ address: ByteHex.fromBytes(options.terms.court.adjudicator), abi: Abi.ADJUDICATOR },
      ...{ eventName: "Challenged", strict: true, fromBlock, toBlock: newest.number },
    });
    for (const { args, transactionHash } of challenges) {
      const channelId = ByteHex.toBytes(args.id);
      if (Shelf.blobsFor(options.shelf, channelId).length === 0) continue;
      open.set(args.id, { channelId, hash: transactionHash, since: newest.time });
    }
  }
  for (const [key, seen] of open) {
    if (await isDone(options, seen, newest)) open.delete(key);
  }
  return newest.number + 1n;
}

async function isDone(options: Options, seen: Seen, now: View.Block): Promise<boolean> {
  const { terms, sender, shelf, patience, say } = options;
  const { adjudicator, chainId } = terms.court;
  const head = await View.headOf(sender.client, adjudicator, seen.channelId, now);
  if (head.deadline === 0n || now.time >= head.deadline) return true;
  if (now.time < seen.since + patience) return false;
  const home = Params.home(chainId, adjudicator);
  const shown = await View.shownBy(sender.client, seen.hash, seen.channelId, home);
  if (shown === undefined) {
    say(`tower: the challenge in ${seen.hash} hides the parameters of its channel`);
    return true;
  }
  const challenge = { channelId: seen.channelId, params: shown.params, ...head };
  const blobs = Shelf.blobsFor(shelf, seen.channelId);
  const call = Tower.answer(terms, challenge, blobs, now.time);
  if (call === undefined) return true;
  say(`tower: ${call.what} in channel ${ByteHex.fromBytes(seen.channelId)}`);
  await Send.send(sender, call);
  return true;
}

/** Takes deposits on loopback. A depositor connects under the key that it made for its channel. */
export function serve(
  identity: Connection.Identity,
  shelf: Shelf.Shelf,
  port: number,
  say: (line: string) => void,
): Promise<Server> {
  return Connection.listen(identity, port, {
    opened: () => undefined,
    message: (connection, bytes) => void takeFrom(connection, bytes, shelf, say),
    closed: () => undefined,
  });
}

/** A deposit's bytes: hint 16, sequence 8, blob 1,024, signature 64. */
export function encode({ hint, sequence, blob, signature }: Shelf.Deposit): Uint8Array {
  return Bytes.concat(hint, Bytes.fromBigInt(sequence, 8), blob, signature);
}

async function takeFrom(
  connection: Connection.Connection,
  bytes: Uint8Array,
  shelf: Shelf.Shelf,
  say: (line: string) => void,
): Promise<void> {
  try {
    const from = Wire.reader(bytes);
    const [hint, sequence] = [Wire.take(from, Blob.HINT_BYTES), Wire.integer(from, 8)];
    const [blob, signature] = [Wire.take(from, Blob.BLOB_BYTES), Wire.take(from, SIGNATURE_BYTES)];
    Wire.end(from);
    await Shelf.take(shelf, { hint, sequence, blob, signature });
    connection.send(Wire.byte(TAKEN));
  } catch (error) {
    say(`tower: a deposit was refused: ${error instanceof Error ? error.message : String(error)}`);
    connection.send(Wire.byte(REFUSED));
  }
}
