// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Where a node stands in a tree, and what it agrees with. Field order is consensus.
struct Position {
    // 0: a leaf is the state after a block. 1: a leaf is the state after a step of one block.
    uint8 level;
    // Distance from the leaves.
    uint8 height;
    // Index among the nodes of this height, from the left.
    uint64 index;
    // What the tree starts from: the parent claim's id, or the disputed block's cohort and start state.
    bytes32 origin;
    // Hash chain of the left siblings on the way down from the root; zero while there is none.
    bytes32 prefix;
}

/// @notice The state before a leaf, opened from the last left sibling on the way down.
struct PreState {
    bytes32 state;
    // The prefix before that sibling was appended.
    bytes32 prefix;
    // Left siblings along the right spine of that sibling, from its last leaf upwards.
    bytes32[] spine;
}

/// @dev Trees, cohorts and node ids. Twin: src/dispute/bisection.ts.
library Bisection {
    bytes32 internal constant TAG_COHORT = keccak256("tribunal.cohort");
    bytes32 internal constant TAG_NODE = keccak256("tribunal.node");
    bytes32 internal constant TAG_PREFIX = keccak256("tribunal.prefix");
    bytes32 internal constant TAG_ORIGIN = keccak256("tribunal.origin");

    error WrongSpineLength(uint256 expected, uint256 actual);
    error WrongPreState(bytes32 expected, bytes32 actual);

    /// @dev The hash of a leaf that holds the state.
    function leafHash(bytes32 state) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0x00), state));
    }

    /// @dev The hash of a node with these children.
    function innerHash(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        // node = keccak256(abi.encodePacked(uint8(0x01), left, right));
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 0x01)
            mstore(add(free, 0x01), left)
            mstore(add(free, 0x21), right)
            node := keccak256(free, 0x41)
        }
    }

    /// @dev What rivals share: the same place after the same history.
    function cohortId(Position memory position) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_COHORT, position));
    }

    /// @dev One node of a cohort.
    function nodeId(bytes32 cohort, bytes32 nodeHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_NODE, cohort, nodeHash));
    }

    /// @dev The node with this hash at a position.
    function idAt(Position memory position, bytes32 nodeHash) internal pure returns (bytes32) {
        return nodeId(cohortId(position), nodeHash);
    }

    /// @dev The prefix after a right turn past the left sibling.
    function prefixAfter(bytes32 prefix, bytes32 left) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_PREFIX, prefix, left));
    }

    /// @dev The origin of the level-1 trees under a level-0 leaf.
    function originOf(bytes32 leafCohort, bytes32 startState) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_ORIGIN, leafCohort, startState));
    }

    /// @dev The position of a whole tree.
    function root(
        uint8 level,
        uint8 height,
        bytes32 origin
    ) internal pure returns (Position memory) {
        return Position(level, height, 0, origin, 0);
    }

    /// @dev The left child's position: it agrees with nothing more than its parent.
    function leftChild(Position memory parent) internal pure returns (Position memory) {
        uint64 index = 2 * parent.index;
        return Position(parent.level, parent.height - 1, index, parent.origin, parent.prefix);
    }

    /// @dev The right child's position: it agrees with its left sibling.
    function rightChild(
        Position memory parent,
        bytes32 left
    ) internal pure returns (Position memory) {
        uint64 index = 2 * parent.index + 1;
        bytes32 prefix = prefixAfter(parent.prefix, left);
        return Position(parent.level, parent.height - 1, index, parent.origin, prefix);
    }

    /// @dev The root over a last leaf, or the subtree root over its last leaf: every sibling is on the left.
    function foldLastLeaf(
        bytes32 leaf,
        bytes32[] calldata siblings
    ) internal pure returns (bytes32 node) {
        node = leaf;
        for (uint256 i = 0; i < siblings.length; i++) node = innerHash(siblings[i], node);
    }

    /// @dev The root over any leaf.
    function fold(
        uint64 index,
        bytes32 leaf,
        bytes32[] calldata siblings
    ) internal pure returns (bytes32 node) {
        node = leaf;
        for (uint256 i = 0; i < siblings.length; i++) {
            bool isRight = (index >> i) & 1 == 1;
            node = isRight ? innerHash(siblings[i], node) : innerHash(node, siblings[i]);
        }
    }

    /// @dev The prefix of a leaf, from its siblings on the way up.
    function prefixOf(
        uint64 index,
        bytes32[] calldata siblings
    ) internal pure returns (bytes32 prefix) {
        for (uint256 i = siblings.length; i > 0; i--) {
            bool isRight = (index >> (i - 1)) & 1 == 1;
            if (isRight) prefix = prefixAfter(prefix, siblings[i - 1]);
        }
    }

    /// @dev Reverts unless `pre` opens the state before the leaf, where `startState` precedes leaf 0.
    function checkPreState(
        Position memory leaf,
        PreState calldata pre,
        bytes32 startState
    ) internal pure {
        uint256 height = leaf.index == 0 ? 0 : trailingZeros(leaf.index);
        require(pre.spine.length == height, WrongSpineLength(height, pre.spine.length));
        if (leaf.index == 0) {
            require(pre.state == startState, WrongPreState(startState, pre.state));
            return;
        }
        bytes32 sibling = foldLastLeaf(leafHash(pre.state), pre.spine);
        bytes32 prefix = prefixAfter(pre.prefix, sibling);
        require(prefix == leaf.prefix, WrongPreState(leaf.prefix, prefix));
    }

    /// @dev The number of zero bits below the lowest set bit of a nonzero index: the height of the last left sibling.
    function trailingZeros(uint64 index) internal pure returns (uint256 count) {
        while ((index >> count) & 1 == 0) count++;
    }
}
