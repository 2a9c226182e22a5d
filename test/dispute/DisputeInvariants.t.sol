// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clock, Cohort, Node} from "../../contracts/dispute/Clock.sol";
import {DisputeGame} from "../../contracts/dispute/DisputeGame.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @notice What holds after any moves in any order: invariant tests of the dispute game over the toy machine.
contract DisputeInvariantsTest {
    using Clock for Node;

    DisputePlay private _play;
    DisputeGame private _game;

    function setUp() external {
        _play = new DisputePlay();
        _game = _play.GAME();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_play);
    }

    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 120
    function invariantRulesHold() external view {
        _balanceIsWhatIsOwed();
        uint256 count = _play.cohortCount();
        for (uint256 i = 0; i < count; i++) {
            (bytes32 id, bytes32[] memory members) = _play.cohortAt(i);
            _rivalsShareOneCohort(_game.cohortOf(id), members);
        }
    }

    // Bonds that are out, credits and pots are all the ETH there is, and it is what came in less what left.
    function _balanceIsWhatIsOwed() private view {
        uint256 owed = _game.credit(address(_play));
        uint256 count = _play.bondedCount();
        for (uint256 i = 0; i < count; i++) {
            Node memory node = _game.nodeOf(_play.bonded(i));
            if (node.createdAt == 0 || _play.isDecided(i)) continue;
            owed += node.has(Clock.CLAIM) ? _play.CLAIM_BOND() : _play.REFINEMENT_BOND();
        }
        owed += _game.pot(_play.parents(0)) + _game.pot(_play.parents(1));
        assert(address(_game).balance == owed);
        assert(owed == _play.received() - _play.withdrawn() - _play.burned());
    }

    function _rivalsShareOneCohort(Cohort memory cohort, bytes32[] memory ids) private view {
        (uint256 confirmed, uint256 proven, uint256 firsts, uint256 there) = (0, 0, 0, 0);
        (uint256 alone, uint256 born, uint256 recorded) = (0, block.timestamp, 0);
        for (uint256 i = 0; i < ids.length; i++) {
            Node memory node = _game.nodeOf(ids[i]);
            if (node.createdAt == 0) continue;
            there++;
            if (node.has(Clock.CONFIRMED)) confirmed++;
            if (node.has(Clock.FIRST)) firsts++;
            if (node.timer == Clock.FOREVER) proven++;
            else recorded = node.timer > recorded ? node.timer : recorded;
            alone += node.unrivaled(cohort);
            if (node.createdAt < born) born = node.createdAt;
        }
        assert(cohort.count == there);
        assert(firsts == (there == 0 ? 0 : 1));
        assert(confirmed <= 1);
        assert(proven <= 1);
        assert(alone <= block.timestamp - born);
        assert(recorded <= block.timestamp - born);
    }
}
