// What a step does, read off its witness: the layout is that of docs/protocol.md, section 6.
import * as Opcode from "../machine/opcode.ts";
import * as Phase from "../machine/phase.ts";
import * as Witness from "../merkle/witness.ts";

// Family, number, three hashes, batch, byte offset, deposits.
const PADDING_BYTES = 1 + 8 + 3 * 32 + 3 * 8;
const HASH_BYTES = 32;
const CHUNK_BYTES = 32;
// Cursor, block, transaction, frame and world.
const MACHINE_HASHES = 5 * HASH_BYTES;
// Parent, depth, kind, whether it is static, self, caller, value, code root.
const FRAME_BEFORE_CODE_SIZE = HASH_BYTES + 2 + 1 + 1 + 20 + 20 + 32 + HASH_BYTES;
// Gas, stack, its size, memory root, words, input, returned, where the output goes, snapshot.
const FRAME_AFTER_PC = 8 + HASH_BYTES + 2 + HASH_BYTES + 4 + 2 * HASH_BYTES + 16 + HASH_BYTES;

/** The name of a step: its opcode in phase EXECUTE, else its phase. */
export function stepName(index: number, witness: Uint8Array): string {
  if (witness.length === PADDING_BYTES) return "padding";
  if (index === 0) return "BEGIN";
  const reader = Witness.open(witness);
  Witness.readUint8(reader);
  const phase = Witness.readUint8(reader);
  if (phase !== Phase.EXECUTE) return Phase.NAMES[phase] ?? `phase ${phase}`;

  reader.position += MACHINE_HASHES + FRAME_BEFORE_CODE_SIZE;
  const codeSize = Witness.readUint32(reader);
  const pc = Witness.readUint32(reader);
  if (pc >= codeSize) return Opcode.nameOf(Opcode.STOP);
  reader.position += FRAME_AFTER_PC + (pc % CHUNK_BYTES);
  return Opcode.nameOf(Witness.readUint8(reader));
}
