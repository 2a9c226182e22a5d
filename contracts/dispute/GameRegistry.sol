// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claim, ClaimCode, Status} from "./Claim.sol";
import {ClaimGame} from "./ClaimGame.sol";
import {Clock} from "./Clock.sol";
import {DisputeGame} from "./DisputeGame.sol";

/// @notice One entry of a search. Field order is OP's ABI.
struct GameSearchResult {
    uint256 index;
    // Type in the top 4 bytes, then 8 bytes of creation time, then the game's address.
    bytes32 metadata;
    uint64 timestamp;
    bytes32 rootClaim;
    bytes extraData;
}

/// @notice The claims of a dispute game as OP-stack tools look for them: a factory's list and an anchor registry's verdicts.
/// @dev It only reads. An index is a claim's place in the order of proposals and never changes.
contract GameRegistry {
    // What a search knows of a claim.
    bytes1 private constant UNKNOWN = 0;
    bytes1 private constant LISTED = 0x01;
    bytes1 private constant UNLISTED = 0x02;

    // How far up it is asked whether claims follow one another: more of them cost no more gas.
    uint256 private constant MOST_ANCESTORS = 256;

    DisputeGame public immutable GAME;
    uint32 public immutable respectedGameType;
    uint256 public immutable disputeGameFinalityDelaySeconds;

    error UnknownGame(uint256 index, uint256 gameCount);

    constructor(DisputeGame game, uint256 finalityDelay) {
        GAME = game;
        respectedGameType = ClaimGame(game.CLAIM_GAME()).gameType();
        disputeGameFinalityDelaySeconds = finalityDelay;
    }

    /// @notice How many claims there are, listed or not.
    function gameCount() public view returns (uint256) {
        return GAME.claimCount();
    }

    /// @notice The claim with this index, listed or not.
    function gameAtIndex(
        uint256 index
    ) external view returns (uint32 gameType, uint64 timestamp, address game) {
        require(index < gameCount(), UnknownGame(index, gameCount()));
        game = _gameAt(index);
        timestamp = GAME.nodeOf(ClaimCode.read(game).id).createdAt;
        gameType = respectedGameType;
    }

    /// @notice What a proof of a withdrawal needs of the claim with this index: its game, its output root, and whether it
    /// has not lost to a sibling. Its ancestors are not asked, of which a week has hundreds: a proof under a claim whose
    /// ancestor has lost pays nothing and gives way to any other.
    function provableAt(
        uint256 index
    ) external view returns (address game, bytes32 rootClaim, bool isProper) {
        require(index < gameCount(), UnknownGame(index, gameCount()));
        game = _gameAt(index);
        Claim memory claim = ClaimCode.read(game);
        isProper = GAME.childCohortOf(_parentOf(claim).id).confirmedAt == 0 || _isConfirmed(claim);
        return (game, claim.rootClaim, isProper);
    }

    /// @notice The latest listed claims from an index downwards: those that are confirmed, and those that stand unrivaled
    /// on nothing but confirmed and unrivaled claims.
    function findLatestGames(
        uint32 gameType,
        uint256 start,
        uint256 count
    ) external view returns (GameSearchResult[] memory games) {
        if (gameType != respectedGameType || start >= gameCount()) return games;

        games = new GameSearchResult[](count < start + 1 ? count : start + 1);
        bytes memory known = new bytes(start + 1);
        uint256 found = 0;
        for (uint256 left = start + 1; left > 0 && found < games.length; left--) {
            address game = _gameAt(left - 1);
            Claim memory claim = ClaimCode.read(game);
            if (_isListed(known, claim)) games[found++] = _entry(game, claim);
        }
        return _truncate(games, found);
    }

    /// @notice Whether the game is a claim of this dispute game that has not lost.
    function isGameProper(address game) external view returns (bool) {
        if (!isGameRegistered(game)) return false;
        (Status status, , ) = GAME.claimTimes(ClaimCode.read(game).id);
        return status != Status.Lost;
    }

    /// @notice Whether a proof under the first game is of less use than one under the second: the first has lost, or the
    /// second is decided no later whatever happens. Both are games of claims.
    /// @dev Where more than MOST_ANCESTORS claims would have to be asked, the first is kept until the second is confirmed.
    function givesWay(address kept, address game) external view returns (bool) {
        if (isGameClaimValid(kept)) return false;
        Claim memory claim = ClaimCode.read(kept);
        Claim memory other = ClaimCode.read(game);
        // Confirmed claims follow one another: what is not among them follows one or has lost to one.
        if (_isConfirmed(other)) return !_isConfirmed(claim) || other.index < claim.index;

        for (uint256 i = 0; i < MOST_ANCESTORS; i++) {
            Claim memory parent = _parentOf(claim);
            if (GAME.childCohortOf(parent.id).confirmedAt != 0) return !_isConfirmed(claim);
            if (parent.index == other.index) return true;
            claim = parent;
        }
        return false;
    }

    /// @notice Whether the game is of the one type that withdrawals are proven against.
    function isGameRespected(address game) public view returns (bool) {
        return isGameRegistered(game);
    }

    /// @notice Whether the game was decided at least the finality delay ago.
    function isGameFinalized(address game) external view returns (bool) {
        return _finalStatus(game) != Status.InProgress;
    }

    /// @notice Whether withdrawals may be paid under the game's root: it is confirmed, and its delay is over.
    /// @dev Asks no ancestors: a claim is confirmed after its parent.
    function isGameClaimValid(address game) public view returns (bool) {
        if (!isGameRegistered(game)) return false;
        Claim memory claim = ClaimCode.read(game);
        if (!_isConfirmed(claim)) return false;
        (, , uint64 resolvedAt) = GAME.claimTimes(claim.id);
        return _isDelayOver(resolvedAt);
    }

    /// @notice Whether the address is the game of a claim.
    function isGameRegistered(address game) public view returns (bool) {
        if (game.code.length != ClaimCode.CODE_BYTES) return false;
        uint256 index = ClaimCode.read(game).index;
        return index < gameCount() && _gameAt(index) == game;
    }

    // What was decided about a game at least the finality delay ago.
    function _finalStatus(address game) private view returns (Status) {
        if (!isGameRegistered(game)) return Status.InProgress;
        (Status status, , uint64 resolvedAt) = GAME.claimTimes(ClaimCode.read(game).id);
        return _isDelayOver(resolvedAt) ? status : Status.InProgress;
    }

    function _isDelayOver(uint64 resolvedAt) private view returns (bool) {
        return block.timestamp >= resolvedAt + disputeGameFinalityDelaySeconds;
    }

    /// @dev What is found of one claim is noted for all that lie between it and where it was found: a search walks each way
    /// once, however many claims follow one another.
    function _isListed(bytes memory known, Claim memory claim) private view returns (bool) {
        Claim memory ancestor = claim;
        bytes1 verdict = known[claim.index];
        while (verdict == UNKNOWN) {
            if (_isConfirmed(ancestor)) {
                verdict = LISTED;
            } else {
                Claim memory parent = _parentOf(ancestor);
                if (GAME.childCohortOf(parent.id).count > 1) {
                    verdict = UNLISTED;
                } else {
                    verdict = known[parent.index];
                    ancestor = parent;
                }
            }
        }
        for (; claim.index > ancestor.index; claim = _parentOf(claim)) {
            known[claim.index] = verdict;
        }
        known[ancestor.index] = verdict;
        return verdict == LISTED;
    }

    function _isConfirmed(Claim memory claim) private view returns (bool) {
        return Clock.has(GAME.nodeOf(claim.id), Clock.CONFIRMED);
    }

    function _gameAt(uint256 index) private view returns (address) {
        return ClaimCode.gameAt(address(GAME), index);
    }

    function _parentOf(Claim memory claim) private view returns (Claim memory) {
        return ClaimCode.read(_gameAt(claim.parentIndex));
    }

    function _entry(
        address game,
        Claim memory claim
    ) private view returns (GameSearchResult memory) {
        uint64 createdAt = GAME.nodeOf(claim.id).createdAt;
        bytes32 metadata = bytes32(abi.encodePacked(respectedGameType, createdAt, game));
        bytes memory extraData = abi.encode(uint256(claim.endBlock));
        return GameSearchResult(claim.index, metadata, createdAt, claim.rootClaim, extraData);
    }

    function _truncate(
        GameSearchResult[] memory games,
        uint256 length
    ) private pure returns (GameSearchResult[] memory kept) {
        kept = new GameSearchResult[](length);
        for (uint256 i = 0; i < length; i++) kept[i] = games[i];
    }
}
