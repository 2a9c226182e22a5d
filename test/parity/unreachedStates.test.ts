// States that no run reaches, in which the twins once differed, or which TypeScript cannot hold.
import { expect } from "chai";
import { concat } from "ethers";
import * as Code from "../../src/machine/code.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Memory from "../../src/machine/memory.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as View from "../../src/machine/view.ts";
import { NotAPrecompileError } from "../../src/machine/phases/precompile.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as OtherAddress from "../../scripts/attack/otherAddress.ts";
import * as HandMade from "../machine/handMade.ts";
import { machineOf } from "./stage.ts";
import * as Steps from "./steps.ts";

const FORK = "Osaka";
const IDENTITY = 4n;
const SHA256 = 2n;
const MEMORY = 1;
/** The most words that a memory may have, the height of their tree. */
const MOST_WORDS = 2n ** 27n;
const HEIGHT = 27;
const MSIZE = 0x59;
const MLOAD = 0x51;

describe("states that no run reaches", () => {
  let provers: Steps.Provers;

  before(async () => {
    provers = await Steps.deployProvers();
  });

  after(async () => {
    await provers.close();
  });

  /** A machine that runs a program, with some bytes of memory. */
  function running(fork: Fork = FORK): Machine.Executing {
    const machine = machineOf({ fork, program: Uint8Array.of(0) });
    while (machine.phase !== Phase.EXECUTE) Step.step(machine);
    assert(Machine.isExecuting(machine), "EXECUTE has a frame");
    machine.frame.memory = Memory.fromBytes(Uint8Array.from({ length: 100 }, (_, i) => i + 1));
    return machine;
  }

  async function expectSame(machine: Machine.Machine): Promise<void> {
    await Steps.expectProven(provers, FORK, Steps.recordNext(machine));
  }

  it("have one successor where LOAD loads no code", async () => {
    const machine = running();
    machine.phase = Phase.LOAD;
    machine.cursor = { type: "load", code: Code.EMPTY, from: 0n, dest: 0, size: 10 };
    await expectSame(machine);
  });

  it("have one successor where a backward copy ends the frame", async () => {
    const machine = running();
    machine.phase = Phase.COPY;
    machine.cursor = {
      type: "copy",
      source: Cursor.COPY_OWN_BACKWARD,
      memory: null,
      code: null,
      from: 3,
      available: 40,
      dest: 20,
      remaining: 40,
      next: Phase.SETTLE,
    };
    await expectSame(machine);
  });

  /** A machine that calls a precompile from a frame which no ENTER has made. */
  function calling(codeAddress: bigint, fork: Fork = FORK): Machine.Machine {
    const machine = running(fork);
    const input = View.ofBytes(new Uint8Array(40).fill(7));
    machine.phase = Phase.PRECOMPILE;
    machine.frame = { ...machine.frame, input, encoding: null };
    machine.cursor = {
      type: "message",
      kind: 0,
      caller: 1n,
      self: codeAddress,
      codeAddress,
      value: 0n,
      gas: 100n,
      isStatic: false,
      isDelegated: false,
      depth: 1,
      input,
      outOffset: 0,
      outSize: 0,
      salt: 0n,
    };
    return machine;
  }

  it("have one successor where identity finds a memory", async () => {
    await expectSame(calling(IDENTITY));
  });

  for (const fork of ["Cancun", "Prague", "Osaka"] as const)
    it(`have none where PRECOMPILE names an address without one under ${fork}`, async () => {
      const { gauge, routers, ethers } = provers;
      const withCode = BigInt(await gauge.getAddress());
      const { interface: errors } = await ethers.getContractFactory("PrecompileProver");
      for (const address of [...OtherAddress.all(fork), withCode]) {
        const machine = calling(SHA256, fork);
        const before = Machine.clone(machine);
        const { witness } = Steps.recordNext(machine);
        const other = OtherAddress.claimOf(before, witness, address);
        expect(() => {
          Step.step(other.machine);
        })
          .to.throw(NotAPrecompileError)
          .with.property("address", address);
        const router = routers.get(fork);
        await expect(gauge.getFunction("measure")(router, other.state, other.witness))
          .to.be.revertedWithCustomError({ interface: errors }, "NotAPrecompile")
          .withArgs(address);
      }
    });

  describe("for no gas pays for a memory of 4 GiB", () => {
    const zeros = [0n];
    for (let height = 0; height < HEIGHT; height++)
      zeros.push(HandMade.pair(zeros[height] ?? 0n, zeros[height] ?? 0n));

    function withMemory(opcode: number, stack: readonly bigint[]): HandMade.FrameFields {
      const frame = HandMade.frameOf(Uint8Array.of(opcode), stack);
      return { ...frame, words: MOST_WORDS, memoryRoot: zeros[HEIGHT] ?? 0n };
    }

    async function successor(
      opcode: number,
      stack: readonly bigint[],
      more: readonly bigint[],
    ): Promise<string> {
      const frame = withMemory(opcode, stack);
      const machine = HandMade.machineOf(frame);
      const witness = concat([
        HandMade.openMachine(MEMORY, machine),
        HandMade.openFrame(frame),
        HandMade.openChunk(Uint8Array.of(opcode), 0),
        HandMade.openStack(stack, stack.length),
        ...more.map(HandMade.word),
      ]);
      const prover = await provers.ethers.deployContract("MemoryProver");
      return prover.step(HandMade.CONTEXT, 1, HandMade.machineHash(machine), witness);
    }

    function after(frame: HandMade.FrameFields, gas: bigint, stack: readonly bigint[]): string {
      const next = { ...frame, pc: 1n, gas: frame.gas - gas, stackSize: BigInt(stack.length) };
      const state = HandMade.machineOf({ ...next, stack: HandMade.stackHash(stack) });
      return HandMade.machineHash(state);
    }

    it("and MSIZE tells its size", async () => {
      expect(await successor(MSIZE, [], [])).to.equal(
        after(withMemory(MSIZE, []), 2n, [32n * MOST_WORDS]),
      );
    });

    it("and MLOAD reads its last word", async () => {
      const last = 32n * MOST_WORDS - 32n;
      expect(await successor(MLOAD, [last], [0n, ...zeros.slice(0, HEIGHT)])).to.equal(
        after(withMemory(MLOAD, [last]), 3n, [0n]),
      );
    });

    it("and MLOAD of a byte beyond halts", async () => {
      const beyond = 32n * MOST_WORDS - 31n;
      const frame = withMemory(MLOAD, [beyond]);
      const halted = { ...frame, gas: 0n, stack: 0n, stackSize: 0n };
      expect(await successor(MLOAD, [beyond], [])).to.equal(
        HandMade.machineHash(HandMade.ended(halted, 2n, HandMade.emptyView())),
      );
    });
  });
});
