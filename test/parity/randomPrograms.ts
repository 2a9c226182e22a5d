// Random programs of valid bytecode: every opcode of the provable families, with operands that often make sense.
import fc from "fast-check";
import * as Context from "../../src/machine/context.ts";
import * as Family from "../../src/machine/family.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { assemble, call } from "./program.ts";
import { CHAIN_ID, LIBRARY, NOBODY, PAUPER, PROGRAM, type Scene, SENDER } from "./stage.ts";
import { PROVERS } from "./steps.ts";

const TOP = 2n ** 256n - 1n;

const opcodes = Opcode.all().filter(
  (opcode) =>
    Family.judging(Phase.EXECUTE, opcode) < PROVERS.length &&
    ![
      Opcode.STOP,
      Opcode.RETURN,
      Opcode.REVERT,
      Opcode.INVALID,
      Opcode.JUMP,
      Opcode.JUMPI,
    ].includes(opcode),
);

/** What DUP16 and SWAP16 need on the stack. */
const FIRST_ITEMS = Array.from({ length: 17 }, (_, i) => TOP - BigInt(i) ** 40n);

const arity = Opcode.table(Context.create("Osaka", CHAIN_ID, true)).pops;

// Mostly what memory, data and storage can do with; rarely what ends a program.
const word = fc.oneof(
  { weight: 60, arbitrary: fc.bigInt({ min: 0n, max: 70n }) },
  { weight: 20, arbitrary: fc.bigInt({ min: 0n, max: 3_000n }) },
  { weight: 15, arbitrary: fc.constantFrom(LIBRARY, NOBODY, PAUPER, PROGRAM, SENDER, 1n, 0x100n) },
  { weight: 1, arbitrary: fc.constantFrom(TOP, 2n ** 64n, 2n ** 32n - 1n, 2n ** 32n) },
);

/** An opcode with operands of its own; PUSH has data, DUP and SWAP take what is there. */
const instruction = fc.constantFrom(...opcodes).chain((opcode) => {
  if (opcode >= Opcode.PUSH1 && opcode <= Opcode.PUSH32) {
    const size = opcode - Opcode.PUSH0;
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((data) => assemble(opcode, data));
  }
  if (opcode >= Opcode.DUP1 && opcode <= Opcode.SWAP16) return fc.constant(Uint8Array.of(opcode));
  const pops = arity[opcode] ?? 0;
  return fc
    .array(word, { minLength: pops, maxLength: pops })
    .map((operands) => call(opcode, ...operands));
});

/** A call of the library, so that there are returned data. */
const callLibrary = fc
  .constantFrom(Opcode.STATICCALL, Opcode.DELEGATECALL)
  .map((opcode) => call(opcode, 200_000n, LIBRARY, 0n, 64n, 10n, 40n));

/** A jump over a few bytes, which may or may not be a destination. */
const jump = fc.uint8Array({ maxLength: 5 }).map((skipped) => {
  // From PC on: itself, ADD, JUMP and what is skipped.
  const distance = 3n + BigInt(skipped.length);
  return assemble(distance, Opcode.PC, Opcode.ADD, Opcode.JUMP, skipped, Opcode.JUMPDEST);
});

const ending = fc.constantFrom(
  Uint8Array.of(Opcode.STOP),
  Uint8Array.of(Opcode.INVALID),
  call(Opcode.RETURN, 3n, 700n),
  call(Opcode.REVERT, 0n, 33n),
  Bytes.EMPTY,
);

function program(length: number): fc.Arbitrary<Uint8Array> {
  const step = fc.oneof(
    { weight: 20, arbitrary: instruction },
    { weight: 1, arbitrary: callLibrary },
    { weight: 1, arbitrary: jump },
  );
  return fc
    .tuple(fc.array(step, { minLength: 5, maxLength: length, size: "max" }), ending)
    .map(([steps, end]) => assemble(...FIRST_ITEMS, ...steps, end));
}

/** A random program with a random library, storage, data and gas. */
export const scene: fc.Arbitrary<Scene> = fc.record({
  fork: fc.constantFrom<Fork>("Cancun", "Prague", "Osaka"),
  program: program(40),
  library: program(10),
  data: fc.uint8Array({ maxLength: 200 }),
  storage: fc.array(fc.tuple(fc.bigInt(0n, 70n), fc.bigInt(1n, TOP)), { maxLength: 20 }),
  gas: fc.bigInt({ min: 30_000n, max: 2_000_000n }),
});
