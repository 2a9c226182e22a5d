// What a batch, a block and a transaction may hold, and the accounts with a part in every block.
// Twin: contracts/protocol/Limits.sol. Reasons: docs/protocol.md, section 2.
import * as Hex from "../primitives/hex.ts";

export const BLOCK_GAS_LIMIT = 30_000_000n;
export const TRANSACTION_GAS_CAP = 16_777_216n; // EIP-7825, deposits too
export const MAX_TRANSACTION_BYTES = 65_536;
export const MAX_BODY_BYTES = 118_784;
export const MAX_ENTRIES = 2_048;
export const MAX_BLOCKS_PER_BATCH = 65_536n;
export const SECONDS_PER_BLOCK = 2n; // of L1, in the long run; a batch may hold what was saved up

export const BODY_CHUNK_BYTES = 1_024;
export const BODY_TREE_HEIGHT = 7;
export const ENTRY_TREE_HEIGHT = 11;
export const RING_HEIGHT = 8;

/** Receives the priority fees of every block. */
export const COINBASE = Hex.toBytes("0x4200000000000000000000000000000000000011");
/** The caller of system calls (EIP-4788). */
export const SYSTEM_ADDRESS = Hex.toBytes("0xfffffffffffffffffffffffffffffffffffffffe");
export const BEACON_ROOTS = Hex.toBytes("0x000f3df6d732807ef1319fb7b8bb8522d0beac02"); // EIP-4788
export const BLOCK_HASHES = Hex.toBytes("0x0000f90827f1c53a10cb7a02335b175320002935"); // EIP-2935
/** Holds what the L2 knows of its L1 origin. */
export const L1_ATTRIBUTES = Hex.toBytes("0x4200000000000000000000000000000000000015");
/** Keeps the messages that leave the L2. */
export const MESSAGE_PASSER = Hex.toBytes("0x4200000000000000000000000000000000000016");
