// LOG: at most 1,024 bytes of data into a log entry. Twin: contracts/machine/phases/Log.sol.
import * as Witness from "../../merkle/witness.ts";
import type * as Cursor from "../cursor.ts";
import * as Logs from "../logs.ts";
import * as Machine from "../machine.ts";
import * as Memory from "../memory.ts";
import * as Phase from "../phase.ts";
import * as World from "../world.ts";

/** Hashes one piece of the data; the last step appends the entry to the logs. */
export function runLog(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const cursor = Machine.openCursor(machine, "log");

  const count = Math.min(Logs.PIECE_BYTES, cursor.remaining);
  const piece = Memory.load(frame.memory, machine.witness, cursor.offset, count);
  if (count < cursor.remaining) {
    machine.cursor = {
      ...cursor,
      offset: cursor.offset + count,
      remaining: cursor.remaining - count,
      data: Logs.hashPiece(cursor.data, piece),
    };
    return;
  }

  Machine.openWorld(machine);
  recordBloomAndTopics(machine, cursor);
  const end = cursor.offset + count;
  const data = frame.memory.bytes.slice(end - cursor.size, end);
  const { address, topics } = cursor;
  machine.world = World.withLog(machine.world, { address, topics, data });
  machine.phase = Phase.EXECUTE;
  machine.cursor = null;
}

function recordBloomAndTopics(machine: Machine.Machine, cursor: Cursor.Log): void {
  if (machine.witness === null) return;
  Witness.writeBytesOf(machine.witness, machine.world.bloom.bytes);
  for (const topic of cursor.topics) Witness.writeUint256(machine.witness, topic);
}
