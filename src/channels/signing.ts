// Who has signed a digest. A signature that recovers decides, whether or not the signer has code: an account cannot take it
// back by delegating (EIP-7702). Only where it does not is a signer with code asked (ERC-1271). Twin:
// contracts/channels/Signing.sol.
import * as Bytes from "../primitives/bytes.ts";
import { CallRejected } from "./callRejected.ts";
import type { State } from "./channelState.ts";
import * as CompactSignature from "./compactSignature.ts";
import * as Params from "./params.ts";
import * as TypedData from "./typedData.ts";

/** A state with the signatures of both sides. Where the state is on record they are not looked at. */
export type CoSigned = {
  readonly state: State;
  readonly signatureA: Uint8Array;
  readonly signatureB: Uint8Array;
};

/** What a signer says as a contract; false of one that is none. */
export type AskSigner = (signer: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean;

/** Whether somebody has signed, and whether a contract's word is part of that. */
export type Verdict = { readonly signed: boolean; readonly byContract: boolean };

// What a contract's signature begins with where it has to tell its side.
export const SIDE_A = 0;
export const SIDE_B = 1;

const UNSIGNED: Verdict = { signed: false, byContract: false };

/**
 * Both sides have signed a state of this channel. Returns whether a contract's word is part of that, which it may not
 * repeat.
 */
export function requireCoSigned(
  params: Params.Params,
  presented: CoSigned,
  stateHash: Uint8Array,
  domain: Uint8Array,
  ask: AskSigner,
): boolean {
  const digest = TypedData.digest(domain, stateHash);
  const { signed, byContract } = isCoSigned(params, presented, digest, ask);
  if (!signed) throw new CallRejected("NotCoSigned", [stateHash]);
  return byContract;
}

/** Whether both sides have signed, and whether a contract's word is part of that. */
export function isCoSigned(
  params: Params.Params,
  presented: CoSigned,
  digest: Uint8Array,
  ask: AskSigner,
): Verdict {
  if (!Params.areDistinct(params)) return UNSIGNED;
  const { signerA, signerB } = Params.signers(params);
  const a = isSignedBy(signerA, digest, presented.signatureA, ask);
  if (!a.signed) return UNSIGNED;
  const b = isSignedBy(signerB, digest, presented.signatureB, ask);
  return { signed: b.signed, byContract: a.byContract || b.byContract };
}

/** Whether it is the side B that challenges: by a signature, or as the sender where there is none. */
export function challengerIsB(
  params: Params.Params,
  stateHash: Uint8Array,
  signature: Uint8Array,
  domain: Uint8Array,
  sender: Uint8Array,
  ask: AskSigner,
): boolean {
  if (signature.length !== 0) {
    const digest = TypedData.digest(domain, TypedData.challengeHash(stateHash));
    return sideOf(params, digest, signature, ask);
  }
  const { signerA, signerB } = Params.signers(params);
  if (Bytes.equals(sender, params.a) || Bytes.equals(sender, signerA)) return false;
  if (Bytes.equals(sender, params.b) || Bytes.equals(sender, signerB)) return true;
  throw new CallRejected("SenderNotAParty", [sender]);
}

/**
 * Whether it is the side B that has signed; rejects where neither has. What a contract is asked stands behind a byte that
 * names its side, 0 for A and 1 for B: were both asked, one could take what the other has signed for its own.
 */
export function sideOf(
  params: Params.Params,
  digest: Uint8Array,
  signature: Uint8Array,
  ask: AskSigner,
): boolean {
  const { signerA, signerB } = Params.signers(params);
  const recovered = CompactSignature.recover(digest, signature);
  if (recovered !== undefined) {
    if (Bytes.equals(recovered, signerA)) return false;
    if (Bytes.equals(recovered, signerB)) return true;
  }
  const [side, ...word] = signature;
  const isB = side === SIDE_B;
  const signed =
    (isB || side === SIDE_A) && ask(isB ? signerB : signerA, digest, Uint8Array.from(word));
  if (signed) return isB;
  throw new CallRejected("SignerNotAParty", [digest, recovered ?? new Uint8Array(20)]);
}

/** Whether the signer has signed, and whether it says so as a contract. */
export function isSignedBy(
  signer: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
  ask: AskSigner,
): Verdict {
  const recovered = CompactSignature.recover(digest, signature);
  if (recovered !== undefined && Bytes.equals(recovered, signer)) {
    return { signed: true, byContract: false };
  }
  const confirmed = ask(signer, digest, signature);
  return { signed: confirmed, byContract: confirmed };
}
