// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What a step asks of an inbox, as a test says it is.
contract InboxStub {
    address public immutable portal;
    mapping(uint256 batch => bytes32 hash) public accumulator;
    mapping(uint256 batch => uint64 lastBlock) public blockCount;

    constructor(address portal_) {
        portal = portal_;
    }

    function setBatch(uint256 batch, bytes32 hash, uint64 lastBlock) external {
        accumulator[batch] = hash;
        blockCount[batch] = lastBlock;
    }
}
