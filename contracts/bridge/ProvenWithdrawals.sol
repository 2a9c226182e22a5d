// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGameRegistry} from "./IGameRegistry.sol";
import {IPortal} from "./IPortal.sol";

/// @notice One submitter's proof of a withdrawal.
struct Proof {
    // one slot: 20 + 8 bytes
    address game;
    uint64 provenAt;
}

/// @notice What is known of a withdrawal, whoever proved it.
struct Record {
    // one slot: 20 + 1 bytes
    address submitter;
    bool isFinalized;
}

struct Proofs {
    mapping(bytes32 withdrawalHash => mapping(address submitter => Proof proof)) bySubmitter;
    mapping(bytes32 withdrawalHash => Record record) records;
}

/// @dev Proofs by submitter, of which one is on record for clients that look at a single one. A proof gives way only to
/// one that can be paid sooner: nobody can reset or shadow another's.
library ProvenWithdrawals {
    /// @dev Keeps a submitter's proof under a game, and puts it on record if that is better for everybody. A submitter whose
    /// proof is good proves again to take the place of a record that no longer is; the time of the proof stays.
    function keep(
        Proofs storage proofs,
        IGameRegistry games,
        bytes32 hash,
        address submitter,
        address game
    ) internal {
        Record storage record = proofs.records[hash];
        require(!record.isFinalized, IPortal.OptimismPortal_AlreadyFinalized());
        Proof storage own = proofs.bySubmitter[hash][submitter];
        bool isBetter = isOvertaken(games, own.game, game);
        address best = isBetter ? game : own.game;

        address recorded = record.submitter;
        bool takesRecord =
            recorded != submitter &&
                isOvertaken(games, proofs.bySubmitter[hash][recorded].game, best);
        require(isBetter || takesRecord, IPortal.AlreadyProven(hash, submitter));
        if (takesRecord) record.submitter = submitter;
        if (isBetter) (own.game, own.provenAt) = (game, uint64(block.timestamp));
    }

    /// @dev Whose proof pays if a caller names none: the one on record, or the caller's own if only that one is ripe.
    function payer(
        Proofs storage proofs,
        IGameRegistry games,
        bytes32 hash,
        uint256 maturity
    ) internal view returns (address submitter) {
        submitter = proofs.records[hash].submitter;
        if (submitter == msg.sender) return submitter;
        if (proofs.bySubmitter[hash][msg.sender].game == address(0)) return submitter;
        Proof memory proof = proofs.bySubmitter[hash][submitter];
        bool isRipe = isMature(proof, maturity) && games.isGameClaimValid(proof.game);
        return isRipe ? submitter : msg.sender;
    }

    /// @dev Reverts unless a withdrawal can be paid by a submitter's proof.
    function check(
        Proofs storage proofs,
        IGameRegistry games,
        bytes32 hash,
        address submitter,
        uint256 maturity
    ) internal view {
        require(!proofs.records[hash].isFinalized, IPortal.OptimismPortal_AlreadyFinalized());
        Proof memory proof = proofs.bySubmitter[hash][submitter];
        require(proof.game != address(0), IPortal.OptimismPortal_Unproven());
        require(games.isGameClaimValid(proof.game), IPortal.OptimismPortal_InvalidRootClaim());
        require(isMature(proof, maturity), IPortal.OptimismPortal_ProofNotOldEnough());
    }

    /// @dev Whether a proof kept for one game should give way to a proof for another: one that is decided no later, or any if
    /// the kept one has lost.
    function isOvertaken(
        IGameRegistry games,
        address kept,
        address game
    ) private view returns (bool) {
        return kept == address(0) || games.givesWay(kept, game);
    }

    function isMature(Proof memory proof, uint256 maturity) private view returns (bool) {
        return block.timestamp >= proof.provenAt + maturity;
    }
}
