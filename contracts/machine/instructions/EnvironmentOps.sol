// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Account} from "../Account.sol";
import {Code} from "../Code.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {checkPreimage} from "../Preimage.sol";
import {Substate} from "../Substate.sol";
import {openView} from "../View.sol";
import {WorldState} from "../WorldState.sol";

/// @dev What a program can know of its frame, its transaction and the accounts. Twin: src/machine/instructions/environmentOps.ts.
library EnvironmentOps {
    function opAddress(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(uint160(machine.frame.self));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opBalance(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        address target = addressOf(machine.stack.pop());

        machine.openWorld(witness);
        if (!machine.frame.charge(accessCost(machine, target, witness))) return Halt.OutOfGas;

        machine.stack.push(WorldState.open(machine, target, witness).account.balance);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opOrigin(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openTransaction(witness);
        machine.stack.push(uint160(machine.transaction.sender));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCaller(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(uint160(machine.frame.caller));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCallvalue(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(machine.frame.value);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCalldatasize(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(openView(machine.frame.input, witness).size);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCodesize(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(machine.frame.codeSize);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opGasprice(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.openTransaction(witness);
        machine.stack.push(machine.transaction.gasPrice);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opExtcodesize(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        address target = addressOf(machine.stack.pop());

        machine.openWorld(witness);
        if (!machine.frame.charge(accessCost(machine, target, witness))) return Halt.OutOfGas;

        bytes32 codeHash = WorldState.open(machine, target, witness).account.codeHash;
        machine.stack.push(Code.take(codeHash, witness).length);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opReturndatasize(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(openView(machine.frame.returned, witness).size);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opExtcodehash(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        address target = addressOf(machine.stack.pop());

        machine.openWorld(witness);
        if (!machine.frame.charge(accessCost(machine, target, witness))) return Halt.OutOfGas;

        Account memory account = WorldState.open(machine, target, witness).account;
        machine.stack.push(account.isEmpty() ? 0 : uint256(account.codeHash));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSelfbalance(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        machine.openWorld(witness);
        address self = machine.frame.self;
        machine.stack.push(WorldState.open(machine, self, witness).account.balance);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opBlobhash(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 index = machine.stack.pop();

        if (!machine.frame.charge(Gas.BLOBHASH)) return Halt.OutOfGas;

        machine.openTransaction(witness);
        uint256 found = 0;
        if (index < machine.transaction.blobCount) {
            bytes32[] memory hashes = witness.readWords(machine.transaction.blobCount);
            checkPreimage(machine.transaction.blobHashes, keccak256(abi.encodePacked(hashes)));
            found = uint256(hashes[index]);
        }
        machine.stack.push(found);

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev The address in the low 20 bytes of a stack item.
    function addressOf(uint256 item) internal pure returns (address) {
        return address(uint160(item));
    }

    /// @dev The cost of an access to an account, which counts as accessed from then on (EIP-2929).
    function accessCost(
        Machine memory machine,
        address target,
        Witness memory witness
    ) internal pure returns (uint256) {
        bool wasWarm = Substate.touchAddress(machine, target, witness);
        return wasWarm ? Gas.WARM_ACCESS : Gas.COLD_ACCOUNT;
    }
}
