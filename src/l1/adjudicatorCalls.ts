// What the parties of channels, and their towers, call on the adjudicator of a chain.
import { encodeFunctionData, type Address, type Hex } from "viem";
import type { AppState } from "../channels/appState.ts";
import type { State } from "../channels/channelState.ts";
import type { Side } from "../channels/client/content.ts";
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

const abi = Abi.ADJUDICATOR;
const NO_SIGNATURE: Hex = "0x";

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
  const args = [paramsOf(params), coSigned(presented)] as const;
  const data = encodeFunctionData({ abi, functionName: "withdraw", args });
  return call(`withdraw by version ${presented.state.version}`, adjudicator, data);
}

/** Settles a final state. */
export function close(adjudicator: Uint8Array, params: Params, last: Presented): Call {
  const args = [paramsOf(params), coSigned(last)] as const;
  const data = encodeFunctionData({ abi, functionName: "close", args });
  return call(`close with version ${last.state.version}`, adjudicator, data);
}

/** Starts the clock; the sender must be a party. */
export function challenge(adjudicator: Uint8Array, params: Params, presented: Presented): Call {
  const args = [paramsOf(params), coSigned(presented), NO_SIGNATURE] as const;
  const data = encodeFunctionData({ abi, functionName: "challenge", args });
  const what = `challenge with version ${presented.state.version}`;
  return { ...call(what, adjudicator, data), value: params.bond };
}

/** Answers a challenge. */
export function respond(adjudicator: Uint8Array, params: Params, presented: Presented): Call {
  const args = [paramsOf(params), coSigned(presented)] as const;
  const data = encodeFunctionData({ abi, functionName: "respond", args });
  return call(`respond with version ${presented.state.version}`, adjudicator, data);
}

/** Answers a challenge for a fee; the sender must be the tower that it names. */
export function respondFor(
  adjudicator: Uint8Array,
  params: Params,
  presented: Presented,
  fee: TowerFee,
  signature: Uint8Array,
): Call {
  const { channelId, tower, token, amount, minVersion, deadline } = fee;
  const promise = {
    ...{ channelId: hex(channelId), tower: hex(tower), token: hex(token) },
    ...{ amount, minVersion, deadline: Number(deadline) },
  };
  const args = [paramsOf(params), coSigned(presented), promise, hex(signature)] as const;
  const data = encodeFunctionData({ abi, functionName: "respondFor", args });
  return call(`respond for a fee with version ${presented.state.version}`, adjudicator, data);
}

/** Pays out by the dispute's slot alone. */
export function settle(
  adjudicator: Uint8Array,
  params: Params,
  tokens: readonly Uint8Array[],
): Call {
  const args = [paramsOf(params), tokens.map(hex)] as const;
  return call("settle", adjudicator, encodeFunctionData({ abi, functionName: "settle", args }));
}

/** Pays out by the state on record, presented with its packed locks. */
export function settleState(
  adjudicator: Uint8Array,
  params: Params,
  presented: Presented,
  locks: Uint8Array,
  tokens: readonly Uint8Array[],
): Call {
  const args = [paramsOf(params), coSigned(presented), hex(locks), tokens.map(hex)] as const;
  const data = encodeFunctionData({ abi, functionName: "settleState", args });
  return call(`settle by version ${presented.state.version}`, adjudicator, data);
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
  const [before, after] = [appOf(prevApp), appOf(nextApp)];
  const [from, to] = [coSigned(prev), stateOf(next)];
  const args = [paramsOf(params), from, before, to, after, hex(signature)] as const;
  const data = encodeFunctionData({ abi, functionName: "forceMove", args });
  return call(`force the move to version ${next.version}`, adjudicator, data);
}

/** Records what a virtual channel came to, by the state on record. */
export function recordOutcome(
  adjudicator: Uint8Array,
  params: Params,
  presented: Presented,
  locks: Uint8Array,
): Call {
  const args = [paramsOf(params), coSigned(presented), hex(locks)] as const;
  const data = encodeFunctionData({ abi, functionName: "recordOutcome", args });
  return call("record an outcome", adjudicator, data);
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

/** Sets aside part of the sender's vault for the tower of a channel. */
export function reserveFee(
  adjudicator: Uint8Array,
  id: Uint8Array,
  token: Uint8Array,
  amount: bigint,
): Call {
  const args = [hex(id), hex(token), amount] as const;
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

function paramsOf({ a, b, keyA, keyB, token, period, bond, salt }: Params) {
  const addresses = { a: hex(a), b: hex(b), keyA: hex(keyA), keyB: hex(keyB), token: hex(token) };
  return { ...addresses, period: Number(period), bond, salt };
}

function stateOf({ channelId, version, isFinal, assets, locks, app }: State) {
  return {
    ...{ channelId: hex(channelId), version, isFinal, locks: hex(locks), app: hex(app) },
    assets: assets.map(({ token, net, outA, outB }) => ({ token: hex(token), net, outA, outB })),
  };
}

function appOf({ app, codeHash, data }: AppState) {
  return { app: hex(app), codeHash: hex(codeHash), data: hex(data) };
}

function coSigned({ state, signatureA, signatureB }: Presented) {
  const isInitial = state.version === 0n;
  return {
    state: stateOf(state),
    signatureA: isInitial ? NO_SIGNATURE : hex(signatureA),
    signatureB: isInitial ? NO_SIGNATURE : hex(signatureB),
  };
}

function hex(bytes: Uint8Array): Address {
  return ByteHex.fromBytes(bytes);
}
