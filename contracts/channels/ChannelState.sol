// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedParams} from "./PackedParams.sol";
import {PackedAsset, PackedState} from "./PackedState.sol";
import {hashWords, word} from "./WordHash.sol";

/// @notice What a state says of one asset. Field order is consensus.
struct Asset {
    // Zero is ether.
    address token;
    // What A has paid B in all, less what B has paid A.
    int128 net;
    // What each side may have withdrawn in all while the channel is open.
    uint128 outA;
    uint128 outB;
}

/// @notice An agreed version of a channel; the higher version replaces. Field order is consensus.
/// @dev Twin: src/channels/channelState.ts.
struct State {
    bytes32 channelId;
    uint64 version;
    // Nothing follows: the channel may be closed at once.
    bool isFinal;
    // Of a token named twice, the first entry counts.
    Asset[] assets;
    // The hash of the packed locks, zero where there are none; see PackedLock.sol.
    bytes32 locks;
    // The hash of the app's state, zero where there is none; see AppState.sol.
    bytes32 app;
}

bytes32 constant ASSET_TYPEHASH = keccak256(
    "Asset(address token,int128 net,uint128 outA,uint128 outB)"
);
// prettier-ignore
bytes32 constant STATE_TYPEHASH = keccak256("State(bytes32 channelId,uint64 version,bool isFinal,Asset[] assets,bytes32 locks,bytes32 app)Asset(address token,int128 net,uint128 outA,uint128 outB)");

/// @dev The EIP-712 struct hash of the state: what its signatures and the record of a dispute stand for.
function hash(PackedState state, bytes32 id) pure returns (bytes32) {
    return
        hashWords(
            STATE_TYPEHASH,
            id,
            word(state.version()),
            word(state.isFinal()),
            assetsHash(state),
            state.locks(),
            state.app()
        );
}

/// @dev Where the state names the token first; the number of its assets where it does not.
function indexOf(PackedState state, address token) pure returns (uint256 index) {
    uint256 count = state.count();
    while (index < count && state.assetAt(index).token() != token) index++;
}

/// @dev Whether the net payment of the main asset is all that the state says of who owns what.
function isSimple(PackedState state, PackedParams params) pure returns (bool) {
    if (state.locks() != 0 || state.app() != 0) return false;
    uint256 count = state.count();
    if (count != 1) return count == 0;
    PackedAsset asset = state.assetAt(0);
    int128 net = asset.net();
    return asset.token() == params.token() && int112(net) == net;
}

/// @dev What A has paid B of the main asset by a state that is simple.
function simpleNet(PackedState state) pure returns (int112) {
    return state.count() == 0 ? int112(0) : int112(state.assetAt(0).net());
}

/// @dev Whether this is the state of a channel in which nothing has been paid, which needs no signature.
function isInitial(PackedState state) pure returns (bool) {
    return
        state.version() == 0 &&
        !state.isFinal() &&
        state.count() == 0 &&
        state.locks() == 0 &&
        state.app() == 0;
}

/// @dev The EIP-712 hash of the array.
function assetsHash(PackedState state) pure returns (bytes32) {
    uint256 count = state.count();
    // Most states have one.
    if (count == 1) return hashWords(assetHash(state.assetAt(0)));
    bytes32[] memory hashes = new bytes32[](count);
    for (uint256 i = 0; i < count; i++) hashes[i] = assetHash(state.assetAt(i));
    return keccak256(abi.encodePacked(hashes));
}

/// @dev The EIP-712 struct hash of an asset.
function assetHash(PackedAsset asset) pure returns (bytes32) {
    return
        hashWords(
            ASSET_TYPEHASH,
            word(asset.token()),
            word(asset.net()),
            word(asset.outA()),
            word(asset.outB())
        );
}
