// Programs at edges that mutants of the compiled provers showed to be missing.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import type { Example } from "./instructions.ts";
import { assemble, call } from "./program.ts";

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
];
