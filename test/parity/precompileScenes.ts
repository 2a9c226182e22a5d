// Transactions to precompiles: inputs that hold and inputs that fail, gas that does and gas that does not.
import { sha256 } from "@noble/hashes/sha2.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Word from "../../src/machine/precompiles/word.ts";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as FuzzInputs from "../machine/precompiles/fuzzInputs.ts";
import * as Points from "../machine/precompiles/noblePoints.ts";
import { callTo, program } from "./callScenes.ts";
import { assemble, call } from "./program.ts";
import type { Scene } from "./transactionScene.ts";

const SEED = 2_026;
const INPUTS = 6;
const IDENTITY = 4n;

function toPrecompile(
  name: string,
  address: bigint,
  data: Uint8Array,
  gasLimit = 16_777_216n,
): Scene {
  return { name, data, phase: Phase.START, transaction: { to: address, gasLimit } };
}

const sampled: readonly Scene[] = Precompiles.addresses("Osaka").flatMap((address) =>
  FuzzInputs.sample(address, INPUTS, SEED).map((input, index) =>
    toPrecompile(
      `input ${index} of ${Precompiles.at(address, "Osaka")?.name ?? "nothing"}`,
      address,
      input,
    ),
  ),
);

const identities: readonly Scene[] = [0, 1, 32, 33, 1_024, 1_025, 3_000, 70_000].map((size) =>
  toPrecompile(
    `identity of ${size} bytes`,
    IDENTITY,
    Uint8Array.from({ length: size }, (_, i) => i & 0xff),
  ),
);

/** As many pairs as the cap of gas admits, none of them at infinity. */
const { x, y } = bn254.G2.Point.BASE.multiplyUnsafe(5n).toAffine();
const pair = Bytes.concat(
  Points.encodeBnG1(bn254.G1.Point.BASE.multiplyUnsafe(7n)),
  ...[x.c1, x.c0, y.c1, y.c0].map(Word.of),
);
const pairs = Bytes.concat(...Array.from({ length: 233 }, () => pair));

const blsPair = Bytes.concat(
  Points.encodeBlsG1(bls12_381.G1.Point.BASE.multiplyUnsafe(7n)),
  Points.encodeBlsG2(bls12_381.G2.Point.BASE.multiplyUnsafe(5n)),
);

const full = new Uint8Array(Precompiles.PRECOMPILE_INPUT_CAP).fill(0xab);

/** Operands of so many bytes, an exponent of so many, the first one given. */
function modexpOf(size: bigint, exponentSize: bigint, first = 0xfdn): Uint8Array {
  const operand = new Uint8Array(Number(size)).fill(0xfd);
  const exponent = new Uint8Array(Number(exponentSize)).fill(0xfd);
  exponent[0] = Number(first);
  return Bytes.concat(...[size, exponentSize, size].map(Word.of), operand, exponent, operand);
}

/** The polynomial zero, whose commitment and proof are the point at infinity, opened at zero. */
const infinity = Bytes.padRight(Uint8Array.of(0xc0), 48);
const versionedHash = sha256(infinity);
versionedHash[0] = 1;
const opening = Bytes.concat(versionedHash, new Uint8Array(64), infinity, infinity);

/** As many pairs as the caps admit, of which the last is none: a failure is looked into before it is believed. */
function failingPairs(name: string, address: bigint, count: number, good: Uint8Array): Scene {
  const bad = new Uint8Array(good.length).fill(0xff);
  const input = Bytes.concat(...Array.from({ length: count - 1 }, () => good), bad);
  return { ...toPrecompile(`${name} that fails`, address, input), forks: ["Osaka"] };
}

const limits: readonly Scene[] = [
  failingPairs("the dearest pairing on BN254", 0x08n, 233, pair),
  failingPairs("the longest sum in G1", 0x0cn, 409, new Uint8Array(160)),
  failingPairs("the longest sum in G2", 0x0en, 227, new Uint8Array(288)),
  failingPairs("the longest pairing on BLS12-381", 0x0fn, 170, blsPair),
  toPrecompile("an opening of the polynomial zero", 10n, opening),
  toPrecompile("the longest input of sha256", 2n, full),
  toPrecompile("the longest input of ripemd160", 3n, full),
  toPrecompile("an input too long", 2n, Bytes.concat(full, Uint8Array.of(1))),
  toPrecompile("the dearest modexp", 5n, modexpOf(1_024n, 31n, 0x1fn)),
  toPrecompile("a modexp a bit too dear", 5n, modexpOf(1_024n, 31n, 0x3fn)),
  { ...toPrecompile("the dearest pairing", 8n, pairs), forks: ["Osaka"] },
  toPrecompile("a pairing too many", 8n, Bytes.concat(pairs, pair)),
  toPrecompile(
    "a compression too dear",
    9n,
    Bytes.concat(Bytes.fromNumber(Precompiles.PRECOMPILE_GAS_CAP + 1, 4), new Uint8Array(209)),
  ),
  toPrecompile("a modexp beyond the cap of gas", 5n, modexpOf(1_024n, 64n)),
  toPrecompile("a modexp of operands above 1,024 bytes", 5n, modexpOf(1_025n, 1n)),
  toPrecompile("a modexp of lengths beyond reason", 5n, new Uint8Array(96).fill(0xff)),
  toPrecompile("ecrecover with just enough gas", 1n, Bytes.EMPTY, 24_000n),
  toPrecompile("ecrecover with a unit too little", 1n, Bytes.EMPTY, 23_999n),
  toPrecompile("identity with just enough gas", IDENTITY, Bytes.EMPTY, 21_015n),
  toPrecompile("identity with a unit too little", IDENTITY, Bytes.EMPTY, 21_014n),
];

const called: readonly Scene[] = [
  program(
    "calls of all kinds to sha256",
    assemble(
      ...[Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL].map((opcode) =>
        callTo(opcode, 2n, 0n, 50_000n, [0n, 100n, 16n, 40n]),
      ),
    ),
  ),
  program("a call of ecrecover with value", callTo(Opcode.CALL, 1n, 5n, 0n, [0n, 128n, 0n, 32n])),
  program(
    "a call of identity within memory",
    assemble(
      call(Opcode.MSTORE, 40n, 2n ** 255n + 7n),
      callTo(Opcode.STATICCALL, IDENTITY, 0n, 50_000n, [41n, 2_000n, 30n, 1_900n]),
      Opcode.RETURNDATASIZE,
    ),
  ),
  program(
    "a call of P-256 where there is none",
    callTo(Opcode.CALL, 0x100n, 0n, 50_000n, [0n, 160n, 0n, 32n]),
  ),
];

export const PRECOMPILE_SCENES: readonly Scene[] = [
  ...sampled,
  ...identities,
  ...limits,
  ...called,
];
