import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Rewarded } from "../../src/dispute/gameEvent.ts";
import type { Confirm, Move, SettleRefinement } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import * as Reward from "../../src/dispute/reward.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import * as Hex from "../../src/primitives/hex.ts";
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
import type { Outcome } from "./arena.ts";
import { everyUpdate } from "../adversaries/cachePoker.ts";
import * as Calldata from "./calldata.ts";
import { advance, collect, isConfirmed, nextOf, play, plunder } from "./match.ts";
import { rivalBlocks, rivalClaims, rivalSteps } from "./stages.ts";
import type { Stage } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);
const BURNED = "0x0000000000000000000000000000000000000000";
const STRANGER = 4;
const HALVES = (CLAIM_BOND + REFINEMENT_BOND) / 2n;

/** A dispute that is played to its end, with a proof, and waits for its confirmation. */
async function playedOut(): Promise<Stage> {
  const stage = await rivalSteps();
  await advance(stage.arena, [stage.honest], ["prove"]);
  stage.arena.wait(TIMEOUT);
  return stage;
}

function confirmation({ arena, honest }: Stage): Confirm {
  const move = nextMoves(arena.model(), honest.trace).find(({ kind }) => kind === "confirm");
  return move?.kind === "confirm" ? move : expect.fail("a confirmation is due");
}

function settlement({ arena, honest }: Stage): SettleRefinement {
  const account = Hex.toBytes(arena.signers[0]?.address ?? expect.fail("a player"));
  const [move] = settlements(arena.model(), honest.trace, account);
  return move?.kind === "settleRefinement" ? move : expect.fail("a bond is to be returned");
}

/** What a call has paid, in gas: to whom, and for what kind of act. */
function paidBy(
  { arena }: Stage,
  outcome: Outcome,
): { player: number; gas: bigint; flag: number }[] {
  if (outcome.kind === "rejected") return expect.fail(outcome.reason);
  const players = arena.signers.map(({ address }) => address.toLowerCase());
  return Calldata.decode(arena.abi, outcome.receipt.logs)
    .filter((event): event is Rewarded => event.kind === "Rewarded")
    .map(({ account, amount, flag }) => ({
      player: players.indexOf(Hex.fromBytes(account)),
      gas: amount / BASE_FEE,
      flag,
    }));
}

function act(player: number, gas: bigint, flag = 0): { player: number; gas: bigint; flag: number } {
  return { player, gas, flag };
}

describe("the confirmation of a claim that had rivals", () => {
  it("burns half of their bonds and pools the rest", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    const before = await arena.ethers.provider.getBalance(BURNED);
    const paid = paidBy(stage, await arena.make(confirmation(stage), STRANGER));
    const spent = paid.reduce((sum, { gas }) => sum + gas * BASE_FEE, 0n);
    expect(await arena.ethers.provider.getBalance(BURNED)).to.equal(before + CLAIM_BOND / 2n);
    expect(await arena.contract.pot(arena.genesis.id)).to.equal(CLAIM_BOND / 2n - spent);
  });

  it("pays the claim, each move that is opened in the call, and the call", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    const move = confirmation(stage);
    // Two heights of blocks, the tree below them, and its three heights of steps.
    expect(move.openings).to.have.length(6);
    const gas = Reward.CONFIRM_GAS + 6n * Reward.OPENING_GAS + 2n * Reward.PAYMENT_GAS;
    expect(paidBy(stage, await arena.make(move, STRANGER))).to.deep.equal([
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
      act(0, Reward.CLAIM_GAS),
      act(STRANGER, gas),
    ]);
  });

  it("lets an account bear what its first credit costs", async () => {
    const stage = await rivalClaims();
    const { arena, honest } = stage;
    await arena.make(nextOf(arena, honest, "bisect"), 2);
    arena.wait(TIMEOUT);
    const gas = Reward.CONFIRM_GAS + Reward.OPENING_GAS + Reward.PAYMENT_GAS + Reward.CREDIT_GAS;
    expect(paidBy(stage, await arena.make(confirmation(stage), STRANGER))).to.deep.equal([
      act(2, Reward.MOVE_GAS - Reward.CREDIT_GAS, Clock.REWARDED),
      act(0, Reward.CLAIM_GAS),
      act(STRANGER, gas),
    ]);
  });

  it("is paid by nobody where it had none", async () => {
    const stage = await rivalClaims();
    const { arena, honest, liar } = stage;
    await play(arena, honest, [liar], 1n);
    const parent = arena.model().claims.get(Hex.key(claimId(arena.model(), honest.trace)));
    if (parent === undefined) expect.fail("the honest claim");
    const next = arena.trace(parent, 8n);
    await arena.make(proposal(next));
    arena.wait(TIMEOUT);
    const alone = { arena, honest: { player: 0, trace: next }, liar };
    const move = { kind: "confirm", parent: parent.id, root: proposal(next).root, openings: [] };
    expect(paidBy(alone, await arena.make({ ...move, kind: "confirm" }))).to.deep.equal([]);
  });

  it("refuses an opening that fits nowhere", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    const move = confirmation(stage);
    const strange = { left: WORD, right: WORD };
    const openings = [...move.openings, strange];
    expectRejected(await arena.make({ ...move, openings }), "OpeningUnused", [6]);
    const [first, ...rest] = move.openings;
    expect(first).to.not.equal(undefined);
    expectRejected(await arena.make({ ...move, openings: rest }), "OpeningUnused", [0]);
  });

  it("counts what is opened in the call and else what was recorded", async () => {
    const stage = await playedOut();
    const { arena, honest } = stage;
    const move = confirmation(stage);
    const id = claimId(arena.model(), honest.trace);
    const early = await arena.make({ ...move, openings: move.openings.slice(0, 2) });
    expectRejected(early, "TimerTooShort", [id, TIMEOUT, 3n]);
    expect((await arena.make(move)).kind).to.equal("made");
  });
});

describe("the return of a level-1 bond", () => {
  it("burns half of the rivals' bonds and pools the rest", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    await arena.make(confirmation(stage));
    const before = await arena.ethers.provider.getBalance(BURNED);
    const pot: bigint = await arena.contract.pot(arena.genesis.id);
    const paid = paidBy(stage, await arena.make(settlement(stage), STRANGER));
    const spent = paid.reduce((sum, { gas }) => sum + gas * BASE_FEE, 0n);
    expect(await arena.ethers.provider.getBalance(BURNED)).to.equal(before + REFINEMENT_BOND / 2n);
    expect(await arena.contract.pot(arena.genesis.id)).to.equal(pot + REFINEMENT_BOND / 2n - spent);
  });

  it("pays the tree, each move and the proof, and the call", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    await arena.make(confirmation(stage));
    // The lie is in a left leaf: the proof and the move beside it are two payments.
    const gas = Reward.SETTLE_GAS + 3n * Reward.OPENING_GAS + 4n * Reward.PAYMENT_GAS;
    const paid = paidBy(stage, await arena.make(settlement(stage), STRANGER));
    expect(paid.filter(({ flag }) => flag === Clock.REWARDED)).to.deep.equal([
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
    ]);
    expect(paid.filter(({ flag }) => flag === Clock.PROOF_REWARDED)).to.deep.equal([
      act(0, Reward.PROOF_GAS, Clock.PROOF_REWARDED),
    ]);
    expect(paid.slice(-2)).to.deep.equal([act(0, Reward.REFINE_GAS), act(STRANGER, gas)]);
  });

  it("pays for the time too where the confirmation did not count it", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    const move = confirmation(stage);
    const claim = DisputeTree.requireNode(
      arena.model().tree,
      claimId(arena.model(), stage.honest.trace),
    );
    const [leaf] = [...arena.model().tree.nodes.values()].filter(
      ({ refinements, mover }) => refinements.length > 0 && mover !== claim.mover,
    );
    if (leaf === undefined) expect.fail("a leaf is refined");
    const truth = [...arena.model().tree.nodes.values()].find(({ refinements, hash }) => {
      const own = stage.honest.trace.blocks.subtree(0, 1);
      return refinements.length > 0 && Hex.key(hash) === Hex.key(own);
    });
    const { position, hash: nodeHash } = truth ?? leaf;
    const openings = move.openings.slice(2);
    await arena.make({ kind: "update", position, nodeHash, openings }, 2);
    await arena.make({ ...move, openings: move.openings.slice(0, 2) });
    const gas =
      Reward.SETTLE_GAS +
      3n * Reward.OPENING_GAS +
      4n * Reward.PAYMENT_GAS +
      Reward.UPDATE_GAS +
      3n * Reward.OPENING_GAS;
    const paid = paidBy(stage, await arena.make(settlement(stage), STRANGER));
    expect(paid.at(-1)).to.deep.equal(act(STRANGER, gas));
  });

  it("closes the cohort: a tree that comes later is refused, and keeps its bond", async () => {
    const stage = await playedOut();
    const { arena } = stage;
    await arena.make(confirmation(stage));
    const friend = arena.trace(arena.genesis, 4n, { leaf: 1, step: 1, healed: true });
    const late = nextMovesOfTree(stage, friend);
    await arena.make(settlement(stage));
    const steps = friend.steps(1);
    const position = Game.stepsPosition(arena.config, late.leaf, late.pre.state);
    const id = Bisection.nodeId(Bisection.cohortId(position), steps.subtree(3, 0));
    expectRejected(await arena.make(late, STRANGER), "AlreadySettled", [id]);
  });
});

function nextMovesOfTree({ arena, honest }: Stage, friend: Stage["honest"]["trace"]) {
  const { blocks } = honest.trace;
  const leaf = Opening.positionAt(blocks, 0, 0, 1, honest.trace.parent);
  const pre = Opening.preState(blocks, 1, new Uint8Array(32));
  const root = friend.steps(1).subtree(arena.config.stepHeight, 0);
  const siblings = Opening.lastLeaf(friend.steps(1));
  return { kind: "refine", leaf, leafHash: blocks.subtree(0, 1), pre, root, siblings } as const;
}

describe("rewards", () => {
  it("that a decision left out are paid later, once, and whoever asks is paid for asking", async () => {
    const stage = await rivalClaims();
    const { arena, honest } = stage;
    await arena.make(nextOf(arena, honest, "bisect"));
    arena.wait(TIMEOUT);
    const claim = DisputeTree.requireNode(arena.model().tree, claimId(arena.model(), honest.trace));
    const openings = [claim.children ?? expect.fail("the claim is opened")];
    const { position, hash: nodeHash } = claim;
    await arena.make({ kind: "update", position, nodeHash, openings });
    await arena.make({ ...confirmation(stage), openings: [] }, STRANGER);
    const [move, ...more] = spoils(arena.model(), honest.trace);
    if (move?.kind !== "rewardBlocks") expect.fail("a move is to be paid");
    expect(more).to.deep.equal([]);
    const gas = Reward.COLLECT_GAS + Reward.OPENING_GAS + Reward.PAYMENT_GAS;
    expect(paidBy(stage, await arena.make(move, 3))).to.deep.equal([
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
      act(3, gas),
    ]);
    expect(spoils(arena.model(), honest.trace)).to.deep.equal([]);
    expect(paidBy(stage, await arena.make(move, 3))).to.deep.equal([]);
  });

  it("that lie deep below paid ones are paid by a call that begins there", async () => {
    const stage = await playedOut();
    const { arena, honest } = stage;
    const move = confirmation(stage);
    for (const update of everyUpdate(arena.model()).toReversed()) await arena.make(update);
    for (const update of everyUpdate(arena.model()).toReversed()) await arena.make(update);
    await arena.make({ ...move, openings: move.openings.slice(0, 1) }, STRANGER);
    const [rest, ...more] = spoils(arena.model(), honest.trace);
    if (rest?.kind !== "rewardBlocks") expect.fail("a move is to be paid");
    expect(more).to.deep.equal([]);
    const strange = { ...rest, height: 1, openings: rest.openings.slice(1) };
    expect(await arena.make(strange)).to.have.property("reason", "NotConfirmed");
    const gas = Reward.COLLECT_GAS + Reward.OPENING_GAS + Reward.PAYMENT_GAS;
    expect(paidBy(stage, await arena.make(rest, 3))).to.deep.equal([
      act(0, Reward.MOVE_GAS, Clock.REWARDED),
      act(3, gas),
    ]);
  });

  it("pay nothing from an empty pot", async () => {
    // Half of it is less than the cheapest act.
    const stage = await rivalClaims(10n ** 15n);
    const { arena, honest } = stage;
    await arena.make(nextOf(arena, honest, "bisect"));
    arena.wait(TIMEOUT);
    expect(paidBy(stage, await arena.make(confirmation(stage), STRANGER))).to.deep.equal([]);
    expect(arena.model().pots.get(Hex.key(honest.trace.parent))).to.equal(10n ** 15n / 2n);
    expect(await arena.contract.credit(arena.signers[0])).to.equal(10n ** 15n);
    expect(spoils(arena.model(), honest.trace)).to.deep.equal([]);
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
    const paid = paidBy(stage, await arena.make(settlement(stage)));
    expect(paid.filter(({ player }) => player !== 0)).to.deep.equal([]);
    expect(paid.filter(({ flag }) => flag === Clock.PROOF_REWARDED)).to.have.length(1);
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
    await collect(arena, honest);
    await plunder(arena, honest);
    const proofs = (await arena.logged()).filter(
      ({ event }) => event.kind === "Rewarded" && event.flag === Clock.PROOF_REWARDED,
    );
    expect(proofs).to.have.length(1);
  });

  it("pay a proof to who made it", async () => {
    const stage = await rivalSteps();
    const { arena, honest, liar } = stage;
    await arena.make(nextOf(arena, honest, "prove"), 2);
    await play(arena, honest, [liar], 1n);
    const paid = paidBy(stage, await arena.make(settlement(stage)));
    expect(paid.filter(({ player }) => player === 2)).to.deep.equal([
      act(2, Reward.PROOF_GAS - Reward.CREDIT_GAS, Clock.PROOF_REWARDED),
    ]);
  });

  it("cover what the honest party spent on a whole dispute, at the base fee of the day", async () => {
    const arena = await deployArena(FULL);
    const honest = { player: 0, trace: arena.trace(arena.genesis, 200n) };
    const liar = { player: 1, trace: arena.trace(arena.genesis, 200n, { leaf: 77, step: 33 }) };
    await arena.make(proposal(liar.trace), 1);
    const { gas } = await play(arena, honest, [liar], 5n);
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
    const taken = await collect(arena, honest);
    expect(taken - CLAIM_BOND - REFINEMENT_BOND > gas * BASE_FEE).to.equal(true);
    expect(spoils(arena.model(), honest.trace)).to.deep.equal([]);
  });

  it("never exceed half of the lost bonds: who plays both sides loses the other half", async () => {
    const stage = await playedOut();
    const { arena, honest } = stage;
    await arena.make(confirmation(stage));
    await arena.make(settlement(stage));
    await plunder(arena, honest);
    const paid: bigint = await arena.contract.credit(arena.signers[0]);
    const pot: bigint = await arena.contract.pot(arena.genesis.id);
    expect(paid - CLAIM_BOND - REFINEMENT_BOND + pot).to.equal(HALVES);
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(paid + pot);
  });

  it("are for confirmed claims and won trees alone", async () => {
    const { arena, honest, liar } = await rivalBlocks();
    const { parent, blocks } = honest.trace;
    const [left, right] = [blocks.subtree(1, 0), blocks.subtree(1, 1)];
    const start = { height: 2, index: 0, prefix: Bisection.ZERO, openings: [{ left, right }] };
    const early = await arena.make({ kind: "rewardBlocks", parent, ...start });
    expectRejected(early, "NotConfirmed", [claimId(arena.model(), honest.trace)]);
    const { leaf, pre } = nextOf(arena, liar, "refine");
    const move: Move = {
      ...{ kind: "rewardSteps", blockLeaf: leaf, startState: pre.state },
      ...{ ...start, height: 3 },
    };
    expect(await arena.make(move)).to.have.property("reason", "NotConfirmed");
  });

  it("begin at a node that is opened", async () => {
    const { arena, honest } = await rivalBlocks();
    const { parent, blocks } = honest.trace;
    const start = { height: 2, index: 0, prefix: Bisection.ZERO };
    const none = await arena.make({ kind: "rewardBlocks", parent, ...start, openings: [] });
    expectRejected(none, "OpeningMissing", []);
    const openings = [{ left: blocks.subtree(0, 0), right: blocks.subtree(0, 1) }];
    const leaf = await arena.make({ kind: "rewardBlocks", parent, ...start, height: 0, openings });
    expect(leaf).to.have.property("reason", "NotInner");
  });
});
