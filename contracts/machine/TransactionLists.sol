// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RlpCursor} from "../protocol/RlpCursor.sol";
import {RlpItem} from "../protocol/RlpItem.sol";

/// @dev The commitments to a transaction's access list (EIP-2930), authorizations (EIP-7702) and blob hashes
/// (EIP-4844). The first item is the outermost, so that a phase takes one at a time from the front.
/// Counts and positions are bounded by the size of a transaction: no sum of them overflows.
/// Twin: src/machine/transactionContext.ts.
library TransactionLists {
    bytes32 internal constant TAG_ACCESS = keccak256("tribunal.access");
    bytes32 internal constant TAG_AUTHORIZATION = keccak256("tribunal.authorization");

    // Address, whether a slot, slot.
    uint256 private constant ACCESS_WORDS = 3;
    // Chain id, address, nonce, y parity, r, s.
    uint256 private constant AUTHORIZATION_WORDS = 6;
    // What the shortest item of each list takes in RLP: the bound of an array that holds them all.
    uint256 private constant MIN_ACCESS_BYTES = 23;
    uint256 private constant MIN_AUTHORIZATION_BYTES = 27;

    /// @dev The first byte of a blob hash (EIP-4844).
    uint256 private constant KZG_VERSION = 1;

    struct AccessList {
        bytes32 root;
        uint32 addresses;
        uint32 slots;
    }

    struct Authorizations {
        bytes32 root;
        uint32 count;
    }

    struct BlobHashes {
        bytes32 root;
        uint32 count;
    }

    /// @dev Reads an access list.
    function readAccessList(
        RlpCursor memory cursor
    ) internal pure returns (AccessList memory accessList) {
        bytes memory data = cursor.data;
        (uint256 position, uint256 end) = cursor.readList();
        uint256[] memory words = new uint256[](
            ACCESS_WORDS * ((end - position) / MIN_ACCESS_BYTES)
        );
        uint256 used = 0;
        uint256 addresses = 0;
        while (position < end) {
            (uint256 start, uint256 next) = RlpItem.listAt(data, position, end);
            uint256 account;
            (account, start) = RlpItem.fixedAt(data, start, next, 20);
            account >>= 96;
            uint256 slotsEnd;
            (position, slotsEnd) = RlpItem.listAt(data, start, next);
            if (slotsEnd != next || next == RlpItem.INVALID) return invalidAccessList(cursor);

            pushAccess(words, used, account, 0, 0);
            unchecked {
                used += ACCESS_WORDS;
                addresses++;
            }
            while (position < next) {
                uint256 slot;
                (slot, position) = RlpItem.fixedAt(data, position, next, 32);
                if (position == RlpItem.INVALID) return invalidAccessList(cursor);
                pushAccess(words, used, account, 1, slot);
                unchecked {
                    used += ACCESS_WORDS;
                }
            }
        }
        accessList.root = fold(TAG_ACCESS, words, used, ACCESS_WORDS);
        accessList.addresses = uint32(addresses);
        accessList.slots = uint32(used / ACCESS_WORDS - addresses);
    }

    /// @dev Reads a list of authorizations.
    function readAuthorizations(
        RlpCursor memory cursor
    ) internal pure returns (Authorizations memory authorizations) {
        (uint256 position, uint256 end) = cursor.readList();
        uint256[] memory words = new uint256[](
            AUTHORIZATION_WORDS * ((end - position) / MIN_AUTHORIZATION_BYTES)
        );
        uint256 used = 0;
        while (position < end) {
            position = readAuthorization(cursor.data, position, end, words, used);
            unchecked {
                used += AUTHORIZATION_WORDS;
            }
        }
        if (position != end) {
            cursor.invalidate();
            return authorizations;
        }
        authorizations.root = fold(TAG_AUTHORIZATION, words, used, AUTHORIZATION_WORDS);
        authorizations.count = uint32(used / AUTHORIZATION_WORDS);
    }

    /// @dev Reads a list of versioned blob hashes.
    function readBlobHashes(
        RlpCursor memory cursor
    ) internal pure returns (BlobHashes memory blobHashes) {
        (uint256 position, uint256 end) = cursor.readList();
        bytes memory joined;
        while (position < end) {
            uint256 blobHash;
            (blobHash, position) = RlpItem.fixedAt(cursor.data, position, end, 32);
            if (blobHash >> 248 != KZG_VERSION) cursor.invalidate();
            joined = bytes.concat(joined, bytes32(blobHash));
            blobHashes.count++;
        }
        if (position != end) cursor.invalidate();
        if (blobHashes.count > 0) blobHashes.root = keccak256(joined);
    }

    function invalidAccessList(
        RlpCursor memory cursor
    ) private pure returns (AccessList memory nothing) {
        cursor.invalidate();
        return nothing;
    }

    function pushAccess(
        uint256[] memory words,
        uint256 used,
        uint256 account,
        uint256 isSlot,
        uint256 slot
    ) private pure {
        unchecked {
            words[used] = account;
            words[used + 1] = isSlot;
            words[used + 2] = slot;
        }
    }

    /// @dev Reads one tuple into the words from `used` on.
    function readAuthorization(
        bytes memory data,
        uint256 position,
        uint256 end,
        uint256[] memory words,
        uint256 used
    ) private pure returns (uint256) {
        unchecked {
            uint256 next;
            (position, next) = RlpItem.listAt(data, position, end);
            bool fits = next != RlpItem.INVALID && next - position >= MIN_AUTHORIZATION_BYTES - 1;
            if (!fits) return RlpItem.INVALID;

            uint256 account;
            (words[used], position) = RlpItem.integerAt(data, position, next, 32);
            (account, position) = RlpItem.fixedAt(data, position, next, 20);
            words[used + 1] = account >> 96;
            (words[used + 2], position) = RlpItem.integerAt(data, position, next, 8);
            (words[used + 3], position) = RlpItem.integerAt(data, position, next, 1);
            (words[used + 4], position) = RlpItem.integerAt(data, position, next, 32);
            (words[used + 5], position) = RlpItem.integerAt(data, position, next, 32);
            return position == next ? next : RlpItem.INVALID;
        }
    }

    /// @dev H(tag, item, H(tag, next item, … 0)) over items of so many words.
    function fold(
        bytes32 tag,
        uint256[] memory words,
        uint256 used,
        uint256 itemWords
    ) private pure returns (bytes32 root) {
        bytes32[] memory preimage = new bytes32[](itemWords + 2);
        preimage[0] = tag;
        while (used > 0) {
            unchecked {
                used -= itemWords;
            }
            // for (uint256 i = 0; i < itemWords; i++) preimage[1 + i] = bytes32(words[used + i]);
            // preimage[1 + itemWords] = root;
            // root = keccak256(abi.encodePacked(preimage));
            assembly ("memory-safe") {
                let item := add(preimage, 0x40)
                let size := shl(5, itemWords)
                mcopy(item, add(add(words, 0x20), shl(5, used)), size)
                mstore(add(item, size), root)
                root := keccak256(add(preimage, 0x20), add(size, 0x40))
            }
        }
    }
}
