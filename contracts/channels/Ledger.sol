// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Asset, State} from "./ChannelState.sol";
import {Head, Heads} from "./Head.sol";
import {IAdjudicator} from "./IAdjudicator.sol";
import {Lock, LockRecord, Locks} from "./Locks.sol";
import {Money} from "./Money.sol";
import {Params} from "./Params.sol";
import {Drawn, Pot} from "./Pot.sol";
import {CoSigned, Signing} from "./Signing.sol";
import {VaultBook, Vaults} from "./Vaults.sol";

/// @notice A virtual channel's result: what A has paid B of its main asset, and when that was recorded, zero for never.
struct Outcome {
    uint112 amount;
    uint40 recordedAt;
}

/// @notice All that the adjudicator remembers.
/// @dev Twin: src/channels/ledger.ts.
struct Ledger {
    mapping(bytes32 id => mapping(address token => Pot)) pots;
    // Read only where the pot says so.
    mapping(bytes32 id => mapping(address token => Drawn)) drawn;
    mapping(bytes32 id => Head) heads;
    // The hash of the state on record, where the head is BY_HASH.
    mapping(bytes32 id => bytes32 stateHash) recorded;
    mapping(bytes32 id => Outcome) outcomes;
    // When the secret of a SHA-256 hash was first shown.
    mapping(bytes32 hash => uint256 time) revealedAt;
    VaultBook book;
}

/// @dev What pots hold and pay.
library Ledgers {
    using Vaults for VaultBook;

    uint112 internal constant MAX_OUTCOME = type(uint112).max;

    error PotSettled(bytes32 id, address token);
    error StateNotOnRecord(bytes32 expected, bytes32 actual);
    error VersionNotOnRecord(uint64 expected, uint64 actual);

    /// @dev Adds to a side of a pot what has arrived.
    function deposit(
        Ledger storage ledger,
        bytes32 id,
        address token,
        bool toB,
        uint256 amount
    ) internal {
        Pot storage pot = ledger.pots[id][token];
        require(!pot.isSettled, PotSettled(id, token));
        pot.add(toB, amount);
        emit IAdjudicator.Deposited(id, token, toB, amount);
    }

    /// @dev Pays what an asset authorises and has not been withdrawn; false where that is nothing.
    function withdraw(
        Ledger storage ledger,
        Params memory params,
        bytes32 id,
        Asset calldata asset
    ) internal returns (bool) {
        address token = asset.token;
        Pot storage stored = ledger.pots[id][token];
        Pot memory pot = stored;
        if (pot.isSettled) return false;
        Drawn storage drawn = ledger.drawn[id][token];
        (uint256 toA, uint256 toB, Drawn memory next) = pot.withdrawal(drawn, asset);
        if (toA == 0 && toB == 0) return false;

        ledger.drawn[id][token] = next;
        if (!pot.isDrawn) stored.isDrawn = true;
        emit IAdjudicator.Withdrawn(id, token, toA, toB);

        ledger.book.pay(params.a, token, toA, address(0));
        ledger.book.pay(params.b, token, toB, address(0));
        return true;
    }

    /// @dev Divides a pot and pays both sides, the keeper into its vault; false where it was settled before.
    function settlePot(
        Ledger storage ledger,
        Params memory params,
        bytes32 id,
        address token,
        int256 payment,
        address keeper
    ) internal returns (bool) {
        Pot storage stored = ledger.pots[id][token];
        Pot memory pot = stored;
        if (pot.isSettled) return false;
        Drawn memory drawn;
        if (pot.isDrawn) drawn = ledger.drawn[id][token];
        (uint256 toA, uint256 toB) = pot.split(drawn, payment);

        stored.isSettled = true;
        emit IAdjudicator.Settled(id, token, toA, toB);

        ledger.book.pay(params.a, token, toA, keeper);
        ledger.book.pay(params.b, token, toB, keeper);
        return true;
    }

    /// @dev The state is the one that the head stands for: by its hash, else by its version and both signatures.
    function requireOnRecord(
        Ledger storage ledger,
        Params memory params,
        bytes32 id,
        CoSigned calldata presented,
        Head memory head,
        bytes32 domain
    ) internal view {
        bytes32 stateHash = presented.state.hash();
        if (head.has(Heads.BY_HASH)) {
            bytes32 onRecord = ledger.recorded[id];
            require(stateHash == onRecord, StateNotOnRecord(onRecord, stateHash));
            return;
        }
        uint64 version = presented.state.version;
        require(version == head.version, VersionNotOnRecord(head.version, version));
        Signing.requireCoSigned(params, id, presented, stateHash, domain);
    }

    /// @dev What A has paid B of a token by a state and its locks. Reverts while one of the token's locks is open.
    function paymentOf(
        Ledger storage ledger,
        State calldata state,
        bytes calldata locks,
        address token
    ) internal view returns (int256 payment) {
        uint256 index = state.indexOf(token);
        if (index == state.assets.length) return 0;
        payment = state.assets[index].net;
        uint256 count = Locks.count(locks);
        for (uint256 i = 0; i < count; i++) {
            Lock memory lock = Locks.lockAt(locks, i);
            if (lock.asset != index) continue;
            uint256 amount = Locks.payment(lock, recordFor(ledger, lock), block.timestamp);
            payment += lock.aToB ? int256(amount) : -int256(amount);
        }
    }

    /// @dev What stands on record that a lock waits for.
    function recordFor(
        Ledger storage ledger,
        Lock memory lock
    ) internal view returns (LockRecord memory record) {
        if (lock.kind == Locks.KIND_HASH) {
            record.time = uint40(ledger.revealedAt[lock.key]);
            record.amount = lock.amount;
        } else if (lock.kind == Locks.KIND_CHANNEL) {
            Outcome memory outcome = ledger.outcomes[lock.key];
            record.time = outcome.recordedAt;
            record.amount = outcome.amount;
        }
    }

    /// @dev Records what A has paid B in a virtual channel, from nothing up to what the slot holds.
    function recordOutcome(Ledger storage ledger, bytes32 id, int256 payment) internal {
        uint112 amount = MAX_OUTCOME;
        if (payment < 0) amount = 0;
        else if (payment < int256(uint256(MAX_OUTCOME))) amount = uint112(uint256(payment));
        ledger.outcomes[id] = Outcome(amount, uint40(block.timestamp));
        emit IAdjudicator.OutcomeRecorded(id, amount);
    }

    /// @dev Gives the bond of a clock that has run out, or that a close has made pointless, back to the challenger.
    function returnBond(
        Ledger storage ledger,
        Params memory params,
        bytes32 id,
        Head memory head
    ) internal returns (bool) {
        if (!head.has(Heads.BONDED)) return false;
        ledger.heads[id].flags = head.flags & ~Heads.BONDED;
        payBond(ledger, params, id, head.has(Heads.CHALLENGER_B));
        return true;
    }

    /// @dev Puts the bond into the vault of a side.
    function payBond(Ledger storage ledger, Params memory params, bytes32 id, bool toB) internal {
        address account = toB ? params.b : params.a;
        ledger.book.credit(account, Money.ETHER, params.bond);
        emit IAdjudicator.BondPaid(id, account, params.bond);
    }

    /// @dev Records a secret the first time that it is shown.
    function reveal(Ledger storage ledger, bytes32 secret) internal {
        bytes32 hash = sha256(abi.encodePacked(secret));
        if (ledger.revealedAt[hash] != 0) return;
        ledger.revealedAt[hash] = block.timestamp;
        emit IAdjudicator.Revealed(hash, secret);
    }
}
