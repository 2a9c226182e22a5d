// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Limits} from "../../protocol/Limits.sol";
import {Account, EMPTY_CODE_HASH} from "../Account.sol";
import {Block} from "../BlockContext.sol";
import {Code} from "../Code.sol";
import {Fork} from "../Fork.sol";
import {Gas} from "../Gas.sol";
import {IntrinsicGas} from "../IntrinsicGas.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Substate} from "../Substate.sol";
import {DEPOSIT, Transaction} from "../TransactionContext.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";

/// @dev Phase ADMIT: whether a transaction may run in this state, and what it costs its sender in advance.
/// Twin: src/machine/phases/admit.ts.
library Admit {
    // EIP-4844, EIP-7691 and EIP-7594: how many blobs a transaction may carry.
    uint256 internal constant MAX_BLOBS_CANCUN = 6;
    uint256 internal constant MAX_BLOBS_PRAGUE = 9;
    uint256 internal constant MAX_BLOBS_OSAKA = 6;

    /// @dev Admits the transaction and buys its gas, or passes it over without a trace.
    function runAdmit(Machine memory machine, Witness memory witness) internal pure {
        machine.openTransaction(witness);
        machine.openBlock(witness);
        machine.openWorld(witness);
        Transaction memory transaction = machine.transaction;
        AccountOpening memory sender = WorldState.open(machine, transaction.sender, witness);

        if (transaction.kind == DEPOSIT) {
            transaction.nonce = sender.account.nonce;
            sender.account.balance += transaction.mint;
            admit(machine, sender, witness);
            return;
        }
        if (refuses(machine, sender.account, witness)) {
            machine.phase = Phase.ENTRY;
            machine.dropTransaction();
            return;
        }
        transaction.gasPrice = effectiveGasPrice(transaction, machine.block.baseFee);
        // At most the largest cost, which the sender has.
        sender.account.balance -=
            transaction.gasLimit * transaction.gasPrice +
            blobGas(transaction) * machine.block.blobBaseFee;
        admit(machine, sender, witness);
    }

    /// @dev What a unit of gas costs the sender (EIP-1559), who accepts the base fee.
    function effectiveGasPrice(
        Transaction memory transaction,
        uint256 baseFee
    ) internal pure returns (uint256) {
        uint256 tip = Math.min(
            transaction.maxPriorityFeePerGas,
            transaction.maxFeePerGas - baseFee
        );
        return baseFee + tip;
    }

    /// @dev The phase that takes the next item of a transaction's lists, or starts it.
    function phaseAfter(Transaction memory transaction) internal pure returns (uint8) {
        if (transaction.accessList != 0) return Phase.ACCESS;
        if (transaction.authorizations != 0) return Phase.AUTHORIZE;
        return Phase.START;
    }

    /// @dev Writes the sender, whose balance has been changed.
    function admit(
        Machine memory machine,
        AccountOpening memory sender,
        Witness memory witness
    ) private pure {
        Transaction memory transaction = machine.transaction;
        machine.world.reset();
        sender.account.nonce += 1;
        WorldState.write(machine, sender, sender.account, witness);
        Substate.touchAddress(machine, transaction.sender, witness);
        if (transaction.isCreation == 0) Substate.touchAddress(machine, transaction.to, witness);
        Substate.touchAddress(machine, machine.block.coinbase, witness); // EIP-3651

        machine.phase = phaseAfter(transaction);
    }

    /// @dev The rules of the skip list that depend on state, block or context.
    function refuses(
        Machine memory machine,
        Account memory account,
        Witness memory witness
    ) private pure returns (bool) {
        Transaction memory transaction = machine.transaction;
        Block memory block_ = machine.block;
        uint8 fork = machine.context.fork;
        if (transaction.nonce != account.nonce || account.nonce == Gas.MAX_NONCE) return true;
        if (!maySend(fork, account.codeHash, witness)) return true;
        if (refusesFees(transaction, block_)) return true;
        if (!canPay(transaction, account.balance)) return true;
        if (transaction.gasLimit < IntrinsicGas.least(transaction, fork)) return true;
        if (transaction.isCreation == 1 && transaction.dataSize > Gas.MAX_INIT_CODE_SIZE)
            return true;
        bool isCapped = fork >= Fork.OSAKA || machine.context.caps;
        if (isCapped && transaction.gasLimit > Limits.TRANSACTION_GAS_CAP) return true;
        if (transaction.gasLimit > block_.gasLimit - block_.gasUsed) return true;
        return transaction.blobCount > maxBlobs(fork);
    }

    /// @dev EIP-3607, and EIP-7702 from Prague on.
    function maySend(
        uint8 fork,
        bytes32 codeHash,
        Witness memory witness
    ) private pure returns (bool isDelegation) {
        if (codeHash == EMPTY_CODE_HASH) return true;
        if (fork < Fork.PRAGUE) return false;
        (isDelegation, ) = Code.delegate(Code.take(codeHash, witness));
    }

    function refusesFees(
        Transaction memory transaction,
        Block memory block_
    ) private pure returns (bool) {
        return
            transaction.maxFeePerGas < block_.baseFee ||
            transaction.maxPriorityFeePerGas > transaction.maxFeePerGas ||
            (transaction.blobCount > 0 && transaction.maxFeePerBlobGas < block_.blobBaseFee);
    }

    /// @dev Whether the balance covers the most that the transaction may cost; nobody has more than 2^256.
    function canPay(Transaction memory transaction, uint256 balance) private pure returns (bool) {
        (bool gasFits, uint256 gasCost) = Math.tryMul(
            transaction.gasLimit,
            transaction.maxFeePerGas
        );
        (bool blobsFit, uint256 blobCost) = Math.tryMul(
            blobGas(transaction),
            transaction.maxFeePerBlobGas
        );
        (bool sumFits, uint256 sum) = Math.tryAdd(gasCost, blobCost);
        (bool costFits, uint256 cost) = Math.tryAdd(sum, transaction.value);
        return gasFits && blobsFit && sumFits && costFits && cost <= balance;
    }

    function blobGas(Transaction memory transaction) private pure returns (uint256) {
        return Gas.BLOB * transaction.blobCount;
    }

    function maxBlobs(uint8 fork) private pure returns (uint256) {
        if (fork >= Fork.OSAKA) return MAX_BLOBS_OSAKA;
        return fork >= Fork.PRAGUE ? MAX_BLOBS_PRAGUE : MAX_BLOBS_CANCUN;
    }
}
