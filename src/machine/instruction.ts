// From an opcode to the function that runs it.
import { Halt } from "./halt.ts";
import * as ArithmeticOps from "./instructions/arithmeticOps.ts";
import * as BitwiseOps from "./instructions/bitwiseOps.ts";
import * as BlockOps from "./instructions/blockOps.ts";
import * as CallOps from "./instructions/callOps.ts";
import * as ComparisonOps from "./instructions/comparisonOps.ts";
import * as CopyOps from "./instructions/copyOps.ts";
import * as CreateOps from "./instructions/createOps.ts";
import * as EnvironmentOps from "./instructions/environmentOps.ts";
import * as FlowOps from "./instructions/flowOps.ts";
import * as HashOps from "./instructions/hashOps.ts";
import * as LogOps from "./instructions/logOps.ts";
import * as MemoryOps from "./instructions/memoryOps.ts";
import * as StackOps from "./instructions/stackOps.ts";
import * as StorageOps from "./instructions/storageOps.ts";
import type { Executing } from "./machine.ts";
import * as Opcode from "./opcode.ts";

/** Runs one instruction whose arity and static rule have been checked. */
export function run(machine: Executing, opcode: number): Halt {
  // PUSH, DUP and SWAP are half of what programs run. A call that names its function is cheaper than one through the table.
  if (opcode >= Opcode.PUSH0 && opcode <= Opcode.SWAP16) {
    if (opcode <= Opcode.PUSH32) return StackOps.opPush(machine, opcode - Opcode.PUSH0);
    if (opcode <= Opcode.DUP16) return StackOps.opDup(machine, opcode - Opcode.DUP1);
    return StackOps.opSwap(machine, opcode - Opcode.SWAP1 + 1);
  }
  const instruction = INSTRUCTIONS[opcode];
  return instruction === undefined ? Halt.InvalidOpcode : instruction(machine);
}

type Instruction = (machine: Executing) => Halt;

// For the rest, a call through a table takes the same time for every opcode; a switch over names is a row of comparisons.
const INSTRUCTIONS: (Instruction | undefined)[] = new Array<undefined>(256).fill(undefined);
INSTRUCTIONS[Opcode.ADD] = ArithmeticOps.opAdd;
INSTRUCTIONS[Opcode.MUL] = ArithmeticOps.opMul;
INSTRUCTIONS[Opcode.SUB] = ArithmeticOps.opSub;
INSTRUCTIONS[Opcode.DIV] = ArithmeticOps.opDiv;
INSTRUCTIONS[Opcode.SDIV] = ArithmeticOps.opSdiv;
INSTRUCTIONS[Opcode.MOD] = ArithmeticOps.opMod;
INSTRUCTIONS[Opcode.SMOD] = ArithmeticOps.opSmod;
INSTRUCTIONS[Opcode.ADDMOD] = ArithmeticOps.opAddmod;
INSTRUCTIONS[Opcode.MULMOD] = ArithmeticOps.opMulmod;
INSTRUCTIONS[Opcode.EXP] = ArithmeticOps.opExp;
INSTRUCTIONS[Opcode.SIGNEXTEND] = ArithmeticOps.opSignextend;
INSTRUCTIONS[Opcode.LT] = ComparisonOps.opLt;
INSTRUCTIONS[Opcode.GT] = ComparisonOps.opGt;
INSTRUCTIONS[Opcode.SLT] = ComparisonOps.opSlt;
INSTRUCTIONS[Opcode.SGT] = ComparisonOps.opSgt;
INSTRUCTIONS[Opcode.EQ] = ComparisonOps.opEq;
INSTRUCTIONS[Opcode.ISZERO] = ComparisonOps.opIszero;
INSTRUCTIONS[Opcode.AND] = BitwiseOps.opAnd;
INSTRUCTIONS[Opcode.OR] = BitwiseOps.opOr;
INSTRUCTIONS[Opcode.XOR] = BitwiseOps.opXor;
INSTRUCTIONS[Opcode.NOT] = BitwiseOps.opNot;
INSTRUCTIONS[Opcode.BYTE] = BitwiseOps.opByte;
INSTRUCTIONS[Opcode.SHL] = BitwiseOps.opShl;
INSTRUCTIONS[Opcode.SHR] = BitwiseOps.opShr;
INSTRUCTIONS[Opcode.SAR] = BitwiseOps.opSar;
INSTRUCTIONS[Opcode.CLZ] = BitwiseOps.opClz;
INSTRUCTIONS[Opcode.KECCAK256] = HashOps.opKeccak256;
INSTRUCTIONS[Opcode.ADDRESS] = EnvironmentOps.opAddress;
INSTRUCTIONS[Opcode.BALANCE] = EnvironmentOps.opBalance;
INSTRUCTIONS[Opcode.ORIGIN] = EnvironmentOps.opOrigin;
INSTRUCTIONS[Opcode.CALLER] = EnvironmentOps.opCaller;
INSTRUCTIONS[Opcode.CALLVALUE] = EnvironmentOps.opCallvalue;
INSTRUCTIONS[Opcode.CALLDATASIZE] = EnvironmentOps.opCalldatasize;
INSTRUCTIONS[Opcode.CODESIZE] = EnvironmentOps.opCodesize;
INSTRUCTIONS[Opcode.GASPRICE] = EnvironmentOps.opGasprice;
INSTRUCTIONS[Opcode.EXTCODESIZE] = EnvironmentOps.opExtcodesize;
INSTRUCTIONS[Opcode.RETURNDATASIZE] = EnvironmentOps.opReturndatasize;
INSTRUCTIONS[Opcode.EXTCODEHASH] = EnvironmentOps.opExtcodehash;
INSTRUCTIONS[Opcode.SELFBALANCE] = EnvironmentOps.opSelfbalance;
INSTRUCTIONS[Opcode.BLOBHASH] = EnvironmentOps.opBlobhash;
INSTRUCTIONS[Opcode.BLOCKHASH] = BlockOps.opBlockhash;
INSTRUCTIONS[Opcode.COINBASE] = BlockOps.opCoinbase;
INSTRUCTIONS[Opcode.TIMESTAMP] = BlockOps.opTimestamp;
INSTRUCTIONS[Opcode.NUMBER] = BlockOps.opNumber;
INSTRUCTIONS[Opcode.PREVRANDAO] = BlockOps.opPrevrandao;
INSTRUCTIONS[Opcode.GASLIMIT] = BlockOps.opGaslimit;
INSTRUCTIONS[Opcode.CHAINID] = BlockOps.opChainid;
INSTRUCTIONS[Opcode.BASEFEE] = BlockOps.opBasefee;
INSTRUCTIONS[Opcode.BLOBBASEFEE] = BlockOps.opBlobbasefee;
INSTRUCTIONS[Opcode.MLOAD] = MemoryOps.opMload;
INSTRUCTIONS[Opcode.MSTORE] = MemoryOps.opMstore;
INSTRUCTIONS[Opcode.MSTORE8] = MemoryOps.opMstore8;
INSTRUCTIONS[Opcode.MSIZE] = MemoryOps.opMsize;
INSTRUCTIONS[Opcode.CALLDATALOAD] = MemoryOps.opCalldataload;
INSTRUCTIONS[Opcode.CALLDATACOPY] = CopyOps.opCalldatacopy;
INSTRUCTIONS[Opcode.CODECOPY] = CopyOps.opCodecopy;
INSTRUCTIONS[Opcode.EXTCODECOPY] = CopyOps.opExtcodecopy;
INSTRUCTIONS[Opcode.RETURNDATACOPY] = CopyOps.opReturndatacopy;
INSTRUCTIONS[Opcode.MCOPY] = CopyOps.opMcopy;
INSTRUCTIONS[Opcode.SLOAD] = StorageOps.opSload;
INSTRUCTIONS[Opcode.SSTORE] = StorageOps.opSstore;
INSTRUCTIONS[Opcode.TLOAD] = StorageOps.opTload;
INSTRUCTIONS[Opcode.TSTORE] = StorageOps.opTstore;
INSTRUCTIONS[Opcode.STOP] = FlowOps.opStop;
INSTRUCTIONS[Opcode.JUMP] = FlowOps.opJump;
INSTRUCTIONS[Opcode.JUMPI] = FlowOps.opJumpi;
INSTRUCTIONS[Opcode.PC] = FlowOps.opPc;
INSTRUCTIONS[Opcode.GAS] = FlowOps.opGas;
INSTRUCTIONS[Opcode.JUMPDEST] = FlowOps.opJumpdest;
INSTRUCTIONS[Opcode.RETURN] = FlowOps.opReturn;
INSTRUCTIONS[Opcode.REVERT] = FlowOps.opRevert;
INSTRUCTIONS[Opcode.POP] = StackOps.opPop;
INSTRUCTIONS[Opcode.CALL] = CallOps.opCall;
INSTRUCTIONS[Opcode.CALLCODE] = CallOps.opCallcode;
INSTRUCTIONS[Opcode.DELEGATECALL] = CallOps.opDelegatecall;
INSTRUCTIONS[Opcode.STATICCALL] = CallOps.opStaticcall;
INSTRUCTIONS[Opcode.CREATE] = CreateOps.opCreate;
INSTRUCTIONS[Opcode.CREATE2] = CreateOps.opCreate2;
INSTRUCTIONS[Opcode.SELFDESTRUCT] = CreateOps.opSelfdestruct;
for (let topics = 0; topics <= 4; topics++)
  INSTRUCTIONS[Opcode.LOG0 + topics] = (machine) => LogOps.opLog(machine, topics);
