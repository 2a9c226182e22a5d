// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepProver} from "../../contracts/machine/IStepProver.sol";

/// @dev Puts many witnesses before a prover, within the gas of one L1 transaction.
contract WitnessTrial {
    /// @dev A step as a dispute would have it judged.
    struct Claim {
        uint64 endBlock;
        uint256 index;
        bytes32 state;
        bytes witness;
    }

    /// @dev What a prover said: a successor, or the selector of an error and the first word behind it.
    struct Answer {
        bool isSuccessor;
        bytes4 selector;
        bytes32 word;
        uint64 gas;
    }

    /// @dev What is left when a prover got all it was to get, for the answer to it.
    uint256 private constant RESERVE = 200_000;

    /// @dev The answers to as many of the claims as the gas allows, each judged with so much gas.
    function judge(
        IStepProver prover,
        Claim[] calldata claims,
        uint256 gasEach
    ) external view returns (Answer[] memory answers) {
        answers = new Answer[](claims.length);
        uint256 judged = 0;
        for (; judged < claims.length; judged++) {
            Claim calldata claim = claims[judged];
            bytes memory call = abi.encodeCall(
                prover.step,
                (claim.endBlock, claim.index, claim.state, claim.witness)
            );
            if (gasleft() < gasEach + gasEach / 32 + RESERVE) break;
            answers[judged] = answer(address(prover), call, gasEach);
        }
        // answers.length = judged, which Solidity does not let us say
        assembly ("memory-safe") {
            mstore(answers, judged)
        }
    }

    function answer(
        address prover,
        bytes memory call,
        uint256 gasEach
    ) private view returns (Answer memory given) {
        uint256 before = gasleft();
        (bool success, bytes memory data) = prover.staticcall{gas: gasEach}(call);
        given.gas = uint64(before - gasleft());
        given.isSuccessor = success && data.length == 32;
        if (given.isSuccessor) given.word = bytes32(data);
        else if (data.length > 3) {
            given.selector = bytes4(data);
            if (data.length > 35) given.word = abi.decode(slice(data), (bytes32));
        }
    }

    /// @dev The first word behind a selector.
    function slice(bytes memory data) private pure returns (bytes memory word) {
        word = new bytes(32);
        for (uint256 i = 0; i < 32; i++) word[i] = data[i + 4];
    }
}
