// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Context} from "../../contracts/machine/Context.sol";
import {EntryTransaction} from "../../contracts/machine/EntryTransaction.sol";
import {Transaction, commitTransaction} from "../../contracts/machine/TransactionContext.sol";
import {TransactionSignature} from "../../contracts/machine/TransactionSignature.sol";
import {Deposit} from "../../contracts/protocol/Deposit.sol";

/// @dev The decoder of transactions behind external functions.
contract EntryTransactionHarness {
    function fromBytes(
        bytes calldata encoded,
        Context calldata context
    ) external view returns (bool isValid, bytes32 commitment) {
        Transaction memory transaction;
        (isValid, transaction) = EntryTransaction.fromBytes(encoded, context);
        if (isValid) commitment = commitTransaction(transaction);
    }

    function fromDeposit(
        Deposit calldata deposit,
        address portal,
        bytes calldata data
    ) external pure returns (bytes32) {
        return commitTransaction(EntryTransaction.fromDeposit(deposit, portal, data));
    }

    /// @dev The gas that decoding takes, apart from bringing the bytes into memory.
    function gasOf(
        bytes calldata encoded,
        Context calldata context
    ) external view returns (uint256) {
        bytes memory copied = encoded;
        uint256 before = gasleft();
        EntryTransaction.fromBytes(copied, context);
        return before - gasleft();
    }

    /// @dev Recovers the signer of nothing, with as much gas as the caller gives.
    function recover(uint8 kind) external view returns (address) {
        TransactionSignature.Signature memory signature;
        return TransactionSignature.recover(signature, kind, "");
    }
}
