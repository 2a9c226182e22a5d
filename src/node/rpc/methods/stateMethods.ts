// Accounts, storage and proofs of any block the node has.

import * as PatriciaTrie from "../../../merkle/patriciaTrie.ts";
import type * as Account from "../../../machine/account.ts";
import * as Code from "../../../machine/code.ts";
import * as HashedKeys from "../../../machine/hashedKeys.ts";
import * as Bytes from "../../../primitives/bytes.ts";
import * as Hex from "../../../primitives/hex.ts";
import type { Backend } from "../../backend.ts";
import * as Blocks from "../blocks.ts";
import type { Methods } from "../dispatch.ts";
import * as Params from "../params.ts";
import { InvalidParamsError } from "../rpcError.ts";

/** Of one answer. */
const MAX_SLOTS = 1_024;

/** Methods that read and prove the state after a block. */
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
      return valueOf(storage, Params.slot(slot, "slot"));
    },

    eth_getStorageValues: ([requests, block]) => {
      const state = Blocks.stateOf(backend, Params.blockId(block, "block"));
      const asked = Object.entries(Params.object(requests, "requests")).map(
        ([address, slots]) => [address, Params.list(slots, address)] as const,
      );
      const count = asked.reduce((sum, [, slots]) => sum + slots.length, 0);
      if (count > MAX_SLOTS) {
        throw new InvalidParamsError(`slots: at most ${MAX_SLOTS}, got ${count}`);
      }
      return Object.fromEntries(
        asked.map(([address, slots]) => {
          const { storage } = Blocks.account(state, addressOf(address));
          const values = slots.map((slot) => valueOf(storage, Params.slot(slot, "slot")));
          return [address, values];
        }),
      );
    },

    eth_getProof: ([address, slots, block]) => {
      const state = Blocks.stateOf(backend, Params.blockId(block, "block"));
      const keys = Params.list(slots, "slots");
      if (keys.length > MAX_SLOTS) {
        throw new InvalidParamsError(`slots: at most ${MAX_SLOTS}, got ${keys.length}`);
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

function valueOf(storage: Account.Storage, slot: bigint): Hex.Hex {
  const value = PatriciaTrie.get(storage, HashedKeys.ofSlot(slot)) ?? 0n;
  return Hex.fromBytes(Bytes.fromBigInt(value, 32));
}

function proof<V>(trie: PatriciaTrie.PatriciaTrie<V>, key: Uint8Array): Hex.Hex[] {
  return PatriciaTrie.proof(trie, key).map(Hex.fromBytes);
}
