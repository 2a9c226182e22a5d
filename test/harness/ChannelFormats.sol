// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AppState} from "../../contracts/channels/AppState.sol";
import {State} from "../../contracts/channels/ChannelState.sol";
import {CompactSignature} from "../../contracts/channels/CompactSignature.sol";
import {Lock, LockRecord, Locks} from "../../contracts/channels/Locks.sol";
import {Params, home as homeOf} from "../../contracts/channels/Params.sol";
import {Draw, TowerFee, TypedData} from "../../contracts/channels/TypedData.sol";

/// @dev The formats of channels behind external functions.
contract ChannelFormats {
    function home(uint256 chainId, address adjudicator) external pure returns (bytes32) {
        return homeOf(chainId, adjudicator);
    }

    function channelId(Params calldata params, bytes32 home_) external pure returns (bytes32) {
        return params.channelId(home_);
    }

    function parties(
        Params calldata params
    ) external pure returns (uint40 window, address signerA, address signerB, bool areDistinct) {
        (signerA, signerB) = params.signers();
        return (params.window(), signerA, signerB, params.areDistinct(signerA, signerB));
    }

    function stateHash(State calldata state) external pure returns (bytes32) {
        return state.hash();
    }

    function stateFacts(
        State calldata state,
        Params calldata params,
        address token
    ) external pure returns (uint256 index, bool isSimple, int112 simpleNet, bool isInitial) {
        return (state.indexOf(token), state.isSimple(params), state.simpleNet(), state.isInitial());
    }

    function locksHash(bytes calldata packed) external pure returns (bytes32) {
        return Locks.hash(packed);
    }

    function locks(bytes calldata packed) external pure returns (Lock[] memory unpacked) {
        unpacked = new Lock[](Locks.count(packed));
        for (uint256 i = 0; i < unpacked.length; i++) unpacked[i] = Locks.lockAt(packed, i);
    }

    function payment(
        Lock calldata lock,
        LockRecord calldata record,
        uint256 time
    ) external pure returns (uint256) {
        return Locks.payment(lock, record, time);
    }

    function appHash(AppState calldata appState) external pure returns (bytes32) {
        return appState.hash();
    }

    function domainSeparator(uint256 chainId, address adjudicator) external pure returns (bytes32) {
        return TypedData.domainSeparator(chainId, adjudicator);
    }

    function digest(bytes32 domain, bytes32 structHash) external pure returns (bytes32) {
        return TypedData.digest(domain, structHash);
    }

    function messageHashes(
        bytes32 state,
        Draw calldata draw,
        TowerFee calldata fee
    ) external pure returns (bytes32, bytes32, bytes32) {
        return (
            TypedData.challengeHash(state),
            TypedData.drawHash(draw),
            TypedData.towerFeeHash(fee)
        );
    }

    function recover(bytes32 digest_, bytes calldata signature) external pure returns (address) {
        return CompactSignature.recover(digest_, signature);
    }
}
