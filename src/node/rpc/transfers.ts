// Ether that moves, told as ERC-20 tokens tell it: the logs that eth_simulateV1 adds if it is asked for them.

import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import type { Log } from "../record.ts";
import type { CallFrame, CallLog } from "./callTracer.ts";

/** Whose logs they are (ERC-7528: the address that stands for ether). */
const ETHER = Hex.toBytes("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

// Transfer(address,address,uint256)
const TRANSFER = Hex.toBytes("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
/** CALLCODE and DELEGATECALL have a value that goes nowhere. */
const MOVES = new Set(["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"]);

/** All logs of a call that was traced with its logs, in order, with those of the ether that it moved. */
export function logsWith(call: CallFrame): Log[] {
  if (call.error !== undefined) return [];
  const { logs = [], calls = [] } = call;
  const found = transferOf(call);
  let next = 0;
  // Those that were made before the frame made so many calls.
  const take = (callsMade: number) => {
    for (
      let log = logs[next];
      log !== undefined && Number(log.position) <= callsMade;
      log = logs[next]
    ) {
      found.push(toLog(log));
      next += 1;
    }
  };
  calls.forEach((within, index) => {
    take(index);
    for (const log of logsWith(within)) found.push(log);
  });
  take(calls.length);
  return found;
}

function transferOf({ type, from, to, value = "0x0" }: CallFrame): Log[] {
  if (!MOVES.has(type) || to === undefined || BigInt(value) === 0n) return [];
  const topics = [TRANSFER, wordOf(from), wordOf(to)];
  return [{ address: ETHER, topics, data: wordOf(value) }];
}

function toLog({ address, topics, data }: CallLog): Log {
  return {
    address: Hex.toBytes(address),
    topics: topics.map(Hex.toBytes),
    data: Hex.toBytes(data),
  };
}

function wordOf(hex: Hex.Hex): Uint8Array {
  return Bytes.fromBigInt(BigInt(hex), 32);
}
