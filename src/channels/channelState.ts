// An agreed version of a channel; the higher version replaces. Twin: contracts/channels/ChannelState.sol.
import * as Bytes from "../primitives/bytes.ts";
import { commit } from "../primitives/commitment.ts";
import { keccak256 } from "../primitives/keccak.ts";
import type { Params } from "./params.ts";

/** What a state says of one asset. */
export type Asset = {
  // Zero is ether.
  readonly token: Uint8Array;
  // What A has paid B in all, less what B has paid A.
  readonly net: bigint;
  // What each side may have withdrawn in all while the channel is open.
  readonly outA: bigint;
  readonly outB: bigint;
};

export type State = {
  readonly channelId: Uint8Array;
  readonly version: bigint;
  // Nothing follows: the channel may be closed at once.
  readonly isFinal: boolean;
  // Of a token named twice, the first entry counts.
  readonly assets: readonly Asset[];
  // The hash of the packed locks, zero where there are none; see lock.ts.
  readonly locks: Uint8Array;
  // The hash of the app's state, zero where there is none; see appState.ts.
  readonly app: Uint8Array;
};

const ASSET_TYPE = "Asset(address token,int128 net,uint128 outA,uint128 outB)";
const STATE_TYPE = `State(bytes32 channelId,uint64 version,bool isFinal,Asset[] assets,bytes32 locks,bytes32 app)${ASSET_TYPE}`;

export const ASSET_TYPEHASH = keccak256(new TextEncoder().encode(ASSET_TYPE));
export const STATE_TYPEHASH = keccak256(new TextEncoder().encode(STATE_TYPE));

const MAX_SIMPLE_NET = 2n ** 111n;

/** The EIP-712 struct hash of the state: what its signatures and the record of a dispute stand for. */
export function hash(state: State): Uint8Array {
  const { channelId, version, isFinal, locks, app } = state;
  return commit(STATE_TYPEHASH, channelId, version, isFinal, assetsHash(state.assets), locks, app);
}

/** Where the state names the token first; the number of its assets where it does not. */
export function indexOf(state: State, token: Uint8Array): number {
  const index = state.assets.findIndex((asset) => Bytes.equals(asset.token, token));
  return index < 0 ? state.assets.length : index;
}

/** Whether the net payment of the main asset is all that the state says of who owns what. */
export function isSimple(state: State, params: Params): boolean {
  const [first, ...others] = state.assets;
  if (!Bytes.isZero(state.locks) || !Bytes.isZero(state.app) || others.length > 0) return false;
  if (first === undefined) return true;
  const fits = -MAX_SIMPLE_NET <= first.net && first.net < MAX_SIMPLE_NET;
  return Bytes.equals(first.token, params.token) && fits;
}

/** What A has paid B of the main asset by a state that is simple. */
export function simpleNet(state: State): bigint {
  return BigInt.asIntN(112, state.assets[0]?.net ?? 0n);
}

/** Whether this is the state of a channel in which nothing has been paid, which needs no signature. */
export function isInitial(state: State): boolean {
  return (
    state.version === 0n &&
    !state.isFinal &&
    state.assets.length === 0 &&
    Bytes.isZero(state.locks) &&
    Bytes.isZero(state.app)
  );
}

/** The EIP-712 hash of the array. */
export function assetsHash(assets: readonly Asset[]): Uint8Array {
  return keccak256(Bytes.concat(...assets.map(assetHash)));
}

/** The EIP-712 struct hash of an asset. */
export function assetHash({ token, net, outA, outB }: Asset): Uint8Array {
  return commit(ASSET_TYPEHASH, token, BigInt.asUintN(256, net), outA, outB);
}
