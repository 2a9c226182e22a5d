// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AppState} from "./AppState.sol";
import {Asset, State} from "./ChannelState.sol";
import {ForcedMove} from "./ForcedMove.sol";
import {Head, Heads} from "./Head.sol";
import {IAdjudicator} from "./IAdjudicator.sol";
import {Ledger, Ledgers, Outcome} from "./Ledger.sol";
import {Locks} from "./Locks.sol";
import {Money} from "./Money.sol";
import {Params, home} from "./Params.sol";
import {Drawn, Pot} from "./Pot.sol";
import {CoSigned, Signing} from "./Signing.sol";
import {Draw, TowerFee, TypedData} from "./TypedData.sol";
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
        _ledger.deposit(id, Money.ETHER, toB, msg.value);
    }

    /// @inheritdoc IAdjudicator
    function deposit(bytes32 id, bool toB, address token, uint256 amount) external nonReentrant {
        _ledger.deposit(id, token, toB, Money.pull(token, amount));
    }

    /// @inheritdoc IAdjudicator
    function openDual(
        Params memory params,
        uint256 amount,
        Draw calldata draw,
        bytes calldata signature
    ) external payable nonReentrant {
        bytes32 id = params.channelId(HOME);
        Signing.requireChannel(id, draw.channelId);
        require(block.timestamp <= draw.deadline, DrawExpired(draw.deadline, block.timestamp));
        bytes32 digest = _digest(TypedData.drawHash(draw));
        (bool signed, ) = Signing.isSignedBy(params.b, digest, signature);
        require(signed, DrawNotSigned(params.b, digest));

        _ledger.deposit(id, draw.token, false, Money.pull(draw.token, amount));
        Pot memory pot = _ledger.pots[id][draw.token];
        require(pot.depositedA >= draw.against, DepositBelowDraw(draw.against, pot.depositedA));
        if (pot.depositedB >= draw.total) return;
        uint256 missing = draw.total - pot.depositedB;
        _ledger.book.debit(params.b, draw.token, missing);
        _ledger.deposit(id, draw.token, true, missing);
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
    function withdraw(Params memory params, CoSigned calldata presented) external nonReentrant {
        bytes32 id = params.channelId(HOME);
        Signing.requireCoSigned(params, id, presented, presented.state.hash(), domainSeparator());
        bool hasPaid;
        Asset[] calldata assets = presented.state.assets;
        for (uint256 i = 0; i < assets.length; i++) {
            if (_ledger.withdraw(params, id, assets[i])) hasPaid = true;
        }
        require(hasPaid, NothingToWithdraw(id));
    }

    /// @inheritdoc IAdjudicator
    function close(Params memory params, CoSigned calldata last) external nonReentrant {
        _close(params, last, address(0));
    }

    /// @inheritdoc IAdjudicator
    function closeToVault(Params memory params, CoSigned calldata last) external nonReentrant {
        _close(params, last, msg.sender);
    }

    /// @inheritdoc IAdjudicator
    function closeMany(bytes[] calldata closings) external returns (bool[] memory succeeded) {
        succeeded = new bool[](closings.length);
        for (uint256 i = 0; i < closings.length; i++) {
            succeeded[i] = _attempt(i, bytes.concat(this.closeToVault.selector, closings[i]));
        }
    }

    /// @inheritdoc IAdjudicator
    function challenge(
        Params memory params,
        CoSigned calldata presented,
        bytes calldata signature
    ) external payable {
        bytes32 id = params.channelId(HOME);
        State calldata state = presented.state;
        Head memory head = _ledger.heads[id];
        head.checkChallenge(id, state.version);
        require(msg.value == params.bond, WrongBond(params.bond, msg.value));
        bytes32 stateHash = state.hash();
        bool byHash = head.has(Heads.BY_HASH) && _ledger.recorded[id] == stateHash;
        if (state.version == 0) {
            Signing.requireChannel(id, state.channelId);
            require(state.isInitial(), InitialStateNotEmpty(id));
        } else if (!byHash) {
            byHash = Signing.requireCoSigned(params, id, presented, stateHash, domainSeparator());
            if (byHash) _ledger.recorded[id] = stateHash;
        }

        head.version = state.version;
        head.deadline = uint40(block.timestamp) + params.window();
        head.flags = byHash ? Heads.BY_HASH : 0;
        head.net = 0;
        if (params.bond != 0) head.flags |= Heads.BONDED;
        bool isB = Signing.challengerIsB(params, stateHash, signature, domainSeparator());
        if (isB) head.flags |= Heads.CHALLENGER_B;
        if (state.isSimple(params)) {
            head.flags |= Heads.SIMPLE;
            head.net = state.simpleNet();
        }
        _ledger.heads[id] = head;
        bytes calldata own = isB ? presented.signatureB : presented.signatureA;
        emit Challenged(id, head.version, head.deadline, isB, params.salt, own);
    }

    /// @inheritdoc IAdjudicator
    function respond(Params memory params, CoSigned calldata presented) external {
        bytes32 id = params.channelId(HOME);
        _respond(params, id, presented, _ledger.heads[id]);
    }

    /// @inheritdoc IAdjudicator
    function respondFor(
        Params memory params,
        CoSigned calldata presented,
        TowerFee calldata fee,
        bytes calldata signature
    ) external nonReentrant {
        bytes32 id = params.channelId(HOME);
        require(msg.sender == fee.tower, SenderNotTheTower(fee.tower, msg.sender));
        Signing.requireChannel(id, fee.channelId);
        require(block.timestamp <= fee.deadline, FeeExpired(fee.deadline, block.timestamp));
        Head memory head = _ledger.heads[id];
        head.checkRunning(id, block.timestamp);
        uint64 onRecord = head.agreedVersion();
        uint64 version = presented.state.version;
        require(
            onRecord < fee.minVersion && fee.minVersion <= version,
            FeeNotDue(fee.minVersion, onRecord, version)
        );
        bool isB = Signing.sideOf(params, _digest(TypedData.towerFeeHash(fee)), signature);
        address account = isB ? params.b : params.a;

        _respond(params, id, presented, head);
        _ledger.book.payFee(account, id, fee.token, fee.amount, fee.tower);
        emit FeePaid(account, id, fee.tower, fee.token, fee.amount);
    }

    /// @inheritdoc IAdjudicator
    function settle(Params memory params, address[] calldata tokens) external nonReentrant {
        bytes32 id = params.channelId(HOME);
        Head memory head = _ledger.heads[id];
        head.checkEnded(id, block.timestamp);
        require(head.has(Heads.SIMPLE), StateNeeded(id));

        bool hasPaid = _ledger.returnBond(params, id, head);
        for (uint256 i = 0; i < tokens.length; i++) {
            int256 payment = tokens[i] == params.token ? head.net : int256(0);
            if (_ledger.settlePot(params, id, tokens[i], payment, address(0))) hasPaid = true;
        }
        require(hasPaid, NothingToSettle(id));
    }

    /// @inheritdoc IAdjudicator
    function settleState(
        Params memory params,
        CoSigned calldata presented,
        bytes calldata locks,
        address[] calldata tokens
    ) external nonReentrant {
        bytes32 id = params.channelId(HOME);
        Head memory head = _ledger.heads[id];
        head.checkEnded(id, block.timestamp);
        _ledger.requireOnRecord(params, id, presented, head, domainSeparator());
        Locks.requireHash(locks, presented.state.locks);

        bool hasPaid = _ledger.returnBond(params, id, head);
        for (uint256 i = 0; i < tokens.length; i++) {
            int256 payment = _ledger.paymentOf(presented.state, locks, tokens[i]);
            if (_ledger.settlePot(params, id, tokens[i], payment, address(0))) hasPaid = true;
        }
        require(hasPaid, NothingToSettle(id));
    }

    /// @inheritdoc IAdjudicator
    function forceMove(
        Params memory params,
        CoSigned calldata prev,
        AppState calldata prevApp,
        State calldata next,
        AppState calldata nextApp,
        bytes calldata signature
    ) external {
        bytes32 id = params.channelId(HOME);
        Head memory head = _ledger.heads[id];
        head.checkRunning(id, block.timestamp);
        _ledger.requireOnRecord(params, id, prev, head, domainSeparator());
        Signing.requireChannel(id, next.channelId);
        ForcedMove.check(prev.state, next, prevApp, nextApp);
        bytes32 stateHash = next.hash();
        bool isB = Signing.sideOf(params, _digest(stateHash), signature);
        ForcedMove.requireAllowed(params, prev.state, prevApp, next, nextApp, isB);

        head.version = next.version;
        head.deadline = uint40(block.timestamp) + params.window();
        head.flags |= Heads.BY_HASH;
        head.countMove(isB);
        _ledger.heads[id] = head;
        _ledger.recorded[id] = stateHash;
        emit MoveForced(id, head.deadline, next, nextApp.data);
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
    function recordOutcome(
        Params memory params,
        CoSigned calldata presented,
        bytes calldata locks
    ) external {
        bytes32 id = params.channelId(HOME);
        Head memory head = _ledger.heads[id];
        head.checkEnded(id, block.timestamp);
        require(_ledger.outcomes[id].recordedAt == 0, OutcomeKnown(id));
        int256 payment = head.net;
        if (!head.has(Heads.SIMPLE)) {
            _ledger.requireOnRecord(params, id, presented, head, domainSeparator());
            Locks.requireHash(locks, presented.state.locks);
            payment = _ledger.paymentOf(presented.state, locks, params.token);
        }
        _ledger.recordOutcome(id, payment);
        _ledger.returnBond(params, id, head);
    }

    /// @inheritdoc IAdjudicator
    function reserveFee(bytes32 id, address token, uint256 amount) external {
        _ledger.book.reserveFee(msg.sender, id, token, amount);
        emit FeeReserved(msg.sender, id, token, amount);
    }

    /// @inheritdoc IAdjudicator
    function startExit(bytes32 id, address token) external {
        emit ExitStarted(msg.sender, id, token, _ledger.book.startExit(msg.sender, id, token));
    }

    /// @inheritdoc IAdjudicator
    function exit(bytes32 id, address token) external {
        emit Exited(msg.sender, id, token, _ledger.book.exit(msg.sender, id, token));
    }

    /// @inheritdoc IAdjudicator
    function attempt(bytes[] calldata calls) external returns (bool[] memory succeeded) {
        succeeded = new bool[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) succeeded[i] = _attempt(i, calls[i]);
    }

    /// @inheritdoc IAdjudicator
    function potOf(bytes32 id, address token) external view returns (Pot memory) {
        return _ledger.pots[id][token];
    }

    /// @inheritdoc IAdjudicator
    function drawnOf(bytes32 id, address token) external view returns (Drawn memory) {
        return _ledger.drawn[id][token];
    }

    /// @inheritdoc IAdjudicator
    function headOf(bytes32 id) external view returns (Head memory) {
        return _ledger.heads[id];
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
        return _ledger.revealedAt[hash];
    }

    /// @inheritdoc IAdjudicator
    function vaultOf(address account, address token) external view returns (uint256) {
        return _ledger.book.vault[account][token];
    }

    /// @inheritdoc IAdjudicator
    function reserveOf(
        address account,
        bytes32 id,
        address token
    ) external view returns (Reserve memory) {
        return _ledger.book.reserve[account][id][token];
    }

    /// @inheritdoc IAdjudicator
    function domainSeparator() public view returns (bytes32) {
        // A fork of the chain keeps the ids, but not the signatures.
        if (block.chainid == CHAIN_ID) return DOMAIN;
        return TypedData.domainSeparator(block.chainid, address(this));
    }

    function _close(Params memory params, CoSigned calldata last, address keeper) private {
        bytes32 id = params.channelId(HOME);
        State calldata state = last.state;
        require(state.isFinal, StateNotFinal(id, state.version));
        require(state.locks == 0 && state.app == 0, StateConditional(state.locks, state.app));
        Signing.requireCoSigned(params, id, last, state.hash(), domainSeparator());

        if (params.bond != 0) _ledger.returnBond(params, id, _ledger.heads[id]);
        bool hasPaid;
        Asset[] calldata assets = state.assets;
        for (uint256 i = 0; i < assets.length; i++) {
            (address token, int256 payment) = (assets[i].token, assets[i].net);
            if (_ledger.settlePot(params, id, token, payment, keeper)) hasPaid = true;
        }
        require(hasPaid, NothingToSettle(id));
    }

    function _respond(
        Params memory params,
        bytes32 id,
        CoSigned calldata presented,
        Head memory head
    ) private {
        uint64 version = presented.state.version;
        head.checkResponse(version, block.timestamp);
        bytes32 stateHash = presented.state.hash();
        bool byHash = Signing.requireCoSigned(params, id, presented, stateHash, domainSeparator());

        _ledger.heads[id] = Head(version, 0, byHash ? Heads.BY_HASH : 0, 0, 0);
        if (byHash) _ledger.recorded[id] = stateHash;
        if (head.has(Heads.BONDED)) {
            bool toB = head.has(Heads.CHALLENGER_B) != head.isRefutedBy(version);
            _ledger.payBond(params, id, toB);
        }
        emit Responded(id, version, bytes.concat(presented.signatureA, presented.signatureB));
    }

    function _attempt(uint256 index, bytes memory data) private returns (bool success) {
        bytes memory reason;
        // The sender stays the same, and there is no ether that two calls could both count.
        (success, reason) = address(this).delegatecall(data);
        if (!success) emit AttemptFailed(index, reason);
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return TypedData.digest(domainSeparator(), structHash);
    }
}
