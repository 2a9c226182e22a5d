// Packed arguments: fields of fixed width in their struct's order, big-endian, without the channel's id, which follows from the
// parameters. One encoding each. Every reader takes its fields off the front and returns the rest. Twin:
// contracts/channels/ChannelCodec.sol.
import * as Bytes from "../primitives/bytes.ts";
import { CallRejected } from "./callRejected.ts";
import type { Asset, State } from "./channelState.ts";
import type { Params } from "./params.ts";
import type { CoSigned } from "./signing.ts";
import type { Draw, TowerFee } from "./typedData.ts";

/** What was read, and what follows it. */
export type Read<Value> = { readonly value: Value; readonly rest: Uint8Array };

// a, b, keyA, keyB and token 20 each, period 4, bond 12, salt 8.
export const PARAMS_BYTES = 124;
// version 8, isFinal 1, the number of assets 2, locks 32, app 32; the assets follow.
export const STATE_BYTES = 75;
// token 20, net, outA and outB 16 each.
export const ASSET_BYTES = 68;
// The length of a signature; its bytes follow.
export const LENGTH_BYTES = 2;
// token 20, total and against 14 each, deadline 5.
export const DRAW_BYTES = 53;
// tower and token 20 each, amount 14, minVersion 8, deadline 5.
export const TOWER_FEE_BYTES = 67;
// The number of tokens; 20 each follow.
export const COUNT_BYTES = 1;
export const TOKEN_BYTES = 20;
export const AMOUNT_BYTES = 14;

/** The parameters of a channel. */
export function readParams(packed: Uint8Array): Read<Params> {
  requireBytes(packed, PARAMS_BYTES);
  const value = {
    a: packed.slice(0, 20),
    b: packed.slice(20, 40),
    keyA: packed.slice(40, 60),
    keyB: packed.slice(60, 80),
    token: packed.slice(80, 100),
    period: Bytes.toBigInt(packed.subarray(100, 104)),
    bond: Bytes.toBigInt(packed.subarray(104, 116)),
    salt: Bytes.toBigInt(packed.subarray(116, 124)),
  };
  return { value, rest: packed.subarray(PARAMS_BYTES) };
}

/** A state of the channel. */
export function readState(packed: Uint8Array, id: Uint8Array): Read<State> {
  requireBytes(packed, STATE_BYTES);
  const count = Bytes.toNumber(packed.subarray(9, 11));
  const end = STATE_BYTES + count * ASSET_BYTES;
  requireBytes(packed, end);
  const assets = Array.from({ length: count }, (_, i) =>
    assetAt(packed, STATE_BYTES + i * ASSET_BYTES),
  );
  const value = {
    channelId: id,
    version: Bytes.toBigInt(packed.subarray(0, 8)),
    isFinal: toFlag(Bytes.toBigInt(packed.subarray(8, 9))),
    assets,
    locks: packed.slice(11, 43),
    app: packed.slice(43, 75),
  };
  return { value, rest: packed.subarray(end) };
}

/** A state of the channel and the signatures of both sides, each after its length. */
export function readCoSigned(packed: Uint8Array, id: Uint8Array): Read<CoSigned> {
  const state = readState(packed, id);
  const signatureA = readSignature(state.rest);
  const signatureB = readSignature(signatureA.rest);
  const value = {
    state: state.value,
    signatureA: signatureA.value,
    signatureB: signatureB.value,
  };
  return { value, rest: signatureB.rest };
}

/** What B may be drawn on for in the channel. */
export function readDraw(packed: Uint8Array, id: Uint8Array): Read<Draw> {
  requireBytes(packed, DRAW_BYTES);
  const value = {
    channelId: id,
    token: packed.slice(0, 20),
    total: Bytes.toBigInt(packed.subarray(20, 34)),
    against: Bytes.toBigInt(packed.subarray(34, 48)),
    deadline: Bytes.toBigInt(packed.subarray(48, 53)),
  };
  return { value, rest: packed.subarray(DRAW_BYTES) };
}

/** What a tower of the channel is promised. */
export function readTowerFee(packed: Uint8Array, id: Uint8Array): Read<TowerFee> {
  requireBytes(packed, TOWER_FEE_BYTES);
  const value = {
    channelId: id,
    tower: packed.slice(0, 20),
    token: packed.slice(20, 40),
    amount: Bytes.toBigInt(packed.subarray(40, 54)),
    minVersion: Bytes.toBigInt(packed.subarray(54, 62)),
    deadline: Bytes.toBigInt(packed.subarray(62, 67)),
  };
  return { value, rest: packed.subarray(TOWER_FEE_BYTES) };
}

/** An amount that a pot can hold. */
export function readAmount(packed: Uint8Array): Read<bigint> {
  requireBytes(packed, AMOUNT_BYTES);
  const value = Bytes.toBigInt(packed.subarray(0, AMOUNT_BYTES));
  return { value, rest: packed.subarray(AMOUNT_BYTES) };
}

/** Tokens after their number. */
export function readTokens(packed: Uint8Array): Read<Uint8Array[]> {
  requireBytes(packed, COUNT_BYTES);
  const count = Bytes.toNumber(packed.subarray(0, COUNT_BYTES));
  const end = COUNT_BYTES + count * TOKEN_BYTES;
  requireBytes(packed, end);
  const value = Array.from({ length: count }, (_, i) => {
    const at = COUNT_BYTES + i * TOKEN_BYTES;
    return packed.slice(at, at + TOKEN_BYTES);
  });
  return { value, rest: packed.subarray(end) };
}

/** Nothing is left over. */
export function requireEnd(rest: Uint8Array): void {
  if (rest.length !== 0) throw new CallRejected("PackingTooLong", [rest.length]);
}

/** As `readParams` reads it. */
export function packParams({ a, b, keyA, keyB, token, period, bond, salt }: Params): Uint8Array {
  return Bytes.concat(
    ...[a, b, keyA, keyB, token],
    ...[Bytes.fromBigInt(period, 4), Bytes.fromBigInt(bond, 12), Bytes.fromBigInt(salt, 8)],
  );
}

/** As `readState` reads it. */
export function packState({ version, isFinal, assets, locks, app }: State): Uint8Array {
  return Bytes.concat(
    ...[Bytes.fromBigInt(version, 8), Bytes.fromNumber(Number(isFinal), 1)],
    ...[Bytes.fromNumber(assets.length, 2), locks, app],
    ...assets.map(packAsset),
  );
}

/** As `readCoSigned` reads it. */
export function packCoSigned({ state, signatureA, signatureB }: CoSigned): Uint8Array {
  return Bytes.concat(packState(state), packSignature(signatureA), packSignature(signatureB));
}

/** As `readDraw` reads it. */
export function packDraw({ token, total, against, deadline }: Draw): Uint8Array {
  return Bytes.concat(
    ...[token, Bytes.fromBigInt(total, 14), Bytes.fromBigInt(against, 14)],
    Bytes.fromBigInt(deadline, 5),
  );
}

/** As `readTowerFee` reads it. */
export function packTowerFee({ tower, token, amount, minVersion, deadline }: TowerFee): Uint8Array {
  return Bytes.concat(
    ...[tower, token, Bytes.fromBigInt(amount, 14)],
    ...[Bytes.fromBigInt(minVersion, 8), Bytes.fromBigInt(deadline, 5)],
  );
}

/** As `readAmount` reads it. */
export function packAmount(amount: bigint): Uint8Array {
  return Bytes.fromBigInt(amount, AMOUNT_BYTES);
}

/** As `readTokens` reads it. */
export function packTokens(tokens: readonly Uint8Array[]): Uint8Array {
  return Bytes.concat(Bytes.fromNumber(tokens.length, COUNT_BYTES), ...tokens);
}

function assetAt(packed: Uint8Array, at: number): Asset {
  const integer = (start: number) => Bytes.toBigInt(packed.subarray(start, start + 16));
  return {
    token: packed.slice(at, at + 20),
    net: BigInt.asIntN(128, integer(at + 20)),
    outA: integer(at + 36),
    outB: integer(at + 52),
  };
}

function packAsset({ token, net, outA, outB }: Asset): Uint8Array {
  return Bytes.concat(
    ...[token, Bytes.fromBigInt(BigInt.asUintN(128, net), 16)],
    ...[Bytes.fromBigInt(outA, 16), Bytes.fromBigInt(outB, 16)],
  );
}

function readSignature(packed: Uint8Array): Read<Uint8Array> {
  requireBytes(packed, LENGTH_BYTES);
  const end = LENGTH_BYTES + Bytes.toNumber(packed.subarray(0, LENGTH_BYTES));
  requireBytes(packed, end);
  return { value: packed.slice(LENGTH_BYTES, end), rest: packed.subarray(end) };
}

function packSignature(signature: Uint8Array): Uint8Array {
  return Bytes.concat(Bytes.fromNumber(signature.length, LENGTH_BYTES), signature);
}

function requireBytes(packed: Uint8Array, required: number): void {
  if (packed.length >= required) return;
  throw new CallRejected("PackingTooShort", [required, packed.length]);
}

function toFlag(value: bigint): boolean {
  if (value > 1n) throw new CallRejected("NotAFlag", [value]);
  return value === 1n;
}
