// What a frame knows of its block. Each function: stack, gas, operation, program counter.
// Twin: contracts/machine/instructions/BlockOps.sol.
import * as Bytes from "../../primitives/bytes.ts";
import * as PersistentTree from "../../merkle/persistentTree.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";

const REMEMBERED_BLOCKS = 256n;

/** BLOCKHASH */
export function opBlockhash(machine: Executing): Halt {
  const { frame } = machine;
  const number = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.BLOCKHASH)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  const isRecent = number < block.number && block.number - number <= REMEMBERED_BLOCKS;
  Stack.push(frame.stack, isRecent ? blockHash(machine, number) : 0n);

  frame.pc += 1;
  return Halt.None;
}

/** COINBASE */
export function opCoinbase(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, block.coinbase);

  frame.pc += 1;
  return Halt.None;
}

/** TIMESTAMP */
export function opTimestamp(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, block.timestamp);

  frame.pc += 1;
  return Halt.None;
}

/** NUMBER */
export function opNumber(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, block.number);

  frame.pc += 1;
  return Halt.None;
}

/** PREVRANDAO */
export function opPrevrandao(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, Bytes.toBigInt(block.prevRandao));

  frame.pc += 1;
  return Halt.None;
}

/** GASLIMIT */
export function opGaslimit(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, block.gasLimit);

  frame.pc += 1;
  return Halt.None;
}

/** CHAINID */
export function opChainid(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, machine.context.chainId);

  frame.pc += 1;
  return Halt.None;
}

/** BASEFEE */
export function opBasefee(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, block.baseFee);

  frame.pc += 1;
  return Halt.None;
}

/** BLOBBASEFEE */
export function opBlobbasefee(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const block = Machine.openBlock(machine);
  Stack.push(frame.stack, block.blobBaseFee);

  frame.pc += 1;
  return Halt.None;
}

function blockHash(machine: Executing, number: bigint): bigint {
  const { ring } = machine.block;
  const index = Number(number % REMEMBERED_BLOCKS);
  const hash = PersistentTree.get(ring, index);
  if (machine.witness !== null) {
    Witness.writeBytes32(machine.witness, hash);
    Witness.writeWords(machine.witness, PersistentTree.siblings(ring, index));
  }
  return Bytes.toBigInt(hash);
}
