// A chain with an adjudicator on it, and what its acts cost there.
import {
  createPublicClient,
  createWalletClient,
  http,
  keccak256,
  type Chain,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { App } from "../../../src/channels/client/app.ts";
import type * as Channel from "../../../src/channels/client/channel.ts";
import * as NimApp from "../../../src/channels/client/nimApp.ts";
import * as Abi from "../../../src/l1/abi.ts";
import type * as Head from "../../../src/channels/head.ts";
import * as View from "../../../src/l1/adjudicatorView.ts";
import * as Send from "../../../src/l1/send.ts";
import * as Adjudicator from "../../../src/hub/adjudicator.ts";
import type * as Chains from "../../../src/hub/chains.ts";
import * as Hexes from "../../../src/primitives/hex.ts";
import { artifact } from "../../deployment/artifact.ts";

export type Act = { readonly place: string; readonly what: string; readonly gas: bigint };

export type Place = {
  readonly name: string;
  readonly client: Send.L1Client;
  readonly court: Channel.Court;
  /** The block and the transaction that made the adjudicator. */
  readonly fromBlock: bigint;
  readonly deployment: Hex;
  /** A game that can be played on this chain. */
  readonly nim: App;
  readonly acts: Act[];
  readonly senderOf: (key: Hex) => Send.Sender;
};

const FAST = { cacheTime: 0, pollingInterval: 50 };
const SEND_TIMING = { pollMs: 50, repriceMs: 20_000 };
const DEPLOYMENT_GAS = 10_000_000n;

/** Deploys an adjudicator and a game on a chain. */
export async function open(
  place: string,
  chain: Chain,
  deployer: Hex,
  signal: AbortSignal,
): Promise<Place> {
  const client: Send.L1Client = createPublicClient({ chain, transport: http(), ...FAST });
  const walletOf = (key: Hex): Send.L1Wallet =>
    createWalletClient({ chain, transport: http(), account: privateKeyToAccount(key), ...FAST });
  const deploy = async (name: string) => {
    const { abi, bytecode } = artifact(name);
    const hash = await walletOf(deployer).deployContract({ abi, bytecode, gas: DEPLOYMENT_GAS });
    const { contractAddress, blockNumber, gasUsed } = await client.waitForTransactionReceipt({
      hash,
    });
    if (typeof contractAddress !== "string") throw new NotDeployedError(place, hash);
    return { address: contractAddress, hash, blockNumber, gasUsed };
  };
  const adjudicator = await deploy("channels/Adjudicator");
  const app = await deploy("channels/apps/NimApp");
  const code = await client.getCode({ address: app.address });
  if (code === undefined) throw new NotDeployedError(place, app.hash);
  const { hash, blockNumber, gasUsed } = adjudicator;
  return {
    ...{ name: place, client, fromBlock: blockNumber, deployment: hash },
    court: { chainId: BigInt(chain.id), adjudicator: Hexes.toBytes(adjudicator.address) },
    nim: NimApp.at(Hexes.toBytes(app.address), Hexes.toBytes(keccak256(code))),
    acts: [{ place, what: "deploy the adjudicator", gas: gasUsed }],
    senderOf: (key) =>
      Send.create(client, walletOf(key), { signal, say: () => undefined }, SEND_TIMING),
  };
}

/** Sends a call and notes what it cost. */
export async function act(place: Place, sender: Send.Sender, call: Send.Call): Promise<bigint> {
  const { gasUsed } = await Send.send(sender, call);
  // Versions differ from run to run; what an act costs does not depend on them.
  const what = call.what.replace(/ (with|by|to) version \d+/, "");
  place.acts.push({ place: place.name, what, gas: gasUsed });
  return gasUsed;
}

/** The chain as a hub sees it. */
export function chainOf(place: Place, key: Hex): Chains.Chain {
  const { court, fromBlock } = place;
  const sender = place.senderOf(key);
  const seen = Adjudicator.chainOf({ court, sender, fromBlock, confirmations: 0n });
  const perform: Chains.Chain["perform"] = async (channel, call) => {
    await act(place, sender, Adjudicator.transactionOf(channel, call));
  };
  return { ...seen, perform };
}

/** The bytes that the adjudicator was made from, as the chain has them. */
export async function creationCode({ client, deployment }: Place): Promise<Hex> {
  return (await client.getTransaction({ hash: deployment })).input;
}

/** What the adjudicator says of a channel. */
export async function headOf({ client, court }: Place, id: Uint8Array): Promise<Head.Head> {
  const { newest } = await View.blocks(client, 0n);
  return View.headOf(client, court.adjudicator, id, newest);
}

/** The ether that both sides have deposited in a channel. */
export async function heldBy({ client, court }: Place, id: Uint8Array): Promise<bigint> {
  const { newest } = await View.blocks(client, 0n);
  const pot = await View.potOf(client, court.adjudicator, id, new Uint8Array(20), newest);
  return pot.depositedA + pot.depositedB;
}

/** What each side of a channel was paid out; undefined until it was. */
export async function payoutOf(
  { client, court, fromBlock }: Place,
  id: Uint8Array,
): Promise<{ toA: bigint; toB: bigint } | undefined> {
  const events = await client.getContractEvents({
    ...{ address: Hexes.fromBytes(court.adjudicator), abi: Abi.ADJUDICATOR },
    ...{ eventName: "Settled", fromBlock, strict: true },
  });
  const settled = events.find(({ args }) => args.id === Hexes.fromBytes(id));
  return settled === undefined ? undefined : { toA: settled.args.toA, toB: settled.args.toB };
}

/** The fees that towers were paid for a channel; what their answers cost is noted. */
export async function feesOf(place: Place, id: Uint8Array): Promise<readonly bigint[]> {
  const { client, court, fromBlock, name, acts } = place;
  const events = await client.getContractEvents({
    ...{ address: Hexes.fromBytes(court.adjudicator), abi: Abi.ADJUDICATOR },
    ...{ eventName: "FeePaid", fromBlock, strict: true },
  });
  const paid = events.filter(({ args }) => args.id === Hexes.fromBytes(id));
  for (const { transactionHash: hash } of paid) {
    const { gasUsed } = await client.getTransactionReceipt({ hash });
    acts.push({ place: name, what: "respond for a fee, by the tower", gas: gasUsed });
  }
  return paid.map(({ args }) => args.amount);
}

export class NotDeployedError extends Error {
  override readonly name = "Place.NotDeployedError";
  readonly place: string;
  readonly transaction: Hex;
  constructor(place: string, transaction: Hex) {
    super(`transaction ${transaction} made no contract on ${place}`);
    this.place = place;
    this.transaction = transaction;
  }
}
