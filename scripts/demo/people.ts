// Who takes part in the story: clients of viem on both layers, and of ethers on the L2.
import { JsonRpcProvider, Wallet } from "ethers";
import { createPublicClient, createWalletClient, http, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Devnet } from "../devnet/devnet.ts";

const FAST = { cacheTime: 0, pollingInterval: 50 };

/** A person's clients of the L1, for the wallet's actions. */
export function onL1({ l1Chain }: Pick<Devnet, "l1Chain">, key: Hex) {
  const account = privateKeyToAccount(key);
  const client = createPublicClient({ chain: l1Chain, transport: http(), ...FAST });
  const wallet = createWalletClient({ chain: l1Chain, transport: http(), account, ...FAST });
  return { chain: l1Chain, client, wallet };
}

/** A person's clients of the L2. */
export function onL2({ l2Chain }: Pick<Devnet, "l2Chain">, key: Hex) {
  const account = privateKeyToAccount(key);
  const client = createPublicClient({ chain: l2Chain, transport: http(), ...FAST });
  const wallet = createWalletClient({ chain: l2Chain, transport: http(), account, ...FAST });
  return { chain: l2Chain, client, wallet };
}

/** A person as ethers sees them on the L2. */
export function inEthers({ l2Chain }: Devnet, key: Hex): Wallet {
  const [url] = l2Chain.rpcUrls.default.http;
  const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
  return new Wallet(key, provider);
}

/** Moves the clock of a Hardhat L1. */
export async function pass({ client }: Pick<Devnet, "client">, seconds: bigint): Promise<void> {
  const request = client.request as (call: {
    method: string;
    params: unknown[];
  }) => Promise<unknown>;
  await request({ method: "evm_increaseTime", params: [Number(seconds)] });
  await request({ method: "evm_mine", params: [] });
}
