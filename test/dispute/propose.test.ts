import { expect } from "chai";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import { CLAIM_BOND, POSTED_BLOCKS, TIMEOUT, claimAt, claimId, expectRejected } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { ACCUMULATOR } from "./toyTrace.ts";
import { END_BLOCK, honestClaim, noClaims, rivalClaims } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);

async function claimAtIndex({ contract, ethers }: Arena, index: number) {
  const game = await ethers.getContractAt("ClaimGame", await contract.gameAt(index));
  return game.claim();
}

describe("DisputeGame.propose", () => {
  it("creates a game address that carries the claim", async () => {
    const { arena, honest } = await honestClaim();
    const claim = await claimAtIndex(arena, 1);
    expect(claim.id).to.equal(Hex.fromBytes(claimId(arena.model(), honest.trace)));
    expect(claim.index).to.equal(1n);
    expect(claim.parentIndex).to.equal(0n);
    expect(claim.endBlock).to.equal(END_BLOCK);
    expect(claim.proposer).to.equal(arena.signers[0]?.address);
    expect(await arena.contract.claimCount()).to.equal(2n);
    expect(await arena.ethers.provider.getCode(await arena.contract.gameAt(1))).to.have.length(356);
  });

  it("keeps the bond", async () => {
    const { arena } = await rivalClaims();
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(2n * CLAIM_BOND);
  });

  it("takes exactly the bond", async () => {
    const { arena, honest } = await noClaims();
    const move = proposal(honest.trace);
    for (const value of [0n, CLAIM_BOND - 1n, CLAIM_BOND + 1n]) {
      expectRejected(await arena.make(move, 0, value), "WrongBond", [CLAIM_BOND, value]);
    }
  });

  it("needs a claim to follow", async () => {
    const { arena, honest } = await noClaims();
    const move = { ...proposal(honest.trace), parent: WORD };
    expectRejected(await arena.make(move), "ClaimMissing", [WORD]);
  });

  it("does not follow a node that is not a claim", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const root = Bisection.root(0, arena.config.blockHeight, arena.genesis.id);
    const [left, right] = [honest.trace.blocks.subtree(1, 0), honest.trace.blocks.subtree(1, 1)];
    await arena.make({ kind: "bisect", position: root, left, right });
    const child = Bisection.nodeId(Bisection.cohortId(Bisection.leftChild(root)), left);
    const move = { ...proposal(liar.trace), parent: child };
    expectRejected(await arena.make(move), "ClaimMissing", [child]);
  });

  it("refuses an empty range", async () => {
    const { arena, honest } = await noClaims();
    const endState = { ...honest.trace.endState, number: 0n };
    const move = { ...proposal(honest.trace), endState };
    expectRejected(await arena.make(move), "EmptyRange", [0n, 0n]);
  });

  it("refuses more blocks than the tree has leaves", async () => {
    const { arena, honest } = await noClaims();
    const endState = { ...honest.trace.endState, number: 5n };
    const move = { ...proposal(honest.trace), endState };
    expectRejected(await arena.make(move), "RangeTooLong", [4n, 5n]);
  });

  it("holds siblings to the first one's last block", async () => {
    const { arena } = await honestClaim();
    const shorter = arena.trace(arena.genesis, END_BLOCK - 1n);
    expectRejected(await arena.make(proposal(shorter)), "WrongEndBlock", [4n, 3n]);
  });

  it("refuses blocks that no batch holds", async () => {
    const { arena, honest } = await noClaims();
    const move = { ...proposal(honest.trace), batch: 1n };
    expectRejected(await arena.make(move), "BlockNotPosted", [0n, END_BLOCK]);
    expect(POSTED_BLOCKS).to.be.greaterThan(END_BLOCK);
  });

  it("refuses a claim made on another history of the inbox", async () => {
    const { arena, honest } = await noClaims();
    const move = { ...proposal(honest.trace), accumulator: WORD };
    expectRejected(await arena.make(move), "WrongAccumulator", [0n, WORD, ACCUMULATOR]);
  });

  it("refuses a root whose last leaf is another state", async () => {
    const { arena, honest } = await noClaims();
    const move = { ...proposal(honest.trace), root: WORD };
    const actual = proposal(honest.trace).root;
    expectRejected(await arena.make(move), "WrongLastLeaf", [WORD, actual]);
  });

  it("refuses a proof that is longer than the tree is high", async () => {
    const { arena, honest } = await noClaims();
    const move = proposal(honest.trace);
    const long = { ...move, siblings: [...move.siblings, WORD] };
    expectRejected(await arena.make(long), "WrongProofLength", [2, 3]);
  });

  it("takes siblings that are left out for padding, and for nothing else", async () => {
    const { arena } = await noClaims();
    const padded = proposal(arena.trace(arena.genesis, 2n));
    expect(padded.siblings).to.have.length(1);
    const leaf = Bisection.leafHash(BlockDone.hash(padded.endState));
    const padding = Bisection.innerHash(leaf, leaf);
    const none = { ...padded, siblings: [] };
    const folded = Bisection.innerHash(padding, padding);
    expectRejected(await arena.make(none), "WrongLastLeaf", [padded.root, folded]);
    expect((await arena.make({ ...padded, siblings: [leaf, ...padded.siblings] })).kind).to.equal(
      "made",
    );
    expectRejected(await arena.make(padded, 1), "NodeExists", [
      claimId(arena.model(), arena.trace(arena.genesis, 2n)),
    ]);
  });

  it("refuses a claim that is already there, whoever made it", async () => {
    const { arena, honest } = await honestClaim();
    const id = claimId(arena.model(), honest.trace);
    expectRejected(await arena.make(proposal(honest.trace), 1), "NodeExists", [id]);
  });

  it("refuses a sibling of a confirmed claim", async () => {
    const { arena, honest, liar } = await honestClaim();
    arena.wait(TIMEOUT);
    const { root } = proposal(honest.trace);
    await arena.make({ kind: "confirm", parent: arena.genesis.id, root, openings: [] });
    expectRejected(await arena.make(proposal(liar.trace), 1), "SiblingConfirmed", [
      arena.genesis.id,
    ]);
  });

  it("lets claims follow claims that are not confirmed", async () => {
    const { arena, honest } = await honestClaim();
    const parent = claimAt(arena.model(), claimId(arena.model(), honest.trace));
    const child = arena.trace(parent, 8n);
    expect((await arena.make(proposal(child))).kind).to.equal("made");
    const claim = await claimAtIndex(arena, 2);
    expect(claim.id).to.equal(Hex.fromBytes(claimId(arena.model(), child)));
    expect(claim.parentIndex).to.equal(1n);
    expect(claim.endState).to.equal(Hex.fromBytes(BlockDone.hash(child.endState)));
  });
});
