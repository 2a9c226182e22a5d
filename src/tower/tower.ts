// Answers challenges for those who are away. It has no key of theirs and can change nothing that they are paid: it
// presents a state that both sides signed, or nothing. Any number of towers may keep the same channel; the first to
// answer is paid, and the others' answers revert.
import * as ChannelState from "../channels/channelState.ts";
import * as CompactSignature from "../channels/compactSignature.ts";
import type { Court } from "../channels/client/channel.ts";
import * as Params from "../channels/params.ts";
import * as TypedData from "../channels/typedData.ts";
import * as Calls from "../l1/adjudicatorCalls.ts";
import type { Call } from "../l1/send.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Blob from "./blob.ts";

/** A challenge whose clock runs. */
export type Challenge = {
  readonly channelId: Uint8Array;
  readonly params: Params.Params;
  /** The version on record, and until when it can be answered. */
  readonly version: bigint;
  readonly deadline: bigint;
};

export type Terms = {
  readonly court: Court;
  /** The account that answers, and is paid. */
  readonly address: Uint8Array;
  /** Whether it answers where no fee is due to it. */
  readonly isAltruist: boolean;
};

/** The answer to a challenge out of blobs that may be for its channel; undefined where none of them is one. */
export function answer(
  terms: Terms,
  challenge: Challenge,
  blobs: readonly Uint8Array[],
  time: bigint,
): Call | undefined {
  if (time >= challenge.deadline) return undefined;
  const found = blobs
    .map((blob) => Blob.open(challenge.params, challenge.channelId, blob))
    .filter((one) => one !== undefined)
    .filter(({ presented }) => presented.state.version > challenge.version)
    .filter(({ presented }) => isCoSigned(terms.court, challenge.params, presented))
    .sort(newestFirst);
  const paying = found.find((one) => isDue(terms, challenge, one, time));
  if (paying?.promise !== undefined) {
    const { presented, promise } = paying;
    const { adjudicator } = terms.court;
    return Calls.respondFor(
      adjudicator,
      challenge.params,
      presented,
      promise.fee,
      promise.signature,
    );
  }
  const [newest] = found;
  if (newest === undefined || !terms.isAltruist) return undefined;
  return Calls.respond(terms.court.adjudicator, challenge.params, newest.presented);
}

/** A signed promise to a tower: its fee for lifting a dispute from below `minVersion`. */
export function promise(
  court: Court,
  fee: TypedData.TowerFee,
  sign: (digest: Uint8Array) => Uint8Array,
): Blob.FeePromise {
  return { fee, signature: sign(feeDigest(court, fee)) };
}

/** What the adjudicator asks of a fee before it pays. Whether the reserve holds it shows when the answer is estimated. */
function isDue(
  { court, address }: Terms,
  { params, version }: Challenge,
  { presented, promise }: Blob.Answer,
  time: bigint,
): boolean {
  if (promise === undefined) return false;
  const { fee, signature } = promise;
  const { signerA, signerB } = Params.signers(params);
  const signer = CompactSignature.recover(feeDigest(court, fee), signature);
  const isPromised =
    signer !== undefined && (Bytes.equals(signer, signerA) || Bytes.equals(signer, signerB));
  const lifts = version < fee.minVersion && fee.minVersion <= presented.state.version;
  return isPromised && lifts && time <= fee.deadline && Bytes.equals(fee.tower, address);
}

function isCoSigned(court: Court, params: Params.Params, presented: Calls.Presented): boolean {
  const { signerA, signerB } = Params.signers(params);
  const digest = TypedData.digest(domainOf(court), ChannelState.hash(presented.state));
  const a = CompactSignature.recover(digest, presented.signatureA);
  const b = CompactSignature.recover(digest, presented.signatureB);
  return a !== undefined && b !== undefined && Bytes.equals(a, signerA) && Bytes.equals(b, signerB);
}

function newestFirst(one: Blob.Answer, other: Blob.Answer): number {
  const [left, right] = [one.presented.state.version, other.presented.state.version];
  return left === right ? 0 : left > right ? -1 : 1;
}

function feeDigest(court: Court, fee: TypedData.TowerFee): Uint8Array {
  return TypedData.digest(domainOf(court), TypedData.towerFeeHash(fee));
}

function domainOf({ chainId, adjudicator }: Court): Uint8Array {
  return TypedData.domainSeparator(chainId, adjudicator);
}
