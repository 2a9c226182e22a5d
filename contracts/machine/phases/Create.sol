// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {ContractAddress} from "../ContractAddress.sol";
import {Cursor, Message} from "../Cursor.sol";
import {FrameKind} from "../FrameKind.sol";
import {Gas} from "../Gas.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Substate} from "../Substate.sol";
import {openView} from "../View.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";
import {Resolve} from "./Resolve.sol";

/// @dev Phase CREATE: the address and the gas of a creation. Twin: src/machine/phases/create.ts.
library Create {
    /// @dev Checks depth, balance and nonce, takes the gas, bumps the nonce and makes the address.
    function runCreate(Machine memory machine, Witness memory witness) internal pure {
        machine.openFrame(witness);
        Message memory message = Cursor.openMessage(machine.cursor, witness);
        machine.openWorld(witness);

        if (message.depth > Gas.MAX_DEPTH) {
            Resolve.failCall(machine);
            return;
        }
        AccountOpening memory creator = WorldState.open(machine, message.caller, witness);
        uint64 nonce = creator.account.nonce;
        if (creator.account.balance < message.value || nonce == Gas.MAX_NONCE) {
            Resolve.failCall(machine);
            return;
        }

        message.gas = Gas.allButOne64th(machine.frame.gas);
        machine.frame.gas -= uint64(message.gas);

        message.self = addressOf(message, nonce, witness);
        message.codeAddress = message.self;
        creator.account.nonce = nonce + 1;
        WorldState.write(machine, creator, creator.account, witness);
        Substate.touchAddress(machine, message.self, witness);

        machine.phase = Phase.INITIATE;
        machine.cursor = message.hash();
    }

    function addressOf(
        Message memory message,
        uint64 nonce,
        Witness memory witness
    ) private pure returns (address) {
        if (message.kind == FrameKind.CREATE) {
            return ContractAddress.byNonce(message.caller, nonce);
        }
        bytes memory initCode = openView(message.input, witness).loadAll(witness);
        return ContractAddress.bySalt(message.caller, message.salt, keccak256(initCode));
    }
}
