// What makes a channel: its hash is the channel's id. Twin: contracts/channels/Params.sol.
import * as Bytes from "../primitives/bytes.ts";
import { commit } from "../primitives/commitment.ts";
import { keccak256 } from "../primitives/keccak.ts";

export type Params = {
  // Side A and side B: who is paid.
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  // Who signs for a side; zero where its owner does.
  readonly keyA: Uint8Array;
  readonly keyB: Uint8Array;
  // The main asset: what a state that names nothing else is worth fits in the dispute's slot. Zero is ether.
  readonly token: Uint8Array;
  // How long a challenge can be answered, in seconds; see `window`.
  readonly period: bigint;
  // The ether that a challenge must carry.
  readonly bond: bigint;
  readonly salt: bigint;
};

/** Who signs for each side. */
export type Signers = { readonly signerA: Uint8Array; readonly signerB: Uint8Array };

export const MIN_WINDOW = 600n;
export const MAX_WINDOW = 2_592_000n;

/** What keeps the channels of one deployment apart from those of any other. */
export function home(chainId: bigint, adjudicator: Uint8Array): Uint8Array {
  return keccak256(Bytes.concat(Bytes.fromBigInt(chainId, 32), Bytes.padLeft(adjudicator, 32)));
}

/** The name of the channel. */
export function channelId(params: Params, home: Uint8Array): Uint8Array {
  const { a, b, keyA, keyB, token, period, bond, salt } = params;
  return commit(home, a, b, keyA, keyB, token, period, bond, salt);
}

/** How long a challenge can be answered, in seconds: the period within its bounds. */
export function window(params: Params): bigint {
  if (params.period < MIN_WINDOW) return MIN_WINDOW;
  return params.period > MAX_WINDOW ? MAX_WINDOW : params.period;
}

/** Who signs for each side. */
export function signers(params: Params): Signers {
  return {
    signerA: Bytes.isZero(params.keyA) ? params.a : params.keyA,
    signerB: Bytes.isZero(params.keyB) ? params.b : params.keyB,
  };
}

/** Whether the two sides are two parties, who can agree on anything. */
export function areDistinct(params: Params): boolean {
  const { signerA, signerB } = signers(params);
  return (
    !Bytes.equals(params.a, params.b) &&
    !Bytes.equals(signerA, signerB) &&
    !Bytes.isZero(signerA) &&
    !Bytes.isZero(signerB)
  );
}
