// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claim, ClaimCode, Status} from "./Claim.sol";

interface IClaimStatus {
    function claimTimes(
        bytes32 claim
    ) external view returns (Status status, uint64 createdAt, uint64 resolvedAt);

    function TIMEOUT() external view returns (uint40);
}

/// @notice One claim, at an address of its own, as OP-stack tools read a dispute game.
/// @dev Every claim's game is a minimal clone of this contract; what never changes is in the clone's code.
contract ClaimGame {
    uint32 private constant GAME_TYPE = 0x54524942; // "TRIB"

    IClaimStatus private immutable GAME;

    constructor() {
        GAME = IClaimStatus(msg.sender);
    }

    /// @notice The claim's id in the dispute game.
    function claim() external view returns (Claim memory) {
        return ClaimCode.read(address(this));
    }

    /// @notice None of the game types that OP-stack tools treat specially.
    function gameType() external pure returns (uint32) {
        return GAME_TYPE;
    }

    /// @notice The number of the last block of the claim.
    function l2SequenceNumber() external view returns (uint256) {
        return ClaimCode.read(address(this)).endBlock;
    }

    /// @notice The output root of the claim's last block.
    function rootClaim() external view returns (bytes32) {
        return ClaimCode.read(address(this)).rootClaim;
    }

    /// @notice The claim's last block, as OP's factory encodes it.
    function extraData() external view returns (bytes memory) {
        return abi.encode(uint256(ClaimCode.read(address(this)).endBlock));
    }

    /// @notice 0 in progress, 1 lost, 2 confirmed.
    function status() external view returns (Status result) {
        (result, , ) = GAME.claimTimes(ClaimCode.read(address(this)).id);
    }

    /// @notice When the claim was proposed.
    function createdAt() external view returns (uint64 time) {
        (, time, ) = GAME.claimTimes(ClaimCode.read(address(this)).id);
    }

    /// @notice When the claim was confirmed or lost; zero until then.
    function resolvedAt() external view returns (uint64 time) {
        (, , time) = GAME.claimTimes(ClaimCode.read(address(this)).id);
    }

    /// @notice How long an unrivaled claim waits.
    function maxClockDuration() external view returns (uint64) {
        return GAME.TIMEOUT();
    }
}
