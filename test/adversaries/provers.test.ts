// A crowd that makes the honest party's moves and proofs, each from an account of its own: it wants the call that returns a
// bond to pay so many accounts that it fits no transaction. What stops it: openings and proofs share the room of a call.
import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { Trace } from "../../src/dispute/trace.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { TIMEOUT, deployArena } from "../dispute/arena.ts";
import type { Arena } from "../dispute/arena.ts";
import * as Calldata from "../dispute/calldata.ts";
import * as Bout from "./bout.ts";
import * as Ring from "./ring.ts";
import { SPAMMER } from "./spammer.ts";

// What a call may take for each opening and each proof: the cap of EIP-7825 and what the call takes besides.
const ROOM_GAS = (16_777_216n - 300_000n) / BigInt(Raise.MOST_OPENINGS);
const ETHER = "0xde0b6b3a7640000";
const MUCH = 10n ** 24n;
const FALSE = new Uint8Array(32).fill(7);

/** A game in which every step of a block is disputed and proven, each move and proof by somebody else. */
async function crowd(stepHeight: number) {
  const ring = Ring.modelRing(
    { ...Ring.PRODUCTION, blockHeight: 1, stepHeight },
    2 ** stepHeight - 1,
  );
  const genesis = Ring.genesisOf(ring);
  const truth = ring.trace(genesis, 2n);
  const lie = ring.trace(genesis, 2n, { leaf: 0, step: 0 });
  await ring.make(proposal(truth), Bout.HONEST);
  await ring.make(proposal(lie), 1);
  for (const kind of ["bisect", "refine"]) {
    for (const [player, trace] of [[Bout.HONEST, truth] as const, [1, lie] as const]) {
      const move = nextMoves(ring.game(), trace).find((next) => next.kind === kind);
      if (move !== undefined) await ring.make(move, player);
    }
  }
  const game = ring.game();
  const [leaf] = Raise.leavesBelow(game, claimOf(game, 1));
  const start = leaf?.refinements[0]?.startState;
  if (leaf === undefined || start === undefined) expect.fail("the block is disputed");
  disputeAll(game, truth.steps(0), Game.stepsPosition(game.config, leaf.position, start));
  return { ring, truth };
}

function claimOf(game: Game.Game, index: number) {
  const claim = [...game.claims.values()][index] ?? expect.fail("it is claimed");
  return DisputeTree.requireNode(game.tree, claim.id);
}

function disputeAll(game: Game.Game, steps: Trace, position: Position): void {
  const { height, index } = position;
  const hash = steps.subtree(height, index);
  const { members } = DisputeTree.cohortOf(game.tree, Bisection.cohortId(position));
  if (members.length === 1) DisputeTree.create(game.tree, position, FALSE, SPAMMER, game.now, 0);
  const mover = Bytes.concat(Uint8Array.of(height + 1), Bytes.fromNumber(index, 19));
  if (height === 0) {
    const node = Bisection.nodeId(Bisection.cohortId(position), hash);
    return Game.write(game, { kind: "Proven", node, mover });
  }
  const [left, right] = [
    steps.subtree(height - 1, 2 * index),
    steps.subtree(height - 1, 2 * index + 1),
  ];
  Game.write(game, { kind: "Bisected", position, left, right, mover });
  disputeAll(game, steps, Bisection.leftChild(position));
  disputeAll(game, steps, Bisection.rightChild(position, left));
}

describe("a crowd that proves every step of a block", () => {
  it("is paid in calls that have room for it, and the bond comes back", async () => {
    const height = 9;
    const { ring, truth } = await crowd(height);
    ring.pass(Ring.PRODUCTION.timeout);
    // As if each of the disputed nodes stood for a bond that was lost.
    ring.game().pots.set(Hex.key(truth.parent), MUCH);
    const account = Ring.accountOf(Bout.HONEST);
    const rooms: number[] = [];
    for (let quiet = false; !quiet;) {
      const game = ring.game();
      const moves = [
        ...nextMoves(game, truth),
        ...settlements(game, truth, account),
        ...spoils(game, truth),
      ];
      quiet = moves.length === 0;
      for (const move of moves) {
        const before = proofsPaid(ring.game());
        expect(await ring.make(move, Bout.HONEST)).to.equal(undefined);
        const proofs = proofsPaid(ring.game()) - before;
        if ("openings" in move) rooms.push(move.openings.length + proofs);
      }
    }
    expect(Math.max(...rooms)).to.be.at.most(Raise.MOST_OPENINGS);
    expect(ring.game().movers.get(Hex.key(account))).to.deep.equal([]);
    expect(proofsPaid(ring.game())).to.equal(2 ** height);
  });

  it("takes no more gas on chain than a transaction has for it", async () => {
    const arena = await deployArena({ blockHeight: 1, stepHeight: 4, steps: 15 });
    const strangers = await accounts(arena, 64);
    const honest = { player: 0, trace: arena.trace(arena.genesis, 2n) };
    const liars = Array.from({ length: 15 }, (_, step) => ({
      player: 1,
      trace: arena.trace(arena.genesis, 2n, { leaf: 0, step, salt: step }),
    }));
    await arena.make(proposal(honest.trace));
    for (const { trace } of liars) await arena.make(proposal(trace), 1);
    for (let quiet = false; !quiet;) {
      quiet = true;
      for (const { trace, player } of [...liars, honest]) {
        for (const move of nextMoves(arena.model(), trace)) {
          if (player === 1 && move.kind === "prove") continue;
          const mover = player === 1 || move.kind === "refine" ? player : strangers.pop();
          await arena.make(move, mover);
          quiet = false;
        }
      }
    }
    arena.wait(TIMEOUT);
    for (const move of nextMoves(arena.model(), honest.trace)) await arena.make(move, 2);
    const account = Hex.toBytes(arena.signers[0]?.address ?? expect.fail("a player"));
    const [settle] = settlements(arena.model(), honest.trace, account);
    if (settle?.kind !== "settleRefinement") expect.fail("a bond is to come back");
    const outcome = await arena.make(settle, 3);
    if (outcome.kind === "rejected") expect.fail(outcome.reason);
    const events = Calldata.decode(arena.abi, outcome.receipt.logs);
    const proofs = events.filter((event) => event.kind === "Rewarded" && event.flag === 64);
    expect(proofs).to.have.length(liars.length);
    const room = BigInt(settle.openings.length + proofs.length);
    expect(outcome.gas).to.be.lessThan(150_000n + room * ROOM_GAS);
  });
});

function proofsPaid({ tree }: Game.Game): number {
  return [...tree.nodes.values()].filter((node) => Clock.has(node, Clock.PROOF_REWARDED)).length;
}

/** Players without a past. */
async function accounts({ provider, signers }: Arena, count: number): Promise<number[]> {
  const [signer] = signers;
  if (signer === undefined) expect.fail("a player");
  const players: number[] = [];
  for (let i = 0; i < count; i++) {
    const address = `0x${(i + 1).toString(16).padStart(40, "5")}`;
    await provider.request({ method: "hardhat_impersonateAccount", params: [address] });
    await provider.request({ method: "hardhat_setBalance", params: [address, ETHER] });
    players.push(signers.push(Object.assign(Object.create(signer), { address })) - 1);
  }
  return players;
}
