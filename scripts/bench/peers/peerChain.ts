// The chain on which the contracts of others run beside ours: what a transaction takes, and what an account holds.
import { concat, createPublicClient, custom, encodeAbiParameters, keccak256 } from "viem";
import {
  encodeDeployData,
  encodeFunctionData,
  maxUint256,
  parseAbi,
  toHex,
  type Address,
  type Hex,
  type PublicClient,
} from "viem";
import { hardhat } from "viem/chains";
import { privateKeyToAccount } from "viem/accounts";
import type { Court, Party } from "../../../test/channels/court.ts";
import * as ByteHex from "../../../src/primitives/hex.ts";
import type { Contract } from "./peerPackage.ts";

export type PeerChain = {
  readonly court: Court;
  readonly client: PublicClient;
  readonly alice: Player;
  readonly bob: Player;
  /** Sends what others pay for. */
  readonly carol: Address;
};

/** Somebody who is paid at an account and signs with a key. */
export type Player = { readonly account: Address; readonly signer: Address; readonly key: Hex };

/** What the acts of one peer took, by the name of the act; see gasScenes.ts. */
export type PeerGas = { readonly of: string; readonly acts: ReadonlyMap<string, bigint> };

export type Transaction = {
  readonly from: Address;
  readonly to?: Address;
  readonly data?: Hex;
  readonly value?: bigint;
};

/** Of the token that all are measured with. */
export const TOKEN = parseAbi([
  "function mint(address to, uint256 amount)",
  "function transfer(address to, uint256 amount)",
  "function approve(address spender, uint256 amount)",
  "function balanceOf(address account) view returns (uint256)",
]);
const PLENTY = 2n ** 100n;

/** The channel's two sides are those of the court: alice with a key of her own, bob with his account's. */
export function open(court: Court): PeerChain {
  const { provider, alice, bob, carol } = court;
  const request = ({ method, params }: { method: string; params?: unknown }) =>
    provider.request({ method, params: Array.isArray(params) ? params : [] });
  const client = createPublicClient({
    ...{ chain: hardhat, transport: custom({ request }), cacheTime: 0 },
  });
  const player = ({ account }: Party, secret: Uint8Array): Player => {
    const key = ByteHex.fromBytes(secret);
    const signer = privateKeyToAccount(key).address;
    return { account: ByteHex.fromBytes(account), signer, key };
  };
  return {
    ...{ court, client, carol: ByteHex.fromBytes(carol.account) },
    ...{ alice: player(alice, alice.keySecret), bob: player(bob, bob.secret) },
  };
}

/** Sends a transaction in a block of its own; answers what it took. Throws FailedError where it reverts. */
export async function send({ court, client }: PeerChain, sent: Transaction): Promise<bigint> {
  const { from, to, data, value = 0n } = sent;
  const transaction = { from, to, data, value: toHex(value), gas: toHex(15_000_000) };
  const hash = await court.provider.request({
    ...{ method: "eth_sendTransaction", params: [transaction] },
  });
  const receipt = await client.getTransactionReceipt({ hash: String(hash) as Hex });
  if (receipt.status !== "success") throw new FailedError(String(hash));
  return receipt.gasUsed;
}

/** Deploys a contract; answers where it stands and what that took. */
export async function deploy(
  chain: PeerChain,
  { abi, bytecode }: Contract,
  args: readonly unknown[] = [],
): Promise<{ readonly address: Address; readonly gas: bigint }> {
  const { court, client, carol } = chain;
  const data = encodeDeployData({ abi, bytecode, args });
  const transaction = { from: carol, data, gas: toHex(16_000_000) };
  const hash = await court.provider.request({
    ...{ method: "eth_sendTransaction", params: [transaction] },
  });
  const { contractAddress, gasUsed } = await client.getTransactionReceipt({
    hash: String(hash) as Hex,
  });
  if (contractAddress === null || contractAddress === undefined) {
    throw new FailedError(String(hash));
  }
  return { address: contractAddress, gas: gasUsed };
}

/** OpenZeppelin's token, of which a spender may take from both sides; both hold some of it, and so does the spender. */
export async function mint(chain: PeerChain, spender: Address): Promise<Address> {
  const { court, carol } = chain;
  const token = await court.ethers.deployContract("PlainToken");
  const { alice, bob } = court;
  const holders = [alice.account, bob.account].map(ByteHex.fromBytes);
  const address = (await token.getAddress()) as Address;
  for (const holder of [...holders, carol, spender]) {
    const args = [holder, PLENTY] as const;
    const data = encodeFunctionData({ abi: TOKEN, functionName: "mint", args });
    await send(chain, { from: carol, to: address, data });
  }
  for (const holder of holders) await approve(chain, address, holder, spender);
  return address;
}

/** Lets a spender take whatever the owner has of a token; what that takes counts for nobody. */
export async function approve(
  chain: PeerChain,
  token: Address,
  owner: Address,
  spender: Address,
): Promise<void> {
  const args = [spender, maxUint256] as const;
  const data = encodeFunctionData({ abi: TOKEN, functionName: "approve", args });
  await send(chain, { from: owner, to: token, data });
}

/** Lets time pass before the next transaction. */
export async function wait({ court }: PeerChain, seconds: number): Promise<void> {
  await court.provider.request({ method: "evm_increaseTime", params: [seconds] });
  await court.provider.request({ method: "evm_mine", params: [] });
}

/** What an account holds of an asset; the address zero is ether. */
export async function held(
  { client }: PeerChain,
  asset: Address,
  account: Address,
): Promise<bigint> {
  if (BigInt(asset) === 0n) return client.getBalance({ address: account });
  return client.readContract({
    ...{ address: asset, abi: TOKEN, functionName: "balanceOf", args: [account] },
  });
}

/** Runs what pays both sides out, and fails unless each then has so much more. */
export async function paying(
  chain: PeerChain,
  asset: Address,
  [toA, toB]: readonly [bigint, bigint],
  act: () => Promise<bigint>,
): Promise<bigint> {
  const accounts = [chain.alice.account, chain.bob.account];
  const holdings = () => Promise.all(accounts.map((account) => held(chain, asset, account)));
  const before = await holdings();
  const gas = await act();
  const after = await holdings();
  for (const [index, expected] of [toA, toB].entries()) {
    const actual = (after[index] ?? 0n) - (before[index] ?? 0n);
    if (actual !== expected) throw new NotPaidError(expected, actual);
  }
  return gas;
}

/** The hash of ABI-encoded values. */
export function hashOf(types: readonly string[], values: readonly unknown[]): Hex {
  return keccak256(
    encodeAbiParameters(
      types.map((type) => ({ type })),
      values,
    ),
  );
}

/** A signature over a hash behind a prefix, 65 bytes. */
export function signBehind(prefix: string, hash: Hex, { key }: Player): Promise<Hex> {
  const digest = keccak256(concat([toHex(prefix), hash]));
  return privateKeyToAccount(key).sign({ hash: digest });
}

export class FailedError extends Error {
  override readonly name = "PeerChain.FailedError";
  readonly hash: string;
  constructor(hash: string) {
    super(`transaction ${hash} to a peer's contract reverted`);
    this.hash = hash;
  }
}

export class NotPaidError extends Error {
  override readonly name = "PeerChain.NotPaidError";
  readonly expected: bigint;
  readonly actual: bigint;
  constructor(expected: bigint, actual: bigint) {
    super(`a peer's contract should have paid ${expected}, and paid ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}
