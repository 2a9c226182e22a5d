// Signed transactions of every type, made by ethers, which shares no code with ours.
import {
  concat,
  encodeRlp,
  getAddress,
  keccak256,
  SigningKey,
  toBeHex,
  Transaction,
  type RlpStructuredDataish,
  type TransactionLike,
} from "ethers";
import fc from "fast-check";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";

export const CHAIN_ID = 42_069n;

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u256 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  fc.bigInt({ min: 0n, max: 300n }),
);
const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(Hex.fromBytes);
const blobHash = word.map((hash) => `0x01${hash.slice(4)}`);
const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(Hex.fromBytes(bytes)));
const accessList = fc.array(fc.record({ address, storageKeys: fc.array(word, { maxLength: 3 }) }), {
  maxLength: 3,
});
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.uint8Array({ minLength: 1, maxLength: 1 }),
  fc.uint8Array({ maxLength: 100 }).map((data) => data.map((byte) => (byte < 128 ? 0 : byte))),
);
const privateKey = word.filter((key) => BigInt(key) !== 0n && BigInt(key) < 2n ** 255n);

const unsigned: fc.Arbitrary<TransactionLike> = fc
  .record({
    type: fc.constantFrom(0, 1, 2, 3),
    isProtected: fc.boolean(),
    nonce: fc.nat(2 ** 31),
    gasLimit: u64,
    fee: u256,
    priority: u256,
    to: fc.option(address),
    value: u256,
    data: bytes.map(Hex.fromBytes),
    accessList,
    maxFeePerBlobGas: u256,
    blobs: fc.array(blobHash, { minLength: 1, maxLength: 3 }),
  })
  .map((fields) => likeOf(fields.type, fields));

type Fields = {
  readonly isProtected: boolean;
  readonly nonce: number;
  readonly gasLimit: bigint;
  readonly fee: bigint;
  readonly priority: bigint;
  readonly to: string | null;
  readonly value: bigint;
  readonly data: string;
  readonly accessList: { readonly address: string; readonly storageKeys: string[] }[];
  readonly maxFeePerBlobGas: bigint;
  readonly blobs: string[];
};

function likeOf(type: number, fields: Fields): TransactionLike {
  const { nonce, gasLimit, to, value, data } = fields;
  const base = { type, nonce, gasLimit, to, value, data };
  if (type === 0)
    return { ...base, gasPrice: fields.fee, chainId: fields.isProtected ? CHAIN_ID : 0n };
  const typed = { ...base, chainId: CHAIN_ID, accessList: fields.accessList };
  if (type === 1) return { ...typed, gasPrice: fields.fee };
  const low = fields.fee < fields.priority ? fields.fee : fields.priority;
  const high = fields.fee < fields.priority ? fields.priority : fields.fee;
  const dynamic = { ...typed, maxFeePerGas: high, maxPriorityFeePerGas: low };
  if (type === 2) return dynamic;
  return {
    ...dynamic,
    to: to ?? "0x00000000000000000000000000000000000000b1",
    maxFeePerBlobGas: fields.maxFeePerBlobGas,
    blobVersionedHashes: fields.blobs,
  };
}

export type SignedByEthers = { readonly encoded: string; readonly from: string };

/** Transactions of types 0 to 3. */
export const signedByEthers: fc.Arbitrary<SignedByEthers> = fc
  .tuple(unsigned, privateKey)
  .map(([like, key]) => sign(like, key));

/** Signs a transaction by ethers. */
export function sign(like: TransactionLike, key: string): SignedByEthers {
  const transaction = Transaction.from(like);
  transaction.signature = new SigningKey(key).sign(transaction.unsignedHash);
  const { serialized, from } = transaction;
  if (from === null) throw new TypeError("ethers gave no sender");
  return { encoded: serialized, from };
}

const authorization = fc
  .tuple(u256, address, u64, fc.nat(255), u256, u256)
  .map(([chainId, account, nonce, yParity, r, s]) => [
    integer(chainId),
    account,
    integer(nonce),
    integer(BigInt(yParity)),
    integer(r),
    integer(s),
  ]);

/** Transactions of type 4, by RLP fields: ethers refuses some tuples that the rules accept. */
export const setCodeByFields: fc.Arbitrary<string> = fc
  .tuple(fc.array(authorization, { minLength: 1, maxLength: 4 }), address, accessList, privateKey)
  .map(([authorizations, to, list, key]) =>
    signFields(
      4,
      [
        integer(CHAIN_ID),
        integer(7n),
        integer(1n),
        integer(2n),
        integer(100_000n),
        to,
        "0x",
        "0x00ff00",
        list.map((item) => [item.address, item.storageKeys]),
        authorizations,
      ],
      key,
    ),
  );

/** Signs the fields of a typed transaction, whatever they are. */
export function signFields(type: number, fields: RlpStructuredDataish[], key: string): string {
  const prefix = toBeHex(type);
  const signature = new SigningKey(key).sign(keccak256(concat([prefix, encodeRlp(fields)])));
  const { yParity, r, s } = signature;
  const parts = [integer(BigInt(yParity)), integer(BigInt(r)), integer(BigInt(s))];
  return concat([prefix, encodeRlp([...fields, ...parts])]);
}

/** An integer as RLP takes it: no leading zeros, zero is empty. */
export function integer(value: bigint): string {
  return value === 0n ? "0x" : toBeHex(value);
}

const KEY = `0x${"11".repeat(32)}`;
const TO = new Uint8Array(20).fill(0xb1);
const EMPTY = new Uint8Array(0);

/** Transactions of about 65,536 bytes, each made of what another part of a decoder takes longest for. */
export const LARGEST: Readonly<Record<string, () => Uint8Array>> = {
  "65,420 bytes of data": () => large(2, new Uint8Array(65_420).fill(0xab), []),
  "1,980 slots": () => {
    const slots = Array<Rlp.Item>(1_980).fill(new Uint8Array(32).fill(0xcd));
    return large(2, EMPTY, [[TO, slots]]);
  },
  "2,840 addresses": () => large(2, EMPTY, Array<Rlp.Item>(2_840).fill([TO, []])),
  "2,415 authorizations": () => {
    const tuple = [EMPTY, TO, EMPTY, EMPTY, EMPTY, EMPTY];
    return large(4, EMPTY, [], Array<Rlp.Item>(2_415).fill(tuple));
  },
};

// By our own RLP, which takes no seconds for lists of thousands.
function large(
  type: number,
  data: Uint8Array,
  accesses: Rlp.Item,
  ...more: readonly Rlp.Item[]
): Uint8Array {
  const chainId = Rlp.fromBigInt(CHAIN_ID);
  const fields = [chainId, EMPTY, EMPTY, EMPTY, EMPTY, TO, EMPTY, data, accesses, ...more];
  const prefix = new Uint8Array([type]);
  const hash = keccak256(Bytes.concat(prefix, Rlp.encode(fields)));
  const { yParity, r, s } = new SigningKey(KEY).sign(hash);
  const parts = [BigInt(yParity), BigInt(r), BigInt(s)].map(Rlp.fromBigInt);
  return Bytes.concat(prefix, Rlp.encode([...fields, ...parts]));
}
