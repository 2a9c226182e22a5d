// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieOpening} from "../../merkle/TrieOpening.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Account, EMPTY_CODE_HASH} from "../Account.sol";
import {Cursor, Message} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Substate} from "../Substate.sol";
import {emptyView, openView} from "../View.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";
import {Enter} from "./Enter.sol";

/// @dev Phase INITIATE: the frame of a creation. Twin: src/machine/phases/initiate.ts.
library Initiate {
    /// @dev Checks for a collision, takes the snapshot, makes the account and the frame that runs the initcode.
    function runInitiate(Machine memory machine, Witness memory witness) internal pure {
        Message memory message = Cursor.openMessage(machine.cursor, witness);
        bytes32 snapshot = machine.worldHash;
        machine.openWorld(witness);

        AccountOpening memory opening = WorldState.open(machine, message.self, witness);
        bool isFree = !collides(opening.account);
        if (!isFree) message.gas = 0;
        bytes memory code = isFree ? makeAccount(machine, message, opening, witness) : bytes("");
        machine.enterFrame(Enter.frameOf(machine, message, code, snapshot));
        if (isFree) {
            machine.phase = Phase.EXECUTE;
            machine.cursor = 0;
        } else {
            machine.endFrame(Cursor.STATUS_HALT, emptyView());
        }
    }

    /// @dev EIP-684 and EIP-7610: whatever shows that a contract was or may be there.
    function collides(Account memory account) private pure returns (bool) {
        return
            account.nonce != 0 ||
            account.codeHash != EMPTY_CODE_HASH ||
            account.storageRoot != TrieOpening.EMPTY_ROOT;
    }

    function makeAccount(
        Machine memory machine,
        Message memory message,
        AccountOpening memory opening,
        Witness memory witness
    ) private pure returns (bytes memory) {
        opening.account.nonce = 1;
        opening.account.balance += message.value;
        WorldState.write(machine, opening, opening.account, witness);
        Substate.markCreated(machine, message.self, witness);
        if (message.value > 0) {
            AccountOpening memory sender = WorldState.open(machine, message.caller, witness);
            sender.account.balance -= message.value;
            WorldState.write(machine, sender, sender.account, witness);
        }
        return openView(message.input, witness).loadAll(witness);
    }
}
