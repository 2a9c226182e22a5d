// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Context} from "../../contracts/machine/Context.sol";
import {EntryTransaction} from "../../contracts/machine/EntryTransaction.sol";
import {Transaction} from "../../contracts/machine/TransactionContext.sol";
import {Deposit} from "../../contracts/protocol/Deposit.sol";

/// @dev The decoder of transactions behind external functions.
contract EntryTransactionHarness {
    function fromBytes(
        bytes calldata encoded,
        Context calldata context
    ) external view returns (bool isValid, Transaction memory transaction) {
        return EntryTransaction.fromBytes(encoded, context);
    }

    function fromDeposit(
        Deposit calldata deposit,
        address portal,
        bytes calldata data
    ) external pure returns (Transaction memory) {
        return EntryTransaction.fromDeposit(deposit, portal, data);
    }

    /// @dev The gas that decoding takes, apart from bringing the bytes into memory.
    function gasOf(bytes calldata encoded, Context calldata context) external view returns (uint256) {
        bytes memory copied = encoded;
        uint256 before = gasleft();
        EntryTransaction.fromBytes(copied, context);
        return before - gasleft();
    }
}
