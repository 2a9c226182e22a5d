import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import type { Node } from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Split } from "../../src/dispute/disputeTree.ts";
import type * as Game from "../../src/dispute/game.ts";
import type { Move, Update, UpdateLeaf } from "../../src/dispute/move.ts";
import { nextMoves, proposal, trueTrees } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import * as Opening from "../../src/dispute/opening.ts";
import { TIMEOUT, claimId, expectRejected } from "./arena.ts";
import { advance, nextOf } from "./match.ts";
import {
  LIE,
  honestClaim,
  rivalBlocks,
  rivalClaims,
  rivalRefinements,
  rivalSteps,
} from "./stages.ts";
import type { Stage } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);

async function provenStep(): Promise<Stage> {
  const stage = await rivalSteps();
  await advance(stage.arena, [stage.honest], ["prove"]);
  stage.arena.wait(TIMEOUT);
  return stage;
}

function updatesOf({ arena, honest }: Stage): [Update, UpdateLeaf, Update] {
  const game = arena.model();
  const claim = DisputeTree.requireNode(game.tree, claimId(game, honest.trace));
  const [leaf] = Raise.leavesBelow(game, claim);
  const [tree] = leaf === undefined ? [] : trueTrees(game, honest.trace, leaf);
  const [refinement] = leaf?.refinements ?? [];
  if (leaf === undefined || tree === undefined || refinement === undefined) {
    return expect.fail("the honest party has refined a block");
  }
  const { position, hash: leafHash } = leaf;
  const { startState } = refinement;
  const opened = { startState, root: tree.hash, openings: [] };
  return [
    updateOf(game, tree),
    { kind: "updateLeaf", leaf: position, leafHash, ...opened },
    updateOf(game, claim),
  ];
}

// Of every opened node of a tree, children before parents.
function updateOf(game: Game.Game, root: Node): Update {
  const { level, origin } = root.position;
  return { kind: "update", level, origin, splits: splitsBelow(game, root) };
}

function splitsBelow(game: Game.Game, node: Node): Split[] {
  if (node.children === undefined) return [];
  const { height, index, prefix } = node.position;
  const below = Raise.childrenOf(game, node).flatMap((child) => splitsBelow(game, child));
  return [...below, { height, index, prefix, ...node.children }];
}

/** The timer that the contract has recorded, and the model with it. */
async function timerOf({ arena }: Stage, id: Uint8Array): Promise<bigint> {
  const { timer } = await arena.contract.nodeOf(id);
  expect(DisputeTree.requireNode(arena.model().tree, id).timer).to.equal(timer);
  return timer;
}

function idOfSplit(update: Update): Uint8Array {
  const split = update.splits.at(-1) ?? expect.fail("an update raises something");
  const { height, index, prefix, left, right } = split;
  const position = { level: update.level, height, index, origin: update.origin, prefix };
  return Bisection.nodeId(Bisection.cohortId(position), Bisection.innerHash(left, right));
}

describe("DisputeGame.update", () => {
  it("adds the lesser of the children's timers to the node's own time", async () => {
    const { arena, honest } = await rivalClaims();
    const move = nextOf(arena, honest, "bisect");
    await arena.make(move, 0);
    arena.wait(100n);
    const { left, right } = move;
    const split = { height: 2, index: 0, prefix: Bisection.ZERO, left, right };
    const origin = arena.genesis.id;
    await arena.make({ kind: "update", level: 0, origin, splits: [split] });
    // The first claim was alone for one second, its children for 101 until the update.
    const node = await arena.contract.nodeOf(claimId(arena.model(), honest.trace));
    expect(node.timer).to.equal(102n);
  });

  it("carries a proof from the step to the claim", async () => {
    const stage = await provenStep();
    const [steps, leaf, blocks] = updatesOf(stage);
    for (const move of [steps, leaf, blocks]) await stage.arena.make(move);
    const id = claimId(stage.arena.model(), stage.honest.trace);
    expect(idOfSplit(blocks)).to.deep.equal(id);
    expect(await timerOf(stage, id)).to.be.greaterThanOrEqual(TIMEOUT);
  });

  it("never lowers a timer, in whatever order and how often nodes are updated", async () => {
    const stage = await provenStep();
    const [steps, leaf, blocks] = updatesOf(stage);
    const upsideDown: Move[] = [blocks, { ...steps, splits: steps.splits.toReversed() }, leaf];
    const timers: bigint[] = [];
    for (const move of [...upsideDown, steps, leaf, blocks, ...upsideDown]) {
      await stage.arena.make(move);
      timers.push(await timerOf(stage, idOfSplit(blocks)));
    }
    expect(timers).to.deep.equal(timers.toSorted((left, right) => Number(left - right)));
  });

  it("stops at forever", async () => {
    const stage = await rivalSteps();
    const { arena, honest } = stage;
    const proof = nextOf(arena, honest, "prove");
    const steps = honest.trace.steps(LIE.leaf);
    const [left, right] = [steps.subtree(0, proof.index), steps.subtree(0, proof.index + 1)];
    const sibling = proof.index + 1;
    await arena.make(proof);
    await arena.make({
      ...proof,
      index: sibling,
      prefix: Bisection.prefixAfter(proof.prefix, left),
      nodeHash: right,
      pre: Opening.preState(steps, sibling, proof.startState),
      witness: steps.prove(sibling),
    });
    const origin = Bisection.originOf(Bisection.cohortId(proof.blockLeaf), proof.startState);
    const split = { height: 1, index: proof.index / 2, prefix: proof.prefix, left, right };
    const move = { kind: "update", level: 1, origin, splits: [split] } as const;
    await arena.make(move);
    const parent = DisputeTree.requireNode(arena.model().tree, idOfSplit(move));
    expect(Clock.has(parent, Clock.FIRST)).to.equal(true);
    expect(await timerOf(stage, parent.id)).to.equal(Clock.FOREVER);
  });

  it("needs bisected nodes", async () => {
    const { arena, honest } = await rivalClaims();
    const { blocks } = honest.trace;
    const split = { height: 2, index: 0, prefix: Bisection.ZERO };
    const [left, right] = [blocks.subtree(1, 0), blocks.subtree(1, 1)];
    const move = { kind: "update", level: 0, origin: arena.genesis.id } as const;
    const outcome = await arena.make({ ...move, splits: [{ ...split, left, right }] });
    const id = claimId(arena.model(), honest.trace);
    expectRejected(outcome, "NotBisected", [id]);
  });

  it("takes no child from another place", async () => {
    const stage = await provenStep();
    const [, , blocks] = updatesOf(stage);
    const splits = blocks.splits.map((split) => ({ ...split, prefix: WORD }));
    const outcome = await stage.arena.make({ ...blocks, splits });
    expect(outcome).to.have.property("reason", "NotBisected");
  });
});

describe("DisputeGame.updateLeaf", () => {
  it("takes a tree's own time only as long as it is alone", async () => {
    const stage = await rivalRefinements();
    const { arena, honest } = stage;
    arena.wait(100n);
    const { parent, blocks } = honest.trace;
    const root = proposal(honest.trace).root;
    expect(root).to.deep.equal(blocks.subtree(2, 0));
    const leaf = [...arena.model().tree.nodes.values()].find(
      ({ refinements, mover }) => refinements.length === 1 && mover.length === 20,
    );
    if (leaf === undefined) expect.fail("a leaf is refined");
    const [refinement] = leaf.refinements;
    if (refinement === undefined) expect.fail("a leaf is refined");
    const tree = DisputeTree.requireNode(arena.model().tree, refinement.id);
    const { startState } = refinement;
    const move = { kind: "updateLeaf", leaf: leaf.position, leafHash: leaf.hash } as const;
    await arena.make({ ...move, startState, root: tree.hash, openings: [] });
    expect(await timerOf(stage, leaf.id)).to.be.lessThan(100n);
    expect(leaf.position.origin).to.deep.equal(parent);
  });

  it("is not lowered by a weaker tree", async () => {
    const stage = await rivalBlocks();
    const { arena, honest, liar } = stage;
    const friend = { player: 2, trace: arena.trace(arena.genesis, 4n, { ...LIE, healed: true }) };
    await advance(arena, [friend], ["refine"]);
    await advance(arena, [honest, liar], ["bisect", "refine"]);
    await advance(arena, [honest], ["prove"]);
    arena.wait(TIMEOUT);
    const [steps, leaf] = updatesOf(stage);
    await arena.make(steps);
    await arena.make(leaf);
    const id = Bisection.nodeId(Bisection.cohortId(leaf.leaf), leaf.leafHash);
    const before = await timerOf(stage, id);
    await arena.make({ ...leaf, root: friend.trace.steps(LIE.leaf).subtree(3, 0) });
    expect(await timerOf(stage, id)).to.equal(before);
  });

  it("needs the tree", async () => {
    const stage = await provenStep();
    const [, leaf] = updatesOf(stage);
    const outcome = await stage.arena.make({ ...leaf, root: WORD });
    expect(outcome).to.have.property("reason", "NodeMissing");
  });

  it("does not raise a leaf by the tree of its rival", async () => {
    const stage = await provenStep();
    const [, leaf] = updatesOf(stage);
    const cohort = Bisection.cohortId(leaf.leaf);
    const { tree } = stage.arena.model();
    const [refined, rival] = DisputeTree.cohortOf(tree, cohort).members.toSorted((left) =>
      Buffer.compare(left, Bisection.nodeId(cohort, leaf.leafHash)) === 0 ? -1 : 1,
    );
    if (refined === undefined || rival === undefined) expect.fail("two leaves are rivals");
    const leafHash = DisputeTree.requireNode(tree, rival).hash;
    const outcome = await stage.arena.make({ ...leaf, leafHash });
    expectRejected(outcome, "WrongRefinement", [refined, rival]);
  });
});

describe("a claim that nobody rivals", () => {
  it("needs no update", async () => {
    const { arena, honest } = await honestClaim();
    arena.wait(TIMEOUT);
    const kinds = nextMoves(arena.model(), honest.trace).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(["confirm"]);
  });
});
