// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelCodec} from "./ChannelCodec.sol";
import {Heads} from "./Head.sol";
import {IAdjudicator} from "./IAdjudicator.sol";
import {LockRecord, Locks} from "./Locks.sol";
import {Money} from "./Money.sol";
import {PackedDraw} from "./PackedDraw.sol";
import {PackedHead, StoredHead} from "./PackedHead.sol";
import {PackedLock} from "./PackedLock.sol";
import {PackedParams} from "./PackedParams.sol";
import {PackedPot, StoredPot} from "./PackedPot.sol";
import {PackedAsset, PackedCoSigned, PackedState} from "./PackedState.sol";
import {Drawn, Pots} from "./Pot.sol";
import {Signing} from "./Signing.sol";
import {VaultBook, Vaults} from "./Vaults.sol";
import {sha256Word} from "./WordHash.sol";

/// @notice A virtual channel's result: what A has paid B of its main asset, and when that was recorded, zero for never.
struct Outcome {
    uint112 amount;
    uint40 recordedAt;
}

/// @notice Where the time of a reveal is stored, zero for never.
struct StoredTime {
    uint256 time;
}

/// @notice All that the adjudicator remembers.
/// @dev Twin: src/channels/ledger.ts.
struct Ledger {
    mapping(bytes32 id => mapping(address token => StoredPot)) pots;
    // Read only where the pot says so.
    mapping(bytes32 id => mapping(address token => Drawn)) drawn;
    mapping(bytes32 id => StoredHead) heads;
    // The hash of the state on record, where the head is BY_HASH.
    mapping(bytes32 id => bytes32 stateHash) recorded;
    mapping(bytes32 id => Outcome) outcomes;
    // When the secret of a SHA-256 hash was first shown.
    mapping(bytes32 hash => StoredTime) revealedAt;
    VaultBook book;
}

/// @dev What pots hold and pay.
library Ledgers {
    using Vaults for VaultBook;

    uint112 internal constant MAX_OUTCOME = type(uint112).max;

    error DepositBelowDraw(uint256 required, uint256 actual);
    error PotSettled(bytes32 id, address token);
    error StateNotOnRecord(bytes32 expected, bytes32 actual);
    error VersionNotOnRecord(uint64 expected, uint64 actual);

    /// @dev Adds to a pot what has arrived for each side.
    function deposit(
        Ledger storage ledger,
        bytes32 id,
        address token,
        uint256 toA,
        uint256 toB
    ) internal {
        StoredPot storage stored = ledger.pots[id][token];
        PackedPot pot = stored.pot;
        require(!pot.isSettled(), PotSettled(id, token));
        stored.pot = pot.add(toA, toB);
        emit IAdjudicator.Deposited(id, token, toA, toB);
    }

    /// @dev Adds what has arrived for A to a pot, and from B's vault what B's deposits lack of the draw's total.
    function depositBoth(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedDraw draw,
        uint256 amount
    ) internal {
        address token = draw.token();
        StoredPot storage stored = ledger.pots[id][token];
        PackedPot pot = stored.pot;
        require(!pot.isSettled(), PotSettled(id, token));
        uint256 missing;
        if (pot.depositedB() < draw.total()) missing = draw.total() - pot.depositedB();
        pot = pot.add(amount, missing);
        uint112 depositedA = pot.depositedA();
        require(depositedA >= draw.against(), DepositBelowDraw(draw.against(), depositedA));
        stored.pot = pot;
        emit IAdjudicator.Deposited(id, token, amount, missing);
        if (missing != 0) ledger.book.debit(params.b(), token, missing);
    }

    /// @dev Pays what an asset authorises and has not been withdrawn; false where that is nothing.
    function withdraw(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedAsset asset
    ) internal returns (bool) {
        address token = asset.token();
        StoredPot storage stored = ledger.pots[id][token];
        PackedPot pot = stored.pot;
        if (pot.isSettled()) return false;
        Drawn storage drawn = ledger.drawn[id][token];
        (uint128 drawnA, uint128 drawnB) = (drawn.outA, drawn.outB);
        (uint128 outA, uint128 outB) = pot.withdrawal(
            token,
            drawnA,
            drawnB,
            asset.outA(),
            asset.outB()
        );
        if (outA == drawnA && outB == drawnB) return false;

        (drawn.outA, drawn.outB) = (outA, outB);
        if (!pot.isDrawn()) stored.pot = pot.drawn();
        uint256 toA;
        uint256 toB;
        unchecked {
            // Neither has become less.
            (toA, toB) = (outA - drawnA, outB - drawnB);
        }
        emit IAdjudicator.Withdrawn(id, token, toA, toB);

        ledger.book.pay(params.a(), token, toA, address(0));
        ledger.book.pay(params.b(), token, toB, address(0));
        return true;
    }

    /// @dev `withdraw` for every asset of a state; false where that paid nothing.
    function withdrawAll(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedState state
    ) internal returns (bool hasPaid) {
        uint256 count = state.count();
        for (uint256 i = 0; i < count; i++) {
            if (withdraw(ledger, params, id, state.assetAt(i))) hasPaid = true;
        }
    }

    /// @dev Divides a pot and pays both sides, the keeper into its vault; false where it was settled before.
    function settlePot(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        address token,
        int256 payment,
        address keeper
    ) internal returns (bool) {
        StoredPot storage stored = ledger.pots[id][token];
        PackedPot pot = stored.pot;
        if (pot.isSettled()) return false;
        int256 ownA = int256(uint256(pot.depositedA()));
        int256 ownB = int256(uint256(pot.depositedB()));
        if (pot.isDrawn()) {
            Drawn storage drawn = ledger.drawn[id][token];
            ownA -= int256(uint256(drawn.outA));
            ownB -= int256(uint256(drawn.outB));
        }
        (uint256 toA, uint256 toB) = Pots.split(ownA, ownB, payment);

        stored.pot = pot.settled();
        emit IAdjudicator.Settled(id, token, toA, toB);

        ledger.book.pay(params.a(), token, toA, keeper);
        ledger.book.pay(params.b(), token, toB, keeper);
        return true;
    }

    /// @dev `settlePot` for every asset of a state by its net payment; false where that settled nothing.
    function settleAll(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedState state,
        address keeper
    ) internal returns (bool hasPaid) {
        uint256 count = state.count();
        for (uint256 i = 0; i < count; i++) {
            PackedAsset asset = state.assetAt(i);
            (address token, int256 payment) = (asset.token(), asset.net());
            if (settlePot(ledger, params, id, token, payment, keeper)) hasPaid = true;
        }
    }

    /// @dev `settlePot` for the tokens named, or the main asset where none is, by the head alone; false where that settled
    /// nothing.
    function settleByHead(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedHead head,
        bytes calldata tokens
    ) internal returns (bool hasPaid) {
        address main = params.token();
        if (tokens.length == 0) {
            return settlePot(ledger, params, id, main, head.net(), address(0));
        }
        for (uint256 i = 0; i < tokens.length; i += ChannelCodec.TOKEN_BYTES) {
            address token = ChannelCodec.tokenAt(tokens, i);
            int256 payment = token == main ? head.net() : int256(0);
            if (settlePot(ledger, params, id, token, payment, address(0))) hasPaid = true;
        }
    }

    /// @dev `settlePot` for the tokens named by a state and its locks; false where that settled nothing.
    function settleByState(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedState state,
        bytes calldata tokens,
        bytes calldata locks
    ) internal returns (bool hasPaid) {
        for (uint256 i = 0; i < tokens.length; i += ChannelCodec.TOKEN_BYTES) {
            address token = ChannelCodec.tokenAt(tokens, i);
            int256 payment = paymentOf(ledger, state, locks, token);
            if (settlePot(ledger, params, id, token, payment, address(0))) hasPaid = true;
        }
    }

    /// @dev The state is the one that the head stands for: by its hash, else by its version and both signatures.
    function requireOnRecord(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedCoSigned presented,
        PackedHead head,
        bytes32 domain
    ) internal view {
        bytes32 stateHash = presented.state().hash(id);
        if (head.has(Heads.BY_HASH)) {
            bytes32 onRecord = ledger.recorded[id];
            require(stateHash == onRecord, StateNotOnRecord(onRecord, stateHash));
            return;
        }
        uint64 version = presented.state().version();
        require(version == head.version(), VersionNotOnRecord(head.version(), version));
        Signing.requireCoSigned(params, presented, stateHash, domain);
    }

    /// @dev What A has paid B of a token by a state and its locks. Reverts while one of the token's locks is open.
    function paymentOf(
        Ledger storage ledger,
        PackedState state,
        bytes calldata locks,
        address token
    ) internal view returns (int256 payment) {
        uint256 index = state.indexOf(token);
        if (index == state.count()) return 0;
        payment = state.assetAt(index).net();
        uint256 count = Locks.count(locks);
        unchecked {
            // At most 2^64 locks of 128 bits.
            for (uint256 i = 0; i < count; i++) {
                PackedLock lock = Locks.lockAt(locks, i);
                if (lock.asset() != index) continue;
                uint256 amount = Locks.payment(lock, recordFor(ledger, lock), block.timestamp);
                payment += lock.aToB() ? int256(amount) : -int256(amount);
            }
        }
    }

    /// @dev What stands on record that a lock waits for.
    function recordFor(
        Ledger storage ledger,
        PackedLock lock
    ) internal view returns (LockRecord memory record) {
        if (lock.kind() == Locks.KIND_HASH) {
            record.time = uint40(ledger.revealedAt[lock.key()].time);
            record.amount = lock.amount();
        } else if (lock.kind() == Locks.KIND_CHANNEL) {
            Outcome storage outcome = ledger.outcomes[lock.key()];
            record.time = outcome.recordedAt;
            record.amount = outcome.amount;
        }
    }

    /// @dev Records what A has paid B in a virtual channel, from nothing up to what the slot holds.
    function recordOutcome(Ledger storage ledger, bytes32 id, int256 payment) internal {
        uint112 amount = MAX_OUTCOME;
        if (payment < 0) amount = 0;
        else if (payment < int256(uint256(MAX_OUTCOME))) amount = uint112(uint256(payment));
        Outcome storage outcome = ledger.outcomes[id];
        (outcome.amount, outcome.recordedAt) = (amount, uint40(block.timestamp));
        emit IAdjudicator.OutcomeRecorded(id, amount);
    }

    /// @dev Gives the bond of a clock that has run out, or that a close has made pointless, back to the challenger.
    function returnBond(
        Ledger storage ledger,
        PackedParams params,
        bytes32 id,
        PackedHead head
    ) internal returns (bool) {
        if (!head.has(Heads.BONDED)) return false;
        ledger.heads[id].head = head.without(Heads.BONDED);
        payBond(ledger, params, id, head.has(Heads.CHALLENGER_B));
        return true;
    }

    /// @dev Puts the bond into the vault of a side.
    function payBond(Ledger storage ledger, PackedParams params, bytes32 id, bool toB) internal {
        address account = toB ? params.b() : params.a();
        ledger.book.credit(account, Money.ETHER, params.bond());
        emit IAdjudicator.BondPaid(id, account, params.bond());
    }

    /// @dev Records a secret the first time that it is shown.
    function reveal(Ledger storage ledger, bytes32 secret) internal {
        bytes32 hash = sha256Word(secret);
        StoredTime storage stored = ledger.revealedAt[hash];
        if (stored.time != 0) return;
        stored.time = block.timestamp;
        emit IAdjudicator.Revealed(hash, secret);
    }
}
