// Programs at edges that mutants of the compiled provers showed to be missing.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import type { Example } from "./instructions.ts";
import { assemble, call } from "./program.ts";
import { LIBRARY, PAUPER } from "./stage.ts";
import { TRIE_EXAMPLES } from "./trieExamples.ts";

const DIFFERENT_BYTES = Bytes.toBigInt(Uint8Array.from({ length: 32 }, (_, i) => 0xa1 + i));

export const EDGE_EXAMPLES: readonly Example[] = [
  {
    name: "EXP with the first and the last exponent of each size",
    program: Bytes.concat(
      ...Array.from({ length: 32 }, (_, i) => 256n ** BigInt(i)).flatMap((power) =>
        [power - 1n, power].map((exponent) => call(Opcode.EXP, 3n, exponent)),
      ),
    ),
  },
  { name: "JUMP right behind the code", program: assemble(4n, Opcode.JUMP, Opcode.JUMPDEST) },
  {
    name: "JUMP behind code that fills its last chunk",
    program: Bytes.concat(assemble(32n, Opcode.JUMP), new Uint8Array(29)),
  },
  {
    name: "sizes of one bit, and of one more",
    program: Bytes.concat(
      ...Array.from({ length: 12 }, (_, i) => 1n << BigInt(i)).flatMap((size) =>
        [size, size + 1n].flatMap((bytes) => [
          call(Opcode.KECCAK256, 0n, bytes),
          call(Opcode.CALLDATACOPY, 0n, 0n, bytes),
          call(Opcode.MCOPY, 0n, 1n, bytes),
        ]),
      ),
    ),
    forks: ["Osaka"],
  },
  ...[3, 0b1011_0101].map((chunk) => ({
    name: `instructions in chunk ${chunk} of the code`,
    program: atChunk(
      chunk,
      assemble(
        call(Opcode.MSTORE, 0n, 1n),
        call(Opcode.SLOAD, 1n),
        call(Opcode.KECCAK256, 0n, 32n),
        call(Opcode.LOG0, 0n, 1n),
        call(Opcode.MLOAD, 64n),
        call(Opcode.CREATE, 0n, 0n, 32n),
        call(Opcode.STATICCALL, 0n, LIBRARY, 0n, 0n, 0n, 0n),
        Opcode.ADDRESS,
        Opcode.JUMPDEST,
      ),
    ),
    forks: ["Osaka"] as const,
  })),
  {
    name: "calls of each kind from a static frame, with a place for no output",
    program: call(Opcode.STATICCALL, 1_000_000n, LIBRARY, 0n, 0n, 0n, 0n),
    library: assemble(
      call(Opcode.CALL, 9_000n, PAUPER, 0n, 0n, 0n, 5n, 0n),
      call(Opcode.CALLCODE, 9_000n, PAUPER, 0n, 0n, 0n, 5n, 0n),
      call(Opcode.DELEGATECALL, 9_000n, PAUPER, 0n, 0n, 5n, 0n),
      call(Opcode.STATICCALL, 9_000n, PAUPER, 0n, 0n, 5n, 0n),
    ),
    forks: ["Osaka"],
  },
  {
    name: "words that begin at each bit of an offset",
    program: Bytes.concat(
      call(Opcode.MSTORE, 0n, DIFFERENT_BYTES),
      ...[1n, 2n, 4n, 8n, 16n, 31n].map((offset) =>
        assemble(call(Opcode.MLOAD, offset), 32n + offset, Opcode.MSTORE),
      ),
    ),
    forks: ["Osaka"],
  },
  {
    name: "RETURN that grows a memory of one word",
    program: assemble(call(Opcode.MSTORE, 0n, 1n), call(Opcode.RETURN, 0n, 96n)),
  },
  {
    name: "PUSH32 whose last byte lies alone in its chunk",
    program: new Uint8Array(33).fill(Opcode.PUSH32),
  },
  { name: "EXTCODEHASH of nothing but a nonce", program: call(Opcode.EXTCODEHASH, LIBRARY) },
  ...TRIE_EXAMPLES,
];

/** A program that jumps over whole chunks to what stands in the one of this number and behind it. */
function atChunk(chunk: number, program: Uint8Array): Uint8Array {
  const start = 32 * chunk;
  const jump = assemble(BigInt(start), Opcode.JUMP);
  return assemble(jump, new Uint8Array(start - jump.length), Opcode.JUMPDEST, program);
}
