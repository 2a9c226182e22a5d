// Programs at edges that mutants of the compiled provers showed to be missing.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import type { Example } from "./instructions.ts";
import { assemble, call } from "./program.ts";
import { LIBRARY } from "./stage.ts";
import { TRIE_EXAMPLES } from "./trieExamples.ts";

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
  { name: "EXTCODEHASH of nothing but a nonce", program: call(Opcode.EXTCODEHASH, LIBRARY) },
  ...TRIE_EXAMPLES,
];
