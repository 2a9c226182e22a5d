// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What a step depends on beside the state: immutables of the router and the frozen end of the claim.
/// Twin: src/machine/context.ts.
struct Context {
    uint8 fork;
    uint64 chainId;
    // Whether the limits that keep a rollup's steps provable are on.
    bool caps;
    address inbox;
    // The last block of the disputed claim.
    uint64 endBlock;
}
