// Transactions of every kind at the door: admitted, or refused by each rule of the skip list.
import * as Opcode from "../../src/machine/opcode.ts";
import * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import * as Signature from "../../src/primitives/signature.ts";
import { delegation, program } from "./callScenes.ts";
import { call } from "./program.ts";
import { CHAIN_ID } from "./stage.ts";
import { ENTRANCE, RICH, type Scene, SENDER, type Settled } from "./transactionScene.ts";

type Accounts = NonNullable<Scene["accounts"]>;
type Tuple = Omit<TransactionContext.Authorization, "rest" | "hashed">;

const { ACCESS_LIST, BLOB, DEPOSIT, LEGACY, SET_CODE } = TransactionContext;
const MAX_WORD = 2n ** 256n - 1n;
const MAX_NONCE = 2n ** 64n - 1n;
const OTHER = 0x07e4n;
const COINBASE = 0x4200000000000000000000000000000000000011n;
const KEY = keccak256(Uint8Array.of(7));
export const AUTHORITY = Bytes.toBigInt(Signature.addressOf(KEY));
const program64 = Uint8Array.from({ length: 64 }, () => Opcode.JUMPDEST);

function admission(
  name: string,
  transaction: Partial<TransactionContext.Transaction>,
  changed: Partial<Scene> = {},
): Scene {
  return program(name, call(Opcode.SLOAD, 1n), [], { transaction, ...changed });
}

function bySender(name: string, sender: Settled, transaction = {}, changed = {}): Scene {
  return admission(name, transaction, { accounts: [[SENDER, sender]], ...changed });
}

const blobs = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i + 1));
const price = 2_000_000n * 30n;

const kinds: readonly Scene[] = [
  admission("a legacy transaction", {
    kind: LEGACY,
    maxFeePerGas: 12n,
    maxPriorityFeePerGas: 12n,
  }),
  admission("a fee that leaves part of the tip", { maxFeePerGas: 10n }),
  admission("a fee that leaves no tip", { maxFeePerGas: 9n }),
  admission(
    "no tip to a coinbase with next to nothing",
    { maxFeePerGas: 9n },
    { accounts: [[COINBASE, { balance: 7n }]] },
  ),
  admission("a blob transaction", { kind: BLOB, blobHashes: blobs(6), maxFeePerBlobGas: 1n }),
  admission("a deposit", { kind: DEPOSIT, nonce: 0n, mint: 99n, value: 98n, maxFeePerGas: 0n }),
  admission("a deposit by nobody", { kind: DEPOSIT, sender: OTHER, mint: 99n, value: 98n }),
  admission("a deposit of nothing by nobody", { kind: DEPOSIT, sender: OTHER }),
  admission("a deposit by a contract", { kind: DEPOSIT, sender: ENTRANCE, mint: 1n }),
  admission("a deposit without the funds for its value", {
    kind: DEPOSIT,
    sender: OTHER,
    mint: 99n,
    value: 100n,
  }),
  admission("a deposit with just the intrinsic gas", { kind: DEPOSIT, gasLimit: 21_000n }),
  admission("a deposit with less than the intrinsic gas", { kind: DEPOSIT, gasLimit: 20_999n }),
  admission(
    "a deposit with less than the floor",
    { kind: DEPOSIT, gasLimit: 21_000n + 64n * 39n },
    { data: program64 },
  ),
  admission("a transaction to a precompile", { to: 2n }),
  admission("a transaction to its sender", { to: SENDER }),
  admission(
    "a transaction by the coinbase",
    { sender: COINBASE, nonce: 0n },
    {
      accounts: [[COINBASE, { balance: RICH }]],
    },
  ),
];

const refusals: readonly Scene[] = [
  admission("a nonce too low", { nonce: 4n }),
  admission("a nonce too high", { nonce: 6n }),
  bySender("the last nonce", { nonce: MAX_NONCE, balance: RICH }, { nonce: MAX_NONCE }),
  admission("a sender that is not there", { sender: OTHER, nonce: 0n }),
  bySender("a sender with code", { nonce: 5n, balance: RICH, code: Uint8Array.of(0) }),
  bySender("a delegated sender", { nonce: 5n, balance: RICH, code: delegation(OTHER) }),
  bySender("a sender with the longest code", {
    nonce: 5n,
    balance: RICH,
    code: new Uint8Array(24_576).fill(0x5b),
  }),
  admission("a fee below the base fee", { maxFeePerGas: 8n }),
  admission("a tip above the fee", { maxPriorityFeePerGas: 31n }),
  admission("a blob fee below the blob base fee", { kind: BLOB, blobHashes: blobs(1) }),
  bySender("the last coin", { nonce: 5n, balance: price + 7n }, { value: 7n }),
  bySender("a coin too few", { nonce: 5n, balance: price + 6n }, { value: 7n }),
  bySender(
    "a coin too few for blobs",
    { nonce: 5n, balance: price + 131_071n },
    { kind: BLOB, blobHashes: blobs(1), maxFeePerBlobGas: 1n },
  ),
  bySender("a gas cost that wraps", { nonce: 5n, balance: MAX_WORD }, { maxFeePerGas: MAX_WORD }),
  bySender("a value that wraps", { nonce: 5n, balance: MAX_WORD }, { value: MAX_WORD }),
  bySender(
    "a blob cost that wraps",
    { nonce: 5n, balance: MAX_WORD },
    { kind: BLOB, blobHashes: blobs(1), maxFeePerBlobGas: MAX_WORD },
  ),
  bySender(
    "costs that wrap together",
    { nonce: 5n, balance: MAX_WORD },
    { kind: BLOB, blobHashes: blobs(1), maxFeePerBlobGas: MAX_WORD / 131_072n, value: MAX_WORD },
  ),
  admission("just the intrinsic gas", { gasLimit: 21_000n }),
  admission("a unit below the intrinsic gas", { gasLimit: 20_999n }),
  admission("just the floor", { gasLimit: 21_000n + 64n * 40n }, { data: program64 }),
  admission("a unit below the floor", { gasLimit: 21_000n + 64n * 40n - 1n }, { data: program64 }),
  admission(
    "the least gas of a creation",
    { isCreation: true, to: 0n, gasLimit: 53_000n + 64n * 16n + 4n },
    { data: program64 },
  ),
  admission(
    "too little gas for a creation",
    { isCreation: true, to: 0n, gasLimit: 53_000n + 64n * 16n + 3n },
    { data: program64 },
  ),
  admission(
    "initcode too long",
    { isCreation: true, to: 0n, gasLimit: 16_000_000n },
    { data: new Uint8Array(49_153) },
  ),
  admission("the most gas", { gasLimit: 16_777_216n }),
  admission("more gas than the cap", { gasLimit: 16_777_217n }),
  admission("all gas left in the block", {}, { block: { gasUsed: 28_000_000n } }),
  admission("more gas than the block has left", {}, { block: { gasUsed: 28_000_001n } }),
  admission("seven blobs", { kind: BLOB, blobHashes: blobs(7), maxFeePerBlobGas: 1n }),
  admission("ten blobs", { kind: BLOB, blobHashes: blobs(10), maxFeePerBlobGas: 1n }),
];

/** The list of these items, and the counts beside it. */
export function listOf(items: readonly (readonly [address: bigint, slot?: bigint])[]): {
  accessList: TransactionContext.AccessItem | null;
  accessAddresses: number;
  accessSlots: number;
} {
  const accessList = items.reduceRight<TransactionContext.AccessItem | null>(
    (rest, [address, slot]) => ({
      address,
      isSlot: slot !== undefined,
      slot: slot ?? 0n,
      rest,
      hashed: null,
    }),
    null,
  );
  const accessSlots = items.filter(([, slot]) => slot !== undefined).length;
  return { accessList, accessAddresses: items.length - accessSlots, accessSlots };
}

const lists: readonly Scene[] = [
  program(
    "an access list",
    call(Opcode.SLOAD, 1n),
    [[OTHER, { balance: 1n, storage: [[MAX_WORD, 3n]] }]],
    {
      transaction: {
        kind: ACCESS_LIST,
        ...listOf([
          [ENTRANCE],
          [ENTRANCE, 1n],
          [ENTRANCE, 1n],
          [OTHER],
          [OTHER, MAX_WORD],
          [OTHER, 2n],
          [0x404n],
          [0x404n, 0n],
          [2n],
          [2n, 2n],
          [SENDER],
        ]),
      },
    },
  ),
];

/** What the authority signs, and the signature. */
export function tuple(changed: Partial<Tuple> = {}, key = KEY): Tuple {
  const { chainId = CHAIN_ID, address = OTHER, nonce = 0n } = changed;
  const payload = Rlp.encode([
    Rlp.fromBigInt(chainId),
    Bytes.fromBigInt(address, 20),
    Rlp.fromBigInt(nonce),
  ]);
  const hash = keccak256(Bytes.concat(Uint8Array.of(0x05), payload));
  const { r, s, yParity } = Signature.sign(hash, key);
  return { chainId, address, nonce, r, s, yParity: BigInt(yParity), ...changed };
}

function authorizations(
  name: string,
  tuples: readonly Tuple[],
  authority: Settled | null = null,
  changed: Partial<TransactionContext.Transaction> = {},
): Scene {
  const others: Accounts = authority === null ? [] : [[AUTHORITY, authority]];
  const list = tuples.reduceRight<TransactionContext.Authorization | null>(
    (rest, one) => ({ ...one, rest, hashed: null }),
    null,
  );
  return program(name, call(Opcode.SLOAD, 1n), others, {
    forks: ["Prague", "Osaka"],
    transaction: {
      kind: SET_CODE,
      authorizations: list,
      authorizationCount: tuples.length,
      ...changed,
    },
  });
}

const highS = Signature.SECP256K1_N - tuple().s;
const SENDER_KEY = keccak256(Uint8Array.of(8));
const SIGNING_SENDER = Bytes.toBigInt(Signature.addressOf(SENDER_KEY));

const tuples: readonly Scene[] = [
  authorizations("a tuple of nobody yet", [tuple()]),
  authorizations("a tuple of an account", [tuple()], { balance: 1n }),
  authorizations("a tuple for any chain", [tuple({ chainId: 0n })]),
  authorizations("a tuple for another chain", [tuple({ chainId: 1n })]),
  authorizations("a tuple for a chain beyond 64 bits", [tuple({ chainId: 2n ** 64n + CHAIN_ID })]),
  authorizations("a tuple with the last nonce", [tuple({ nonce: MAX_NONCE })], {
    nonce: MAX_NONCE,
  }),
  authorizations("a tuple with a wrong nonce", [tuple({ nonce: 1n })], { nonce: 2n }),
  authorizations("a tuple with a nonce, of nobody", [tuple({ nonce: 1n })]),
  authorizations("a tuple with a long nonce", [tuple({ nonce: MAX_NONCE - 1n })], {
    nonce: MAX_NONCE - 1n,
  }),
  authorizations("a tuple with a parity of 2", [tuple({ yParity: 2n })]),
  authorizations("a tuple with a parity of 27", [tuple({ yParity: 27n })]),
  authorizations("a tuple with the other parity", [tuple({ yParity: 1n - tuple().yParity })]),
  authorizations("a tuple with s in the upper half", [
    tuple({ s: highS, yParity: 1n - tuple().yParity }),
  ]),
  authorizations("a tuple with r = 0", [tuple({ r: 0n })]),
  authorizations("a tuple with s = 0", [tuple({ s: 0n })]),
  authorizations("a tuple with r = n", [tuple({ r: Signature.SECP256K1_N })]),
  authorizations("a tuple with r that is no coordinate", [tuple({ r: 5n })]),
  authorizations("a tuple with words too large", [tuple({ r: MAX_WORD, s: MAX_WORD })]),
  authorizations("a tuple of an account with code", [tuple()], { code: program64 }),
  authorizations("a tuple of a delegated account", [tuple()], { code: delegation(SENDER) }),
  authorizations("a tuple that ends a delegation", [tuple({ address: 0n, nonce: 3n })], {
    nonce: 3n,
    code: delegation(OTHER),
  }),
  authorizations("a tuple that ends what never was", [tuple({ address: 0n })]),
  authorizations("a tuple to a precompile", [tuple({ address: 2n })]),
  authorizations("several tuples, of which some hold", [
    tuple({ chainId: 1n }),
    tuple(),
    tuple(),
    tuple({ nonce: 1n, address: ENTRANCE }),
    tuple({ nonce: 2n, address: 0n }),
  ]),
  {
    ...authorizations("a tuple of the sender", [tuple({ nonce: 1n }, SENDER_KEY)], null, {
      sender: SIGNING_SENDER,
      nonce: 0n,
    }),
    accounts: [[SIGNING_SENDER, { balance: RICH }]],
  },
  authorizations("a tuple and an access list", [tuple()], null, listOf([[AUTHORITY], [OTHER, 1n]])),
  authorizations("a tuple of the callee", [tuple({ address: ENTRANCE })], null, { to: AUTHORITY }),
];

export const ADMISSION_SCENES: readonly Scene[] = [...kinds, ...refusals, ...lists, ...tuples];
