// What a tower keeps of a channel: bytes that mean nothing to it until a challenge shows the salt of the channel's
// parameters, and then are the answer, with the rest of the parameters. One size for every channel and version:
//   nonce 12, then 996 bytes encrypted by ChaCha20-Poly1305 (RFC 8439), tag 16.
// The key is a hash of id and salt, which only the parties know before a challenge; the id in the open is another hash
// of the salt. So it must be random. Nonces are random: at most 2^32 blobs for one channel.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { State } from "../channels/channelState.ts";
import * as Content from "../channels/client/content.ts";
import { Rejected } from "../channels/client/rejected.ts";
import * as Wire from "../channels/client/wire.ts";
import { SIGNATURE_BYTES } from "../channels/compactSignature.ts";
import * as Params from "../channels/params.ts";
import type { TowerFee } from "../channels/typedData.ts";
import type { Presented } from "../l1/adjudicatorCalls.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";

/** The promise of a fee, with the signature of the side that pays it. */
export type FeePromise = { readonly fee: TowerFee; readonly signature: Uint8Array };

/** The answer to a challenge, with the fee for it if there is one. */
export type Answer = {
  readonly params: Params.Params;
  readonly presented: Presented;
  readonly promise: FeePromise | undefined;
};

/** How many assets a state may name that is left with a tower. */
export const MAX_ASSETS = 8;
export const HINT_BYTES = 16;
export const BLOB_BYTES = 1_024;

const CIPHER = "chacha20-poly1305";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PLAIN_BYTES = BLOB_BYTES - NONCE_BYTES - TAG_BYTES;
const HINT_DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Tower Hint"));
const KEY_DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Tower Key"));

/** Under what a tower files the blobs of a channel. */
export function hintOf(channelId: Uint8Array): Uint8Array {
  return keccak256(Bytes.concat(HINT_DOMAIN, channelId)).slice(0, HINT_BYTES);
}

/** Encrypts an answer; throws TooManyAssetsError for what a blob does not hold. */
export function seal(answer: Answer): Uint8Array {
  const { params, presented } = answer;
  const { channelId } = presented.state;
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  const cipher = createCipheriv(CIPHER, keyOf(channelId, params.salt), nonce, {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(hintOf(channelId), { plaintextLength: PLAIN_BYTES });
  const plain = Bytes.padRight(encode(answer), PLAIN_BYTES);
  const encrypted = Bytes.concat(cipher.update(plain), cipher.final());
  return Bytes.concat(nonce, encrypted, cipher.getAuthTag());
}

/** Decrypts the answer for a channel of an adjudicator's home; undefined if the blob is for none or for another. */
export function open(
  home: Uint8Array,
  channelId: Uint8Array,
  salt: bigint,
  blob: Uint8Array,
): Answer | undefined {
  if (blob.length !== BLOB_BYTES) return undefined;
  const nonce = blob.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(channelId, salt), nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(hintOf(channelId), { plaintextLength: PLAIN_BYTES });
  decipher.setAuthTag(blob.subarray(BLOB_BYTES - TAG_BYTES));
  try {
    const encrypted = blob.subarray(NONCE_BYTES, BLOB_BYTES - TAG_BYTES);
    const plain = Bytes.concat(decipher.update(encrypted), decipher.final());
    const answer = decode(channelId, salt, plain);
    return Bytes.equals(Params.channelId(answer.params, home), channelId) ? answer : undefined;
  } catch (error) {
    if (error instanceof Rejected || isForged(error)) return undefined;
    throw error;
  }
}

// Node has no class for a tag that does not fit.
function isForged(error: unknown): boolean {
  return error instanceof Error && /unable to authenticate/i.test(error.message);
}

function keyOf(channelId: Uint8Array, salt: bigint): Uint8Array {
  return keccak256(Bytes.concat(KEY_DOMAIN, channelId, Bytes.fromBigInt(salt, 8)));
}

/** Parameters 116, a content without locks and app, hash of the locks 32, app 32, signatures 64 and 64, promises of 131. */
function encode({ params, presented, promise }: Answer): Uint8Array {
  const { state, signatureA, signatureB } = presented;
  if (state.assets.length > MAX_ASSETS) throw new TooManyAssetsError(state.assets.length);
  const { version, isFinal, assets } = state;
  return Bytes.concat(
    ...[params.a, params.b, params.keyA, params.keyB, params.token],
    ...[Bytes.fromBigInt(params.period, 4), Bytes.fromBigInt(params.bond, 12)],
    Content.encode({ version, isFinal, assets, locks: [], app: undefined }),
    ...[state.locks, state.app, signatureA, signatureB],
    Wire.fromList(promise === undefined ? [] : [promise], ({ fee, signature }) =>
      Bytes.concat(
        ...[fee.tower, fee.token, Bytes.fromBigInt(fee.amount, 14)],
        ...[Bytes.fromBigInt(fee.minVersion, 8), Bytes.fromBigInt(fee.deadline, 5), signature],
      ),
    ),
  );
}

function decode(channelId: Uint8Array, salt: bigint, plain: Uint8Array): Answer {
  const from = Wire.reader(plain);
  const address = () => Wire.take(from, 20);
  const owners = { a: address(), b: address() };
  const others = { keyA: address(), keyB: address(), token: address() };
  const [period, bond] = [Wire.integer(from, 4), Wire.integer(from, 12)];
  const params = { ...owners, ...others, period, bond, salt };
  const { version, isFinal, assets } = Content.read(from);
  const [locks, app] = [Wire.take(from, 32), Wire.take(from, 32)];
  const state: State = { channelId, version, isFinal, assets, locks, app };
  const signature = () => Wire.take(from, SIGNATURE_BYTES);
  const presented = { state, signatureA: signature(), signatureB: signature() };
  const [promise] = Wire.list(from, 1, "promises", () => {
    const [tower, token] = [address(), address()];
    const [amount, minVersion] = [Wire.integer(from, 14), Wire.integer(from, 8)];
    const deadline = Wire.integer(from, 5);
    return {
      fee: { channelId, tower, token, amount, minVersion, deadline },
      signature: signature(),
    };
  });
  return { params, presented, promise };
}

export class TooManyAssetsError extends RangeError {
  override readonly name = "Blob.TooManyAssetsError";
  readonly count: number;
  constructor(count: number) {
    super(`expected at most ${MAX_ASSETS} assets, got ${count}`);
    this.count = count;
  }
}
