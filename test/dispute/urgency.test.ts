// The most urgent answer is to the false claim that has counted most.
import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Urgency from "../../src/dispute/urgency.ts";
import * as Ring from "../adversaries/ring.ts";
import { claimId } from "../adversaries/strategy.ts";

const CONFIG = { ...Ring.PRODUCTION, blockHeight: 3, stepHeight: 3 };
const LAST_BLOCK = 8n;

describe("urgency", () => {
  it("is what rivals have counted on their way down, and none where nothing is answered", async () => {
    const ring = Ring.modelRing(CONFIG, 4);
    const genesis = Ring.genesisOf(ring);
    const truth = ring.trace(genesis, LAST_BLOCK);
    // The one that was alone for 1,000 s before the other came, and the one that came with the truth.
    const [early, late] = [6, 1].map((leaf) => ring.trace(genesis, LAST_BLOCK, { leaf, step: 2 }));
    if (early === undefined || late === undefined) expect.fail("there are two");
    await ring.make(proposal(early), 1);
    ring.pass(1_000n);
    await ring.make(proposal(late), 2);
    await ring.make(proposal(truth), 0);
    for (let turn = 0; turn < 3; turn++) {
      for (const [player, trace] of [truth, early, late].entries())
        for (const move of nextMoves(ring.game(), trace))
          if (move.kind === "bisect") await ring.make(move, player);
    }
    ring.pass(50n);

    const game = ring.game();
    const urgencies = Urgency.ofAnswers(game, truth);
    const answers = nextMoves(game, truth).flatMap((move) =>
      move.kind === "refine"
        ? [[move.leaf.index, Urgency.ofMove(game, urgencies, move)] as const]
        : [],
    );
    const timers = new Map(
      [early, late].map((trace, i) => {
        const root = DisputeTree.requireNode(game.tree, claimId(CONFIG, trace));
        return [[6, 1][i], Raise.trueTimer(game, root)] as const;
      }),
    );
    expect(new Map(answers)).to.deep.equal(
      new Map([...timers].toSorted(([a], [b]) => (a ?? 0) - (b ?? 0))),
    );
    expect((timers.get(6) ?? 0n) >= 1_000n).to.equal(true);
    expect((timers.get(1) ?? 0n) < 1_000n).to.equal(true);
    // The root is as urgent as what is most urgent below it.
    const root = Bisection.root(0, CONFIG.blockHeight, genesis.id);
    const opening = {
      kind: "bisect",
      position: root,
      left: truth.blocks.subtree(2, 0),
      right: truth.blocks.subtree(2, 1),
    } as const;
    expect(Urgency.ofMove(game, urgencies, opening)).to.equal(timers.get(6));
    expect(Urgency.ofMove(game, urgencies, { kind: "withdraw", to: new Uint8Array(20) })).to.equal(
      0n,
    );
  });
});
