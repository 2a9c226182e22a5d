// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../../merkle/MerkleTree.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {checkPreimage} from "../Preimage.sol";

/// @dev What a program can know of its block. Twin: src/machine/instructions/blockOps.ts.
library BlockOps {
    uint256 internal constant RING_HEIGHT = 8;
    uint256 internal constant RING_SIZE = 1 << RING_HEIGHT;

    function opBlockhash(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 number = machine.stack.pop();

        if (!machine.frame.charge(Gas.BLOCKHASH)) return Halt.OutOfGas;

        machine.openBlock(witness);
        uint256 current = machine.block.number;
        bool isKnown = number < current && current - number <= RING_SIZE;
        machine.stack.push(isKnown ? uint256(openRing(machine, number, witness)) : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCoinbase(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(uint160(machine.block.coinbase));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opTimestamp(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(machine.block.timestamp);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opNumber(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(machine.block.number);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opPrevrandao(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(uint256(machine.block.prevRandao));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opGaslimit(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(machine.block.gasLimit);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opChainid(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(machine.context.chainId);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opBasefee(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(machine.block.baseFee);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opBlobbasefee(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openBlock(witness);
        machine.stack.push(machine.block.blobBaseFee);

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev The hash of block `number`, from the ring of the latest ones.
    function openRing(
        Machine memory machine,
        uint256 number,
        Witness memory witness
    ) private pure returns (bytes32) {
        bytes32[] memory leaves = witness.readWords(1);
        bytes32[] memory siblings = witness.readWords(RING_HEIGHT);
        checkPreimage(
            machine.block.ringRoot,
            MerkleTree.rangeRoot(leaves, number % RING_SIZE, RING_HEIGHT, siblings)
        );
        return leaves[0];
    }
}
