// An account of Ethereum: what a leaf of the state trie holds.
import * as Rlp from "../primitives/rlp.ts";
import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as Code from "./code.ts";

export type Storage = PatriciaTrie.PatriciaTrie<bigint>;

export type Account = {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly storage: Storage;
  readonly code: Code.Code;
};

/** How a slot's value stands in a trie: the RLP string of the integer. */
export const slotCodec: PatriciaTrie.Codec<bigint> = {
  encode: (value) => Rlp.encode(Rlp.fromBigInt(value)),
  decode: (encoding) => Rlp.toBigInt(Rlp.toBytes(Rlp.decode(encoding))),
  equals: (left, right) => left === right,
};

/** The storage without a slot. */
export const EMPTY_STORAGE: Storage = PatriciaTrie.emptyWith(slotCodec);

/** What an address without an account reads as. */
export const EMPTY: Account = {
  nonce: 0n,
  balance: 0n,
  storage: EMPTY_STORAGE,
  code: Code.EMPTY,
};

/** Whether the account counts as absent (EIP-161). */
export function isEmpty(account: Account): boolean {
  return account.nonce === 0n && account.balance === 0n && Code.isEmpty(account.code);
}

/** Where accounts loaded from a store find the nodes of their storage and their code. */
export type Source = {
  readonly nodes: PatriciaTrie.NodeStore;
  readonly code: (hash: Uint8Array) => Uint8Array;
};

/** How an account stands in the state trie. */
export function codec(source: Source): PatriciaTrie.Codec<Account> {
  return {
    encode: ({ nonce, balance, storage, code }) =>
      Rlp.encode([
        Rlp.fromBigInt(nonce),
        Rlp.fromBigInt(balance),
        PatriciaTrie.root(storage),
        code.hash,
      ]),
    decode: (encoding) => decode(encoding, source),
    equals: (left, right) =>
      left === right ||
      (left.nonce === right.nonce &&
        left.balance === right.balance &&
        left.storage === right.storage &&
        left.code === right.code),
  };
}

function decode(encoding: Uint8Array, source: Source): Account {
  const [nonce, balance, storageRoot, codeHash] = Rlp.decodeList(encoding);
  const hash = Rlp.toBytes(codeHash).slice();
  return {
    nonce: Rlp.toBigInt(Rlp.toBytes(nonce)),
    balance: Rlp.toBigInt(Rlp.toBytes(balance)),
    storage: PatriciaTrie.fromRootWith(Rlp.toBytes(storageRoot).slice(), source.nodes, slotCodec),
    code: Code.stored(hash, () => source.code(hash)),
  };
}
