// The calls that every block makes before its entries. Twin: contracts/machine/phases/System.sol.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Limits from "../../protocol/limits.ts";
import type * as BlockContext from "../blockContext.ts";
import type * as Context from "../context.ts";
import * as FrameKind from "../frameKind.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as View from "../view.ts";
import * as World from "../world.ts";

/** The calls in order, by the index of the cursor. */
export const BEACON_ROOT_CALL = 0; // EIP-4788
export const BLOCK_HASH_CALL = 1; // EIP-2935
export const L1_ATTRIBUTES_CALL = 2;
export const SYSTEM_CALLS = 3;

export const SYSTEM_CALL_GAS = 30_000_000n;

const SYSTEM_SENDER = Bytes.toBigInt(Limits.SYSTEM_ADDRESS);
const NO_HASH = new Uint8Array(32);
// setL1BlockValues(uint64,uint64,uint256,bytes32)
const SET_L1_BLOCK_VALUES = Hex.toBytes("0x360db93c");

/** Makes the next system call, or goes on to the entries. */
export function runSystem(machine: Machine.Machine): void {
  const cursor = Machine.openCursor(machine, "system");
  const block = Machine.openBlock(machine);
  Machine.openWorld(machine);

  machine.world = World.reset(machine.world);
  const index = nextCall(cursor.index, machine.context);
  if (index === SYSTEM_CALLS) {
    machine.transaction = null;
    machine.cursor = null;
    machine.phase = Phase.ENTRY;
    return;
  }

  const input = View.ofBytes(dataOf(index, block));
  const to = targetOf(index);
  machine.transaction = transactionOf(index, to, input);
  machine.cursor = {
    type: "message",
    kind: FrameKind.CALL,
    caller: SYSTEM_SENDER,
    self: to,
    codeAddress: to,
    value: 0n,
    gas: SYSTEM_CALL_GAS,
    isStatic: false,
    isDelegated: false,
    depth: 0,
    input,
    outOffset: 0,
    outSize: 0,
    salt: 0n,
  };
  machine.phase = Phase.ENTER;
}

function nextCall(index: number, context: Context.Context): number {
  return index === BLOCK_HASH_CALL && !context.isPrague ? L1_ATTRIBUTES_CALL : index;
}

function targetOf(index: number): bigint {
  if (index === BEACON_ROOT_CALL) return Bytes.toBigInt(Limits.BEACON_ROOTS);
  if (index === BLOCK_HASH_CALL) return Bytes.toBigInt(Limits.BLOCK_HASHES);
  return Bytes.toBigInt(Limits.L1_ATTRIBUTES);
}

function dataOf(index: number, block: BlockContext.Block): Uint8Array {
  if (index === BEACON_ROOT_CALL) return block.parentBeaconRoot;
  if (index === BLOCK_HASH_CALL) return block.parentHash;
  return Bytes.concat(
    SET_L1_BLOCK_VALUES,
    Bytes.fromBigInt(block.originNumber, 32),
    Bytes.fromBigInt(block.originTimestamp, 32),
    Bytes.fromBigInt(block.originBaseFee, 32),
    block.originHash,
  );
}

// What ORIGIN and GASPRICE read during the call; the nonce is the index, from which SETTLE goes on.
function transactionOf(index: number, to: bigint, data: View.View): TransactionContext.Transaction {
  return {
    kind: TransactionContext.SYSTEM_CALL,
    hash: NO_HASH,
    sender: SYSTEM_SENDER,
    isCreation: false,
    to,
    nonce: BigInt(index),
    gasLimit: SYSTEM_CALL_GAS,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    gasPrice: 0n,
    value: 0n,
    mint: 0n,
    data,
    dataZeroes: 0,
    accessList: null,
    accessAddresses: 0,
    accessSlots: 0,
    authorizations: null,
    authorizationCount: 0,
    blobHashes: [],
    maxFeePerBlobGas: 0n,
  };
}
