// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {DEPOSIT_TRANSACTION_TYPE} from "../../protocol/Deposit.sol";
import {Cursor, Outcome} from "../Cursor.sol";
import {Fork} from "../Fork.sol";
import {Gas} from "../Gas.sol";
import {IntrinsicGas} from "../IntrinsicGas.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";

/// @dev FINISH: what a transaction used, and who gets paid. Twin: src/machine/phases/finish.ts.
library Finish {
    /// @dev Settles the gas with sender and coinbase.
    function runFinish(Machine memory machine, Witness memory witness) internal pure {
        Outcome memory outcome = Cursor.openOutcome(machine.cursor, witness);
        machine.openTransaction(witness);
        machine.openBlock(witness);
        machine.openWorld(witness);

        uint64 used = gasUsed(machine, outcome.gas);
        if (machine.transaction.kind != DEPOSIT_TRANSACTION_TYPE) {
            uint256 gasPrice = machine.transaction.gasPrice;
            uint256 left = machine.transaction.gasLimit - used;
            pay(machine, machine.transaction.sender, left * gasPrice, witness);
            uint256 tip = used * (gasPrice - machine.block.baseFee);
            pay(machine, machine.block.coinbase, tip, witness);
        }
        outcome.gas = used;
        machine.cursor = outcome.hash();
        machine.phase = machine.world.destroyed == 0 ? Phase.RECEIPT : Phase.DESTROY;
    }

    function gasUsed(Machine memory machine, uint64 left) private pure returns (uint64) {
        uint256 spent = machine.transaction.gasLimit - left;
        uint256 limit = spent / Gas.REFUND_QUOTIENT;
        uint256 used = spent - Math.min(machine.world.refund, limit);
        if (machine.context.fork >= Fork.PRAGUE) {
            used = Math.max(used, IntrinsicGas.floor(machine.transaction));
        }
        return uint64(used);
    }

    function pay(
        Machine memory machine,
        address to,
        uint256 amount,
        Witness memory witness
    ) private pure {
        AccountOpening memory opening = WorldState.open(machine, to, witness);
        opening.account.balance += amount;
        WorldState.write(machine, opening, opening.account, witness);
    }
}
