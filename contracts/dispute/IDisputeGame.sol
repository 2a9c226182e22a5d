// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockDone} from "../protocol/BlockDone.sol";
import {Position, PreState} from "./Bisection.sol";
import {Opening} from "./DisputeTree.sol";

/// @notice Where a claim stands, in the numbers that OP's tools know.
enum Status {
    InProgress,
    Lost,
    Confirmed
}

/// @notice Claims about the L2's state, and the disputes that decide between rival claims.
/// @dev Moves are addressed by content and carry no identity: whoever makes a move, it helps the same side. A repeated
/// move without a bond changes nothing; with a bond it reverts. Nobody owns, pauses or upgrades this contract.
interface IDisputeGame {
    error WrongBond(uint256 expected, uint256 actual);
    error ClaimMissing(bytes32 claim);
    error ParentNotConfirmed(bytes32 parent);
    error BlockNotPosted(uint64 posted, uint64 endBlock);
    error WrongAccumulator(uint256 batch, bytes32 expected, bytes32 actual);
    error WrongSuccessor(bytes32 expected, bytes32 actual);
    error NothingToWithdraw(address account);
    error TransferFailed(address to, uint256 amount);

    event Proposed(
        bytes32 indexed parent,
        bytes32 indexed claim,
        address indexed game,
        bytes32 root,
        BlockDone endState,
        address proposer
    );
    event Bisected(
        bytes32 indexed node,
        Position position,
        bytes32 left,
        bytes32 right,
        address mover
    );
    event Refined(
        bytes32 indexed node,
        Position leaf,
        bytes32 leafHash,
        bytes32 startState,
        bytes32 root,
        address mover
    );
    event Proven(bytes32 indexed node, Position leaf, bytes32 nodeHash, address mover);
    event Confirmed(
        bytes32 indexed parent,
        bytes32 indexed claim,
        address indexed game,
        uint64 baseFee
    );
    event Settled(bytes32 indexed node, address indexed account, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice Claims the state after a range of blocks, with the bond of a claim.
    /// @dev The first child of a parent names the range's last block; its siblings end there too.
    /// @param batch A posted batch that holds or follows the range's last block.
    /// @param accumulator The inbox accumulator of that batch: reverts the claim if L1 was reorganized under it.
    /// @param root The tree over the states after each block, padded with the last.
    /// @param siblings Opens the tree's last leaf, which is `endState`.
    function propose(
        bytes32 parent,
        BlockDone calldata endState,
        uint256 batch,
        bytes32 accumulator,
        bytes32 root,
        bytes32[] calldata siblings
    ) external payable returns (address game);

    /// @notice Opens a rivaled node into its children.
    function bisect(Position calldata position, bytes32 left, bytes32 right) external;

    /// @notice Claims the states after each step of one disputed block, with the bond of a refinement.
    /// @param leaf The rivaled level-0 leaf whose last step is disputed.
    /// @param pre Opens the state before the block.
    /// @param root The tree over the states after each step, padded with the last.
    /// @param siblings Opens the tree's last leaf, which is the level-0 leaf.
    function refine(
        Position calldata leaf,
        bytes32 leafHash,
        PreState calldata pre,
        bytes32 root,
        bytes32[] calldata siblings
    ) external payable;

    /// @notice Shows that a level-1 leaf is the one successor of the state before it.
    /// @param blockLeaf The level-0 leaf's position; any of its rivals has the same.
    /// @param startState The state before the block.
    /// @param index The step's index in the block.
    /// @param prefix The prefix of the level-1 leaf's position.
    /// @param pre Opens the state before the step.
    function prove(
        Position calldata blockLeaf,
        bytes32 startState,
        uint64 index,
        bytes32 prefix,
        bytes32 nodeHash,
        PreState calldata pre,
        bytes calldata witness
    ) external;

    /// @notice Raises the recorded timer of a node to what its openings count to.
    /// @param openings What is opened of the node, and of what stands below it, as in `confirm`.
    function update(
        Position calldata position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) external;

    /// @notice Confirms the claim with this root if its parent is confirmed and its timer has run out. Its siblings have lost:
    /// half of their bonds is burned, half goes into the parent's pot. The proposer has its bond credited, and out of the pot
    /// whoever made the moves that are opened here is paid, and the caller.
    /// @param openings What is opened of the claim's tree, and of level-1 trees below it, from the root down, a left side
    /// before its right side. Where nothing is opened here, the timers that were recorded before count.
    function confirm(bytes32 parent, bytes32 root, Opening[] calldata openings) external;

    /// @notice Credits the mover of a level-1 tree with its bond, if the tree won under a confirmed claim. Its rivals have lost
    /// theirs, and those who helped it are paid, both as in `confirm`. Changes nothing if the tree has been settled before.
    /// @param claimRoot The root of the confirmed claim's tree.
    /// @param siblings Opens the refined leaf in that tree.
    function settleRefinement(
        bytes32 parent,
        bytes32 claimRoot,
        uint64 index,
        bytes32 leafHash,
        bytes32[] calldata siblings,
        bytes32 startState,
        bytes32 root,
        Opening[] calldata openings
    ) external;

    /// @notice Pays moves of a confirmed claim's tree that its confirmation has left unpaid.
    /// @param height With `index` and `prefix`: a node of that tree, its root or one whose opening was paid before.
    /// @param openings What is opened of that node, beginning with itself, as in `confirm`.
    function rewardBlocks(
        bytes32 parent,
        uint8 height,
        uint64 index,
        bytes32 prefix,
        Opening[] calldata openings
    ) external;

    /// @notice Pays moves and proofs of a level-1 tree that the return of its bond has left unpaid, as `rewardBlocks` does.
    function rewardSteps(
        Position calldata blockLeaf,
        bytes32 startState,
        uint8 height,
        uint64 index,
        bytes32 prefix,
        Opening[] calldata openings
    ) external;

    /// @notice Sends the caller's credit to an address of its choice.
    function withdraw(address payable to) external;
}
