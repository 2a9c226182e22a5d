// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../../inbox/IInbox.sol";
import {MerkleTree} from "../../merkle/MerkleTree.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Batch} from "../../protocol/Batch.sol";
import {Deposit} from "../../protocol/Deposit.sol";
import {Limits} from "../../protocol/Limits.sol";
import {BatchFields} from "../BatchFields.sol";
import {Block} from "../BlockContext.sol";
import {BodyRange} from "../BodyRange.sol";
import {EntryTransaction} from "../EntryTransaction.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {checkPreimage} from "../Preimage.sol";
import {Transaction} from "../TransactionContext.sol";

/// @dev The next thing that a block takes: a deposit, an entry of its body, or nothing more. Any bytes have a
/// meaning here; what is no transaction is passed over. Twin: src/machine/phases/entry.ts.
library Entry {
    uint64 private constant ENTRY_HEAD_BYTES = 3;

    /// @dev The batch did not consume the deposit.
    error DepositNotInBatch(uint64 index, uint64 from, uint64 to);

    /// @dev Takes the next deposit or entry, or ends the block.
    function runEntry(Machine memory machine, Witness memory witness) internal view {
        machine.openBlock(witness);
        Block memory block_ = machine.block;
        if (block_.entries >= Limits.MAX_ENTRIES) machine.phase = Phase.END;
        else if (block_.deposits < block_.depositsEnd) takeDeposit(machine, block_, witness);
        else takeEntry(machine, block_, witness);
    }

    function takeDeposit(
        Machine memory machine,
        Block memory block_,
        Witness memory witness
    ) private view {
        IInbox inbox = IInbox(machine.context.inbox);
        (Deposit memory deposit, bytes memory data) = openDeposit(inbox, block_.deposits, witness);

        if (deposit.gasLimit > block_.gasLimit - block_.gasUsed) {
            block_.depositsEnd = block_.deposits;
            return;
        }
        block_.deposits++;
        block_.entries++;
        admit(machine, EntryTransaction.fromDeposit(deposit, inbox.portal(), data));
    }

    function takeEntry(
        Machine memory machine,
        Block memory block_,
        Witness memory witness
    ) private view {
        uint64 head = block_.byteOffset;
        uint64 start = head + ENTRY_HEAD_BYTES;
        if (start > block_.blockEnd) {
            machine.phase = Phase.END;
            return;
        }

        bytes32 root = block_.bodyRoot;
        uint64 size = uint24(bytes3(BodyRange.read(root, head, ENTRY_HEAD_BYTES, witness)));
        uint64 next = start + size;
        if (next > block_.blockEnd) {
            machine.phase = Phase.END;
            return;
        }

        block_.byteOffset = next;
        block_.entries++;
        if (size > Limits.MAX_TRANSACTION_BYTES) return;
        (bool isValid, Transaction memory transaction) = EntryTransaction.fromBytes(
            BodyRange.read(root, start, size, witness),
            machine.context
        );
        if (isValid) admit(machine, transaction);
    }

    function admit(Machine memory machine, Transaction memory transaction) private pure {
        machine.transaction = transaction;
        machine.transactionOpened = true;
        machine.phase = Phase.ADMIT;
    }

    /// @dev Reads a deposit, against the batch that consumed it, and the data behind its hash.
    function openDeposit(
        IInbox inbox,
        uint64 index,
        Witness memory witness
    ) private view returns (Deposit memory deposit, bytes memory data) {
        Batch memory batch = BatchFields.open(inbox, witness.readUint64(), witness);
        bool isConsumed = batch.depositsFrom <= index && index < batch.depositsTo;
        require(isConsumed, DepositNotInBatch(index, batch.depositsFrom, batch.depositsTo));

        deposit.index = index;
        deposit.l1Block = witness.readUint64();
        deposit.l1Time = witness.readUint64();
        deposit.from = witness.readAddress();
        deposit.isCreation = witness.readUint8() != 0;
        deposit.to = witness.readAddress();
        deposit.mint = witness.readUint256();
        deposit.value = witness.readUint256();
        deposit.gasLimit = witness.readUint64();
        data = witness.readBytes();
        deposit.dataHash = keccak256(data);
        checkDeposit(batch, deposit, witness);
    }

    function checkDeposit(
        Batch memory batch,
        Deposit memory deposit,
        Witness memory witness
    ) private pure {
        uint256 position = deposit.index - batch.depositsFrom;
        uint256 height = MerkleTree.heightFor(batch.depositsTo - batch.depositsFrom);
        bytes32[] memory leaves = new bytes32[](1);
        leaves[0] = deposit.hash();
        bytes32[] memory siblings = witness.readWords(MerkleTree.siblingCount(position, 1, height));
        checkPreimage(batch.depositsRoot, MerkleTree.rangeRoot(leaves, position, height, siblings));
    }
}
