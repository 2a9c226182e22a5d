// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Asset, State} from "../ChannelState.sol";
import {IChannelApp} from "../IChannelApp.sol";
import {Params} from "../Params.sol";
import {Game, Nim} from "./Nim.sol";

/// @notice Nim for a stake in the first asset of a channel's state.
contract NimApp is IChannelApp {
    /// @inheritdoc IChannelApp
    function validTransition(
        Params calldata,
        State calldata prev,
        bytes calldata prevData,
        State calldata next,
        bytes calldata nextData,
        bool moverIsB
    ) external pure returns (bool) {
        Game memory before = abi.decode(prevData, (Game));
        Game memory played = abi.decode(nextData, (Game));
        Asset[] calldata was = prev.assets;
        Asset[] calldata became = next.assets;
        if (was.length == 0 || was[0].net != Nim.netOf(before)) return false;
        if (became[0].net != Nim.netOf(played)) return false;
        for (uint256 i = 1; i < was.length; i++) if (became[i].net != was[i].net) return false;
        return Nim.follows(before, played, moverIsB);
    }
}
