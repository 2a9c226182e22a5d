import { expect } from "chai";
import type { SettleRefinement } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { CLAIM_BOND, REFINEMENT_BOND, TIMEOUT, claimId, expectRejected } from "./arena.ts";
import * as Calldata from "./calldata.ts";
import { advance, collect, nextOf, play, plunder, takeBonds } from "./match.ts";
import type { Party } from "./match.ts";
import { honestClaim, noClaims, rivalBlocks, rivalClaims } from "./stages.ts";
import type { Stage } from "./stages.ts";

// Agrees with every block and lies about one step inside the disputed one.
const FRIENDLY_LIE = { leaf: 1, step: 1, healed: true };
const WORD = new Uint8Array(32).fill(7);

async function wonDispute(): Promise<Stage> {
  const stage = await rivalClaims();
  await play(stage.arena, stage.honest, [stage.liar], 1n);
  return stage;
}

function account(stage: Stage, { player }: Party): Uint8Array {
  return Hex.toBytes(stage.arena.signers[player]?.address ?? expect.fail("a player"));
}

async function refinementSettlement(stage: Stage): Promise<SettleRefinement> {
  const { arena, honest } = stage;
  for (const move of settlements(arena.model(), honest.trace, account(stage, honest))) {
    if (move.kind === "settleRefinement") return move;
    await arena.make(move);
  }
  return expect.fail("the honest party has refined a block");
}

describe("DisputeGame.settleClaim", () => {
  it("credits the proposer of the confirmed claim, whoever asks, once", async () => {
    const stage = await wonDispute();
    const { arena, honest } = stage;
    const claim = claimId(arena.model(), honest.trace);
    await arena.make({ kind: "settleClaim", claim }, 2);
    const [proposer] = arena.signers;
    expect(await arena.contract.credit(proposer)).to.equal(CLAIM_BOND);
    const again = await arena.make({ kind: "settleClaim", claim }, 2);
    expectRejected(again, "AlreadySettled", [claim]);
  });

  it("gives nothing for a claim that is not confirmed, has lost or is none", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const claim = claimId(arena.model(), honest.trace);
    expectRejected(await arena.make({ kind: "settleClaim", claim }), "NotConfirmed", [claim]);
    await play(arena, honest, [liar], 1n);
    const lie = claimId(arena.model(), liar.trace);
    const outcome = await arena.make({ kind: "settleClaim", claim: lie }, 1);
    expectRejected(outcome, "NotConfirmed", [lie]);
    const none = await arena.make({ kind: "settleClaim", claim: WORD });
    expectRejected(none, "NotConfirmed", [WORD]);
  });

  it("gives nothing for the genesis claim", async () => {
    const { arena } = await honestClaim();
    const claim = arena.genesis.id;
    expectRejected(await arena.make({ kind: "settleClaim", claim }), "AlreadySettled", [claim]);
  });
});

describe("DisputeGame.settleRefinement", () => {
  it("credits the mover of the tree that won, once", async () => {
    const stage = await wonDispute();
    const move = await refinementSettlement(stage);
    const { arena } = stage;
    await arena.make(move, 2);
    const [mover] = arena.signers;
    expect(await arena.contract.credit(mover)).to.equal(CLAIM_BOND + REFINEMENT_BOND);
    expect(await arena.make(move, 2)).to.have.property("reason", "AlreadySettled");
    const account = Hex.toBytes(mover?.address ?? expect.fail("a player"));
    expect(settlements(arena.model(), stage.honest.trace, account)).to.have.length(0);
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
    const early = await arena.make({ ...move, root: friend.trace.steps(1).subtree(3, 0) });
    expect(early).to.have.property("reason", "TimerTooShort");
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

  it("is settled by the winner, to its mover, so that the false tree's bond can be taken", async () => {
    const stage = await openedByStranger();
    const { arena, honest, stranger } = stage;
    const mover = arena.signers[stranger.player];
    expect(await arena.contract.credit(mover)).to.equal(REFINEMENT_BOND);
    await takeBonds(arena, honest);
    await plunder(arena, honest);
    const pot: bigint = await arena.contract.pot(arena.genesis.id);
    const paid: bigint = await arena.contract.credit(arena.signers[honest.player]);
    expect(pot + paid).to.equal((CLAIM_BOND + REFINEMENT_BOND) / 2n);
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(
      REFINEMENT_BOND + pot + paid,
    );
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
    expect(owed(honest.player).map(({ kind }) => kind)).to.deep.equal(["settleClaim"]);
    await arena.make(falseTree, liar.player);
    expect(owed(4)).to.deep.equal([]);
    expect(owed(honest.player).map(({ kind }) => kind)).to.deep.equal([
      "settleClaim",
      "settleRefinement",
    ]);
  });
});

describe("DisputeGame.withdraw", () => {
  it("sends the credit where its owner wants it", async () => {
    const stage = await wonDispute();
    const { arena, honest } = stage;
    await arena.make({ kind: "settleClaim", claim: claimId(arena.model(), honest.trace) });
    const to = Hex.toBytes("0x00000000000000000000000000000000000a11ce");
    await arena.make({ kind: "withdraw", to });
    expect(await arena.ethers.provider.getBalance(Hex.fromBytes(to))).to.equal(CLAIM_BOND);
    expectRejected(await arena.make({ kind: "withdraw", to }), "NothingToWithdraw", [
      account(stage, honest),
    ]);
  });

  it("leaves the credit in place where the receiver refuses it", async () => {
    const { arena, honest } = await wonDispute();
    await arena.make({ kind: "settleClaim", claim: claimId(arena.model(), honest.trace) });
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
    await contract.confirm(move.parent, move.root);
    await contract.settleClaim(claimId(arena.model(), honest.trace));
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

  it("holds exactly what it owes and what the liars lost", async () => {
    const stage = await rivalBlocks();
    const { arena, honest, liar } = stage;
    await play(arena, honest, [liar], 1n);
    arena.wait(TIMEOUT);
    await advance(arena, [honest], ["bisect", "prove"]);
    expect(await collect(arena, honest)).to.equal(CLAIM_BOND + REFINEMENT_BOND);
    const held = await arena.ethers.provider.getBalance(arena.address);
    expect(held).to.equal(CLAIM_BOND + REFINEMENT_BOND);
  });
});
