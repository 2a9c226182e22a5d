// What the machine charges: the costs of Cancun, Prague and Osaka. Twin: contracts/machine/Gas.sol.

export const JUMPDEST = 1;
export const BASE = 2;
export const VERY_LOW = 3;
export const LOW = 5;
export const MID = 8;
export const HIGH = 10;

export const EXPONENTIATION = 10;
export const EXPONENTIATION_BYTE = 50;
export const KECCAK256 = 30;
export const KECCAK256_WORD = 6;
export const COPY_WORD = 3;
export const BLOCKHASH = 20;
export const BLOBHASH = 3;
export const LOG = 375;
export const LOG_TOPIC = 375;
export const LOG_BYTE = 8;
export const TRANSIENT = 100;

// EIP-2929: the first access in a transaction is cold.
export const WARM_ACCESS = 100;
export const COLD_ACCOUNT = 2_600;
export const COLD_SLOT = 2_100;

// EIP-2200 and EIP-3529.
export const STORAGE_STIPEND = 2_300;
export const STORAGE_SET = 20_000;
export const STORAGE_RESET = 2_900;
export const STORAGE_CLEAR_REFUND = 4_800;

export const CALL_VALUE = 9_000;
export const CALL_STIPEND = 2_300;
export const NEW_ACCOUNT = 25_000;
export const CREATE = 32_000;
export const INIT_CODE_WORD = 2; // EIP-3860
export const CODE_DEPOSIT_BYTE = 200;
export const SELFDESTRUCT = 5_000;

export const TRANSACTION = 21_000;
export const TRANSACTION_CREATION = 32_000;
export const DATA_ZERO = 4;
export const DATA_NONZERO = 16;
export const ACCESS_LIST_ADDRESS = 2_400;
export const ACCESS_LIST_SLOT = 1_900;
export const FLOOR_TOKEN = 10; // EIP-7623
export const FLOOR_TOKENS_PER_NONZERO = 4;
export const AUTHORIZATION = 25_000; // EIP-7702: PER_EMPTY_ACCOUNT_COST
export const AUTHORIZATION_REFUND = 12_500;
export const BLOB = 131_072;
export const IDENTITY = 15;
export const IDENTITY_WORD = 3;
export const REFUND_QUOTIENT = 5n;

export const MAX_CODE_SIZE = 24_576; // EIP-170
export const MAX_INIT_CODE_SIZE = 49_152; // EIP-3860
export const MAX_DEPTH = 1_024;
export const MAX_NONCE = 2n ** 64n - 1n;

/** The memory that a frame may have: larger is out of gas whatever the gas. */
export const MAX_MEMORY_BYTES = 2 ** 32;

const MEMORY_WORD = 3;
const MEMORY_QUADRATIC_DIVISOR = 512;

/** What a memory of so many words has cost in total. */
export function memoryCost(words: number): number {
  return MEMORY_WORD * words + Math.floor((words * words) / MEMORY_QUADRATIC_DIVISOR);
}

/** The number of 32-byte words that hold so many bytes. */
export function wordsFor(bytes: number): number {
  return Math.ceil(bytes / 32);
}

/** The gas that a call may take at most: all but one 64th (EIP-150). */
export function allButOne64th(available: bigint): bigint {
  return available - available / 64n;
}
