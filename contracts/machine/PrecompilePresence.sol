// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fork} from "./Fork.sol";
import {Precompiles} from "./Precompiles.sol";

/// @dev The self-test that a constructor runs before it relies on L1's precompiles. An address
/// without one answers every call with success and empty output, which must never be taken for an
/// outcome; so each is asked for an output that is known and not empty, at exactly the price that
/// this project believes it has.
library PrecompilePresence {
    /// @dev L1 has no precompile at this address, or another one, or a dearer one.
    error PrecompileAbsent(address precompile);

    // The word 1, which the pairing checks and a valid signature answer.
    bytes32 private constant ONE = keccak256(abi.encode(1));

    // The points at infinity of BLS12-381's groups.
    bytes32 private constant G1_ZERO = keccak256(new bytes(128));
    bytes32 private constant G2_ZERO = keccak256(new bytes(256));

    uint256 private constant BLS12_381_ORDER =
        0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    // 2 * (1, 2) on BN254.
    bytes32 private constant BN254_DOUBLE = keccak256(
        hex"030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd315ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
    );

    // The hash 0x0101..01 signed by the key 1, on secp256k1 as (v, r, s) and on P-256 as (r, s, x, y).
    bytes32 private constant HASH =
        0x0101010101010101010101010101010101010101010101010101010101010101;
    bytes private constant SECP256K1_SIGNATURE =
        hex"000000000000000000000000000000000000000000000000000000000000001c747a6c6bd9a8ff0b77a99b8f274f5df5198b5dddc33edd4bc89e459d13dfa6177431bfa016325b8f27491781d1c462999f1dde760560373a517d29161c2df139";
    bytes private constant P256_SIGNATURE =
        hex"ff6c3ced3e805b9b3210e0278e50b6b27f89e881209cc583f0e14bfe92ebe3c4459c688c91c794a91d59abbc5e2623ace778927d7d86a9887e9d6733b59892d06b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    /// @dev Reverts unless L1 has every precompile of Osaka.
    function present() internal view {
        _expect(
            0x01,
            bytes.concat(HASH, SECP256K1_SIGNATURE),
            keccak256(abi.encode(0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf))
        );
        _expect(
            0x02,
            "",
            keccak256(hex"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        );
        _expect(
            0x03,
            "",
            keccak256(hex"0000000000000000000000009c1185a5c5e9fc54612808977ee8f548b2258d31")
        );
        _expect(0x04, bytes.concat(HASH), keccak256(bytes.concat(HASH)));
        _expect(0x05, abi.encodePacked(abi.encode(1, 1, 1), hex"030205"), keccak256(hex"04"));
        _expect(0x06, abi.encode(1, 2, 1, 2), BN254_DOUBLE);
        _expect(0x07, abi.encode(1, 2, 2), BN254_DOUBLE);
        _expect(0x08, new bytes(192), ONE);
        // No rounds over a state of zeros leave BLAKE2b's initial values.
        _expect(
            0x09,
            new bytes(213),
            keccak256(
                hex"08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
            )
        );
        _expect(0x0a, _zeroOpening(), keccak256(abi.encode(4_096, BLS12_381_ORDER)));
        _expect(0x0b, new bytes(256), G1_ZERO);
        _expect(0x0c, new bytes(160), G1_ZERO);
        _expect(0x0d, new bytes(512), G2_ZERO);
        _expect(0x0e, new bytes(288), G2_ZERO);
        _expect(0x0f, new bytes(384), ONE);
        // The hashes of the points to which the maps take zero.
        _expect(
            0x10,
            new bytes(64),
            0xe0c6cd6ee1b0d915f0ff92392d856fa9c93513e35c93956adfaa9fd93b0e628a
        );
        _expect(
            0x11,
            new bytes(128),
            0x8b4fe500cdc83e0b47a5d229a695df12a5361740d2c203abeb079929d0175ab8
        );
        _expect(0x100, bytes.concat(HASH, P256_SIGNATURE), ONE);
    }

    /// @dev The polynomial zero, whose commitment and proof are the point at infinity, opened at zero.
    function _zeroOpening() private pure returns (bytes memory) {
        bytes memory infinity = bytes.concat(hex"c0", new bytes(47));
        bytes32 versionedHash =
            (sha256(infinity) & ~bytes32(uint256(0xff) << 248)) | bytes32(uint256(1) << 248);
        return bytes.concat(versionedHash, new bytes(64), infinity, infinity);
    }

    function _expect(uint160 address_, bytes memory input, bytes32 outputHash) private view {
        uint256 price = Precompiles.gasCost(address_, input, Fork.OSAKA);
        (bool success, bytes memory output) = address(address_).staticcall{gas: price}(input);
        require(success && keccak256(output) == outputHash, PrecompileAbsent(address(address_)));
    }
}
