// All that the adjudicator remembers: what pots hold and pay. Twin: contracts/channels/Ledger.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { sha256 } from "../primitives/sha256.ts";
import { CallRejected } from "./callRejected.ts";
import * as ChannelState from "./channelState.ts";
import * as Head from "./head.ts";
import * as Locks from "./locks.ts";
import type { Params } from "./params.ts";
import * as Pot from "./pot.ts";
import * as Signing from "./signing.ts";
import * as Vaults from "./vaults.ts";

/** A virtual channel's result: what A has paid B of its main asset, and when that was recorded, zero for never. */
export type Outcome = { readonly amount: bigint; readonly recordedAt: bigint };

/** Written in place: whoever keeps an older one works on a copy. */
export type Ledger = {
  readonly pots: Map<string, Pot.Pot>;
  // Read only where the pot says so.
  readonly drawn: Map<string, Pot.Drawn>;
  readonly heads: Map<string, Head.Head>;
  // The hash of the state on record, where the head is BY_HASH.
  readonly recorded: Map<string, Uint8Array>;
  readonly outcomes: Map<string, Outcome>;
  // When the secret of a SHA-256 hash was first shown.
  readonly revealedAt: Map<string, bigint>;
  readonly book: Vaults.VaultBook;
};

export const ETHER = new Uint8Array(20);
export const MAX_OUTCOME = 2n ** 112n - 1n;

const NO_POT: Pot.Pot = { depositedA: 0n, depositedB: 0n, isSettled: false, isDrawn: false };
const NOTHING_DRAWN: Pot.Drawn = { outA: 0n, outB: 0n };
const NO_HEAD: Head.Head = { version: 0n, deadline: 0n, flags: 0, moves: 0n, net: 0n };
const NO_OUTCOME: Outcome = { amount: 0n, recordedAt: 0n };

/** Adds to a side of a pot what has arrived. */
export function deposit(
  ledger: Ledger,
  id: Uint8Array,
  token: Uint8Array,
  toB: boolean,
  amount: bigint,
): Pot.Pot {
  const pot = potOf(ledger, id, token);
  if (pot.isSettled) throw new CallRejected("PotSettled", [id, token]);
  const next = Pot.add(pot, toB, amount);
  ledger.pots.set(potKey(id, token), next);
  ledger.book.emit({ kind: "Deposited", id, token, toB, amount });
  return next;
}

/** Pays what an asset authorises and has not been withdrawn; false where that is nothing. */
export function withdraw(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  asset: ChannelState.Asset,
): boolean {
  const { token } = asset;
  const pot = potOf(ledger, id, token);
  if (pot.isSettled) return false;
  const { toA, toB, next } = Pot.withdrawal(pot, drawnOf(ledger, id, token), asset);
  if (toA === 0n && toB === 0n) return false;

  ledger.drawn.set(potKey(id, token), next);
  ledger.pots.set(potKey(id, token), { ...pot, isDrawn: true });
  ledger.book.emit({ kind: "Withdrawn", id, token, toA, toB });

  Vaults.pay(ledger.book, params.a, token, toA, Vaults.NOBODY);
  Vaults.pay(ledger.book, params.b, token, toB, Vaults.NOBODY);
  return true;
}

/** Divides a pot and pays both sides, the keeper into its vault; false where it was settled before. */
export function settlePot(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  token: Uint8Array,
  payment: bigint,
  keeper: Uint8Array,
): boolean {
  const pot = potOf(ledger, id, token);
  if (pot.isSettled) return false;
  const { toA, toB } = Pot.split(pot, drawnOf(ledger, id, token), payment);

  ledger.pots.set(potKey(id, token), { ...pot, isSettled: true });
  ledger.book.emit({ kind: "Settled", id, token, toA, toB });

  Vaults.pay(ledger.book, params.a, token, toA, keeper);
  Vaults.pay(ledger.book, params.b, token, toB, keeper);
  return true;
}

/** The state is the one that the head stands for: by its hash, else by its version and both signatures. */
export function requireOnRecord(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  presented: Signing.CoSigned,
  head: Head.Head,
  domain: Uint8Array,
  ask: Signing.AskSigner,
): void {
  const stateHash = ChannelState.hash(presented.state);
  if (Head.has(head, Head.BY_HASH)) {
    const onRecord = recordedHash(ledger, id);
    if (!Bytes.equals(stateHash, onRecord)) {
      throw new CallRejected("StateNotOnRecord", [onRecord, stateHash]);
    }
    return;
  }
  const { version } = presented.state;
  if (version !== head.version) {
    throw new CallRejected("VersionNotOnRecord", [head.version, version]);
  }
  Signing.requireCoSigned(params, id, presented, stateHash, domain, ask);
}

/** What A has paid B of a token by a state and its locks. Rejects while one of the token's locks is open. */
export function paymentOf(
  ledger: Ledger,
  state: ChannelState.State,
  locks: Uint8Array,
  token: Uint8Array,
  time: bigint,
): bigint {
  const index = ChannelState.indexOf(state, token);
  const asset = state.assets[index];
  if (asset === undefined) return 0n;
  let payment = asset.net;
  const count = Locks.count(locks);
  for (let i = 0; i < count; i++) {
    const lock = Locks.lockAt(locks, i);
    if (lock.asset !== index) continue;
    const amount = Locks.payment(lock, recordFor(ledger, lock), time);
    payment += lock.aToB ? amount : -amount;
  }
  return payment;
}

/** What stands on record that a lock waits for. */
export function recordFor(ledger: Ledger, lock: Locks.Lock): Locks.LockRecord {
  if (lock.kind === Locks.KIND_HASH) {
    return { time: revealedAt(ledger, lock.key), amount: lock.amount };
  }
  if (lock.kind === Locks.KIND_CHANNEL) {
    const { recordedAt, amount } = outcomeOf(ledger, lock.key);
    return { time: recordedAt, amount };
  }
  return { time: 0n, amount: 0n };
}

/** Records what A has paid B in a virtual channel, from nothing up to what the slot holds. */
export function recordOutcome(ledger: Ledger, id: Uint8Array, payment: bigint, time: bigint): void {
  let amount = payment > MAX_OUTCOME ? MAX_OUTCOME : payment;
  if (amount < 0n) amount = 0n;
  ledger.outcomes.set(Hex.key(id), { amount, recordedAt: time });
  ledger.book.emit({ kind: "OutcomeRecorded", id, amount });
}

/** Gives the bond of a clock that has run out, or that a close has made pointless, back to the challenger. */
export function returnBond(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  head: Head.Head,
): boolean {
  if (!Head.has(head, Head.BONDED)) return false;
  ledger.heads.set(Hex.key(id), { ...head, flags: head.flags & ~Head.BONDED });
  payBond(ledger, params, id, Head.has(head, Head.CHALLENGER_B));
  return true;
}

/** Puts the bond into the vault of a side. */
export function payBond(ledger: Ledger, params: Params, id: Uint8Array, toB: boolean): void {
  const account = toB ? params.b : params.a;
  Vaults.credit(ledger.book, account, ETHER, params.bond);
  ledger.book.emit({ kind: "BondPaid", id, account, amount: params.bond });
}

/** Records a secret the first time that it is shown. */
export function reveal(ledger: Ledger, secret: Uint8Array, time: bigint): void {
  const hash = sha256(secret);
  if (revealedAt(ledger, hash) !== 0n) return;
  ledger.revealedAt.set(Hex.key(hash), time);
  ledger.book.emit({ kind: "Revealed", hash, secret });
}

/** What a channel holds of a token. */
export function potOf(ledger: Ledger, id: Uint8Array, token: Uint8Array): Pot.Pot {
  return ledger.pots.get(potKey(id, token)) ?? NO_POT;
}

/** What has been withdrawn of a token. */
export function drawnOf(ledger: Ledger, id: Uint8Array, token: Uint8Array): Pot.Drawn {
  return ledger.drawn.get(potKey(id, token)) ?? NOTHING_DRAWN;
}

/** What is remembered of a dispute. */
export function headOf(ledger: Ledger, id: Uint8Array): Head.Head {
  return ledger.heads.get(Hex.key(id)) ?? NO_HEAD;
}

/** The hash of the state on record, where the head is BY_HASH. */
export function recordedHash(ledger: Ledger, id: Uint8Array): Uint8Array {
  return ledger.recorded.get(Hex.key(id)) ?? new Uint8Array(32);
}

/** What a virtual channel came to. */
export function outcomeOf(ledger: Ledger, id: Uint8Array): Outcome {
  return ledger.outcomes.get(Hex.key(id)) ?? NO_OUTCOME;
}

/** When the secret of this SHA-256 hash was first shown, zero for never. */
export function revealedAt(ledger: Ledger, hash: Uint8Array): bigint {
  return ledger.revealedAt.get(Hex.key(hash)) ?? 0n;
}

function potKey(id: Uint8Array, token: Uint8Array): string {
  return Hex.key(Bytes.concat(id, token));
}
