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
import type { Draw } from "./typedData.ts";
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

/** Adds to a pot what has arrived for each side. */
export function deposit(
  ledger: Ledger,
  id: Uint8Array,
  token: Uint8Array,
  shares: Pot.Shares,
): void {
  const pot = potOf(ledger, id, token);
  if (pot.isSettled) throw new CallRejected("PotSettled", [id, token]);
  ledger.pots.set(potKey(id, token), Pot.add(pot, shares));
  ledger.book.emit({ kind: "Deposited", id, token, ...shares });
}

/** Adds what has arrived for A to a pot, and from B's vault what B's deposits lack of the draw's total. */
export function depositBoth(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  draw: Draw,
  amount: bigint,
): void {
  const { token, total, against } = draw;
  const found = potOf(ledger, id, token);
  if (found.isSettled) throw new CallRejected("PotSettled", [id, token]);
  const missing = found.depositedB < total ? total - found.depositedB : 0n;
  const pot = Pot.add(found, { toA: amount, toB: missing });
  if (pot.depositedA < against) {
    throw new CallRejected("DepositBelowDraw", [against, pot.depositedA]);
  }
  ledger.pots.set(potKey(id, token), pot);
  ledger.book.emit({ kind: "Deposited", id, token, toA: amount, toB: missing });
  if (missing !== 0n) Vaults.debit(ledger.book, params.b, token, missing);
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
  const drawn = drawnOf(ledger, id, token);
  const next = Pot.withdrawal(pot, drawn, asset);
  const [toA, toB] = [next.outA - drawn.outA, next.outB - drawn.outB];
  if (toA === 0n && toB === 0n) return false;

  ledger.drawn.set(potKey(id, token), next);
  ledger.pots.set(potKey(id, token), { ...pot, isDrawn: true });
  ledger.book.emit({ kind: "Withdrawn", id, token, toA, toB });

  Vaults.pay(ledger.book, params.a, token, toA, Vaults.NOBODY);
  Vaults.pay(ledger.book, params.b, token, toB, Vaults.NOBODY);
  return true;
}

/** `withdraw` for every asset of a state; false where that paid nothing. */
export function withdrawAll(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  { assets }: ChannelState.State,
): boolean {
  return assets.map((asset) => withdraw(ledger, params, id, asset)).includes(true);
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
  const drawn = drawnOf(ledger, id, token);
  const [ownA, ownB] = [pot.depositedA - drawn.outA, pot.depositedB - drawn.outB];
  const { toA, toB } = Pot.split(ownA, ownB, payment);

  ledger.pots.set(potKey(id, token), { ...pot, isSettled: true });
  ledger.book.emit({ kind: "Settled", id, token, toA, toB });

  Vaults.pay(ledger.book, params.a, token, toA, keeper);
  Vaults.pay(ledger.book, params.b, token, toB, keeper);
  return true;
}

/** `settlePot` for every asset of a state by its net payment; false where that settled nothing. */
export function settleAll(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  { assets }: ChannelState.State,
  keeper: Uint8Array,
): boolean {
  return assets
    .map(({ token, net }) => settlePot(ledger, params, id, token, net, keeper))
    .includes(true);
}

/**
 * `settlePot` for the tokens named, or the main asset where none is, by the head alone; false where that settled nothing.
 */
export function settleByHead(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  head: Head.Head,
  tokens: readonly Uint8Array[],
): boolean {
  return (tokens.length === 0 ? [params.token] : tokens)
    .map((token) => {
      const payment = Bytes.equals(token, params.token) ? head.net : 0n;
      return settlePot(ledger, params, id, token, payment, Vaults.NOBODY);
    })
    .includes(true);
}

/** `settlePot` for the tokens named by a state and its locks; false where that settled nothing. */
export function settleByState(
  ledger: Ledger,
  params: Params,
  id: Uint8Array,
  state: ChannelState.State,
  tokens: readonly Uint8Array[],
  locks: Uint8Array,
  time: bigint,
): boolean {
  return tokens
    .map((token) => {
      const payment = paymentOf(ledger, state, locks, token, time);
      return settlePot(ledger, params, id, token, payment, Vaults.NOBODY);
    })
    .includes(true);
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
  Signing.requireCoSigned(params, presented, stateHash, domain, ask);
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
  ledger.heads.set(Hex.key(id), Head.without(head, Head.BONDED));
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
