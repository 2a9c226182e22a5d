// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp} from "../merkle/Rlp.sol";
import {RlpCursor} from "../protocol/RlpCursor.sol";
import {Recovery} from "./Recovery.sol";

/// @dev Who signed a transaction. Twin: src/protocol/transaction.ts.
library TransactionSignature {
    uint256 private constant CURVE_ORDER =
        0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant UNPROTECTED_V = 27;
    uint256 private constant PROTECTED_V = 35; // EIP-155: v = 35 + 2 · chainId + parity

    struct Signature {
        uint256 yParity;
        bytes32 r;
        bytes32 s;
        uint256 chainId;
        // A legacy transaction of before EIP-155, which is valid on every chain.
        bool isUnprotected;
    }

    /// @dev Reads v, r, s of a legacy transaction; a v of neither form or another chain is invalid.
    function readLegacy(
        RlpCursor memory fields,
        uint64 chainId
    ) internal pure returns (Signature memory signature) {
        uint256 v = fields.readUint256();
        signature.isUnprotected = v == UNPROTECTED_V || v == UNPROTECTED_V + 1;
        uint256 base = signature.isUnprotected ? UNPROTECTED_V : PROTECTED_V + 2 * uint256(chainId);
        if (v < base || v > base + 1) fields.invalidate();
        else signature.yParity = v - base;
        signature.chainId = chainId;
        readPoint(fields, signature);
    }

    /// @dev Reads y parity, r, s of a typed transaction.
    function readTyped(
        RlpCursor memory fields,
        uint256 chainId
    ) internal pure returns (Signature memory signature) {
        signature.yParity = fields.readUint256();
        if (signature.yParity > 1) fields.invalidate();
        signature.chainId = chainId;
        readPoint(fields, signature);
    }

    /// @dev The signer of the fields, as they stand in the encoded transaction; zero if there is none or s is
    /// in the upper half (EIP-2).
    function recover(
        Signature memory signature,
        uint8 kind,
        bytes memory signedFields
    ) internal view returns (address) {
        if (uint256(signature.s) > CURVE_ORDER / 2) return address(0);
        bytes32 hash = signingHash(signature, kind, signedFields);
        return Recovery.signerOf(hash, signature.yParity, signature.r, signature.s);
    }

    function readPoint(RlpCursor memory fields, Signature memory signature) private pure {
        signature.r = bytes32(fields.readUint256());
        signature.s = bytes32(fields.readUint256());
    }

    function signingHash(
        Signature memory signature,
        uint8 kind,
        bytes memory signedFields
    ) private pure returns (bytes32) {
        if (kind != 0) return keccak256(bytes.concat(bytes1(kind), Rlp.encodeList(signedFields)));
        if (signature.isUnprotected) return keccak256(Rlp.encodeList(signedFields));
        bytes memory zero = Rlp.encodeUint(0);
        bytes memory chainId = Rlp.encodeUint(signature.chainId);
        return keccak256(Rlp.encodeList(bytes.concat(signedFields, chainId, zero, zero)));
    }
}
