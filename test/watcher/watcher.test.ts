import { expect } from "chai";
import { setTimeout } from "node:timers/promises";
import { parseEther, toHex, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as FalseTrace from "../../scripts/demo/falseTrace.ts";
import * as Liar from "../../scripts/demo/liar.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves } from "../../src/dispute/nextMoves.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import * as Court from "./court.ts";

type Where = Pick<FalseTrace.Lie, "block" | "step">;

const { HONEST, SECOND, LIAR, AT_ONCE } = Court;
const LAST_STEP = 2 ** 26 - 1;
// More than the gas of any dispute here, and less than any bond.
const GAS_MONEY = parseEther("0.1");

const lies: Record<string, (knows: Court.Watching) => Where> = {
  "in the step with which the first block begins": () => ({ block: 1n, step: 0 }),
  "in the step that multiplies": (knows) => ofProgram(knows, Opcode.MUL),
  "in the step that stores": (knows) => ofProgram(knows, Opcode.SSTORE),
  "in the step with which the last block ends": (knows) => {
    const block = Court.safeBlock(knows);
    return { block, step: FalseTrace.countSteps(Court.sourceOf(knows), block) - 1 };
  },
  "in the padding of a block": () => ({ block: 2n, step: LAST_STEP }),
  "in the padding behind the last block": (knows) => ({
    block: Court.safeBlock(knows) + 1n,
    step: 5,
  }),
};

let court: Court.Court;

// The step in which the program runs an instruction, which is in the last block.
function ofProgram(knows: Court.Watching, opcode: number): Where {
  const block = Court.safeBlock(knows);
  const step = FalseTrace.findStep(
    Court.sourceOf(knows),
    block,
    ({ phase, frame }) =>
      phase === Phase.EXECUTE &&
      frame?.self === BigInt(court.program) &&
      frame.bytecode[frame.pc] === opcode,
  );
  if (step === undefined) throw new RangeError("the program ran");
  return { block, step };
}

function balanceOf(key: Hex): Promise<bigint> {
  return court.l1.client.getBalance({ address: privateKeyToAccount(key).address });
}

describe("a watcher on an L1 with every limit on", function () {
  this.timeout(240_000);
  let snapshot: unknown;
  let honest: Court.Watching;

  before(async () => {
    court = await Court.open();
  });
  beforeEach(async () => {
    snapshot = await request("evm_snapshot");
    honest = await Court.watcher(court, HONEST, AT_ONCE);
    await honest.sync();
  });
  afterEach(async () => {
    await honest.close();
    await request("evm_revert", snapshot);
  });
  after(() => court.close());

  function request(method: string, ...params: unknown[]): Promise<unknown> {
    return court.l1.connection.provider.request({ method, params });
  }

  async function expectJustice(liarBefore: bigint, honestBefore: bigint): Promise<void> {
    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(HONEST)]);
    expect(honestBefore - (await balanceOf(HONEST)) < GAS_MONEY, "honest bonds").to.equal(true);
    const { claimBond } = court.l1.deployed.parameters;
    expect(liarBefore - (await balanceOf(LIAR)) > claimBond, "the liar's bond").to.equal(true);
  }

  it("confirms what nobody disputes and takes its bond back", async () => {
    const turn = () => honest.watcher.turn();
    await Court.play([turn]);
    expect(honest.watcher.stake()?.locked).to.equal(parseEther("0.5"));
    await Court.playToTheEnd(court, [turn]);

    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(HONEST)]);
    expect(honest.watcher.stake()?.locked).to.equal(0n);
    const { disputeGame } = court.l1.deployed;
    expect(await court.l1.client.getBalance({ address: disputeGame })).to.equal(0n);
  });

  it("says what is locked before the moves that bring it back", async () => {
    await Court.playToTheEnd(court, [() => honest.watcher.turn()]);
    const kinds = honest.said.map((line) => /^(claims|locked|confirms|withdraws)/.exec(line)?.[1]);
    expect(kinds.filter((kind) => kind !== undefined)).to.deep.equal([
      ...["claims", "locked", "confirms", "withdraws"],
    ]);
  });

  it("leaves a credit that costs more gas than it is, says so once, and takes it when gas is cheap", async () => {
    const turn = () => honest.watcher.turn();
    const [dear, cheap] = [10n ** 14n, 10n ** 9n];
    const setBaseFee = async (fee: bigint) => {
      await request("hardhat_setNextBlockBaseFeePerGas", toHex(fee));
      await request("evm_mine");
    };
    const { timeout } = court.l1.deployed.parameters;
    await Court.play([turn]);
    await court.l1.pass(Number(timeout));
    await setBaseFee(dear);
    await Court.play([turn, turn]);
    const leaves = honest.said.filter((line) => line.startsWith("leaves its credit of 0.5 ETH"));
    expect(leaves, honest.said.join("\n")).to.have.length(1);
    expect(honest.said).not.to.include("withdraws its credit");
    await setBaseFee(cheap);
    await Court.play([turn]);
    expect(honest.said).to.include("withdraws its credit");
  });

  it("watches by itself until it is stopped", async () => {
    const running = await Court.run(court, HONEST, AT_ONCE);
    while (running.watcher.stake()?.claims !== 1) await setTimeout(20);
    await running.stop();
    const { last } = running.game;
    await court.l1.pass(1);
    await setTimeout(50);
    expect(running.game.last).to.deep.equal(last);
    expect(await Promise.race([running.failure, setTimeout(0, "none")])).to.equal("none");
  });

  for (const [where, find] of Object.entries(lies)) {
    it(`beats a lie told ${where}`, async () => {
      const balances = [await balanceOf(LIAR), await balanceOf(HONEST)] as const;
      const lie = find(honest);
      const liar = await Court.liar(court, LIAR, honest, lie);
      await Court.playToTheEnd(court, [Court.turnOf(liar), () => honest.watcher.turn()]);
      await expectJustice(...balances);
      expect(honest.said.join("\n")).to.include(`proves step ${lie.step} of `);
    });
  }

  it("builds on no false claim, and lets what others build on one fall with it", async () => {
    const balances = [await balanceOf(LIAR), await balanceOf(HONEST)] as const;
    const liar = await Court.liar(court, LIAR, honest, { block: 1n, step: 0 }, 2n);
    await Liar.turn(liar);
    await honest.watcher.turn();
    await Court.claimOn(liar, Court.sourceOf(honest), 3n);
    await Court.playToTheEnd(court, [Court.turnOf(liar), () => honest.watcher.turn()]);

    const game = await Court.gameOf(court);
    const confirmed = [...game.claims.values()].filter(({ id }) => Game.isConfirmed(game, id));
    expect(confirmed.map(({ endState }) => endState.number)).to.deep.equal([0n, 2n, 3n]);
    expect(Court.confirmedProposers(game)).to.deep.equal([HONEST, HONEST].map(Court.addressOf));
    expect(honest.said.filter((line) => line.includes("is false"))).to.have.length(1);
    expect(balances[1] - (await balanceOf(HONEST)) < GAS_MONEY).to.equal(true);
  });

  it("makes the other moves where L1 refuses one of them", async () => {
    const liar = await Court.liar(court, LIAR, honest, { block: 1n, step: 0 });
    await Liar.turn(liar);
    const { parent, blocks } = liar.trace;
    const root = blocks.subtree(16, 0);
    const tooEarly: Move = { kind: "confirm", parent, root, openings: [] };
    const opened = [{ left: blocks.subtree(15, 0), right: blocks.subtree(15, 1) }];
    const start = { height: 16, index: 0, prefix: Bisection.ZERO, openings: opened };
    const wonNothing: Move = { kind: "rewardBlocks", parent, ...start };
    await honest.watcher.turn();
    const game = await Court.gameOf(court);
    const answers = nextMoves(game, liar.trace);
    const { made, refused } = await Court.attempt(liar, [tooEarly, ...answers, wonNothing]);
    expect(made).to.deep.equal(answers.map(({ kind }) => kind));
    expect(refused).to.deep.equal(["confirm", "rewardBlocks"]);
  });

  it("goes on where a process that is gone left off", async () => {
    const balances = [await balanceOf(LIAR), await balanceOf(HONEST)] as const;
    const liar = await Court.liar(court, LIAR, honest, ofProgram(honest, Opcode.MUL));
    while (honest.watcher.stake()?.refinements !== 1) {
      await Court.turnOf(liar)();
      await honest.watcher.turn();
    }
    const second = await Court.watcher(court, HONEST, AT_ONCE);
    await Court.playToTheEnd(court, [Court.turnOf(liar), () => second.watcher.turn()]);
    await second.close();
    await expectJustice(...balances);
  });

  it("runs a few blocks each turn if they are slow, and answers a lie as soon as it has run what the lie is about", async () => {
    const liar = await Court.liar(court, LIAR, honest, { block: 1n, step: 0 }, 1n);
    await Liar.turn(liar);
    let now = 0;
    // At every look at the clock a turn has waited for as long as it can.
    const clock = () => (now += 60_000);
    const slow = await Court.watcher(court, SECOND, AT_ONCE, undefined, clock);
    const tips: bigint[] = [];
    for (let claims = 0; claims < 3; claims = (await Court.gameOf(court)).claims.size) {
      await slow.watcher.turn();
      tips.push(slow.node.chain.tip.number);
    }
    expect(tips).to.deep.equal(tips.map((_, turn) => BigInt(Math.min(turn + 1, 3))));
    await Court.playToTheEnd(court, [Court.turnOf(liar), () => slow.watcher.turn()]);
    await slow.close();

    const game = await Court.gameOf(court);
    const confirmed = [...game.claims.values()].filter(({ id }) => Game.isConfirmed(game, id));
    expect(confirmed.map(({ endState }) => endState.number)).to.deep.equal([0n, 1n, 3n]);
  });

  it("loses nothing when another one makes the same moves", async () => {
    const before = [await balanceOf(HONEST), await balanceOf(SECOND)];
    const liar = await Court.liar(court, LIAR, honest, ofProgram(honest, Opcode.MUL));
    const second = await Court.watcher(court, SECOND, AT_ONCE);
    const both = async () => {
      const taken = await Promise.all([honest.watcher.turn(), second.watcher.turn()]);
      return taken.reduce((sum, count) => sum + count);
    };
    await Court.playToTheEnd(court, [Court.turnOf(liar), both]);
    await second.close();

    const [winner, ...more] = Court.confirmedProposers(await Court.gameOf(court));
    expect(more).to.deep.equal([]);
    expect([HONEST, SECOND].map(Court.addressOf)).to.include(winner);
    const after = [await balanceOf(HONEST), await balanceOf(SECOND)];
    const losses = before.map((balance, party) => balance - (after[party] ?? 0n));
    expect(losses.filter((loss) => loss >= GAS_MONEY)).to.deep.equal([]);
  });

  it("goes on when L1 takes moves back", async () => {
    const balances = [await balanceOf(LIAR), await balanceOf(HONEST)] as const;
    const liar = await Court.liar(court, LIAR, honest, ofProgram(honest, Opcode.MUL));
    const parties = [Court.turnOf(liar), () => honest.watcher.turn()];
    for (const party of parties) await party();
    const early = await request("evm_snapshot");
    for (let round = 0; round < 5; round++) for (const party of parties) await party();
    await request("evm_revert", early);
    await court.l1.pass(7);

    const fresh = await Court.gameOf(court);
    const cutBack = await GameSync.sync(honest.game);
    expect(cutBack.tree).to.deep.equal(fresh.tree);
    expect(cutBack.now).to.equal(fresh.now);
    await Court.playToTheEnd(court, parties);
    await expectJustice(...balances);
  });
});
