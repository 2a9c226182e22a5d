// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepProver} from "../../contracts/machine/IStepProver.sol";

/// @dev Runs steps for tests: with the gas they take, and under witnesses that were tampered with.
contract StepGauge {
    uint64 private constant END_BLOCK = 1;

    error WrongSuccessor(uint256 position, bytes32 successor);

    /// @dev The successor of a state and the gas that computing it took, calldata aside.
    function measure(
        IStepProver prover,
        bytes32 state,
        bytes calldata witness
    ) external view returns (bytes32 successor, uint256 gas) {
        uint256 before = gasleft();
        successor = prover.step(END_BLOCK, 1, state, witness);
        gas = before - gasleft();
    }

    /// @dev How many witnesses are accepted of those with one byte changed, every `stride` bytes from `from` on. One that
    /// gives another successor reverts.
    function acceptedFlips(
        IStepProver prover,
        bytes32 state,
        bytes32 expected,
        bytes memory witness,
        uint256 from,
        uint256 stride
    ) external view returns (uint256 accepted) {
        for (uint256 i = from; i < witness.length; i += stride) {
            witness[i] ^= 0x01;
            accepted += tryStep(prover, state, expected, witness, i);
            witness[i] ^= 0x01;
        }
    }

    /// @dev How many beginnings of a witness are accepted, of every `stride` bytes from `from` on.
    function acceptedPrefixes(
        IStepProver prover,
        bytes32 state,
        bytes32 expected,
        bytes calldata witness,
        uint256 from,
        uint256 stride
    ) external view returns (uint256 accepted) {
        for (uint256 i = from; i < witness.length; i += stride) {
            accepted += tryStep(prover, state, expected, witness[:i], i);
        }
    }

    function tryStep(
        IStepProver prover,
        bytes32 state,
        bytes32 expected,
        bytes memory witness,
        uint256 position
    ) private view returns (uint256) {
        try prover.step(END_BLOCK, 1, state, witness) returns (bytes32 successor) {
            require(successor == expected, WrongSuccessor(position, successor));
            return 1;
        } catch {
            return 0;
        }
    }
}
