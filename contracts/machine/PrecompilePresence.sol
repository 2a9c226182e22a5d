// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fork} from "./Fork.sol";
import {PrecompileGas} from "./PrecompileGas.sol";
import {Recovery} from "./Recovery.sol";

/// @dev Whether L1 has the precompiles that this project relies on, at the prices that it believes they have. A
/// constructor asks before it relies on them. But a prover outlives forks of L1, and an address without a precompile
/// answers every call with success and no output, a dearer one with failure: what may be either is asked about again.
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

    bytes32 private constant SHA256_EMPTY = keccak256(
        hex"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    bytes32 private constant RIPEMD160_EMPTY = keccak256(
        hex"0000000000000000000000009c1185a5c5e9fc54612808977ee8f548b2258d31"
    );
    // 3^2 mod 5.
    bytes32 private constant FOUR = keccak256(hex"04");
    // No rounds over a state of zeros leave BLAKE2b's initial values.
    bytes32 private constant BLAKE2B_INITIAL = keccak256(
        hex"08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
    );
    bytes32 private constant ZERO_OPENED = keccak256(abi.encode(4_096, BLS12_381_ORDER));
    // The hashes of the points to which the maps of BLS12-381 take zero.
    bytes32 private constant G1_MAPPED =
        0xe0c6cd6ee1b0d915f0ff92392d856fa9c93513e35c93956adfaa9fd93b0e628a;
    bytes32 private constant G2_MAPPED =
        0x8b4fe500cdc83e0b47a5d229a695df12a5361740d2c203abeb079929d0175ab8;

    // The hash 0x0101..01 signed by the key 1 on P-256, as (r, s, x, y).
    bytes private constant P256_SIGNATURE =
        hex"ff6c3ced3e805b9b3210e0278e50b6b27f89e881209cc583f0e14bfe92ebe3c4459c688c91c794a91d59abbc5e2623ace778927d7d86a9887e9d6733b59892d06b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    uint160 private constant FIRST = 0x01;
    uint160 private constant LAST = 0x11;
    uint160 private constant BLAKE2F = 0x09;
    uint160 private constant BN254_PAIRING = 0x08;
    uint160 private constant BLS12_G1_MSM = 0x0c;
    uint160 private constant BLS12_G2_MSM = 0x0e;
    uint160 private constant BLS12_PAIRING = 0x0f;
    uint160 private constant P256_VERIFY = 0x100;

    // What one pair of the input takes.
    uint256 private constant BN254_PAIR_BYTES = 192;
    uint256 private constant G1_PAIR_BYTES = 160;
    uint256 private constant G2_PAIR_BYTES = 288;
    uint256 private constant BLS12_PAIR_BYTES = 384;

    // Pairings on BLS12-381 and all sums within the caps stay below, and those on BN254 of up to 163 pairs.
    uint256 private constant MOST_GAS_ASKED = 5_600_000;

    uint256 private constant BLAKE2F_BYTES = 213;
    uint256 private constant BLAKE2F_FLAG = 212; // where the input has it

    /// @dev Reverts unless L1 has every precompile of Osaka.
    function present() internal view {
        for (uint160 address_ = FIRST; address_ <= LAST; address_++) _presentAt(address_);
        _presentAt(P256_VERIFY);
    }

    /// @dev Reverts unless an answer without output is what the precompile says of the input: it is still there, and
    /// a failure is none for want of gas.
    function confirm(uint160 address_, bytes memory input, bool success) internal view {
        _presentAt(address_);
        if (success) return;
        require(mayFail(address_, input), PrecompileAbsent(address(address_)));
        if (address_ == BLS12_G1_MSM) _expectPriceOf(address_, input, G1_PAIR_BYTES, G1_ZERO);
        if (address_ == BLS12_G2_MSM) _expectPriceOf(address_, input, G2_PAIR_BYTES, G2_ZERO);
        if (address_ == BLS12_PAIRING) _expectPriceOf(address_, input, BLS12_PAIR_BYTES, ONE);
        if (address_ == BN254_PAIRING) {
            _expectPriceOf(address_, input, BN254_PAIR_BYTES, ONE);
            _expectPricePerPair(address_, BN254_PAIR_BYTES);
        }
    }

    /// @dev Whether the precompile refuses some input as long as this, whose price was paid. Of BLAKE2b's compression,
    /// whose price lies in the input, exactly whether it refuses this one.
    function mayFail(uint160 address_, bytes memory input) internal pure returns (bool) {
        if (address_ <= 0x05 || address_ == P256_VERIFY) return false;
        if (address_ != BLAKE2F) return true;
        return input.length != BLAKE2F_BYTES || uint8(input[BLAKE2F_FLAG]) > 1;
    }

    function _presentAt(uint160 address_) private view {
        (bytes memory input, bytes32 outputHash) = _known(address_);
        _expect(address_, input, outputHash);
    }

    /// @dev An input, and the hash of what the precompile makes of it, which is not empty.
    function _known(uint160 address_) private pure returns (bytes memory, bytes32) {
        if (address_ == 0x01) {
            bytes32[4] memory signed = [
                Recovery.KNOWN_HASH,
                bytes32(uint256(28)),
                Recovery.KNOWN_R,
                Recovery.KNOWN_S
            ];
            return (abi.encode(signed), keccak256(abi.encode(Recovery.KNOWN_SIGNER)));
        }
        if (address_ == 0x02) return ("", SHA256_EMPTY);
        if (address_ == 0x03) return ("", RIPEMD160_EMPTY);
        if (address_ == 0x04) return (hex"01", keccak256(hex"01"));
        if (address_ == 0x05) return (abi.encodePacked(abi.encode(1, 1, 1), hex"030205"), FOUR);
        if (address_ == 0x06) return (abi.encode(1, 2, 1, 2), BN254_DOUBLE);
        if (address_ == 0x07) return (abi.encode(1, 2, 2), BN254_DOUBLE);
        if (address_ == BN254_PAIRING) return (new bytes(BN254_PAIR_BYTES), ONE);
        if (address_ == BLAKE2F) return (new bytes(BLAKE2F_BYTES), BLAKE2B_INITIAL);
        if (address_ == 0x0a) return (_zeroOpening(), ZERO_OPENED);
        if (address_ == 0x0b) return (new bytes(256), G1_ZERO);
        if (address_ == BLS12_G1_MSM) return (new bytes(G1_PAIR_BYTES), G1_ZERO);
        if (address_ == 0x0d) return (new bytes(512), G2_ZERO);
        if (address_ == BLS12_G2_MSM) return (new bytes(G2_PAIR_BYTES), G2_ZERO);
        if (address_ == BLS12_PAIRING) return (new bytes(BLS12_PAIR_BYTES), ONE);
        if (address_ == 0x10) return (new bytes(64), G1_MAPPED);
        if (address_ == LAST) return (new bytes(128), G2_MAPPED);
        return (bytes.concat(Recovery.KNOWN_HASH, P256_SIGNATURE), ONE);
    }

    /// @dev The polynomial zero, whose commitment and proof are the point at infinity, opened at zero.
    function _zeroOpening() private pure returns (bytes memory) {
        bytes memory infinity = bytes.concat(hex"c0", new bytes(47));
        bytes32 versionedHash =
            (sha256(infinity) & ~bytes32(uint256(0xff) << 248)) | bytes32(uint256(1) << 248);
        return bytes.concat(versionedHash, new bytes(64), infinity, infinity);
    }

    function _expect(uint160 address_, bytes memory input, bytes32 outputHash) private view {
        uint256 price = PrecompileGas.gasCost(address_, input, Fork.OSAKA);
        (bool success, bytes memory output) = address(address_).staticcall{gas: price}(input);
        require(success && keccak256(output) == outputHash, PrecompileAbsent(address(address_)));
    }

    /// @dev Asks about as many points at infinity as the input has, if it has a number of pairs, unless that could not be
    /// paid twice in one transaction.
    function _expectPriceOf(
        uint160 address_,
        bytes memory input,
        uint256 pairBytes,
        bytes32 outputHash
    ) private view {
        uint256 size = input.length;
        if (size == 0 || size % pairBytes != 0) return;
        if (PrecompileGas.gasCost(address_, input, Fork.OSAKA) > MOST_GAS_ASKED) return;
        _expect(address_, new bytes(size), outputHash);
    }

    /// @dev What one pair costs is known; here, that another costs no more than it should. A price that is linear in
    /// the pairs, as that of the pairing is, is then at most the one that was paid.
    function _expectPricePerPair(uint160 address_, uint256 pairBytes) private view {
        uint256[2] memory spent;
        uint256[2] memory prices;
        for (uint256 i = 0; i < 2; i++) {
            bytes memory pairs = new bytes((i + 1) * pairBytes);
            prices[i] = PrecompileGas.gasCost(address_, pairs, Fork.OSAKA);
            uint256 gasSpent;
            bool success;
            // One place in the code, so that what is spent beside the price is the same for both.
            assembly ("memory-safe") {
                gasSpent := gas()
                success := staticcall(gas(), address_, add(pairs, 0x20), mload(pairs), 0, 0x20)
                gasSpent := sub(gasSpent, gas())
            }
            require(success, PrecompileAbsent(address(address_)));
            spent[i] = gasSpent;
        }
        require(spent[1] + prices[0] <= spent[0] + prices[1], PrecompileAbsent(address(address_)));
    }
}
