// Where contracts of others are deployed and called, and what each call costs.
import type { Contract as Deployed, TransactionResponse } from "ethers";
import { assert } from "../../../src/primitives/assert.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import type { Arena } from "../../../test/dispute/arena.ts";
import type { Contract } from "./peerPackage.ts";

/** The L1 of an arena. */
export type Stage = Pick<Arena, "ethers" | "provider">;

export type Cost = { readonly act: string; readonly gas: bigint; readonly bytes: number };

/** Deploys a contract out of a package, from the first account. */
export async function deploy(
  { ethers }: Stage,
  { abi, bytecode }: Contract,
  words: readonly unknown[],
): Promise<Deployed> {
  const factory = await ethers.getContractFactory([...abi], bytecode);
  const { target } = await (await factory.deploy(...words)).waitForDeployment();
  return ethers.getContractAt([...abi], target);
}

/** The same address, called as another contract: what stands behind a proxy. */
export function behind({ ethers }: Stage, proxy: Deployed, { abi }: Contract): Promise<Deployed> {
  return ethers.getContractAt([...abi], proxy.target);
}

/** What a call took once it is in a block. */
export async function cost(act: string, sent: Promise<TransactionResponse>): Promise<Cost> {
  const response = await sent;
  const receipt = await response.wait();
  assert(receipt !== null, "automine leaves a receipt");
  return { act, gas: receipt.gasUsed, bytes: Hex.toBytes(response.data).length };
}
