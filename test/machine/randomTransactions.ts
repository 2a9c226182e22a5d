// Random worlds of contracts and random transactions in them, signed by keys whose accounts have ether.
import {
  getAddress,
  hashAuthorization,
  SigningKey,
  Transaction,
  type TransactionLike,
} from "ethers";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Signature from "../../src/primitives/signature.ts";
import type { Genesis } from "./ethereumjsChain.ts";
import { program } from "./randomProgram.ts";
import type { Random } from "./seededRandom.ts";

export const BASE_FEE = 7n;
export const COINBASE = 0xc01bn;

const KEYS = [1n, 2n, 3n, 4n].map((key) => Hex.fromBytes(Bytes.fromBigInt(key, 32)));
const SENDERS = KEYS.map((key) => Bytes.toBigInt(Signature.addressOf(Hex.toBytes(key))));
const CONTRACTS = [0xc0n, 0xc1n, 0xc2n, 0xc3n, 0xc4n];
const PRECOMPILES = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 0xbn, 0x100n];

/** The nonces that senders and authorities have reached, by the index of their key. */
export type Nonces = Map<number, number>;

/** What a random transaction may be. */
export type Rules = { readonly chainId: bigint; readonly hasSetCode: boolean };

/** The accounts of a random world. */
export function randomGenesis(random: Random): Genesis {
  const known = [...CONTRACTS, ...SENDERS, ...PRECOMPILES, COINBASE, 0xdeadn];
  return [
    ...SENDERS.map((address) => ({
      address,
      nonce: 0n,
      balance: 10n ** 18n,
      code: Bytes.EMPTY,
    })),
    ...CONTRACTS.map((address) => ({
      address,
      nonce: 1n,
      balance: BigInt(random.below(3)),
      code: program(random, known),
    })),
  ];
}

/** A signed transaction; some have the wrong nonce, too little gas or authorizations that do not hold. */
export function randomTransaction(random: Random, nonces: Nonces, rules: Rules): Uint8Array {
  const sender = random.below(KEYS.length);
  const nonce = nonces.get(sender) ?? 0;
  const type = random.pick(rules.hasSetCode ? [0, 1, 2, 4] : [0, 1, 2]);
  const isCreation = type !== 4 && random.oneIn(5);
  const to = random.oneIn(6) ? random.pick(SENDERS) : random.pick(CONTRACTS);
  const data = isCreation
    ? program(random, CONTRACTS)
    : new Uint8Array(random.below(random.oneIn(4) ? 3_000 : 60)).map(() => random.below(3));
  const like: TransactionLike = {
    type,
    nonce,
    chainId: rules.chainId,
    gasLimit: random.oneIn(8) ? random.below(90_000) : 100_000 + random.below(900_000),
    to: isCreation ? null : addressHex(to),
    value: random.below(4),
    data: Hex.fromBytes(data),
  };
  if (type < 2) like.gasPrice = 7 + random.below(5);
  else {
    like.maxFeePerGas = 7 + random.below(10);
    like.maxPriorityFeePerGas = random.below(7);
  }
  if (type > 0 && random.oneIn(2)) like.accessList = randomAccessList(random);
  if (type === 4)
    like.authorizationList = randomAuthorizations(random, nonces, sender, rules.chainId);
  const transaction = Transaction.from(like);
  transaction.signature = keyOf(sender).sign(transaction.unsignedHash);
  nonces.set(sender, nonce + 1);
  return Hex.toBytes(transaction.serialized);
}

function randomAccessList(random: Random): [string, string[]][] {
  return Array.from({ length: random.below(3) }, () => [
    addressHex(random.pick(CONTRACTS)),
    Array.from({ length: random.below(3) }, () =>
      Hex.fromBytes(Bytes.fromBigInt(BigInt(random.below(4)), 32)),
    ),
  ]);
}

// Some tuples hold, some have the wrong nonce or chain.
function randomAuthorizations(
  random: Random,
  nonces: Nonces,
  sender: number,
  ownChainId: bigint,
): NonNullable<TransactionLike["authorizationList"]> {
  return Array.from({ length: 1 + random.below(3) }, () => {
    const authority = random.below(KEYS.length);
    const isOwn = authority === sender;
    const expected = (nonces.get(authority) ?? 0) + (isOwn ? 1 : 0);
    const holds = !random.oneIn(4);
    const nonce = BigInt(holds ? expected : expected + 3);
    const chainId = random.pick([0n, ownChainId, ownChainId, 5n]);
    if (holds && chainId !== 5n) nonces.set(authority, (nonces.get(authority) ?? 0) + 1);
    const address = addressHex(random.pick([0n, ...CONTRACTS, ...SENDERS, 1n]));
    const hash = hashAuthorization({ address, nonce, chainId });
    return { address, nonce, chainId, signature: keyOf(authority).sign(hash) };
  });
}

function keyOf(sender: number): SigningKey {
  return new SigningKey(KEYS[sender] ?? "");
}

function addressHex(address: bigint): string {
  return getAddress(Hex.fromBytes(Bytes.fromBigInt(address, 20)));
}
