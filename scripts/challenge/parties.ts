// One honest watcher with one key, and liars, each with a whole false trace, a key and money of its own.
import { keccak256, parseEther, toHex, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as Send from "../../src/l1/send.ts";
import * as Derive from "../../src/node/derive.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as ClaimTraces from "../../src/watcher/claimTrace.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import * as FalseTrace from "../demo/falseTrace.ts";
import type * as Liar from "../demo/liar.ts";
import * as Parties from "../demo/parties.ts";
import type { Devnet } from "../devnet/devnet.ts";
import * as Keys from "../devnet/keys.ts";
import type { Rival } from "./bracket.ts";
import type { ChallengeOptions } from "./challengeOptions.ts";
import * as Lies from "./lies.ts";

export type Say = (party: string, line: string) => void;

export type Accused = { readonly rival: Rival; readonly liar: Liar.Liar };

export type Court = {
  readonly devnet: Devnet;
  readonly watcher: Parties.Party;
  readonly truth: Rival;
  readonly accused: readonly Accused[];
};

const SEND_TIMING = { pollMs: 10, repriceMs: 60_000 };
// Two bonds in every block that others lie about too, and gas.
const LIAR_FUNDS = parseEther("40");

/** Everyone who takes part, before the first claim. */
export async function assemble(
  devnet: Devnet,
  { rivals, strategy }: ChallengeOptions,
  say: Say,
): Promise<Court> {
  const watcher = await Parties.open(devnet, Keys.WATCHER, null, (line) => say("watcher", line));
  // Only reads L1: there is no claim yet that it could answer.
  await watcher.watcher.turn();
  const { node, game: read } = watcher;
  const source = { chain: node.chain, inbox: node.inbox, config: read.config };
  const endBlock = Derive.lastSafe(node.chain.database);
  const parent = Parties.newestClaim(await GameSync.sync(read));
  const range = { parent, endBlock };
  const blocks = { first: parent.endState.number + 1n, last: endBlock };
  const places = Lies.places(source, blocks, strategy, rivals);
  const accused: Accused[] = [];
  for (const [number, place] of places.entries()) {
    accused.push(await accuse(devnet, { source, range, place, number }, say));
  }
  const trace = ClaimTraces.create(source, range);
  if (trace === undefined) throw new RangeError(`block ${endBlock} does not stand on L1`);
  const truth = { name: "watcher", account: accountOf(Keys.WATCHER), trace, place: undefined };
  return { devnet, watcher, truth, accused };
}

type Accusation = {
  readonly source: ClaimTraces.Source;
  readonly range: ClaimTraces.Range;
  readonly place: Lies.Place;
  readonly number: number;
};

async function accuse(
  devnet: Devnet,
  { source, range, place, number }: Accusation,
  say: Say,
): Promise<Accused> {
  const name = `liar ${number + 1}`;
  const key = keccak256(toHex(`tribunal ${name}`));
  const account = accountOf(key);
  await fundOnL1(devnet, key);
  const lie = Lies.lieOf(place, number, BigInt(Hexes.fromBytes(account)));
  const trace = FalseTrace.create(source, range, lie);
  if (trace === undefined) throw new RangeError(`block ${range.endBlock} does not stand on L1`);

  const { client, deployed } = devnet;
  const state = await GameSync.open(client, deployed.disputeGame, deployed.firstL1Block);
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) say(name, line);
    said.add(line);
  };
  const retry = { signal: new AbortController().signal, say: sayOnce };
  const sender = Send.create(client, devnet.l1WalletOf(key), retry, SEND_TIMING);
  const rival = { name, account, trace, place };
  return { rival, liar: { trace, state, sender, say: sayOnce } };
}

async function fundOnL1({ client, l1WalletOf }: Devnet, key: Hex): Promise<void> {
  const to = privateKeyToAccount(key).address;
  const hash = await l1WalletOf(Keys.DEPLOYER).sendTransaction({ to, value: LIAR_FUNDS });
  await client.waitForTransactionReceipt({ hash });
}

function accountOf(key: Hex): Uint8Array {
  return Hexes.toBytes(privateKeyToAccount(key).address);
}
