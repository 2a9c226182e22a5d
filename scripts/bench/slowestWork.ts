// The work that a sequencer would fill blocks with to outrun honest nodes: what keeps this machine busy for the longest time for its
// gas, calls of each precompile, instructions and reads of a state on disk, beside the gas that the inbox lets it spend in a second.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import * as Cursor from "../../src/machine/cursor.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Word from "../../src/machine/precompiles/word.ts";
import * as Run from "../../src/machine/run.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Limits from "../../src/protocol/limits.ts";
import * as FuzzInputs from "../../test/machine/precompiles/fuzzInputs.ts";
import * as Points from "../../test/machine/precompiles/noblePoints.ts";
import { call, type Item } from "../../test/parity/program.ts";
import * as Stage from "../../test/parity/stage.ts";
import { timed } from "./cpuTime.ts";
import * as Programs from "./programs.ts";
import type { Topic } from "./report.ts";
import * as SlowestOpcodes from "./slowestOpcodes.ts";
import * as SlowestState from "./slowestState.ts";
import { rate, table } from "./table.ts";

type Shape = { readonly name: string; readonly address: bigint; readonly input: Uint8Array };

const GAS = 1n << 40n;
const SECONDS = 0.08;
const TRIES = 3;
const WARM = 4;
const MOST_ROUNDS = 20_000n;
const SEED = 5;
/** Where the input lies in the code, behind zeros, which stop it. */
const INPUT_OFFSET = 0x1_0000;
const FULL = new Uint8Array(Precompiles.PRECOMPILE_INPUT_CAP).fill(0xab);
const SCALAR = Word.of(bls12_381.fields.Fr.ORDER - 0xfedc_ba98_7654_3210_0123_4567n);
const FIRST = 0x1a2b_3c4d_5e6f_7081_92a3_b4c5_d6e7_f809n;

type Row = { readonly name: string; readonly perSecond: number };

export const slowestWork: Topic = {
  name: "slowest-work",
  title: "Slowest work",
  measure: async (say) => {
    const rows: Row[] = [];
    const keep = (name: string, perSecond: number) => {
      say(`${name}: ${rate(perSecond)}`);
      rows.push({ name, perSecond });
    };
    const all = shapes();
    // The cheap calls make the machine itself warm, which would count against the first row otherwise.
    for (const shape of all.slice(0, WARM)) await measured(callsOf(shape)(MOST_ROUNDS / 4n));
    for (const shape of all) keep(shape.name, await gasPerSecond(callsOf(shape)));
    for (const loop of SlowestOpcodes.loops) keep(loop.name, await gasPerSecond(opcodesOf(loop)));
    await measureState(keep);
    rows.sort((one, other) => one.perSecond - other.perSecond);
    const allowed = Number(Limits.BLOCK_GAS_LIMIT / 2n / Limits.SECONDS_PER_BLOCK);
    return [
      table(
        ["work", "gas in a second of one core"],
        rows.map(({ name, perSecond }) => [name, rate(perSecond)]),
      ),
      [
        `The inbox lets a sequencer spend ${rate(allowed)} of gas in the long run: a block in ${Limits.SECONDS_PER_BLOCK} seconds at its gas target. Each row is a`,
        "program that does one thing again and again, run by the machine: calls a precompile, runs an instruction, or reads what it has not read",
        "before of a state in a database (2,000 accounts with code of full size, 20,000 slots; the file is in the kernel's memory, not on a",
        "disk). Its gas is all that the program spends, its time that of the processor. Inputs are the slowest known for their price; of the",
        "instructions, the slowest of all. Points and scalars are none that a shortcut helps. Slowest first.",
      ].join("\n"),
    ].join("\n\n");
  },
};

/** The reads of a state, in a database that is gone afterwards. */
async function measureState(keep: (name: string, perSecond: number) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tribunal-bench-"));
  const { all, close } = SlowestState.scenes(join(folder, "state"));
  try {
    for (const { name, machine } of all) keep(name, await best(TRIES, machine));
  } finally {
    close();
    rmSync(folder, { recursive: true });
  }
}

async function gasPerSecond(work: (rounds: bigint) => Machine.Machine): Promise<number> {
  await measured(work(2n));
  const once = await measured(work(2n));
  const rounds = BigInt(Math.max(2, Math.ceil((2 * SECONDS) / Math.max(once.seconds, 1e-6))));
  return best(TRIES, () => work(rounds < MOST_ROUNDS ? rounds : MOST_ROUNDS));
}

async function best(tries: number, work: () => Machine.Machine): Promise<number> {
  let perSecond = 0;
  for (let i = 0; i < tries; i++) {
    const { gas, seconds } = await measured(work());
    perSecond = Math.max(perSecond, Number(gas) / seconds);
  }
  return perSecond;
}

async function measured(machine: Machine.Machine) {
  const seconds = await timed(() => Run.runTransaction(machine));
  const { result } = machine;
  assert(result?.status === Cursor.STATUS_SUCCESS, "a program of the benchmark succeeds");
  return { gas: result.gasUsed, seconds };
}

function callsOf({ address, input }: Shape): (rounds: bigint) => Machine.Machine {
  return (rounds) =>
    Stage.machineOf({ fork: "Osaka", program: loop(address, input, rounds), gas: GAS });
}

function opcodesOf({ unit, library }: SlowestOpcodes.Loop): (rounds: bigint) => Machine.Machine {
  return (rounds) =>
    Stage.machineOf({
      fork: "Osaka",
      program: SlowestOpcodes.program(unit, rounds),
      gas: GAS,
      ...(library === undefined ? {} : { library }),
    });
}

/** Puts the input in memory, then calls as often as it is told; a call that fails ends it without gas. */
function loop(address: bigint, input: Uint8Array, rounds: bigint): Uint8Array {
  const size = BigInt(input.length);
  const operands = [address, 0n, size, 0n, 0n];
  const callOnce: Item[] = [
    ...operands.slice(1).toReversed(),
    address,
    Opcode.GAS,
    Opcode.STATICCALL,
    Opcode.POP,
  ];
  const copyInput = call(Opcode.CODECOPY, 0n, BigInt(INPUT_OFFSET), size);
  const program = Programs.loop(rounds, [copyInput], callOnce);
  return Bytes.concat(program, new Uint8Array(INPUT_OFFSET - program.length), input);
}

function shapes(): Shape[] {
  const shape = (address: bigint, what: string, input: Uint8Array): Shape => {
    const precompile = Precompiles.at(address, "Osaka");
    assert(precompile !== undefined, "the fork has the precompile");
    assert(precompile.run(input) !== undefined, `${precompile.name} takes ${what}`);
    return { name: `${precompile.name}, ${what}`, address, input };
  };
  const sums = (address: bigint, point: (i: bigint) => Uint8Array, counts: readonly number[]) =>
    counts.map((count) =>
      shape(
        address,
        `${count} pairs`,
        repeated(count, (i) => Bytes.concat(point(i), SCALAR)),
      ),
    );
  const pairs = (address: bigint, pair: (i: bigint) => Uint8Array, counts: readonly number[]) =>
    counts.map((count) => shape(address, `${count} pairs`, repeated(count, pair)));
  const modexp = (base: number, exponent: number, modulus: number, last: number) =>
    shape(
      0x05n,
      `${base}, ${exponent} and ${modulus} bytes, ${last % 2 === 0 ? "even" : "odd"}`,
      modexpInput(base, exponent, modulus, last),
    );
  return [
    shape(0x01n, "a signature", answered(0x01n)),
    shape(0x02n, "no input", Bytes.EMPTY),
    shape(0x03n, "no input", Bytes.EMPTY),
    shape(0x04n, "no input", Bytes.EMPTY),
    shape(0x02n, "65,536 bytes", FULL),
    shape(0x03n, "65,536 bytes", FULL),
    shape(0x04n, "65,536 bytes", FULL),
    modexp(32, 4, 32, 0xfb),
    modexp(32, 32, 32, 0xfb),
    modexp(32, 32, 32, 0xfa),
    modexp(33, 32, 33, 0xfb),
    modexp(32, 1_024, 32, 0xfb),
    modexp(256, 32, 256, 0xfb),
    modexp(1_024, 1, 1_024, 0xfb),
    modexp(1_024, 30, 1_024, 0xfa),
    modexp(1_024, 0, 1_024, 0xfb),
    shape(0x06n, "two points", Bytes.concat(bnG1(0n), bnG1(1n))),
    shape(0x07n, "a point", Bytes.concat(bnG1(0n), SCALAR)),
    ...pairs(0x08n, (i) => Bytes.concat(bnG1(i), bnG2(i)), [1, 2, 4, 16, 64, 233]),
    shape(0x09n, "0 rounds", new Uint8Array(213)),
    shape(0x09n, "1,000,000 rounds", Bytes.concat(Bytes.fromNumber(1e6, 4), new Uint8Array(209))),
    shape(0x0an, "an opening", answered(0x0an)),
    shape(0x0bn, "two points", Bytes.concat(blsG1(0n), blsG1(1n))),
    ...sums(0x0cn, blsG1, [1, 2, 4, 8, 16, 32, 64, 128, 409]),
    shape(0x0dn, "two points", Bytes.concat(blsG2(0n), blsG2(1n))),
    ...sums(0x0en, blsG2, [1, 2, 4, 8, 16, 32, 64, 128, 227]),
    ...pairs(0x0fn, (i) => Bytes.concat(blsG1(i), blsG2(i)), [1, 2, 4, 16, 64, 170]),
    shape(0x10n, "an element", Bytes.fromBigInt(FIRST ** 3n, 64)),
    shape(
      0x11n,
      "an element",
      Bytes.concat(Bytes.fromBigInt(FIRST ** 3n, 64), Bytes.fromBigInt(FIRST, 64)),
    ),
    shape(0x100n, "a signature", answered(0x100n)),
  ];
}

/** A seeded input that has an answer; of an opening, one whose proof is not at infinity. */
function answered(address: bigint): Uint8Array {
  const found = FuzzInputs.sample(address, 100, SEED).find(
    (input) =>
      (Precompiles.at(address, "Osaka")?.run(input)?.length ?? 0) > 0 &&
      (address !== 0x0an || (input[144] !== 0xc0 && input[40] !== 0)),
  );
  assert(found !== undefined, "the seed has an input with an answer");
  return found;
}

function modexpInput(base: number, exponent: number, modulus: number, last: number): Uint8Array {
  const ones = (size: number) => new Uint8Array(size).fill(0xff);
  const odd = ones(modulus);
  odd[modulus - 1] = last;
  const lengths = [base, exponent, modulus].map((size) => Word.of(BigInt(size)));
  return Bytes.concat(...lengths, ones(base).fill(0xfe), ones(exponent), odd);
}

function repeated(count: number, part: (index: bigint) => Uint8Array): Uint8Array {
  return Bytes.concat(...Array.from({ length: count }, (_, i) => part(BigInt(i))));
}

function bnG1(i: bigint): Uint8Array {
  return Points.encodeBnG1(bn254.G1.Point.BASE.multiplyUnsafe(FIRST + i));
}

function bnG2(i: bigint): Uint8Array {
  return Points.encodeBnG2(bn254.G2.Point.BASE.multiplyUnsafe(FIRST + i));
}

function blsG1(i: bigint): Uint8Array {
  return Points.encodeBlsG1(bls12_381.G1.Point.BASE.multiplyUnsafe(FIRST + i));
}

function blsG2(i: bigint): Uint8Array {
  return Points.encodeBlsG2(bls12_381.G2.Point.BASE.multiplyUnsafe(FIRST + i));
}
