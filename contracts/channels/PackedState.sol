// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {sliceAt, wordAt} from "./CalldataWord.sol";
import {
    Asset,
    State,
    assetHash,
    assetsHash,
    hash,
    indexOf,
    isInitial,
    isSimple,
    simpleNet
} from "./ChannelState.sol";

/// @notice A state where it stands in calldata, without its channel's id: version 8 bytes, isFinal 1, the number of assets 2,
/// locks 32, app 32; then the assets.
/// @dev Only ChannelCodec makes one, and checks that all of it is there and that the flag is one.
type PackedState is uint256;

/// @notice An asset of such a state: token 20 bytes, net, outA and outB 16 each.
type PackedAsset is uint256;

/// @notice A state with the signatures of both sides: each follows its length, in 2 bytes.
/// @dev Where the state is on record they are not looked at. Only ChannelCodec makes one, and checks that all of it is there.
type PackedCoSigned is uint256;

using {
    version,
    isFinal,
    count,
    locks,
    app,
    assetAt,
    end,
    unpack,
    hash,
    assetsHash,
    indexOf,
    isSimple,
    simpleNet,
    isInitial
} for PackedState global;
using {token, net, outA, outB, assetHash} for PackedAsset global;
using {state, signatureA, signatureB} for PackedCoSigned global;

uint256 constant STATE_BYTES = 75;
uint256 constant ASSET_BYTES = 68;
uint256 constant LENGTH_BYTES = 2;

function version(PackedState packed) pure returns (uint64) {
    return uint64(bytes8(wordAt(PackedState.unwrap(packed), 0)));
}

function isFinal(PackedState packed) pure returns (bool) {
    return bytes1(wordAt(PackedState.unwrap(packed), 8)) != 0;
}

/// @dev The number of assets.
function count(PackedState packed) pure returns (uint256) {
    return uint16(bytes2(wordAt(PackedState.unwrap(packed), 9)));
}

function locks(PackedState packed) pure returns (bytes32) {
    return wordAt(PackedState.unwrap(packed), 11);
}

function app(PackedState packed) pure returns (bytes32) {
    return wordAt(PackedState.unwrap(packed), 43);
}

/// @dev One of the assets; the index is below their number.
function assetAt(PackedState packed, uint256 index) pure returns (PackedAsset) {
    unchecked {
        // At most 2^16 assets, in calldata.
        return PackedAsset.wrap(PackedState.unwrap(packed) + STATE_BYTES + index * ASSET_BYTES);
    }
}

/// @dev Where it ends.
function end(PackedState packed) pure returns (uint256) {
    return PackedAsset.unwrap(packed.assetAt(packed.count()));
}

/// @dev As a struct, for apps and the log.
function unpack(PackedState packed, bytes32 id) pure returns (State memory unpacked) {
    (unpacked.channelId, unpacked.version) = (id, packed.version());
    (unpacked.isFinal, unpacked.locks, unpacked.app) = (
        packed.isFinal(),
        packed.locks(),
        packed.app()
    );
    unpacked.assets = new Asset[](packed.count());
    for (uint256 i = 0; i < unpacked.assets.length; i++) {
        PackedAsset asset = packed.assetAt(i);
        unpacked.assets[i] = Asset(asset.token(), asset.net(), asset.outA(), asset.outB());
    }
}

function token(PackedAsset asset) pure returns (address) {
    return address(bytes20(wordAt(PackedAsset.unwrap(asset), 0)));
}

function net(PackedAsset asset) pure returns (int128) {
    return int128(uint128(bytes16(wordAt(PackedAsset.unwrap(asset), 20))));
}

function outA(PackedAsset asset) pure returns (uint128) {
    return uint128(bytes16(wordAt(PackedAsset.unwrap(asset), 36)));
}

function outB(PackedAsset asset) pure returns (uint128) {
    return uint128(bytes16(wordAt(PackedAsset.unwrap(asset), 52)));
}

function state(PackedCoSigned presented) pure returns (PackedState) {
    return PackedState.wrap(PackedCoSigned.unwrap(presented));
}

function signatureA(PackedCoSigned presented) pure returns (bytes calldata) {
    return signatureAt(presented.state().end());
}

function signatureB(PackedCoSigned presented) pure returns (bytes calldata) {
    uint256 position = presented.state().end();
    unchecked {
        // Both lie in calldata.
        return signatureAt(position + LENGTH_BYTES + lengthAt(position));
    }
}

function signatureAt(uint256 position) pure returns (bytes calldata) {
    unchecked {
        return sliceAt(position + LENGTH_BYTES, lengthAt(position));
    }
}

function lengthAt(uint256 position) pure returns (uint256) {
    return uint16(bytes2(wordAt(position, 0)));
}
