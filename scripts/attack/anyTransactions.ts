// Signed transactions with fields in any combination, many of them such that one rule or another refuses them.
import {
  concat,
  encodeRlp,
  keccak256,
  type RlpStructuredDataish,
  SigningKey,
  toBeHex,
} from "ethers";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import type * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Signature from "../../src/primitives/signature.ts";
import { integer } from "../../test/harness/signedTransactions.ts";
import type { Genesis } from "../../test/machine/ethereumjsChain.ts";
import * as FuzzInputs from "../../test/machine/precompiles/fuzzInputs.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { delegation } from "../../test/parity/callScenes.ts";
import { richProgram } from "./richPrograms.ts";

export const BASE_FEE = 7n;
export const COINBASE = 0xc01bn;

const KEYS = [1n, 2n, 3n, 4n].map((key) => Hex.fromBytes(Bytes.fromBigInt(key, 32)));
const SENDERS = KEYS.map((key) => Bytes.toBigInt(Signature.addressOf(Hex.toBytes(key))));
const CONTRACTS = [0xc0n, 0xc1n, 0xc2n, 0xc3n];
const DELEGATED = 0xde1en;
const PRECOMPILES = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 0xbn, 0xcn, 0x100n];
const KNOWN = [...CONTRACTS, ...SENDERS, ...PRECOMPILES, DELEGATED, COINBASE, 0xdeadn];
const POOR = 3_000_000n;
const RICH = 10n ** 18n;
const FLOOR_PER_BYTE = 40n;
const INTRINSIC = 21_000n;
const CREATION = 32_000n;
const OSAKA_CAP = 2n ** 24n;

/** The nonce that the account of a sender has, by the index of its key. */
export type NonceOf = (sender: number) => bigint;

/** A world of contracts that do anything, a delegated account, three rich senders and a poor one. */
export function anyGenesis(random: Random, hasSetCode: boolean): Genesis {
  const storage = (): [bigint, bigint][] =>
    [0n, 1n, 2n].filter(() => random.oneIn(2)).map((slot) => [slot, BigInt(1 + random.below(2))]);
  return [
    ...SENDERS.map((address, index) => ({
      address,
      nonce: 0n,
      balance: index === 0 ? POOR : RICH,
      code: Bytes.EMPTY,
      storage: [],
    })),
    ...CONTRACTS.map((address) => ({
      address,
      nonce: 1n,
      balance: BigInt(random.below(3)),
      code: richProgram(random, KNOWN),
      storage: storage(),
    })),
    {
      address: DELEGATED,
      nonce: 1n,
      balance: 5n,
      // Before Prague these bytes are code like others, but no code may begin so.
      code: hasSetCode ? delegation(random.pick(KNOWN)) : Uint8Array.of(0),
      storage: storage(),
    },
  ];
}

/** The nonces of the senders in a state. */
export function noncesIn(state: World.State): NonceOf {
  return (sender) =>
    PatriciaTrie.get(state, HashedKeys.ofAddress(SENDERS[sender] ?? 0n))?.nonce ?? 0n;
}

/** The bytes of a transaction. */
export function anyTransaction(
  random: Random,
  nonceOf: NonceOf,
  chainId: bigint,
  hasSetCode: boolean,
): Uint8Array {
  const sender = random.oneIn(8) ? 0 : 1 + random.below(KEYS.length - 1);
  const type = random.pick(hasSetCode ? [0, 0, 1, 2, 2, 4, 4] : [0, 1, 2]);
  const isCreation = random.oneIn(type === 4 ? 40 : 5);
  const to = random.oneIn(5) ? random.pick(PRECOMPILES) : random.pick(KNOWN);
  const data = isCreation ? initCode(random) : dataFor(random, to);
  const own = nonceOf(sender);
  const nonce = random.oneIn(30) ? random.pick([own + 1n, own - 1n, 2n ** 64n - 1n]) : own;
  const value = random.oneIn(4) ? BigInt(random.below(4)) : 0n;
  const fee = random.oneIn(20) ? BASE_FEE - 1n : random.pick([BASE_FEE, 8n, 20n]);
  const gasLimit = gasFor(random, data, isCreation, sender, fee, value);
  const message = [
    integer(gasLimit),
    isCreation ? "0x" : addressHex(to),
    integer(value),
    Hex.fromBytes(data),
  ];
  const priority = random.oneIn(20) ? fee + 1n : random.pick([0n, 1n, fee]);
  const first = random.oneIn(40) ? chainId + 1n : chainId;
  const key = KEYS[sender] ?? "";
  const at = BigInt.asUintN(64, nonce);
  if (type === 0) return legacy([integer(at), integer(fee), ...message], first, key, random);
  const fees = type === 1 ? [integer(fee)] : [integer(priority), integer(fee)];
  const fields: RlpStructuredDataish[] = [
    integer(first),
    integer(at),
    ...fees,
    ...message,
    accessList(random),
  ];
  if (type === 4) fields.push(authorizations(random, nonceOf, chainId));
  return typed(type, fields, key, random);
}

function initCode(random: Random): Uint8Array {
  if (random.oneIn(25)) return new Uint8Array(random.pick([49_152, 49_153])).fill(0x5b);
  return richProgram(random, KNOWN);
}

function dataFor(random: Random, to: bigint): Uint8Array {
  if (PRECOMPILES.includes(to) && random.oneIn(2)) {
    const [input] = FuzzInputs.sample(to, 1, random.below(2 ** 30));
    if (input !== undefined) return input;
  }
  const size = random.oneIn(6) ? random.below(3_000) : random.below(70);
  return Uint8Array.from({ length: size }, () => random.below(3));
}

// Plenty, or near the least that the rules ask for, or all that the sender can pay, or above Osaka's cap.
function gasFor(
  random: Random,
  data: Uint8Array,
  isCreation: boolean,
  sender: number,
  fee: bigint,
  value: bigint,
): bigint {
  const nonZeroes = BigInt(data.filter((byte) => byte !== 0).length);
  const tokens = BigInt(data.length) + 3n * nonZeroes;
  const words = BigInt(Math.ceil(data.length / 32));
  const intrinsic = INTRINSIC + 4n * tokens + (isCreation ? CREATION + 2n * words : 0n);
  const floor = INTRINSIC + (FLOOR_PER_BYTE / 4n) * tokens;
  if (sender === 0 && random.oneIn(2)) return (POOR - value) / fee + BigInt(random.below(2));
  switch (random.below(24)) {
    case 0:
      return intrinsic - BigInt(random.below(2));
    case 1:
      return floor - BigInt(random.below(2));
    case 2:
      return intrinsic + BigInt(random.below(3_000));
    case 3:
      return OSAKA_CAP + BigInt(random.below(2));
    default:
      return intrinsic + floor + BigInt(random.below(900_000));
  }
}

function accessList(random: Random): RlpStructuredDataish {
  const count = random.oneIn(2) ? 0 : random.below(4);
  return Array.from({ length: count }, () => [
    addressHex(random.pick(KNOWN)),
    Array.from({ length: random.below(3) }, () =>
      Hex.fromBytes(Bytes.fromBigInt(BigInt(random.below(4)), 32)),
    ),
  ]);
}

// Tuples that hold and tuples that fail: chain, nonce, parity, s in the upper half, r that is none.
function authorizations(random: Random, nonceOf: NonceOf, chainId: bigint): RlpStructuredDataish {
  return Array.from({ length: random.oneIn(30) ? 0 : 1 + random.below(3) }, () => {
    const authority = random.below(KEYS.length);
    const own = nonceOf(authority);
    const nonce = random.pick([own, own, own + 1n, own + 2n, 2n ** 64n - 1n]);
    const chain = random.pick([0n, chainId, chainId, chainId + 1n]);
    const account = addressHex(random.pick([0n, ...KNOWN]));
    const payload = encodeRlp([integer(chain), account, integer(nonce)]);
    const signed = sign(KEYS[authority] ?? "", keccak256(concat(["0x05", payload])));
    const { yParity, r, s } = tamperedSignature(random, signed);
    return [integer(chain), account, integer(nonce), integer(yParity), integer(r), integer(s)];
  });
}

type Signed = { readonly yParity: bigint; readonly r: bigint; readonly s: bigint };

function tamperedSignature(random: Random, signed: Signed): Signed {
  const { yParity, r, s } = signed;
  switch (random.below(16)) {
    case 0:
      return { yParity: 1n - yParity, r, s };
    case 1:
      return { yParity: 1n - yParity, r, s: Signature.SECP256K1_N - s };
    case 2:
      return { yParity: BigInt(2 + random.below(254)), r, s };
    case 3:
      return { yParity, r: random.pick([0n, Signature.SECP256K1_N, 5n]), s };
    case 4:
      return { yParity, r, s: 0n };
    default:
      return signed;
  }
}

function legacy(
  fields: readonly string[],
  chainId: bigint,
  key: string,
  random: Random,
): Uint8Array {
  const isProtected = !random.oneIn(4);
  const replay = isProtected ? [integer(chainId), "0x", "0x"] : [];
  const signed = sign(key, keccak256(encodeRlp([...fields, ...replay])));
  const { yParity, r, s } = random.oneIn(40) ? tamperedSignature(random, signed) : signed;
  const v = isProtected ? 35n + 2n * chainId + yParity : 27n + yParity;
  return Hex.toBytes(encodeRlp([...fields, integer(v), integer(r), integer(s)]));
}

function typed(
  type: number,
  fields: readonly RlpStructuredDataish[],
  key: string,
  random: Random,
): Uint8Array {
  const prefix = toBeHex(type);
  const signed = sign(key, keccak256(concat([prefix, encodeRlp([...fields])])));
  const { yParity, r, s } = random.oneIn(40) ? tamperedSignature(random, signed) : signed;
  const encoded = encodeRlp([...fields, integer(yParity), integer(r), integer(s)]);
  return Hex.toBytes(concat([prefix, encoded]));
}

function sign(key: string, hash: string): Signed {
  const { yParity, r, s } = new SigningKey(key).sign(hash);
  return { yParity: BigInt(yParity), r: BigInt(r), s: BigInt(s) };
}

function addressHex(address: bigint): string {
  return Hex.fromBytes(Bytes.fromBigInt(address, 20));
}
