// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bisection, Position} from "./Bisection.sol";
import {Clock, Cohort, Node} from "./Clock.sol";

/// @notice Everything the moves of all disputes have built.
struct Tree {
    mapping(bytes32 id => Node node) nodes;
    mapping(bytes32 id => Cohort cohort) cohorts;
    // Root of a level-1 tree => the level-0 leaf it refines.
    mapping(bytes32 root => bytes32 leaf) refines;
    // Proven leaf => who proved it; the node keeps the mover of the bisection.
    mapping(bytes32 leaf => address prover) provers;
}

/// @notice What stands below a node: its two halves; below a block, the state before it and the root of its tree of steps.
struct Opening {
    bytes32 left;
    bytes32 right;
}

/// @dev The unbonded moves: what they require and what they write. Twin: src/dispute/disputeTree.ts.
library DisputeTree {
    error NodeMissing(bytes32 id);
    error NodeExists(bytes32 id);
    error NotRivaled(bytes32 id);
    error NotInner(bytes32 id);
    error NotBlockLeaf(uint8 level, uint8 height);
    error WrongProofLength(uint256 expected, uint256 actual);
    error WrongLastLeaf(bytes32 expected, bytes32 actual);
    error WrongRefinement(bytes32 expected, bytes32 actual);
    error AlreadySettled(bytes32 id);

    /// @dev Adds a node to its cohort; false if it was there before, and then nothing changes.
    function create(
        Tree storage self,
        bytes32 cohortId,
        bytes32 id,
        address mover,
        uint16 flags
    ) internal returns (bool) {
        if (self.nodes[id].createdAt != 0) return false;

        Cohort storage cohort = self.cohorts[cohortId];
        uint40 time = uint40(block.timestamp);
        uint32 count = cohort.count;
        if (count == 0) flags |= Clock.FIRST;
        if (count == 1) cohort.secondAt = time;
        cohort.count = count + 1;
        self.nodes[id] = Node({mover: mover, createdAt: time, timer: 0, flags: flags});
        return true;
    }

    /// @dev Opens a rivaled node into its two children; false if that was done before.
    function bisect(
        Tree storage self,
        Position memory position,
        bytes32 left,
        bytes32 right
    ) internal returns (bytes32 id, bool changed) {
        bytes32 cohort = Bisection.cohortId(position);
        id = Bisection.nodeId(cohort, Bisection.innerHash(left, right));
        Node storage node = requireNode(self, id);
        require(position.height > 0, NotInner(id));
        if (node.flags & Clock.BISECTED != 0) return (id, false);
        require(self.cohorts[cohort].count > 1, NotRivaled(id));

        node.flags |= Clock.BISECTED;
        cohort = Bisection.cohortId(Bisection.leftChild(position));
        create(self, cohort, Bisection.nodeId(cohort, left), msg.sender, 0);
        cohort = Bisection.cohortId(Bisection.rightChild(position, left));
        create(self, cohort, Bisection.nodeId(cohort, right), msg.sender, 0);
        return (id, true);
    }

    /// @dev Starts a level-1 tree whose last leaf is the rivaled level-0 leaf and whose origin is the state before it.
    function refine(
        Tree storage self,
        Position memory leaf,
        bytes32 leafHash,
        bytes32 startState,
        Position memory tree,
        bytes32 root
    ) internal returns (bytes32 id) {
        bytes32 cohort = Bisection.cohortId(leaf);
        bytes32 leafId = Bisection.nodeId(cohort, leafHash);
        requireNode(self, leafId);
        require(leaf.level == 0 && leaf.height == 0, NotBlockLeaf(leaf.level, leaf.height));
        require(self.cohorts[cohort].count > 1, NotRivaled(leafId));

        tree.origin = Bisection.originOf(cohort, startState);
        cohort = Bisection.cohortId(tree);
        id = Bisection.nodeId(cohort, root);
        require(self.cohorts[cohort].confirmedAt == 0, AlreadySettled(id));
        require(create(self, cohort, id, msg.sender, 0), NodeExists(id));
        self.refines[id] = leafId;
    }

    /// @dev Reverts unless the tree's last leaf is this one. Trees end in padding, so most of a last leaf's siblings are the
    /// node beside them: those that `siblings` leaves out, from the leaf upwards.
    function checkLastLeaf(
        bytes32 root,
        uint256 height,
        bytes32 leafHash,
        bytes32[] calldata siblings
    ) internal pure {
        require(siblings.length <= height, WrongProofLength(height, siblings.length));
        bytes32 padding = leafHash;
        for (uint256 i = siblings.length; i < height; i++) {
            padding = Bisection.innerHash(padding, padding);
        }
        bytes32 folded = Bisection.foldLastLeaf(padding, siblings);
        require(folded == root, WrongLastLeaf(root, folded));
    }

    /// @dev The node, which must exist.
    function requireNode(Tree storage self, bytes32 id) internal view returns (Node storage node) {
        node = self.nodes[id];
        require(node.createdAt != 0, NodeMissing(id));
    }
}
