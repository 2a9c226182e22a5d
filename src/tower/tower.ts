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
  readonly salt: bigint;
  /** The newest version on record that both signed; forced moves do not count against an answer. */
  readonly agreed: bigint;
  /** Until when it can be answered. */
  readonly deadline: bigint;
};

/** An amount of a token. */
export type Fee = { readonly token: Uint8Array; readonly amount: bigint };

/** What a side offers a tower for an answer; `deadline` is the last second at which it is due. */
export type Offer = Omit<TypedData.TowerFee, "channelId" | "minVersion">;

export type Terms = {
  readonly court: Court;
  /** The account that answers, and is paid. */
  readonly address: Uint8Array;
  /** The least that it answers for, in each token that it takes: what an answer costs it, and more. */
  readonly leastFees: readonly Fee[];
  /** Whether it answers where no fee is due to it. */
  readonly isAltruist: boolean;
};

/** What blobs that may be for its channel hold against a challenge: states that both signed, the newest first. */
export function openAll(
  { court }: Terms,
  { channelId, salt, agreed }: Challenge,
  blobs: readonly Uint8Array[],
): Blob.Answer[] {
  const home = Params.home(court.chainId, court.adjudicator);
  return blobs
    .map((blob) => Blob.open(home, channelId, salt, blob))
    .filter((one) => one !== undefined)
    .filter(({ presented }) => presented.state.version > agreed)
    .filter((one) => isCoSigned(court, one))
    .sort(newestFirst);
}

/** The calls that answer a challenge, the best first: each would do. None once it is too late, or does not pay. */
export function answers(
  terms: Terms,
  challenge: Challenge,
  opened: readonly Blob.Answer[],
  time: bigint,
): Call[] {
  if (time >= challenge.deadline) return [];
  const { adjudicator } = terms.court;
  const paid = opened.flatMap((one) => {
    const fee = dueFee(terms, challenge, one, time);
    const { params, presented } = one;
    return fee === undefined
      ? []
      : [Calls.respondFor(adjudicator, params, presented, fee.fee, fee.signature)];
  });
  const [newest] = opened;
  if (newest === undefined || !terms.isAltruist) return paid;
  return [...paid, Calls.respond(adjudicator, newest.params, newest.presented)];
}

/** Whether the tower takes the token of a fee, and the fee for an answer. */
export function isEnough({ leastFees }: Terms, { token, amount }: Fee): boolean {
  const least = leastFees.find((one) => Bytes.equals(one.token, token));
  return least !== undefined && amount >= least.amount;
}

/** When it answers: after so much patience with the party itself, but in the first half of the window. */
export function answersFrom({ params }: Blob.Answer, deadline: bigint, patience: bigint): bigint {
  const window = Params.window(params);
  const wait = patience < window / 2n ? patience : window / 2n;
  return deadline - window + wait;
}

/**
 * The signed promise of a fee for an answer with this state. It is due for any challenge that the state beats: were it for a
 * lower version, whoever answers with one between the two would leave the tower nothing to gain by the next answer.
 */
export function promise(
  court: Court,
  { state }: Calls.Presented,
  offer: Offer,
  sign: (digest: Uint8Array) => Uint8Array,
): Blob.FeePromise {
  const fee = { ...offer, channelId: state.channelId, minVersion: state.version };
  return { fee, signature: sign(feeDigest(court, fee)) };
}

/** The promise of a fee that the adjudicator would pay and that is enough. Whether the reserve holds it shows the estimate. */
function dueFee(
  terms: Terms,
  { agreed }: Challenge,
  { params, presented, promise }: Blob.Answer,
  time: bigint,
): Blob.FeePromise | undefined {
  if (promise === undefined) return undefined;
  const { court, address } = terms;
  const { fee, signature } = promise;
  if (!isEnough(terms, fee)) return undefined;
  const { signerA, signerB } = Params.signers(params);
  const signer = CompactSignature.recover(feeDigest(court, fee), signature);
  const isPromised =
    signer !== undefined && (Bytes.equals(signer, signerA) || Bytes.equals(signer, signerB));
  const lifts = agreed < fee.minVersion && fee.minVersion <= presented.state.version;
  const isMine = Bytes.equals(fee.tower, address);
  return isPromised && lifts && isMine && time <= fee.deadline ? promise : undefined;
}

function isCoSigned(court: Court, { params, presented }: Blob.Answer): boolean {
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
