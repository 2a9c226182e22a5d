// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../../merkle/MerkleTree.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Limits} from "../../protocol/Limits.sol";
import {Cursor, Outcome} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {checkPreimage} from "../Preimage.sol";

/// @dev RECEIPT: the transaction's place in its block. Twin: src/machine/phases/receipt.ts.
library Receipt {
    bytes32 private constant TAG_RECEIPT = keccak256("tribunal.receipt");

    /// @dev Appends the transaction and its receipt to the block.
    function runReceipt(Machine memory machine, Witness memory witness) internal pure {
        Outcome memory outcome = Cursor.openOutcome(machine.cursor, witness);
        machine.openTransaction(witness);
        machine.openBlock(witness);
        machine.openWorld(witness);

        uint64 gasUsed = machine.block.gasUsed + outcome.gas;
        bytes32 receipt = keccak256(
            abi.encode(
                TAG_RECEIPT,
                machine.transaction.kind,
                outcome.status == Cursor.STATUS_SUCCESS,
                gasUsed,
                machine.world.logs
            )
        );
        uint256 index = machine.block.transactions;
        machine.block.gasUsed = gasUsed;
        machine.block.transactions++;
        machine.block.transactionsRoot = append(
            machine.block.transactionsRoot,
            index,
            machine.transaction.hash,
            witness
        );
        machine.block.receiptsRoot = append(machine.block.receiptsRoot, index, receipt, witness);
        machine.phase = Phase.ENTRY;
        machine.cursor = 0;
        machine.transactionOpened = false;
        machine.transactionHash = 0;
    }

    /// @dev The root of a tree of entries with a leaf where none was.
    function append(
        bytes32 root,
        uint256 index,
        bytes32 leaf,
        Witness memory witness
    ) private pure returns (bytes32) {
        uint256 height = Limits.ENTRY_TREE_HEIGHT;
        bytes32[] memory leaves = new bytes32[](1);
        bytes32[] memory siblings = witness.readWords(MerkleTree.siblingCount(index, 1, height));
        checkPreimage(root, MerkleTree.rangeRoot(leaves, index, height, siblings));
        leaves[0] = leaf;
        return MerkleTree.rangeRoot(leaves, index, height, siblings);
    }
}
