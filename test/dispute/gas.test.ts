import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { Move } from "../../src/dispute/move.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { gasOf, STEP_GAS } from "../../scripts/simulation/moveGas.ts";
import { everyUpdate } from "../adversaries/cachePoker.ts";
import { FULL, TIMEOUT, deployArena } from "./arena.ts";
import type { Arena, Outcome } from "./arena.ts";
import * as Calldata from "./calldata.ts";
import { advance, isConfirmed, nextOf } from "./match.ts";

const PADDED_STEP = FULL.steps + 1;
const CONTRACTS = "contracts/dispute";
// Above the aim of 700: docs/protocol-dispute.md, section 9, says what they are for.
const MOST_CODE_LINES = 1_050;
const MAX_CODE_BYTES = 24_576; // EIP-170
// The aim of the dispute game; a proof's own cost is the machine's.
const BISECT_GAS = 170_000n;
const DISPUTE_GAS = 8_500_000n;
const DISPUTE_TRANSACTIONS = 50;

const LIAR = 1;

type Row = { readonly move: string; readonly gas: bigint };

describe("gas of a dispute with 2^16 blocks of 2^26 steps", () => {
  it("stays within its aims", async function () {
    this.timeout(60_000);
    const arena = await deployArena(FULL);
    const rows: Row[] = [];
    let honestGas = 0n;
    let honestTransactions = 0;
    async function make(name: string, move: Move, player: number): Promise<void> {
      const outcome = await arena.make(move, player);
      if (outcome.kind === "rejected") expect.fail(outcome.reason);
      expectSimulated(arena, move, outcome);
      rows.push({ move: name, gas: outcome.gas });
      if (player === LIAR) return;
      honestGas += outcome.gas;
      honestTransactions += 1;
    }

    const honest = { player: 0, trace: arena.trace(arena.genesis, 200n) };
    const lie = { leaf: 77, step: PADDED_STEP };
    const liar = { player: LIAR, trace: arena.trace(arena.genesis, 200n, lie) };
    await make("propose, first child", proposal(honest.trace), 0);
    await make("propose, rival", proposal(liar.trace), LIAR);
    while (!isConfirmed(arena, honest.trace)) {
      const plan = nextMoves(arena.model(), honest.trace);
      // Whoever confirms has no credit yet: that is the dearest case.
      for (const move of plan) await make(move.kind, move, move.kind === "confirm" ? 2 : 0);
      for (const move of nextMoves(arena.model(), liar.trace)) {
        if (move.kind !== "prove") await make(`${move.kind}, second`, move, LIAR);
      }
      if (plan.length === 0) arena.wait(TIMEOUT / 4n);
    }
    expect(honestTransactions).to.be.lessThanOrEqual(DISPUTE_TRANSACTIONS);
    expect(honestGas).to.be.lessThan(DISPUTE_GAS);

    const account = Hex.toBytes(arena.signers[0]?.address ?? expect.fail("a player"));
    await make("withdraw", { kind: "withdraw", to: account }, 0);
    for (const move of settlements(arena.model(), honest.trace, account)) {
      await make(move.kind, move, 3);
    }
    expect(spoils(arena.model(), honest.trace)).to.deep.equal([]);

    const bisections = rows.filter(({ move }) => move === "bisect").map(({ gas }) => gas);
    for (const gas of bisections) expect(gas).to.be.lessThan(BISECT_GAS);
    for (const line of table(rows)) console.log(`      ${line}`);
    console.log(`      honest party: ${honestTransactions} transactions, ${honestGas} gas`);
  });

  it("of collecting what a confirmation has left unpaid is what the simulation takes it to be", async () => {
    const arena = await deployArena(FULL);
    const honest = { player: 0, trace: arena.trace(arena.genesis, 200n) };
    const liar = { player: LIAR, trace: arena.trace(arena.genesis, 200n, { leaf: 77, step: 3 }) };
    for (const { trace, player } of [honest, liar]) await arena.make(proposal(trace), player);
    // The liar stops above its block: nothing but blocks is opened.
    for (let height = 16; height > 0; height--) {
      await arena.make(nextOf(arena, honest, "bisect"));
      if (height > 1) await arena.make(nextOf(arena, liar, "bisect"), LIAR);
    }
    arena.wait(TIMEOUT);
    for (const move of everyUpdate(arena.model())) {
      const outcome = await arena.make(move);
      expectSimulated(arena, move, outcome);
    }
    const [move] = nextMoves(arena.model(), honest.trace);
    if (move?.kind !== "confirm") expect.fail("a confirmation is due");
    expect(move.openings).to.have.length(16);
    await arena.make({ ...move, openings: [] });
    const [rest] = spoils(arena.model(), honest.trace);
    if (rest?.kind !== "rewardBlocks") expect.fail("moves are to be paid");
    const [first] = rest.openings;
    for (const openings of [[first ?? expect.fail("a move is to be paid")], rest.openings]) {
      const part = { ...rest, openings };
      expectSimulated(arena, part, await arena.make(part, 4));
    }
    expect(spoils(arena.model(), honest.trace)).to.deep.equal([]);
  });

  it("costs a third less where bisections share a transaction", async () => {
    const arena = await deployArena(FULL);
    const honest = { player: 0, trace: arena.trace(arena.genesis, 200n) };
    const liars = [3, 4].map((step, i) => ({
      player: i + 1,
      trace: arena.trace(arena.genesis, 200n, { leaf: 77, step }),
    }));
    for (const { trace, player } of liars) await arena.make(proposal(trace), player);
    await advance(arena, liars, ["bisect"]);
    await arena.make(proposal(honest.trace));
    const moves = nextMoves(arena.model(), honest.trace).filter(({ kind }) => kind === "bisect");
    const calls = moves.map((move) => Calldata.encode(arena.abi, move));
    arena.wait(1n);
    const data = arena.abi.encodeFunctionData("multicall", [calls]);
    const from = arena.signers[0]?.address ?? expect.fail("a player");
    const outcome = await arena.send(data, from, 0n);
    if (outcome.kind === "rejected") expect.fail(outcome.reason);
    const each = outcome.gas / BigInt(moves.length);
    console.log(`      ${moves.length} bisections at once: ${each} gas each`);
    expect(each).to.be.lessThan(90_000n);
  });

  it("is decided by contracts that a reader gets through", () => {
    const protocol = readFileSync("docs/protocol-dispute.md", "utf8");
    const files = readdirSync(CONTRACTS).map((name) => {
      return { name, lines: codeLines(readFileSync(`${CONTRACTS}/${name}`, "utf8")) };
    });
    for (const { name, lines } of files) expect(protocol).to.include(`| \`${name}\` | ${lines} |`);
    const all = files.reduce((sum, { lines }) => sum + lines, 0);
    console.log(`      contracts/dispute: ${files.length} files, ${all} lines of code (aim: 700)`);
    expect(all).to.be.lessThanOrEqual(MOST_CODE_LINES);
    expect(protocol).to.include(`there are ${all.toLocaleString("en-US")}.`);
  });

  it("fits every contract into its size limit", async () => {
    const { ethers, address, contract } = await deployArena(FULL);
    const registry = await ethers.deployContract("GameRegistry", [address, 0]);
    const addresses = [address, await contract.CLAIM_GAME(), await registry.getAddress()];
    for (const deployed of addresses) {
      const code = await ethers.provider.getCode(String(deployed));
      expect(code.length / 2 - 1).to.be.lessThanOrEqual(MAX_CODE_BYTES);
    }
  });
});

function expectSimulated(arena: Arena, move: Move, outcome: Outcome): void {
  if (outcome.kind === "rejected") throw new RangeError(outcome.reason);
  const events = Calldata.decode(arena.abi, outcome.receipt.logs);
  const paid = events.filter((event) => event.kind === "Rewarded" && event.flag !== 0).length;
  const simulated = gasOf(move, paid, 0) - (move.kind === "prove" ? STEP_GAS : 0n);
  expect(outcome.gas <= simulated, `${move.kind}: ${outcome.gas} of ${simulated}`).to.equal(true);
}

function codeLines(text: string): number {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

function table(rows: readonly Row[]): string[] {
  const byMove = Map.groupBy(rows, ({ move }) => move);
  return [...byMove].map(([move, made]) => {
    const gas = made.map((row) => row.gas).sort((left, right) => Number(left - right));
    const range = gas.at(0) === gas.at(-1) ? `${gas.at(0)}` : `${gas.at(0)} to ${gas.at(-1)}`;
    return `${move.padEnd(22)} ${String(made.length).padStart(3)} × ${range}`;
  });
}
