// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {skip, positionOf, sliceAt, wordAt} from "./CalldataWord.sol";
import {PackedDraw} from "./PackedDraw.sol";
import {PackedParams} from "./PackedParams.sol";
import {
    PackedCoSigned,
    PackedState,
    ASSET_BYTES,
    LENGTH_BYTES,
    STATE_BYTES
} from "./PackedState.sol";
import {PackedTowerFee} from "./PackedTowerFee.sol";

/// @dev Packed arguments: fields of fixed width in their struct's order, big-endian, without the channel's id, which follows
/// from the parameters. One encoding each. Every function takes its fields off the front and returns the rest; parameters and
/// states stay where they are. Twin: src/channels/channelCodec.ts.
library ChannelCodec {
    // a, b, keyA, keyB and token 20 each, period 4, bond 12, salt 8.
    uint256 internal constant PARAMS_BYTES = 124;
    // token 20, total and against 14 each, deadline 5.
    uint256 internal constant DRAW_BYTES = 53;
    // tower and token 20 each, amount 14, minVersion 8, deadline 5.
    uint256 internal constant TOWER_FEE_BYTES = 67;
    // The number of tokens; 20 each follow.
    uint256 internal constant COUNT_BYTES = 1;
    uint256 internal constant TOKEN_BYTES = 20;
    uint256 internal constant AMOUNT_BYTES = 14;

    error PackingTooShort(uint256 required, uint256 actual);
    error PackingTooLong(uint256 excess);
    error NotAFlag(uint256 value);

    /// @dev The parameters of a channel.
    function readParams(
        bytes calldata packed
    ) internal pure returns (PackedParams params, bytes calldata rest) {
        requireBytes(packed, PARAMS_BYTES);
        return (PackedParams.wrap(positionOf(packed)), skip(packed, PARAMS_BYTES));
    }

    /// @dev A state.
    function readState(
        bytes calldata packed
    ) internal pure returns (PackedState state, bytes calldata rest) {
        requireBytes(packed, STATE_BYTES);
        state = PackedState.wrap(positionOf(packed));
        uint256 end = STATE_BYTES + state.count() * ASSET_BYTES;
        requireBytes(packed, end);
        uint256 flag = uint8(bytes1(wordAt(positionOf(packed), 8)));
        require(flag <= 1, NotAFlag(flag));
        return (state, skip(packed, end));
    }

    /// @dev A state and the signatures of both sides, each after its length.
    function readCoSigned(
        bytes calldata packed
    ) internal pure returns (PackedCoSigned presented, bytes calldata rest) {
        (, rest) = readState(packed);
        return (PackedCoSigned.wrap(positionOf(packed)), skipSignature(skipSignature(rest)));
    }

    /// @dev What B may be drawn on for.
    function readDraw(
        bytes calldata packed
    ) internal pure returns (PackedDraw draw, bytes calldata rest) {
        requireBytes(packed, DRAW_BYTES);
        return (PackedDraw.wrap(positionOf(packed)), skip(packed, DRAW_BYTES));
    }

    /// @dev What a tower of the channel is promised.
    function readTowerFee(
        bytes calldata packed
    ) internal pure returns (PackedTowerFee fee, bytes calldata rest) {
        requireBytes(packed, TOWER_FEE_BYTES);
        return (PackedTowerFee.wrap(positionOf(packed)), skip(packed, TOWER_FEE_BYTES));
    }

    /// @dev An amount that a pot can hold.
    function readAmount(
        bytes calldata packed
    ) internal pure returns (uint112 amount, bytes calldata rest) {
        requireBytes(packed, AMOUNT_BYTES);
        return (uint112(bytes14(wordAt(positionOf(packed), 0))), skip(packed, AMOUNT_BYTES));
    }

    /// @dev Tokens after their number, 20 bytes each.
    function readTokens(
        bytes calldata packed
    ) internal pure returns (bytes calldata tokens, bytes calldata rest) {
        requireBytes(packed, COUNT_BYTES);
        unchecked {
            // At most 255 tokens.
            uint256 length = uint256(uint8(bytes1(wordAt(positionOf(packed), 0)))) * TOKEN_BYTES;
            requireBytes(packed, COUNT_BYTES + length);
            rest = skip(packed, COUNT_BYTES);
            return (sliceAt(positionOf(rest), length), skip(rest, length));
        }
    }

    /// @dev One of the tokens that `readTokens` gave.
    function tokenAt(bytes calldata tokens, uint256 start) internal pure returns (address) {
        return address(bytes20(wordAt(positionOf(tokens), start)));
    }

    /// @dev Nothing is left over.
    function requireEnd(bytes calldata rest) internal pure {
        require(rest.length == 0, PackingTooLong(rest.length));
    }

    function skipSignature(bytes calldata packed) private pure returns (bytes calldata rest) {
        requireBytes(packed, LENGTH_BYTES);
        uint256 end = LENGTH_BYTES + uint16(bytes2(wordAt(positionOf(packed), 0)));
        requireBytes(packed, end);
        return skip(packed, end);
    }

    function requireBytes(bytes calldata packed, uint256 required) private pure {
        require(packed.length >= required, PackingTooShort(required, packed.length));
    }
}
