// What L1 refuses to take from an adversary, and what it takes to no effect.
import { expect } from "chai";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SMALL, TIMEOUT, claimAt, claimId, deployArena, expectRejected } from "../dispute/arena.ts";
import type { Arena } from "../dispute/arena.ts";
import { advance, isConfirmed, nextOf, play } from "../dispute/match.ts";
import type { Party } from "../dispute/match.ts";
import { everyUpdate } from "./cachePoker.ts";
import { LIE, END_BLOCK, rivalBlocks, rivalClaims, rivalSteps } from "../dispute/stages.ts";

const STRANGER = 5;

/** Everything that the contract stores about the nodes, cohorts, claims and accounts of the model. */
async function stored(arena: Arena): Promise<string[]> {
  const { tree, claims } = arena.model();
  const { contract, signers } = arena;
  const nodes = [...tree.nodes.values()].map(({ id }) => contract.nodeOf(id));
  const cohorts = [...tree.nodes.values()].map(({ cohort }) => contract.cohortOf(cohort));
  const pots = [...claims.values()].map(({ id }) => contract.pot(id));
  const credits = signers.slice(0, STRANGER + 1).map((owner) => contract.credit(owner));
  const rest = [contract.claimCount(), contract.latestConfirmed()];
  const balance = arena.ethers.provider.getBalance(arena.address);
  const all = await Promise.all([...nodes, ...cohorts, ...pots, ...credits, ...rest, balance]);
  return all.map((value) =>
    JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}` : part)),
  );
}

// A node's slot is read as its mover, its time of creation, its timer and its flags.
function withoutTimers(values: readonly string[]): string[] {
  return values.map((value) => value.replace(/^(\["0x\w{40}","\d+",)"\d+"/, "$1"));
}

describe("a move that is made already", () => {
  const bonded = new Set(["propose", "refine"]);

  it("changes nothing in any storage when a stranger repeats it, throughout a whole dispute", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const kinds = new Set<string>();
    async function makeTwice(move: Move, player: number): Promise<void> {
      if ((await arena.make(move, player)).kind === "rejected") return;
      kinds.add(move.kind);
      const before = await stored(arena);
      const again = await arena.make(move, STRANGER);
      if (bonded.has(move.kind)) expect(again).to.have.property("reason", "NodeExists");
      else expect(again.kind === "made" ? again.receipt.logs : again).to.deep.equal([]);
      const after = await stored(arena);
      // A second later an update finds a second more on the clocks that run; it changes nothing else.
      const isUpdate = move.kind === "update";
      const compared = isUpdate ? withoutTimers : (values: readonly string[]) => values;
      expect(compared(after)).to.deep.equal(compared(before));
    }
    async function turn(party: Party): Promise<void> {
      const moves = nextMoves(arena.model(), party.trace);
      for (const move of moves) await makeTwice(move, party.player);
      if (moves.length === 0) arena.wait(TIMEOUT / 2n);
    }
    while (!isConfirmed(arena, honest.trace)) for (const party of [liar, honest]) await turn(party);
    arena.wait(TIMEOUT);
    const account = Hex.toBytes(arena.signers[0]?.address ?? expect.fail("a player"));
    for (const move of settlements(arena.model(), honest.trace, account)) await makeTwice(move, 0);
    for (const move of everyUpdate(arena.model())) await makeTwice(move, 0);
    for (const move of spoils(arena.model(), honest.trace)) await makeTwice(move, 0);
    expect([...kinds].sort()).to.deep.equal([
      ...["bisect", "confirm", "prove", "refine"],
      ...["settleRefinement", "update"],
    ]);
    const [proposed] = [proposal(honest.trace)];
    const sibling = await arena.make(proposed, STRANGER);
    expectRejected(sibling, "SiblingConfirmed", [arena.genesis.id]);
  });
});

describe("a refinement of what belongs to another claim", () => {
  it("is refused: a leaf is known only under the claim that its tree follows", async () => {
    const { arena, honest, liar } = await rivalBlocks();
    const move = nextOf(arena, honest, "refine");
    const lie = claimId(arena.model(), liar.trace);
    const foreign = await arena.make({ ...move, leaf: { ...move.leaf, origin: lie } });
    expect(foreign).to.have.property("reason", "NodeMissing");
    // The same block, disputed again in a claim on the lie, is another leaf.
    const parent = claimAt(arena.model(), lie);
    const traces = [undefined, LIE].map((told) => arena.trace(parent, 2n * END_BLOCK, told));
    for (const [player, trace] of traces.entries()) await arena.make(proposal(trace), player);
    await advance(
      arena,
      traces.map((trace, player) => ({ player, trace })),
      ["bisect"],
    );
    const other = nextOf(arena, { player: 0, trace: traces[0] ?? honest.trace }, "refine");
    const mixed = await arena.make({ ...move, leaf: other.leaf, leafHash: other.leafHash });
    expect(mixed).to.have.property("reason", "WrongPreState");
  });
});

describe("a proof taken from one dispute", () => {
  it("proves nothing in another one, at another level, or at another place", async () => {
    const { arena, honest, liar } = await rivalSteps();
    const proof = nextOf(arena, honest, "prove");
    const parent = claimAt(arena.model(), claimId(arena.model(), honest.trace));
    const second = [undefined, LIE].map((told, player) => ({
      player,
      trace: arena.trace(parent, 2n * END_BLOCK, told),
    }));
    for (const { player, trace } of second) await arena.make(proposal(trace), player);
    await advance(arena, second, ["bisect", "refine"]);
    const [heir] = second;
    const there = nextOf(arena, heir ?? honest, "prove");

    const replays: [Partial<typeof proof>, string][] = [
      [{ blockLeaf: there.blockLeaf }, "NodeMissing"],
      [{ blockLeaf: there.blockLeaf, startState: there.startState }, "NodeMissing"],
      [{ ...there, witness: proof.witness }, "WrongWitness"],
      [{ ...there, pre: proof.pre, witness: proof.witness }, "WrongPreState"],
      [{ blockLeaf: { ...proof.blockLeaf, level: 1 } }, "NodeMissing"],
      [{ index: proof.index + 1 }, "NodeMissing"],
      [{ index: proof.index + 2 ** 32 }, "NodeMissing"],
      [{ prefix: proof.blockLeaf.prefix }, "NodeMissing"],
    ];
    for (const [change, reason] of replays) {
      const outcome = await arena.make({ ...proof, ...change }, STRANGER);
      expect(outcome).to.have.property("reason", reason);
    }
    expect(nextOf(arena, liar, "prove").index).to.equal(proof.index);
    expect((await arena.make(proof, STRANGER)).kind).to.equal("made");
  });
});

describe("an inbox that grows between rival claims", () => {
  it("changes no range: siblings end where the first one ends, whatever was posted since", async () => {
    const arena = await deployArena(SMALL);
    const liar = { player: 1, trace: arena.trace(arena.genesis, END_BLOCK, LIE) };
    const honest = { player: 0, trace: arena.trace(arena.genesis, END_BLOCK) };
    await arena.make(proposal(liar.trace), liar.player);
    await arena.inbox.post(new Uint8Array(32).fill(3), 2n ** 21n);
    arena.wait(10n);
    const longer = await arena.make(proposal(arena.trace(arena.genesis, END_BLOCK + 1n)));
    expectRejected(longer, "WrongEndBlock", [END_BLOCK, END_BLOCK + 1n]);
    expect((await arena.make(proposal(honest.trace))).kind).to.equal("made");
    await play(arena, honest, [liar], 1n);
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
  });
});
