// A message from L1 that becomes a transaction on L2. Field order is consensus.
// Twin: contracts/protocol/Deposit.sol.
import * as Bytes from "../primitives/bytes.ts";
import { commit, tag } from "../primitives/commitment.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";

export type Deposit = {
  readonly index: bigint;
  readonly l1Block: bigint;
  readonly l1Time: bigint;
  /** The sender on L2: an aliased address where a contract deposited. */
  readonly from: Uint8Array;
  readonly isCreation: boolean;
  readonly to: Uint8Array;
  readonly mint: bigint;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly data: Uint8Array;
};

/** What the portal's event packs into its `opaqueData`. */
export type OpaqueData = Pick<Deposit, "mint" | "value" | "gasLimit" | "isCreation" | "data">;

/** The type byte of a deposit as an EIP-2718 transaction. */
export const TRANSACTION_TYPE = 0x7e;

const TAG_DEPOSIT = tag("deposit");
const TAG_SOURCE = tag("source");
const FIXED_BYTES = 32 + 32 + 8 + 1;

/** What the portal keeps of a deposit. */
export function hash(deposit: Deposit): Uint8Array {
  return commit(
    TAG_DEPOSIT,
    deposit.index,
    deposit.l1Block,
    deposit.l1Time,
    deposit.from,
    deposit.isCreation,
    deposit.to,
    deposit.mint,
    deposit.value,
    deposit.gasLimit,
    keccak256(deposit.data),
  );
}

/** What makes the transactions of equal deposits differ. */
export function sourceHash(portal: Uint8Array, index: bigint): Uint8Array {
  return commit(TAG_SOURCE, portal, index);
}

/** The deposit as a transaction, in the encoding that OP-stack clients know. */
export function encodeTransaction(deposit: Deposit, portal: Uint8Array): Uint8Array {
  const isSystemTransaction = Bytes.EMPTY;
  const payload = Rlp.encode([
    sourceHash(portal, deposit.index),
    deposit.from,
    deposit.isCreation ? Bytes.EMPTY : deposit.to,
    Rlp.fromBigInt(deposit.mint),
    Rlp.fromBigInt(deposit.value),
    Rlp.fromBigInt(deposit.gasLimit),
    isSystemTransaction,
    deposit.data,
  ]);
  return Bytes.concat(new Uint8Array([TRANSACTION_TYPE]), payload);
}

/** The hash of the deposit as a transaction. */
export function transactionHash(deposit: Deposit, portal: Uint8Array): Uint8Array {
  return keccak256(encodeTransaction(deposit, portal));
}

/** Parses the `opaqueData` of a TransactionDeposited event; throws OpaqueDataTooShortError or CreationFlagError. */
export function parseOpaqueData(opaqueData: Uint8Array): OpaqueData {
  if (opaqueData.length < FIXED_BYTES) throw new OpaqueDataTooShortError(opaqueData.length);
  const creationByte = Bytes.toNumber(opaqueData.subarray(72, 73));
  if (creationByte > 1) throw new CreationFlagError(creationByte);
  return {
    mint: Bytes.toBigInt(opaqueData.subarray(0, 32)),
    value: Bytes.toBigInt(opaqueData.subarray(32, 64)),
    gasLimit: Bytes.toBigInt(opaqueData.subarray(64, 72)),
    isCreation: creationByte === 1,
    data: opaqueData.subarray(FIXED_BYTES),
  };
}

export class OpaqueDataTooShortError extends Error {
  override readonly name = "Deposit.OpaqueDataTooShortError";
  readonly length: number;
  constructor(length: number) {
    super(`expected at least ${FIXED_BYTES} bytes of opaque data, got ${length}`);
    this.length = length;
  }
}

export class CreationFlagError extends Error {
  override readonly name = "Deposit.CreationFlagError";
  readonly flag: number;
  constructor(flag: number) {
    super(`expected a creation flag of 0 or 1, got ${flag}`);
    this.flag = flag;
  }
}
