// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Sponge} from "../../contracts/machine/Sponge.sol";

/// @dev Shows the sponge to tests, packing its state after every block as the machine does between steps.
contract SpongeHarness {
    function digestOf(bytes calldata data) external pure returns (bytes32) {
        uint256[25] memory state;
        uint256 offset = 0;
        for (; offset + Sponge.RATE <= data.length; offset += Sponge.RATE) {
            Sponge.absorb(state, data[offset:offset + Sponge.RATE]);
            state = Sponge.unpack(Sponge.pack(state));
        }
        Sponge.absorbLast(state, data[offset:]);
        return Sponge.digest(state);
    }

    function absorbGas(bytes calldata data) external view returns (uint256) {
        uint256[25] memory state;
        bytes memory copied = data;
        uint256 before = gasleft();
        Sponge.absorb(state, copied);
        return before - gasleft();
    }
}
