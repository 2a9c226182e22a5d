// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp} from "../merkle/Rlp.sol";
import {Opening, TrieOpening} from "../merkle/TrieOpening.sol";
import {Witness} from "../merkle/Witness.sol";
import {decodeSlot} from "./Account.sol";
import {Machine} from "./Machine.sol";
import {Precompiles} from "./Precompiles.sol";

/// @dev What a transaction has touched: accessed and created addresses, slots with their original values (EIP-2929, EIP-2200),
/// and transient storage (EIP-1153). The world is open. Twin: src/machine/substate.ts.
library Substate {
    bytes internal constant ACCESSED = hex"01";
    bytes internal constant CREATED = hex"02";

    /// @dev Marks an address as accessed. Returns whether it was before; precompiles always were.
    function touchAddress(
        Machine memory machine,
        address target,
        Witness memory witness
    ) internal pure returns (bool wasWarm) {
        if (Precompiles.exists(uint160(target), machine.context.fork)) return true;
        Opening memory opening = openSubstate(machine, keyOf(target), witness);
        if (opening.value.length > 0) return true;

        machine.world.substateRoot = opening.write(ACCESSED, witness);
        return false;
    }

    /// @dev Marks a slot as accessed; `current` is its value now, which is original if this is the first time.
    function touchSlot(
        Machine memory machine,
        address self,
        uint256 slot,
        uint256 current,
        Witness memory witness
    ) internal pure returns (bool wasWarm, uint256 original) {
        Opening memory opening = openSubstate(machine, keyOf(self, slot), witness);
        if (opening.value.length > 0) return (true, decodeSlot(opening.value));

        machine.world.substateRoot = opening.write(Rlp.encodeUint(current), witness);
        return (false, current);
    }

    /// @dev Marks an address as created in this transaction.
    function markCreated(
        Machine memory machine,
        address target,
        Witness memory witness
    ) internal pure {
        Opening memory opening = openSubstate(machine, keyOf(target), witness);
        machine.world.substateRoot = opening.write(CREATED, witness);
    }

    /// @dev Whether an address was created in this transaction.
    function isCreated(
        Machine memory machine,
        address target,
        Witness memory witness
    ) internal pure returns (bool) {
        Opening memory opening = openSubstate(machine, keyOf(target), witness);
        return keccak256(opening.value) == keccak256(CREATED);
    }

    /// @dev Reads a slot of transient storage.
    function loadTransient(
        Machine memory machine,
        address self,
        uint256 slot,
        Witness memory witness
    ) internal pure returns (uint256) {
        Opening memory opening = openTransient(machine, keyOf(self, slot), witness);
        return opening.value.length > 0 ? decodeSlot(opening.value) : 0;
    }

    /// @dev Writes a slot of transient storage.
    function storeTransient(
        Machine memory machine,
        address self,
        uint256 slot,
        uint256 value,
        Witness memory witness
    ) internal pure {
        Opening memory opening = openTransient(machine, keyOf(self, slot), witness);
        bytes memory encoding = value == 0 ? bytes("") : Rlp.encodeUint(value);
        machine.world.transientRoot = opening.write(encoding, witness);
    }

    function openSubstate(
        Machine memory machine,
        bytes32 key,
        Witness memory witness
    ) private pure returns (Opening memory) {
        assert(machine.worldOpened);
        return TrieOpening.open(machine.world.substateRoot, key, witness);
    }

    function openTransient(
        Machine memory machine,
        bytes32 key,
        Witness memory witness
    ) private pure returns (Opening memory) {
        assert(machine.worldOpened);
        return TrieOpening.open(machine.world.transientRoot, key, witness);
    }

    function keyOf(address target) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(target));
    }

    function keyOf(address self, uint256 slot) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(self, slot));
    }
}
