// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A claim without a dispute: it is what the test says it is.
contract ToyGame {
    bytes32 public immutable rootClaim;
    uint256 public immutable l2SequenceNumber;
    uint64 public immutable createdAt = uint64(block.timestamp);
    uint64 public immutable maxClockDuration;
    uint64 public resolvedAt;
    bool public isLost;
    // What the claims before it say: whether one of them has lost, and whether later claims follow this one.
    bool public isOrphan;
    bool public isStray;

    constructor(bytes32 rootClaim_, uint256 l2SequenceNumber_, uint64 maxClockDuration_) {
        rootClaim = rootClaim_;
        l2SequenceNumber = l2SequenceNumber_;
        maxClockDuration = maxClockDuration_;
    }

    function resolve(bool isLost_) external {
        isLost = isLost_;
        resolvedAt = uint64(block.timestamp);
    }

    function orphan() external {
        isOrphan = true;
    }

    function stray() external {
        isStray = true;
    }
}

/// @notice The list of toy games, as OP-stack clients and the portal read it.
contract ToyGames {
    struct GameSearchResult {
        uint256 index;
        bytes32 metadata;
        uint64 timestamp;
        bytes32 rootClaim;
        bytes extraData;
    }

    uint32 private constant GAME_TYPE = 1414676803;

    ToyGame[] private _games;

    function propose(bytes32 root, uint256 number, uint64 maxClock) external returns (ToyGame) {
        _games.push(new ToyGame(root, number, maxClock));
        return _games[_games.length - 1];
    }

    function gameCount() external view returns (uint256) {
        return _games.length;
    }

    function gameAtIndex(uint256 index) external view returns (uint32, uint64, ToyGame) {
        return (GAME_TYPE, _games[index].createdAt(), _games[index]);
    }

    function provableAt(uint256 index) external view returns (ToyGame, bytes32, bool) {
        ToyGame game = _games[index];
        return (game, game.rootClaim(), !game.isLost());
    }

    function findLatestGames(
        uint32 gameType,
        uint256 start,
        uint256 count
    ) external view returns (GameSearchResult[] memory results) {
        if (gameType != GAME_TYPE || start >= _games.length) return results;
        if (count > start + 1) count = start + 1;
        results = new GameSearchResult[](count);
        for (uint256 i = 0; i < count; i++) {
            ToyGame game = _games[start - i];
            results[i] = GameSearchResult(
                start - i,
                bytes32(uint256(uint160(address(game)))),
                game.createdAt(),
                game.rootClaim(),
                abi.encode(game.l2SequenceNumber())
            );
        }
    }

    function givesWay(ToyGame kept, ToyGame game) external view returns (bool) {
        if (isGameClaimValid(kept)) return false;
        if (kept.isLost() || kept.isOrphan()) return true;
        return game.l2SequenceNumber() < kept.l2SequenceNumber() && !game.isStray();
    }

    function isGameFinalized(ToyGame game) external view returns (bool) {
        return game.resolvedAt() != 0;
    }

    function isGameClaimValid(ToyGame game) public view returns (bool) {
        return game.resolvedAt() != 0 && !game.isLost();
    }

    function respectedGameType() external pure returns (uint32) {
        return GAME_TYPE;
    }

    function disputeGameFinalityDelaySeconds() external pure returns (uint256) {
        return 0;
    }

    function isGameRespected(ToyGame) external pure returns (bool) {
        return true;
    }
}
