// A pretended L1 in memory: an inbox and a portal that commit as the contracts do, and the log they leave.
import type { BatchEvent, DepositEvent, L1Event } from "../../src/derivation/l1Log.ts";
import * as MerkleTree from "../../src/merkle/merkleTree.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Deposit from "../../src/protocol/deposit.ts";

export const PORTAL = new Uint8Array(20).fill(0xd0);

export type L1Chain = {
  accumulator: Uint8Array;
  batches: bigint;
  lastBlock: bigint;
  consumed: bigint;
  time: bigint;
  block: bigint;
  readonly deposits: Deposit.Deposit[];
  readonly log: L1Event[];
};

export type DepositFields = Partial<
  Pick<Deposit.Deposit, "from" | "to" | "isCreation" | "mint" | "value" | "gasLimit" | "data">
>;

export type Post = {
  readonly blocks: bigint;
  readonly body: Uint8Array;
  readonly depositsTo?: bigint;
};

/** An L1 on which nothing has happened. */
export function create(genesisAccumulator: Uint8Array, time: bigint): L1Chain {
  return {
    accumulator: genesisAccumulator,
    batches: 0n,
    lastBlock: 0n,
    consumed: 0n,
    time,
    block: 100n,
    deposits: [],
    log: [],
  };
}

/** Mines a block. */
export function mine(chain: L1Chain): void {
  chain.block += 1n;
  chain.time += 12n;
}

/** Makes a deposit. */
export function deposit(chain: L1Chain, fields: DepositFields): Deposit.Deposit {
  const made: Deposit.Deposit = {
    index: BigInt(chain.deposits.length),
    l1Block: chain.block,
    l1Time: chain.time,
    from: fields.from ?? new Uint8Array(20).fill(0x0f),
    to: fields.isCreation === true ? new Uint8Array(20) : (fields.to ?? new Uint8Array(20).fill(1)),
    isCreation: fields.isCreation ?? false,
    mint: fields.mint ?? 0n,
    value: fields.value ?? 0n,
    gasLimit: fields.gasLimit ?? 100_000n,
    data: fields.data ?? Bytes.EMPTY,
  };
  const event: DepositEvent = {
    type: "deposit",
    l1Block: made.l1Block,
    l1Time: made.l1Time,
    from: made.from,
    to: made.to,
    opaqueData: opaqueData(made),
  };
  chain.deposits.push(made);
  chain.log.push(event);
  return made;
}

/** The header of the L1 block before this one, which a batch names as its origin. */
export function originOf(chain: L1Chain): BlockHeader.BlockHeader {
  const seed = keccak256(Bytes.fromBigInt(chain.block, 8));
  return {
    ...BlockHeader.ofL2({
      parentHash: seed,
      coinbase: new Uint8Array(20),
      stateRoot: seed,
      transactionsRoot: seed,
      receiptsRoot: seed,
      logsBloom: new Uint8Array(BlockHeader.BLOOM_BYTES),
      number: chain.block - 1n,
      gasLimit: 60_000_000n,
      gasUsed: 1n,
      timestamp: chain.time - 12n,
      mixHash: keccak256(seed),
      baseFee: 7n * 10n ** 9n,
      parentBeaconRoot: keccak256(keccak256(seed)),
    }),
    extraData: new Uint8Array([1, 2, 3]),
  };
}

/** Posts a batch. */
export function post(chain: L1Chain, { blocks, body, depositsTo }: Post): BatchEvent {
  const origin = originOf(chain);
  const to = depositsTo ?? BigInt(chain.deposits.length);
  const consumed = chain.deposits.slice(Number(chain.consumed), Number(to));
  const batch: Batch.Batch = {
    previous: chain.accumulator,
    version: 0,
    codec: 0,
    firstBlock: chain.lastBlock + 1n,
    lastBlock: chain.lastBlock + blocks,
    postedAt: chain.time,
    originNumber: origin.number,
    originHash: BlockHeader.hash(origin),
    bodyRoot: Body.root(body),
    bodySize: body.length,
    depositsRoot:
      consumed.length === 0
        ? new Uint8Array(32)
        : MerkleTree.rootOf(consumed.map(Deposit.hash), MerkleTree.heightFor(consumed.length)),
    depositsFrom: chain.consumed,
    depositsTo: to,
  };
  chain.batches += 1n;
  chain.accumulator = Batch.hash(batch);
  chain.lastBlock = batch.lastBlock;
  chain.consumed = to;
  const event: BatchEvent = {
    type: "batch",
    l1Block: chain.block,
    index: chain.batches,
    accumulator: chain.accumulator,
    batch,
    body,
    originHeader: BlockHeader.encode(origin),
  };
  chain.log.push(event);
  return event;
}

function opaqueData({ mint, value, gasLimit, isCreation, data }: Deposit.Deposit): Uint8Array {
  return Bytes.concat(
    Bytes.fromBigInt(mint, 32),
    Bytes.fromBigInt(value, 32),
    Bytes.fromBigInt(gasLimit, 8),
    new Uint8Array([isCreation ? 1 : 0]),
    data,
  );
}
