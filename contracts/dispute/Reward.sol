// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bisection, Position} from "./Bisection.sol";
import {Clock, Cohort, Node} from "./Clock.sol";
import {DisputeTree, Opening, Tree} from "./DisputeTree.sol";

/// @notice What the game owes, and what lost bonds have left for those who won a dispute.
struct Treasury {
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
    uint256 internal constant UPDATE_GAS = 50_000;
    uint256 internal constant BASE_FEE_CAP = 50 gwei;

    event Rewarded(
        bytes32 indexed parent,
        bytes32 indexed node,
        address indexed account,
        uint256 amount,
        uint16 flag
    );
    event Forfeited(bytes32 indexed parent, bytes32 indexed winner, uint256 burned, uint256 pooled);

    error NotConfirmed(bytes32 id);
    error NotInConfirmedTree(bytes32 expected, bytes32 actual);
    error TimerTooShort(bytes32 id, uint256 required, uint256 actual);
    error OpeningMissing();
    error OpeningUnused(uint256 index);

    /// @dev The base fee that acts are paid at.
    function cappedBaseFee() internal view returns (uint64) {
        return uint64(block.basefee < BASE_FEE_CAP ? block.basefee : BASE_FEE_CAP);
    }

    /// @dev Reverts unless a path leads up to the root of a confirmed claim.
    function checkInTree(
        Tree storage tree,
        bytes32 claim,
        bytes32 root,
        uint256 height,
        bytes32 folded,
        uint256 length
    ) internal view {
        require(tree.nodes[claim].flags & Clock.CONFIRMED != 0, NotConfirmed(claim));
        require(length == height, DisputeTree.WrongProofLength(height, length));
        require(folded == root, NotInConfirmedTree(root, folded));
    }

    /// @dev Closes a cohort of claims, or of level-1 trees, in favour of one that has run out its time: all others have lost,
    /// and half of their bonds goes into the pot, the rest is to be burned. Then pays who made the winner's moves.
    function decide(
        Tree storage tree,
        Treasury storage treasury,
        Walk memory walk,
        Position memory position,
        bytes32 root,
        Opening[] calldata openings
    ) internal returns (uint256 burned) {
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, root);
        Cohort storage cohort = tree.cohorts[cohortId];
        cohort.confirmedAt = uint40(block.timestamp);
        tree.nodes[id].flags |= Clock.CONFIRMED;
        uint256 lost = walk.bond * (cohort.count - 1);
        if (lost > 0) {
            uint256 pooled = lost / 2;
            burned = lost - pooled;
            treasury.pots[walk.parent] += pooled;
            emit Forfeited(walk.parent, id, burned, pooled);
        }
        uint40 timer = follow(tree, treasury, walk, position, root, openings);
        require(timer >= walk.timeout, TimerTooShort(id, walk.timeout, timer));
    }

    /// @dev The bottom-up timer of a node of a tree, counted through openings in the order of a way down that takes the left
    /// side first; pays the moves of one level on that way. A node that is not opened here has the timer that is recorded.
    function follow(
        Tree storage tree,
        Treasury storage treasury,
        Walk memory walk,
        Position memory position,
        bytes32 root,
        Opening[] calldata openings
    ) internal returns (uint40 timer) {
        timer = descend(tree, treasury, walk, position, root, openings);
        require(walk.opened == openings.length, OpeningUnused(walk.opened));
    }

    /// @dev Pays what is unpaid below a node of a winner's tree: below its root, or below a node whose opening was paid before.
    function collect(
        Tree storage tree,
        Treasury storage treasury,
        Walk memory walk,
        Position memory position,
        Opening[] calldata openings
    ) internal returns (bytes32 id) {
        require(openings.length > 0, OpeningMissing());
        Opening calldata first = openings[0];
        bytes32 nodeHash = Bisection.innerHash(first.left, first.right);
        id = Bisection.nodeId(Bisection.cohortId(position), nodeHash);
        require(position.height > 0, DisputeTree.NotInner(id));
        bytes32 cohort = Bisection.cohortId(Bisection.rightChild(position, first.left));
        uint16 paid = tree.nodes[Bisection.nodeId(cohort, first.right)].flags & Clock.REWARDED;
        require(paid != 0 || tree.nodes[id].flags & Clock.CONFIRMED != 0, NotConfirmed(id));
        follow(tree, treasury, walk, position, nodeHash, openings);
    }

    /// @dev What a walk has cost the caller, in gas, besides what the call itself does.
    function gasOf(Walk memory walk) internal pure returns (uint256) {
        return OPENING_GAS * walk.opened + PAYMENT_GAS * walk.paid + CREDIT_GAS * walk.begun;
    }

    /// @dev Credits an account out of the pot of the walk; nothing happens if the pot is too small.
    function pay(
        Treasury storage treasury,
        Walk memory walk,
        bytes32 id,
        address account,
        uint16 flag,
        uint256 price
    ) internal returns (bool) {
        uint256 pot = treasury.pots[walk.parent];
        if (pot < price) return false;

        treasury.pots[walk.parent] = pot - price;
        treasury.credit[account] += price;
        emit Rewarded(walk.parent, id, account, price, flag);
        return true;
    }

    function descend(
        Tree storage tree,
        Treasury storage treasury,
        Walk memory walk,
        Position memory position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) private returns (uint40 timer) {
        // What a visit has put into memory is of no use after it: otherwise each node would cost more than the last.
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        timer = visit(tree, treasury, walk, position, nodeHash, openings);
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    function visit(
        Tree storage tree,
        Treasury storage treasury,
        Walk memory walk,
        Position memory position,
        bytes32 nodeHash,
        Opening[] calldata openings
    ) private returns (uint40 timer) {
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, nodeHash);
        Node memory node = tree.nodes[id];
        Cohort memory cohort = tree.cohorts[cohortId];
        timer = Clock.bottomUp(node, cohort);
        if (position.level == walk.level) {
            payNode(tree, treasury, walk, position, id, node, cohort.count);
        }
        if (walk.opened == openings.length) return timer;

        Opening calldata below = openings[walk.opened];
        uint40 sum;
        if (position.height > 0) {
            if (!Clock.has(node, Clock.BISECTED)) return timer;
            if (Bisection.innerHash(below.left, below.right) != nodeHash) return timer;
            walk.opened++;
            Position memory half = Bisection.leftChild(position);
            sum = descend(tree, treasury, walk, half, below.left, openings);
            half = Bisection.rightChild(position, below.left);
            uint40 right = descend(tree, treasury, walk, half, below.right, openings);
            if (right < sum) sum = right;
        } else {
            if (position.level != 0) return timer;
            bytes32 origin = Bisection.originOf(cohortId, below.left);
            Position memory steps = Bisection.root(1, walk.stepHeight, origin);
            bytes32 rootId = Bisection.nodeId(Bisection.cohortId(steps), below.right);
            if (tree.refines[rootId] != id) return timer;
            walk.opened++;
            if (walk.counts) tree.nodes[rootId].flags |= Clock.COUNTED;
            sum = descend(tree, treasury, walk, steps, below.right, openings);
        }
        sum = Clock.add(Clock.unrivaled(node, cohort), sum);
        if (sum > timer) timer = sum;
    }

    // A right child is always new, so its mover is the one who bisected its parent. And a proof that no rival asked for is
    // paid by nobody: such proofs would empty the pot.
    function payNode(
        Tree storage tree,
        Treasury storage treasury,
        Walk memory walk,
        Position memory position,
        bytes32 id,
        Node memory node,
        uint256 rivals
    ) private {
        uint16 flags = node.flags;
        if (position.index & 1 == 1 && flags & Clock.REWARDED == 0) {
            if (payOut(treasury, walk, id, node.mover, Clock.REWARDED, MOVE_GAS)) {
                flags |= Clock.REWARDED;
            }
        }
        bool isStep = position.level == 1 && position.height == 0;
        if (isStep && rivals > 1 && flags & Clock.PROOF_REWARDED == 0) {
            address prover = tree.provers[id];
            if (
                prover != address(0) &&
                payOut(treasury, walk, id, prover, Clock.PROOF_REWARDED, PROOF_GAS)
            ) flags |= Clock.PROOF_REWARDED;
        }
        if (flags != node.flags) tree.nodes[id].flags = flags;
    }

    function payOut(
        Treasury storage treasury,
        Walk memory walk,
        bytes32 id,
        address account,
        uint16 flag,
        uint256 gas
    ) private returns (bool isPaid) {
        bool begins = treasury.credit[account] == 0;
        if (begins) gas -= CREDIT_GAS;
        isPaid = pay(treasury, walk, id, account, flag, gas * walk.baseFee);
        if (!isPaid) return false;
        walk.paid++;
        if (begins) walk.begun++;
    }
}
