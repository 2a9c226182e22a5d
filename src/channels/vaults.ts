// Payments that cannot be blocked, and what waits for its owner. Twin: contracts/channels/Vaults.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import type { Emit } from "./adjudicatorEvent.ts";
import { CallRejected } from "./callRejected.ts";

/** What an account keeps for one tower of one channel, in one token. */
export type Reserve = {
  readonly amount: bigint;
  // From when on the account may have it back, in seconds; zero where it has not asked.
  readonly exitAt: bigint;
};

/** What accounts own outside of any pot, and where the rules that pay them say so; written in place. */
export type VaultBook = {
  readonly vault: Map<string, bigint>;
  // For each tower its own: what one is promised keeps none of another's.
  readonly reserve: Map<string, Reserve>;
  readonly emit: Emit;
  /** Whether money that is sent to an account arrives there. */
  readonly push: (token: Uint8Array, to: Uint8Array, amount: bigint) => boolean;
};

export const EXIT_DELAY = 2_678_400n;

/** Nobody: who keeps nothing in its vault that could be paid out. */
export const NOBODY = new Uint8Array(20);

const MAX_RESERVE = 2n ** 112n - 1n;
const NO_RESERVE: Reserve = { amount: 0n, exitAt: 0n };

/** Pays an account at once, or into its vault where that fails or where it is the keeper. */
export function pay(
  book: VaultBook,
  account: Uint8Array,
  token: Uint8Array,
  amount: bigint,
  keeper: Uint8Array,
): void {
  if (amount === 0n) return;
  if (!Bytes.equals(account, keeper) && book.push(token, account, amount)) return;
  credit(book, account, token, amount);
}

/** Puts an amount that the adjudicator holds into a vault. */
export function credit(
  book: VaultBook,
  account: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): void {
  book.vault.set(vaultKey(account, token), vaultOf(book, account, token) + amount);
  book.emit({ kind: "VaultCredited", account, token, amount });
}

/** Takes an amount out of a vault. */
export function debit(
  book: VaultBook,
  account: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): void {
  const available = vaultOf(book, account, token);
  if (amount > available) {
    throw new CallRejected("VaultTooLow", [account, token, available, amount]);
  }
  book.vault.set(vaultKey(account, token), available - amount);
  book.emit({ kind: "VaultDebited", account, token, amount });
}

/** Moves an amount from the account's vault to what a tower can count on. */
export function reserveFee(
  book: VaultBook,
  account: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): void {
  debit(book, account, token, amount);
  const sum = reserveOf(book, account, id, tower, token).amount + amount;
  if (sum > MAX_RESERVE) throw new CallRejected("ReserveTooLarge", [MAX_RESERVE, sum]);
  book.reserve.set(reserveKey(account, id, tower, token), { amount: sum, exitAt: 0n });
}

/** Pays a tower from the account's reserve for it. */
export function payFee(
  book: VaultBook,
  account: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): void {
  const reserve = reserveOf(book, account, id, tower, token);
  if (amount > reserve.amount) {
    throw new CallRejected("ReserveTooLow", [account, id, tower, reserve.amount, amount]);
  }
  const rest = { ...reserve, amount: reserve.amount - amount };
  book.reserve.set(reserveKey(account, id, tower, token), rest);
  pay(book, tower, token, amount, NOBODY);
}

/** Gives notice that the account will take its reserve back. */
export function startExit(
  book: VaultBook,
  account: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
  time: bigint,
): bigint {
  const reserve = reserveOf(book, account, id, tower, token);
  if (reserve.exitAt !== 0n) throw new CallRejected("ExitPending", [reserve.exitAt]);
  const exitAt = time + EXIT_DELAY;
  book.reserve.set(reserveKey(account, id, tower, token), { ...reserve, exitAt });
  return exitAt;
}

/** Puts what is left of the reserve back into the vault. */
export function exit(
  book: VaultBook,
  account: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
  time: bigint,
): bigint {
  const { amount, exitAt } = reserveOf(book, account, id, tower, token);
  if (exitAt === 0n || time < exitAt) throw new CallRejected("ExitNotDue", [exitAt, time]);
  book.reserve.delete(reserveKey(account, id, tower, token));
  credit(book, account, token, amount);
  return amount;
}

/** What an account's vault holds of a token. */
export function vaultOf(book: VaultBook, account: Uint8Array, token: Uint8Array): bigint {
  return book.vault.get(vaultKey(account, token)) ?? 0n;
}

/** What an account keeps for a tower of a channel. */
export function reserveOf(
  book: VaultBook,
  account: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
): Reserve {
  return book.reserve.get(reserveKey(account, id, tower, token)) ?? NO_RESERVE;
}

function vaultKey(account: Uint8Array, token: Uint8Array): string {
  return Hex.key(Bytes.concat(account, token));
}

function reserveKey(
  account: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
): string {
  return Hex.key(Bytes.concat(account, id, tower, token));
}
