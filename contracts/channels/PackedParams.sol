// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {wordAt} from "./CalldataWord.sol";
import {Params, areDistinct, channelId, signers, window} from "./Params.sol";

/// @notice The parameters of a channel where they stand in calldata: a, b, keyA, keyB and token 20 bytes each, period 4,
/// bond 12, salt 8.
/// @dev Only ChannelCodec makes one, and checks that all of it is there.
type PackedParams is uint256;

using {
    a,
    b,
    keyA,
    keyB,
    token,
    period,
    bond,
    salt,
    unpack,
    channelId,
    window,
    signers,
    areDistinct
} for PackedParams global;

function a(PackedParams params) pure returns (address) {
    return address(bytes20(wordAt(PackedParams.unwrap(params), 0)));
}

function b(PackedParams params) pure returns (address) {
    return address(bytes20(wordAt(PackedParams.unwrap(params), 20)));
}

function keyA(PackedParams params) pure returns (address) {
    return address(bytes20(wordAt(PackedParams.unwrap(params), 40)));
}

function keyB(PackedParams params) pure returns (address) {
    return address(bytes20(wordAt(PackedParams.unwrap(params), 60)));
}

function token(PackedParams params) pure returns (address) {
    return address(bytes20(wordAt(PackedParams.unwrap(params), 80)));
}

function period(PackedParams params) pure returns (uint32) {
    return uint32(bytes4(wordAt(PackedParams.unwrap(params), 100)));
}

function bond(PackedParams params) pure returns (uint96) {
    return uint96(bytes12(wordAt(PackedParams.unwrap(params), 104)));
}

function salt(PackedParams params) pure returns (uint64) {
    return uint64(bytes8(wordAt(PackedParams.unwrap(params), 116)));
}

/// @dev As a struct, for apps.
function unpack(PackedParams params) pure returns (Params memory unpacked) {
    (unpacked.a, unpacked.b) = (params.a(), params.b());
    (unpacked.keyA, unpacked.keyB) = (params.keyA(), params.keyB());
    (unpacked.token, unpacked.period) = (params.token(), params.period());
    (unpacked.bond, unpacked.salt) = (params.bond(), params.salt());
}
