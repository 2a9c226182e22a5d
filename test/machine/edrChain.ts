// The EVM inside Hardhat in the role of the oracle: the same accounts, the same transactions, one in each block.
import { network } from "hardhat";
import * as Account from "../../src/machine/account.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import * as Code from "../../src/machine/code.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import type * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { Genesis, Outcome } from "./ethereumjsChain.ts";
import * as TransactionRun from "./transactionRun.ts";

export const CHAIN_ID = 31_337n;

export type Chain = {
  readonly request: Request;
  readonly close: () => Promise<void>;
  time: bigint;
};

/** What an account is, as far as both sides can tell. */
export type Description = {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: string;
  readonly slots: readonly bigint[];
};

type Request = <T>(method: string, ...params: readonly unknown[]) => Promise<T>;

type Receipt = {
  readonly status: string;
  readonly gasUsed: string;
  readonly logs: readonly {
    readonly address: string;
    readonly topics: readonly string[];
    readonly data: string;
  }[];
};

const SLOTS = [0n, 1n, 2n, 3n];
const FIRST_TIME = 2_000_000_000n;
const BLOCK_TIME = 12n;

/** A chain that follows a fork and mines when it is told to. */
export async function create(fork: Fork, coinbase: bigint): Promise<Chain> {
  const connection = await network.create({
    network: "l1",
    override: { hardfork: fork.toLowerCase() },
  });
  const request: Request = async (method, ...params) => {
    const answer: unknown = await connection.provider.request({ method, params: [...params] });
    return answer as never;
  };
  // A transaction that reverts would be an error of the request that mines it.
  await request("evm_setAutomine", false);
  await request("hardhat_setCoinbase", addressHex(coinbase));
  return { request, time: FIRST_TIME, close: () => connection.close() };
}

/** Sets the accounts; `forget` takes them back. */
export async function settle({ request }: Chain, genesis: Genesis): Promise<string> {
  const snapshot = await request<string>("evm_snapshot");
  for (const { address, nonce, balance, code, storage } of genesis) {
    const at = addressHex(address);
    await request("hardhat_setBalance", at, Hex.fromBigInt(balance));
    if (nonce > 0n) await request("hardhat_setNonce", at, Hex.fromBigInt(nonce));
    if (code.length > 0) await request("hardhat_setCode", at, Hex.fromBytes(code));
    for (const [slot, value] of storage ?? [])
      await request("hardhat_setStorageAt", at, Hex.fromBigInt(slot), word(value));
  }
  return snapshot;
}

/** Goes back to before the accounts were set. */
export async function forget({ request }: Chain, snapshot: string): Promise<void> {
  await request("evm_revert", snapshot);
}

/** The block that the next transaction will be in. */
export async function nextBlock(
  chain: Chain,
  coinbase: bigint,
  baseFee: bigint,
): Promise<BlockContext.Block> {
  const { request } = chain;
  chain.time += BLOCK_TIME;
  const mixHash = Bytes.fromBigInt(chain.time ** 3n, 32);
  await request("evm_setNextBlockTimestamp", Hex.fromBigInt(chain.time));
  await request("hardhat_setPrevRandao", Hex.fromBytes(mixHash));
  await request("hardhat_setNextBlockBaseFeePerGas", Hex.fromBigInt(baseFee));
  const latest = await request<{ number: string; gasLimit: string }>(
    "eth_getBlockByNumber",
    "latest",
    false,
  );
  return TransactionRun.blockOf({
    number: BigInt(latest.number) + 1n,
    timestamp: chain.time,
    gasLimit: BigInt(latest.gasLimit),
    baseFeePerGas: baseFee,
    coinbase: Bytes.fromBigInt(coinbase, 20),
    mixHash,
  });
}

/** Runs a transaction in a block of its own: what a receipt tells. */
export async function run(
  { request }: Chain,
  encoded: Uint8Array,
): Promise<Pick<Outcome, "isSuccess" | "gasUsed" | "logs">> {
  const hash = await request<string>("eth_sendRawTransaction", Hex.fromBytes(encoded));
  await request("evm_mine");
  const receipt = await request<Receipt>("eth_getTransactionReceipt", hash);
  return {
    isSuccess: receipt.status === "0x1",
    gasUsed: BigInt(receipt.gasUsed),
    logs: receipt.logs.map((log) => [log.address, ...log.topics, log.data].join(" ")),
  };
}

/** An account there. */
export async function describeThere({ request }: Chain, at: bigint): Promise<Description> {
  const address = addressHex(at);
  const [nonce, balance, code, ...slots] = await Promise.all([
    request<string>("eth_getTransactionCount", address, "latest"),
    request<string>("eth_getBalance", address, "latest"),
    request<string>("eth_getCode", address, "latest"),
    ...SLOTS.map((slot) =>
      request<string>("eth_getStorageAt", address, Hex.fromBigInt(slot), "latest"),
    ),
  ]);
  return { nonce: BigInt(nonce), balance: BigInt(balance), code, slots: slots.map(BigInt) };
}

/** An account here. */
export function describeHere(state: World.State, at: bigint): Description {
  const account = PatriciaTrie.get(state, HashedKeys.ofAddress(at)) ?? Account.EMPTY;
  return {
    nonce: account.nonce,
    balance: account.balance,
    code: Hex.fromBytes(Code.bytes(account.code)),
    slots: SLOTS.map((slot) => PatriciaTrie.get(account.storage, HashedKeys.ofSlot(slot)) ?? 0n),
  };
}

function addressHex(value: bigint): string {
  return Hex.fromBytes(Bytes.fromBigInt(value, 20));
}

function word(value: bigint): string {
  return Hex.fromBytes(Bytes.fromBigInt(value, 32));
}
