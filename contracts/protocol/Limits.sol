// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What a batch, a block and a transaction may hold, and the accounts with a part in every block.
/// Twin: src/protocol/limits.ts. Reasons: docs/protocol.md, section 2.
library Limits {
    uint64 internal constant BLOCK_GAS_LIMIT = 30_000_000;
    uint64 internal constant TRANSACTION_GAS_CAP = 16_777_216; // EIP-7825, deposits too
    uint256 internal constant MAX_TRANSACTION_BYTES = 65_536;
    uint256 internal constant MAX_BODY_BYTES = 118_784;
    uint256 internal constant MAX_ENTRIES = 2_048;
    uint64 internal constant MAX_BLOCKS_PER_BATCH = 65_536;
    uint64 internal constant SECONDS_PER_BLOCK = 2; // of L1, in the long run; a batch may hold what was saved up

    uint256 internal constant BODY_CHUNK_BYTES = 1_024;
    uint256 internal constant BODY_TREE_HEIGHT = 7;
    uint256 internal constant ENTRY_TREE_HEIGHT = 11;
    uint256 internal constant RING_HEIGHT = 8;

    /// @dev Receives the priority fees of every block.
    address internal constant COINBASE = 0x4200000000000000000000000000000000000011;
    /// @dev The caller of system calls (EIP-4788).
    address internal constant SYSTEM_ADDRESS = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    address internal constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02; // EIP-4788
    address internal constant BLOCK_HASHES = 0x0000F90827F1C53a10cb7A02335B175320002935; // EIP-2935
    /// @dev Holds what the L2 knows of its L1 origin.
    address internal constant L1_ATTRIBUTES = 0x4200000000000000000000000000000000000015;
    /// @dev Keeps the messages that leave the L2.
    address internal constant MESSAGE_PASSER = 0x4200000000000000000000000000000000000016;
}
