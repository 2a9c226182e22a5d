// What a transaction found, or what it changed, in the form of geth's prestateTracer.

import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import * as Account from "../../machine/account.ts";
import * as Code from "../../machine/code.ts";
import * as HashedKeys from "../../machine/hashedKeys.ts";
import type * as Machine from "../../machine/machine.ts";
import * as Phase from "../../machine/phase.ts";
import type * as TransactionContext from "../../machine/transactionContext.ts";
import type * as World from "../../machine/world.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import { keccak256 } from "../../primitives/keccak.ts";
import * as Rlp from "../../primitives/rlp.ts";
import * as Signature from "../../primitives/signature.ts";
import { MAX_TRACE_BYTES } from "./callTracer.ts";
import { LimitExceededError } from "./rpcError.ts";
import * as Touched from "./touched.ts";

export type Options = {
  /** What changed, before and after, in place of all that was found. */
  readonly diffMode: boolean;
  readonly disableCode: boolean;
  readonly disableStorage: boolean;
};

export type PrestateTracer = {
  readonly options: Options;
  readonly before: World.State;
  readonly touched: Touched.Touched;
  after: World.State;
  /** What is still to be removed: a call ends before that is done. */
  destroyed: World.Destroyed | null;
  steps: number;
};

/** An account as it is told; what is zero or empty is left out, but for a balance that is found. */
export type AccountTrace = {
  balance?: Hex.Hex;
  nonce?: number;
  code?: Hex.Hex;
  storage?: Record<Hex.Hex, Hex.Hex>;
};

export type Prestate = Record<Hex.Hex, AccountTrace>;
export type Difference = { readonly pre: Prestate; readonly post: Prestate };

/** An account or a slot of it, before and after. */
const ENTRY_BYTES = 300;
const STEPS_PER_LOOK = 65_536;
const AUTHORIZATION_MAGIC = Uint8Array.of(0x05);

/** A tracer of a transaction that finds this state. */
export function create(options: Options, before: World.State): PrestateTracer {
  return { options, before, touched: new Map(), after: before, destroyed: null, steps: 0 };
}

/** Is shown every state of a transaction; throws LimitExceededError if it touches more than one answer may hold. */
export function observe(tracer: PrestateTracer, machine: Machine.Machine): void {
  const { touched } = tracer;
  const { phase, cursor, transaction, world } = machine;
  if (touched.size === 0 && transaction !== null) {
    Touched.note(touched, transaction.sender);
    Touched.note(touched, machine.block.coinbase);
    if (!transaction.isCreation) Touched.note(touched, transaction.to);
  }
  if (phase === Phase.AUTHORIZE && transaction !== null && transaction.authorizations !== null) {
    const authority = authorityOf(transaction.authorizations);
    if (authority !== undefined) Touched.note(touched, authority);
  }
  if (phase === Phase.INITIATE && cursor?.type === "message") Touched.note(touched, cursor.self);
  Touched.observe(touched, machine);
  tracer.after = world.state;
  tracer.destroyed = world.destroyed;
  tracer.steps += 1;
  const isLookDue = tracer.steps % STEPS_PER_LOOK === 0;
  if (isLookDue && listedBytes(tracer) > MAX_TRACE_BYTES) throw tooLong();
}

/** What the tracer tells of a transaction that is over. */
export function finish(tracer: PrestateTracer): Prestate | Difference {
  if (bytes(tracer) > MAX_TRACE_BYTES) throw tooLong();
  const { options, before, after, touched } = tracer;
  const pre: Prestate = {};
  const post: Prestate = {};
  const gone = new Set<bigint>();
  for (let next = tracer.destroyed; next !== null; next = next.previous) gone.add(next.address);
  const addresses = [...touched].sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [address, slots] of addresses) {
    const key = HashedKeys.ofAddress(address);
    const found = PatriciaTrie.get(before, key);
    const left = gone.has(address) ? undefined : PatriciaTrie.get(after, key);
    const name = Hex.fromBytes(Bytes.fromBigInt(address, 20));
    if (options.diffMode) {
      addDifference(options, { name, found, left, slots }, pre, post);
    } else if (found !== undefined) {
      const keys = [...slots].sort((one, other) => (one < other ? -1 : 1));
      const storage = Object.fromEntries(
        keys.map((slot) => [word(slot), word(valueOf(found, slot))]),
      );
      pre[name] = described(options, found, storage);
    }
  }
  return options.diffMode ? { pre, post } : pre;
}

type Fate = {
  readonly name: Hex.Hex;
  readonly found: Account.Account | undefined;
  readonly left: Account.Account | undefined;
  readonly slots: ReadonlySet<bigint>;
};

// Of a slot that changed, each side that is not zero; of an account that is gone, what it was.
function addDifference(
  options: Options,
  { name, found = Account.EMPTY, left, slots }: Fate,
  pre: Prestate,
  post: Prestate,
): void {
  const isGone = left === undefined;
  const now = left ?? Account.EMPTY;
  const changed = [...slots].filter((slot) => valueOf(found, slot) !== valueOf(now, slot));
  const storageOf = (account: Account.Account) =>
    Object.fromEntries(
      changed
        .sort((one, other) => (one < other ? -1 : 1))
        .filter((slot) => valueOf(account, slot) !== 0n)
        .map((slot) => [word(slot), word(valueOf(account, slot))]),
    );
  const hasNewCode = !Bytes.equals(found.code.hash, now.code.hash);
  const isSame = found.balance === now.balance && found.nonce === now.nonce && !hasNewCode;
  const isStorageSame = options.disableStorage || changed.length === 0;
  if (isSame && isStorageSame) return;
  if (!Account.isEmpty(found)) pre[name] = described(options, found, storageOf(found));
  if (isGone) return;
  const storage = storageOf(now);
  post[name] = {
    ...(found.balance === now.balance ? {} : { balance: Hex.fromBigInt(now.balance) }),
    ...(found.nonce === now.nonce ? {} : { nonce: Number(now.nonce) }),
    ...(hasNewCode && !options.disableCode ? { code: Hex.fromBytes(Code.bytes(now.code)) } : {}),
    ...storageField(options, storage),
  };
}

function described(
  options: Options,
  { balance, nonce, code }: Account.Account,
  storage: Record<Hex.Hex, Hex.Hex>,
): AccountTrace {
  return {
    balance: Hex.fromBigInt(balance),
    ...(nonce === 0n ? {} : { nonce: Number(nonce) }),
    ...(Code.isEmpty(code) || options.disableCode ? {} : { code: Hex.fromBytes(Code.bytes(code)) }),
    ...storageField(options, storage),
  };
}

function storageField({ disableStorage }: Options, storage: Record<Hex.Hex, Hex.Hex>) {
  return disableStorage || Object.keys(storage).length === 0 ? {} : { storage };
}

function valueOf({ storage }: Account.Account, slot: bigint): bigint {
  return PatriciaTrie.get(storage, HashedKeys.ofSlot(slot)) ?? 0n;
}

function word(value: bigint): Hex.Hex {
  return Hex.fromBytes(Bytes.fromBigInt(value, 32));
}

/** Who signed an authorization (EIP-7702), whether or not it holds. */
function authorityOf(tuple: TransactionContext.Authorization): bigint | undefined {
  const { chainId, address, nonce, yParity, r, s } = tuple;
  if (yParity > 1n) return undefined;
  const fields = [Rlp.fromBigInt(chainId), Bytes.fromBigInt(address, 20), Rlp.fromBigInt(nonce)];
  const signed = keccak256(Bytes.concat(AUTHORIZATION_MAGIC, Rlp.encode(fields)));
  const signer = Signature.recover(signed, Number(yParity), r, s);
  return signer === undefined ? undefined : Bytes.toBigInt(signer);
}

/** About how many characters the answer takes. */
export function bytes(tracer: PrestateTracer): number {
  const { options, before, after, touched } = tracer;
  if (options.disableCode) return listedBytes(tracer);
  const states = options.diffMode ? [before, after] : [before];
  let codeBytes = 0;
  for (const address of touched.keys()) {
    const key = HashedKeys.ofAddress(address);
    for (const state of states) {
      const account = PatriciaTrie.get(state, key);
      if (account !== undefined) codeBytes += Code.bytes(account.code).length;
    }
  }
  return listedBytes(tracer) + 2 * codeBytes;
}

function listedBytes({ touched, options }: PrestateTracer): number {
  let entries = 0;
  for (const slots of touched.values()) entries += 1 + (options.disableStorage ? 0 : slots.size);
  return entries * ENTRY_BYTES;
}

function tooLong(): LimitExceededError {
  return new LimitExceededError("what the transaction touches is too long for one answer");
}
