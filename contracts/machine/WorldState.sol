// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp} from "../merkle/Rlp.sol";
import {Opening, TrieOpening} from "../merkle/TrieOpening.sol";
import {Witness} from "../merkle/Witness.sol";
import {Account, decodeAccount, decodeSlot, emptyAccount} from "./Account.sol";
import {Machine} from "./Machine.sol";

/// @dev An account as it stands in the state; an absent one reads as empty.
struct AccountOpening {
    Opening way;
    bool exists;
    Account account;
}

/// @dev A slot as it stands in an account's storage; an absent one reads as zero.
struct SlotOpening {
    Opening way;
    uint256 value;
}

/// @dev Accounts and their storage, read and written through the tries. An opening stands against the current root: nothing
/// else may be written to the same trie between an opening and its write. The world is open. Twin: src/machine/worldState.ts.
library WorldState {
    /// @dev Opens the account at an address.
    function open(
        Machine memory machine,
        address target,
        Witness memory witness
    ) internal pure returns (AccountOpening memory opening) {
        assert(machine.worldOpened);
        bytes32 key = keccak256(abi.encodePacked(target));
        opening.way = TrieOpening.open(machine.world.stateRoot, key, witness);
        opening.exists = opening.way.value.length > 0;
        opening.account = opening.exists ? decodeAccount(opening.way.value) : emptyAccount();
    }

    /// @dev Replaces an opened account. One that is empty is removed (EIP-161).
    function write(
        Machine memory machine,
        AccountOpening memory opening,
        Account memory account,
        Witness memory witness
    ) internal pure {
        bytes memory encoding = account.isEmpty() ? bytes("") : account.encode();
        machine.world.stateRoot = opening.way.write(encoding, witness);
    }

    /// @dev Removes an opened account.
    function remove(
        Machine memory machine,
        AccountOpening memory opening,
        Witness memory witness
    ) internal pure {
        machine.world.stateRoot = opening.way.write("", witness);
    }

    /// @dev Opens a slot of an opened account.
    function openSlot(
        AccountOpening memory opening,
        uint256 slot,
        Witness memory witness
    ) internal pure returns (SlotOpening memory slotOpening) {
        bytes32 key = keccak256(abi.encode(slot));
        slotOpening.way = TrieOpening.open(opening.account.storageRoot, key, witness);
        if (slotOpening.way.value.length > 0) slotOpening.value = decodeSlot(slotOpening.way.value);
    }

    /// @dev Replaces an opened slot of an opened account, and so the account. A slot of zero is removed.
    function writeSlot(
        Machine memory machine,
        AccountOpening memory opening,
        SlotOpening memory slotOpening,
        uint256 value,
        Witness memory witness
    ) internal pure {
        Account memory account = opening.account;
        bytes memory encoding = value == 0 ? bytes("") : Rlp.encodeUint(value);
        account.storageRoot = slotOpening.way.write(encoding, witness);
        write(machine, opening, account, witness);
    }
}
