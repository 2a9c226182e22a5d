// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {State} from "../../contracts/channels/ChannelState.sol";
import {Params} from "../../contracts/channels/Params.sol";

/// @dev An app that does what the first byte of its data says, which no honest app would.
contract StrangeApp {
    error Refused();

    uint256 private _counter;

    /// @dev Not pure, whatever IChannelApp asks for.
    function validTransition(
        Params calldata,
        State calldata,
        bytes calldata,
        State calldata,
        bytes calldata nextData,
        bool
    ) external returns (uint256) {
        uint8 manner = uint8(nextData[0]);
        if (manner == 1) revert Refused();
        if (manner == 2) _burn();
        if (manner == 3) return block.timestamp % 2;
        if (manner == 4) return 2;
        if (manner == 5) _counter++;
        if (manner == 6) {
            assembly ("memory-safe") {
                return(0x00, 0x1f)
            }
        }
        if (manner == 7) {
            assembly ("memory-safe") {
                mstore(0x00, 1)
                return(0x00, 200000)
            }
        }
        return 1;
    }

    function _burn() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
