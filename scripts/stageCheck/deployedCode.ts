// Every contract of a rollup as it stands on a chain, and the artifact whose code it is.
import { getContractAddress, size, slice, type Address, type Hex } from "viem";
import type { L1Client } from "../../src/l1/send.ts";
import { addressBytes, type DeployedRollup } from "../deployment/deploy.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Opcodes from "./opcodes.ts";
import type { Compiled } from "./syntax.ts";

export type Standing = {
  readonly address: Address;
  readonly code: Hex;
  readonly compiled: Compiled;
};

export type Found = {
  readonly contracts: readonly Standing[];
  /** The addresses of claims, each a clone of one contract. */
  readonly claims: readonly Address[];
  /** Code that no artifact explains, by address. */
  readonly unknown: readonly Address[];
};

// EIP-1167: forwards every call to the address in its middle, which is code and cannot change.
const CLONE_HEAD = "0x363d3d373d3d3d363d73";
const CLONE_TAIL = "0x5af43d82803e903d91602b57fd5bf3";
const CLONE_BYTES = 45;
const CLONE_TARGET = 10;
/** A contract's first creation has nonce 1. */
const FIRST_NONCE = 1n;

/** Everything that was created on L1 from the deployment's first block on, by transactions or by what they created. */
export async function onL1(
  client: L1Client,
  { firstL1Block }: DeployedRollup,
  artifacts: readonly Compiled[],
): Promise<Found> {
  const addresses = await created(client, firstL1Block);
  const contracts: Standing[] = [];
  const claims: Address[] = [];
  const unknown: Address[] = [];
  for (const address of addresses) {
    const code = (await client.getCode({ address })) ?? "0x";
    const compiled = artifactOf(code, artifacts);
    const target = cloneTarget(code);
    if (compiled !== undefined) contracts.push({ address, code, compiled });
    else if (isClaimGame(contracts, target)) claims.push(address);
    else unknown.push(address);
  }
  return { contracts, claims, unknown };
}

/** The contracts of the rollup in the genesis state of its L2. */
export function inGenesis(
  { genesis }: DeployedRollup,
  artifacts: readonly Compiled[],
): readonly Standing[] {
  return genesis.accounts.flatMap(({ address, code }) => {
    const hex = Hexes.fromBytes(code);
    const compiled = artifactOf(hex, artifacts);
    const at: Address = `0x${address.toString(16).padStart(40, "0")}`;
    return compiled === undefined ? [] : [{ address: at, code: hex, compiled }];
  });
}

/** The code of a genesis account. */
export function genesisCode({ genesis }: DeployedRollup, address: Address): Hex | undefined {
  const number = BigInt(Hexes.fromBytes(addressBytes(address)));
  const account = genesis.accounts.find((one) => one.address === number);
  return account === undefined ? undefined : Hexes.fromBytes(account.code);
}

async function created(client: L1Client, firstBlock: bigint): Promise<Set<Address>> {
  const found = new Set<Address>();
  const last = await client.getBlockNumber({ cacheTime: 0 });
  for (let blockNumber = firstBlock; blockNumber <= last; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, to } of transactions) {
      if (to !== null) continue;
      const { contractAddress } = await client.getTransactionReceipt({ hash });
      if (contractAddress !== null && contractAddress !== undefined) found.add(contractAddress);
    }
  }
  // What is found creates more by its own nonces; a set may grow while it is walked.
  for (const from of found) {
    for (let nonce = FIRST_NONCE; ; nonce++) {
      const address = getContractAddress({ from, nonce });
      if ((await client.getCode({ address })) === undefined) break;
      found.add(address);
    }
  }
  return found;
}

function artifactOf(code: Hex, artifacts: readonly Compiled[]): Compiled | undefined {
  return artifacts.find(({ deployedBytecode, immutableReferences }) =>
    Opcodes.isSameCode(code, deployedBytecode, immutableReferences),
  );
}

function cloneTarget(code: Hex): Address | undefined {
  const targetEnd = CLONE_TARGET + 20;
  if (size(code) < CLONE_BYTES || slice(code, 0, CLONE_TARGET) !== CLONE_HEAD) return undefined;
  if (slice(code, targetEnd, CLONE_BYTES) !== CLONE_TAIL) return undefined;
  return slice(code, CLONE_TARGET, targetEnd);
}

function isClaimGame(contracts: readonly Standing[], target: Address | undefined): boolean {
  const game = contracts.find(({ compiled }) => compiled.contractName === "ClaimGame");
  return game?.address.toLowerCase() === target?.toLowerCase();
}
