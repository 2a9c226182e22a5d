// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IInbox} from "../inbox/IInbox.sol";
import {IStepProver} from "../machine/IStepProver.sol";
import {BlockDone} from "../protocol/BlockDone.sol";
import {Bisection, Position, PreState} from "./Bisection.sol";
import {Claim, ClaimCode, Status} from "./Claim.sol";
import {ClaimGame} from "./ClaimGame.sol";
import {Clock, Cohort, Node} from "./Clock.sol";
import {DisputeTree, Opening, Tree} from "./DisputeTree.sol";
import {Game, Reward, Walk} from "./Reward.sol";

/// @notice What the deployer of a game chooses, once.
struct GameConfig {
    IInbox inbox;
    IStepProver stepProver;
    // A claim holds up to 2^blockHeight blocks, a block up to 2^stepHeight steps.
    uint8 blockHeight;
    uint8 stepHeight;
    // Seconds of unrivaled time that confirm a claim.
    uint40 timeout;
    uint256 claimBond;
    uint256 refinementBond;
}

/// @notice Claims about the L2's state, the disputes that decide between rival claims, and the bonds behind them.
/// @dev Moves are addressed by content and carry no identity: whoever makes a move, it helps the same side. A repeated
/// move without a bond changes nothing; with a bond it reverts. Every dispute can be continued from the log alone. Nobody
/// owns, pauses or upgrades this contract.
contract DisputeGame is Multicall, ReentrancyGuard {
    using DisputeTree for Tree;
    using Reward for Game;
    using Clock for Node;

    IInbox public immutable INBOX;
    IStepProver public immutable STEP_PROVER;
    uint8 public immutable BLOCK_HEIGHT;
    uint8 public immutable STEP_HEIGHT;
    uint40 public immutable TIMEOUT;
    uint256 public immutable CLAIM_BOND;
    uint256 public immutable REFINEMENT_BOND;
    address public immutable CLAIM_GAME;

    Game private _game;
    bytes32 public latestConfirmed;
    uint32 public claimCount;

    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    error WrongBond(uint256 expected, uint256 actual);
    error ClaimMissing(bytes32 claim);
    error ParentNotConfirmed(bytes32 parent);
    error BlockNotPosted(uint64 posted, uint64 endBlock);
    error WrongAccumulator(uint256 batch, bytes32 expected, bytes32 actual);
    error WrongSuccessor(bytes32 expected, bytes32 actual);
    error NothingToWithdraw(address account);
    error TransferFailed(address to, uint256 amount);

    constructor(GameConfig memory config, BlockDone memory genesis) {
        INBOX = config.inbox;
        STEP_PROVER = config.stepProver;
        BLOCK_HEIGHT = config.blockHeight;
        STEP_HEIGHT = config.stepHeight;
        TIMEOUT = config.timeout;
        CLAIM_BOND = config.claimBond;
        REFINEMENT_BOND = config.refinementBond;
        CLAIM_GAME = address(new ClaimGame());

        Position memory position = Bisection.root(0, config.blockHeight, 0);
        bytes32 endState = genesis.hash();
        bytes32 root = Bisection.leafHash(endState);
        bytes32 id = Bisection.idAt(position, root);
        address game = _createGame(
            Claim(id, endState, genesis.outputRoot, address(0), genesis.number, 0, 0)
        );
        _game.tree.create(position, root, game, Clock.CLAIM | Clock.CONFIRMED);
        latestConfirmed = id;
        emit ClaimCode.Proposed(0, id, game, root, genesis, address(0));
        emit ClaimCode.Confirmed(0, id, game, 0);
    }

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
    ) external payable returns (address game) {
        require(msg.value == CLAIM_BOND, WrongBond(CLAIM_BOND, msg.value));
        Claim memory claim = _claimOf(parent);
        Position memory position = Bisection.root(0, BLOCK_HEIGHT, parent);
        bytes32 cohortId = Bisection.cohortId(position);
        Cohort storage cohort = _game.tree.cohorts[cohortId];
        ClaimCode.checkRange(claim, cohort, endState.number, BLOCK_HEIGHT);
        _checkInbox(batch, accumulator, endState.number);

        claim.parentIndex = claim.index;
        claim.index = claimCount;
        claim.id = Bisection.nodeId(cohortId, root);
        claim.endState = endState.hash();
        claim.rootClaim = endState.outputRoot;
        claim.proposer = msg.sender;
        claim.endBlock = endState.number;
        bytes32 lastLeaf = Bisection.leafHash(claim.endState);
        DisputeTree.checkLastLeaf(root, BLOCK_HEIGHT, lastLeaf, siblings);

        require(_game.tree.nodes[claim.id].createdAt == 0, DisputeTree.NodeExists(claim.id));
        game = _createGame(claim);
        _game.tree.create(position, root, game, Clock.CLAIM);
        cohort.endBlock = endState.number;
        emit ClaimCode.Proposed(parent, claim.id, game, root, endState, msg.sender);
    }

    /// @notice Opens a rivaled node into its children.
    function bisect(Position calldata position, bytes32 left, bytes32 right) external {
        _game.tree.bisect(position, left, right);
    }

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
    ) external payable {
        require(msg.value == REFINEMENT_BOND, WrongBond(REFINEMENT_BOND, msg.value));
        _game.tree.refine(leaf, leafHash, pre.state, STEP_HEIGHT, root);
        // The origin of a level-0 tree is the id of the claim that its claims follow.
        Bisection.checkPreState(leaf, pre, _claimOf(leaf.origin).endState);
        DisputeTree.checkLastLeaf(root, STEP_HEIGHT, leafHash, siblings);
    }

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
    ) external {
        bytes32 origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
        Position memory leaf = Position(1, 0, index, origin, prefix);
        bytes32 id = Bisection.idAt(leaf, nodeHash);
        Node storage node = _game.tree.requireNode(id);
        if (node.timer == Clock.FOREVER) return;
        Bisection.checkPreState(leaf, pre, startState);

        uint64 endBlock = _children(blockLeaf.origin).endBlock;
        bytes32 successor = STEP_PROVER.step(endBlock, index, pre.state, witness);
        bytes32 expected = Bisection.leafHash(successor);
        require(expected == nodeHash, WrongSuccessor(expected, nodeHash));

        node.timer = Clock.FOREVER;
        _game.tree.provers[id] = msg.sender;
        emit DisputeTree.Proven(id, leaf, nodeHash, msg.sender);
    }

    /// @notice Raises the recorded timer of a node to what its openings count to.
    /// @param openings What is opened of the node, and of what stands below it, as in `confirm`.
    function update(
        Position calldata position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) external {
        Node storage node = _game.tree.requireNode(Bisection.idAt(position, nodeHash));
        // It pays nobody: there is no level 2.
        Walk memory walk;
        (walk.level, walk.stepHeight) = (2, STEP_HEIGHT);
        node.timer = _game.follow(walk, position, nodeHash, openings);
    }

    /// @notice Confirms the claim with this root if its parent is confirmed and its timer has run out. Its siblings have lost:
    /// half of their bonds is burned, half goes into the parent's pot. The proposer has its bond credited, and out of the pot
    /// whoever made the moves that are opened here is paid, and the caller.
    /// @param openings What is opened of the claim's tree, and of level-1 trees below it, from the root down, a left side
    /// before its right side. Where nothing is opened here, the timers that were recorded before count.
    function confirm(bytes32 parent, bytes32 root, Opening[] calldata openings) external {
        Position memory position = Bisection.root(0, BLOCK_HEIGHT, parent);
        bytes32 id = Bisection.idAt(position, root);
        Node memory node = _game.tree.requireNode(id);
        if (node.has(Clock.CONFIRMED)) return;
        require(_isConfirmed(parent), ParentNotConfirmed(parent));
        Cohort storage cohort = _children(parent);
        require(cohort.confirmedAt == 0, ClaimCode.SiblingConfirmed(parent));

        cohort.baseFee = Reward.cappedBaseFee();
        latestConfirmed = id;
        emit ClaimCode.Confirmed(parent, id, node.mover, cohort.baseFee);
        address proposer = ClaimCode.read(node.mover).proposer;
        _game.decide(_walk(parent, 0), position, root, openings, proposer);
    }

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
    ) external {
        bytes32 claim = Bisection.idAt(Bisection.root(0, BLOCK_HEIGHT, parent), claimRoot);
        require(_isConfirmed(claim), Reward.NotConfirmed(claim));
        uint256 length = siblings.length;
        require(length == BLOCK_HEIGHT, DisputeTree.WrongProofLength(BLOCK_HEIGHT, length));
        bytes32 folded = Bisection.fold(index, leafHash, siblings);
        require(folded == claimRoot, DisputeTree.NotInConfirmedTree(claimRoot, folded));
        Position memory leaf = Position(0, 0, index, parent, Bisection.prefixOf(index, siblings));
        bytes32 origin = Bisection.originOf(Bisection.cohortId(leaf), startState);
        Position memory steps = Bisection.root(1, STEP_HEIGHT, origin);
        bytes32 id = Bisection.idAt(steps, root);
        Node memory node = _game.tree.requireNode(id);
        bytes32 leafId = Bisection.idAt(leaf, leafHash);
        bytes32 refined = _game.tree.refines[id];
        require(refined == leafId, DisputeTree.WrongRefinement(refined, leafId));
        if (node.has(Clock.CONFIRMED)) return;
        uint40 settledAt = _game.tree.cohorts[Bisection.cohortId(steps)].confirmedAt;
        require(settledAt == 0, DisputeTree.AlreadySettled(id));
        _game.decide(_walk(parent, 1), steps, root, openings, node.mover);
    }

    /// @notice Pays moves of a confirmed claim's tree that its confirmation has left unpaid.
    /// @param height With `index` and `prefix`: a node of that tree, its root or one whose opening was paid before.
    /// @param openings What is opened of that node, beginning with itself, as in `confirm`.
    function rewardBlocks(
        bytes32 parent,
        uint8 height,
        uint64 index,
        bytes32 prefix,
        Opening[] calldata openings
    ) external {
        _game.collect(_walk(parent, 0), Position(0, height, index, parent, prefix), openings);
    }

    /// @notice Pays moves and proofs of a level-1 tree that the return of its bond has left unpaid, as `rewardBlocks` does.
    function rewardSteps(
        Position calldata blockLeaf,
        bytes32 startState,
        uint8 height,
        uint64 index,
        bytes32 prefix,
        Opening[] calldata openings
    ) external {
        bytes32 origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
        Walk memory walk = _walk(blockLeaf.origin, 1);
        _game.collect(walk, Position(1, height, index, origin, prefix), openings);
    }

    /// @notice Sends the caller's credit to an address of its choice.
    function withdraw(address payable to) external nonReentrant {
        uint256 amount = _game.credit[msg.sender];
        require(amount > 0, NothingToWithdraw(msg.sender));

        _game.credit[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);

        (bool sent, ) = to.call{value: amount}("");
        require(sent, TransferFailed(to, amount));
    }

    /// @notice Where a claim stands, since when it exists, and when it was confirmed or lost: its own loss or an ancestor's.
    function claimTimes(
        bytes32 id
    ) external view returns (Status status, uint64 createdAt, uint64 resolvedAt) {
        Claim memory claim = _claimOf(id);
        createdAt = _game.tree.nodes[id].createdAt;
        if (claim.index == 0) return (Status.Confirmed, createdAt, createdAt);

        Claim memory parent = _parentOf(claim);
        resolvedAt = _children(parent.id).confirmedAt;
        if (_isConfirmed(id)) return (Status.Confirmed, createdAt, resolvedAt);
        while (resolvedAt == 0 && !_isConfirmed(parent.id)) {
            parent = _parentOf(parent);
            resolvedAt = _children(parent.id).confirmedAt;
        }
        status = resolvedAt == 0 ? Status.InProgress : Status.Lost;
    }

    /// @notice The node with this id, all zero if no move made it.
    function nodeOf(bytes32 id) external view returns (Node memory) {
        return _game.tree.nodes[id];
    }

    /// @notice The cohort with this id, all zero if no node stands in it.
    function cohortOf(bytes32 id) external view returns (Cohort memory) {
        return _game.tree.cohorts[id];
    }

    /// @notice The cohort of a claim's children.
    function childCohortOf(bytes32 parent) external view returns (Cohort memory) {
        return _children(parent);
    }

    /// @notice The level-0 leaf that the level-1 tree with this root refines.
    function refines(bytes32 rootId) external view returns (bytes32) {
        return _game.tree.refines[rootId];
    }

    /// @notice What an account can withdraw.
    function credit(address account) external view returns (uint256) {
        return _game.credit[account];
    }

    /// @notice What is left for those who won the disputes among a claim's children.
    function pot(bytes32 parent) external view returns (uint256) {
        return _game.pots[parent];
    }

    /// @notice The game address of the claim with this index.
    function gameAt(uint256 index) external view returns (address) {
        return ClaimCode.gameAt(address(this), index);
    }

    function _createGame(Claim memory claim) private returns (address) {
        claimCount = claim.index + 1;
        return ClaimCode.create(CLAIM_GAME, claim);
    }

    function _walk(bytes32 parent, uint8 level) private view returns (Walk memory) {
        uint256 baseFee = _children(parent).baseFee;
        uint256 bond = level == 0 ? CLAIM_BOND : REFINEMENT_BOND;
        return Walk(parent, baseFee, bond, TIMEOUT, level, STEP_HEIGHT, false, 0, 0, 0);
    }

    function _checkInbox(uint256 batch, bytes32 accumulator, uint64 endBlock) private view {
        uint64 posted = INBOX.blockCount(batch);
        require(posted >= endBlock, BlockNotPosted(posted, endBlock));
        bytes32 actual = INBOX.accumulator(batch);
        require(actual == accumulator, WrongAccumulator(batch, accumulator, actual));
    }

    function _claimOf(bytes32 id) private view returns (Claim memory) {
        Node memory node = _game.tree.nodes[id];
        require(node.has(Clock.CLAIM), ClaimMissing(id));
        return ClaimCode.read(node.mover);
    }

    function _parentOf(Claim memory claim) private view returns (Claim memory) {
        return ClaimCode.read(ClaimCode.gameAt(address(this), claim.parentIndex));
    }

    function _isConfirmed(bytes32 id) private view returns (bool) {
        return _game.tree.nodes[id].flags & Clock.CONFIRMED != 0;
    }

    function _children(bytes32 parent) private view returns (Cohort storage) {
        return _game.tree.cohorts[Bisection.cohortId(Bisection.root(0, BLOCK_HEIGHT, parent))];
    }
}
