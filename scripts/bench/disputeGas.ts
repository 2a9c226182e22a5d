// A whole dispute at full size, over one false claim: the honest party's moves, each a transaction on an L1 with all limits on.
import { settlements } from "../../src/dispute/settlements.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import type { Move } from "../../src/dispute/move.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { type Arena, deployArena, FULL, TIMEOUT } from "../../test/dispute/arena.ts";
import * as Calldata from "../../test/dispute/calldata.ts";
import { isConfirmed, type Party } from "../../test/dispute/match.ts";
import { peerDisputes } from "./peerDisputes.ts";
import type { Topic } from "./report.ts";
import { count, median, table } from "./table.ts";

type Cost = { readonly kind: Move["kind"]; readonly gas: bigint; readonly bytes: number };

const LAST_BLOCK = 200n;
const LIE = { leaf: 77, step: 33 };
const PAUSE_SECONDS = 5n;
const HONEST = 0;
const LIAR = 1;
const MOST_TRANSACTIONS = 50;
const MOST_GAS = 8_500_000n;

const AIMS: Partial<Record<Move["kind"], string>> = { propose: "140,000", bisect: "170,000" };

export const disputeGas: Topic = {
  name: "disputes",
  title: "Gas of a dispute",
  measure: async (say) => {
    const arena = await deployArena(FULL);
    const honest = { player: HONEST, trace: arena.trace(arena.genesis, LAST_BLOCK) };
    const liar = { player: LIAR, trace: arena.trace(arena.genesis, LAST_BLOCK, LIE) };
    const first = await make(arena, HONEST, proposal(honest.trace));
    await make(arena, LIAR, proposal(liar.trace));
    say("both claims stand");
    const fought = [first, ...(await fight(arena, honest, liar))];
    say(`confirmed after ${fought.length} honest transactions`);
    const collected = await collect(arena, honest);
    const gas = fought.reduce((sum, cost) => sum + cost.gas, 0n);
    const head = ["move", "transactions", "median gas", "worst gas", "median calldata", "aim"];
    return [
      table(head, rows([...fought, ...collected])),
      `From claim to confirmation the honest party sends ${fought.length} transactions (aim: ${MOST_TRANSACTIONS} or fewer) and ${count(gas)} gas` +
        ` (aim: ${count(MOST_GAS)}), the step itself aside.`,
      [
        "Trees of 2^16 blocks and 2^26 steps, one rival who answers everything. A toy machine's step stands in for the proof: what",
        "`prove` takes here is the game's part, and the section below has the steps. `confirm` and `settleRefinement` count all timers,",
        "take the lost bonds and pay the moves.",
        "`propose` misses its aim: with an address of its own for each claim, and two slots, 160,000 is the least; protocol-dispute.md,",
        "section 7, has the parts.",
      ].join("\n"),
      await peerDisputes(arena, say),
    ].join("\n\n");
  },
};

function rows(costs: readonly Cost[]): string[][] {
  return [...new Set(costs.map(({ kind }) => kind))].map((kind) => {
    const same = costs.filter((cost) => cost.kind === kind);
    const gas = same.map((cost) => cost.gas);
    const worst = gas.reduce((one, other) => (one > other ? one : other));
    const bytes = median(same.map((cost) => BigInt(cost.bytes)));
    const aim = AIMS[kind] ?? "";
    return [kind, count(same.length), count(median(gas)), count(worst), count(bytes), aim];
  });
}

async function fight(arena: Arena, honest: Party, liar: Party): Promise<Cost[]> {
  const costs: Cost[] = [];
  while (!isConfirmed(arena, honest.trace)) {
    const before = costs.length;
    for (const move of nextMoves(arena.model(), liar.trace)) {
      if (move.kind !== "prove") await make(arena, LIAR, move);
    }
    for (const move of nextMoves(arena.model(), honest.trace))
      costs.push(await make(arena, HONEST, move));
    arena.wait(costs.length === before ? TIMEOUT / 4n : PAUSE_SECONDS);
  }
  return costs;
}

async function collect(arena: Arena, honest: Party): Promise<Cost[]> {
  const costs: Cost[] = [];
  const account = Hex.toBytes(arena.signers[HONEST]?.address ?? "0x");
  arena.wait(2n * TIMEOUT);
  for (const move of settlements(arena.model(), honest.trace, account))
    costs.push(await make(arena, HONEST, move));
  for (const move of spoils(arena.model(), honest.trace))
    costs.push(await make(arena, HONEST, move));
  costs.push(await make(arena, HONEST, { kind: "withdraw", to: account }));
  return costs;
}

async function make(arena: Arena, player: number, move: Move): Promise<Cost> {
  const outcome = await arena.make(move, player);
  assert(outcome.kind === "made", `the move ${move.kind} is accepted`);
  const bytes = Hex.toBytes(Calldata.encode(arena.abi, move)).length;
  return { kind: move.kind, gas: outcome.gas, bytes };
}
