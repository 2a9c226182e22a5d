// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Deposit} from "../protocol/Deposit.sol";

/// @dev How many deposits may wait; a batch can always take them all.
uint256 constant DEPOSIT_RING = 4096;

/// @dev How many times a slot holds.
uint256 constant TIMES_IN_SLOT = 4;

struct Queue {
    // one slot: 6 + 6 + 20 bytes
    uint48 count;
    uint48 consumed;
    // The times of the deposits after the last full slot of `times`, 40 bits each: they cost nothing beside `count`.
    uint160 openTimes;
    bytes32[DEPOSIT_RING] hashes;
    // A hash cannot tell its age, and whoever posts should not have to show its preimage.
    uint160[DEPOSIT_RING / TIMES_IN_SLOT] times;
}

/// @dev Deposits by index, of which only the latest DEPOSIT_RING are kept.
library DepositQueue {
    uint256 private constant TIME_BITS = 40;

    error QueueFull(uint256 consumed, uint256 count);
    error DepositsOutOfRange(uint256 consumed, uint256 count, uint256 to);

    /// @dev Appends a deposit and gives it its index, block and time.
    function push(Queue storage queue, Deposit memory deposit) internal {
        uint48 index = queue.count;
        uint48 consumed = queue.consumed;
        require(index - consumed < DEPOSIT_RING, QueueFull(consumed, index));

        deposit.index = index;
        deposit.l1Block = uint64(block.number);
        deposit.l1Time = uint64(block.timestamp);
        queue.hashes[index % DEPOSIT_RING] = deposit.hash();

        uint256 place = index % TIMES_IN_SLOT;
        uint160 times = place == 0 ? 0 : queue.openTimes;
        times |= uint160(uint40(block.timestamp)) << uint160(place * TIME_BITS);
        if (place == TIMES_IN_SLOT - 1) queue.times[_slotOf(index)] = times;
        queue.openTimes = times;
        queue.count = index + 1;
    }

    /// @dev Consumes the deposits before index `to`; see IDepositQueue for what it returns.
    function take(
        Queue storage queue,
        uint64 to
    ) internal returns (uint64 from, bytes32 root, uint64 waitingSince) {
        uint48 count = queue.count;
        from = queue.consumed;
        require(from <= to && to <= count, DepositsOutOfRange(from, count, to));

        if (from < to) {
            bytes32[] memory leaves = new bytes32[](to - from);
            for (uint256 i = 0; i < leaves.length; i++) {
                leaves[i] = queue.hashes[(from + i) % DEPOSIT_RING];
            }
            root = MerkleTree.rootOf(leaves, MerkleTree.heightFor(leaves.length));
            queue.consumed = uint48(to);
        }
        waitingSince = timeOf(queue, to);
    }

    /// @dev When the deposit with this index was made, if it is among the latest kept; now if it is not made yet.
    function timeOf(Queue storage queue, uint64 index) internal view returns (uint64) {
        uint48 count = queue.count;
        if (index >= count) return uint64(block.timestamp);
        bool isOpen = index / TIMES_IN_SLOT == count / TIMES_IN_SLOT;
        uint160 times = isOpen ? queue.openTimes : queue.times[_slotOf(index)];
        return uint40(times >> uint160((index % TIMES_IN_SLOT) * TIME_BITS));
    }

    function _slotOf(uint256 index) private pure returns (uint256) {
        return (index % DEPOSIT_RING) / TIMES_IN_SLOT;
    }
}
