// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Deposit} from "../protocol/Deposit.sol";

/// @dev How many deposits may wait; a batch can always take them all.
uint256 constant DEPOSIT_RING = 4096;

struct Queue {
    // one slot: 8 + 8 bytes
    uint64 count;
    uint64 consumed;
    bytes32[DEPOSIT_RING] hashes;
    // Four to a slot. A hash cannot tell its age, and whoever posts should not have to show its preimage.
    uint64[DEPOSIT_RING] times;
}

/// @dev Deposits by index, of which only the latest DEPOSIT_RING are kept.
library DepositQueue {
    error QueueFull(uint256 consumed, uint256 count);
    error DepositsOutOfRange(uint256 consumed, uint256 count, uint256 to);

    /// @dev Appends a deposit and gives it its index, block and time.
    function push(Queue storage queue, Deposit memory deposit) internal {
        uint64 index = queue.count;
        uint64 consumed = queue.consumed;
        require(index - consumed < DEPOSIT_RING, QueueFull(consumed, index));

        deposit.index = index;
        deposit.l1Block = uint64(block.number);
        deposit.l1Time = uint64(block.timestamp);
        queue.hashes[index % DEPOSIT_RING] = deposit.hash();
        queue.times[index % DEPOSIT_RING] = deposit.l1Time;
        queue.count = index + 1;
    }

    /// @dev Consumes the deposits before index `to`; see IDepositQueue for what it returns.
    function take(
        Queue storage queue,
        uint64 to
    ) internal returns (uint64 from, bytes32 root, uint64 waitingSince) {
        uint64 count = queue.count;
        from = queue.consumed;
        require(from <= to && to <= count, DepositsOutOfRange(from, count, to));

        if (from < to) {
            bytes32[] memory leaves = new bytes32[](to - from);
            for (uint256 i = 0; i < leaves.length; i++) {
                leaves[i] = queue.hashes[(from + i) % DEPOSIT_RING];
            }
            root = MerkleTree.rootOf(leaves, MerkleTree.heightFor(leaves.length));
            queue.consumed = to;
        }
        waitingSince = timeOf(queue, to);
    }

    /// @dev When the deposit with this index was made; now if it is not made yet.
    function timeOf(Queue storage queue, uint64 index) internal view returns (uint64) {
        return index == queue.count ? uint64(block.timestamp) : queue.times[index % DEPOSIT_RING];
    }
}
