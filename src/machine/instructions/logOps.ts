// LOG0 to LOG4: an instruction pays and leaves a cursor, LOG hashes the data and appends the entry.
// Twin: contracts/machine/instructions/LogOps.sol.
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Stack from "../stack.ts";

const NO_DATA = new Uint8Array(32);

/** LOG0 to LOG4, by the number of topics. */
export function opLog(machine: Executing, topicCount: number): Halt {
  const { frame } = machine;
  const offset = Number(Stack.pop(frame.stack));
  const size = Number(Stack.pop(frame.stack));
  const topics: bigint[] = [];
  for (let i = 0; i < topicCount; i++) topics.push(Stack.pop(frame.stack));

  const cost = Gas.LOG + Gas.LOG_TOPIC * topicCount + Gas.LOG_BYTE * size;
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;
  if (!Frame.expand(frame, offset, size)) return Halt.OutOfGas;

  machine.phase = Phase.LOG;
  machine.cursor = {
    type: "log",
    address: frame.self,
    topics,
    size,
    offset: size === 0 ? 0 : offset,
    remaining: size,
    data: NO_DATA,
  };

  frame.pc += 1;
  return Halt.None;
}
