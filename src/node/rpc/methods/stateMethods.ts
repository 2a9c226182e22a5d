// Accounts, storage and proofs of any block the node has.

import * as PatriciaTrie from "../../../merkle/patriciaTrie.ts";
import * as Code from "../../../machine/code.ts";
import * as HashedKeys from "../../../machine/hashedKeys.ts";
import * as Bytes from "../../../primitives/bytes.ts";
import * as Hex from "../../../primitives/hex.ts";
import type { Backend } from "../../backend.ts";
import * as Blocks from "../blocks.ts";
import type { Methods } from "../dispatch.ts";
import * as Params from "../params.ts";
import { InvalidParamsError } from "../rpcError.ts";

const MAX_PROVEN_SLOTS = 1_024;

export function create(backend: Backend): Methods {
  const addressOf = (value: unknown) => Bytes.toBigInt(Params.address(value, "address"));
  const accountAt = (address: unknown, block: unknown) => {
    const state = Blocks.stateOf(backend, Params.blockId(block, "block"));
    return Blocks.account(state, addressOf(address));
  };
  return {
    eth_getBalance: ([address, block]) => Hex.fromBigInt(accountAt(address, block).balance),

    eth_getTransactionCount: ([address, block]) => {
      const { nonce } = accountAt(address, block);
      if (block !== "pending") return Hex.fromBigInt(nonce);
      return Hex.fromBigInt(backend.pendingNonce(addressOf(address), nonce));
    },

    eth_getCode: ([address, block]) => Hex.fromBytes(Code.bytes(accountAt(address, block).code)),

    eth_getStorageAt: ([address, slot, block]) => {
      const { storage } = accountAt(address, block);
      const key = HashedKeys.ofSlot(Params.slot(slot, "slot"));
      return Hex.fromBytes(Bytes.fromBigInt(PatriciaTrie.get(storage, key) ?? 0n, 32));
    },

    eth_getProof: ([address, slots, block]) => {
      const state = Blocks.stateOf(backend, Params.blockId(block, "block"));
      const keys = Params.list(slots, "slots");
      if (keys.length > MAX_PROVEN_SLOTS) {
        throw new InvalidParamsError(`slots: at most ${MAX_PROVEN_SLOTS}, got ${keys.length}`);
      }
      const owner = addressOf(address);
      const { nonce, balance, storage, code } = Blocks.account(state, owner);
      return {
        address: Hex.fromBytes(Bytes.fromBigInt(owner, 20)),
        accountProof: proof(state, HashedKeys.ofAddress(owner)),
        balance: Hex.fromBigInt(balance),
        codeHash: Hex.fromBytes(code.hash),
        nonce: Hex.fromBigInt(nonce),
        storageHash: Hex.fromBytes(PatriciaTrie.root(storage)),
        storageProof: keys.map((key) => {
          const slot = Params.slot(key, "slots");
          const hashed = HashedKeys.ofSlot(slot);
          const value = Hex.fromBigInt(PatriciaTrie.get(storage, hashed) ?? 0n);
          return { key, value, proof: proof(storage, hashed) };
        }),
      };
    },
  };
}

function proof<V>(trie: PatriciaTrie.PatriciaTrie<V>, key: Uint8Array): Hex.Hex[] {
  return PatriciaTrie.proof(trie, key).map(Hex.fromBytes);
}
