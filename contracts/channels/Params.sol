// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedParams} from "./PackedParams.sol";
import {hashWords, word} from "./WordHash.sol";

/// @notice What makes a channel: its hash is the channel's id. Field order is consensus.
/// @dev Twin: src/channels/params.ts.
struct Params {
    // Side A and side B: who is paid.
    address a;
    address b;
    // Who signs for a side; zero where its owner does.
    address keyA;
    address keyB;
    // The main asset: what a state that names nothing else is worth fits in the dispute's slot. Zero is ether.
    address token;
    // How long a challenge can be answered, in seconds; see `window`.
    uint32 period;
    // The ether that a challenge must carry.
    uint96 bond;
    uint64 salt;
}

uint40 constant MIN_WINDOW = 10 minutes;
uint40 constant MAX_WINDOW = 30 days;

/// @dev What keeps the channels of one deployment apart from those of any other.
function home(uint256 chainId, address adjudicator) pure returns (bytes32) {
    return keccak256(abi.encode(chainId, adjudicator));
}

/// @dev The name of the channel.
function channelId(PackedParams params, bytes32 home_) pure returns (bytes32) {
    return
        hashWords(
            home_,
            word(params.a()),
            word(params.b()),
            word(params.keyA()),
            word(params.keyB()),
            word(params.token()),
            word(params.period()),
            word(params.bond()),
            word(params.salt())
        );
}

/// @dev How long a challenge can be answered, in seconds: the period within its bounds.
function window(PackedParams params) pure returns (uint40) {
    uint40 period = params.period();
    if (period < MIN_WINDOW) return MIN_WINDOW;
    return period > MAX_WINDOW ? MAX_WINDOW : period;
}

/// @dev Who signs for each side.
function signers(PackedParams params) pure returns (address signerA, address signerB) {
    (signerA, signerB) = (params.keyA(), params.keyB());
    if (signerA == address(0)) signerA = params.a();
    if (signerB == address(0)) signerB = params.b();
}

/// @dev Whether the two sides, with these signers, are two parties, who can agree on anything.
function areDistinct(PackedParams params, address signerA, address signerB) pure returns (bool) {
    return
        params.a() != params.b() &&
        signerA != signerB &&
        signerA != address(0) &&
        signerB != address(0);
}
