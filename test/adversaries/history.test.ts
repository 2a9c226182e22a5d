// An honest party that has nothing but L1's log: new at every turn, and on an L1 that takes back what it said.
import { expect } from "chai";
import { createPublicClient, custom } from "viem";
import { hardhat } from "viem/chains";
import * as Game from "../../src/dispute/game.ts";
import type { Confirm, Move, SettleRefinement } from "../../src/dispute/move.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import { SMALL, TIMEOUT, deployArena } from "../dispute/arena.ts";
import type { Arena } from "../dispute/arena.ts";
import { LIE, END_BLOCK } from "../dispute/stages.ts";
import * as Bout from "./bout.ts";
import { everyUpdate } from "./cachePoker.ts";
import { liar } from "./liar.ts";
import { claimId } from "./strategy.ts";

const LIAR = 1;
const STRANGER = 3;

/** Reads an arena's L1 as a watcher does. */
function reader({ provider, address }: Arena): Promise<GameSync.GameSync> {
  const transport = custom(provider);
  const client = createPublicClient({ chain: hardhat, cacheTime: 0, transport });
  return GameSync.open(client, address as `0x${string}`, 0n);
}

async function opened() {
  const arena = await deployArena(SMALL);
  const truth = arena.trace(arena.genesis, END_BLOCK);
  const lie = arena.trace(arena.genesis, END_BLOCK, LIE);
  const account = Hex.toBytes(arena.signers[Bout.HONEST]?.address ?? expect.fail("a player"));
  const isWon = (game: Game.Game) => Game.isConfirmed(game, claimId(game.config, truth));
  return { arena, truth, lie, account, isWon };
}

/** Half a timeout, and a block at its end. */
async function pass(arena: Arena): Promise<void> {
  arena.wait(TIMEOUT / 2n);
  await arena.mine();
}

/** All that an honest party sends, from the claim to the last reward. */
function honestMoves(game: Game.Game, truth: ClaimTrace, account: Uint8Array): readonly Move[] {
  const plan = [...Bout.planOf(game, truth), ...settlements(game, truth, account)];
  return plan.length > 0 ? plan : spoils(game, truth);
}

// One at a time, so that there are more turns.
function answers(game: Game.Game, lie: ClaimTrace): readonly Move[] {
  return liar(game, lie, { now: game.now, nextTurn: game.now }).slice(0, 1);
}

// A stranger's decision, which pays for no move: its timers are recorded before it.
async function decideBare(arena: Arena, move: Confirm | SettleRefinement): Promise<void> {
  for (let level = 1; level >= 0; level--) {
    for (const update of everyUpdate(arena.model()).toReversed()) {
      expect((await arena.make(update, STRANGER)).kind).to.equal("made");
    }
  }
  expect((await arena.make({ ...move, openings: [] }, STRANGER)).kind).to.equal("made");
}

describe("an honest party that starts anew at every turn", () => {
  it("wins on chain, and gets its bonds back, with nothing but the log of L1", async () => {
    const { arena, truth, lie, account, isWon } = await opened();
    let restarts = 0;
    for (let quiet = 0; quiet < 3; restarts++) {
      const told = answers(arena.model(), lie);
      for (const move of told) await arena.make(move, LIAR);
      const game = await GameSync.sync(await reader(arena));
      const moves = honestMoves(game, truth, account);
      for (const move of moves) expect((await arena.make(move)).kind).to.equal("made");
      const isQuiet = moves.length + told.length === 0;
      quiet = isQuiet ? quiet + 1 : 0;
      if (isQuiet) await pass(arena);
    }
    expect(restarts).to.be.at.least(8);
    const game = await GameSync.sync(await reader(arena));
    expect(isWon(game)).to.equal(true);
    const { claimBond, refinementBond } = arena.config;
    expect(await arena.contract.credit(arena.signers[0])).to.be.at.least(
      claimBond + refinementBond,
    );
    expect(game.movers.get(Hex.key(account))).to.deep.equal([]);
  });
});

describe("an L1 that takes back a turn at every stage of a dispute", () => {
  it("and puts the moves back in another order, by another hand, keeps the truth from nothing", async () => {
    const { arena, truth, lie, account, isWon } = await opened();
    const state = await reader(arena);
    const taken = new Set<string>();
    for (let quiet = 0; quiet < 3;) {
      const snapshot = await arena.provider.request({ method: "evm_snapshot", params: [] });
      const before = arena.model();
      const made: [Move, number][] = [];
      const turn = async (moves: readonly Move[], player: number): Promise<void> => {
        for (const move of moves) {
          if ((await arena.make(move, player)).kind === "made") made.push([move, player]);
        }
      };
      await turn(answers(arena.model(), lie), LIAR);
      const plan = honestMoves(await GameSync.sync(state), truth, account);
      await turn(plan, Bout.HONEST);
      await GameSync.sync(state);
      for (const [{ kind }] of made) taken.add(kind);

      await arena.provider.request({ method: "evm_revert", params: [snapshot] });
      arena.rewind(before);
      // Bonded moves keep their owners: otherwise the bonds of this test would go to the stranger.
      for (const [move, player] of made.toReversed()) {
        const bonded = move.kind === "propose" || move.kind === "refine";
        if (move.kind === "confirm" || move.kind === "settleRefinement") {
          await decideBare(arena, move);
        } else {
          await arena.make(move, bonded ? player : STRANGER);
        }
      }
      // An empty block, where nothing was made.
      if (made.length === 0) await arena.make({ kind: "withdraw", to: account }, STRANGER + 1);

      const seen = await GameSync.sync(state);
      const fresh = await GameSync.sync(await reader(arena));
      expect(seen).to.deep.equal(fresh);
      quiet = made.length === 0 ? quiet + 1 : 0;
      if (made.length === 0) await pass(arena);
    }
    expect(state.cuts).to.be.at.least(8);
    // The stranger's decisions pay for no move.
    expect([...taken]).to.include.members(["rewardBlocks", "rewardSteps"]);
    expect([...taken].sort()).to.include.members([
      ...["bisect", "confirm", "propose", "prove", "refine", "settleRefinement"],
    ]);
    const game = await GameSync.sync(state);
    expect(isWon(game)).to.equal(true);
    expect(game.movers.get(Hex.key(account))).to.deep.equal([]);
    const { claimBond, refinementBond } = arena.config;
    expect(await arena.contract.credit(arena.signers[0])).to.be.at.least(
      claimBond + refinementBond,
    );
  });
});
