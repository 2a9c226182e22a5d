// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp} from "../../merkle/Rlp.sol";
import {Witness} from "../../merkle/Witness.sol";
import {EMPTY_CODE_HASH} from "../Account.sol";
import {Code} from "../Code.sol";
import {Gas} from "../Gas.sol";
import {Machine} from "../Machine.sol";
import {checkPreimage} from "../Preimage.sol";
import {Recovery} from "../Recovery.sol";
import {Substate} from "../Substate.sol";
import {TransactionLists} from "../TransactionLists.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";
import {Admit} from "./Admit.sol";

/// @dev Phase AUTHORIZE: one tuple by which an account delegates to code (EIP-7702).
/// Twin: src/machine/phases/authorize.ts.
library Authorize {
    bytes1 private constant MAGIC = 0x05;
    uint256 private constant HALF_CURVE_ORDER =
        0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @dev What is left of an authorization list: a tuple and the hash of the rest.
    struct Tuple {
        uint256 chainId;
        address delegate;
        uint64 nonce;
        uint256 yParity;
        bytes32 r;
        bytes32 s;
        bytes32 rest;
    }

    /// @dev Sets or clears one delegation; a tuple that does not hold is passed over.
    function runAuthorize(Machine memory machine, Witness memory witness) internal view {
        machine.openTransaction(witness);
        machine.openWorld(witness);
        Tuple memory tuple = openTuple(machine.transaction.authorizations, witness);

        (bool isSigned, address authority) = recover(tuple, machine.context.chainId);
        if (isSigned) delegate(machine, tuple, authority, witness);

        machine.transaction.authorizations = tuple.rest;
        machine.phase = Admit.phaseAfter(machine.transaction);
    }

    function delegate(
        Machine memory machine,
        Tuple memory tuple,
        address authority,
        Witness memory witness
    ) private pure {
        Substate.touchAddress(machine, authority, witness);
        AccountOpening memory opening = WorldState.open(machine, authority, witness);
        if (opening.account.codeHash != EMPTY_CODE_HASH) {
            bytes memory code = Code.take(opening.account.codeHash, witness);
            (bool isDelegation, ) = Code.delegate(code);
            if (!isDelegation) return;
        }
        if (opening.account.nonce != tuple.nonce) return;

        if (opening.exists) machine.world.applyRefund(int256(Gas.AUTHORIZATION_REFUND));
        opening.account.codeHash =
            tuple.delegate == address(0)
                ? EMPTY_CODE_HASH
                : keccak256(Code.delegation(tuple.delegate));
        opening.account.nonce += 1;
        WorldState.write(machine, opening, opening.account, witness);
    }

    function recover(
        Tuple memory tuple,
        uint64 chainId
    ) private view returns (bool isSigned, address authority) {
        if (tuple.chainId != 0 && tuple.chainId != chainId) return (false, address(0));
        if (tuple.nonce == Gas.MAX_NONCE) return (false, address(0));
        if (tuple.yParity > 1 || uint256(tuple.s) > HALF_CURVE_ORDER) return (false, address(0));
        bytes memory fields = bytes.concat(
            Rlp.encodeUint(tuple.chainId),
            Rlp.encodeAddress(tuple.delegate),
            Rlp.encodeUint(tuple.nonce)
        );
        bytes32 hash = keccak256(bytes.concat(MAGIC, Rlp.encodeList(fields)));
        authority = Recovery.signerOf(hash, tuple.yParity, tuple.r, tuple.s);
        isSigned = authority != address(0);
    }

    function openTuple(
        bytes32 committed,
        Witness memory witness
    ) private pure returns (Tuple memory tuple) {
        tuple.chainId = witness.readUint256();
        tuple.delegate = witness.readAddress();
        tuple.nonce = witness.readUint64();
        tuple.yParity = witness.readUint256();
        tuple.r = witness.readBytes32();
        tuple.s = witness.readBytes32();
        tuple.rest = witness.readBytes32();
        checkPreimage(committed, keccak256(abi.encode(TransactionLists.TAG_AUTHORIZATION, tuple)));
    }
}
