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

    error NodeMissing(bytes32 id);
    error NodeExists(bytes32 id);
    error NotRivaled(bytes32 id);
    error NotInner(bytes32 id);
    error NotBlockLeaf(uint8 level, uint8 height);
    error WrongProofLength(uint256 expected, uint256 actual);
    error WrongLastLeaf(bytes32 expected, bytes32 actual);
    error NotInConfirmedTree(bytes32 expected, bytes32 actual);
    error WrongRefinement(bytes32 expected, bytes32 actual);
    error AlreadySettled(bytes32 id);

    /// @dev Adds a node to its cohort; false if it was there before, and then nothing changes.
    function create(
        Tree storage self,
        Position memory position,
        bytes32 nodeHash,
        address mover,
        uint16 flags
    ) internal returns (bool) {
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, nodeHash);
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

    /// @dev Opens a rivaled node into its two children, unless that was done before.
    function bisect(
        Tree storage self,
        Position memory position,
        bytes32 left,
        bytes32 right
    ) internal {
        bytes32 cohortId = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohortId, Bisection.innerHash(left, right));
        Node storage node = requireNode(self, id);
        require(position.height > 0, NotInner(id));
        if (node.flags & Clock.BISECTED != 0) return;
        require(self.cohorts[cohortId].count > 1, NotRivaled(id));

        node.flags |= Clock.BISECTED;
        create(self, Bisection.leftChild(position), left, msg.sender, 0);
        create(self, Bisection.rightChild(position, left), right, msg.sender, 0);
        emit Bisected(id, position, left, right, msg.sender);
    }

    /// @dev Starts a level-1 tree whose last leaf is the rivaled level-0 leaf and whose origin is the state before it.
    function refine(
        Tree storage self,
        Position memory leaf,
        bytes32 leafHash,
        bytes32 startState,
        uint8 stepHeight,
        bytes32 root
    ) internal {
        bytes32 cohort = Bisection.cohortId(leaf);
        bytes32 leafId = Bisection.nodeId(cohort, leafHash);
        requireNode(self, leafId);
        require(leaf.level == 0 && leaf.height == 0, NotBlockLeaf(leaf.level, leaf.height));
        require(self.cohorts[cohort].count > 1, NotRivaled(leafId));

        bytes32 origin = Bisection.originOf(cohort, startState);
        Position memory steps = Bisection.root(1, stepHeight, origin);
        cohort = Bisection.cohortId(steps);
        bytes32 id = Bisection.nodeId(cohort, root);
        require(self.cohorts[cohort].confirmedAt == 0, AlreadySettled(id));
        require(create(self, steps, root, msg.sender, 0), NodeExists(id));
        self.refines[id] = leafId;
        emit Refined(id, leaf, leafHash, startState, root, msg.sender);
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
