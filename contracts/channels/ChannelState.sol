// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Params} from "./Params.sol";

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
    // The hash of the packed locks, zero where there are none; see Lock.sol.
    bytes32 locks;
    // The hash of the app's state, zero where there is none; see AppState.sol.
    bytes32 app;
}

using {hash, indexOf, isSimple, simpleNet, isInitial} for State global;

bytes32 constant ASSET_TYPEHASH = keccak256(
    "Asset(address token,int128 net,uint128 outA,uint128 outB)"
);
// prettier-ignore
bytes32 constant STATE_TYPEHASH = keccak256("State(bytes32 channelId,uint64 version,bool isFinal,Asset[] assets,bytes32 locks,bytes32 app)Asset(address token,int128 net,uint128 outA,uint128 outB)");

/// @dev The EIP-712 struct hash of the state: what its signatures and the record of a dispute stand for.
function hash(State calldata state) pure returns (bytes32) {
    return
        keccak256(
            abi.encode(
                STATE_TYPEHASH,
                state.channelId,
                state.version,
                state.isFinal,
                assetsHash(state.assets),
                state.locks,
                state.app
            )
        );
}

/// @dev Where the state names the token first; the number of its assets where it does not.
function indexOf(State calldata state, address token) pure returns (uint256 index) {
    Asset[] calldata assets = state.assets;
    while (index < assets.length && assets[index].token != token) index++;
}

/// @dev Whether the net payment of the main asset is all that the state says of who owns what.
function isSimple(State calldata state, Params memory params) pure returns (bool) {
    if (state.locks != 0 || state.app != 0) return false;
    Asset[] calldata assets = state.assets;
    if (assets.length != 1) return assets.length == 0;
    int128 net = assets[0].net;
    return assets[0].token == params.token && int112(net) == net;
}

/// @dev What A has paid B of the main asset by a state that is simple.
function simpleNet(State calldata state) pure returns (int112) {
    Asset[] calldata assets = state.assets;
    return assets.length == 0 ? int112(0) : int112(assets[0].net);
}

/// @dev Whether this is the state of a channel in which nothing has been paid, which needs no signature.
function isInitial(State calldata state) pure returns (bool) {
    return
        state.version == 0 &&
        !state.isFinal &&
        state.assets.length == 0 &&
        state.locks == 0 &&
        state.app == 0;
}

/// @dev The EIP-712 hash of the array.
function assetsHash(Asset[] calldata assets) pure returns (bytes32) {
    // Most states have one.
    if (assets.length == 1) return keccak256(abi.encode(assetHash(assets[0])));
    bytes32[] memory hashes = new bytes32[](assets.length);
    for (uint256 i = 0; i < hashes.length; i++) hashes[i] = assetHash(assets[i]);
    return keccak256(abi.encodePacked(hashes));
}

/// @dev The EIP-712 struct hash of an asset.
function assetHash(Asset calldata asset) pure returns (bytes32) {
    return keccak256(abi.encode(ASSET_TYPEHASH, asset));
}
