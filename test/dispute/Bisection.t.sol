// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bisection} from "../../contracts/dispute/Bisection.sol";

/// @notice The assembly of Bisection beside the Solidity that it stands for.
contract BisectionTest {
    function testInnerHashIsThatOfATagAndTwoWords(
        bytes32 left,
        bytes32 right,
        bytes calldata before
    ) external pure {
        // What is in memory already, and beyond its end, makes no difference.
        bytes memory kept = before;
        bytes32 plain = keccak256(abi.encodePacked(uint8(0x01), left, right));
        assert(Bisection.innerHash(left, right) == plain);
        assert(keccak256(kept) == keccak256(before));
    }
}
