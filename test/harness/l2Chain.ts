// A pretended L2 over the pretended L1: genesis with the contracts that blocks call, keys, and blocks derived
// from what the L1 recorded.
import { Wallet, type TransactionLike } from "ethers";
import * as Block from "../../src/machine/block.ts";
import type * as BlockBuilder from "../../src/machine/blockBuilder.ts";
import * as Context from "../../src/machine/context.ts";
import * as Genesis from "../../src/machine/genesis.ts";
import type * as Tip from "../../src/machine/tip.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Limits from "../../src/protocol/limits.ts";
import * as L1Chain from "./l1Chain.ts";
import * as L1Record from "./l1Record.ts";
import { noSource } from "./noSource.ts";
import { CHAIN_ID, sign } from "./signedTransactions.ts";

export const GENESIS_TIME = 1_700_000_000n;

export type L2Chain = {
  readonly context: Context.Context;
  readonly accounts: readonly Genesis.GenesisAccount[];
  readonly genesis: Tip.Tip;
  readonly l1: L1Chain.L1Chain;
};

export const ALICE = `0x${"a1".repeat(32)}`;
export const BOB = `0x${"b0".repeat(32)}`;

// The runtime code of the two system contracts is in their EIPs.
const BEACON_ROOTS_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500";
const BLOCK_HASHES_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
// Keeps its call data in slots 0 to 4: CALLDATALOAD and SSTORE five times over.
const ATTRIBUTES_CODE = `0x${[0, 1, 2, 3, 4]
  .map(
    (slot) =>
      `60${(slot * 32).toString(16).padStart(2, "0")}3560${slot.toString(16).padStart(2, "0")}55`,
  )
  .join("")}00`;

/** The address of a key. */
export function addressOf(key: string): bigint {
  return BigInt(new Wallet(key).address);
}

/** An account of code alone. */
export function contractAt(address: bigint, code: string): Genesis.GenesisAccount {
  return { address, nonce: 1n, balance: 0n, code: Hex.toBytes(code), storage: [] };
}

/** An account of ether alone. */
export function fundedAt(address: bigint, balance: bigint): Genesis.GenesisAccount {
  return { address, nonce: 0n, balance, code: Bytes.EMPTY, storage: [] };
}

/** A chain of system contracts, two rich keys and further accounts. */
export function create(
  accounts: readonly Genesis.GenesisAccount[] = [],
  fork: Context.Context["fork"] = "Osaka",
): L2Chain {
  const all = [
    contractAt(Bytes.toBigInt(Limits.BEACON_ROOTS), BEACON_ROOTS_CODE),
    contractAt(Bytes.toBigInt(Limits.BLOCK_HASHES), BLOCK_HASHES_CODE),
    contractAt(Bytes.toBigInt(Limits.L1_ATTRIBUTES), ATTRIBUTES_CODE),
    fundedAt(addressOf(ALICE), 10n ** 21n),
    fundedAt(addressOf(BOB), 10n ** 21n),
    ...accounts,
  ];
  const genesis = Genesis.create({ timestamp: GENESIS_TIME, accounts: all }, noSource);
  return {
    context: Context.create(fork, CHAIN_ID, true),
    accounts: all,
    genesis,
    l1: L1Chain.create(Batch.genesisAccumulator(BlockDone.hash(genesis)), GENESIS_TIME + 100n),
  };
}

/** What the L1 recorded so far, as the machine reads it. */
export function inboxOf(chain: L2Chain) {
  const record = L1Record.create(
    Batch.genesisAccumulator(BlockDone.hash(chain.genesis)),
    L1Chain.PORTAL,
  );
  return L1Record.toInbox(L1Record.extend(record, chain.l1.log));
}

/** Every block that the L1's record gives. */
export function derive(chain: L2Chain): Block.ExecutedBlock[] {
  const inbox = inboxOf(chain);
  const blocks: Block.ExecutedBlock[] = [];
  let tip = chain.genesis;
  while (tip.number < chain.l1.lastBlock) {
    const block = Block.execute(tip, chain.context, inbox);
    blocks.push(block);
    tip = block.tip;
  }
  return blocks;
}

/** The bytes of a signed transaction of type 2 that pays enough. */
export function transaction(key: string, nonce: number, fields: TransactionLike): Uint8Array {
  const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
  const base = { type: 2, chainId: CHAIN_ID, nonce, gasLimit: 100_000n };
  return Hex.toBytes(sign({ ...base, ...fees, ...fields }, key).encoded);
}

/** The bytes of a signed transaction of type 0 that pays enough. */
export function legacy(key: string, nonce: number, fields: TransactionLike): Uint8Array {
  const base = { type: 0, chainId: CHAIN_ID, nonce, gasLimit: 100_000n, gasPrice: 2n * 10n ** 9n };
  return Hex.toBytes(sign({ ...base, ...fields }, key).encoded);
}

/** An empty batch that sees the newest L1 block and takes no deposit. */
export function draftOf({ l1 }: L2Chain): BlockBuilder.Draft {
  const origin = L1Chain.originOf(l1);
  return {
    index: l1.batches + 1n,
    originNumber: origin.number,
    originHash: BlockHeader.hash(origin),
    originHeader: BlockHeader.encode(origin),
    depositsFrom: 0n,
    depositsTo: 0n,
    body: Bytes.EMPTY,
  };
}
