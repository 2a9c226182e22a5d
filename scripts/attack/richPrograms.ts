// Programs for two engines to disagree on: what the tests' own grammar makes, and what no grammar would.
import * as Context from "../../src/machine/context.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { program } from "../../test/machine/randomProgram.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { assemble, call } from "../../test/parity/program.ts";
import * as Any from "./anyParts.ts";

const arity = Opcode.table(Context.create("Osaka", 1n, false)).pops;
const MAX_SNIPPETS = 14;
const RAW_BYTES = 160;
/** Where a loop that a program begins with jumps back to. */
const LOOP_START = 2n;

/** A program that names the given addresses. */
export function richProgram(random: Random, addresses: readonly bigint[]): Uint8Array {
  switch (random.below(10)) {
    case 0:
      return Any.instructions(random, 1 + random.below(RAW_BYTES));
    case 1:
    case 2:
      return operations(random, addresses);
    case 3:
      return loop(random, addresses);
    case 4:
      return assemble(creations(random, addresses), program(random, addresses));
    case 5:
      return assemble(edges(random, addresses), program(random, addresses));
    default:
      return program(random, addresses);
  }
}

// Opcodes of all kinds with operands of their own, whatever is left on the stack.
function operations(random: Random, addresses: readonly bigint[]): Uint8Array {
  const count = 1 + random.below(MAX_SNIPPETS);
  return Bytes.concat(...Array.from({ length: count }, () => operation(random, addresses)));
}

function operation(random: Random, addresses: readonly bigint[]): Uint8Array {
  const opcode = random.pick(Opcode.all());
  if (opcode >= Opcode.PUSH1 && opcode <= Opcode.PUSH32)
    return assemble(opcode, Any.bytes(random, opcode - Opcode.PUSH0));
  const operands = Array.from({ length: arity[opcode] ?? 0 }, () => word(random, addresses));
  return call(opcode, ...operands);
}

function word(random: Random, addresses: readonly bigint[]): bigint {
  if (random.oneIn(12)) return random.word();
  if (random.oneIn(4)) return random.pick(addresses);
  if (random.oneIn(8)) return random.pick([2_300n, 30_000n, 4_096n, 65_536n, 24_576n, 49_153n]);
  return BigInt(random.below(random.oneIn(3) ? 400 : 4));
}

// Runs a few snippets some times over; the counter stands below whatever they leave.
function loop(random: Random, addresses: readonly bigint[]): Uint8Array {
  const body = operations(random, addresses);
  const counter = assemble(1n, Opcode.SWAP1, Opcode.SUB, Opcode.DUP1);
  return assemble(
    Uint8Array.of(Opcode.PUSH1, 1 + random.below(20)),
    Opcode.JUMPDEST,
    body,
    counter,
    LOOP_START,
    Opcode.JUMPI,
  );
}

// Initcode that destroys itself, stores, or leaves a code that does, and is called at once.
function creations(random: Random, addresses: readonly bigint[]): Uint8Array {
  const runtime = assemble(call(Opcode.SELFDESTRUCT, random.pick(addresses)));
  const initCodes = [
    runtime,
    assemble(call(Opcode.SSTORE, 0n, 1n), runtime),
    assemble(call(Opcode.MSTORE8, 0n, 0xefn), call(Opcode.RETURN, 0n, BigInt(random.below(2)))),
    call(Opcode.RETURN, 0n, random.pick([0n, 32n, 24_576n, 24_577n])),
    assemble(leaving(runtime)),
    call(Opcode.REVERT, 0n, 32n),
  ];
  const initCode = random.pick(initCodes);
  const size = BigInt(Math.min(32, initCode.length));
  const value = BigInt(random.below(3));
  const made = random.oneIn(2)
    ? call(Opcode.CREATE, value, 0n, size)
    : call(Opcode.CREATE2, value, 0n, size, BigInt(random.below(2)));
  const messages = Array.from({ length: random.below(3) }, () =>
    assemble(
      0n,
      0n,
      0n,
      0n,
      BigInt(random.below(2)),
      Opcode.DUP1 + 5,
      60_000n,
      Opcode.CALL,
      Opcode.POP,
    ),
  );
  return assemble(storeCode(initCode), made, ...messages, Opcode.POP);
}

function leaving(runtime: Uint8Array): Uint8Array {
  const padded = Bytes.toBigInt(Bytes.padRight(runtime, 32));
  const short = call(Opcode.MSTORE8, 0n, BigInt(runtime[0] ?? 0));
  return runtime.length < 8
    ? assemble(call(Opcode.MSTORE, 0n, padded), call(Opcode.RETURN, 0n, BigInt(runtime.length)))
    : assemble(short, call(Opcode.RETURN, 0n, 1n));
}

// What stands at the edge of a rule: gas for a call, returned data, memory, the sponge, logs of many pieces.
function edges(random: Random, addresses: readonly bigint[]): Uint8Array {
  const target = random.pick(addresses);
  switch (random.below(6)) {
    case 0:
      return call(
        Opcode.CALL,
        random.pick([0n, 2_299n, 2_300n, 2_301n]),
        target,
        1n,
        0n,
        0n,
        0n,
        64n,
      );
    case 1:
      return call(Opcode.KECCAK256, BigInt(random.below(40)), BigInt(65_530 + random.below(12)));
    case 2:
      return call(Opcode.LOG0 + random.below(2), 5n, BigInt(1_020 + random.below(10)), 7n);
    case 3:
      return assemble(
        call(Opcode.STATICCALL, 50_000n, target, 0n, 40n, 0n, 0n),
        Opcode.RETURNDATASIZE,
        random.oneIn(3) ? 1n : 0n,
        0n,
        Opcode.RETURNDATACOPY,
      );
    case 4:
      return call(Opcode.MCOPY, BigInt(random.below(2_000)), BigInt(random.below(2_000)), 1_500n);
    default:
      return call(Opcode.BLOCKHASH, BigInt(random.below(9)));
  }
}

function storeCode(code: Uint8Array): Uint8Array {
  return call(Opcode.MSTORE, 0n, Bytes.toBigInt(Bytes.padRight(code.slice(0, 32), 32)));
}
