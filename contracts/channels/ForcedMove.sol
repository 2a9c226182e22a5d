// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AppState} from "./AppState.sol";
import {CappedCall} from "./CappedCall.sol";
import {IChannelApp} from "./IChannelApp.sol";
import {PackedParams} from "./PackedParams.sol";
import {PackedAsset, PackedState} from "./PackedState.sol";

/// @dev What a forced move may change: the payments and the app's data. Twin: src/channels/forcedMove.ts.
library ForcedMove {
    uint256 internal constant APP_GAS = 1_000_000;

    error StateIsFinal(bytes32 id, uint64 version);
    error WrongVersion(uint256 expected, uint64 actual);
    error WrongApp(bytes32 expected, bytes32 actual);
    error AppCodeChanged(bytes32 expected, bytes32 actual);
    error MoveRefused(address app, bool moverIsB);
    error AssetsChanged(bytes32 id);
    error LocksChanged(bytes32 expected, bytes32 actual);

    /// @dev The next state follows the previous one, whatever the app says of it.
    function check(
        bytes32 id,
        PackedState prev,
        PackedState next,
        AppState calldata prevApp,
        AppState calldata nextApp
    ) internal pure {
        require(!prev.isFinal(), StateIsFinal(id, prev.version()));
        require(!next.isFinal(), StateIsFinal(id, next.version()));
        uint256 following = uint256(prev.version()) + 1;
        require(next.version() == following, WrongVersion(following, next.version()));
        require(prevApp.hash() == prev.app(), WrongApp(prev.app(), prevApp.hash()));
        require(nextApp.hash() == next.app(), WrongApp(next.app(), nextApp.hash()));
        bool sameApp = nextApp.app == prevApp.app && nextApp.codeHash == prevApp.codeHash;
        require(sameApp, WrongApp(prev.app(), next.app()));
        require(next.locks() == prev.locks(), LocksChanged(prev.locks(), next.locks()));
        require(haveSameAssets(prev, next), AssetsChanged(id));
    }

    /// @dev The app's code is the one that both signed for, and it says yes.
    function requireAllowed(
        PackedParams params,
        bytes32 id,
        PackedState prev,
        AppState calldata prevApp,
        PackedState next,
        AppState calldata nextApp,
        bool moverIsB
    ) internal view {
        address app = nextApp.app;
        require(app.codehash == nextApp.codeHash, AppCodeChanged(nextApp.codeHash, app.codehash));
        bytes memory question = abi.encodeCall(
            IChannelApp.validTransition,
            (
                params.unpack(),
                prev.unpack(id),
                prevApp.data,
                next.unpack(id),
                nextApp.data,
                moverIsB
            )
        );
        (bool success, uint256 size, uint256 word) = CappedCall.ask(app, APP_GAS, question);
        require(success && size >= 32 && word == 1, MoveRefused(app, moverIsB));
    }

    /// @dev Whether two states name the same tokens and withdrawals in the same order.
    function haveSameAssets(PackedState prev, PackedState next) internal pure returns (bool same) {
        same = prev.count() == next.count();
        for (uint256 i = 0; same && i < prev.count(); i++) {
            (PackedAsset left, PackedAsset right) = (prev.assetAt(i), next.assetAt(i));
            same =
                left.token() == right.token() &&
                left.outA() == right.outA() &&
                left.outB() == right.outB();
        }
    }
}
