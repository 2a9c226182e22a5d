// The state before block 1, from nothing but the accounts that it is to hold.
import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as PersistentTree from "../merkle/persistentTree.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as BlockHeader from "../protocol/blockHeader.ts";
import {
  BLOCK_GAS_LIMIT,
  COINBASE,
  ENTRY_TREE_HEIGHT,
  MESSAGE_PASSER,
  RING_HEIGHT,
} from "../protocol/limits.ts";
import * as OutputRoot from "../protocol/outputRoot.ts";
import * as Account from "./account.ts";
import * as Code from "./code.ts";
import * as HashedKeys from "./hashedKeys.ts";
import * as Tip from "./tip.ts";
import type * as World from "./world.ts";

export type GenesisAccount = {
  readonly address: bigint;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: Uint8Array;
  readonly storage: readonly { readonly slot: bigint; readonly value: bigint }[];
};

export type Genesis = {
  readonly timestamp: bigint;
  readonly accounts: readonly GenesisAccount[];
};

/** The base fee that block 1 follows on. */
export const GENESIS_BASE_FEE = 1_000_000_000n;

const ZERO_WORD = new Uint8Array(32);

/** The state between no block and block 1. Equal accounts in any order give the same. */
export function create(genesis: Genesis, source: Account.Source): Tip.Tip {
  const state = stateOf(genesis.accounts, source);
  const header = headerOf(genesis.timestamp, PatriciaTrie.root(state));
  const headerHash = BlockHeader.hash(header);
  const ring = Tip.addToRing(PersistentTree.empty(RING_HEIGHT), 0n, headerHash);
  const messagePasser =
    PatriciaTrie.get(state, HashedKeys.ofAddress(Bytes.toBigInt(MESSAGE_PASSER))) ?? Account.EMPTY;
  return {
    number: 0n,
    outputRoot: OutputRoot.hash({
      stateRoot: header.stateRoot,
      messagePasserStorageRoot: PatriciaTrie.root(messagePasser.storage),
      blockHash: headerHash,
    }),
    headerHash,
    ringRoot: PersistentTree.root(ring),
    batch: 0n,
    byteOffset: 0n,
    deposits: 0n,
    header,
    state,
    ring,
  };
}

/** A state that holds the accounts. */
export function stateOf(accounts: readonly GenesisAccount[], source: Account.Source): World.State {
  let state: World.State = PatriciaTrie.emptyWith(Account.codec(source));
  for (const { address, nonce, balance, code, storage } of accounts) {
    let slots = Account.EMPTY_STORAGE;
    for (const { slot, value } of storage)
      if (value !== 0n) slots = PatriciaTrie.put(slots, HashedKeys.ofSlot(slot), value);
    const account = { nonce, balance, storage: slots, code: Code.of(code) };
    if (!Account.isEmpty(account))
      state = PatriciaTrie.put(state, HashedKeys.ofAddress(address), account);
  }
  return state;
}

function headerOf(timestamp: bigint, stateRoot: Uint8Array): BlockHeader.BlockHeader {
  const noEntries = PersistentTree.root(PersistentTree.empty(ENTRY_TREE_HEIGHT));
  return BlockHeader.ofL2({
    parentHash: ZERO_WORD,
    coinbase: COINBASE,
    stateRoot,
    transactionsRoot: noEntries,
    receiptsRoot: noEntries,
    logsBloom: new Uint8Array(BlockHeader.BLOOM_BYTES),
    number: 0n,
    gasLimit: BLOCK_GAS_LIMIT,
    gasUsed: 0n,
    timestamp,
    mixHash: ZERO_WORD,
    baseFee: GENESIS_BASE_FEE,
    parentBeaconRoot: ZERO_WORD,
  });
}
