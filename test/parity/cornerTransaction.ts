// What a transaction at the corners of the rules is made of: accounts, code, a signature.
import {
  getAddress,
  hashAuthorization,
  SigningKey,
  Transaction,
  type TransactionLike,
} from "ethers";
import * as ContractAddress from "../../src/machine/contractAddress.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Signature from "../../src/primitives/signature.ts";
import type { Genesis } from "../machine/ethereumjsChain.ts";
import { assemble, call } from "./program.ts";

export const CHAIN_ID = 1n;
export const HEADER = {
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 60_000_000n,
  baseFeePerGas: 7n,
  coinbase: Bytes.fromBigInt(0xc01bn, 20),
  mixHash: new Uint8Array(32),
};

type Account = Partial<Omit<Genesis[number], "address">>;

export type Case = {
  readonly name: string;
  readonly program?: Uint8Array;
  readonly accounts?: readonly (readonly [address: bigint, account: Account])[];
  readonly transaction?: TransactionLike;
  readonly coinbase?: bigint;
  /** All by default. */
  readonly forks?: readonly Fork[];
};

export const KEY = new SigningKey(`0x${"01".repeat(32)}`);
const OTHER_KEY = new SigningKey(`0x${"02".repeat(32)}`);
export const SENDER = addressOf(KEY);
export const AUTHORITY = addressOf(OTHER_KEY);
export const PROGRAM = 0xc0den;
export const CALLEE = 0xca11een;
export const OTHER = 0x07e4n;
export const NOBODY = 0x404n;
const SALT = 0x5a17n;
export const ALL = 2n ** 256n - 1n;
export const SET_CODE_FORKS = ["Prague", "Osaka"] as const;

/** The accounts that a case starts from. */
export function genesisOf({ program = Bytes.EMPTY, accounts = [] }: Case): Genesis {
  const all = new Map<bigint, Account>([
    [SENDER, { balance: 10n ** 20n }],
    [AUTHORITY, { balance: 10n ** 18n }],
    [PROGRAM, { nonce: 1n, balance: 1_000n, code: program }],
    ...accounts,
  ]);
  return [...all].map(([address, { nonce = 0n, balance = 0n, code = Bytes.EMPTY, storage }]) => {
    const account = { address, nonce, balance, code };
    return storage === undefined ? account : { ...account, storage };
  });
}

/** The signed transaction of a case, with another gas limit if one is given. */
export function encodedOf({ transaction = {} }: Case, gasLimit?: bigint): Uint8Array {
  const made = Transaction.from({
    type: 2,
    chainId: CHAIN_ID,
    nonce: 0,
    gasLimit: 2_000_000,
    maxFeePerGas: 20,
    maxPriorityFeePerGas: 1,
    to: hex(PROGRAM),
    ...transaction,
    ...(gasLimit === undefined ? {} : { gasLimit }),
  });
  made.signature = KEY.sign(made.unsignedHash);
  return Hex.toBytes(made.serialized);
}

function addressOf(key: SigningKey): bigint {
  return Bytes.toBigInt(Signature.addressOf(Hex.toBytes(key.privateKey)));
}

/** An address as a transaction has it. */
export function hex(address: bigint): string {
  return getAddress(Hex.fromBytes(Bytes.fromBigInt(address, 20)));
}

/** What its author signs to delegate. */
export function tuple(target: bigint, nonce = 0n, key = OTHER_KEY) {
  const authorization = { address: hex(target), nonce, chainId: CHAIN_ID };
  return { ...authorization, signature: key.sign(hashAuthorization(authorization)) };
}

/** A transaction that carries tuples. */
export function delegating(to: bigint, ...list: ReturnType<typeof tuple>[]): TransactionLike {
  return { type: 4, to: hex(to), authorizationList: list };
}

/** Stores what some code leaves. */
export const store = (slot: bigint, ...value: (bigint | number | Uint8Array)[]): Uint8Array =>
  assemble(...value, slot, Opcode.SSTORE);

/** Code that is put in place by initcode. */
export function deploying(code: Uint8Array): Uint8Array {
  return assemble(
    call(Opcode.MSTORE, 0n, Bytes.toBigInt(Bytes.padRight(code, 32))),
    call(Opcode.RETURN, 0n, BigInt(code.length)),
  );
}

/** Where the program creates from initcode with the salt of these cases. */
export function bySalt(initCode: Uint8Array): bigint {
  return ContractAddress.bySalt(PROGRAM, SALT, keccak256(initCode));
}
