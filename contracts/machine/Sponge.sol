// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Keccak-256 taken apart: a sponge that is committed between steps. Lane (x, y) of the state is word x + 5y and holds
/// 64 bits as a number; the packed form is the state's 200 bytes, each lane little-endian. Twin: src/machine/sponge.ts.
library Sponge {
    uint256 internal constant RATE = 136;
    /// @dev What one step absorbs: 32 blocks.
    uint256 internal constant STEP_BYTES = 4352;

    uint256 private constant LANES = 25;
    uint256 private constant LANES_IN_RATE = 17;

    /// @dev The constants of iota, eight bytes for each of the 24 rounds.
    bytes private constant ROUND_CONSTANTS =
        hex"0000000000000001_0000000000008082_800000000000808a_8000000080008000"
        hex"000000000000808b_0000000080000001_8000000080008081_8000000000008009"
        hex"000000000000008a_0000000000000088_0000000080008009_000000008000000a"
        hex"000000008000808b_800000000000008b_8000000000008089_8000000000008003"
        hex"8000000000008002_8000000000000080_000000000000800a_800000008000000a"
        hex"8000000080008081_8000000000008080_0000000080000001_8000000080008008";

    /// @dev The lanes of a packed state.
    function unpack(bytes32[7] memory packed) internal pure returns (uint256[25] memory state) {
        for (uint256 i = 0; i < LANES; i++) {
            uint256 four = swapLanes(uint256(packed[i / 4]));
            state[i] = uint64(four >> (192 - 64 * (i % 4)));
        }
    }

    /// @dev The packed state of the lanes; zeros behind the 200th byte.
    function pack(uint256[25] memory state) internal pure returns (bytes32[7] memory packed) {
        for (uint256 i = 0; i < LANES; i++) {
            uint256 lane = swapLanes(state[i] << (192 - 64 * (i % 4)));
            packed[i / 4] |= bytes32(lane);
        }
    }

    /// @dev The digest, when the padded message is absorbed.
    function digest(uint256[25] memory state) internal pure returns (bytes32) {
        return
            bytes32(swapLanes((state[0] << 192) | (state[1] << 128) | (state[2] << 64) | state[3]));
    }

    /// @dev Absorbs the whole blocks of the data; what is behind the last whole block is left alone.
    function absorb(uint256[25] memory state, bytes memory data) internal pure {
        for (uint256 offset = 0; offset + RATE <= data.length; offset += RATE) {
            absorbBlock(state, data, offset);
        }
    }

    /// @dev Absorbs what `absorb` left alone, the end of the message, with its padding.
    function absorbLast(uint256[25] memory state, bytes memory data) internal pure {
        uint256 start = data.length - (data.length % RATE);
        bytes memory padded = new bytes(RATE);
        for (uint256 i = start; i < data.length; i++) padded[i - start] = data[i];
        padded[data.length - start] = 0x01;
        padded[RATE - 1] |= 0x80;
        absorbBlock(state, padded, 0);
    }

    function absorbBlock(uint256[25] memory state, bytes memory data, uint256 offset) private pure {
        for (uint256 i = 0; i < LANES_IN_RATE; i++) {
            uint256 lane;
            // lane = uint64(bytes8(data[offset + 8 * i:offset + 8 * i + 8]))
            assembly ("memory-safe") {
                lane := shr(192, mload(add(add(data, 0x20), add(offset, shl(3, i)))))
            }
            state[i] ^= swapLanes(lane);
        }
        permute(state);
    }

    /// @dev Reverses the order of bytes in each 64 bits of the word.
    function swapLanes(uint256 word) private pure returns (uint256) {
        uint256 bytesMask = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        uint256 pairsMask = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        uint256 quadsMask = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        word = ((word & bytesMask) << 8) | ((word >> 8) & bytesMask);
        word = ((word & pairsMask) << 16) | ((word >> 16) & pairsMask);
        return ((word & quadsMask) << 32) | ((word >> 32) & quadsMask);
    }

    /// @dev Keccak-f[1600] (FIPS 202), in assembly because it runs up to 32 times in a step.
    function permute(uint256[25] memory state) internal pure {
        uint256[25] memory moved;
        bytes memory constants = ROUND_CONSTANTS;
        assembly ("memory-safe") {
            function rotate(lane, bits) -> rotated {
                rotated := and(or(shl(bits, lane), shr(sub(64, bits), lane)), 0xffffffffffffffff)
            }
            function chi(target, source, offset) {
                let from := add(source, offset)
                let to := add(target, offset)
                let b0 := mload(from)
                let b1 := mload(add(from, 0x20))
                let b2 := mload(add(from, 0x40))
                let b3 := mload(add(from, 0x60))
                let b4 := mload(add(from, 0x80))
                mstore(to, xor(b0, and(not(b1), b2)))
                mstore(add(to, 0x20), xor(b1, and(not(b2), b3)))
                mstore(add(to, 0x40), xor(b2, and(not(b3), b4)))
                mstore(add(to, 0x60), xor(b3, and(not(b4), b0)))
                mstore(add(to, 0x80), xor(b4, and(not(b0), b1)))
            }
            for {
                let round := 0
            } lt(round, 24) {
                round := add(round, 1)
            } {
                // theta: the parity of each column, and what a lane of column x takes from its neighbours
                let c0 := xor(
                    xor(
                        xor(xor(mload(state), mload(add(state, 0xa0))), mload(add(state, 0x140))),
                        mload(add(state, 0x1e0))
                    ),
                    mload(add(state, 0x280))
                )
                let c1 := xor(
                    xor(
                        xor(
                            xor(mload(add(state, 0x20)), mload(add(state, 0xc0))),
                            mload(add(state, 0x160))
                        ),
                        mload(add(state, 0x200))
                    ),
                    mload(add(state, 0x2a0))
                )
                let c2 := xor(
                    xor(
                        xor(
                            xor(mload(add(state, 0x40)), mload(add(state, 0xe0))),
                            mload(add(state, 0x180))
                        ),
                        mload(add(state, 0x220))
                    ),
                    mload(add(state, 0x2c0))
                )
                let c3 := xor(
                    xor(
                        xor(
                            xor(mload(add(state, 0x60)), mload(add(state, 0x100))),
                            mload(add(state, 0x1a0))
                        ),
                        mload(add(state, 0x240))
                    ),
                    mload(add(state, 0x2e0))
                )
                let c4 := xor(
                    xor(
                        xor(
                            xor(mload(add(state, 0x80)), mload(add(state, 0x120))),
                            mload(add(state, 0x1c0))
                        ),
                        mload(add(state, 0x260))
                    ),
                    mload(add(state, 0x300))
                )
                let d0 := xor(c4, rotate(c1, 1))
                let d1 := xor(c0, rotate(c2, 1))
                let d2 := xor(c1, rotate(c3, 1))
                let d3 := xor(c2, rotate(c4, 1))
                let d4 := xor(c3, rotate(c0, 1))
                // theta, rho and pi: lane (x, y) goes, rotated, to (y, 2x + 3y)
                mstore(moved, xor(mload(state), d0))
                mstore(add(moved, 0x140), rotate(xor(mload(add(state, 0x20)), d1), 1))
                mstore(add(moved, 0x280), rotate(xor(mload(add(state, 0x40)), d2), 62))
                mstore(add(moved, 0xa0), rotate(xor(mload(add(state, 0x60)), d3), 28))
                mstore(add(moved, 0x1e0), rotate(xor(mload(add(state, 0x80)), d4), 27))
                mstore(add(moved, 0x200), rotate(xor(mload(add(state, 0xa0)), d0), 36))
                mstore(add(moved, 0x20), rotate(xor(mload(add(state, 0xc0)), d1), 44))
                mstore(add(moved, 0x160), rotate(xor(mload(add(state, 0xe0)), d2), 6))
                mstore(add(moved, 0x2a0), rotate(xor(mload(add(state, 0x100)), d3), 55))
                mstore(add(moved, 0xc0), rotate(xor(mload(add(state, 0x120)), d4), 20))
                mstore(add(moved, 0xe0), rotate(xor(mload(add(state, 0x140)), d0), 3))
                mstore(add(moved, 0x220), rotate(xor(mload(add(state, 0x160)), d1), 10))
                mstore(add(moved, 0x40), rotate(xor(mload(add(state, 0x180)), d2), 43))
                mstore(add(moved, 0x180), rotate(xor(mload(add(state, 0x1a0)), d3), 25))
                mstore(add(moved, 0x2c0), rotate(xor(mload(add(state, 0x1c0)), d4), 39))
                mstore(add(moved, 0x2e0), rotate(xor(mload(add(state, 0x1e0)), d0), 41))
                mstore(add(moved, 0x100), rotate(xor(mload(add(state, 0x200)), d1), 45))
                mstore(add(moved, 0x240), rotate(xor(mload(add(state, 0x220)), d2), 15))
                mstore(add(moved, 0x60), rotate(xor(mload(add(state, 0x240)), d3), 21))
                mstore(add(moved, 0x1a0), rotate(xor(mload(add(state, 0x260)), d4), 8))
                mstore(add(moved, 0x1c0), rotate(xor(mload(add(state, 0x280)), d0), 18))
                mstore(add(moved, 0x300), rotate(xor(mload(add(state, 0x2a0)), d1), 2))
                mstore(add(moved, 0x120), rotate(xor(mload(add(state, 0x2c0)), d2), 61))
                mstore(add(moved, 0x260), rotate(xor(mload(add(state, 0x2e0)), d3), 56))
                mstore(add(moved, 0x80), rotate(xor(mload(add(state, 0x300)), d4), 14))
                // chi, row by row
                chi(state, moved, 0x0)
                chi(state, moved, 0xa0)
                chi(state, moved, 0x140)
                chi(state, moved, 0x1e0)
                chi(state, moved, 0x280)
                // iota
                let roundConstant := shr(192, mload(add(add(constants, 0x20), shl(3, round))))
                mstore(state, xor(mload(state), roundConstant))
            }
        }
    }
}
