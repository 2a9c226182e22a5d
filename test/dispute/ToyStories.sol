// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockDone} from "../../contracts/protocol/BlockDone.sol";
import {Bisection, Position, PreState} from "../../contracts/dispute/Bisection.sol";

/// @notice Two blocks of two steps as one party tells them.
struct Story {
    // The claim's parent, and the states between the blocks.
    bytes32 parent;
    BlockDone start;
    BlockDone[2] ends;
    // The value after each block's first step.
    bytes32[2] values;
}

/// @notice A state inside a block of the toy machine.
struct Toy {
    uint64 number;
    uint64 steps;
    bytes32 value;
}

/// @dev Stories about the toy machine with blocks of two steps, and their nodes. Twin of the machine: ToyStepProver.sol.
library ToyStories {
    bytes32 private constant TAG_TOY = keccak256("tribunal.toy");

    /// @dev The story that is false from one step of one block on; no salt is no lie.
    function tell(
        bytes32 parent,
        BlockDone memory start,
        uint256 falseBlock,
        uint256 falseStep,
        uint256 salt
    ) internal pure returns (Story memory story) {
        story.parent = parent;
        story.start = start;
        BlockDone memory before = start;
        for (uint256 i = 0; i < 2; i++) {
            uint64 number = start.number + uint64(i) + 1;
            bytes32 value = mix(before.outputRoot, number);
            if (i == falseBlock && falseStep == 0) value = bytes32(uint256(value) ^ salt);
            bytes32 output = value;
            if (i == falseBlock && falseStep == 1) output = bytes32(uint256(value) ^ salt);
            story.values[i] = value;
            before = BlockDone(number, output, mix(value, 0), 0, number, 0, 0);
            story.ends[i] = before;
        }
    }

    /// @dev The root over the two blocks' last states.
    function root(Story memory story) internal pure returns (bytes32) {
        return Bisection.innerHash(leaf(story, 0), leaf(story, 1));
    }

    /// @dev The level-0 leaf of a block, which is also the last leaf of its steps.
    function leaf(Story memory story, uint256 index) internal pure returns (bytes32) {
        return Bisection.leafHash(story.ends[index].hash());
    }

    /// @dev The level-1 leaf of a step.
    function stepLeaf(
        Story memory story,
        uint256 index,
        uint256 step
    ) internal pure returns (bytes32) {
        return step == 1 ? leaf(story, index) : Bisection.leafHash(hashToy(toy(story, index)));
    }

    /// @dev The root over the steps of a block.
    function stepsRoot(Story memory story, uint256 index) internal pure returns (bytes32) {
        return Bisection.innerHash(stepLeaf(story, index, 0), stepLeaf(story, index, 1));
    }

    /// @dev Where a block's leaf stands.
    function position(Story memory story, uint256 index) internal pure returns (Position memory) {
        Position memory top = Bisection.root(0, 1, story.parent);
        return index == 0 ? Bisection.leftChild(top) : Bisection.rightChild(top, leaf(story, 0));
    }

    /// @dev Where the steps of a block stand.
    function stepsPosition(
        Story memory story,
        uint256 index
    ) internal pure returns (Position memory) {
        bytes32 cohort = Bisection.cohortId(position(story, index));
        return Bisection.root(1, 1, Bisection.originOf(cohort, startState(story, index)));
    }

    /// @dev Where a step's leaf stands.
    function stepPosition(
        Story memory story,
        uint256 index,
        uint256 step
    ) internal pure returns (Position memory) {
        Position memory top = stepsPosition(story, index);
        return
            step == 0
                ? Bisection.leftChild(top)
                : Bisection.rightChild(top, stepLeaf(story, index, 0));
    }

    /// @dev The state before a block.
    function startState(Story memory story, uint256 index) internal pure returns (bytes32) {
        return (index == 0 ? story.start : story.ends[0]).hash();
    }

    /// @dev The state before a step, and what opens it.
    function preState(
        Story memory story,
        uint256 index,
        uint256 step
    ) internal pure returns (PreState memory pre, bytes memory witness) {
        pre.spine = new bytes32[](0);
        if (step == 0) {
            pre.state = startState(story, index);
            witness = abi.encode(index == 0 ? story.start : story.ends[0]);
        } else {
            pre.state = hashToy(toy(story, index));
            witness = abi.encode(toy(story, index));
        }
    }

    /// @dev The node at a position.
    function idOf(Position memory place, bytes32 nodeHash) internal pure returns (bytes32) {
        return Bisection.nodeId(Bisection.cohortId(place), nodeHash);
    }

    function toy(Story memory story, uint256 index) private pure returns (Toy memory) {
        return Toy(story.ends[index].number, 1, story.values[index]);
    }

    function hashToy(Toy memory state) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_TOY, state.number, state.steps, state.value));
    }

    function mix(bytes32 value, uint64 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_TOY, value, salt));
    }
}
