// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Reads one storage slot from a proof in the form of eth_getProof: the nodes of the storage trie from its root
/// down to the slot's leaf. The nodes are those of a true trie, since their hashes say so; the checks here are
/// for proofs of something else.
library StorageProof {
    /// @dev One item of a node.
    struct Item {
        uint256 start;
        uint256 end;
        bool isList;
    }

    /// @dev Where a walk down the trie has come.
    struct Walk {
        bytes32 slot;
        uint256 key;
        uint256 depth;
        bool found;
    }

    uint256 private constant KEY_NIBBLES = 64;

    // Recursive length prefixes of one byte. Strings above 55 bytes do not occur inside a storage trie's nodes.
    uint8 private constant EMPTY_STRING = 0x80;
    uint8 private constant HASH_STRING = 0xa0;
    uint8 private constant LONGEST_SHORT_STRING = 0xb7;
    uint8 private constant EMPTY_LIST = 0xc0;
    uint8 private constant LONGEST_SHORT_LIST = 0xf7;

    // The first nibble of a path: a leaf's or an extension's, of an odd number of nibbles or an even one.
    uint256 private constant ODD_FLAG = 1;
    uint256 private constant LEAF_FLAG = 2;

    error ProofTooShort(uint256 nodes);
    error ProofTooLong(uint256 used, uint256 nodes);
    error WrongNode(uint256 index, bytes32 expected, bytes32 actual);
    error MalformedNode(bytes node);
    error SlotNotInTrie(bytes32 slot);

    /// @dev The encoded value of a slot under a storage root.
    function valueAt(
        bytes32 root,
        bytes32 slot,
        bytes[] calldata proof
    ) internal pure returns (bytes calldata) {
        require(proof.length != 0, ProofTooShort(0));
        Walk memory walk = Walk(slot, uint256(keccak256(abi.encode(slot))), 0, false);
        bytes calldata node = proof[0];
        checkHash(0, root, node);
        uint256 used = 1;

        bytes calldata item = next(walk, node);
        while (!walk.found) {
            if (uint8(item[0]) == HASH_STRING) {
                require(used < proof.length, ProofTooShort(used));
                node = proof[used];
                checkHash(used, bytes32(item[1:]), node);
                used++;
            } else {
                // A node below 32 bytes stands inside its parent; clients may repeat it as a node of its own.
                node = item;
                if (used < proof.length) {
                    checkHash(used, keccak256(node), proof[used]);
                    used++;
                }
            }
            item = next(walk, node);
        }
        require(used == proof.length, ProofTooLong(used, proof.length));
        return item;
    }

    /// @dev The reference to the node below, or the value if the node is the slot's leaf.
    function next(Walk memory walk, bytes calldata node) private pure returns (bytes calldata) {
        uint256 position = listStart(node);
        Item memory first = itemAt(node, position);
        Item memory second = itemAt(node, first.end);
        if (second.end == node.length) return below(walk, node, first, second);

        // A branch: sixteen references and a value, which no key of a fixed length has.
        require(walk.depth < KEY_NIBBLES, MalformedNode(node));
        uint256 nibble = nibbleAt(walk, walk.depth);
        for (uint256 i = 0; i < nibble; i++) {
            uint8 prefix = byteAt(node, position);
            if (prefix == HASH_STRING) position += 33;
            else if (prefix == EMPTY_STRING) position++;
            else position = itemAt(node, position).end;
        }
        Item memory child = itemAt(node, position);
        walk.depth++;
        return childAt(walk, node, position, child);
    }

    /// @dev Follows the path of a leaf or an extension.
    function below(
        Walk memory walk,
        bytes calldata node,
        Item memory path,
        Item memory target
    ) private pure returns (bytes calldata) {
        require(path.end > path.start && !path.isList, MalformedNode(node));
        uint256 flags = uint8(node[path.start]) >> 4;
        require(flags <= (LEAF_FLAG | ODD_FLAG), MalformedNode(node));
        uint256 pairs = path.end - path.start - 1;
        uint256 length = 2 * pairs + (flags & ODD_FLAG);
        require(length <= KEY_NIBBLES - walk.depth, SlotNotInTrie(walk.slot));

        uint256 nibbles = uint256(bytes32(node[path.start + 1:path.end])) >> (256 - 8 * pairs);
        if (flags & ODD_FLAG != 0)
            nibbles |= uint256(uint8(node[path.start]) & 0x0f) << (8 * pairs);
        uint256 expected = (walk.key << (4 * walk.depth)) >> (256 - 4 * length);
        require(nibbles == expected, SlotNotInTrie(walk.slot));
        walk.depth += length;
        if (flags & LEAF_FLAG == 0) {
            require(length != 0, MalformedNode(node));
            return childAt(walk, node, path.end, target);
        }
        require(walk.depth == KEY_NIBBLES, SlotNotInTrie(walk.slot));
        walk.found = true;
        return node[target.start:target.end];
    }

    /// @dev The whole item at a position, which must refer to a node: a hash, or the node itself.
    function childAt(
        Walk memory walk,
        bytes calldata node,
        uint256 position,
        Item memory item
    ) private pure returns (bytes calldata) {
        require(item.isList || item.end != item.start, SlotNotInTrie(walk.slot));
        require(item.isList || item.end - position == 33, MalformedNode(node));
        return node[position:item.end];
    }

    /// @dev Where the items of a node begin; its list must end where it ends.
    function listStart(bytes calldata node) private pure returns (uint256 start) {
        uint8 prefix = byteAt(node, 0);
        require(prefix >= EMPTY_LIST, MalformedNode(node));
        uint256 length;
        if (prefix <= LONGEST_SHORT_LIST) {
            start = 1;
            length = prefix - EMPTY_LIST;
        } else {
            uint256 lengthBytes = prefix - LONGEST_SHORT_LIST;
            start = 1 + lengthBytes;
            for (uint256 i = 1; i < start; i++) length = (length << 8) | byteAt(node, i);
        }
        require(start + length == node.length, MalformedNode(node));
    }

    function itemAt(bytes calldata node, uint256 position) private pure returns (Item memory item) {
        uint8 prefix = byteAt(node, position);
        if (prefix < EMPTY_STRING) {
            item.start = position;
            item.end = position + 1;
        } else {
            item.isList = prefix >= EMPTY_LIST;
            require(
                prefix <= LONGEST_SHORT_STRING || (item.isList && prefix <= LONGEST_SHORT_LIST),
                MalformedNode(node)
            );
            item.start = position + 1;
            item.end = item.start + prefix - (item.isList ? EMPTY_LIST : EMPTY_STRING);
        }
        require(item.end <= node.length, MalformedNode(node));
    }

    function byteAt(bytes calldata node, uint256 position) private pure returns (uint8) {
        require(position < node.length, MalformedNode(node));
        return uint8(node[position]);
    }

    function nibbleAt(Walk memory walk, uint256 index) private pure returns (uint256) {
        return (walk.key >> ((KEY_NIBBLES - 1 - index) * 4)) & 0x0f;
    }

    function checkHash(uint256 index, bytes32 expected, bytes calldata node) private pure {
        bytes32 actual = keccak256(node);
        require(actual == expected, WrongNode(index, expected, actual));
    }
}
