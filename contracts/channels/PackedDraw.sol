// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {wordAt} from "./CalldataWord.sol";

/// @notice B's consent to be drawn on where it stands in calldata, without its channel's id: token 20 bytes, total and against
/// 14 each, deadline 5.
/// @dev Signed by B itself: its vault makes up what its deposits lack of `total` as soon as A's reach `against`; `deadline` is
/// the last second at which it may be used. Only ChannelCodec makes one, and checks that all of it is there.
type PackedDraw is uint256;

using {token, total, against, deadline} for PackedDraw global;

function token(PackedDraw draw) pure returns (address) {
    return address(bytes20(wordAt(PackedDraw.unwrap(draw), 0)));
}

function total(PackedDraw draw) pure returns (uint112) {
    return uint112(bytes14(wordAt(PackedDraw.unwrap(draw), 20)));
}

function against(PackedDraw draw) pure returns (uint112) {
    return uint112(bytes14(wordAt(PackedDraw.unwrap(draw), 34)));
}

function deadline(PackedDraw draw) pure returns (uint40) {
    return uint40(bytes5(wordAt(PackedDraw.unwrap(draw), 48)));
}
