// A tower at a real adjudicator, channels that are entrusted to it, and one who challenges with an old state.
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import * as Log from "../../src/hub/log.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Blob from "../../src/tower/blob.ts";
import * as RunTower from "../../src/tower/runTower.ts";
import * as Shelf from "../../src/tower/shelf.ts";
import { channelOf } from "./channel.ts";
import type { Channel } from "./channel.ts";
import * as CourtSender from "./courtSender.ts";
import { CHAIN_ID, openCourt, type Party } from "./court.ts";
import * as MemoryDisk from "./memoryDisk.ts";

export const FEE = 1_000n;
export const LATEST = 9n;

export const court = await openCourt();
export const { alice, bob, carol, tower } = court;
const place = { chainId: CHAIN_ID, adjudicator: Hex.toBytes(court.address) };
const sender = CourtSender.senderOf(court, tower);

export const make = (call: AdjudicatorCall, from: Party = carol, value = 0n) =>
  CourtSender.make(court, call, from, value);

/** A tower with an empty shelf, which looks at the chain from its first block on. */
export async function keeper(changes: Partial<RunTower.Options> = {}) {
  const shelf = Shelf.open(await Log.open(MemoryDisk.create()), 100);
  const said: string[] = [];
  const options: RunTower.Options = {
    terms: {
      ...{ court: place, address: tower.account, isAltruist: false },
      leastFees: [{ token: ETHER, amount: FEE }],
    },
    ...{ shelf, sender, fromBlock: 0n, confirmations: 2n, pollMs: 5, patience: 0n },
    ...{ signal: new AbortController().signal, say: (line: string) => void said.push(line) },
    ...changes,
  };
  let watch = RunTower.begin(options);
  return {
    ...{ options, said },
    look: (ms = Date.now()) => RunTower.look(options, watch, ms),
    restart: () => void (watch = RunTower.begin(options)),
    watched: () => watch.open.size,
  };
}

type Keeper = Awaited<ReturnType<typeof keeper>>;

/** A channel whose A has put aside a fee for the tower. */
export async function entrusted(reserve = FEE): Promise<Channel> {
  const channel = channelOf(court);
  const { account } = alice;
  const { id } = channel;
  await make({ kind: "depositEth", id, toB: false }, carol, 1_000n);
  await make({ kind: "depositVault", account, token: ETHER, amount: FEE }, carol, FEE);
  if (reserve > 0n) {
    await make(
      { kind: "reserveFee", id, tower: tower.account, token: ETHER, amount: reserve },
      alice,
    );
  }
  return channel;
}

/** Leaves the latest state with a tower, for a fee. */
export async function leave(
  { options }: Keeper,
  channel: Channel,
  presented = channel.agreed(LATEST),
) {
  const blob = blobOf(channel, presented);
  await Shelf.take(options.shelf, Shelf.deposit(channel.id, LATEST, blob, alice.secret));
}

export function blobOf(
  channel: Channel,
  presented = channel.agreed(LATEST),
  from = alice,
): Uint8Array {
  const { params, id } = channel;
  const fee = {
    ...{ channelId: id, tower: tower.account, token: ETHER, amount: FEE },
    ...{ minVersion: presented.state.version, deadline: 2n ** 40n - 1n },
  };
  const promise = { fee, signature: channel.feeSignature(fee, from.keySecret) };
  return Blob.seal({ params, presented, promise });
}

/** Bob, the cheater, challenges with an old state. */
export const challengeOf = (
  { params, challengeSignature }: Channel,
  old: CoSigned,
): AdjudicatorCall => ({
  ...{ kind: "challenge", params, presented: old },
  signature: challengeSignature(old, bob.secret),
});

export const cheat = async (channel: Channel) =>
  make(challengeOf(channel, channel.agreed(5n)), carol);

export async function headOf({ id }: Channel) {
  const { version, deadline } = await court.contract.headOf(id);
  return { version, deadline };
}

export const ANSWERED = { version: LATEST, deadline: 0n };

export async function mine(blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) await court.provider.request({ method: "evm_mine", params: [] });
}

export const blockNumber = () => court.ethers.provider.getBlockNumber();
