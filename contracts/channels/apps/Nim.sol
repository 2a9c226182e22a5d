// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A game of Nim inside a channel. Field order is consensus.
struct Game {
    // What is left on the table; who takes the last one wins.
    uint8 stones;
    bool isTurnOfB;
    // What A had paid B before the game.
    int128 base;
    // What the loser pays.
    uint128 stake;
}

/// @dev The rules of Nim: take one to three stones in turn. Twin: src/channels/apps/nim.ts.
library Nim {
    uint8 internal constant MAX_TAKEN = 3;

    /// @dev Whether a player may go from one state of the game to the next.
    function follows(
        Game memory prev,
        Game memory next,
        bool moverIsB
    ) internal pure returns (bool) {
        if (moverIsB != prev.isTurnOfB || next.isTurnOfB == prev.isTurnOfB) return false;
        if (next.base != prev.base || next.stake != prev.stake) return false;
        return next.stones < prev.stones && prev.stones - next.stones <= MAX_TAKEN;
    }

    /// @dev What A has paid B: whoever moved last is owed the stake, because it has won or because the other lets its time
    /// run out.
    function netOf(Game memory game) internal pure returns (int256) {
        int256 stake = int256(uint256(game.stake));
        return game.isTurnOfB ? game.base - stake : game.base + stake;
    }
}
