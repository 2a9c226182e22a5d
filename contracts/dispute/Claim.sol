// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {BlockDone} from "../protocol/BlockDone.sol";
import {Cohort} from "./Clock.sol";

/// @notice What never changes about a claim: the immutable arguments of its game address.
struct Claim {
    // The id of its root node, which hashes the parent's id and the tree.
    bytes32 id;
    // The state after its last block.
    bytes32 endState;
    // The output root of that state.
    bytes32 rootClaim;
    address proposer;
    uint64 endBlock;
    // Position in the order of proposals; the genesis claim is its own parent.
    uint32 index;
    uint32 parentIndex;
}

/// @notice Where a claim stands, in the numbers that OP's tools know.
enum Status {
    InProgress,
    Lost,
    Confirmed
}

/// @dev A claim costs no storage: its fields are code, and its address follows from its index.
library ClaimCode {
    uint256 internal constant ARGUMENT_BYTES = 132;
    // EIP-1167's 45 bytes before the arguments.
    uint256 internal constant CODE_BYTES = 45 + ARGUMENT_BYTES;
    // A contract's first CREATE has nonce 1, and that one makes the implementation.
    uint256 private constant FIRST_NONCE = 2;

    event Proposed(
        bytes32 indexed parent,
        bytes32 indexed claim,
        address indexed game,
        bytes32 root,
        BlockDone endState,
        address proposer
    );
    event Confirmed(
        bytes32 indexed parent,
        bytes32 indexed claim,
        address indexed game,
        uint64 baseFee
    );

    error SiblingConfirmed(bytes32 parent);
    error EmptyRange(uint64 parentEnd, uint64 endBlock);
    error RangeTooLong(uint64 limit, uint64 endBlock);
    error WrongEndBlock(uint64 expected, uint64 actual);

    /// @dev Reverts unless a claim on the parent may end at this block. The first child decides for its siblings.
    function checkRange(
        Claim memory parent,
        Cohort memory children,
        uint64 endBlock,
        uint8 blockHeight
    ) internal pure {
        require(children.confirmedAt == 0, SiblingConfirmed(parent.id));
        if (children.count > 0) {
            require(endBlock == children.endBlock, WrongEndBlock(children.endBlock, endBlock));
            return;
        }
        require(endBlock > parent.endBlock, EmptyRange(parent.endBlock, endBlock));
        uint64 limit = parent.endBlock + (uint64(1) << blockHeight);
        require(endBlock <= limit, RangeTooLong(limit, endBlock));
    }

    /// @dev Creates the game address of a claim; the caller must create nothing else after its implementation.
    function create(address implementation, Claim memory claim) internal returns (address) {
        return
            Clones.cloneWithImmutableArgs(
                implementation,
                abi.encodePacked(
                    claim.id,
                    claim.endState,
                    claim.rootClaim,
                    claim.proposer,
                    claim.endBlock,
                    claim.index,
                    claim.parentIndex
                )
            );
    }

    /// @dev Reads the claim at an address that `create` returned.
    function read(address game) internal view returns (Claim memory claim) {
        // As ABI words: what is missing behind the last four bytes is zero.
        bytes memory words = bytes.concat(Clones.fetchCloneArgs(game), bytes28(0));
        uint256 packed;
        bytes4 parentIndex;
        (claim.id, claim.endState, claim.rootClaim, packed, parentIndex) = abi.decode(
            words,
            (bytes32, bytes32, bytes32, uint256, bytes4)
        );
        claim.proposer = address(uint160(packed >> 96));
        claim.endBlock = uint64(packed >> 32);
        claim.index = uint32(packed);
        claim.parentIndex = uint32(parentIndex);
    }

    /// @dev The game address of the claim with this index: that of the creator's CREATE with nonce index + 2.
    function gameAt(address creator, uint256 index) internal pure returns (address) {
        bytes memory nonce = RLP.encode(index + FIRST_NONCE);
        bytes32 digest = keccak256(
            abi.encodePacked(uint8(0xc0 + 21 + nonce.length), uint8(0x94), creator, nonce)
        );
        return address(uint160(uint256(digest)));
    }
}
