// Programs whose slots and accounts have keys that begin alike: tries with extensions, and with nodes within their parents.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as SeededRandom from "../machine/seededRandom.ts";
import type { Example } from "./instructions.ts";
import { call } from "./program.ts";

/** What was found by hashing one number after the other; beside each stands how its key begins. */
type Neighbours = { readonly shape: string; readonly numbers: readonly bigint[] };

// A leaf that lies within its parent has less than 32 bytes: below nine nibbles with a value of one byte. One byte more, and it
// is hashed. Keys that differ in ones only, from the first bit of a byte on, are the edges of the logarithm that tells where.
const SLOTS: readonly Neighbours[] = [
  { shape: "two below an extension and one beside", numbers: [173n, 235n, 177n] }, // 0440, 0446, 04cb
  { shape: "an extension below a branch", numbers: [227n, 46n, 0n] }, // 37f6, 37fa, 290d
  { shape: "ten nibbles alike", numbers: [247_476n, 515_151n, 6_225n, 227n] }, // 71bca44bf1, 71be, 37f6
  { shape: "nine nibbles alike", numbers: [268_005n, 645_179n, 14_641n] }, // 8884d2e47, 8886
  { shape: "two bytes alike, then none of the bits", numbers: [20_453n, 37_683n] }, // 23614201, 2361bdfe
  { shape: "a byte alike, then none of the bits", numbers: [468n, 536n, 13n] }, // 059d, 0562, d7
];

// The same for slots of the program where their keys are hashed together with its address.
const OWN_SLOTS: readonly Neighbours[] = [
  { shape: "two below an extension and one beside", numbers: [249n, 252n, 118n] }, // 1d6c9, 1d6ca, 1c22
  { shape: "an extension below a branch", numbers: [133n, 23n, 162n] }, // 0ea4, 0ea1, 0a18
  { shape: "nine nibbles alike", numbers: [30_010n, 62_975n, 3_938n] }, // efeee2f0a, efe0
  { shape: "two bytes alike, then none of the bits", numbers: [3_434n, 43_135n] }, // 746aef48, 746a10b7
  { shape: "a byte alike, then none of the bits", numbers: [274n, 384n, 71n] }, // 3ae3, 3a1c, 16ea
];

const ACCOUNTS: readonly Neighbours[] = [
  { shape: "seven nibbles alike", numbers: [66_214n, 77_852n, 7_738n] }, // 6188903, 6186
  { shape: "eight nibbles alike", numbers: [140_897n, 165_729n, 1_407n] }, // 3d9c797c, 3d94
  { shape: "eight nibbles alike, then another first bit", numbers: [167_009n, 195_490n] }, // 7713b0a10, 7713b0a1e
  { shape: "nine nibbles alike", numbers: [138_110n, 373_859n, 3_896n] }, // 907c632db, 9077
  { shape: "two bytes alike, then none of the bits", numbers: [65_031n, 71_895n] }, // c205e562, c2051a9d
  { shape: "a byte alike, then none of the bits", numbers: [616n, 692n] }, // 0f0b, 0ff4
];

const VALUES: readonly bigint[] = [0n, 0n, 1n, 0x7fn, 0x80n, 2n ** 256n - 1n];
const WRITES = 16;
const SEED = 2026;
const FORKS = ["Osaka"] as const;
const MANY = Array.from({ length: 40 }, (_, i) => BigInt(i));
/** What an address leaves in a slot: the leaf of such a slot has 55 bytes behind its first, the most that a short list holds. */
const AN_ADDRESS = 2n ** 160n - 1n;

export const TRIE_EXAMPLES: readonly Example[] = [
  {
    name: "storage with branches of more than 256 bytes",
    program: walk(Opcode.SSTORE, Opcode.SLOAD, MANY.slice(0, 4), SEED),
    storage: MANY.map((slot) => [slot, AN_ADDRESS] as const),
    forks: FORKS,
  },
  {
    name: "accounts beside slots that hold addresses",
    program: Bytes.concat(
      inTurn(Opcode.SLOAD, MANY.slice(0, 6)),
      inTurn(Opcode.BALANCE, MANY.slice(20, 36)),
    ),
    storage: MANY.map((slot) => [slot, AN_ADDRESS] as const),
    forks: FORKS,
  },
  ...SLOTS.map(({ shape, numbers }, i) => ({
    name: `storage with ${shape}`,
    program: walk(Opcode.SSTORE, Opcode.SLOAD, numbers, SEED + i),
    storage: numbers.map((slot) => [slot, 1n] as const),
    forks: FORKS,
  })),
  ...OWN_SLOTS.map(({ shape, numbers }, i) => ({
    name: `transient storage with ${shape}`,
    program: walk(Opcode.TSTORE, Opcode.TLOAD, numbers, SEED + i),
    forks: FORKS,
  })),
  ...OWN_SLOTS.map(({ shape, numbers }) => ({
    name: `accessed slots with ${shape}`,
    program: inTurn(Opcode.SLOAD, numbers),
    storage: numbers.map((slot, i) => [slot, i === 0 ? 1n : 0x80n] as const),
    forks: FORKS,
  })),
  ...[Opcode.BALANCE, Opcode.EXTCODEHASH].flatMap((opcode) =>
    ACCOUNTS.map(({ shape, numbers }) => ({
      name: `${Opcode.nameOf(opcode)} of accounts with ${shape}`,
      program: inTurn(opcode, numbers),
      forks: FORKS,
    })),
  ),
];

/** Each slot cleared and set again, then writes of any slot, every fourth followed by a read. */
function walk(write: number, read: number, slots: readonly bigint[], seed: number): Uint8Array {
  const random = SeededRandom.fromSeed(seed);
  return Bytes.concat(
    ...slots.flatMap((slot) => [call(write, slot, 0n), call(read, slot), call(write, slot, 2n)]),
    ...Array.from({ length: WRITES }, (_, i) => {
      const written = call(write, random.pick(slots), random.pick(VALUES));
      return i % 4 > 0 ? written : Bytes.concat(written, call(read, random.pick(slots)));
    }),
  );
}

/** Each number asked about twice: the first time it is new. */
function inTurn(opcode: number, numbers: readonly bigint[]): Uint8Array {
  return Bytes.concat(...[...numbers, ...numbers].map((number) => call(opcode, number)));
}
