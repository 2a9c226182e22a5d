// The tower of the story: it takes blobs that say nothing to it, and answers challenges by them.
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Hex } from "viem";
import * as CompactSignature from "../../../src/channels/compactSignature.ts";
import * as Adjudicator from "../../../src/hub/adjudicator.ts";
import * as Connection from "../../../src/hub/connection.ts";
import * as Disk from "../../../src/hub/disk.ts";
import * as Log from "../../../src/hub/log.ts";
import * as Hexes from "../../../src/primitives/hex.ts";
import * as Signature from "../../../src/primitives/signature.ts";
import * as Blob from "../../../src/tower/blob.ts";
import * as RunTower from "../../../src/tower/runTower.ts";
import * as Shelf from "../../../src/tower/shelf.ts";
import * as Tower from "../../../src/tower/tower.ts";
import { ETHER, type Person } from "./person.ts";
import type { Place } from "./place.ts";

export type Keeper = {
  readonly address: Uint8Array;
  readonly port: number;
  readonly stop: () => Promise<void>;
};

const MAX_BLOBS = 1_000;
const POLL_MS = 100;
const NO_DEADLINE = 2n ** 40n - 1n;
const TAKEN = 1;

/** Starts a tower for a chain. */
export async function start(
  key: Hex,
  place: Place,
  folder: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Keeper> {
  const disk = await Disk.open(join(folder, "tower.log"));
  const shelf = Shelf.open(await Log.open(disk), MAX_BLOBS);
  const privateKey = Hexes.toBytes(key);
  const address = Signature.addressOf(privateKey);
  const sign = (digest: Uint8Array) => CompactSignature.sign(digest, privateKey);
  const server = await RunTower.serve({ address, sign }, shelf, 0, say);
  const life = new AbortController();
  const end = () => life.abort();
  signal.addEventListener("abort", end, { once: true });
  const running = RunTower.run({
    terms: {
      ...{ court: place.court, address, isAltruist: false },
      leastFees: [{ token: ETHER, amount: 1n }],
    },
    ...{ shelf, sender: place.senderOf(key), fromBlock: place.fromBlock, confirmations: 0n },
    ...{ pollMs: POLL_MS, patience: 0n, signal: life.signal, say },
  });
  const stop = async () => {
    life.abort();
    await running;
    server.close();
    await disk.close();
  };
  const { port } = server.address() as AddressInfo;
  return { address, port, stop };
}

/** Leaves the newest state of a channel with the tower, and its bounty, which is put aside on chain; resolves when the tower has it on disk. */
export async function entrust(
  keeper: Keeper,
  person: Person,
  id: Uint8Array,
  bounty: bigint,
): Promise<void> {
  const channel = person.hub.channel(id);
  const { terms, latest } = channel;
  const privateKey = Hexes.toBytes(person.key);
  const sign = (digest: Uint8Array) => CompactSignature.sign(digest, privateKey);
  const { version } = latest.content;
  const presented = Adjudicator.presentedOf(channel, latest);
  const { address: tower } = keeper;
  const offer = { tower, token: ETHER, amount: bounty, deadline: NO_DEADLINE };
  const promise = Tower.promise(terms.court, presented, offer, sign);
  const blob = Blob.seal({ params: terms.params, presented, promise });
  const given = Shelf.customerDeposit(id, version, blob, privateKey);
  const abort = new AbortController();
  let isTaken = false;
  await Connection.dial(
    { address: person.address, sign },
    { host: "127.0.0.1", port: keeper.port, peer: keeper.address },
    {
      opened: (connection) => connection.send(RunTower.encode(given)),
      message: (connection, bytes) => {
        isTaken = bytes[0] === TAKEN;
        connection.close();
      },
      closed: () => undefined,
    },
    abort.signal,
  );
  if (!isTaken) throw new NotTakenError();
}

export class NotTakenError extends Error {
  override readonly name = "Keeper.NotTakenError";
  constructor() {
    super("the tower did not take the blob");
  }
}
