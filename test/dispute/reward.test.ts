import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import * as Reward from "../../src/dispute/reward.ts";
import { lostBonds, spoils } from "../../src/dispute/spoils.ts";
import {
  BASE_FEE,
  CLAIM_BOND,
  FULL,
  REFINEMENT_BOND,
  TIMEOUT,
  claimId,
  deployArena,
  expectRejected,
} from "./arena.ts";
import { advance, collect, nextOf, play, plunder, takeBonds } from "./match.ts";
import { rivalBlocks, rivalClaims, rivalSteps } from "./stages.ts";
import type { Stage } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);
const MOVE_PRICE = Reward.MOVE_GAS * BASE_FEE;
const PROOF_PRICE = Reward.PROOF_GAS * BASE_FEE;
const BURNED = "0x0000000000000000000000000000000000000000";

async function wonDispute(): Promise<Stage> {
  const stage = await rivalClaims();
  await play(stage.arena, stage.honest, [stage.liar], 1n);
  return stage;
}

async function settledDispute(): Promise<Stage> {
  const stage = await wonDispute();
  await collect(stage.arena, stage.honest);
  return stage;
}

function spoilOf<Kind extends Move["kind"]>(
  stage: Stage,
  kind: Kind,
): Extract<Move, { kind: Kind }> {
  const isKind = (move: Move): move is Extract<Move, { kind: Kind }> => move.kind === kind;
  const { arena, honest } = stage;
  const bonds = lostBonds(arena.model(), honest.trace);
  const move = [...bonds, ...spoils(arena.model(), honest.trace)].find(isKind);
  return move ?? expect.fail(`no ${kind} to make`);
}

describe("DisputeGame.forfeitClaim", () => {
  it("burns half of a lost bond and pools the rest, once", async () => {
    const stage = await wonDispute();
    const { arena } = stage;
    const move = spoilOf(stage, "forfeitClaim");
    const before = await arena.ethers.provider.getBalance(BURNED);
    await arena.make(move, 2);
    expect(await arena.ethers.provider.getBalance(BURNED)).to.equal(before + CLAIM_BOND / 2n);
    expect(await arena.contract.pot(arena.genesis.id)).to.equal(CLAIM_BOND / 2n);
    const lie = claimId(arena.model(), stage.liar.trace);
    expectRejected(await arena.make(move, 2), "AlreadySettled", [lie]);
  });

  it("takes no bond before the dispute is decided, and never the winner's", async () => {
    const stage = await rivalBlocks();
    const { arena, honest, liar } = stage;
    const [truth, lie] = [proposal(honest.trace), proposal(liar.trace)];
    const parent = arena.genesis.id;
    const lieId = claimId(arena.model(), liar.trace);
    const early = await arena.make({ kind: "forfeitClaim", parent, root: lie.root });
    expectRejected(early, "NotLost", [lieId]);
    await play(arena, honest, [liar], 1n);
    const winner = await arena.make({ kind: "forfeitClaim", parent, root: truth.root });
    expectRejected(winner, "NotLost", [claimId(arena.model(), honest.trace)]);
    const none = await arena.make({ kind: "forfeitClaim", parent, root: WORD });
    expect(none).to.have.property("reason", "NotLost");
  });
});

describe("DisputeGame.forfeitRefinement", () => {
  it("burns half of a lost bond and pools the rest, once a rival's bond is back", async () => {
    const stage = await wonDispute();
    const { arena, honest } = stage;
    expect(lostBonds(arena.model(), honest.trace).map(({ kind }) => kind)).to.not.include(
      "forfeitRefinement",
    );
    await collect(arena, honest);
    await arena.make(spoilOf(stage, "forfeitClaim"));
    const move = spoilOf(stage, "forfeitRefinement");
    await arena.make(move, 2);
    const half = (CLAIM_BOND + REFINEMENT_BOND) / 2n;
    expect(await arena.contract.pot(arena.genesis.id)).to.equal(half);
    expect(await arena.make(move, 2)).to.have.property("reason", "AlreadySettled");
  });

  it("takes nothing while the trees are rivals", async () => {
    const { arena, honest, liar } = await rivalBlocks();
    const { leaf: blockLeaf, pre, root } = nextOf(arena, liar, "refine");
    const move = { kind: "forfeitRefinement", blockLeaf, startState: pre.state, root } as const;
    await arena.make(nextOf(arena, liar, "refine"), 1);
    await arena.make(nextOf(arena, honest, "refine"));
    expect(await arena.make(move)).to.have.property("reason", "NotLost");
  });
});

describe("rewards", () => {
  it("pay each move of the winner's trees once, and each proof", async () => {
    const stage = await settledDispute();
    const { arena, honest } = stage;
    await plunder(arena, honest);
    const [mover] = arena.signers;
    // Two bisections of blocks and three of steps.
    expect(await arena.contract.credit(mover)).to.equal(5n * MOVE_PRICE + PROOF_PRICE);
    expect(spoils(arena.model(), honest.trace)).to.have.length(0);
  });

  it("need no more bonds than there are moves to pay", async () => {
    const stage = await settledDispute();
    const { arena, honest } = stage;
    const owed = 5n * MOVE_PRICE + PROOF_PRICE;
    expect(owed < CLAIM_BOND / 2n).to.equal(true);
    const claim = spoilOf(stage, "forfeitClaim");
    expect(spoils(arena.model(), honest.trace)).to.deep.equal([claim]);
    await arena.make(claim);
    const kinds = spoils(arena.model(), honest.trace).map(({ kind }) => kind);
    expect([...new Set(kinds)]).to.deep.equal(["rewardBlocks", "rewardSteps"]);
    await plunder(arena, honest);
    expect(await arena.contract.pot(arena.genesis.id)).to.equal(CLAIM_BOND / 2n - owed);
    const left = lostBonds(arena.model(), honest.trace).map(({ kind }) => kind);
    expect(left).to.deep.equal(["forfeitRefinement"]);
  });

  it("leave the bisection to who made it where another proves its right leaf", async () => {
    const stage = await rivalSteps();
    const { arena, honest, liar } = stage;
    // The lie is in the left leaf of its pair, so nobody has to prove the right one.
    const due = nextOf(arena, honest, "prove");
    expect(due.index % 2).to.equal(0);
    const { blockLeaf, startState } = due;
    const steps = honest.trace.steps(blockLeaf.index);
    const index = due.index + 1;
    const { origin } = Game.stepsPosition(arena.config, blockLeaf, startState);
    const { prefix } = Opening.positionAt(steps, 1, 0, index, origin);
    const pre = Opening.preState(steps, index, startState);
    const witness = steps.prove(index);
    const nodeHash = steps.subtree(0, index);
    const kind = "prove";
    await arena.make({ kind, blockLeaf, startState, index, prefix, nodeHash, pre, witness }, 2);
    await play(arena, honest, [liar], 1n);
    await collect(arena, honest);
    await plunder(arena, honest);
    const [mover, , stranger] = arena.signers;
    expect(await arena.contract.credit(mover)).to.equal(5n * MOVE_PRICE + PROOF_PRICE);
    expect(await arena.contract.credit(stranger)).to.equal(0n);
  });

  it("pay no proof for a block whose clock a tree of proven steps has stopped at forever", async () => {
    const arena = await deployArena({ blockHeight: 1, stepHeight: 1, steps: 1 });
    const honest = { player: 0, trace: arena.trace(arena.genesis, 2n) };
    const liar = { player: 1, trace: arena.trace(arena.genesis, 2n, { leaf: 1, step: 0 }) };
    await arena.make(proposal(liar.trace), 1);
    await arena.make(proposal(honest.trace));
    await advance(arena, [honest, liar], ["bisect", "refine"]);
    const due = nextOf(arena, honest, "prove");
    const { blockLeaf, startState } = due;
    const steps = honest.trace.steps(blockLeaf.index);
    const { origin } = Game.stepsPosition(arena.config, blockLeaf, startState);
    for (const index of [0, 1]) {
      const { prefix } = Opening.positionAt(steps, 1, 0, index, origin);
      const pre = Opening.preState(steps, index, startState);
      const [nodeHash, witness] = [steps.subtree(0, index), steps.prove(index)];
      await arena.make({ ...due, index, prefix, nodeHash, pre, witness });
    }
    arena.wait(TIMEOUT);
    await play(arena, honest, [], 1n);
    const leafId = Bisection.nodeId(
      Bisection.cohortId(blockLeaf),
      honest.trace.blocks.subtree(0, blockLeaf.index),
    );
    expect((await arena.contract.nodeOf(leafId)).timer).to.equal(Clock.FOREVER);
    await collect(arena, honest);
    await plunder(arena, honest);
    const paid: bigint = await arena.contract.credit(arena.signers[0]);
    expect(paid).to.equal(2n * MOVE_PRICE + PROOF_PRICE);
  });

  it("pay a proof to who made it", async () => {
    const stage = await rivalSteps();
    const { arena, honest, liar } = stage;
    await arena.make(nextOf(arena, honest, "prove"), 2);
    await play(arena, honest, [liar], 1n);
    await collect(arena, honest);
    await plunder(arena, honest);
    const [mover, , prover] = arena.signers;
    expect(await arena.contract.credit(mover)).to.equal(5n * MOVE_PRICE);
    expect(await arena.contract.credit(prover)).to.equal(PROOF_PRICE);
  });

  it("cover what the honest party spent on a whole dispute, at the base fee of the day", async () => {
    const arena = await deployArena(FULL);
    const honest = { player: 0, trace: arena.trace(arena.genesis, 200n) };
    const liar = { player: 1, trace: arena.trace(arena.genesis, 200n, { leaf: 77, step: 33 }) };
    await arena.make(proposal(liar.trace), 1);
    const { gas } = await play(arena, honest, [liar], 5n);
    await collect(arena, honest);
    await plunder(arena, honest);
    const paid: bigint = await arena.contract.credit(arena.signers[0]);
    expect(paid).to.equal(42n * MOVE_PRICE + PROOF_PRICE);
    expect(paid).to.be.greaterThan(gas * BASE_FEE);
  });

  it("never exceed half of the lost bonds: who plays both sides loses the other half", async () => {
    const stage = await settledDispute();
    const { arena, honest } = stage;
    await takeBonds(arena, honest);
    await plunder(arena, honest);
    const [mover] = arena.signers;
    const paid: bigint = await arena.contract.credit(mover);
    const pot: bigint = await arena.contract.pot(arena.genesis.id);
    expect(paid + pot).to.equal((CLAIM_BOND + REFINEMENT_BOND) / 2n);
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(paid + pot);
  });

  it("pay nothing from an empty pot", async () => {
    const stage = await settledDispute();
    const { arena, honest } = stage;
    expect(lostBonds(arena.model(), honest.trace).map(({ kind }) => kind)).to.deep.equal([
      "forfeitClaim",
      "forfeitRefinement",
    ]);
    const { blocks, parent } = honest.trace;
    const siblings = [blocks.subtree(0, 0), blocks.subtree(1, 1)];
    const root = blocks.subtree(2, 0);
    const move = { kind: "rewardBlocks", parent, root, index: 1, siblings } as const;
    await arena.make({ ...move, leafHash: blocks.subtree(0, 1) });
    expect(await arena.contract.credit(arena.signers[0])).to.equal(0n);
  });

  it("are for confirmed claims and won trees alone", async () => {
    const { arena, honest } = await rivalBlocks();
    const { blocks, parent } = honest.trace;
    const siblings = [blocks.subtree(0, 0), blocks.subtree(1, 1)];
    const root = blocks.subtree(2, 0);
    const move = { kind: "rewardBlocks", parent, root, index: 1, siblings } as const;
    const early = await arena.make({ ...move, leafHash: blocks.subtree(0, 1) });
    expectRejected(early, "NotConfirmed", [claimId(arena.model(), honest.trace)]);
  });

  it("need a path of the tree's height that ends at its root", async () => {
    const stage = await settledDispute();
    const { arena } = stage;
    await arena.make(spoilOf(stage, "forfeitClaim"));
    await arena.make(spoilOf(stage, "forfeitRefinement"));
    const steps = spoilOf(stage, "rewardSteps");
    const short = { ...steps, siblings: steps.siblings.slice(1) };
    expectRejected(await arena.make(short), "WrongProofLength", [3, 2]);
    const foreign = await arena.make({ ...steps, leafHash: WORD });
    expect(foreign).to.have.property("reason", "NotInConfirmedTree");
    const lost = await arena.make({ ...steps, root: WORD });
    expect(lost).to.have.property("reason", "NotConfirmed");
  });
});
