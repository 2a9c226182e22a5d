// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bisection} from "../../contracts/dispute/Bisection.sol";
import {DisputeGame} from "../../contracts/dispute/DisputeGame.sol";
import {BlockDone} from "../../contracts/protocol/BlockDone.sol";

/// @notice Proposes claims of one block each, every one on the last, all with the same output root.
contract ClaimChain {
    DisputeGame private immutable GAME;

    bytes32 public tip;
    uint64 private _number;
    bytes32 private immutable OUTPUT_ROOT;

    constructor(DisputeGame game, bytes32 genesis, bytes32 outputRoot) {
        GAME = game;
        tip = genesis;
        OUTPUT_ROOT = outputRoot;
    }

    /// @notice Adds claims; takes no bonds: the game must ask for none.
    function extend(uint256 count, bytes32 accumulator) external {
        for (uint256 i = 0; i < count; i++) {
            BlockDone memory done;
            done.number = ++_number;
            done.outputRoot = OUTPUT_ROOT;
            bytes32 node = Bisection.leafHash(done.hash());
            bytes32[] memory siblings = new bytes32[](GAME.BLOCK_HEIGHT());
            for (uint256 height = 0; height < siblings.length; height++) {
                siblings[height] = node;
                node = Bisection.innerHash(node, node);
            }
            bytes32 parent = tip;
            tip = Bisection.idAt(Bisection.root(0, GAME.BLOCK_HEIGHT(), parent), node);
            GAME.propose(parent, done, 0, accumulator, node, siblings);
        }
    }
}
