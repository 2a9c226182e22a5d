import { expect } from "chai";
import type { GameEvent } from "../../src/dispute/gameEvent.ts";
import type { SettleRefinement } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Reward from "../../src/dispute/reward.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import * as Hex from "../../src/primitives/hex.ts";
import {
  BASE_FEE,
  CLAIM_BOND,
  REFINEMENT_BOND,
  TIMEOUT,
  claimId,
  expectRejected,
} from "./arena.ts";
import type { Outcome } from "./arena.ts";
import * as Calldata from "./calldata.ts";
import { advance, collect, nextOf, play } from "./match.ts";
import type { Party } from "./match.ts";
import { honestClaim, noClaims, rivalBlocks, rivalClaims } from "./stages.ts";
import type { Stage } from "./stages.ts";
import { everyUpdate } from "../adversaries/cachePoker.ts";

// Agrees with every block and lies about one step inside the disputed one.
const FRIENDLY_LIE = { leaf: 1, step: 1, healed: true };
const WORD = new Uint8Array(32).fill(7);

async function wonDispute(): Promise<Stage> {
  const stage = await rivalClaims();
  await play(stage.arena, stage.honest, [stage.liar], 1n);
  return stage;
}

/** A claim that nobody disputed, confirmed: its proposer has its bond as credit. */
async function confirmedAlone(): Promise<Stage> {
  const stage = await honestClaim();
  const { arena, honest } = stage;
  arena.wait(TIMEOUT);
  const { parent, root } = proposal(honest.trace);
  await arena.make({ kind: "confirm", parent, root, openings: [] });
  return stage;
}

function account(stage: Stage, { player }: Party): Uint8Array {
  return Hex.toBytes(stage.arena.signers[player]?.address ?? expect.fail("a player"));
}

function eventsOf({ arena }: Stage, outcome: Outcome): GameEvent[] {
  return outcome.kind === "made" ? Calldata.decode(arena.abi, outcome.receipt.logs) : [];
}

async function refinementSettlement(stage: Stage): Promise<SettleRefinement> {
  const { arena, honest } = stage;
  for (const move of settlements(arena.model(), honest.trace, account(stage, honest))) {
    if (move.kind === "settleRefinement") return move;
    await arena.make(move);
  }
  return expect.fail("the honest party has refined a block");
}

describe("DisputeGame.settleRefinement", () => {
  it("credits the mover of the tree that won, once", async () => {
    const stage = await wonDispute();
    const move = await refinementSettlement(stage);
    const { arena } = stage;
    const outcome = await arena.make(move, 2);
    const [mover] = arena.signers;
    const settled = eventsOf(stage, outcome).find(({ kind }) => kind === "Settled");
    expect(settled).to.deep.include({ account: account(stage, stage.honest) });
    expect(settled).to.deep.include({ amount: REFINEMENT_BOND });
    expect(eventsOf(stage, await arena.make(move, 2))).to.deep.equal([]);
    const owner = Hex.toBytes(mover?.address ?? expect.fail("a player"));
    expect(settlements(arena.model(), stage.honest.trace, owner)).to.have.length(0);
  });

  it("fails no call of many where a stranger settles first", async () => {
    const stage = await wonDispute();
    const move = await refinementSettlement(stage);
    const { arena } = stage;
    const rest = everyUpdate(arena.model());
    await arena.make(move, 2);
    expect((await arena.makeTogether([...rest, move])).kind).to.equal("made");
  });

  it("needs the claim confirmed, and the leaf in its tree", async () => {
    const stage = await wonDispute();
    const move = await refinementSettlement(stage);
    const { arena, liar } = stage;
    const lost = liar.trace.blocks.subtree(2, 0);
    const notConfirmed = await arena.make({ ...move, claimRoot: lost });
    expectRejected(notConfirmed, "NotConfirmed", [claimId(arena.model(), liar.trace)]);
    const foreign = await arena.make({ ...move, leafHash: WORD });
    expect(foreign).to.have.property("reason", "NotInConfirmedTree");
    const moved = await arena.make({ ...move, index: move.index - 1 });
    expect(moved).to.have.property("reason", "NotInConfirmedTree");
    const short = await arena.make({ ...move, siblings: move.siblings.slice(1) });
    expectRejected(short, "WrongProofLength", [2, 1]);
  });

  it("gives nothing for a tree that is missing or has not won its time", async () => {
    const stage = await rivalBlocks();
    const { arena, honest, liar } = stage;
    const friend = { player: 2, trace: arena.trace(arena.genesis, 4n, FRIENDLY_LIE) };
    await advance(arena, [friend], ["refine"]);
    await play(arena, honest, [liar], 1n);
    const move = await refinementSettlement(stage);
    const missing = await arena.make({ ...move, root: WORD });
    expect(missing).to.have.property("reason", "NodeMissing");
    const other = { root: friend.trace.steps(1).subtree(3, 0), openings: [] };
    const early = await arena.make({ ...move, ...other });
    expect(early).to.have.property("reason", "TimerTooShort");
    await arena.make(move);
    const late = await arena.make({ ...move, ...other });
    expect(late).to.have.property("reason", "AlreadySettled");
  });

  it("does not take the tree of one leaf for another", async () => {
    const stage = await wonDispute();
    const move = await refinementSettlement(stage);
    const root = stage.liar.trace.steps(1).subtree(3, 0);
    const outcome = await stage.arena.make({ ...move, root });
    expect(outcome).to.have.property("reason", "WrongRefinement");
  });
});

describe("a true tree that a stranger opened", () => {
  /** A won dispute whose true steps were opened by a stranger, who never asks for anything. */
  async function openedByStranger() {
    const stage = await rivalBlocks();
    const { arena, honest, liar } = stage;
    const stranger = { player: 2, trace: honest.trace };
    await advance(arena, [stranger], ["refine"]);
    await play(arena, honest, [liar], 1n);
    await collect(arena, honest);
    return { ...stage, stranger };
  }

  it("is settled by the winner, to its mover, and the false tree's bond is taken", async () => {
    const { arena, stranger } = await openedByStranger();
    const credit: bigint = await arena.contract.credit(arena.signers[stranger.player]);
    expect(credit).to.equal(REFINEMENT_BOND + Reward.REFINE_GAS * BASE_FEE);
    const pooled = (await arena.logged()).map(({ event }) =>
      event.kind === "Forfeited" ? event.pooled : 0n,
    );
    expect(pooled.reduce((sum, half) => sum + half)).to.equal((CLAIM_BOND + REFINEMENT_BOND) / 2n);
    const pot: bigint = await arena.contract.pot(arena.genesis.id);
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(pot + credit);
  });

  it("is nothing to somebody who made no move, nor where it has no rival", async () => {
    const { arena, honest, liar } = await rivalBlocks();
    const stranger = { player: 2, trace: honest.trace };
    await advance(arena, [stranger], ["refine"]);
    const falseTree = nextOf(arena, liar, "refine");
    arena.wait(TIMEOUT);
    for (const move of nextMoves(arena.model(), honest.trace)) await arena.make(move, 3);
    const owed = (player: number) =>
      settlements(
        arena.model(),
        honest.trace,
        account({ arena, honest, liar }, { ...honest, player }),
      );
    expect(owed(honest.player)).to.deep.equal([]);
    await arena.make(falseTree, liar.player);
    expect(owed(4)).to.deep.equal([]);
    expect(owed(honest.player).map(({ kind }) => kind)).to.deep.equal(["settleRefinement"]);
  });
});

describe("DisputeGame.withdraw", () => {
  it("sends the credit where its owner wants it", async () => {
    const stage = await confirmedAlone();
    const { arena, honest } = stage;
    const to = Hex.toBytes("0x00000000000000000000000000000000000a11ce");
    await arena.make({ kind: "withdraw", to });
    expect(await arena.ethers.provider.getBalance(Hex.fromBytes(to))).to.equal(CLAIM_BOND);
    expectRejected(await arena.make({ kind: "withdraw", to }), "NothingToWithdraw", [
      account(stage, honest),
    ]);
  });

  it("leaves the credit in place where the receiver refuses it", async () => {
    const { arena } = await confirmedAlone();
    const [owner] = arena.signers;
    const to = await arena.inbox.getAddress();
    await expect(arena.contract.withdraw(to))
      .to.be.revertedWithCustomError(arena.contract, "TransferFailed")
      .withArgs(to, CLAIM_BOND);
    expect(await arena.contract.credit(owner)).to.equal(CLAIM_BOND);
  });

  it("pays a proposer that re-enters nothing, until it asks for another address", async () => {
    const { arena, honest } = await noClaims();
    const { ethers, abi, contract } = arena;
    const proposer = await ethers.deployContract("ReentrantProposer", [arena.address]);
    const move = proposal(honest.trace);
    await proposer.perform(Calldata.encode(abi, move), { value: CLAIM_BOND });
    const { timestamp } = (await ethers.provider.getBlock("latest")) ?? expect.fail("a block");
    await arena.provider.request({
      method: "evm_mine",
      params: [timestamp + Number(TIMEOUT)],
    });
    await contract.confirm(move.parent, move.root, []);
    expect(await contract.credit(proposer)).to.equal(CLAIM_BOND);

    const to = await proposer.getAddress();
    const failure = abi.encodeErrorResult("TransferFailed", [to, CLAIM_BOND]);
    await expect(proposer.perform(abi.encodeFunctionData("withdraw", [to])))
      .to.be.revertedWithCustomError(proposer, "CallFailed")
      .withArgs(failure);
    const elsewhere = "0x00000000000000000000000000000000000a11ce";
    await proposer.perform(abi.encodeFunctionData("withdraw", [elsewhere]));
    expect(await ethers.provider.getBalance(elsewhere)).to.equal(CLAIM_BOND);
    expect(await ethers.provider.getBalance(arena.address)).to.equal(0n);
  });

  it("holds exactly what it owes: what is left of half of what the liars lost", async () => {
    const stage = await rivalBlocks();
    const { arena, honest, liar } = stage;
    await play(arena, honest, [liar], 1n);
    arena.wait(TIMEOUT);
    await advance(arena, [honest], ["bisect", "prove"]);
    const taken = await collect(arena, honest);
    expect(taken > CLAIM_BOND + REFINEMENT_BOND).to.equal(true);
    const held = await arena.ethers.provider.getBalance(arena.address);
    // Both sides put up both bonds; half of the liar's is burned.
    expect(held).to.equal((3n * (CLAIM_BOND + REFINEMENT_BOND)) / 2n - taken);
    expect(held).to.equal(await arena.contract.pot(arena.genesis.id));
  });
});
