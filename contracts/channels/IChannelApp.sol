// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {State} from "./ChannelState.sol";
import {Params} from "./Params.sol";

/// @notice A game or contract between the two parties of a channel.
/// @dev The adjudicator has compared versions, assets, withdrawals, locks and the app itself, and knows who moves. What the
/// app decides is whose turn it is, whether its data may change so, and what each side has paid by now. It is asked by
/// STATICCALL and not believed to be pure: whoever signs a state with an app has read the app's code.
interface IChannelApp {
    /// @notice Whether side A, or B, may move from one state to the next.
    /// @param prevData the app's data in `prev`; `nextData` likewise.
    function validTransition(
        Params calldata params,
        State calldata prev,
        bytes calldata prevData,
        State calldata next,
        bytes calldata nextData,
        bool moverIsB
    ) external pure returns (bool);
}
