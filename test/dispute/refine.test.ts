import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { REFINEMENT_BOND, expectRejected } from "./arena.ts";
import { advance, nextOf } from "./match.ts";
import { rivalBlocks, rivalClaims, rivalRefinements } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);

describe("DisputeGame.refine", () => {
  it("links the tree to the leaf", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    await arena.make(move);
    const cohort = Bisection.cohortId(move.leaf);
    const origin = Bisection.originOf(cohort, move.pre.state);
    const root = Bisection.root(1, arena.config.stepHeight, origin);
    const id = Bisection.nodeId(Bisection.cohortId(root), move.root);
    const leaf = Bisection.nodeId(cohort, move.leafHash);
    expect(await arena.contract.refines(id)).to.equal(Hex.fromBytes(leaf));
  });

  it("takes exactly the bond", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    for (const value of [0n, REFINEMENT_BOND - 1n, REFINEMENT_BOND + 1n]) {
      expectRejected(await arena.make(move, 0, value), "WrongBond", [REFINEMENT_BOND, value]);
    }
  });

  it("needs the leaf", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = { ...nextOf(arena, honest, "refine"), leafHash: WORD };
    const id = Bisection.nodeId(Bisection.cohortId(move.leaf), WORD);
    expectRejected(await arena.make(move), "NodeMissing", [id]);
  });

  it("refuses a node that is not a leaf", async () => {
    const { arena, honest } = await rivalClaims();
    const { blocks, parent } = honest.trace;
    const leaf = Bisection.root(0, arena.config.blockHeight, parent);
    const root = blocks.subtree(2, 0);
    const pre = { state: WORD, prefix: WORD, spine: [] };
    const move = { kind: "refine", leaf, leafHash: root, pre, root: WORD, siblings: [] } as const;
    expectRejected(await arena.make(move), "NotBlockLeaf", [0, 2]);
  });

  it("refuses a leaf of a level-1 tree", async () => {
    const { arena, honest, liar } = await rivalRefinements();
    await advance(arena, [honest, liar], ["bisect"]);
    const leaf = [...arena.model().tree.nodes.values()].find(
      ({ position }) => position.level === 1 && position.height === 0,
    );
    if (leaf === undefined) expect.fail("both sides have reached a step");
    const pre = { state: WORD, prefix: WORD, spine: [] };
    const move = { kind: "refine", leafHash: leaf.hash, pre, root: WORD, siblings: [] } as const;
    const outcome = await arena.make({ ...move, leaf: leaf.position });
    expectRejected(outcome, "NotBlockLeaf", [1, 0]);
  });

  it("needs a rival of the leaf", async () => {
    const { arena, honest } = await rivalBlocks();
    const { blocks } = honest.trace;
    const alone = [...arena.model().tree.nodes.values()].find(
      ({ position, cohort }) =>
        position.height === 0 &&
        DisputeTree.cohortOf(arena.model().tree, cohort).members.length === 1,
    );
    if (alone === undefined) expect.fail("one leaf stands alone");
    expect(alone.hash).to.deep.equal(blocks.subtree(0, 0));
    const steps = honest.trace.steps(0);
    const pre = Opening.preState(blocks, 0, Bisection.ZERO);
    const move = { kind: "refine", leaf: alone.position, leafHash: alone.hash, pre } as const;
    const siblings = Opening.lastLeaf(steps);
    const outcome = await arena.make({ ...move, root: WORD, siblings });
    expectRejected(outcome, "NotRivaled", [alone.id]);
  });

  it("refuses a tree that is already there, whoever made it", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    await arena.make(move);
    const origin = Bisection.originOf(Bisection.cohortId(move.leaf), move.pre.state);
    const root = Bisection.root(1, arena.config.stepHeight, origin);
    const id = Bisection.nodeId(Bisection.cohortId(root), move.root);
    expectRejected(await arena.make(move, 1), "NodeExists", [id]);
  });

  it("needs the state before the block", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    const wrong = Bisection.leafHash(WORD);
    const prefix = Bisection.prefixAfter(move.pre.prefix, wrong);
    const outcome = await arena.make({ ...move, pre: { ...move.pre, state: WORD } });
    expectRejected(outcome, "WrongPreState", [move.leaf.prefix, prefix]);
  });

  it("needs exactly as many hashes below the sibling as the index has trailing zeros", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    const outcome = await arena.make({ ...move, pre: { ...move.pre, spine: [WORD] } });
    expectRejected(outcome, "WrongSpineLength", [0, 1]);
  });

  it("starts the first block from the parent claim's state", async () => {
    const { arena, honest } = await rivalClaims();
    const liar = { player: 2, trace: arena.trace(arena.genesis, 4n, { leaf: 0, step: 1 }) };
    await arena.make(proposal(liar.trace), 2);
    await advance(arena, [honest, liar], ["bisect"]);
    const move = nextOf(arena, liar, "refine");
    const { state } = move.pre;
    const changed = { ...move, pre: { ...move.pre, state: WORD } };
    expectRejected(await arena.make(changed), "WrongPreState", [state, WORD]);
    const longer = { ...move, pre: { ...move.pre, spine: [WORD] } };
    expectRejected(await arena.make(longer), "WrongSpineLength", [0, 1]);
    expect((await arena.make(move, 2)).kind).to.equal("made");
  });

  it("refuses a tree whose last leaf is another state", async () => {
    const { arena, honest, liar } = await rivalBlocks();
    const [move, lie] = [nextOf(arena, honest, "refine"), nextOf(arena, liar, "refine")];
    // Both trees end in padding: what is left out is taken for the leaf that was given.
    expect(lie.siblings).to.have.length(1);
    const pair = Bisection.innerHash(move.leafHash, move.leafHash);
    const half = Bisection.innerHash(pair, pair);
    const folded = Bisection.foldLastLeaf(half, lie.siblings);
    const outcome = await arena.make({ ...move, root: lie.root, siblings: lie.siblings });
    expectRejected(outcome, "WrongLastLeaf", [lie.root, folded]);
  });

  it("refuses a proof that is longer than the tree is high, or leaves out what is no padding", async () => {
    const { arena, honest } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    const long = { ...move, siblings: [WORD, WORD, WORD, WORD] };
    expectRejected(await arena.make(long), "WrongProofLength", [3, 4]);
    const short = await arena.make({ ...move, siblings: move.siblings.slice(1) });
    expect(short).to.have.property("reason", "WrongLastLeaf");
  });

  it("lets several trees refine one leaf", async () => {
    const { arena } = await rivalRefinements();
    const friend = { leaf: 1, step: 1, healed: true };
    const trace = arena.trace(arena.genesis, 4n, friend);
    const move = nextOf(arena, { player: 2, trace }, "refine");
    expect((await arena.make(move, 2)).kind).to.equal("made");
    const leafId = Bisection.nodeId(Bisection.cohortId(move.leaf), move.leafHash);
    const leaf = arena.model().tree.nodes.get(Hex.key(leafId));
    expect(leaf?.refinements).to.have.length(2);
  });
});
