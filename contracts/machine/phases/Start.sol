// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {ContractAddress} from "../ContractAddress.sol";
import {Cursor, Message, Outcome} from "../Cursor.sol";
import {FrameKind} from "../FrameKind.sol";
import {Gas} from "../Gas.sol";
import {IntrinsicGas} from "../IntrinsicGas.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Substate} from "../Substate.sol";
import {DEPOSIT, Transaction} from "../TransactionContext.sol";
import {View, emptyView} from "../View.sol";
import {WorldState} from "../WorldState.sol";

/// @dev Phase START: the message of a transaction. Twin: src/machine/phases/start.ts.
library Start {
    /// @dev Takes the intrinsic gas and makes the top-level message; a deposit that cannot pay ends here.
    function runStart(Machine memory machine, Witness memory witness) internal pure {
        machine.openTransaction(witness);
        Transaction memory transaction = machine.transaction;
        bool isDeposit = transaction.kind == DEPOSIT;
        bool isCreation = transaction.isCreation == 1;
        if (isDeposit || isCreation) machine.openWorld(witness);

        if (isDeposit && !canRun(machine, witness)) {
            machine.phase = Phase.FINISH;
            machine.cursor = Outcome({
                status: Cursor.STATUS_HALT,
                output: emptyView().hash(),
                gas: 0
            }).hash();
            return;
        }
        Message memory message = messageOf(transaction);
        if (isCreation) {
            message.kind = FrameKind.CREATE;
            message.self = ContractAddress.byNonce(transaction.sender, transaction.nonce);
            Substate.touchAddress(machine, message.self, witness);
        } else {
            message.kind = FrameKind.CALL;
            message.self = transaction.to;
        }
        message.codeAddress = message.self;
        machine.phase = isCreation ? Phase.INITIATE : Phase.RESOLVE;
        machine.cursor = message.hash();
    }

    /// @dev Whoever deposits pays on L1, so that what comes in is not refused but may fail.
    function canRun(Machine memory machine, Witness memory witness) private pure returns (bool) {
        Transaction memory transaction = machine.transaction;
        uint256 balance = WorldState.open(machine, transaction.sender, witness).account.balance;
        return
            balance >= transaction.value &&
            transaction.gasLimit >= IntrinsicGas.least(transaction, machine.context.fork);
    }

    /// @dev The message at depth 0, whose gas limit was found to cover the intrinsic gas.
    function messageOf(
        Transaction memory transaction
    ) private pure returns (Message memory message) {
        message.caller = transaction.sender;
        message.value = transaction.value;
        message.gas = transaction.gasLimit - IntrinsicGas.intrinsic(transaction);
        message.input = dataOf(transaction).hash();
    }

    function dataOf(Transaction memory transaction) private pure returns (View memory) {
        if (transaction.dataSize == 0) return emptyView();
        return
            View({
                root: transaction.dataRoot,
                // An entry has at most 65,536 bytes, a deposit at most 2^24.
                words: uint32(Gas.wordsFor(transaction.dataSize)),
                offset: 0,
                size: transaction.dataSize
            });
    }
}
