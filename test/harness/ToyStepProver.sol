// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepProver} from "../../contracts/machine/IStepProver.sol";
import {BlockDone} from "../../contracts/protocol/BlockDone.sol";

/// @notice A machine whose blocks hash a value STEPS times; enough to fight disputes over. Twin: test/dispute/toyTrace.ts.
contract ToyStepProver is IStepProver {
    bytes32 private constant TAG_TOY = keccak256("tribunal.toy");

    uint64 public immutable STEPS;

    struct Toy {
        uint64 number;
        uint64 position;
        bytes32 value;
    }

    error WrongWitness(bytes32 expected, bytes32 actual);

    constructor(uint64 steps) {
        STEPS = steps;
    }

    /// @inheritdoc IStepProver
    function step(
        uint64 endBlock,
        uint256 index,
        bytes32 state,
        bytes calldata witness
    ) external view returns (bytes32) {
        if (witness.length == 224) {
            BlockDone memory done = abi.decode(witness, (BlockDone));
            require(done.hash() == state, WrongWitness(state, done.hash()));
            if (index != 0 || done.number >= endBlock) return state;
            return hashToy(Toy(done.number + 1, 1, mix(done.outputRoot, done.number + 1)));
        }

        Toy memory toy = abi.decode(witness, (Toy));
        require(hashToy(toy) == state, WrongWitness(state, hashToy(toy)));
        if (toy.position < STEPS)
            return hashToy(Toy(toy.number, toy.position + 1, mix(toy.value, toy.position)));
        return BlockDone(toy.number, toy.value, mix(toy.value, 0), 0, toy.number, 0, 0).hash();
    }

    function hashToy(Toy memory toy) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_TOY, toy.number, toy.position, toy.value));
    }

    function mix(bytes32 value, uint64 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_TOY, value, salt));
    }
}
