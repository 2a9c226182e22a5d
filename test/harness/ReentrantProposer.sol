// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../contracts/dispute/DisputeGame.sol";

/// @notice A proposer that asks for its credit again while it is being paid.
contract ReentrantProposer {
    DisputeGame private immutable GAME;

    error CallFailed(bytes reason);

    constructor(DisputeGame game) {
        GAME = game;
    }

    receive() external payable {
        GAME.withdraw(payable(address(this)));
    }

    /// @notice Makes any call to the game in this contract's name.
    function perform(bytes calldata data) external payable {
        (bool done, bytes memory reason) = address(GAME).call{value: msg.value}(data);
        require(done, CallFailed(reason));
    }
}
