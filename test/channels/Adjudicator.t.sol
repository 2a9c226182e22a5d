// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Adjudicator} from "../../contracts/channels/Adjudicator.sol";
import {Head, Heads} from "../../contracts/channels/Head.sol";
import {LockRecord, Locks} from "../../contracts/channels/Locks.sol";
import {PackedHead, packHead} from "../../contracts/channels/PackedHead.sol";
import {PackedPot} from "../../contracts/channels/PackedPot.sol";
import {Drawn, Pot, Pots} from "../../contracts/channels/Pot.sol";
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
        int256 ownA = int256(uint256(pot.depositedA)) - int256(uint256(drawn.outA));
        int256 ownB = int256(uint256(pot.depositedB)) - int256(uint256(drawn.outB));
        (uint256 toA, uint256 toB) = Pots.split(ownA, ownB, payment);
        _require(toA + toB == deposited - drawn.outA - drawn.outB, "conserved");
        int256 share = ownA - payment;
        if (share >= 0 && uint256(share) <= toA + toB) _require(toA == uint256(share), "exact");
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzWithdrawalsOnlyGrow(
        uint112 depositedB,
        Drawn memory first,
        Drawn memory second
    ) public pure {
        PackedPot pot = PackedPot.wrap(0).add(type(uint112).max, depositedB);
        first.outA %= type(uint112).max / 2;
        first.outB %= type(uint112).max / 2;
        second.outA %= type(uint112).max / 2;
        second.outB %= type(uint112).max / 2;
        (uint128 a1, uint128 b1) = pot.withdrawal(ETHER, 0, 0, first.outA, first.outB);
        (uint128 a2, uint128 b2) = pot.withdrawal(ETHER, a1, b1, second.outA, second.outB);
        (uint128 a3, uint128 b3) = pot.withdrawal(ETHER, a2, b2, first.outA, first.outB);
        _require(a3 == a2 && b3 == b2, "an older state pays nothing");
        _require(a2 == (first.outA > second.outA ? first.outA : second.outA), "A in all");
        _require(b2 == (first.outB > second.outB ? first.outB : second.outB), "B in all");
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzADepositAddsUpOrIsRefused(
        uint112 ownA,
        uint112 ownB,
        uint256 toA,
        uint256 toB,
        uint8 shift
    ) public view {
        (toA, toB) = (toA >> shift, toB >> shift);
        bool fits = toA <= type(uint112).max - ownA && toB <= type(uint112).max - ownB;
        try this.potAfter(ownA, ownB, toA, toB) returns (Pot memory pot) {
            _require(fits && pot.depositedA == ownA + toA && pot.depositedB == ownB + toB, "sums");
        } catch {
            _require(!fits, "what fits is taken");
        }
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzAPotIsPackedAsItsStructSays(
        uint112 depositedA,
        uint112 depositedB,
        uint112 more
    ) public pure {
        PackedPot packed = PackedPot.wrap(0).add(0, depositedB).add(depositedA, 0);
        if (more <= type(uint112).max - depositedA) packed = packed.add(more, 0);
        else more = 0;
        Pot memory pot = packed.unpack();
        _require(pot.depositedA == depositedA + more && pot.depositedB == depositedB, "deposits");
        _require(!pot.isSettled && !pot.isDrawn, "neither");
        pot = packed.drawn().unpack();
        _require(pot.depositedB == depositedB && !pot.isSettled && pot.isDrawn, "drawn");
        pot = packed.settled().unpack();
        _require(pot.depositedA == depositedA + more && pot.isSettled && !pot.isDrawn, "settled");
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzAHeadIsPackedAsItsStructSays(Head memory head) public pure {
        bytes32 before = keccak256(abi.encode(head));
        PackedHead packed = _packed(head);
        _require(keccak256(abi.encode(packed.unpack())) == before, "the same fields");
        head.flags &= ~Heads.BONDED;
        packed = packed.without(Heads.BONDED);
        _require(
            keccak256(abi.encode(packed.unpack())) == keccak256(abi.encode(head)),
            "one flag less"
        );
    }

    /// hardhat-config: fuzz.runs = 300
    function testFuzzALockAnswersOnce(
        uint40 expiry,
        uint128 most,
        uint40 recordedAt,
        uint256 amount,
        uint40 now_,
        uint40 later
    ) public view {
        if (recordedAt == 0 || recordedAt > now_) recordedAt = 0;
        uint256 after_ = uint256(now_) + later;
        bytes memory lock = abi.encodePacked(
            Locks.KIND_HASH,
            uint8(0),
            true,
            expiry,
            most,
            bytes32(0)
        );
        try this.paymentOf(lock, LockRecord(recordedAt, amount), now_) returns (uint256 paid) {
            _require(paid <= most, "no more than the lock");
            // What is on record stays; what comes later is later than the answer.
            LockRecord memory record = LockRecord(recordedAt, amount);
            if (recordedAt == 0)
                record = LockRecord(
                    uint40(after_ > type(uint40).max ? type(uint40).max : after_),
                    amount
                );
            if (recordedAt == 0 && record.time <= expiry) return;
            _require(this.paymentOf(lock, record, after_) == paid, "the same answer for ever");
        } catch {
            _require(now_ <= expiry, "open only until the expiry");
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

    function potAfter(
        uint112 ownA,
        uint112 ownB,
        uint256 toA,
        uint256 toB
    ) external pure returns (Pot memory) {
        return PackedPot.wrap(0).add(ownA, ownB).add(toA, toB).unpack();
    }

    function paymentOf(
        bytes calldata lock,
        LockRecord calldata record,
        uint256 time
    ) external pure returns (uint256) {
        return Locks.payment(Locks.lockAt(lock, 0), record, time);
    }

    function checkResponse(Head calldata head, uint64 version, uint256 time) external pure {
        Heads.checkResponse(_packed(head), version, time);
    }

    function checkEnded(Head calldata head, uint256 time) external pure {
        Heads.checkEnded(_packed(head), 0, time);
    }

    function checkChallenge(Head calldata head, uint64 version) external pure {
        Heads.checkChallenge(_packed(head), 0, version);
    }

    function _packed(Head memory head) private pure returns (PackedHead) {
        return packHead(head.version, head.deadline, head.flags, head.moves, head.net);
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
        sum += _adjudicator.reserveOf(b, _players.idOf(0), _players.stranger(), asset).amount;
    }

    function _bonds() private view returns (uint256 sum) {
        for (uint256 i = 0; i < CHANNELS; i++) {
            Head memory head = _adjudicator.headOf(_players.idOf(i));
            if (head.flags & Heads.BONDED != 0) sum += _players.paramsOf(i).bond;
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
