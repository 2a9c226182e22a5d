// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Adjudicator} from "../../contracts/channels/Adjudicator.sol";
import {Asset} from "../../contracts/channels/ChannelState.sol";
import {Head, Heads} from "../../contracts/channels/Head.sol";
import {Lock, LockRecord, Locks} from "../../contracts/channels/Locks.sol";
import {Drawn, Pot} from "../../contracts/channels/Pot.sol";
import {ChannelPlayers} from "./ChannelPlayers.sol";

/// @dev What holds after any calls, with a ghost that keeps count; and the rules on any values.
contract AdjudicatorTest {
    address private constant ETHER = address(0);
    uint256 private constant CHANNELS = 2;

    ChannelPlayers private _players;
    Adjudicator private _adjudicator;

    error Broken(string fact);

    function setUp() public {
        _players = new ChannelPlayers();
        _adjudicator = _players.adjudicator();
    }

    /// @dev Whom the fuzzer calls.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_players);
    }

    /// hardhat-config: invariant.runs = 12
    /// hardhat-config: invariant.depth = 60
    function invariantHoldsExactlyWhatItOwes() public view {
        address token = address(_players.token());
        _require(address(_adjudicator).balance == _owed(ETHER) + _bonds(), "ether");
        _require(_players.token().balanceOf(address(_adjudicator)) == _owed(token), "token");
    }

    /// hardhat-config: invariant.runs = 8
    /// hardhat-config: invariant.depth = 60
    function invariantCountsForwardAndPaysOnce() public view {
        _require(!_players.hasFallenBack(), "an agreed version came back");
        _require(!_players.hasPaidTwice(), "a pot paid twice");
        _require(_players.stranger().balance == 0, "a stranger was paid");
        for (uint256 i = 0; i < CHANNELS; i++) {
            _requirePot(i, ETHER);
            _requirePot(i, address(_players.token()));
        }
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzSplitConservesAndClamps(
        Pot memory pot,
        Drawn memory drawn,
        int256 payment
    ) public pure {
        uint256 deposited = uint256(pot.depositedA) + pot.depositedB;
        // What the contract lets be withdrawn, and what a state and 64 locks can add up to.
        drawn.outA = uint128(drawn.outA % (deposited + 1));
        drawn.outB = uint128(drawn.outB % (deposited - drawn.outA + 1));
        payment %= 1 << 135;
        (uint256 toA, uint256 toB) = pot.split(drawn, payment);
        _require(toA + toB == deposited - drawn.outA - drawn.outB, "conserved");
        int256 share = int256(uint256(pot.depositedA)) - int256(uint256(drawn.outA)) - payment;
        if (share >= 0 && uint256(share) <= toA + toB) _require(toA == uint256(share), "exact");
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzWithdrawalsOnlyGrow(
        Pot memory pot,
        Asset memory first,
        Asset memory second
    ) public pure {
        pot.depositedA = type(uint112).max;
        first.outA %= type(uint112).max / 2;
        first.outB %= type(uint112).max / 2;
        second.outA %= type(uint112).max / 2;
        second.outB %= type(uint112).max / 2;
        Drawn memory none;
        (uint256 a1, uint256 b1, Drawn memory once) = pot.withdrawal(none, first);
        (uint256 a2, uint256 b2, Drawn memory twice) = pot.withdrawal(once, second);
        (uint256 a3, uint256 b3, ) = pot.withdrawal(twice, first);
        _require(a3 == 0 && b3 == 0, "an older state pays nothing");
        uint256 most = first.outA > second.outA ? first.outA : second.outA;
        _require(a1 + a2 == most && a1 + a2 == twice.outA, "A in all");
        most = first.outB > second.outB ? first.outB : second.outB;
        _require(b1 + b2 == most && b1 + b2 == twice.outB, "B in all");
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzALockAnswersOnce(
        Lock memory lock,
        uint40 recordedAt,
        uint256 amount,
        uint40 now_,
        uint40 later
    ) public view {
        if (recordedAt == 0 || recordedAt > now_) recordedAt = 0;
        uint256 after_ = uint256(now_) + later;
        try this.paymentOf(lock, LockRecord(recordedAt, amount), now_) returns (uint256 paid) {
            _require(paid <= lock.amount, "no more than the lock");
            // What is on record stays; what comes later is later than the answer.
            LockRecord memory record = LockRecord(recordedAt, amount);
            if (recordedAt == 0)
                record = LockRecord(
                    uint40(after_ > type(uint40).max ? type(uint40).max : after_),
                    amount
                );
            if (recordedAt == 0 && record.time <= lock.expiry) return;
            _require(this.paymentOf(lock, record, after_) == paid, "the same answer for ever");
        } catch {
            _require(now_ <= lock.expiry, "open only until the expiry");
        }
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzBeforeOrAtADeadline(
        Head memory head,
        uint64 version,
        uint40 time
    ) public view {
        if (head.moves > head.version) head.moves = uint32(head.version);
        bool mayRespond = _passes(abi.encodeCall(this.checkResponse, (head, version, time)));
        bool maySettle = _passes(abi.encodeCall(this.checkEnded, (head, time)));
        bool mayChallenge = _passes(abi.encodeCall(this.checkChallenge, (head, version)));
        _require(!(mayRespond && maySettle), "never both");
        _require(!(mayChallenge && maySettle), "never a challenge after the end");
        _require(!mayRespond || version > head.version - head.moves, "newer than agreed");
        _require(!mayChallenge || version >= head.version, "no older than the record");
    }

    function paymentOf(
        Lock calldata lock,
        LockRecord calldata record,
        uint256 time
    ) external pure returns (uint256) {
        return Locks.payment(lock, record, time);
    }

    function checkResponse(Head calldata head, uint64 version, uint256 time) external pure {
        Heads.checkResponse(head, version, time);
    }

    function checkEnded(Head calldata head, uint256 time) external pure {
        Heads.checkEnded(head, 0, time);
    }

    function checkChallenge(Head calldata head, uint64 version) external pure {
        Heads.checkChallenge(head, 0, version);
    }

    function _passes(bytes memory data) private view returns (bool success) {
        (success, ) = address(this).staticcall(data);
    }

    function _owed(address asset) private view returns (uint256 sum) {
        for (uint256 i = 0; i < CHANNELS; i++) {
            bytes32 id = _players.idOf(i);
            Pot memory pot = _adjudicator.potOf(id, asset);
            Drawn memory drawn = _adjudicator.drawnOf(id, asset);
            if (pot.isSettled) continue;
            sum += uint256(pot.depositedA) + pot.depositedB - drawn.outA - drawn.outB;
        }
        address b = _players.b();
        sum += _adjudicator.vaultOf(_players.a(), asset) + _adjudicator.vaultOf(b, asset);
        sum += _adjudicator.reserveOf(b, _players.idOf(0), asset).amount;
    }

    function _bonds() private view returns (uint256 sum) {
        for (uint256 i = 0; i < CHANNELS; i++) {
            Head memory head = _adjudicator.headOf(_players.idOf(i));
            if (head.has(Heads.BONDED)) sum += _players.paramsOf(i).bond;
        }
    }

    function _requirePot(uint256 channel, address asset) private view {
        Drawn memory drawn = _adjudicator.drawnOf(_players.idOf(channel), asset);
        uint256 withdrawn = uint256(drawn.outA) + drawn.outB;
        // Each side of an asset may be the larger one in another state.
        _require(
            withdrawn <= 2 * _players.authorised(channel, asset),
            "withdrawn what nobody signed"
        );
        _require(
            _players.paidOut(channel, asset) <= _players.paidIn(channel, asset),
            "a pot paid more than went in"
        );
    }

    function _require(bool condition, string memory fact) private pure {
        require(condition, Broken(fact));
    }
}
