// Accounts and their storage, read and written through the tries. An opening stands against the current
// root: nothing else may be written to the same trie between an opening and its write.
// Twin: contracts/machine/WorldState.sol.
import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as Witness from "../merkle/witness.ts";
import * as Account from "./account.ts";
import * as HashedKeys from "./hashedKeys.ts";
import type { Machine } from "./machine.ts";
import * as World from "./world.ts";

/** An account as it stands in the state; absent ones read as empty. */
export type Opening = {
  readonly key: Uint8Array;
  readonly exists: boolean;
  readonly account: Account.Account;
};

/** Opens the account at an address. */
export function open(machine: Machine, address: bigint): Opening {
  const { state } = machine.world;
  const key = HashedKeys.ofAddress(address);
  if (machine.witness !== null) recordWay(machine.witness, state, key);
  const account = PatriciaTrie.get(state, key);
  if (account === undefined) return { key, exists: false, account: Account.EMPTY };
  return { key, exists: true, account };
}

/** Replaces an opened account. One that is empty is removed (EIP-161). */
export function write(machine: Machine, opening: Opening, account: Account.Account): void {
  const { world } = machine;
  if (Account.isEmpty(account)) {
    if (opening.exists) remove(machine, opening);
    return;
  }
  machine.world = World.withState(world, PatriciaTrie.put(world.state, opening.key, account));
}

/** Removes an opened account that exists. */
export function remove(machine: Machine, opening: Opening): void {
  const { world, witness } = machine;
  if (witness !== null) recordSibling(witness, world.state, opening.key);
  machine.world = World.withState(world, PatriciaTrie.remove(world.state, opening.key));
}

/** Opens a slot of an opened account; absent slots read as zero. */
export function openSlot(machine: Machine, opening: Opening, slot: bigint): bigint {
  const { storage } = opening.account;
  const key = HashedKeys.ofSlot(slot);
  if (machine.witness !== null) recordWay(machine.witness, storage, key);
  return PatriciaTrie.get(storage, key) ?? 0n;
}

/** Replaces an opened slot of an opened account, and so the account. A slot of zero is removed. */
export function writeSlot(machine: Machine, opening: Opening, slot: bigint, value: bigint): void {
  const { account } = opening;
  const key = HashedKeys.ofSlot(slot);
  const isRemoval = value === 0n && PatriciaTrie.get(account.storage, key) !== undefined;
  if (isRemoval && machine.witness !== null) recordSibling(machine.witness, account.storage, key);
  const storage =
    value === 0n
      ? PatriciaTrie.remove(account.storage, key)
      : PatriciaTrie.put(account.storage, key, value);
  const { nonce, balance, code } = account;
  write(machine, opening, { nonce, balance, storage, code });
}

/** Puts the nodes on the way of a key into a witness, root first. */
export function recordWay<V>(
  witness: Witness.WitnessWriter,
  trie: PatriciaTrie.PatriciaTrie<V>,
  key: Uint8Array,
): void {
  for (const node of PatriciaTrie.proof(trie, key)) Witness.writeBytes(witness, node);
}

/** Puts the node into a witness that removing a key needs beside its way, if there is one. */
export function recordSibling<V>(
  witness: Witness.WitnessWriter,
  trie: PatriciaTrie.PatriciaTrie<V>,
  key: Uint8Array,
): void {
  const sibling = PatriciaTrie.collapseSibling(trie, key);
  if (sibling !== undefined) Witness.writeBytes(witness, sibling);
}
