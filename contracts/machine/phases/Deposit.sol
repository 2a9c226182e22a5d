// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Cursor, Outcome} from "../Cursor.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {View, emptyView, openView} from "../View.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";
import {Settle} from "./Settle.sol";

/// @dev Phase DEPOSIT: what a creation leaves becomes the code of its account. Twin: src/machine/phases/deposit.ts.
library Deposit {
    bytes1 private constant RESERVED_PREFIX = 0xef; // EIP-3541

    /// @dev Pays for the code and sets it; what cannot be code halts the creation.
    function runDeposit(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        machine.openFrame(witness);
        Outcome memory outcome = Cursor.openOutcome(machine.cursor, witness);
        machine.openWorld(witness);

        Halt halt = setCode(machine, outcome, witness);
        if (halt != Halt.None) return halt;
        if (machine.frame.parent == 0) {
            Settle.finishTop(machine, outcome);
            return Halt.None;
        }
        address created = machine.frame.self;
        Settle.returnToParent(machine, witness);
        machine.stack.push(uint160(created));
        machine.frame.returned = emptyView().hash();
        return Halt.None;
    }

    function setCode(
        Machine memory machine,
        Outcome memory outcome,
        Witness memory witness
    ) private pure returns (Halt) {
        View memory output = openView(outcome.output, witness);
        if (output.size > Gas.MAX_CODE_SIZE) return Halt.CodeTooLarge;
        if (!machine.frame.charge(Gas.CODE_DEPOSIT_BYTE * output.size)) return Halt.OutOfGas;
        if (output.size == 0) return Halt.None;

        bytes memory code = output.loadAll(witness);
        if (code[0] == RESERVED_PREFIX) return Halt.InvalidCodePrefix;
        AccountOpening memory opening = WorldState.open(machine, machine.frame.self, witness);
        opening.account.codeHash = keccak256(code);
        WorldState.write(machine, opening, opening.account, witness);
        return Halt.None;
    }
}
