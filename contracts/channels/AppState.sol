// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The state of an app inside a channel. Field order is consensus.
/// @dev Twin: src/channels/appState.ts.
struct AppState {
    // The IChannelApp that judges moves.
    address app;
    // The hash of its code; code that has changed judges nothing.
    bytes32 codeHash;
    bytes data;
}

using {hash} for AppState global;

/// @dev What a channel's state names the app's state by.
function hash(AppState calldata appState) pure returns (bytes32) {
    return keccak256(abi.encode(appState.app, appState.codeHash, keccak256(appState.data)));
}
