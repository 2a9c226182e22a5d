// Clients of a court's chain as actors have them: over JSON-RPC, signing for themselves.
import { createPublicClient, createWalletClient, custom } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import * as Send from "../../src/l1/send.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import { expectMade, type Court, type Party } from "./court.ts";

type Ask = (request: { method: string; params?: unknown }) => Promise<unknown>;

/** A party's sender. What the chain is asked goes through `ask`. */
export function senderOf(court: Court, { secret }: Party, ask: Ask = asks(court)): Send.Sender {
  const transport = custom({ request: (request) => ask(request) }, { retryCount: 0 });
  const client = createPublicClient({ chain: hardhat, transport, cacheTime: 0 });
  const account = privateKeyToAccount(Hex.fromBytes(secret));
  const wallet = createWalletClient({ chain: hardhat, transport, account });
  const retry = { signal: new AbortController().signal, say: () => undefined };
  return Send.create(client, wallet, retry, { pollMs: 2, repriceMs: 5_000 });
}

/** What a court's chain is asked directly. */
export function asks(court: Court): Ask {
  return (request) => court.provider.request({ ...request, params: paramsOf(request) });
}

function paramsOf({ params }: { readonly params?: unknown }): unknown[] {
  return Array.isArray(params) ? params : [];
}

/** Makes a call to the contract alone: the model does not follow what actors do. */
export async function make(
  court: Court,
  call: AdjudicatorCall,
  from: Party,
  value = 0n,
): Promise<void> {
  expectMade(await court.send(AdjudicatorAbi.encode(court.abi, call), from, value));
}

/** Makes a call through a contract that keeps it in its storage, so that no input shows it. */
export async function makeHidden(court: Court, call: AdjudicatorCall): Promise<void> {
  const hidden = await court.ethers.deployContract("HiddenCall");
  await hidden.keep(AdjudicatorAbi.encode(court.abi, call));
  await hidden.make(court.address);
}
