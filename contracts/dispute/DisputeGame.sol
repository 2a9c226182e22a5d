// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IInbox} from "../inbox/IInbox.sol";
import {IStepProver} from "../machine/IStepProver.sol";
import {BlockDone} from "../protocol/BlockDone.sol";
import {Bisection, Position, PreState} from "./Bisection.sol";
import {Claim, ClaimCode} from "./Claim.sol";
import {ClaimGame} from "./ClaimGame.sol";
import {Clock, Cohort, Node} from "./Clock.sol";
import {DisputeTree, Opening, Tree} from "./DisputeTree.sol";
import {IDisputeGame, Status} from "./IDisputeGame.sol";
import {Reward, Treasury, Walk} from "./Reward.sol";

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

/// @notice The dispute game: bonds, claims and the events from which every dispute can be continued.
contract DisputeGame is IDisputeGame, Multicall, ReentrancyGuard {
    using DisputeTree for Tree;
    using Reward for Tree;
    using Reward for Treasury;
    using Clock for Node;

    IInbox public immutable INBOX;
    IStepProver public immutable STEP_PROVER;
    uint8 public immutable BLOCK_HEIGHT;
    uint8 public immutable STEP_HEIGHT;
    uint40 public immutable TIMEOUT;
    uint256 public immutable CLAIM_BOND;
    uint256 public immutable REFINEMENT_BOND;
    address public immutable CLAIM_GAME;

    Tree private _tree;
    Treasury private _treasury;
    bytes32 public latestConfirmed;
    uint32 public claimCount;

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
        bytes32 cohort = Bisection.cohortId(position);
        bytes32 endState = genesis.hash();
        bytes32 root = Bisection.leafHash(endState);
        bytes32 id = Bisection.nodeId(cohort, root);
        address game = _createGame(
            Claim(id, endState, genesis.outputRoot, address(0), genesis.number, 0, 0)
        );
        _tree.create(cohort, id, game, Clock.CLAIM | Clock.CONFIRMED);
        latestConfirmed = id;
        emit Proposed(0, id, game, root, genesis, address(0));
        emit Confirmed(0, id, game, 0);
    }

    /// @inheritdoc IDisputeGame
    function propose(
        bytes32 parent,
        BlockDone calldata endState,
        uint256 batch,
        bytes32 accumulator,
        bytes32 root,
        bytes32[] calldata siblings
    ) external payable returns (address game) {
        require(msg.value == CLAIM_BOND, WrongBond(CLAIM_BOND, msg.value));
        Node memory parentNode = _tree.nodes[parent];
        require(parentNode.has(Clock.CLAIM), ClaimMissing(parent));
        Claim memory claim = ClaimCode.read(parentNode.mover);
        bytes32 cohort = _childCohort(parent);
        ClaimCode.checkRange(claim, _tree.cohorts[cohort], endState.number, BLOCK_HEIGHT);
        _checkInbox(batch, accumulator, endState.number);

        claim.parentIndex = claim.index;
        claim.index = claimCount;
        claim.id = Bisection.nodeId(cohort, root);
        claim.endState = endState.hash();
        claim.rootClaim = endState.outputRoot;
        claim.proposer = msg.sender;
        claim.endBlock = endState.number;
        bytes32 lastLeaf = Bisection.leafHash(claim.endState);
        DisputeTree.checkLastLeaf(root, BLOCK_HEIGHT, lastLeaf, siblings);

        require(_tree.nodes[claim.id].createdAt == 0, DisputeTree.NodeExists(claim.id));
        game = _createGame(claim);
        _tree.create(cohort, claim.id, game, Clock.CLAIM);
        _tree.cohorts[cohort].endBlock = endState.number;
        emit Proposed(parent, claim.id, game, root, endState, msg.sender);
    }

    /// @inheritdoc IDisputeGame
    function bisect(Position calldata position, bytes32 left, bytes32 right) external {
        (bytes32 id, bool changed) = _tree.bisect(position, left, right);
        if (changed) emit Bisected(id, position, left, right, msg.sender);
    }

    /// @inheritdoc IDisputeGame
    function refine(
        Position calldata leaf,
        bytes32 leafHash,
        PreState calldata pre,
        bytes32 root,
        bytes32[] calldata siblings
    ) external payable {
        require(msg.value == REFINEMENT_BOND, WrongBond(REFINEMENT_BOND, msg.value));
        Position memory tree = Bisection.root(1, STEP_HEIGHT, 0);
        bytes32 id = _tree.refine(leaf, leafHash, pre.state, tree, root);
        // The origin of a level-0 tree is the id of the claim that its claims follow.
        Bisection.checkPreState(leaf, pre, _claimOf(leaf.origin).endState);
        DisputeTree.checkLastLeaf(root, STEP_HEIGHT, leafHash, siblings);
        emit Refined(id, leaf, leafHash, pre.state, root, msg.sender);
    }

    /// @inheritdoc IDisputeGame
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
        bytes32 id = Bisection.nodeId(Bisection.cohortId(leaf), nodeHash);
        Node storage node = _tree.requireNode(id);
        if (node.timer == Clock.FOREVER) return;
        Bisection.checkPreState(leaf, pre, startState);

        uint64 endBlock = _tree.cohorts[_childCohort(blockLeaf.origin)].endBlock;
        bytes32 successor = STEP_PROVER.step(endBlock, index, pre.state, witness);
        bytes32 expected = Bisection.leafHash(successor);
        require(expected == nodeHash, WrongSuccessor(expected, nodeHash));

        node.timer = Clock.FOREVER;
        _tree.provers[id] = msg.sender;
        emit Proven(id, leaf, nodeHash, msg.sender);
    }

    /// @inheritdoc IDisputeGame
    function update(
        Position calldata position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) external {
        bytes32 id = Bisection.nodeId(Bisection.cohortId(position), nodeHash);
        Node storage node = _tree.requireNode(id);
        // It pays nobody: there is no level 2.
        Walk memory walk;
        (walk.level, walk.stepHeight) = (2, STEP_HEIGHT);
        node.timer = _tree.follow(_treasury, walk, position, nodeHash, openings);
    }

    /// @inheritdoc IDisputeGame
    function confirm(bytes32 parent, bytes32 root, Opening[] calldata openings) external {
        Position memory position = Bisection.root(0, BLOCK_HEIGHT, parent);
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, root);
        Node storage node = _tree.requireNode(id);
        if (node.flags & Clock.CONFIRMED != 0) return;
        require(_tree.nodes[parent].has(Clock.CONFIRMED), ParentNotConfirmed(parent));
        Cohort storage cohort = _tree.cohorts[cohortId];
        require(cohort.confirmedAt == 0, ClaimCode.SiblingConfirmed(parent));

        cohort.baseFee = Reward.cappedBaseFee();
        latestConfirmed = id;
        emit Confirmed(parent, id, node.mover, cohort.baseFee);
        address proposer = _claimOf(id).proposer;
        _credit(id, proposer, CLAIM_BOND);
        Walk memory walk = _walk(parent, 0);
        walk.counts = true;
        uint256 burned = _tree.decide(_treasury, walk, position, root, openings);
        if (burned == 0) return;

        uint256 gas = Reward.CONFIRM_GAS + Reward.gasOf(walk);
        _treasury.pay(walk, id, proposer, 0, Reward.CLAIM_GAS * walk.baseFee);
        _treasury.pay(walk, id, msg.sender, 0, gas * walk.baseFee);
        _burn(burned);
    }

    /// @inheritdoc IDisputeGame
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
        bytes32 folded = Bisection.fold(index, leafHash, siblings);
        bytes32 claim = Bisection.nodeId(_childCohort(parent), claimRoot);
        _tree.checkInTree(claim, claimRoot, BLOCK_HEIGHT, folded, siblings.length);
        Position memory leaf = Position(0, 0, index, parent, Bisection.prefixOf(index, siblings));
        Position memory steps = _stepsPosition(leaf, startState);
        bytes32 cohort = Bisection.cohortId(steps);
        bytes32 id = Bisection.nodeId(cohort, root);
        Node memory node = _tree.requireNode(id);
        bytes32 leafId = Bisection.nodeId(Bisection.cohortId(leaf), leafHash);
        bytes32 refined = _tree.refines[id];
        require(refined == leafId, DisputeTree.WrongRefinement(refined, leafId));
        if (node.has(Clock.CONFIRMED)) return;
        require(_tree.cohorts[cohort].confirmedAt == 0, DisputeTree.AlreadySettled(id));
        _credit(id, node.mover, REFINEMENT_BOND);
        Walk memory walk = _walk(parent, 1);
        uint256 burned = _tree.decide(_treasury, walk, steps, root, openings);
        _treasury.pay(walk, id, node.mover, 0, Reward.REFINE_GAS * walk.baseFee);
        uint256 gas = Reward.SETTLE_GAS + Reward.gasOf(walk);
        if (!node.has(Clock.COUNTED)) gas += Reward.UPDATE_GAS + Reward.OPENING_GAS * walk.opened;
        _treasury.pay(walk, id, msg.sender, 0, gas * Reward.cappedBaseFee());
        if (burned > 0) _burn(burned);
    }

    /// @inheritdoc IDisputeGame
    function rewardBlocks(
        bytes32 parent,
        uint8 height,
        uint64 index,
        bytes32 prefix,
        Opening[] calldata openings
    ) external {
        _reward(parent, Position(0, height, index, parent, prefix), openings);
    }

    /// @inheritdoc IDisputeGame
    function rewardSteps(
        Position calldata blockLeaf,
        bytes32 startState,
        uint8 height,
        uint64 index,
        bytes32 prefix,
        Opening[] calldata openings
    ) external {
        bytes32 origin = _stepsPosition(blockLeaf, startState).origin;
        _reward(blockLeaf.origin, Position(1, height, index, origin, prefix), openings);
    }

    /// @inheritdoc IDisputeGame
    function withdraw(address payable to) external nonReentrant {
        uint256 amount = _treasury.credit[msg.sender];
        require(amount > 0, NothingToWithdraw(msg.sender));

        _treasury.credit[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);

        (bool sent, ) = to.call{value: amount}("");
        require(sent, TransferFailed(to, amount));
    }

    /// @notice Where a claim stands, since when it exists, and when it was confirmed or lost: its own loss or an ancestor's.
    function claimTimes(
        bytes32 id
    ) external view returns (Status status, uint64 createdAt, uint64 resolvedAt) {
        Node memory node = _tree.nodes[id];
        require(node.has(Clock.CLAIM), ClaimMissing(id));
        createdAt = node.createdAt;
        Claim memory claim = ClaimCode.read(node.mover);
        if (claim.index == 0) return (Status.Confirmed, createdAt, createdAt);

        Claim memory parent = _parentOf(claim);
        resolvedAt = _tree.cohorts[_childCohort(parent.id)].confirmedAt;
        if (node.has(Clock.CONFIRMED)) return (Status.Confirmed, createdAt, resolvedAt);
        while (resolvedAt == 0 && !_tree.nodes[parent.id].has(Clock.CONFIRMED)) {
            parent = _parentOf(parent);
            resolvedAt = _tree.cohorts[_childCohort(parent.id)].confirmedAt;
        }
        status = resolvedAt == 0 ? Status.InProgress : Status.Lost;
    }

    /// @notice The node with this id, all zero if no move made it.
    function nodeOf(bytes32 id) external view returns (Node memory) {
        return _tree.nodes[id];
    }

    /// @notice The cohort with this id, all zero if no node stands in it.
    function cohortOf(bytes32 id) external view returns (Cohort memory) {
        return _tree.cohorts[id];
    }

    /// @notice The cohort of a claim's children.
    function childCohortOf(bytes32 parent) external view returns (Cohort memory) {
        return _tree.cohorts[_childCohort(parent)];
    }

    /// @notice The level-0 leaf that the level-1 tree with this root refines.
    function refines(bytes32 rootId) external view returns (bytes32) {
        return _tree.refines[rootId];
    }

    /// @notice What an account can withdraw.
    function credit(address account) external view returns (uint256) {
        return _treasury.credit[account];
    }

    /// @notice What is left for those who won the disputes among a claim's children.
    function pot(bytes32 parent) external view returns (uint256) {
        return _treasury.pots[parent];
    }

    /// @notice The game address of the claim with this index.
    function gameAt(uint256 index) external view returns (address) {
        return ClaimCode.gameAt(address(this), index);
    }

    /// @notice What never changes about a claim.
    function claimOf(bytes32 id) external view returns (Claim memory) {
        require(_tree.nodes[id].has(Clock.CLAIM), ClaimMissing(id));
        return _claimOf(id);
    }

    function _createGame(Claim memory claim) private returns (address) {
        claimCount = claim.index + 1;
        return ClaimCode.create(CLAIM_GAME, claim);
    }

    function _credit(bytes32 id, address account, uint256 amount) private {
        _treasury.credit[account] += amount;
        emit Settled(id, account, amount);
    }

    // Pays what the walk of the deciding call has left out.
    function _reward(
        bytes32 parent,
        Position memory position,
        Opening[] calldata openings
    ) private {
        Walk memory walk = _walk(parent, position.level);
        bytes32 id = _tree.collect(_treasury, walk, position, openings);
        if (walk.paid == 0) return;
        // Other openings are free: they could be had any number of times.
        if (walk.opened > walk.paid) walk.opened = walk.paid;
        uint256 gas = Reward.COLLECT_GAS + Reward.gasOf(walk);
        _treasury.pay(walk, id, msg.sender, 0, gas * Reward.cappedBaseFee());
    }

    // Nobody has the key of the zero address.
    function _burn(uint256 amount) private {
        Address.sendValue(payable(address(0)), amount);
    }

    function _walk(bytes32 parent, uint8 level) private view returns (Walk memory) {
        uint256 baseFee = _tree.cohorts[_childCohort(parent)].baseFee;
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
        return ClaimCode.read(_tree.nodes[id].mover);
    }

    function _parentOf(Claim memory claim) private view returns (Claim memory) {
        return ClaimCode.read(ClaimCode.gameAt(address(this), claim.parentIndex));
    }

    function _stepsPosition(
        Position memory blockLeaf,
        bytes32 startState
    ) private view returns (Position memory) {
        bytes32 origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
        return Bisection.root(1, STEP_HEIGHT, origin);
    }

    function _childCohort(bytes32 parent) private view returns (bytes32) {
        return Bisection.cohortId(Bisection.root(0, BLOCK_HEIGHT, parent));
    }
}
