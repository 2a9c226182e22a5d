// What the parties of channels, and their towers, call on the adjudicator of a chain.
import { encodeFunctionData, type Address, type Hex } from "viem";
import type { AppState } from "../channels/appState.ts";
import type { State } from "../channels/channelState.ts";
import type { Side } from "../channels/client/content.ts";
import * as PackedCall from "../channels/packedCall.ts";
import type { Params } from "../channels/params.ts";
import type { TowerFee } from "../channels/typedData.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Abi from "./abi.ts";
import type { Call } from "./send.ts";

/** A state as it is presented: with both signatures, or none for the initial one. */
export type Presented = {
  readonly state: State;
  readonly signatureA: Uint8Array;
  readonly signatureB: Uint8Array;
};

// What is called here with a packed argument and nothing else.
type Asked = Exclude<
  PackedCall.PackedCall,
  { readonly kind: "forceMove" | "openDual" | "closeToVault" }
>;

const abi = Abi.ADJUDICATOR;

/** Adds to a side of a channel: ether, or tokens that the adjudicator has been allowed to take. */
export function deposit(
  adjudicator: Uint8Array,
  id: Uint8Array,
  side: Side,
  token: Uint8Array,
  amount: bigint,
): Call {
  const toB = side === "B";
  if (Bytes.isZero(token)) {
    const data = encodeFunctionData({ abi, functionName: "depositEth", args: [hex(id), toB] });
    return { ...call("deposit ether", adjudicator, data), value: amount };
  }
  const args = [hex(id), toB, hex(token), amount] as const;
  return call(
    "deposit tokens",
    adjudicator,
    encodeFunctionData({ abi, functionName: "deposit", args }),
  );
}

/** Pays what a state lets each side withdraw. */
export function withdraw(adjudicator: Uint8Array, params: Params, presented: Presented): Call {
  const what = `withdraw by version ${presented.state.version}`;
  return packed(what, adjudicator, { kind: "withdraw", params, presented });
}

/** Settles a final state. */
export function close(adjudicator: Uint8Array, params: Params, last: Presented): Call {
  const what = `close with version ${last.state.version}`;
  return packed(what, adjudicator, { kind: "close", params, last });
}

/** Starts the clock; the sender must be a party. */
export function challenge(adjudicator: Uint8Array, params: Params, shown: Presented): Call {
  const what = `challenge with version ${shown.state.version}`;
  const presented = signed(shown);
  const asked = { kind: "challenge", params, presented, signature: Bytes.EMPTY } as const;
  return { ...packed(what, adjudicator, asked), value: params.bond };
}

/** Answers a challenge. */
export function respond(adjudicator: Uint8Array, params: Params, presented: Presented): Call {
  const what = `respond with version ${presented.state.version}`;
  return packed(what, adjudicator, { kind: "respond", params, presented });
}

/** Answers a challenge for a fee; the sender must be the tower that it names. */
export function respondFor(
  adjudicator: Uint8Array,
  params: Params,
  presented: Presented,
  fee: TowerFee,
  signature: Uint8Array,
): Call {
  const what = `respond for a fee with version ${presented.state.version}`;
  return packed(what, adjudicator, { kind: "respondFor", params, presented, fee, signature });
}

/** Pays out by the dispute's slot alone. The main asset by itself is not named, which is cheaper. */
export function settle(
  adjudicator: Uint8Array,
  params: Params,
  tokens: readonly Uint8Array[],
): Call {
  const [only, ...others] = tokens;
  const isMain = only !== undefined && others.length === 0 && Bytes.equals(only, params.token);
  return packed("settle", adjudicator, { kind: "settle", params, tokens: isMain ? [] : tokens });
}

/** Pays out by the state on record, presented with its packed locks. */
export function settleState(
  adjudicator: Uint8Array,
  params: Params,
  shown: Presented,
  locks: Uint8Array,
  tokens: readonly Uint8Array[],
): Call {
  const what = `settle by version ${shown.state.version}`;
  const presented = signed(shown);
  return packed(what, adjudicator, { kind: "settleState", params, presented, locks, tokens });
}

/** Moves in an app on chain, from the state on record; `signature` is the mover's, of `next`. */
export function forceMove(
  adjudicator: Uint8Array,
  params: Params,
  prev: Presented,
  prevApp: AppState,
  next: State,
  nextApp: AppState,
  signature: Uint8Array,
): Call {
  const states = { params, prev: signed(prev), prevApp, next, nextApp, signature };
  const packed = PackedCall.pack({ kind: "forceMove", ...states });
  const args = [hex(packed), appOf(prevApp), appOf(nextApp), hex(signature)] as const;
  const data = encodeFunctionData({ abi, functionName: "forceMove", args });
  return call(`force the move to version ${next.version}`, adjudicator, data);
}

/** Records what a virtual channel came to, by the state on record. */
export function recordOutcome(
  adjudicator: Uint8Array,
  params: Params,
  shown: Presented,
  locks: Uint8Array,
): Call {
  const presented = signed(shown);
  const asked = { kind: "recordOutcome", params, presented, locks } as const;
  return packed("record an outcome", adjudicator, asked);
}

/** Records a secret. */
export function reveal(adjudicator: Uint8Array, secret: Uint8Array): Call {
  const data = encodeFunctionData({ abi, functionName: "reveal", args: [hex(secret)] });
  return call("reveal a secret", adjudicator, data);
}

/** Adds the sender's ether to an account's vault. */
export function depositVault(adjudicator: Uint8Array, account: Uint8Array, amount: bigint): Call {
  const args = [hex(account), hex(new Uint8Array(20)), amount] as const;
  const data = encodeFunctionData({ abi, functionName: "depositVault", args });
  return { ...call("deposit to a vault", adjudicator, data), value: amount };
}

/** Sets aside part of the sender's vault for one tower of a channel. */
export function reserveFee(
  adjudicator: Uint8Array,
  id: Uint8Array,
  tower: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): Call {
  const args = [hex(id), hex(tower), hex(token), amount] as const;
  const data = encodeFunctionData({ abi, functionName: "reserveFee", args });
  return call("reserve a tower's fee", adjudicator, data);
}

/**
 * Makes calls in turn, of which one that fails undoes only itself. `gas` is what they take together one by one: an estimate
 * of the whole would be content with calls that fail for want of gas.
 */
function attempt(adjudicator: Uint8Array, calls: readonly Call[], gas: bigint): Call {
  const args = [calls.map(({ data }) => data)] as const;
  const data = encodeFunctionData({ abi, functionName: "attempt", args });
  return { ...call(`${calls.length} calls at once`, adjudicator, data), gas };
}

/** A call, and the gas that it takes by itself. */
export type Estimated = { readonly call: Call; readonly gas: bigint };

/** Calls as one transaction: a single one as it is, more by `attempt`. */
export function together(adjudicator: Uint8Array, estimated: readonly Estimated[]): Call {
  const [only, another] = estimated;
  if (only !== undefined && another === undefined) return only.call;
  const gas = estimated.reduce((sum, one) => sum + one.gas, 0n);
  return attempt(
    adjudicator,
    estimated.map((one) => one.call),
    gas,
  );
}

function call(what: string, adjudicator: Uint8Array, data: Hex): Call {
  return { what, to: hex(adjudicator), data, value: 0n };
}

function packed(what: string, adjudicator: Uint8Array, asked: Asked): Call {
  const args = [hex(PackedCall.pack(asked))] as const;
  return call(what, adjudicator, encodeFunctionData({ abi, functionName: asked.kind, args }));
}

function appOf({ app, codeHash, data }: AppState) {
  return { app: hex(app), codeHash: hex(codeHash), data: hex(data) };
}

// The initial state needs no signatures.
function signed(presented: Presented): Presented {
  if (presented.state.version !== 0n) return presented;
  return { ...presented, signatureA: Bytes.EMPTY, signatureB: Bytes.EMPTY };
}

function hex(bytes: Uint8Array): Address {
  return ByteHex.fromBytes(bytes);
}
