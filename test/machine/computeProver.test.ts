import { expect } from "chai";
import type { Contract } from "ethers";
import { concat, getBytes } from "ethers";
import { network } from "hardhat";
import * as HandMade from "./handMade.ts";

const COMPUTE = 0;
const TOP = 2n ** 256n - 1n;
const MINIMUM = 2n ** 255n;

type Case = readonly [
  name: string,
  code: string,
  before: readonly bigint[],
  after: readonly bigint[],
  gas: bigint,
];

// Stacks are bottom first, so the first operand comes last.
const arithmetic: readonly Case[] = [
  ["ADD wraps", "0x01", [2n, TOP], [1n], 3n],
  ["MUL wraps", "0x02", [2n, TOP], [TOP - 1n], 5n],
  ["SUB wraps", "0x03", [1n, 0n], [TOP], 3n],
  ["DIV", "0x04", [3n, 10n], [3n], 5n],
  ["DIV by zero is zero", "0x04", [0n, 10n], [0n], 5n],
  ["SDIV of the minimum by -1 is the minimum", "0x05", [TOP, MINIMUM], [MINIMUM], 5n],
  ["SDIV rounds to zero", "0x05", [2n, TOP - 2n], [TOP], 5n],
  ["SDIV by zero is zero", "0x05", [0n, 10n], [0n], 5n],
  ["MOD", "0x06", [3n, 10n], [1n], 5n],
  ["MOD by zero is zero", "0x06", [0n, 10n], [0n], 5n],
  ["SMOD takes the dividend's sign", "0x07", [3n, TOP - 9n], [TOP], 5n],
  ["SMOD of the minimum by -1 is zero", "0x07", [TOP, MINIMUM], [0n], 5n],
  ["ADDMOD does not wrap", "0x08", [7n, TOP, TOP], [(2n * TOP) % 7n], 8n],
  ["ADDMOD by zero is zero", "0x08", [0n, 1n, 1n], [0n], 8n],
  ["MULMOD does not wrap", "0x09", [7n, TOP, TOP], [(TOP * TOP) % 7n], 8n],
  ["EXP", "0x0a", [0x101n, 3n], [3n ** 0x101n % 2n ** 256n], 110n],
  ["EXP with exponent zero", "0x0a", [0n, 0n], [1n], 10n],
  ["SIGNEXTEND of a negative byte", "0x0b", [0x80n, 0n], [TOP - 0x7fn], 5n],
  ["SIGNEXTEND of a positive byte drops the rest", "0x0b", [0x17fn, 0n], [0x7fn], 5n],
  ["SIGNEXTEND of a whole word", "0x0b", [MINIMUM, 31n], [MINIMUM], 5n],
];

const comparison: readonly Case[] = [
  ["LT", "0x10", [2n, 1n], [1n], 3n],
  ["LT of equals", "0x10", [2n, 2n], [0n], 3n],
  ["GT", "0x11", [1n, 2n], [1n], 3n],
  ["SLT", "0x12", [0n, TOP], [1n], 3n],
  ["SGT", "0x13", [TOP, 0n], [1n], 3n],
  ["EQ", "0x14", [5n, 5n], [1n], 3n],
  ["ISZERO", "0x15", [0n], [1n], 3n],
  ["ISZERO of one", "0x15", [1n], [0n], 3n],
];

const bitwise: readonly Case[] = [
  ["AND", "0x16", [0b1100n, 0b1010n], [0b1000n], 3n],
  ["OR", "0x17", [0b1100n, 0b1010n], [0b1110n], 3n],
  ["XOR", "0x18", [0b1100n, 0b1010n], [0b0110n], 3n],
  ["NOT", "0x19", [0n], [TOP], 3n],
  ["BYTE", "0x1a", [0xabcdn, 30n], [0xabn], 3n],
  ["BYTE beyond the word", "0x1a", [TOP, 32n], [0n], 3n],
  ["SHL", "0x1b", [1n, 255n], [MINIMUM], 3n],
  ["SHL by more than a word", "0x1b", [1n, 256n], [0n], 3n],
  ["SHR", "0x1c", [MINIMUM, 255n], [1n], 3n],
  ["SAR keeps the sign", "0x1d", [MINIMUM, TOP], [TOP], 3n],
  ["SAR of a positive", "0x1d", [4n, 1n], [2n], 3n],
  ["CLZ of zero", "0x1e", [0n], [256n], 5n],
  ["CLZ of one", "0x1e", [1n], [255n], 5n],
  ["CLZ of the top bit", "0x1e", [MINIMUM], [0n], 5n],
];

const stack: readonly Case[] = [
  ["POP", "0x50", [1n, 2n], [1n], 2n],
  ["PC", "0x58", [], [0n], 2n],
  ["GAS is what is left after it", "0x5a", [], [998n], 2n],
  ["JUMPDEST", "0x5b", [1n], [1n], 1n],
  ["DUP1", "0x80", [4n, 7n], [4n, 7n, 7n], 3n],
  ["DUP2", "0x81", [4n, 7n], [4n, 7n, 4n], 3n],
  ["SWAP1", "0x90", [4n, 7n], [7n, 4n], 3n],
  ["SWAP2", "0x91", [1n, 2n, 3n], [3n, 2n, 1n], 3n],
  ["JUMPI not taken", "0x57", [0n, 99n], [], 10n],
];

describe("ComputeProver", () => {
  let prover: Contract;
  let ethers: Awaited<ReturnType<typeof network.create>>["ethers"];

  before(async () => {
    ({ ethers } = await network.create("l1"));
    prover = await ethers.deployContract("ComputeProver");
  });

  /** A frame of the code at pc, run with the witness that opens `count` items. */
  type Start = {
    readonly frame: HandMade.FrameFields;
    readonly state: string;
    readonly witness: string;
  };

  function start(
    hex: string,
    items: readonly bigint[],
    changed: Partial<HandMade.FrameFields> = {},
    chunks: readonly number[] = [],
    count = items.length,
  ): Start {
    const code = getBytes(hex);
    const frame = { ...HandMade.frameOf(code, items), ...changed };
    const machine = HandMade.machineOf(frame);
    const fetched = frame.pc < frame.codeSize ? [HandMade.openChunk(code, Number(frame.pc))] : [];
    const witness = concat([
      HandMade.openMachine(COMPUTE, machine),
      HandMade.openFrame(frame),
      ...fetched,
      HandMade.openStack(items, count),
      ...chunks.map((position) => HandMade.openChunk(code, position)),
    ]);
    return { frame, state: HandMade.machineHash(machine), witness };
  }

  function step({ state, witness }: Start, fork = HandMade.CONTEXT.fork): Promise<string> {
    return prover.getFunction("step")({ ...HandMade.CONTEXT, fork }, 5, state, witness);
  }

  function running(
    frame: HandMade.FrameFields,
    gas: bigint,
    pc: bigint,
    items: readonly bigint[],
  ): string {
    const next = {
      ...frame,
      pc,
      gas: frame.gas - gas,
      stack: HandMade.stackHash(items),
      stackSize: BigInt(items.length),
    };
    return HandMade.machineHash(HandMade.machineOf(next));
  }

  for (const [group, cases] of Object.entries({ arithmetic, comparison, bitwise, stack })) {
    describe(group, () => {
      for (const [name, hex, before, after, gas] of cases) {
        it(name, async () => {
          const started = start(hex, before);
          expect(await step(started)).to.equal(running(started.frame, gas, 1n, after));
        });
      }
    });
  }

  describe("PUSH", () => {
    const data = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    const dataOf = (size: number): bigint => BigInt(`0x${data.slice(0, 2 * size)}`);

    it("puts zero without data", async () => {
      const started = start("0x5f", []);
      expect(await step(started)).to.equal(running(started.frame, 2n, 1n, [0n]));
    });

    it("takes data within its chunk", async () => {
      const started = start(`0x7e${data.slice(0, 62)}`, []);
      expect(await step(started)).to.equal(running(started.frame, 3n, 32n, [dataOf(31)]));
    });

    it("takes data from two chunks", async () => {
      const started = start(`0x5b7f${data}`, [], { pc: 1n }, [32]);
      expect(await step(started)).to.equal(running(started.frame, 3n, 34n, [dataOf(32)]));
    });

    it("takes all data from the next chunk", async () => {
      const started = start(`0x${"5b".repeat(31)}7f${data}`, [], { pc: 31n }, [32]);
      expect(await step(started)).to.equal(running(started.frame, 3n, 64n, [dataOf(32)]));
    });

    it("takes zeros behind the end of the code", async () => {
      const started = start("0x61ff", []);
      expect(await step(started)).to.equal(running(started.frame, 3n, 3n, [0xff00n]));
      const atEdge = start(`0x${"5b".repeat(31)}61`, [], { pc: 31n });
      expect(await step(atEdge)).to.equal(running(atEdge.frame, 3n, 34n, [0n]));
    });
  });

  describe("jumps", () => {
    const code = `0x${"00".repeat(40)}5b605b00`;

    it("go to a JUMPDEST", async () => {
      const started = start(`0x56${code.slice(4)}`, [40n], {}, [40]);
      expect(await step(started)).to.equal(running(started.frame, 8n, 40n, []));
    });

    it("go there on a condition", async () => {
      const started = start(`0x57${code.slice(4)}`, [5n, 40n], {}, [40]);
      expect(await step(started)).to.equal(running(started.frame, 10n, 40n, []));
    });
  });

  describe("the end of a frame", () => {
    function ended(frame: HandMade.FrameFields, status: bigint, output: bigint): string {
      return HandMade.machineHash(HandMade.ended(frame, status, output));
    }

    it("is STOP, also behind the end of the code", async () => {
      const explicit = start("0x00", [7n]);
      expect(await step(explicit)).to.equal(ended(explicit.frame, 0n, HandMade.emptyView()));
      const implicit = start("0x5b", [7n], { pc: 1n }, [], 0);
      expect(await step(implicit)).to.equal(ended(implicit.frame, 0n, HandMade.emptyView()));
    });

    it("leaves a view of the memory on RETURN and REVERT", async () => {
      for (const [hex, status] of [
        ["0xf3", 0n],
        ["0xfd", 1n],
      ] as const) {
        const started = start(hex, [32n, 1n]);
        const memoryRoot = HandMade.pair(0n, 0n);
        const frame = { ...started.frame, gas: 994n, words: 2n, memoryRoot };
        const empty = { ...frame, stack: 0n, stackSize: 0n };
        const output = HandMade.commit("view", memoryRoot, 2n, 1n, 32n);
        expect(await step(started)).to.equal(ended(empty, status, output));
      }
    });

    it("is the empty view when nothing is returned, wherever it lies", async () => {
      const started = start("0xf3", [0n, TOP]);
      const frame = { ...started.frame, stack: 0n, stackSize: 0n };
      expect(await step(started)).to.equal(ended(frame, 0n, HandMade.emptyView()));
    });

    function halted(frame: HandMade.FrameFields, items: readonly bigint[]): string {
      const stack = HandMade.stackHash(items);
      const stackSize = BigInt(items.length);
      return ended({ ...frame, gas: 0n, stack, stackSize }, 2n, HandMade.emptyView());
    }

    const full = Array.from({ length: 1_024 }, (_, i) => BigInt(i));
    const halts: readonly (readonly [
      name: string,
      started: () => Start,
      left: readonly bigint[],
      fork?: number,
    ])[] = [
      ["on underflow", () => start("0x01", [7n]), [7n]],
      ["on overflow", () => start("0x5f", full, {}, [], 0), full],
      ["on overflow by DUP", () => start("0x80", full, {}, [], 1), full],
      ["without gas", () => start("0x01", [7n, 8n], { gas: 2n }), []],
      ["on an undefined byte", () => start("0x0c", [7n]), [7n]],
      ["on INVALID", () => start("0xfe", [7n]), [7n]],
      ["on CLZ before Osaka", () => start("0x1e", [7n]), [7n], 1],
      ["on a jump beyond the code", () => start("0x56", [1n]), []],
      ["on a jump far beyond the code", () => start("0x56", [TOP]), []],
      ["on a jump to another opcode", () => start("0x5600", [1n], {}, [1]), []],
      ["on a jump into push data", () => start("0x56605b", [2n], {}, [2]), []],
      [
        "on a jump into push data of the chunk before",
        () => start(`0x56${"5b".repeat(30)}605b`, [32n], {}, [32]),
        [],
      ],
      ["on a return of more memory than there can be", () => start("0xf3", [TOP, 0n]), []],
      ["on a return from beyond memory", () => start("0xf3", [1n, 1n << 32n]), []],
    ];
    for (const [name, started, left, fork] of halts) {
      it(`is a halt ${name}`, async () => {
        const { frame } = started();
        expect(await step(started(), fork)).to.equal(halted(frame, left));
      });
    }
  });

  describe("a bad witness", () => {
    const items = [7n, 8n];
    const good = start("0x01", items);

    it("is one that ends early or late", async () => {
      const short = { ...good, witness: good.witness.slice(0, -2) };
      await expect(step(short)).to.be.revertedWithCustomError(prover, "WitnessTooShort");
      const long = { ...good, witness: `${good.witness}00` };
      await expect(step(long)).to.be.revertedWithCustomError(prover, "TrailingWitness").withArgs(1);
    });

    it("names another family", async () => {
      const renamed = { ...good, witness: `0x01${good.witness.slice(4)}` };
      await expect(step(renamed))
        .to.be.revertedWithCustomError(prover, "WrongFamily")
        .withArgs(1, 0, 0);
    });

    it("brings an opcode of another family", async () => {
      const foreign = start("0x51", items);
      await expect(step(foreign))
        .to.be.revertedWithCustomError(prover, "WrongFamily")
        .withArgs(0, 0, 0x51);
    });

    it("is for another state", async () => {
      const other = { ...good, state: HandMade.word(1n) };
      await expect(step(other))
        .to.be.revertedWithCustomError(prover, "PreimageMismatch")
        .withArgs(other.state, good.state);
    });

    it("opens fewer items than the instruction reads, or more than there are", async () => {
      const few = start("0x01", items, {}, [], 1);
      await expect(step(few))
        .to.be.revertedWithCustomError(prover, "StackItemsMismatch")
        .withArgs(0, 1);
      const many = start("0x01", items, {}, [], 2);
      const marked = many.witness.length - 2 * 97;
      const claimed = `${many.witness.slice(0, marked)}03${many.witness.slice(marked + 2)}`;
      await expect(step({ ...many, witness: claimed }))
        .to.be.revertedWithCustomError(prover, "StackItemsMismatch")
        .withArgs(3, 2);
    });

    it("gives the same state when it opens more items than needed", async () => {
      const more = start("0x01", [1n, ...items]);
      const enough = start("0x01", [1n, ...items], {}, [], 2);
      expect(await step(more)).to.equal(await step(enough));
    });

    it("is any with one byte changed", async () => {
      const bytes = getBytes(good.witness);
      for (let i = 0; i < bytes.length; i++) {
        const changed = Uint8Array.from(bytes);
        changed[i] = (changed[i] ?? 0) ^ 0x01;
        const witness = concat([changed]);
        await expect(step({ ...good, witness }), `byte ${i}`).to.be.revert(ethers);
      }
    });
  });
});
