import { expect } from "chai";
import * as Game from "../../src/dispute/game.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import { FULL, SMALL, TIMEOUT, claimAt, claimId, deployArena } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { HonestMoveRejected, isConfirmed, play } from "./match.ts";
import type { Party } from "./match.ts";
import { END_BLOCK, LIE, rivalClaims } from "./stages.ts";

const HONEST_BISECTIONS = SMALL.blockHeight + SMALL.stepHeight;

/** The honest party's moves, and the clock run out whenever it has none. */
async function playAlone(arena: Arena, honest: Party): Promise<void> {
  for (let turn = 0; turn < 40 && !isConfirmed(arena, honest.trace); turn++) {
    const moves = nextMoves(arena.model(), honest.trace);
    for (const move of moves) await honestly(arena, honest, move);
    if (moves.length === 0) arena.wait(TIMEOUT / 2n);
  }
}

async function honestly(
  arena: Arena,
  { player }: Party,
  move: Parameters<Arena["make"]>[0],
): Promise<void> {
  const outcome = await arena.make(move, player);
  if (outcome.kind === "rejected") throw new HonestMoveRejected(move, outcome.reason);
}

describe("a liar who falls silent", () => {
  for (let answers = 0; answers <= HONEST_BISECTIONS + 1; answers++) {
    it(`loses after ${answers} answers`, async () => {
      const { arena, honest, liar } = await rivalClaims();
      for (let given = 0; given < answers; given++) {
        for (const move of nextMoves(arena.model(), honest.trace)) {
          await honestly(arena, honest, move);
        }
        const [answer] = nextMoves(arena.model(), liar.trace).filter(
          ({ kind }) => kind !== "prove",
        );
        if (answer !== undefined) await arena.make(answer, liar.player);
      }
      await playAlone(arena, honest);
      expect(isConfirmed(arena, honest.trace)).to.equal(true);
      expect(isConfirmed(arena, liar.trace)).to.equal(false);
    });
  }
});

describe("a liar who claims the longest possible time before anyone looks", () => {
  it("loses to a rival one second before its timeout, and wins where nobody comes", async () => {
    for (const late of [false, true]) {
      const arena = await deployArena(SMALL);
      const honest = { player: 0, trace: arena.trace(arena.genesis, END_BLOCK) };
      const liar = { player: 1, trace: arena.trace(arena.genesis, END_BLOCK, LIE) };
      await arena.make(proposal(liar.trace), liar.player);
      arena.wait(late ? TIMEOUT - 1n : TIMEOUT - 2n);
      await honestly(arena, honest, proposal(honest.trace));
      const root = liar.trace.blocks.subtree(SMALL.blockHeight, 0);
      const outcome = await arena.make(
        { kind: "confirm", parent: arena.genesis.id, root, openings: [] },
        1,
      );
      expect(outcome.kind).to.equal(late ? "made" : "rejected");
      if (late) continue;
      await playAlone(arena, honest);
      expect(isConfirmed(arena, honest.trace)).to.equal(true);
    }
  });
});

describe("disputes over a claim and over its child at once", () => {
  it("are won with one key, and the child is confirmed after its parent", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const parent = claimAt(arena.model(), claimId(arena.model(), honest.trace));
    const child = { player: 0, trace: arena.trace(parent, 2n * END_BLOCK) };
    const childLiar = { player: 2, trace: arena.trace(parent, 2n * END_BLOCK, LIE) };
    await arena.make(proposal(childLiar.trace), childLiar.player);
    for (let turn = 0; turn < 60 && !isConfirmed(arena, child.trace); turn++) {
      let quiet = true;
      for (const { player, trace } of [liar, childLiar, honest, child]) {
        for (const move of nextMoves(arena.model(), trace)) {
          if (move.kind === "prove" && player !== 0) continue;
          quiet = (await arena.make(move, player)).kind === "rejected" && quiet;
        }
      }
      arena.wait(quiet ? TIMEOUT / 2n : 1n);
    }
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
    expect(isConfirmed(arena, child.trace)).to.equal(true);
    expect(isConfirmed(arena, childLiar.trace)).to.equal(false);
  });

  it("end for the children of a lie with the lie", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const lie = claimAt(arena.model(), claimId(arena.model(), liar.trace));
    const heir = { player: 1, trace: arena.trace(lie, 2n * END_BLOCK) };
    await arena.make(proposal(heir.trace), heir.player);
    await play(arena, honest, [liar], 1n);
    arena.wait(2n * TIMEOUT);
    expect(nextMoves(arena.model(), heir.trace)).to.have.length(0);
    const root = heir.trace.blocks.subtree(SMALL.blockHeight, 0);
    const outcome = await arena.make({ kind: "confirm", parent: lie.id, root, openings: [] }, 1);
    expect(outcome).to.have.property("reason", "ParentNotConfirmed");
  });
});

describe("a reorganization of L1", () => {
  it("leaves the honest party with the moves that the new chain needs", async () => {
    const { arena, honest } = await rivalClaims();
    const snapshot = await arena.provider.request({ method: "evm_snapshot", params: [] });
    const before = arena.model();
    const [first] = nextMoves(before, honest.trace);
    if (first === undefined) expect.fail("the liar is to be answered");
    await honestly(arena, honest, first);
    expect(nextMoves(arena.model(), honest.trace)).to.have.length(0);

    await arena.provider.request({ method: "evm_revert", params: [snapshot] });
    arena.rewind(before);
    await arena.make({ ...first }, 2);
    await playAlone(arena, honest);
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
  });
});

describe("ten thousand nodes of spam", () => {
  it("cost the strategy no more than the few that rival the truth", async () => {
    const arena = await deployArena(FULL);
    const honest = arena.trace(arena.genesis, 200n);
    await arena.make(proposal(honest));
    await arena.make(proposal(arena.trace(arena.genesis, 200n, { leaf: 3, step: 3 })), 1);
    const spammed = withSpam(arena.model(), 10_000);
    expect(nextMoves(spammed, honest)).to.have.length(1);
    expect(lookups(spammed, honest)).to.equal(lookups(arena.model(), honest));
  });
});

// A chain of claims on a lie, at which nobody has reason to look.
function withSpam(game: Game.Game, count: number): Game.Game {
  const [, , lie] = [...game.claims.values()];
  if (lie === undefined) throw new RangeError("a lie stands");
  const next = Game.at(game, game.now);
  let parent = lie.id;
  for (let i = 0; i < count; i++) {
    const root = new Uint8Array(32);
    new DataView(root.buffer).setUint32(0, i + 1);
    const event = { kind: "Proposed", parent, claim: root, root } as const;
    Game.write(next, { ...event, endState: lie.endState, proposer: new Uint8Array(20) });
    parent = root;
  }
  return next;
}

// How many nodes of its own trace, and how many of the game's, the strategy looks at.
function lookups(game: Game.Game, trace: ClaimTrace): number {
  let count = 0;
  const blocks = {
    ...trace.blocks,
    subtree: (height: number, index: number) => {
      count += 1;
      return trace.blocks.subtree(height, index);
    },
  };
  const nodes = new Map(game.tree.nodes);
  const get = nodes.get.bind(nodes);
  nodes.get = (key) => {
    count += 1;
    return get(key);
  };
  nextMoves({ ...game, tree: { ...game.tree, nodes } }, { ...trace, blocks });
  return count;
}
