// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAdjudicator} from "./IAdjudicator.sol";
import {Money} from "./Money.sol";

/// @notice What an account keeps for one tower of one channel, in one token.
struct Reserve {
    uint112 amount;
    // From when on the account may have it back, in seconds; zero where it has not asked.
    uint40 exitAt;
}

/// @notice What accounts own outside of any pot.
struct VaultBook {
    mapping(address account => mapping(address token => uint256)) vault;
    // For each tower its own: what one is promised keeps none of another's.
    mapping(address account => mapping(bytes32 id => mapping(address tower => mapping(address token => Reserve)))) reserve;
}

/// @dev Payments that cannot be blocked, and what waits for its owner.
library Vaults {
    // Longer than any window, so that a tower that sees a reserve at the start of a clock is sure of it until its end.
    uint40 internal constant EXIT_DELAY = 31 days;

    error VaultTooLow(address account, address token, uint256 available, uint256 required);
    error ReserveTooLow(
        address account,
        bytes32 id,
        address tower,
        uint256 available,
        uint256 required
    );
    error ReserveTooLarge(uint256 maximum, uint256 actual);
    error ExitPending(uint40 exitAt);
    error ExitNotDue(uint40 exitAt, uint256 time);

    /// @dev Pays an account at once, or into its vault where that fails or where it is the keeper.
    function pay(
        VaultBook storage book,
        address account,
        address token,
        uint256 amount,
        address keeper
    ) internal {
        if (amount == 0) return;
        if (account != keeper && Money.push(token, account, amount)) return;
        credit(book, account, token, amount);
    }

    /// @dev Puts an amount that the adjudicator holds into a vault.
    function credit(
        VaultBook storage book,
        address account,
        address token,
        uint256 amount
    ) internal {
        book.vault[account][token] += amount;
        emit IAdjudicator.VaultCredited(account, token, amount);
    }

    /// @dev Takes an amount out of a vault.
    function debit(
        VaultBook storage book,
        address account,
        address token,
        uint256 amount
    ) internal {
        uint256 available = book.vault[account][token];
        require(amount <= available, VaultTooLow(account, token, available, amount));
        book.vault[account][token] = available - amount;
        emit IAdjudicator.VaultDebited(account, token, amount);
    }

    /// @dev Moves an amount from the account's vault to what a tower can count on.
    function reserveFee(
        VaultBook storage book,
        address account,
        bytes32 id,
        address tower,
        address token,
        uint256 amount
    ) internal {
        debit(book, account, token, amount);
        Reserve storage reserve = reserveOf(book, account, id, tower, token);
        uint256 sum = reserve.amount + amount;
        require(sum <= type(uint112).max, ReserveTooLarge(type(uint112).max, sum));
        (reserve.amount, reserve.exitAt) = (uint112(sum), 0);
    }

    /// @dev Pays a tower from the account's reserve for it.
    function payFee(
        VaultBook storage book,
        address account,
        bytes32 id,
        address tower,
        address token,
        uint112 amount
    ) internal {
        Reserve storage reserve = reserveOf(book, account, id, tower, token);
        uint112 available = reserve.amount;
        require(amount <= available, ReserveTooLow(account, id, tower, available, amount));
        reserve.amount = available - amount;
        pay(book, tower, token, amount, address(0));
    }

    /// @dev Gives notice that the account will take its reserve back.
    function startExit(
        VaultBook storage book,
        address account,
        bytes32 id,
        address tower,
        address token
    ) internal returns (uint40 exitAt) {
        Reserve storage reserve = reserveOf(book, account, id, tower, token);
        require(reserve.exitAt == 0, ExitPending(reserve.exitAt));
        exitAt = uint40(block.timestamp) + EXIT_DELAY;
        reserve.exitAt = exitAt;
    }

    /// @dev Puts what is left of the reserve back into the vault.
    function exit(
        VaultBook storage book,
        address account,
        bytes32 id,
        address tower,
        address token
    ) internal returns (uint112 amount) {
        Reserve storage reserve = reserveOf(book, account, id, tower, token);
        uint40 exitAt = reserve.exitAt;
        require(exitAt != 0 && block.timestamp >= exitAt, ExitNotDue(exitAt, block.timestamp));
        amount = reserve.amount;
        (reserve.amount, reserve.exitAt) = (0, 0);
        credit(book, account, token, amount);
    }

    /// @dev What an account keeps for a tower of a channel.
    function reserveOf(
        VaultBook storage book,
        address account,
        bytes32 id,
        address tower,
        address token
    ) internal view returns (Reserve storage) {
        return book.reserve[account][id][tower][token];
    }
}
