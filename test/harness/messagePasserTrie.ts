// The storage trie of a message passer, built by an implementation that is not ours.
import { createMerkleProof, MerklePatriciaTrie } from "@ethereumjs/mpt";
import * as Hex from "../../src/primitives/hex.ts";
import * as Withdrawal from "../../src/protocol/withdrawal.ts";

export const SENT = Uint8Array.of(1);

/** A trie that says that these slots are true, or hold another value. */
export async function trieOf(slots: readonly Uint8Array[], value = SENT) {
  const trie = new MerklePatriciaTrie({ useKeyHashing: true });
  for (const slot of slots) await trie.put(slot, value);
  return trie;
}

/** The nodes from the root to a slot, as eth_getProof lists them. */
export async function proofOf(trie: MerklePatriciaTrie, slot: Uint8Array): Promise<Hex.Hex[]> {
  return (await createMerkleProof(trie, slot)).map(Hex.fromBytes);
}

/** Where the message passer says that it sent a withdrawal. */
export function slotOf(withdrawal: Withdrawal.Withdrawal): Uint8Array {
  return Withdrawal.storageSlot(Withdrawal.hash(withdrawal));
}
