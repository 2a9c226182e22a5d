// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Bisection, Position} from "./Bisection.sol";
import {Clock, Cohort, Node} from "./Clock.sol";
import {DisputeTree, Opening, Tree} from "./DisputeTree.sol";

/// @notice What all moves have built, and what is owed for them.
struct Game {
    Tree tree;
    mapping(address account => uint256 amount) credit;
    // Claim that a dispute's claims follow => what can still be paid to those who beat false ones.
    mapping(bytes32 parent => uint256 amount) pots;
}

/// @dev A walk down a tree through its opened nodes: whom it pays, and what it has come upon.
struct Walk {
    // The claim whose pot pays, and the price of gas at which.
    bytes32 parent;
    uint256 baseFee;
    // Where the walk decides: the bond of each loser, and the time that the winner must have.
    uint256 bond;
    uint40 timeout;
    // The level whose movers are paid. Level-1 trees under blocks of a walk at level 0 are counted for good if `counts`.
    uint8 level;
    uint8 stepHeight;
    bool counts;
    // Openings used, moves and proofs paid, and accounts whose credit that began.
    uint256 opened;
    uint256 paid;
    uint256 begun;
}

/// @dev What becomes of lost bonds: half is burned, the rest pays flat prices, each at about what the act costs, to whoever
/// did what the winner needed. Twin: src/dispute/reward.ts.
library Reward {
    // A claim that beat a rival, and the withdrawal of its bond.
    uint256 internal constant CLAIM_GAS = 210_000;
    // A bisection.
    uint256 internal constant MOVE_GAS = 131_000;
    // A level-1 tree, with the opening of the state before it.
    uint256 internal constant REFINE_GAS = 140_000;
    // A proof of the most expensive step.
    uint256 internal constant PROOF_GAS = 14_075_000;
    // A confirmation beside a rival, and a withdrawal; the return of a level-1 bond, and a withdrawal; a collection of what
    // either left unpaid.
    uint256 internal constant CONFIRM_GAS = 174_000;
    uint256 internal constant SETTLE_GAS = 149_000;
    uint256 internal constant COLLECT_GAS = 70_000;
    // Besides: each opening whose time a call counts, and each move or proof that it pays.
    uint256 internal constant OPENING_GAS = 17_000;
    uint256 internal constant PAYMENT_GAS = 8_500;
    // What an account's first credit costs the caller more: the account bears it.
    uint256 internal constant CREDIT_GAS = 20_000;
    // A level-1 tree whose time was counted ahead of the confirmation, by an `update` of its block.
    uint256 internal constant UPDATE_GAS = 51_000;
    uint256 internal constant BASE_FEE_CAP = 50 gwei;

    event Settled(bytes32 indexed node, address indexed account, uint256 amount);
    event Forfeited(bytes32 indexed parent, bytes32 indexed winner, uint256 burned, uint256 pooled);
    event Rewarded(
        bytes32 indexed parent,
        bytes32 indexed node,
        address indexed account,
        uint256 amount,
        uint16 flag
    );

    error NotConfirmed(bytes32 id);
    error TimerTooShort(bytes32 id, uint256 required, uint256 actual);
    error OpeningMissing();
    error OpeningUnused(uint256 index);

    /// @dev The base fee that acts are paid at.
    function cappedBaseFee() internal view returns (uint64) {
        return uint64(block.basefee < BASE_FEE_CAP ? block.basefee : BASE_FEE_CAP);
    }

    /// @dev Closes a cohort of claims, or of level-1 trees, in favour of one that has run out its time. Its bond is returned; all
    /// others have lost theirs, of which half goes into the pot and the rest is burned. Then pays what the winner needed: the moves
    /// that are opened here, its root, and this call. A claim without a rival has needed nothing.
    function decide(
        Game storage game,
        Walk memory walk,
        Position memory position,
        bytes32 root,
        Opening[] calldata openings,
        address winner
    ) internal {
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, root);
        Node storage node = game.tree.nodes[id];
        Cohort storage cohort = game.tree.cohorts[cohortId];
        cohort.confirmedAt = uint40(block.timestamp);
        node.flags |= Clock.CONFIRMED;
        game.credit[winner] += walk.bond;
        emit Settled(id, winner, walk.bond);
        uint256 lost = walk.bond * (cohort.count - 1);
        if (lost > 0) {
            uint256 pooled = lost / 2;
            game.pots[walk.parent] += pooled;
            emit Forfeited(walk.parent, id, lost - pooled, pooled);
            // Nobody has the key of the zero address.
            Address.sendValue(payable(address(0)), lost - pooled);
        }

        bool isClaim = walk.level == 0;
        walk.counts = isClaim;
        uint40 timer = follow(game, walk, position, root, openings);
        require(timer >= walk.timeout, TimerTooShort(id, walk.timeout, timer));
        if (isClaim && lost == 0) return;

        uint256 gas = (isClaim ? CONFIRM_GAS : SETTLE_GAS) + gasOf(walk);
        bool isCounted = isClaim || node.flags & Clock.COUNTED != 0;
        if (!isCounted) gas += UPDATE_GAS + OPENING_GAS * walk.opened;
        pay(game, walk, id, winner, 0, (isClaim ? CLAIM_GAS : REFINE_GAS) * walk.baseFee);
        pay(game, walk, id, msg.sender, 0, gas * cappedBaseFee());
    }

    /// @dev Pays what is unpaid below a node of a winner's tree: below its root, or below a node whose opening was paid before.
    function collect(
        Game storage game,
        Walk memory walk,
        Position memory position,
        Opening[] calldata openings
    ) internal {
        require(openings.length > 0, OpeningMissing());
        Opening calldata first = openings[0];
        bytes32 nodeHash = Bisection.innerHash(first.left, first.right);
        bytes32 id = Bisection.idAt(position, nodeHash);
        require(position.height > 0, DisputeTree.NotInner(id));
        bytes32 right = Bisection.idAt(Bisection.rightChild(position, first.left), first.right);
        bool isPaid = game.tree.nodes[right].flags & Clock.REWARDED != 0;
        require(isPaid || game.tree.nodes[id].flags & Clock.CONFIRMED != 0, NotConfirmed(id));
        follow(game, walk, position, nodeHash, openings);
        if (walk.paid == 0) return;

        // Other openings are free: they could be had any number of times.
        if (walk.opened > walk.paid) walk.opened = walk.paid;
        uint256 gas = COLLECT_GAS + gasOf(walk);
        pay(game, walk, id, msg.sender, 0, gas * cappedBaseFee());
    }

    /// @dev The bottom-up timer of a node of a tree, counted through openings in the order of a way down that takes the left
    /// side first; pays the moves of one level on that way. A node that is not opened here has the timer that is recorded.
    function follow(
        Game storage game,
        Walk memory walk,
        Position memory position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) internal returns (uint40 timer) {
        timer = visit(game, walk, position, nodeHash, openings);
        require(walk.opened == openings.length, OpeningUnused(walk.opened));
    }

    function visit(
        Game storage game,
        Walk memory walk,
        Position memory position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) private returns (uint40 timer) {
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, nodeHash);
        Node memory node = game.tree.nodes[id];
        Cohort memory cohort = game.tree.cohorts[cohortId];
        timer = Clock.bottomUp(node, cohort);
        if (position.level == walk.level) payNode(game, walk, position, id, node, cohort.count);
        if (walk.opened == openings.length) return timer;

        Opening calldata below = openings[walk.opened];
        uint40 sum;
        if (position.height > 0) {
            if (!Clock.has(node, Clock.BISECTED)) return timer;
            if (Bisection.innerHash(below.left, below.right) != nodeHash) return timer;
            walk.opened++;
            sum = visit(game, walk, Bisection.leftChild(position), below.left, openings);
            Position memory half = Bisection.rightChild(position, below.left);
            uint40 right = visit(game, walk, half, below.right, openings);
            if (right < sum) sum = right;
        } else {
            if (position.level != 0) return timer;
            bytes32 origin = Bisection.originOf(cohortId, below.left);
            Position memory steps = Bisection.root(1, walk.stepHeight, origin);
            bytes32 rootId = Bisection.idAt(steps, below.right);
            if (game.tree.refines[rootId] != id) return timer;
            walk.opened++;
            if (walk.counts) game.tree.nodes[rootId].flags |= Clock.COUNTED;
            sum = visit(game, walk, steps, below.right, openings);
        }
        sum = Clock.add(Clock.unrivaled(node, cohort), sum);
        if (sum > timer) timer = sum;
        // What an opened node has put into memory is of no use after it: otherwise each would cost more than the last.
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    // A right child is always new, so its mover is the one who bisected its parent. And a proof that no rival asked for is
    // paid by nobody: such proofs would empty the pot.
    function payNode(
        Game storage game,
        Walk memory walk,
        Position memory position,
        bytes32 id,
        Node memory node,
        uint256 rivals
    ) private {
        if (position.index & 1 == 1 && !Clock.has(node, Clock.REWARDED)) {
            payOut(game, walk, id, node.mover, Clock.REWARDED, MOVE_GAS);
        }
        bool isStep = position.level == 1 && position.height == 0;
        if (isStep && rivals > 1 && !Clock.has(node, Clock.PROOF_REWARDED)) {
            address prover = game.tree.provers[id];
            if (prover == address(0)) return;
            payOut(game, walk, id, prover, Clock.PROOF_REWARDED, PROOF_GAS);
        }
    }

    function payOut(
        Game storage game,
        Walk memory walk,
        bytes32 id,
        address account,
        uint16 flag,
        uint256 gas
    ) private {
        bool begins = game.credit[account] == 0;
        if (begins) gas -= CREDIT_GAS;
        if (!pay(game, walk, id, account, flag, gas * walk.baseFee)) return;
        game.tree.nodes[id].flags |= flag;
        walk.paid++;
        if (begins) walk.begun++;
    }

    // Credits an account out of the pot of the walk; nothing happens if the pot is too small.
    function pay(
        Game storage game,
        Walk memory walk,
        bytes32 id,
        address account,
        uint16 flag,
        uint256 price
    ) private returns (bool) {
        uint256 pot = game.pots[walk.parent];
        if (pot < price) return false;

        game.pots[walk.parent] = pot - price;
        game.credit[account] += price;
        emit Rewarded(walk.parent, id, account, price, flag);
        return true;
    }

    // What a walk has cost the caller, in gas, besides what the call itself does.
    function gasOf(Walk memory walk) private pure returns (uint256) {
        return OPENING_GAS * walk.opened + PAYMENT_GAS * walk.paid + CREDIT_GAS * walk.begun;
    }
}
