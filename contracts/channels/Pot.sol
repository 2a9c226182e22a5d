// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {DEPOSITED_B_AT, PackedPot} from "./PackedPot.sol";

/// @notice What a channel holds of one token, in one slot: 14 + 14 + 1 + 1 bytes.
/// @dev Twin: src/channels/pot.ts.
struct Pot {
    // What each side has deposited in all; withdrawals do not lower it.
    uint112 depositedA;
    uint112 depositedB;
    // It has paid, for good.
    bool isSettled;
    // Something was withdrawn: see Drawn.
    bool isDrawn;
}

/// @notice What each side has withdrawn of one token in all.
struct Drawn {
    uint128 outA;
    uint128 outB;
}

/// @dev What goes into a pot and what comes out: never more than went in.
library Pots {
    uint256 internal constant MAX_DEPOSIT = type(uint112).max;

    error DepositTooLarge(uint256 maximum, uint256 actual);
    error WithdrawalExceedsPot(address token, uint256 deposited, uint256 authorised);

    /// @dev Counts what has arrived for each side.
    function add(PackedPot pot, uint256 toA, uint256 toB) internal pure returns (PackedPot) {
        (uint256 ownA, uint256 ownB) = (pot.depositedA(), pot.depositedB());
        unchecked {
            // The maximum is all ones: no more than it are the four together where each is. And such an amount adds up
            // within a word.
            uint256 bits = toA | toB | (ownA + toA) | (ownB + toB);
            if (bits <= MAX_DEPOSIT) {
                return PackedPot.wrap(PackedPot.unwrap(pot) + (toB << DEPOSITED_B_AT) + toA);
            }
        }
        revert DepositTooLarge(MAX_DEPOSIT, Math.max(ownA + toA, ownB + toB));
    }

    /// @dev How a pot is divided in which A has paid B `payment`; own is what each side has deposited and not withdrawn.
    /// Neither side can owe more than there is.
    function split(
        int256 ownA,
        int256 ownB,
        int256 payment
    ) internal pure returns (uint256 toA, uint256 toB) {
        unchecked {
            // What is own has at most 129 bits, and a payment adds at most 2^64 locks of 128 bits.
            int256 total = ownA + ownB;
            int256 share = ownA - payment;
            if (share < 0) share = 0;
            if (share > total) share = total;
            return (uint256(share), uint256(total - share));
        }
    }

    /// @dev What each side has withdrawn once a state's withdrawals are made too.
    function withdrawal(
        PackedPot pot,
        address token,
        uint128 drawnA,
        uint128 drawnB,
        uint128 outA,
        uint128 outB
    ) internal pure returns (uint128 nextA, uint128 nextB) {
        nextA = outA > drawnA ? outA : drawnA;
        nextB = outB > drawnB ? outB : drawnB;
        uint256 deposited = uint256(pot.depositedA()) + pot.depositedB();
        uint256 authorised = uint256(nextA) + nextB;
        require(authorised <= deposited, WithdrawalExceedsPot(token, deposited, authorised));
    }
}
