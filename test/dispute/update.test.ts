import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import type { Node } from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Update } from "../../src/dispute/move.ts";
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

// Of the true tree of steps, of its block by that tree's recorded time, and of the claim.
function updatesOf({ arena, honest }: Stage): [Update, Update, Update] {
  const game = arena.model();
  const claim = DisputeTree.requireNode(game.tree, claimId(game, honest.trace));
  const [leaf] = Raise.leavesBelow(game, claim);
  const [tree] = leaf === undefined ? [] : trueTrees(game, honest.trace, leaf);
  const [refinement] = leaf?.refinements ?? [];
  if (leaf === undefined || tree === undefined || refinement === undefined) {
    return expect.fail("the honest party has refined a block");
  }
  return [
    updateOf(game, tree),
    { ...updateOf(game, leaf), openings: [{ left: refinement.startState, right: tree.hash }] },
    updateOf(game, claim),
  ];
}

// Of a node by all that is opened of its tree.
function updateOf(game: Game.Game, node: Node): Update {
  const { position, hash: nodeHash } = node;
  return { kind: "update", position, nodeHash, openings: Raise.openings(game, node, () => []) };
}

/** The timer that the contract has recorded, and the model with it. */
async function timerOf({ arena }: Stage, id: Uint8Array): Promise<bigint> {
  const { timer } = await arena.contract.nodeOf(id);
  expect(DisputeTree.requireNode(arena.model().tree, id).timer).to.equal(timer);
  return timer;
}

function idOf({ position, nodeHash }: Update): Uint8Array {
  return Bisection.nodeId(Bisection.cohortId(position), nodeHash);
}

describe("DisputeGame.update", () => {
  it("adds the lesser of the children's timers to the node's own time", async () => {
    const { arena, honest } = await rivalClaims();
    const move = nextOf(arena, honest, "bisect");
    await arena.make(move, 0);
    arena.wait(100n);
    const { position, left, right } = move;
    const nodeHash = Bisection.innerHash(left, right);
    await arena.make({ kind: "update", position, nodeHash, openings: [{ left, right }] });
    // The first claim was alone for one second, its children for 101 until the update.
    const node = await arena.contract.nodeOf(claimId(arena.model(), honest.trace));
    expect(node.timer).to.equal(102n);
  });

  it("carries a proof from the step to the claim", async () => {
    const stage = await provenStep();
    const [steps, leaf, blocks] = updatesOf(stage);
    for (const move of [steps, leaf, blocks]) await stage.arena.make(move);
    const id = claimId(stage.arena.model(), stage.honest.trace);
    expect(idOf(blocks)).to.deep.equal(id);
    expect(await timerOf(stage, id)).to.be.greaterThanOrEqual(TIMEOUT);
  });

  it("never lowers a timer, in whatever order and how often nodes are updated", async () => {
    const stage = await provenStep();
    const [steps, leaf, blocks] = updatesOf(stage);
    const upsideDown = [blocks, leaf, { ...steps, openings: steps.openings.slice(0, 1) }, steps];
    const timers: bigint[] = [];
    for (const move of [...upsideDown, steps, leaf, blocks, ...upsideDown]) {
      await stage.arena.make(move);
      timers.push(await timerOf(stage, idOf(blocks)));
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
    const { prefix } = proof;
    const position = { level: 1, height: 1, index: proof.index / 2, origin, prefix };
    const nodeHash = Bisection.innerHash(left, right);
    const move = { kind: "update", position, nodeHash, openings: [{ left, right }] } as const;
    await arena.make(move);
    const parent = DisputeTree.requireNode(arena.model().tree, idOf(move));
    expect(Clock.has(parent, Clock.FIRST)).to.equal(true);
    expect(await timerOf(stage, parent.id)).to.equal(Clock.FOREVER);
  });

  it("needs bisected nodes", async () => {
    const { arena, honest } = await rivalClaims();
    const { blocks, parent } = honest.trace;
    const [left, right] = [blocks.subtree(1, 0), blocks.subtree(1, 1)];
    const position = Game.claimPosition(arena.config, parent);
    const move = { kind: "update", position, nodeHash: blocks.subtree(2, 0) } as const;
    const outcome = await arena.make({ ...move, openings: [{ left, right }] });
    expectRejected(outcome, "OpeningUnused", [0]);
  });

  it("takes no child from another place", async () => {
    const stage = await provenStep();
    const [, , blocks] = updatesOf(stage);
    const position = { ...blocks.position, prefix: WORD };
    const id = Bisection.nodeId(Bisection.cohortId(position), blocks.nodeHash);
    expectRejected(await stage.arena.make({ ...blocks, position }), "NodeMissing", [id]);
    const openings = blocks.openings.map(({ right }) => ({ left: WORD, right }));
    expectRejected(await stage.arena.make({ ...blocks, openings }), "OpeningUnused", [0]);
  });

  it("of a node that is not opened records the time for which it has been alone", async () => {
    const { arena, honest } = await honestClaim();
    arena.wait(100n);
    const { parent, blocks } = honest.trace;
    const position = Game.claimPosition(arena.config, parent);
    const move = { kind: "update", position, nodeHash: blocks.subtree(2, 0) } as const;
    await arena.make({ ...move, openings: [] });
    const node = await arena.contract.nodeOf(idOf({ ...move, openings: [] }));
    expect(node.timer).to.equal(101n);
  });
});

describe("DisputeGame.update of a block", () => {
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
    const openings = [{ left: startState, right: tree.hash }];
    const { position, hash: nodeHash } = leaf;
    await arena.make({ kind: "update", position, nodeHash, openings });
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
    const id = idOf(leaf);
    const before = await timerOf(stage, id);
    await arena.make(by(leaf, friend.trace.steps(LIE.leaf).subtree(3, 0)));
    expect(await timerOf(stage, id)).to.equal(before);
  });

  it("needs the tree", async () => {
    const stage = await provenStep();
    const [, leaf] = updatesOf(stage);
    expectRejected(await stage.arena.make(by(leaf, WORD)), "OpeningUnused", [0]);
  });

  it("does not raise a leaf by the tree of its rival", async () => {
    const stage = await provenStep();
    const [, leaf] = updatesOf(stage);
    const cohort = Bisection.cohortId(leaf.position);
    const { tree } = stage.arena.model();
    const rival = DisputeTree.cohortOf(tree, cohort).members.find(
      (id) => Buffer.compare(id, idOf(leaf)) !== 0,
    );
    if (rival === undefined) expect.fail("two leaves are rivals");
    const nodeHash = DisputeTree.requireNode(tree, rival).hash;
    expectRejected(await stage.arena.make({ ...leaf, nodeHash }), "OpeningUnused", [0]);
  });
});

// The update of a block by the tree with another root.
function by(update: Update, right: Uint8Array): Update {
  return { ...update, openings: update.openings.map(({ left }) => ({ left, right })) };
}

describe("a claim that nobody rivals", () => {
  it("needs no update", async () => {
    const { arena, honest } = await honestClaim();
    arena.wait(TIMEOUT);
    const kinds = nextMoves(arena.model(), honest.trace).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(["confirm"]);
  });
});
