// PRECOMPILE: the call of a precompiled contract. Twin: contracts/machine/phases/Precompile.sol.
import * as Hex from "../../primitives/hex.ts";
import * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import * as Machine from "../machine.ts";
import * as Memory from "../memory.ts";
import * as Phase from "../phase.ts";
import * as Precompiles from "../precompiles/precompiles.ts";
import { UNPAYABLE } from "../precompiles/price.ts";
import * as View from "../view.ts";

const IDENTITY = 0x04n;

/**
 * Charges and calls; the output becomes the frame's memory, and a failure halts the frame. Throws NotAPrecompileError for a
 * message that ENTER never leaves: such a state has no successor.
 */
export function runPrecompile(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const { codeAddress } = Machine.openCursor(machine, "message");
  // ENTER comes here with precompiles only. What L1 has at another address is not this chain's, and may change.
  const precompile = Precompiles.at(codeAddress, machine.context.fork);
  if (precompile === undefined) throw new NotAPrecompileError(codeAddress);
  View.open(frame.input, machine.witness);

  if (codeAddress === IDENTITY) {
    runIdentity(machine, frame);
    return;
  }
  const output = call(machine, frame, codeAddress, precompile);
  if (output === undefined) {
    Machine.haltFrame(machine);
    return;
  }
  frame.memory = Memory.fromBytes(output);
  Machine.endFrame(machine, Cursor.STATUS_SUCCESS, View.of(frame.memory, 0, output.length));
}

function call(
  machine: Machine.Machine,
  frame: Frame.Frame,
  address: bigint,
  precompile: Precompiles.Precompile,
): Uint8Array | undefined {
  const { context, witness } = machine;
  if (context.caps && frame.input.size > Precompiles.PRECOMPILE_INPUT_CAP) return undefined;
  const input = View.loadAll(frame.input, witness);
  if (context.caps && !Precompiles.isWithinCaps(address, input)) return undefined;

  const cost = precompile.gasCost(input, context.fork);
  if (cost === UNPAYABLE || !Frame.charge(frame, cost)) return undefined;
  return precompile.run(input);
}

function runIdentity(machine: Machine.Machine, frame: Frame.Frame): void {
  const { memory, offset, size } = frame.input;
  const words = Gas.wordsFor(size);
  if (!Frame.charge(frame, Gas.IDENTITY + Gas.IDENTITY_WORD * words)) {
    Machine.haltFrame(machine);
    return;
  }
  if (size === 0) {
    Machine.endFrame(machine, Cursor.STATUS_SUCCESS, View.EMPTY);
    return;
  }
  frame.memory = Memory.create();
  Memory.grow(frame.memory, words);
  machine.phase = Phase.COPY;
  machine.cursor = {
    type: "copy",
    source: Cursor.COPY_MEMORY_TREE,
    memory,
    code: null,
    from: offset,
    available: size,
    dest: 0,
    remaining: size,
    next: Phase.SETTLE,
  };
}

/** The message of the phase names an address where the fork has no precompile. */
export class NotAPrecompileError extends Error {
  override readonly name = "Precompile.NotAPrecompileError";
  readonly address: bigint;
  constructor(address: bigint) {
    super(`expected the address of a precompile, got ${Hex.fromBigInt(address)}`);
    this.address = address;
  }
}
