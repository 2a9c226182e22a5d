// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockDone} from "../../contracts/protocol/BlockDone.sol";
import {IInbox} from "../../contracts/inbox/IInbox.sol";
import {Bisection, Position, PreState} from "../../contracts/dispute/Bisection.sol";
import {DisputeGame, GameConfig} from "../../contracts/dispute/DisputeGame.sol";
import {Cohort} from "../../contracts/dispute/Clock.sol";
import {Opening} from "../../contracts/dispute/DisputeTree.sol";
import {ToyInbox} from "../harness/ToyInbox.sol";
import {ToyStepProver} from "../harness/ToyStepProver.sol";
import {Story, ToyStories} from "./ToyStories.sol";
import {VM} from "./IVm.sol";

/// @notice Makes any move of any story in a dispute game, in whatever order it is called, and keeps its own accounts.
contract DisputePlay {
    using ToyStories for Story;

    uint40 public constant TIMEOUT = 1000;
    uint256 public constant CLAIM_BOND = 0.2 ether + 1;
    uint256 public constant REFINEMENT_BOND = 0.1 ether + 1;
    uint256 private constant STORIES = 5;

    DisputeGame public immutable GAME;

    Story[] private _stories;
    // Every node that a story can create, by cohort.
    bytes32[] private _cohorts;
    mapping(bytes32 cohort => bytes32[] ids) private _members;
    mapping(bytes32 id => uint40 timer) private _timers;
    // Level-1 roots and claims: nodes with a bond.
    bytes32[] public bonded;
    bytes32[] private _bondedCohorts;
    mapping(bytes32 id => bool known) private _isKnown;
    bytes32[] public parents;

    uint256 public received;
    uint256 public withdrawn;
    uint256 public burned;
    uint256 public moves;

    error TimerDecreased(bytes32 id, uint40 before, uint40 current);

    constructor() {
        VM.deal(address(this), 1000 ether);
        ToyInbox inbox = new ToyInbox();
        inbox.post(bytes32(uint256(1)), 100);
        BlockDone memory genesis = BlockDone(0, bytes32(uint256(7)), 0, 0, 0, 0, 0);
        GameConfig memory config = GameConfig(
            IInbox(address(inbox)),
            new ToyStepProver(1),
            1,
            1,
            TIMEOUT,
            CLAIM_BOND,
            REFINEMENT_BOND
        );
        GAME = new DisputeGame(config, genesis);
        bytes32 parent = GAME.latestConfirmed();
        parents.push(parent);
        _stories.push(ToyStories.tell(parent, genesis, 0, 0, 0));
        _stories.push(ToyStories.tell(parent, genesis, 0, 0, 1));
        _stories.push(ToyStories.tell(parent, genesis, 0, 1, 2));
        _stories.push(ToyStories.tell(parent, genesis, 1, 1, 3));
        // What follows the first liar's claim, if it is ever made.
        Story memory liar = _stories[1];
        bytes32 lie = ToyStories.idOf(Bisection.root(0, 1, parent), liar.root());
        parents.push(lie);
        _stories.push(ToyStories.tell(lie, liar.ends[1], 0, 0, 0));
        for (uint256 i = 0; i < STORIES; i++) _survey(_stories[i]);
    }

    receive() external payable {}

    /// @dev Counts a move that was made, and holds every timer to what it was.
    modifier watched() {
        _;
        moves++;
        for (uint256 i = 0; i < _cohorts.length; i++) {
            bytes32[] storage members = _members[_cohorts[i]];
            for (uint256 j = 0; j < members.length; j++) {
                uint40 timer = GAME.nodeOf(members[j]).timer;
                uint40 before = _timers[members[j]];
                require(timer >= before, TimerDecreased(members[j], before, timer));
                _timers[members[j]] = timer;
            }
        }
    }

    function propose(uint256 seed) external watched {
        Story memory story = _story(seed);
        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = story.leaf(0);
        bytes32 posted = bytes32(uint256(1));
        received += CLAIM_BOND;
        GAME.propose{value: CLAIM_BOND}(
            story.parent,
            story.ends[1],
            0,
            posted,
            story.root(),
            siblings
        );
    }

    function bisectBlocks(uint256 seed) external watched {
        Story memory story = _story(seed);
        GAME.bisect(Bisection.root(0, 1, story.parent), story.leaf(0), story.leaf(1));
    }

    function bisectSteps(uint256 seed, uint256 block_) external watched {
        Story memory story = _story(seed);
        uint256 index = block_ % 2;
        Position memory position = story.stepsPosition(index);
        GAME.bisect(position, story.stepLeaf(index, 0), story.stepLeaf(index, 1));
    }

    function refine(uint256 seed, uint256 block_) external watched {
        Story memory story = _story(seed);
        uint256 index = block_ % 2;
        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = story.stepLeaf(index, 0);
        PreState memory pre;
        pre.state = story.startState(index);
        received += REFINEMENT_BOND;
        GAME.refine{value: REFINEMENT_BOND}(
            story.position(index),
            story.leaf(index),
            pre,
            story.stepsRoot(index),
            siblings
        );
    }

    function prove(uint256 seed, uint256 block_, uint256 step_) external watched {
        Story memory story = _story(seed);
        (uint256 index, uint256 step) = (block_ % 2, step_ % 2);
        (PreState memory pre, bytes memory witness) = story.preState(index, step);
        Position memory position = story.stepPosition(index, step);
        GAME.prove(
            story.position(index),
            story.startState(index),
            uint64(step),
            position.prefix,
            story.stepLeaf(index, step),
            pre,
            witness
        );
    }

    function update(uint256 seed, uint256 block_, uint256 part) external watched {
        Story memory story = _story(seed);
        uint256 index = block_ % 3;
        if (index == 2) {
            Position memory top = Bisection.root(0, 1, story.parent);
            GAME.update(top, story.root(), _openings(story, part));
        } else {
            Opening[] memory openings = _stepOpenings(story, index, part);
            GAME.update(story.stepsPosition(index), story.stepsRoot(index), openings);
        }
    }

    function updateBlock(uint256 seed, uint256 block_, uint256 part) external watched {
        Story memory story = _story(seed);
        uint256 index = block_ % 2;
        Opening[] memory openings = new Opening[](1 + (part % 2));
        openings[0] = Opening(story.startState(index), story.stepsRoot(index));
        if (part % 2 == 1) openings[1] = _stepOpenings(story, index, part)[0];
        GAME.update(story.position(index), story.leaf(index), openings);
    }

    function confirm(uint256 seed, uint256 part) external watched {
        Story memory story = _story(seed);
        bytes32 cohort = Bisection.cohortId(Bisection.root(0, 1, story.parent));
        _burn(cohort, CLAIM_BOND);
        GAME.confirm(story.parent, story.root(), _openings(story, part));
    }

    function settleRefinement(uint256 seed, uint256 block_, uint256 part) external watched {
        Story memory story = _story(seed);
        uint256 index = block_ % 2;
        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = story.leaf(1 - index);
        bytes32 start = story.startState(index);
        (bytes32 root, bytes32 steps) = (story.root(), story.stepsRoot(index));
        bytes32 parent = story.parent;
        uint64 place = uint64(index);
        _burn(Bisection.cohortId(story.stepsPosition(index)), REFINEMENT_BOND);
        GAME.settleRefinement(
            parent,
            root,
            place,
            story.leaf(index),
            siblings,
            start,
            steps,
            _stepOpenings(story, index, part)
        );
    }

    function rewardBlocks(uint256 seed, uint256 part) external watched {
        Story memory story = _story(seed);
        GAME.rewardBlocks(story.parent, 1, 0, 0, _openings(story, part));
    }

    function rewardSteps(uint256 seed, uint256 block_, uint256 part) external watched {
        Story memory story = _story(seed);
        uint256 index = block_ % 2;
        GAME.rewardSteps(
            story.position(index),
            story.startState(index),
            1,
            0,
            0,
            _stepOpenings(story, index, part)
        );
    }

    function withdraw() external watched {
        withdrawn += GAME.credit(address(this));
        GAME.withdraw(payable(address(this)));
    }

    function wait(uint256 seconds_) external watched {
        VM.warp(block.timestamp + 1 + (seconds_ % TIMEOUT));
        VM.fee(1 + (seconds_ % 20 gwei));
    }

    function cohortCount() external view returns (uint256) {
        return _cohorts.length;
    }

    function bondedCount() external view returns (uint256) {
        return bonded.length;
    }

    /// @notice Whether the bond of this node has been returned or forfeited.
    function isDecided(uint256 index) external view returns (bool) {
        return GAME.cohortOf(_bondedCohorts[index]).confirmedAt != 0;
    }

    function cohortAt(uint256 index) external view returns (bytes32, bytes32[] memory) {
        return (_cohorts[index], _members[_cohorts[index]]);
    }

    // What a decision burns, if the cohort is not decided yet: half of each bond but the winner's.
    function _burn(bytes32 cohortId, uint256 bond) private {
        Cohort memory cohort = GAME.cohortOf(cohortId);
        if (cohort.confirmedAt != 0 || cohort.count == 0) return;
        uint256 lost = bond * (cohort.count - 1);
        burned += lost - lost / 2;
    }

    // The blocks' root, opened, and its first block's tree below it, opened or not.
    function _openings(
        Story memory story,
        uint256 part
    ) private pure returns (Opening[] memory openings) {
        openings = new Opening[](part % 4);
        if (part % 4 > 0) openings[0] = Opening(story.leaf(0), story.leaf(1));
        if (part % 4 > 1) openings[1] = Opening(story.startState(0), story.stepsRoot(0));
        if (part % 4 > 2) openings[2] = Opening(story.stepLeaf(0, 0), story.stepLeaf(0, 1));
    }

    function _stepOpenings(
        Story memory story,
        uint256 index,
        uint256 part
    ) private pure returns (Opening[] memory openings) {
        openings = new Opening[](part % 2);
        if (part % 2 == 0) return openings;
        openings[0] = Opening(story.stepLeaf(index, 0), story.stepLeaf(index, 1));
    }

    function _story(uint256 seed) private view returns (Story memory) {
        return _stories[seed % STORIES];
    }

    function _survey(Story memory story) private {
        Position memory top = Bisection.root(0, 1, story.parent);
        _know(top, story.root(), true);
        for (uint256 i = 0; i < 2; i++) {
            _know(story.position(i), story.leaf(i), false);
            _know(story.stepsPosition(i), story.stepsRoot(i), true);
            for (uint256 j = 0; j < 2; j++) {
                _know(story.stepPosition(i, j), story.stepLeaf(i, j), false);
            }
        }
    }

    function _know(Position memory position, bytes32 nodeHash, bool isBonded) private {
        bytes32 cohort = Bisection.cohortId(position);
        bytes32 id = Bisection.nodeId(cohort, nodeHash);
        if (_isKnown[id]) return;
        _isKnown[id] = true;
        if (_members[cohort].length == 0) _cohorts.push(cohort);
        _members[cohort].push(id);
        if (!isBonded) return;
        bonded.push(id);
        _bondedCohorts.push(cohort);
    }
}
