// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bisection, Position} from "./Bisection.sol";
import {Clock, Cohort, Node} from "./Clock.sol";
import {DisputeTree, Tree} from "./DisputeTree.sol";

/// @notice What the game owes, and what lost bonds have left for the movers of a dispute.
struct Treasury {
    mapping(address account => uint256 amount) credit;
    // Claim that a dispute's claims follow => what its movers can still be paid.
    mapping(bytes32 parent => uint256 amount) pots;
}

/// @dev What becomes of lost bonds: half is burned, the rest pays a flat price for each move that the winner needed. Twin:
/// src/dispute/reward.ts.
library Reward {
    // A bisection with its transaction, the update of its timer, and its part in collecting.
    uint256 internal constant MOVE_GAS = 190_000;
    // A proof of the most expensive step.
    uint256 internal constant PROOF_GAS = 15_000_000;
    uint256 internal constant BASE_FEE_CAP = 50 gwei;

    event Rewarded(
        bytes32 indexed parent,
        bytes32 indexed node,
        address indexed account,
        uint256 amount,
        bool forProof
    );
    event Forfeited(bytes32 indexed parent, bytes32 indexed node, uint256 burned, uint256 pooled);

    error NotLost(bytes32 id);
    error NotConfirmed(bytes32 id);
    error NotInConfirmedTree(bytes32 expected, bytes32 actual);
    error AlreadySettled(bytes32 id);
    error TimerTooShort(bytes32 id, uint256 required, uint256 actual);

    /// @dev The base fee that moves are paid at, frozen when a claim is confirmed.
    function cappedBaseFee() internal view returns (uint64) {
        return uint64(block.basefee < BASE_FEE_CAP ? block.basefee : BASE_FEE_CAP);
    }

    /// @dev Reverts unless the path leads up to the root of a confirmed claim, or of a level-1 tree that won under one.
    function checkWon(
        Tree storage tree,
        bytes32 cohortId,
        bytes32 root,
        uint8 height,
        bytes32[] memory path
    ) internal view {
        bytes32 id = Bisection.nodeId(cohortId, root);
        require(tree.nodes[id].flags & Clock.CONFIRMED != 0, NotConfirmed(id));
        uint256 length = path.length - 1;
        require(length == height, DisputeTree.WrongProofLength(height, length));
        require(path[height] == root, NotInConfirmedTree(root, path[height]));
    }

    /// @dev Closes the cohort of level-1 trees under a leaf of a confirmed claim in favour of one that has won its time.
    function win(
        Tree storage tree,
        Position memory position,
        bytes32 root,
        bytes32 leafId,
        uint40 timeout
    ) internal returns (bytes32 id, address mover) {
        bytes32 cohortId = Bisection.cohortId(position);
        id = Bisection.nodeId(cohortId, root);
        Cohort storage cohort = tree.cohorts[cohortId];
        Node storage node = DisputeTree.requireNode(tree, id);
        bytes32 refined = tree.refines[id];
        require(refined == leafId, DisputeTree.WrongRefinement(refined, leafId));
        require(cohort.confirmedAt == 0, AlreadySettled(id));
        uint40 timer = Clock.bottomUp(node, cohort);
        require(timer >= timeout, TimerTooShort(id, timeout, timer));

        cohort.confirmedAt = uint40(block.timestamp);
        node.flags |= Clock.CONFIRMED | Clock.SETTLED;
        mover = node.mover;
    }

    /// @dev Takes the bond of a node whose cohort has another winner: half into the pot, the rest to be burned.
    function forfeit(
        Tree storage tree,
        Treasury storage treasury,
        bytes32 cohortId,
        bytes32 id,
        bytes32 parent,
        uint256 bond
    ) internal returns (uint256 burned) {
        Node storage node = tree.nodes[id];
        bool lost =
            node.createdAt != 0 &&
                tree.cohorts[cohortId].confirmedAt != 0 &&
                node.flags & Clock.CONFIRMED == 0;
        require(lost, NotLost(id));
        require(node.flags & Clock.SETTLED == 0, AlreadySettled(id));

        node.flags |= Clock.SETTLED;
        uint256 pooled = bond / 2;
        burned = bond - pooled;
        treasury.pots[parent] += pooled;
        emit Forfeited(parent, id, burned, pooled);
    }

    /// @dev Pays, out of a parent's pot, the moves on the way from a winning root down to one of its leaves.
    function payPath(
        Tree storage tree,
        Treasury storage treasury,
        bytes32 parent,
        uint256 baseFee,
        Position memory position,
        uint64 index,
        bytes32[] memory path,
        bytes32[] calldata siblings
    ) internal {
        bytes32 id;
        for (uint256 height = siblings.length; height > 0; height--) {
            (bytes32 left, bytes32 right) = (path[height - 1], siblings[height - 1]);
            bool turnsRight = (index >> (height - 1)) & 1 == 1;
            if (turnsRight) (left, right) = (right, left);

            // A right child is always new, so its mover is the one who bisected its parent.
            Position memory rightPosition = Bisection.rightChild(position, left);
            id = Bisection.nodeId(Bisection.cohortId(rightPosition), right);
            address mover = tree.nodes[id].mover;
            pay(tree, treasury, parent, id, mover, Clock.REWARDED, MOVE_GAS * baseFee);
            position = turnsRight ? rightPosition : Bisection.leftChild(position);
        }
        bytes32 cohort = Bisection.cohortId(position);
        id = Bisection.nodeId(cohort, path[0]);
        // A timer does not tell a proof: a block has run for ever where all of its steps are proven. And a proof that no
        // rival asked for is paid by nobody: such proofs would empty the pot.
        address prover = tree.provers[id];
        if (prover == address(0) || tree.cohorts[cohort].count < 2) return;
        pay(tree, treasury, parent, id, prover, Clock.PROOF_REWARDED, PROOF_GAS * baseFee);
    }

    // Credits an account once for a node; nothing happens for a node that is missing or when the pot is too small.
    function pay(
        Tree storage tree,
        Treasury storage treasury,
        bytes32 parent,
        bytes32 id,
        address account,
        uint16 flag,
        uint256 price
    ) private {
        Node storage node = tree.nodes[id];
        if (node.createdAt == 0 || node.flags & flag != 0) return;
        uint256 pot = treasury.pots[parent];
        if (pot < price) return;

        node.flags |= flag;
        treasury.pots[parent] = pot - price;
        treasury.credit[account] += price;
        emit Rewarded(parent, id, account, price, flag == Clock.PROOF_REWARDED);
    }
}
