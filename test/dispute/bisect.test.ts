import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Bisect } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import { expectRejected } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { advance, nextOf } from "./match.ts";
import type { Party } from "./match.ts";
import { honestClaim, rivalClaims } from "./stages.ts";
import { withLeaf } from "./toyTrace.ts";

const WORD = new Uint8Array(32).fill(7);

function rootBisection(arena: Arena, party: Party): Bisect {
  const { blocks, parent } = party.trace;
  const position = Bisection.root(0, arena.config.blockHeight, parent);
  return { kind: "bisect", position, left: blocks.subtree(1, 0), right: blocks.subtree(1, 1) };
}

function idOf(move: Bisect): Uint8Array {
  const cohort = Bisection.cohortId(move.position);
  return Bisection.nodeId(cohort, Bisection.innerHash(move.left, move.right));
}

describe("DisputeGame.bisect", () => {
  it("creates both children, with the mover and the time in their slots", async () => {
    const { arena, honest } = await rivalClaims();
    const move = nextOf(arena, honest, "bisect");
    await arena.make(move, 2);
    const left = Bisection.leftChild(move.position);
    const id = Bisection.nodeId(Bisection.cohortId(left), move.left);
    const node = await arena.contract.nodeOf(id);
    expect(node.mover).to.equal(arena.signers[2]?.address);
    expect(node.createdAt).to.equal(arena.now());
    expect(node.timer).to.equal(0n);
  });

  it("shares a child on which both sides agree, and parts them at its sibling", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const [move, lie] = [rootBisection(arena, honest), rootBisection(arena, liar)];
    await arena.make(move);
    await arena.make(lie, 1);
    expect(move.right).to.not.deep.equal(lie.right);
    const left = DisputeTree.cohortOf(
      arena.model().tree,
      Bisection.cohortId(Bisection.leftChild(move.position)),
    );
    expect(left.members).to.have.length(2);
  });

  it("makes rivals of right children only if their left siblings agree", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const [move, lie] = [rootBisection(arena, honest), rootBisection(arena, liar)];
    await arena.make(move);
    await arena.make(lie, 1);
    const right = Bisection.rightChild(move.position, move.left);
    const falseRight = Bisection.rightChild(lie.position, lie.left);
    expect(Bisection.cohortId(right)).to.not.deep.equal(Bisection.cohortId(falseRight));
    const cohort = await arena.contract.cohortOf(Bisection.cohortId(right));
    expect(cohort.count).to.equal(1n);
  });

  it("changes nothing when it is repeated", async () => {
    const { arena, honest } = await rivalClaims();
    const move = nextOf(arena, honest, "bisect");
    await arena.make(move, 2);
    const again = await arena.make(move, 0);
    if (again.kind === "rejected") expect.fail(again.reason);
    expect(again.receipt.logs).to.have.length(0);
  });

  it("needs a node with these children", async () => {
    const { arena, honest } = await rivalClaims();
    const move = { ...nextOf(arena, honest, "bisect"), left: WORD };
    expectRejected(await arena.make(move), "NodeMissing", [idOf(move)]);
  });

  it("needs the node's own position", async () => {
    const { arena, honest } = await rivalClaims();
    const move = nextOf(arena, honest, "bisect");
    for (const changed of [{ level: 1 }, { height: 1 }, { index: 1 }, { origin: WORD }]) {
      const elsewhere = { ...move, position: { ...move.position, ...changed } };
      expectRejected(await arena.make(elsewhere), "NodeMissing", [idOf(elsewhere)]);
    }
  });

  it("needs a rival", async () => {
    const { arena, honest } = await honestClaim();
    const move = rootBisection(arena, honest);
    expectRejected(await arena.make(move), "NotRivaled", [idOf(move)]);
  });

  it("refuses a leaf, even one that hashes two children", async () => {
    const { arena, honest } = await honestClaim();
    const leaf = Bisection.innerHash(WORD, WORD);
    const liar = { player: 1, trace: withLeaf(honest.trace, 1, leaf) };
    await arena.make(proposal(liar.trace), 1);
    await advance(arena, [honest, liar], ["bisect"]);
    const root = Bisection.root(0, arena.config.blockHeight, arena.genesis.id);
    const position = Bisection.rightChild(
      Bisection.leftChild(root),
      liar.trace.blocks.subtree(0, 0),
    );
    const move = { kind: "bisect", position, left: WORD, right: WORD } as const;
    expectRejected(await arena.make(move), "NotInner", [idOf(move)]);
  });
});
