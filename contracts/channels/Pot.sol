// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Asset} from "./ChannelState.sol";

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

using Pots for Pot global;

/// @dev What goes into a pot and what comes out: never more than went in.
library Pots {
    error DepositTooLarge(uint256 maximum, uint256 actual);
    error WithdrawalExceedsPot(address token, uint256 deposited, uint256 authorised);

    /// @dev Counts a deposit for a side.
    function add(Pot storage pot, bool toB, uint256 amount) internal {
        uint256 sum = (toB ? pot.depositedB : pot.depositedA) + amount;
        require(sum <= type(uint112).max, DepositTooLarge(type(uint112).max, sum));
        if (toB) pot.depositedB = uint112(sum);
        else pot.depositedA = uint112(sum);
    }

    /// @dev How a pot is divided in which A has paid B `payment`. Neither side can owe more than there is.
    function split(
        Pot memory pot,
        Drawn memory drawn,
        int256 payment
    ) internal pure returns (uint256 toA, uint256 toB) {
        int256 ownA = int256(uint256(pot.depositedA)) - int256(uint256(drawn.outA));
        int256 ownB = int256(uint256(pot.depositedB)) - int256(uint256(drawn.outB));
        int256 total = ownA + ownB;
        int256 share = ownA - payment;
        if (share < 0) share = 0;
        if (share > total) share = total;
        return (uint256(share), uint256(total - share));
    }

    /// @dev What each side is still due of the withdrawals that a state authorises, and what is withdrawn with that.
    function withdrawal(
        Pot memory pot,
        Drawn memory drawn,
        Asset memory asset
    ) internal pure returns (uint256 toA, uint256 toB, Drawn memory next) {
        next.outA = asset.outA > drawn.outA ? asset.outA : drawn.outA;
        next.outB = asset.outB > drawn.outB ? asset.outB : drawn.outB;
        uint256 deposited = uint256(pot.depositedA) + pot.depositedB;
        uint256 authorised = uint256(next.outA) + next.outB;
        require(authorised <= deposited, WithdrawalExceedsPot(asset.token, deposited, authorised));
        return (next.outA - drawn.outA, next.outB - drawn.outB, next);
    }
}
