// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AppState} from "../../contracts/channels/AppState.sol";
import {ChannelCodec} from "../../contracts/channels/ChannelCodec.sol";
import {State} from "../../contracts/channels/ChannelState.sol";
import {CompactSignature} from "../../contracts/channels/CompactSignature.sol";
import {LockRecord, Locks} from "../../contracts/channels/Locks.sol";
import {PackedDraw} from "../../contracts/channels/PackedDraw.sol";
import {PackedLock} from "../../contracts/channels/PackedLock.sol";
import {PackedParams} from "../../contracts/channels/PackedParams.sol";
import {PackedCoSigned, PackedState} from "../../contracts/channels/PackedState.sol";
import {PackedTowerFee} from "../../contracts/channels/PackedTowerFee.sol";
import {Params, home as homeOf} from "../../contracts/channels/Params.sol";
import {TypedData} from "../../contracts/channels/TypedData.sol";

/// @dev The fields of a PackedLock.
struct Lock {
    uint8 kind;
    uint8 asset;
    bool aToB;
    uint40 expiry;
    uint128 amount;
    bytes32 key;
}

/// @dev The formats of channels behind external functions.
contract ChannelFormats {
    function home(uint256 chainId, address adjudicator) external pure returns (bytes32) {
        return homeOf(chainId, adjudicator);
    }

    function channelId(bytes calldata packed, bytes32 home_) external pure returns (bytes32) {
        return paramsOf(packed).channelId(home_);
    }

    function parties(
        bytes calldata packed
    ) external pure returns (uint40 window, address signerA, address signerB, bool areDistinct) {
        PackedParams params = paramsOf(packed);
        (signerA, signerB) = params.signers();
        return (params.window(), signerA, signerB, params.areDistinct(signerA, signerB));
    }

    function stateHash(bytes calldata packed, bytes32 id) external pure returns (bytes32) {
        return stateOf(packed).hash(id);
    }

    function stateFacts(
        bytes calldata packed,
        bytes calldata packedParams,
        address token
    ) external pure returns (uint256 index, bool isSimple, int112 simpleNet, bool isInitial) {
        PackedState state = stateOf(packed);
        isSimple = state.isSimple(paramsOf(packedParams));
        return (state.indexOf(token), isSimple, state.simpleNet(), state.isInitial());
    }

    function readParams(bytes calldata packed) external pure returns (Params memory, bytes memory) {
        (PackedParams params, bytes calldata rest) = ChannelCodec.readParams(packed);
        return (params.unpack(), rest);
    }

    function readCoSigned(
        bytes calldata packed,
        bytes32 id
    ) external pure returns (State memory, bytes memory, bytes memory, bytes memory) {
        (PackedCoSigned presented, bytes calldata rest) = ChannelCodec.readCoSigned(packed);
        State memory state = presented.state().unpack(id);
        return (state, presented.signatureA(), presented.signatureB(), rest);
    }

    function readDraw(
        bytes calldata packed
    ) external pure returns (address, uint112, uint112, uint40, bytes memory) {
        (PackedDraw draw, bytes calldata rest) = ChannelCodec.readDraw(packed);
        return (draw.token(), draw.total(), draw.against(), draw.deadline(), rest);
    }

    function readTowerFee(
        bytes calldata packed
    ) external pure returns (address, address, uint112, uint64, uint40, bytes memory) {
        (PackedTowerFee fee, bytes calldata rest) = ChannelCodec.readTowerFee(packed);
        return (fee.tower(), fee.token(), fee.amount(), fee.minVersion(), fee.deadline(), rest);
    }

    function readAmount(bytes calldata packed) external pure returns (uint112, bytes memory) {
        return ChannelCodec.readAmount(packed);
    }

    function readTokens(
        bytes calldata packed
    ) external pure returns (address[] memory list, bytes memory) {
        (bytes calldata tokens, bytes calldata rest) = ChannelCodec.readTokens(packed);
        list = new address[](tokens.length / ChannelCodec.TOKEN_BYTES);
        for (uint256 i = 0; i < list.length; i++) {
            list[i] = ChannelCodec.tokenAt(tokens, i * ChannelCodec.TOKEN_BYTES);
        }
        return (list, rest);
    }

    function requireEnd(bytes calldata rest) external pure {
        ChannelCodec.requireEnd(rest);
    }

    function locksHash(bytes calldata packed) external pure returns (bytes32) {
        return Locks.hash(packed);
    }

    function locks(bytes calldata packed) external pure returns (Lock[] memory unpacked) {
        unpacked = new Lock[](Locks.count(packed));
        for (uint256 i = 0; i < unpacked.length; i++) {
            PackedLock lock = Locks.lockAt(packed, i);
            (uint8 kind, uint8 asset, bool aToB) = (lock.kind(), lock.asset(), lock.aToB());
            unpacked[i] = Lock(kind, asset, aToB, lock.expiry(), lock.amount(), lock.key());
        }
    }

    function payment(
        bytes calldata packed,
        LockRecord calldata record,
        uint256 time
    ) external pure returns (uint256) {
        return Locks.payment(Locks.lockAt(packed, 0), record, time);
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
        bytes calldata packedDraw,
        bytes calldata packedFee,
        bytes32 id
    ) external pure returns (bytes32, bytes32, bytes32) {
        (PackedDraw draw, ) = ChannelCodec.readDraw(packedDraw);
        (PackedTowerFee fee, ) = ChannelCodec.readTowerFee(packedFee);
        return (
            TypedData.challengeHash(state),
            TypedData.drawHash(draw, id),
            TypedData.towerFeeHash(fee, id)
        );
    }

    function recover(bytes32 digest_, bytes calldata signature) external pure returns (address) {
        return CompactSignature.recover(digest_, signature);
    }

    function paramsOf(bytes calldata packed) private pure returns (PackedParams params) {
        (params, ) = ChannelCodec.readParams(packed);
    }

    function stateOf(bytes calldata packed) private pure returns (PackedState state) {
        (state, ) = ChannelCodec.readState(packed);
    }
}
