// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NibblePath, Path} from "./NibblePath.sol";
import {NodeKind, TrieNode, TrieNodes} from "./TrieNode.sol";
import {Witness} from "./Witness.sol";

/// @dev The way of one key through a trie, from the root to where the key is or would be.
struct Opening {
    bytes32 root;
    bytes32 key;
    bytes value; // empty if the key is absent
    TrieNode[] nodes; // the first `count` are set
    uint256 count;
}

using TrieOpening for Opening global;

/// @dev Reads and writes a Merkle Patricia trie of 32-byte keys of which only the root is known. The nodes
/// come from a witness, root first, each behind its length; one that lies within its parent is not given
/// again. A write gives the new root. Twin: src/merkle/trieOpening.ts.
library TrieOpening {
    /// @dev The root of a trie without entries: the hash of the empty RLP string.
    bytes32 internal constant EMPTY_ROOT =
        0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

    /// @dev A branch at each of 64 depths and a leaf below the last.
    uint256 private constant MAX_NODES = 65;

    error WrongNode(bytes32 expected, bytes32 actual);
    error NodeNotEmbedded(uint256 length);
    error ExtensionWithoutBranch(uint256 depth);

    /// @dev Follows the key from the root as far as the trie goes.
    function open(
        bytes32 root,
        bytes32 key,
        Witness memory witness
    ) internal pure returns (Opening memory opening) {
        opening.root = root;
        opening.key = key;
        opening.nodes = reserve(MAX_NODES);
        if (root == EMPTY_ROOT) return opening;

        bytes memory encoding = readNode(root, witness);
        Path memory rest = NibblePath.fromKey(key, 0);
        bool belowExtension = false;
        while (true) {
            uint256 depth = NibblePath.KEY_LENGTH - rest.length;
            TrieNode memory node = TrieNodes.parse(encoding, depth, rest.nibbleAt(0));
            opening.nodes[opening.count++] = node;
            require(!belowExtension || node.kind == NodeKind.Branch, ExtensionWithoutBranch(depth));

            if (node.kind == NodeKind.Branch) {
                if (node.isVacant()) return opening;
                rest = rest.skip(1);
            } else {
                if (!node.path.isPrefixOf(rest)) return opening;
                rest = rest.skip(node.path.length);
            }
            if (node.kind == NodeKind.Leaf) {
                opening.value = node.item();
                return opening;
            }
            belowExtension = node.kind == NodeKind.Extension;
            encoding = resolve(node.item(), witness);
        }
    }

    /// @dev The root after the key was given the value, or was removed if the value is empty. Removing may
    /// take one more node from the witness.
    function write(
        Opening memory opening,
        bytes memory value,
        Witness memory witness
    ) internal pure returns (bytes32) {
        if (value.length > 0) return insert(opening, value);
        if (opening.value.length > 0) return remove(opening, witness);
        return opening.root;
    }

    function insert(Opening memory opening, bytes memory value) private pure returns (bytes32) {
        Path memory rest = NibblePath.fromKey(opening.key, 0);
        if (opening.count == 0) return keccak256(TrieNodes.encodeLeaf(rest, value));

        uint256 level = opening.count - 1;
        TrieNode memory node = opening.nodes[level];
        if (node.kind == NodeKind.Branch) {
            rest = NibblePath.fromKey(opening.key, node.depth + 1);
            return rebuild(opening, opening.count, TrieNodes.encodeLeaf(rest, value));
        }
        rest = NibblePath.fromKey(opening.key, node.depth);
        if (opening.value.length == 0) return rebuild(opening, level, fork(node, rest, value));
        return rebuild(opening, level, TrieNodes.encodeLeaf(rest, value));
    }

    /// @dev A branch where the key leaves the path of a leaf or extension, below an extension if they share
    /// some.
    function fork(
        TrieNode memory node,
        Path memory rest,
        bytes memory value
    ) private pure returns (bytes memory) {
        uint256 shared = node.path.sharedLength(rest);
        Path memory below = node.path.skip(shared + 1);
        bytes memory old = node.item();
        if (node.kind == NodeKind.Leaf) {
            old = TrieNodes.linkTo(TrieNodes.encodeLeaf(below, old));
        } else if (below.length > 0) {
            old = TrieNodes.linkTo(TrieNodes.encodeExtension(below, old));
        }
        bytes memory leaf = TrieNodes.encodeLeaf(rest.skip(shared + 1), value);
        bytes memory branch = TrieNodes.encodeBranch(
            node.path.nibbleAt(shared),
            old,
            rest.nibbleAt(shared),
            TrieNodes.linkTo(leaf)
        );
        if (shared == 0) return branch;
        return TrieNodes.encodeExtension(rest.take(shared), TrieNodes.linkTo(branch));
    }

    function remove(Opening memory opening, Witness memory witness) private pure returns (bytes32) {
        if (opening.count == 1) return EMPTY_ROOT;

        // A leaf never hangs below an extension, so its parent is a branch.
        uint256 level = opening.count - 2;
        TrieNode memory branch = opening.nodes[level];
        if (branch.children > 2) {
            return rebuild(opening, level, branch.withItem(TrieNodes.NO_CHILD));
        }

        (uint256 nibble, bytes memory only) = branch.sibling();
        Path memory path = NibblePath.single(nibble);
        if (level > 0 && opening.nodes[level - 1].kind == NodeKind.Extension) {
            level--;
            path = opening.nodes[level].path.join(path);
        }
        TrieNode memory node = TrieNodes.parse(resolve(only, witness), branch.depth + 1, 0);
        return rebuild(opening, level, lift(node, path, only));
    }

    /// @dev A node moved up to where only it is left, `path` above where it hung.
    function lift(
        TrieNode memory node,
        Path memory path,
        bytes memory link
    ) private pure returns (bytes memory) {
        if (node.kind == NodeKind.Branch) return TrieNodes.encodeExtension(path, link);
        Path memory longer = path.join(node.path);
        if (node.kind == NodeKind.Leaf) return TrieNodes.encodeLeaf(longer, node.item());
        return TrieNodes.encodeExtension(longer, node.item());
    }

    /// @dev The root after the node at `level` of the way was replaced.
    function rebuild(
        Opening memory opening,
        uint256 level,
        bytes memory encoding
    ) private pure returns (bytes32) {
        for (uint256 i = level; i > 0; i--) {
            encoding = opening.nodes[i - 1].withItem(TrieNodes.linkTo(encoding));
        }
        return keccak256(encoding);
    }

    /// @dev The node behind a link: the link itself, or the witness's next node.
    function resolve(
        bytes memory link,
        Witness memory witness
    ) private pure returns (bytes memory encoding) {
        if (link.length != TrieNodes.HASHED_LINK_LENGTH) return link;
        encoding = readNode(TrieNodes.hashIn(link), witness);
        require(encoding.length >= TrieNodes.HASHED_LENGTH, NodeNotEmbedded(encoding.length));
    }

    function readNode(
        bytes32 hash,
        Witness memory witness
    ) private pure returns (bytes memory encoding) {
        encoding = witness.readBytes();
        bytes32 actual = keccak256(encoding);
        require(actual == hash, WrongNode(hash, actual));
    }

    function reserve(uint256 capacity) private pure returns (TrieNode[] memory nodes) {
        // nodes = new TrieNode[](capacity), without a struct for each element that will be set anyway
        assembly ("memory-safe") {
            nodes := mload(0x40)
            mstore(nodes, capacity)
            mstore(0x40, add(add(nodes, 0x20), shl(5, capacity)))
        }
    }
}
