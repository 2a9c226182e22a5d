// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {positionOf, skip, wordAt} from "./CalldataWord.sol";
import {CappedCall} from "./CappedCall.sol";
import {CompactSignature} from "./CompactSignature.sol";
import {PackedParams} from "./PackedParams.sol";
import {PackedCoSigned} from "./PackedState.sol";
import {TypedData} from "./TypedData.sol";

/// @dev Who has signed a digest. A signature that recovers decides, whether or not the signer has code: an account cannot take
/// it back by delegating (EIP-7702). Only where it does not is a signer with code asked (ERC-1271).
library Signing {
    uint256 internal constant ERC1271_GAS = 50_000;
    // What a contract's signature begins with where it has to tell its side.
    uint256 internal constant SIDE_A = 0;
    uint256 internal constant SIDE_B = 1;

    error NotCoSigned(bytes32 stateHash);
    error SenderNotAParty(address sender);
    error SignerNotAParty(bytes32 digest, address recovered);

    /// @dev Both sides have signed a state of this channel. Returns whether a contract's word is part of that, which it may
    /// not repeat.
    function requireCoSigned(
        PackedParams params,
        PackedCoSigned presented,
        bytes32 stateHash,
        bytes32 domain
    ) internal view returns (bool byContract) {
        bytes32 digest = TypedData.digest(domain, stateHash);
        bool signed;
        (signed, byContract) = isCoSigned(params, presented, digest);
        require(signed, NotCoSigned(stateHash));
    }

    /// @dev Whether both sides have signed, and whether a contract's word is part of that.
    function isCoSigned(
        PackedParams params,
        PackedCoSigned presented,
        bytes32 digest
    ) internal view returns (bool signed, bool byContract) {
        (address signerA, address signerB) = params.signers();
        if (!params.areDistinct(signerA, signerB)) return (false, false);
        bool askedA;
        bool askedB;
        (signed, askedA) = isSignedBy(signerA, digest, presented.signatureA());
        if (!signed) return (false, false);
        (signed, askedB) = isSignedBy(signerB, digest, presented.signatureB());
        return (signed, askedA || askedB);
    }

    /// @dev Whether it is the side B that challenges: by a signature, or as the sender where there is none.
    function challengerIsB(
        PackedParams params,
        bytes32 stateHash,
        bytes calldata signature,
        bytes32 domain
    ) internal view returns (bool) {
        if (signature.length != 0) {
            bytes32 wish = TypedData.challengeHash(stateHash);
            return sideOf(params, TypedData.digest(domain, wish), signature);
        }
        (address signerA, address signerB) = params.signers();
        if (msg.sender == params.a() || msg.sender == signerA) return false;
        require(msg.sender == params.b() || msg.sender == signerB, SenderNotAParty(msg.sender));
        return true;
    }

    /// @dev Whether it is the side B that has signed; reverts where neither has. What a contract is asked stands behind a byte
    /// that names its side, 0 for A and 1 for B: were both asked, one could take what the other has signed for its own.
    function sideOf(
        PackedParams params,
        bytes32 digest,
        bytes calldata signature
    ) internal view returns (bool isB) {
        (address signerA, address signerB) = params.signers();
        address recovered = CompactSignature.recover(digest, signature);
        if (recovered != address(0)) {
            if (recovered == signerA) return false;
            if (recovered == signerB) return true;
        }
        uint256 side = uint8(bytes1(wordAt(positionOf(signature), 0)));
        isB = side == SIDE_B;
        bool signed =
            signature.length != 0 &&
                side <= SIDE_B &&
                _isConfirmedBy(isB ? signerB : signerA, digest, skip(signature, 1));
        require(signed, SignerNotAParty(digest, recovered));
    }

    /// @dev Whether the signer has signed, and whether it says so as a contract.
    function isSignedBy(
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) internal view returns (bool signed, bool byContract) {
        address recovered = CompactSignature.recover(digest, signature);
        if (recovered != address(0) && recovered == signer) return (true, false);
        signed = _isConfirmedBy(signer, digest, signature);
        return (signed, signed);
    }

    function _isConfirmedBy(
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) private view returns (bool) {
        if (signer.code.length == 0) return false;
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        (bool success, uint256 size, uint256 word) = CappedCall.ask(signer, ERC1271_GAS, question);
        return
            success && size >= 32 && bytes32(word) == bytes32(IERC1271.isValidSignature.selector);
    }
}
