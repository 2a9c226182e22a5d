// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What the inbox commits to for each batch. Field order is consensus.
/// @dev Twin: src/protocol/batch.ts.
struct Batch {
    // The accumulator of the batch before.
    bytes32 previous;
    uint8 version;
    uint8 codec;
    uint64 firstBlock;
    uint64 lastBlock;
    // L1 time of the transaction that posted it: no block of the batch is later.
    uint64 postedAt;
    uint64 originNumber;
    bytes32 originHash;
    bytes32 bodyRoot;
    uint32 bodySize;
    // Root over the hashes of the deposits [depositsFrom, depositsTo).
    bytes32 depositsRoot;
    uint64 depositsFrom;
    uint64 depositsTo;
}

using {hash} for Batch global;

bytes32 constant TAG_BATCH = keccak256("tribunal.batch");
bytes32 constant TAG_BATCH_GENESIS = keccak256("tribunal.batch.genesis");

/// @dev The accumulator after this batch.
function hash(Batch memory batch) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_BATCH, batch));
}

/// @dev The accumulator of batch 0, which holds no blocks but stands for the genesis state.
function genesisAccumulator(bytes32 genesis) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_BATCH_GENESIS, genesis));
}
