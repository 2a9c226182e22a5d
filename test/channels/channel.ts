// A channel between two parties of a court, and what they sign in it.
import * as AppState from "../../src/channels/appState.ts";
import type { Asset, State } from "../../src/channels/channelState.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import * as Params from "../../src/channels/params.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import type { Draw, TowerFee } from "../../src/channels/typedData.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import type { Court, Party } from "./court.ts";

export const HOUR = 3_600n;
export const NOTHING = new Uint8Array(32);
export const NO_SIGNATURE = new Uint8Array(0);

export type Channel = ReturnType<typeof channelOf>;

let salts = 0n;

/** What a state says besides its version; whatever is left out is empty. */
export type Terms = {
  readonly net?: bigint;
  readonly outA?: bigint;
  readonly outB?: bigint;
  readonly assets?: readonly Asset[];
  readonly isFinal?: boolean;
  readonly locks?: readonly Locks.Lock[];
  readonly app?: AppState.AppState;
};

/** A channel of alice, who signs with a key, and bob, who signs himself, unless said otherwise. */
export function channelOf(court: Court, overrides: Partial<Params.Params> = {}) {
  const { alice, bob, home, domain } = court;
  const params: Params.Params = {
    a: alice.account,
    b: bob.account,
    keyA: alice.keyAddress,
    keyB: new Uint8Array(20),
    token: ETHER,
    period: HOUR,
    bond: 0n,
    salt: salts++,
    ...overrides,
  };
  const id = Params.channelId(params, home);

  function state(version: bigint, terms: Terms = {}): State {
    const { net = 0n, outA = 0n, outB = 0n, isFinal = false } = terms;
    const assets = terms.assets ?? [{ token: params.token, net, outA, outB }];
    const locks = Locks.hash(Locks.pack(terms.locks ?? []));
    const app = terms.app === undefined ? NOTHING : AppState.hash(terms.app);
    return { channelId: id, version, isFinal, assets, locks, app };
  }

  function sign(structHash: Uint8Array, secret: Uint8Array): Uint8Array {
    return CompactSignature.sign(TypedData.digest(domain, structHash), secret);
  }

  function signState(signed: State): CoSigned {
    const hash = ChannelState.hash(signed);
    return {
      state: signed,
      signatureA: sign(hash, secretOf(params.keyA, params.a)),
      signatureB: sign(hash, secretOf(params.keyB, params.b)),
    };
  }

  /** The secret by which a side signs; for an account that nobody here has the key of, alice's. */
  function secretOf(key: Uint8Array, owner: Uint8Array): Uint8Array {
    const signer = key.some((byte) => byte !== 0) ? key : owner;
    for (const { account, secret, keyAddress, keySecret } of court.parties) {
      if (sameBytes(account, signer)) return secret;
      if (sameBytes(keyAddress, signer)) return keySecret;
    }
    return alice.secret;
  }

  const initial: CoSigned = {
    state: { ...state(0n), assets: [] },
    signatureA: NO_SIGNATURE,
    signatureB: NO_SIGNATURE,
  };

  return {
    ...{ params, id, state, sign, signState, initial },
    /** What a state hashes to when it is presented here: a packing names no channel, its parameters do. */
    hashHere: (presented: State) => ChannelState.hash({ ...presented, channelId: id }),
    /** A state that both have signed. */
    agreed: (version: bigint, terms: Terms = {}) => signState(state(version, terms)),
    challengeSignature: (signed: CoSigned, secret: Uint8Array) =>
      sign(TypedData.challengeHash(ChannelState.hash(signed.state)), secret),
    drawSignature: (draw: Draw, secret: Uint8Array) => sign(TypedData.drawHash(draw), secret),
    feeSignature: (fee: TowerFee, secret: Uint8Array) => sign(TypedData.towerFeeHash(fee), secret),
    fund: async (toB: boolean, amount: bigint) =>
      court.make({ kind: "depositEth", id, toB }, court.carol, amount),
    challenge: async (presented: CoSigned, from: Party = alice) =>
      court.make({ kind: "challenge", params, presented, signature: NO_SIGNATURE }, from),
    respond: async (presented: CoSigned, from?: Party) =>
      court.make({ kind: "respond", params, presented }, from),
    settle: async (tokens: readonly Uint8Array[] = [params.token]) =>
      court.make({ kind: "settle", params, tokens }),
    settleState: async (
      presented: CoSigned,
      locks: readonly Locks.Lock[] = [],
      tokens: readonly Uint8Array[] = [params.token],
    ) => court.make({ kind: "settleState", params, presented, locks: Locks.pack(locks), tokens }),
    close: async (last: CoSigned, from?: Party) =>
      court.make({ kind: "close", params, last }, from),
    withdraw: async (presented: CoSigned) => court.make({ kind: "withdraw", params, presented }),
  };
}

/** Puts the same amount of a token, or of ether, on both sides. */
export async function fill(
  court: Court,
  { id }: Channel,
  token: Uint8Array,
  amount: bigint,
): Promise<void> {
  for (const toB of [false, true]) {
    if (token === ETHER) await court.make({ kind: "depositEth", id, toB }, court.carol, amount);
    else await court.make({ kind: "deposit", id, toB, token, amount }, court.carol);
  }
}

/** A hash lock, and the secret that opens it. */
export function hashLock(
  amount: bigint,
  expiry: bigint,
  overrides: Partial<Locks.Lock> & { readonly secret?: Uint8Array } = {},
): { readonly lock: Locks.Lock; readonly secret: Uint8Array } {
  const { secret = Bytes.fromBigInt(++salts, 32), ...rest } = overrides;
  const kind = Locks.KIND_HASH;
  return {
    lock: { kind, asset: 0, aToB: true, expiry, amount, key: sha256(secret), ...rest },
    secret,
  };
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
