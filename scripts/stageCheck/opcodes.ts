// Deployed code read as bytes: which of the instructions in question it holds, and whether it is an artifact's code.
import { hexToBytes, type Hex } from "viem";
import * as CallerReads from "./callerReads.ts";
import type { Places } from "./syntax.ts";

const OPCODES: Readonly<Record<CallerReads.Power, number>> = {
  caller: 0x33,
  origin: 0x32,
  delegatecall: 0xf4,
  callcode: 0xf2,
  create: 0xf0,
  create2: 0xf5,
  selfdestruct: 0xff,
};
/** STOP, JUMP, RETURN, REVERT, INVALID and SELFDESTRUCT: what follows runs only if something jumps to it. */
const ENDINGS = [0x00, 0x56, 0xf3, 0xfd, 0xfe, 0xff];
const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;
const METADATA_LENGTH_BYTES = 2;
// The compiler appends a CBOR map of one or two entries.
const CBOR_MAPS = [0xa1, 0xa2];
/** EIP-1967: where proxies keep what they forward to, and who may change it. */
const PROXY_SLOTS = [
  "360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc",
  "b53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103",
  "a3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50",
];

/** The powers whose instruction stands anywhere in the code where execution can come. */
export function powersIn(code: Hex): CallerReads.Power[] {
  const bytes = withoutMetadata(hexToBytes(code));
  const found = new Set<number>();
  let isReachable = true;
  for (let position = 0; position < bytes.length; position++) {
    const opcode = bytes[position] ?? 0;
    isReachable ||= opcode === JUMPDEST;
    if (isReachable) found.add(opcode);
    if (ENDINGS.includes(opcode)) isReachable = false;
    if (opcode >= PUSH1 && opcode <= PUSH32) position += opcode - PUSH1 + 1;
  }
  return CallerReads.POWERS.filter((power) => found.has(OPCODES[power]));
}

/** Whether the code names a slot in which upgradeable proxies keep their implementation, admin or beacon. */
export function namesProxySlot(code: Hex): boolean {
  return PROXY_SLOTS.some((slot) => code.toLowerCase().includes(slot));
}

/** Whether two codes are equal in every bit outside the immutables, which only the constructor knows. */
export function isSameCode(deployed: Hex, compiled: Hex, immutables: Places): boolean {
  const [own, expected] = [hexToBytes(deployed), hexToBytes(compiled)];
  if (own.length !== expected.length) return false;
  for (const { start, length } of Object.values(immutables).flat()) {
    own.fill(0, start, start + length);
    expected.fill(0, start, start + length);
  }
  return Buffer.compare(own, expected) === 0;
}

function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const [high = 0, low = 0] = bytes.subarray(-METADATA_LENGTH_BYTES);
  const start = bytes.length - METADATA_LENGTH_BYTES - (high * 256 + low);
  return start > 0 && CBOR_MAPS.includes(bytes[start] ?? 0) ? bytes.subarray(0, start) : bytes;
}
