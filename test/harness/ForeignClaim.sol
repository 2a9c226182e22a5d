// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claim, ClaimCode} from "../../contracts/dispute/Claim.sol";
import {DisputeGame} from "../../contracts/dispute/DisputeGame.sol";

/// @notice Clones a dispute game's claim with the same code, so that only the address tells them apart.
contract ForeignClaim {
    address public immutable GAME;

    constructor(DisputeGame original) {
        Claim memory claim = ClaimCode.read(original.gameAt(1));
        GAME = ClaimCode.create(original.CLAIM_GAME(), claim);
    }
}
