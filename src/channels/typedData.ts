// EIP-712: the domain, and the messages beside the state. Twin: contracts/channels/TypedData.sol.
import * as Bytes from "../primitives/bytes.ts";
import { commit } from "../primitives/commitment.ts";
import { keccak256 } from "../primitives/keccak.ts";

/**
 * B's consent to be drawn on, signed by B itself: its vault makes up what its deposits lack of `total` as soon as A's
 * reach `against`.
 */
export type Draw = {
  readonly channelId: Uint8Array;
  readonly token: Uint8Array;
  readonly total: bigint;
  readonly against: bigint;
  // The last second at which it may be used.
  readonly deadline: bigint;
};

/** A side's promise to a tower: the amount, for a response that lifts a dispute from below `minVersion` to it or above. */
export type TowerFee = {
  readonly channelId: Uint8Array;
  readonly tower: Uint8Array;
  readonly token: Uint8Array;
  readonly amount: bigint;
  readonly minVersion: bigint;
  // The last second at which it is due.
  readonly deadline: bigint;
};

const DOMAIN_TYPE =
  "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const DRAW_TYPE =
  "Draw(bytes32 channelId,address token,uint112 total,uint112 against,uint40 deadline)";
const TOWER_FEE_TYPE =
  "TowerFee(bytes32 channelId,address tower,address token,uint112 amount,uint64 minVersion,uint40 deadline)";

export const DOMAIN_TYPEHASH = hashOf(DOMAIN_TYPE);
export const NAME_HASH = hashOf("Tribunal Channels");
export const VERSION_HASH = hashOf("1");
export const CHALLENGE_TYPEHASH = hashOf("Challenge(bytes32 state)");
export const DRAW_TYPEHASH = hashOf(DRAW_TYPE);
export const TOWER_FEE_TYPEHASH = hashOf(TOWER_FEE_TYPE);

const PREFIX = Uint8Array.of(0x19, 0x01);

/** What binds a signature to one adjudicator on one chain. */
export function domainSeparator(chainId: bigint, adjudicator: Uint8Array): Uint8Array {
  return commit(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, chainId, adjudicator);
}

/** What is signed. */
export function digest(domain: Uint8Array, structHash: Uint8Array): Uint8Array {
  return keccak256(Bytes.concat(PREFIX, domain, structHash));
}

/** A party's wish to be paid by the state of this hash. */
export function challengeHash(stateHash: Uint8Array): Uint8Array {
  return commit(CHALLENGE_TYPEHASH, stateHash);
}

/** The struct hash of a draw. */
export function drawHash(draw: Draw): Uint8Array {
  const { channelId, token, total, against, deadline } = draw;
  return commit(DRAW_TYPEHASH, channelId, token, total, against, deadline);
}

/** The struct hash of a tower's fee. */
export function towerFeeHash(fee: TowerFee): Uint8Array {
  const { channelId, tower, token, amount, minVersion, deadline } = fee;
  return commit(TOWER_FEE_TYPEHASH, channelId, tower, token, amount, minVersion, deadline);
}

function hashOf(text: string): Uint8Array {
  return keccak256(new TextEncoder().encode(text));
}
