// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fork} from "./Fork.sol";

/// @dev What a precompile costs. Twin: the `gasCost` of each file in src/machine/precompiles.
library PrecompileGas {
    /// @dev The price at which every larger price saturates (2^53 - 1, the largest integer both
    /// twins count exactly). A call at this price fails whatever gas it is given.
    uint256 internal constant UNPAYABLE = 9_007_199_254_740_991;

    uint256 private constant OPERAND_BYTES_CAP = 1_024; // EIP-7823

    // EIP-2537, in thousandths for 1 to 128 pairs, two bytes each.
    bytes private constant G1_DISCOUNTS =
        hex"03e803b50350031d02fc02ee02e202d802cf02c802c102ba02b402af02aa02a502a1029d029902950292028e028b0288028502820280027d027b0278027602730271026f026d026b026902670265026302610260025e025c025b0259025702560254025302510250024f024d024c024a02490248024602450244024302410240023f023e023d023c023a0239023802370236023502340233023202310230022f022e022d022c022b022a02290228022702260225022402230223022202210220021f021e021d021c021c021b021a0219021802180217021602150214021402130212021102100210020f020e020d020c020c020b020a020a0209020802080207";
    bytes private constant G2_DISCOUNTS =
        hex"03e803e8039b037403570340032c031c030e030202f702ed02e402dc02d402cd02c702c002bb02b502b002ab02a702a2029e029a02970293028f028c0289028602830280027d027a0278027502730270026e026c026a0267026502630261025f025e025c025a025802560255025302510250024e024d024b024a0248024702460244024302420240023f023e023d023b023a023902380237023602350233023202310230022f022e022d022c022b022a022902280228022702260225022402230222022102210220021f021e021d021d021c021b021a021902190218021702170216021502140214021302120212021102100210020f020e020e020d020c020c";

    /// @dev The price of a call under `fork`; zero for an address that never holds a precompile.
    function gasCost(
        uint160 address_,
        bytes memory input,
        uint8 fork
    ) internal pure returns (uint256) {
        uint256 size = input.length;
        if (address_ == 0x01) return 3_000;
        if (address_ == 0x02) return _perWord(60, 12, size);
        if (address_ == 0x03) return _perWord(600, 120, size);
        if (address_ == 0x04) return _perWord(15, 3, size);
        if (address_ == 0x05) return _modexp(input, fork);
        if (address_ == 0x06) return 150;
        if (address_ == 0x07) return 6_000;
        if (address_ == 0x08) return 45_000 + 34_000 * (size / 192);
        if (address_ == 0x09) return size == 213 ? wordAt(input, 0) >> 224 : 0;
        if (address_ == 0x0a) return 50_000;
        if (address_ == 0x0b) return 375;
        if (address_ == 0x0c) return _multiples(12_000, size / 160, G1_DISCOUNTS);
        if (address_ == 0x0d) return 600;
        if (address_ == 0x0e) return _multiples(22_500, size / 288, G2_DISCOUNTS);
        if (address_ == 0x0f) return 37_700 + 32_600 * (size / 384);
        if (address_ == 0x10) return 5_500;
        if (address_ == 0x11) return 23_800;
        if (address_ == 0x100) return 6_900;
        return 0;
    }

    /// @dev The 32 bytes at `offset`, where everything past the end of the input reads as zero.
    function wordAt(bytes memory input, uint256 offset) internal pure returns (uint256 word) {
        uint256 size = input.length;
        if (offset >= size) return 0;
        // Reads one word of memory that the array holds at least in part; the rest is masked.
        assembly ("memory-safe") {
            word := mload(add(add(input, 0x20), offset))
        }
        uint256 held = size - offset;
        if (held < 32) {
            uint256 missingBits = 8 * (32 - held);
            word = (word >> missingBits) << missingBits;
        }
    }

    function _perWord(uint256 base, uint256 word, uint256 size) private pure returns (uint256) {
        return base + word * ((size + 31) / 32);
    }

    function _multiples(
        uint256 perPair,
        uint256 pairs,
        bytes memory discounts
    ) private pure returns (uint256) {
        if (pairs == 0) return 0;
        uint256 last = discounts.length / 2;
        uint256 discount = wordAt(discounts, 2 * ((pairs < last ? pairs : last) - 1)) >> 240;
        return (pairs * perPair * discount) / 1_000;
    }

    /// @dev EIP-2565 before Osaka; EIP-7883 from Osaka, where the lengths that EIP-7823 refuses are
    /// priced beyond reach, since refusing them also takes all gas.
    function _modexp(bytes memory input, uint8 fork) private pure returns (uint256) {
        uint256 baseSize = wordAt(input, 0);
        uint256 exponentSize = wordAt(input, 32);
        uint256 modulusSize = wordAt(input, 64);
        uint256 longest = baseSize > modulusSize ? baseSize : modulusSize;

        if (fork >= Fork.OSAKA) {
            if (longest > OPERAND_BYTES_CAP || exponentSize > OPERAND_BYTES_CAP) return UNPAYABLE;
            uint256 words = (longest + 7) / 8;
            uint256 complexity = longest > 32 ? 2 * words * words : 16;
            return _max(500, complexity * _iterations(input, baseSize, exponentSize, 16));
        }

        // Complexity alone exceeds UNPAYABLE from 2^32 bytes on, and any complexity but zero does
        // so with an exponent of 2^64 bytes; below, the product stays under 2^127.
        if (longest == 0) return 200;
        if (longest >> 32 != 0 || exponentSize >> 64 != 0) return UNPAYABLE;
        uint256 wordCount = (longest + 7) / 8;
        uint256 count = _iterations(input, baseSize, exponentSize, 8);
        uint256 price = _max(200, (wordCount * wordCount * count) / 3);
        return price < UNPAYABLE ? price : UNPAYABLE;
    }

    /// @dev How often the exponent makes the loop turn, by its length and its first 32 bytes.
    /// `baseSize` is below 2^32 and `exponentSize` below 2^64.
    function _iterations(
        bytes memory input,
        uint256 baseSize,
        uint256 exponentSize,
        uint256 perByte
    ) private pure returns (uint256) {
        uint256 head = wordAt(input, 96 + baseSize);
        if (exponentSize < 32) head >>= 8 * (32 - exponentSize);
        uint256 count = exponentSize > 32 ? perByte * (exponentSize - 32) : 0;
        return _max(1, count + _bitLengthLessOne(head));
    }

    /// @dev The position of the highest set bit; zero for zero.
    function _bitLengthLessOne(uint256 value) private pure returns (uint256 position) {
        for (uint256 half = 128; half != 0; half /= 2) {
            if (value >> half == 0) continue;
            value >>= half;
            position += half;
        }
    }

    function _max(uint256 left, uint256 right) private pure returns (uint256) {
        return left > right ? left : right;
    }
}
