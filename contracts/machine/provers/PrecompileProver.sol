// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Context} from "../Context.sol";
import {Family} from "../Family.sol";
import {Halt} from "../Halt.sol";
import {IFamilyProver} from "../IFamilyProver.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {PrecompilePresence} from "../PrecompilePresence.sol";
import {Step} from "../Step.sol";
import {Precompile} from "../phases/Precompile.sol";

/// @notice Proves calls of precompiled contracts by calling L1's own, which it has seen to be there.
contract PrecompileProver is IFamilyProver {
    constructor() {
        PrecompilePresence.present();
    }

    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external view returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.PRECOMPILE,
            context,
            state,
            data
        );
        require(
            machine.phase == Phase.PRECOMPILE,
            Step.WrongFamily(Family.PRECOMPILE, machine.phase, 0)
        );
        Halt halt = Precompile.runPrecompile(machine, witness);
        return Step.close(machine, halt, witness);
    }
}
