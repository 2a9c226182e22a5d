// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness, WitnessReader} from "../../merkle/Witness.sol";
import {BlockDone} from "../../protocol/BlockDone.sol";
import {Context} from "../Context.sol";
import {Family} from "../Family.sol";
import {Halt} from "../Halt.sol";
import {IFamilyProver} from "../IFamilyProver.sol";
import {Machine, openMachine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Step} from "../Step.sol";
import {Begin} from "../phases/Begin.sol";
import {Destroy} from "../phases/Destroy.sol";
import {End} from "../phases/End.sol";
import {Finish} from "../phases/Finish.sol";
import {Receipt} from "../phases/Receipt.sol";
import {System} from "../phases/System.sol";

/// @notice Proves how a block begins and ends, and how each of its transactions does.
contract BlockProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256 index,
        bytes32 state,
        bytes calldata data
    ) external view returns (bytes32) {
        Witness memory witness = WitnessReader.open(data);
        uint8 family = witness.readUint8();
        require(family == Family.BLOCK, Step.WrongFamily(family, 0, 0));

        (bool isDone, BlockDone memory done) = _readDone(state, witness);
        if (!isDone) return _stepInside(openMachine(context, state, witness), witness);
        if (index > 0 || done.number >= context.endBlock) {
            // Nothing is left to do in this block, or in this claim.
            witness.finish();
            return state;
        }
        Machine memory machine = Begin.runBegin(context, done, witness);
        return Step.close(machine, Halt.None, witness);
    }

    /// @dev Whether the state is one between blocks; if it is not, the witness is as it was.
    function _readDone(
        bytes32 state,
        Witness memory witness
    ) private pure returns (bool isDone, BlockDone memory done) {
        uint256 position = witness.position;
        done.number = witness.readUint64();
        done.outputRoot = witness.readBytes32();
        done.headerHash = witness.readBytes32();
        done.ringRoot = witness.readBytes32();
        done.batch = witness.readUint64();
        done.byteOffset = witness.readUint64();
        done.deposits = witness.readUint64();
        isDone = done.hash() == state;
        if (!isDone) witness.position = position;
    }

    function _stepInside(
        Machine memory machine,
        Witness memory witness
    ) private pure returns (bytes32) {
        if (machine.phase == Phase.END) {
            BlockDone memory done = End.runEnd(machine, witness);
            witness.finish();
            return done.hash();
        }
        if (machine.phase == Phase.SYSTEM) System.runSystem(machine, witness);
        else if (machine.phase == Phase.FINISH) Finish.runFinish(machine, witness);
        else if (machine.phase == Phase.DESTROY) Destroy.runDestroy(machine, witness);
        else if (machine.phase == Phase.RECEIPT) Receipt.runReceipt(machine, witness);
        else revert Step.WrongFamily(Family.BLOCK, machine.phase, 0);
        return Step.close(machine, Halt.None, witness);
    }
}
