// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The state between two blocks. Field order is consensus.
struct BlockDone {
    uint64 number;
    bytes32 outputRoot;
    bytes32 headerHash;
    // Root of the 256 latest block hashes, which BLOCKHASH reads.
    bytes32 ringRoot;
    // Where the next block starts in the inbox: batch, byte in its body, deposits taken so far.
    uint64 batch;
    uint64 byteOffset;
    uint64 deposits;
}

using {hash} for BlockDone global;

bytes32 constant TAG_BLOCK_DONE = keccak256("tribunal.blockDone");

/// @dev The commitment to the state between two blocks.
function hash(BlockDone memory done) pure returns (bytes32) {
    return
        keccak256(
            abi.encode(
                TAG_BLOCK_DONE,
                done.number,
                done.outputRoot,
                done.headerHash,
                done.ringRoot,
                done.batch,
                done.byteOffset,
                done.deposits
            )
        );
}
