// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AppState} from "./AppState.sol";
import {ChannelCodec} from "./ChannelCodec.sol";
import {ForcedMove} from "./ForcedMove.sol";
import {Head, Heads} from "./Head.sol";
import {IAdjudicator} from "./IAdjudicator.sol";
import {Ledger, Ledgers, Outcome} from "./Ledger.sol";
import {Locks} from "./Locks.sol";
import {Money} from "./Money.sol";
import {PackedDraw} from "./PackedDraw.sol";
import {PackedHead, packHead} from "./PackedHead.sol";
import {PackedParams} from "./PackedParams.sol";
import {PackedCoSigned, PackedState} from "./PackedState.sol";
import {PackedTowerFee} from "./PackedTowerFee.sol";
import {home} from "./Params.sol";
import {Drawn, Pot} from "./Pot.sol";
import {Signing} from "./Signing.sol";
import {TypedData} from "./TypedData.sol";
import {Reserve, VaultBook, Vaults} from "./Vaults.sol";

/// @notice The adjudicator: money, storage and events; the rules stand in the libraries beside it.
/// @dev Never reads its own ether balance. What pays or pulls writes first and is guarded; what only asks other code, by
/// STATICCALL, or nobody, may be called in the middle of a payment as well as outside of one.
contract Adjudicator is IAdjudicator, ReentrancyGuardTransient {
    using Ledgers for Ledger;
    using Vaults for VaultBook;

    bytes32 public immutable HOME;
    uint256 private immutable CHAIN_ID;
    bytes32 private immutable DOMAIN;

    Ledger private _ledger;

    constructor() {
        HOME = home(block.chainid, address(this));
        CHAIN_ID = block.chainid;
        DOMAIN = TypedData.domainSeparator(block.chainid, address(this));
    }

    /// @inheritdoc IAdjudicator
    function depositEth(bytes32 id, bool toB) external payable {
        (uint256 amountA, uint256 amountB) = toB ? (uint256(0), msg.value) : (msg.value, 0);
        _ledger.deposit(id, Money.ETHER, amountA, amountB);
    }

    /// @inheritdoc IAdjudicator
    function deposit(bytes32 id, bool toB, address token, uint256 amount) external nonReentrant {
        uint256 received = Money.pull(token, amount);
        (uint256 amountA, uint256 amountB) = toB ? (uint256(0), received) : (received, 0);
        _ledger.deposit(id, token, amountA, amountB);
    }

    /// @inheritdoc IAdjudicator
    function openDual(bytes calldata packed) external payable nonReentrant {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        PackedDraw draw;
        uint112 amount;
        (draw, rest) = ChannelCodec.readDraw(rest);
        (amount, rest) = ChannelCodec.readAmount(rest);
        uint40 deadline = draw.deadline();
        require(block.timestamp <= deadline, DrawExpired(deadline, block.timestamp));
        bytes32 digest = _digest(TypedData.drawHash(draw, id));
        (bool signed, ) = Signing.isSignedBy(params.b(), digest, rest);
        require(signed, DrawNotSigned(params.b(), digest));

        _ledger.depositBoth(params, id, draw, Money.pull(draw.token(), amount));
    }

    /// @inheritdoc IAdjudicator
    function depositVault(
        address account,
        address token,
        uint256 amount
    ) external payable nonReentrant {
        _ledger.book.credit(account, token, Money.pull(token, amount));
    }

    /// @inheritdoc IAdjudicator
    function vaultOut(address token, address to, uint256 amount) external nonReentrant {
        _ledger.book.debit(msg.sender, token, amount);
        Money.send(token, to, amount);
    }

    /// @inheritdoc IAdjudicator
    function withdraw(bytes calldata packed) external nonReentrant {
        (PackedParams params, bytes32 id, PackedCoSigned presented) = _readLast(packed);
        PackedState state = presented.state();
        Signing.requireCoSigned(params, presented, state.hash(id), domainSeparator());
        require(_ledger.withdrawAll(params, id, state), NothingToWithdraw(id));
    }

    /// @inheritdoc IAdjudicator
    function close(bytes calldata packed) external nonReentrant {
        _close(packed, address(0));
    }

    /// @inheritdoc IAdjudicator
    function closeToVault(bytes calldata packed) external nonReentrant {
        _close(packed, msg.sender);
    }

    /// @inheritdoc IAdjudicator
    function closeMany(bytes[] calldata closings) external returns (bool[] memory succeeded) {
        succeeded = new bool[](closings.length);
        for (uint256 i = 0; i < closings.length; i++) {
            succeeded[i] = _attempt(i, abi.encodeCall(this.closeToVault, (closings[i])));
        }
    }

    /// @inheritdoc IAdjudicator
    function challenge(bytes calldata packed) external payable {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        PackedCoSigned presented;
        (presented, rest) = ChannelCodec.readCoSigned(rest);
        PackedState state = presented.state();
        PackedHead head = _ledger.heads[id].head;
        head.checkChallenge(id, state.version());
        require(msg.value == params.bond(), WrongBond(params.bond(), msg.value));
        bytes32 stateHash = state.hash(id);
        bool byHash = head.has(Heads.BY_HASH) && _ledger.recorded[id] == stateHash;
        if (state.version() == 0) {
            require(state.isInitial(), InitialStateNotEmpty(id));
        } else if (!byHash) {
            byHash = Signing.requireCoSigned(params, presented, stateHash, domainSeparator());
            if (byHash) _ledger.recorded[id] = stateHash;
        }

        uint40 deadline = uint40(block.timestamp) + params.window();
        uint8 flags = byHash ? Heads.BY_HASH : 0;
        int112 net;
        if (params.bond() != 0) flags |= Heads.BONDED;
        bool isB = Signing.challengerIsB(params, stateHash, rest, domainSeparator());
        if (isB) flags |= Heads.CHALLENGER_B;
        if (state.isSimple(params)) {
            flags |= Heads.SIMPLE;
            net = state.simpleNet();
        }
        _ledger.heads[id].head = packHead(state.version(), deadline, flags, 0, net);
        bytes calldata own = isB ? presented.signatureB() : presented.signatureA();
        emit Challenged(id, state.version(), deadline, isB, params.salt(), own);
    }

    /// @inheritdoc IAdjudicator
    function respond(bytes calldata packed) external {
        (PackedParams params, bytes32 id, PackedCoSigned presented) = _readLast(packed);
        _respond(params, id, presented, _ledger.heads[id].head);
    }

    /// @inheritdoc IAdjudicator
    function respondFor(bytes calldata packed) external nonReentrant {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        PackedCoSigned presented;
        PackedTowerFee fee;
        (presented, rest) = ChannelCodec.readCoSigned(rest);
        (fee, rest) = ChannelCodec.readTowerFee(rest);
        require(msg.sender == fee.tower(), SenderNotTheTower(fee.tower(), msg.sender));
        require(block.timestamp <= fee.deadline(), FeeExpired(fee.deadline(), block.timestamp));
        PackedHead head = _ledger.heads[id].head;
        head.checkRunning(id, block.timestamp);
        uint64 onRecord = head.agreedVersion();
        uint64 version = presented.state().version();
        require(
            onRecord < fee.minVersion() && fee.minVersion() <= version,
            FeeNotDue(fee.minVersion(), onRecord, version)
        );
        bool isB = Signing.sideOf(params, _digest(TypedData.towerFeeHash(fee, id)), rest);
        address account = isB ? params.b() : params.a();

        _respond(params, id, presented, head);
        _ledger.book.payFee(account, id, fee.tower(), fee.token(), fee.amount());
        emit FeePaid(account, id, fee.tower(), fee.token(), fee.amount());
    }

    /// @inheritdoc IAdjudicator
    function settle(bytes calldata packed) external nonReentrant {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        bytes calldata tokens;
        (tokens, rest) = ChannelCodec.readTokens(rest);
        ChannelCodec.requireEnd(rest);
        PackedHead head = _ledger.heads[id].head;
        head.checkEnded(id, block.timestamp);
        require(head.has(Heads.SIMPLE), StateNeeded(id));

        bool hasPaid = _ledger.returnBond(params, id, head);
        if (_ledger.settleByHead(params, id, head, tokens)) hasPaid = true;
        require(hasPaid, NothingToSettle(id));
    }

    /// @inheritdoc IAdjudicator
    function settleState(bytes calldata packed) external nonReentrant {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        PackedCoSigned presented;
        bytes calldata tokens;
        (presented, rest) = ChannelCodec.readCoSigned(rest);
        (tokens, rest) = ChannelCodec.readTokens(rest);
        PackedHead head = _ledger.heads[id].head;
        head.checkEnded(id, block.timestamp);
        _ledger.requireOnRecord(params, id, presented, head, domainSeparator());
        Locks.requireHash(rest, presented.state().locks());

        bool hasPaid = _ledger.returnBond(params, id, head);
        if (_ledger.settleByState(params, id, presented.state(), tokens, rest)) hasPaid = true;
        require(hasPaid, NothingToSettle(id));
    }

    /// @inheritdoc IAdjudicator
    function forceMove(
        bytes calldata packed,
        AppState calldata prevApp,
        AppState calldata nextApp,
        bytes calldata signature
    ) external {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        PackedCoSigned prev;
        PackedState next;
        (prev, rest) = ChannelCodec.readCoSigned(rest);
        (next, rest) = ChannelCodec.readState(rest);
        ChannelCodec.requireEnd(rest);
        PackedHead head = _ledger.heads[id].head;
        head.checkRunning(id, block.timestamp);
        _ledger.requireOnRecord(params, id, prev, head, domainSeparator());
        ForcedMove.check(id, prev.state(), next, prevApp, nextApp);
        bytes32 stateHash = next.hash(id);
        bool isB = Signing.sideOf(params, _digest(stateHash), signature);
        ForcedMove.requireAllowed(params, id, prev.state(), prevApp, next, nextApp, isB);

        uint40 deadline = uint40(block.timestamp) + params.window();
        _ledger.heads[id].head = head.moved(next.version(), deadline, isB);
        _ledger.recorded[id] = stateHash;
        emit MoveForced(id, deadline, next.unpack(id), nextApp.data);
    }

    /// @inheritdoc IAdjudicator
    function reveal(bytes32 secret) external {
        _ledger.reveal(secret);
    }

    /// @inheritdoc IAdjudicator
    function revealMany(bytes32[] calldata secrets) external {
        for (uint256 i = 0; i < secrets.length; i++) _ledger.reveal(secrets[i]);
    }

    /// @inheritdoc IAdjudicator
    function recordOutcome(bytes calldata packed) external {
        (PackedParams params, bytes32 id, bytes calldata rest) = _readParams(packed);
        PackedCoSigned presented;
        (presented, rest) = ChannelCodec.readCoSigned(rest);
        PackedHead head = _ledger.heads[id].head;
        head.checkEnded(id, block.timestamp);
        require(_ledger.outcomes[id].recordedAt == 0, OutcomeKnown(id));
        int256 payment = head.net();
        if (!head.has(Heads.SIMPLE)) {
            _ledger.requireOnRecord(params, id, presented, head, domainSeparator());
            Locks.requireHash(rest, presented.state().locks());
            payment = _ledger.paymentOf(presented.state(), rest, params.token());
        }
        _ledger.recordOutcome(id, payment);
        _ledger.returnBond(params, id, head);
    }

    /// @inheritdoc IAdjudicator
    function reserveFee(bytes32 id, address tower, address token, uint256 amount) external {
        _ledger.book.reserveFee(msg.sender, id, tower, token, amount);
        emit FeeReserved(msg.sender, id, tower, token, amount);
    }

    /// @inheritdoc IAdjudicator
    function startExit(bytes32 id, address tower, address token) external {
        uint40 exitAt = _ledger.book.startExit(msg.sender, id, tower, token);
        emit ExitStarted(msg.sender, id, tower, token, exitAt);
    }

    /// @inheritdoc IAdjudicator
    function exit(bytes32 id, address tower, address token) external {
        uint112 amount = _ledger.book.exit(msg.sender, id, tower, token);
        emit Exited(msg.sender, id, tower, token, amount);
    }

    /// @inheritdoc IAdjudicator
    function attempt(bytes[] calldata calls) external returns (bool[] memory succeeded) {
        succeeded = new bool[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) succeeded[i] = _attempt(i, calls[i]);
    }

    /// @inheritdoc IAdjudicator
    function potOf(bytes32 id, address token) external view returns (Pot memory) {
        return _ledger.pots[id][token].pot.unpack();
    }

    /// @inheritdoc IAdjudicator
    function drawnOf(bytes32 id, address token) external view returns (Drawn memory) {
        return _ledger.drawn[id][token];
    }

    /// @inheritdoc IAdjudicator
    function headOf(bytes32 id) external view returns (Head memory) {
        return _ledger.heads[id].head.unpack();
    }

    /// @inheritdoc IAdjudicator
    function recordedHash(bytes32 id) external view returns (bytes32) {
        return _ledger.recorded[id];
    }

    /// @inheritdoc IAdjudicator
    function outcomeOf(bytes32 id) external view returns (Outcome memory) {
        return _ledger.outcomes[id];
    }

    /// @inheritdoc IAdjudicator
    function revealedAt(bytes32 hash) external view returns (uint256) {
        return _ledger.revealedAt[hash].time;
    }

    /// @inheritdoc IAdjudicator
    function vaultOf(address account, address token) external view returns (uint256) {
        return _ledger.book.vault[account][token];
    }

    /// @inheritdoc IAdjudicator
    function reserveOf(
        address account,
        bytes32 id,
        address tower,
        address token
    ) external view returns (Reserve memory) {
        return _ledger.book.reserveOf(account, id, tower, token);
    }

    /// @inheritdoc IAdjudicator
    function domainSeparator() public view returns (bytes32) {
        // A fork of the chain keeps the ids, but not the signatures.
        if (block.chainid == CHAIN_ID) return DOMAIN;
        return TypedData.domainSeparator(block.chainid, address(this));
    }

    function _close(bytes calldata packed, address keeper) private {
        (PackedParams params, bytes32 id, PackedCoSigned last) = _readLast(packed);
        PackedState state = last.state();
        require(state.isFinal(), StateNotFinal(id, state.version()));
        (bytes32 locks, bytes32 app) = (state.locks(), state.app());
        require(locks == 0 && app == 0, StateConditional(locks, app));
        Signing.requireCoSigned(params, last, state.hash(id), domainSeparator());

        if (params.bond() != 0) _ledger.returnBond(params, id, _ledger.heads[id].head);
        require(_ledger.settleAll(params, id, state, keeper), NothingToSettle(id));
    }

    function _respond(
        PackedParams params,
        bytes32 id,
        PackedCoSigned presented,
        PackedHead head
    ) private {
        uint64 version = presented.state().version();
        head.checkResponse(version, block.timestamp);
        bytes32 stateHash = presented.state().hash(id);
        bool byHash = Signing.requireCoSigned(params, presented, stateHash, domainSeparator());

        _ledger.heads[id].head = packHead(version, 0, byHash ? Heads.BY_HASH : 0, 0, 0);
        if (byHash) _ledger.recorded[id] = stateHash;
        if (head.has(Heads.BONDED)) {
            bool toB = head.has(Heads.CHALLENGER_B) != head.isRefutedBy(version);
            _ledger.payBond(params, id, toB);
        }
        emit Responded(id, version, bytes.concat(presented.signatureA(), presented.signatureB()));
    }

    function _attempt(uint256 index, bytes memory data) private returns (bool success) {
        bytes memory reason;
        // The sender stays the same, and there is no ether that two calls could both count.
        (success, reason) = address(this).delegatecall(data);
        if (!success) emit AttemptFailed(index, reason);
    }

    function _readParams(
        bytes calldata packed
    ) private view returns (PackedParams params, bytes32 id, bytes calldata rest) {
        (params, rest) = ChannelCodec.readParams(packed);
        id = params.channelId(HOME);
    }

    function _readLast(
        bytes calldata packed
    ) private view returns (PackedParams params, bytes32 id, PackedCoSigned presented) {
        bytes calldata rest;
        (params, id, rest) = _readParams(packed);
        (presented, rest) = ChannelCodec.readCoSigned(rest);
        ChannelCodec.requireEnd(rest);
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return TypedData.digest(domainSeparator(), structHash);
    }
}
