// What an adjudicator owes of a token in all, by its model: unsettled pots, vaults, reserves and bonds.
import * as Head from "../../src/channels/head.ts";
import type { Ledger } from "../../src/channels/ledger.ts";
import * as Hex from "../../src/primitives/hex.ts";

export function owed(
  ledger: Ledger,
  token: Uint8Array,
  bonds: ReadonlyMap<string, bigint>,
): bigint {
  const suffix = Hex.key(token);
  let sum = 0n;
  for (const [key, pot] of ledger.pots) {
    if (!key.endsWith(suffix) || pot.isSettled) continue;
    const drawn = ledger.drawn.get(key) ?? { outA: 0n, outB: 0n };
    sum += pot.depositedA + pot.depositedB - drawn.outA - drawn.outB;
  }
  for (const [key, amount] of ledger.book.vault) if (key.endsWith(suffix)) sum += amount;
  for (const [key, { amount }] of ledger.book.reserve) if (key.endsWith(suffix)) sum += amount;
  if (token.some((byte) => byte !== 0)) return sum;
  for (const [id, head] of ledger.heads) {
    if (Head.has(head, Head.BONDED)) sum += bonds.get(id) ?? 0n;
  }
  return sum;
}
