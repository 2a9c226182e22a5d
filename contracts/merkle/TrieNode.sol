// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {NibblePath, Path} from "./NibblePath.sol";
import {Rlp} from "./Rlp.sol";

enum NodeKind {
    Branch,
    Extension,
    Leaf
}

/// @dev One node of a Merkle Patricia trie whose keys are 32 bytes, with one of its items in view.
struct TrieNode {
    bytes encoding;
    NodeKind kind;
    uint256 depth; // nibbles of the key above the node
    Path path; // of an extension or leaf
    uint256 children; // of a branch
    uint256 first; // where in the encoding the node's items start
    uint256 start; // where the item in view starts: the child of a branch or extension with its
    uint256 end; //   header, or the value of a leaf without; and where it ends
}

using TrieNodes for TrieNode global;

/// @dev Reads and writes trie nodes (Yellow Paper, appendix D). Only what a trie of 32-byte keys can hold
/// is a node: every other encoding reverts. Twin: src/merkle/trieNode.ts.
library TrieNodes {
    /// @dev A node shorter than this lies within its parent; a longer one is named by its hash.
    uint256 internal constant HASHED_LENGTH = 32;
    /// @dev A link by hash: the RLP string of 32 bytes.
    uint256 internal constant HASHED_LINK_LENGTH = 33;
    bytes internal constant NO_CHILD = hex"80";

    uint256 private constant EMPTY_PREFIX = 0x80;
    uint256 private constant HASH_PREFIX = 0xa0;
    uint256 private constant LIST_PREFIX = 0xc0;

    error NodeNotAList();
    error NodeTrailingBytes(uint256 end, uint256 length);
    error NotALink(uint256 position, uint256 prefix);
    error WrongItemCount(uint256 length);
    error BranchValueNotEmpty(uint256 prefix);
    error BranchTooSmall(uint256 children);
    error BranchTooDeep(uint256 depth);
    error PathNotAString();
    error LeafPathLength(uint256 depth, uint256 length);
    error LeafValueNotAString();
    error LeafValueEmpty();
    error ExtensionPathLength(uint256 depth, uint256 length);
    error ExtensionWithoutChild();

    /// @dev The node with this encoding at `depth`; of a branch, the child at `nibble` is in view.
    function parse(
        bytes memory encoding,
        uint256 depth,
        uint256 nibble
    ) internal pure returns (TrieNode memory node) {
        (bool isList, uint256 first, uint256 end) = Rlp.readHeader(encoding, 0, encoding.length);
        require(isList, NodeNotAList());
        require(end == encoding.length, NodeTrailingBytes(end, encoding.length));
        node.encoding = encoding;
        node.depth = depth;
        node.first = first;

        (bool firstIsList, uint256 pathStart, uint256 pathEnd) = Rlp.readHeader(
            encoding,
            first,
            end
        );
        (bool secondIsList, uint256 start, uint256 secondEnd) = Rlp.readHeader(
            encoding,
            pathEnd,
            end
        );
        if (secondEnd != end) {
            parseBranch(node, nibble);
            return node;
        }

        require(!firstIsList, PathNotAString());
        bool isLeaf;
        (isLeaf, node.path) = NibblePath.decode(encoding, pathStart, pathEnd);
        node.end = end;
        if (isLeaf) {
            require(!secondIsList, LeafValueNotAString());
            node.start = start;
            checkLeaf(node);
        } else {
            node.start = pathEnd;
            checkExtension(node);
        }
    }

    /// @dev The item in view: a child as its parent holds it, or the value of a leaf.
    function item(TrieNode memory node) internal pure returns (bytes memory) {
        return Bytes.slice(node.encoding, node.start, node.end);
    }

    /// @dev Whether the child in view is none.
    function isVacant(TrieNode memory node) internal pure returns (bool) {
        return isEmpty(node.encoding, node.start);
    }

    /// @dev Of a branch with two children: the nibble and the link of the one that is not in view.
    function sibling(
        TrieNode memory node
    ) internal pure returns (uint256 nibble, bytes memory link) {
        uint256 position = node.first;
        while (isEmpty(node.encoding, position) || position == node.start) {
            position = linkEnd(node.encoding, position);
            nibble++;
        }
        uint256 end = linkEnd(node.encoding, position);
        link = Bytes.slice(node.encoding, position, end);
    }

    /// @dev The hash in a link by hash.
    function hashIn(bytes memory link) internal pure returns (bytes32) {
        return Rlp.wordAt(link, 1);
    }

    /// @dev The encoding of the node with another link for the child in view.
    function withItem(
        TrieNode memory node,
        bytes memory link
    ) internal pure returns (bytes memory) {
        bytes memory before = Bytes.slice(node.encoding, node.first, node.start);
        bytes memory behind = Bytes.slice(node.encoding, node.end);
        uint256 length = before.length + link.length + behind.length;
        return bytes.concat(Rlp.listHeader(length), before, link, behind);
    }

    function encodeLeaf(Path memory path, bytes memory value) internal pure returns (bytes memory) {
        bytes memory hexPrefix = Rlp.encodeBytes(path.encode(true));
        return Rlp.encodeList(bytes.concat(hexPrefix, Rlp.encodeBytes(value)));
    }

    function encodeExtension(
        Path memory path,
        bytes memory link
    ) internal pure returns (bytes memory) {
        bytes memory hexPrefix = Rlp.encodeBytes(path.encode(false));
        return Rlp.encodeList(bytes.concat(hexPrefix, link));
    }

    /// @dev A branch with two children, at different nibbles.
    function encodeBranch(
        uint256 nibble,
        bytes memory link,
        uint256 otherNibble,
        bytes memory otherLink
    ) internal pure returns (bytes memory) {
        bytes memory items;
        for (uint256 i = 0; i < 16; i++) {
            if (i == nibble) items = bytes.concat(items, link);
            else if (i == otherNibble) items = bytes.concat(items, otherLink);
            else items = bytes.concat(items, NO_CHILD);
        }
        return Rlp.encodeList(bytes.concat(items, NO_CHILD));
    }

    /// @dev What a parent holds for a node: its hash or, if it is short, the node itself.
    function linkTo(bytes memory encoding) internal pure returns (bytes memory) {
        if (encoding.length < HASHED_LENGTH) return encoding;
        return Rlp.encodeBytes32(keccak256(encoding));
    }

    function parseBranch(TrieNode memory node, uint256 nibble) private pure {
        require(node.depth < NibblePath.KEY_LENGTH, BranchTooDeep(node.depth));
        bytes memory encoding = node.encoding;
        uint256 above;
        uint256 inView;
        uint256 below;
        uint256 position;
        (node.start, above) = skipLinks(encoding, node.first, nibble);
        (node.end, inView) = skipLinks(encoding, node.start, 1);
        (position, below) = skipLinks(encoding, node.end, 15 - nibble);

        uint256 end = encoding.length;
        require(position < end, WrongItemCount(end));
        uint256 prefix = prefixAt(encoding, position);
        require(prefix == EMPTY_PREFIX, BranchValueNotEmpty(prefix));
        require(position + 1 == end, WrongItemCount(end));
        uint256 children = above + inView + below;
        require(children >= 2, BranchTooSmall(children));
        node.kind = NodeKind.Branch;
        node.children = children;
    }

    function checkLeaf(TrieNode memory node) private pure {
        uint256 length = node.path.length;
        require(node.depth + length == NibblePath.KEY_LENGTH, LeafPathLength(node.depth, length));
        require(node.start < node.end, LeafValueEmpty());
        node.kind = NodeKind.Leaf;
    }

    function checkExtension(TrieNode memory node) private pure {
        uint256 length = node.path.length;
        require(
            length > 0 && node.depth + length < NibblePath.KEY_LENGTH,
            ExtensionPathLength(node.depth, length)
        );
        linkEnd(node.encoding, node.start);
        require(!isEmpty(node.encoding, node.start), ExtensionWithoutChild());
        node.kind = NodeKind.Extension;
    }

    /// @dev The position behind so many links, and how many of them are children.
    function skipLinks(
        bytes memory encoding,
        uint256 position,
        uint256 count
    ) private pure returns (uint256 end, uint256 children) {
        end = position;
        // At most 16 links of 33 bytes. Past the end of the node whatever is there is skipped: no position
        // behind the end passes the caller's check.
        unchecked {
            for (; count > 0; count--) {
                uint256 prefix = prefixAt(encoding, end);
                if (prefix == EMPTY_PREFIX) {
                    end++;
                } else {
                    end = prefix == HASH_PREFIX ? end + HASHED_LINK_LENGTH : linkEnd(encoding, end);
                    children++;
                }
            }
        }
    }

    /// @dev Behind the link at `position`: nothing, a hash, or a list short enough to be no hash.
    function linkEnd(bytes memory encoding, uint256 position) private pure returns (uint256 end) {
        uint256 limit = encoding.length;
        require(position < limit, WrongItemCount(limit));
        uint256 prefix = prefixAt(encoding, position);
        if (prefix == EMPTY_PREFIX) return position + 1;
        if (prefix == HASH_PREFIX) {
            end = position + HASHED_LINK_LENGTH;
        } else {
            bool isEmbedded = prefix > LIST_PREFIX && prefix < LIST_PREFIX + HASHED_LENGTH - 1;
            require(isEmbedded, NotALink(position, prefix));
            end = position + 1 + prefix - LIST_PREFIX;
        }
        require(end <= limit, WrongItemCount(limit));
    }

    function isEmpty(bytes memory encoding, uint256 position) private pure returns (bool) {
        return prefixAt(encoding, position) == EMPTY_PREFIX;
    }

    /// @dev The byte at a position that lies within the encoding.
    function prefixAt(bytes memory encoding, uint256 position) private pure returns (uint256) {
        return uint256(Rlp.wordAt(encoding, position)) >> 248;
    }
}
