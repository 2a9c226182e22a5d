// The step bound of docs/bounds.md, counted on the machine itself.
import { expect } from "chai";
import * as Block from "../../src/machine/block.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Limits from "../../src/protocol/limits.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { ADMISSION_SCENES } from "../parity/admissionScenes.ts";
import { CALL_SCENES, DEEP } from "../parity/callScenes.ts";
import { CREATION_SCENES, DEEP_CREATION } from "../parity/creationScenes.ts";
import { EXAMPLES } from "../parity/instructions.ts";
import { PRECOMPILE_SCENES } from "../parity/precompileScenes.ts";
import { assemble } from "../parity/program.ts";
import * as Stage from "../parity/stage.ts";
import { ENTRANCE, FORKS, forksOf, machineOf } from "../parity/transactionScene.ts";
import { program } from "./randomProgram.ts";
import { fromSeed } from "./seededRandom.ts";
import { meter, type Metered } from "./stepMeter.ts";
import { worstTransactions } from "./worstBlocks.ts";

const SEED = 0x53544550;
const WORST_GAS = 2_000_000n;
const MAX_STEPS = 2 ** 26;
// A refund gives back at most a fifth (EIP-3529): executed gas is at most 5/4 of what is used.
const EXECUTED_TO_USED = 1.25;
const STACK = 40;
const SMALLEST_SLIDE = 100_000n;

function expectBounded(metered: Metered, name: string): Metered {
  expect(metered.excesses, name).to.deep.equal([]);
  if (metered.refused) return metered;
  expect(metered.credit <= metered.executed, `${name}: nothing is counted twice`).to.equal(true);
  expect(metered.steps, name).to.be.at.most(Number(metered.executed));
  expect(Number(metered.executed), name).to.be.at.most(EXECUTED_TO_USED * Number(metered.used));
  return metered;
}

describe("the step bound", function () {
  this.timeout(120_000);

  it("holds for every instruction of the parity scenes", () => {
    for (const example of EXAMPLES)
      for (const fork of example.forks ?? FORKS)
        expectBounded(meter(Stage.machineOf({ fork, ...example })), example.name);
    const scenes = [
      ...[...CALL_SCENES, DEEP, ...CREATION_SCENES, DEEP_CREATION],
      ...[...PRECOMPILE_SCENES, ...ADMISSION_SCENES],
    ];
    for (const scene of scenes)
      for (const fork of forksOf(scene)) expectBounded(meter(machineOf(scene, fork)), scene.name);
  });

  it(`holds for every byte as an instruction, with any operands (seed ${SEED})`, () => {
    const random = fromSeed(SEED);
    const completed = new Set<number>();
    const halted = new Set<number>();
    for (let opcode = 0; opcode < 256; opcode++)
      for (let turn = 0; turn < 12; turn++) {
        const small = turn % 2 === 0;
        const operands = Array.from({ length: STACK }, () =>
          small ? BigInt(random.below(40)) : random.word(),
        );
        const code = assemble(...operands, opcode, Opcode.PC, Opcode.STOP);
        const scene = { fork: FORKS[turn % 3] ?? "Osaka", program: code };
        const metered = expectBounded(meter(Stage.machineOf(scene)), Opcode.nameOf(opcode));
        for (const one of metered.completed) completed.add(one);
        for (const one of metered.halted) halted.add(one);
      }
    const defined = Opcode.all().filter((one) => !needsMore(one));
    expect(defined.filter((one) => !completed.has(one)).map(Opcode.nameOf)).to.deep.equal([]);
    expect(new Set([...completed, ...halted]).size).to.equal(256);
  });

  it(`holds for random programs that call each other (seed ${SEED})`, () => {
    for (let index = 0; index < 150; index++) {
      const random = fromSeed(SEED + index);
      const addresses = [ENTRANCE, 0xc0de01n, 0xc0de02n, 4n, 2n];
      const accounts = addresses
        .slice(0, 3)
        .map(
          (address) =>
            [address, { balance: 1_000n, nonce: 1n, code: program(random, addresses) }] as const,
        );
      const scene = { name: `program ${index}`, accounts };
      for (const fork of FORKS) expectBounded(meter(machineOf(scene, fork)), scene.name);
    }
  });

  it("holds for whole transactions that take as many steps as they can", () => {
    let worst = 0;
    console.log("      steps for gas used       executed       used      steps  ratio");
    for (const scene of worstTransactions(WORST_GAS)) {
      const metered = expectBounded(meter(machineOf(scene, "Osaka")), scene.name);
      const ratio = metered.steps / Number(metered.used);
      worst = Math.max(worst, ratio);
      const columns = [metered.executed, metered.used, metered.steps].map((n) =>
        String(n).padStart(10),
      );
      console.log(`      ${scene.name.padEnd(29)}${columns.join(" ")}  ${ratio.toFixed(4)}`);
    }
    expect(worst).to.be.at.most(EXECUTED_TO_USED);
    expect(worst, "the worst is about one step for each unit of gas used").to.be.above(0.98);
  });

  it("lets the worst block take about one step for each unit of its gas", () => {
    let left = Limits.BLOCK_GAS_LIMIT;
    let steps = 0;
    let executed = 0n;
    while (left > SMALLEST_SLIDE) {
      const limit = left < Limits.TRANSACTION_GAS_CAP ? left : Limits.TRANSACTION_GAS_CAP;
      const [, refunded] = worstTransactions(limit);
      if (refunded === undefined) throw new TypeError("there is a refunded transaction");
      const machine = machineOf(refunded, "Osaka");
      steps += stepsUntil(machine, Phase.FINISH);
      executed += limit - Cursor.expect(machine.cursor, "outcome").gas;
      steps += stepsUntil(machine, Phase.ENTRY);
      left -= machine.result?.gasUsed ?? limit;
    }
    console.log(`      ${steps} steps, ${executed} gas executed in a block of 30,000,000`);
    expect(executed > (Limits.BLOCK_GAS_LIMIT * 6n) / 5n).to.equal(true);
    expect(steps).to.be.above(29_500_000).and.at.most(37_520_000);
  });

  it("counts entries that are passed over: none takes more than two steps", () => {
    const undecodable = new Uint8Array(3 * (Limits.MAX_ENTRIES + 9));
    expect(stepsOfEntries(undecodable)).to.equal(Limits.MAX_ENTRIES + 1);

    const refused = L2Chain.legacy(L2Chain.ALICE, 7, { to: `0x${"11".repeat(20)}` });
    const entry = Bytes.concat(Bytes.fromNumber(refused.length, 3), refused);
    const count = Math.floor((Limits.MAX_BODY_BYTES - 12) / entry.length);
    const entries = Bytes.concat(...Array.from({ length: count }, () => entry));
    expect(stepsOfEntries(entries)).to.equal(2 * count + 1);
  });

  it("makes a block shorter than the first level of a dispute", () => {
    const executed = Number(Limits.BLOCK_GAS_LIMIT) * EXECUTED_TO_USED;
    const skipped = 2 * Limits.MAX_ENTRIES;
    const around = 1_000; // begin, three system calls, end: counted below
    expect(executed + skipped + around).to.be.at.most(37_520_000);
    expect(37_520_000).to.be.below(MAX_STEPS);
  });
});

/** The steps from the first entry to the end of the block. */
function stepsOfEntries(entries: Uint8Array): number {
  const chain = L2Chain.create();
  const head = Bytes.concat(new Uint8Array(8), Bytes.fromNumber(entries.length, 4));
  L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.concat(head, entries) });
  const machine = Block.after(chain.genesis, chain.context, L2Chain.inboxOf(chain));
  const before = stepsUntil(machine, Phase.ENTRY);
  expect(before, "begin and three system calls").to.be.below(1_000);
  return stepsUntil(machine, Phase.END);
}

function stepsUntil(machine: Machine.Machine, phase: number): number {
  let steps = 0;
  for (; machine.phase !== phase; steps++) Step.step(machine);
  return steps;
}

// Jumps need a destination, and RETURNDATACOPY returned data: the scenes have both.
function needsMore(opcode: number): boolean {
  return [Opcode.JUMP, Opcode.JUMPI, Opcode.RETURNDATACOPY, Opcode.INVALID].includes(opcode);
}
