// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {wordAt} from "./CalldataWord.sol";

/// @notice A side's promise to a tower where it stands in calldata, without its channel's id: tower and token 20 bytes each,
/// amount 14, minVersion 8, deadline 5.
/// @dev The amount is due for a response that lifts a dispute from below `minVersion` to it or above, `deadline` is the last
/// second at which it is. Only ChannelCodec makes one, and checks that all of it is there.
type PackedTowerFee is uint256;

using {tower, token, amount, minVersion, deadline} for PackedTowerFee global;

function tower(PackedTowerFee fee) pure returns (address) {
    return address(bytes20(wordAt(PackedTowerFee.unwrap(fee), 0)));
}

function token(PackedTowerFee fee) pure returns (address) {
    return address(bytes20(wordAt(PackedTowerFee.unwrap(fee), 20)));
}

function amount(PackedTowerFee fee) pure returns (uint112) {
    return uint112(bytes14(wordAt(PackedTowerFee.unwrap(fee), 40)));
}

function minVersion(PackedTowerFee fee) pure returns (uint64) {
    return uint64(bytes8(wordAt(PackedTowerFee.unwrap(fee), 54)));
}

function deadline(PackedTowerFee fee) pure returns (uint40) {
    return uint40(bytes5(wordAt(PackedTowerFee.unwrap(fee), 62)));
}
