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
  if (opcode >= Opcode.PUSH0 && opcode <= Opcode.PUSH32)
    return StackOps.opPush(machine, opcode - Opcode.PUSH0);
  if (opcode >= Opcode.DUP1 && opcode <= Opcode.DUP16)
    return StackOps.opDup(machine, opcode - Opcode.DUP1);
  if (opcode >= Opcode.SWAP1 && opcode <= Opcode.SWAP16)
    return StackOps.opSwap(machine, opcode - Opcode.SWAP1 + 1);
  if (opcode >= Opcode.LOG0 && opcode <= Opcode.LOG4)
    return LogOps.opLog(machine, opcode - Opcode.LOG0);
  switch (opcode) {
    case Opcode.ADD:
      return ArithmeticOps.opAdd(machine);
    case Opcode.MUL:
      return ArithmeticOps.opMul(machine);
    case Opcode.SUB:
      return ArithmeticOps.opSub(machine);
    case Opcode.DIV:
      return ArithmeticOps.opDiv(machine);
    case Opcode.SDIV:
      return ArithmeticOps.opSdiv(machine);
    case Opcode.MOD:
      return ArithmeticOps.opMod(machine);
    case Opcode.SMOD:
      return ArithmeticOps.opSmod(machine);
    case Opcode.ADDMOD:
      return ArithmeticOps.opAddmod(machine);
    case Opcode.MULMOD:
      return ArithmeticOps.opMulmod(machine);
    case Opcode.EXP:
      return ArithmeticOps.opExp(machine);
    case Opcode.SIGNEXTEND:
      return ArithmeticOps.opSignextend(machine);
    case Opcode.LT:
      return ComparisonOps.opLt(machine);
    case Opcode.GT:
      return ComparisonOps.opGt(machine);
    case Opcode.SLT:
      return ComparisonOps.opSlt(machine);
    case Opcode.SGT:
      return ComparisonOps.opSgt(machine);
    case Opcode.EQ:
      return ComparisonOps.opEq(machine);
    case Opcode.ISZERO:
      return ComparisonOps.opIszero(machine);
    case Opcode.AND:
      return BitwiseOps.opAnd(machine);
    case Opcode.OR:
      return BitwiseOps.opOr(machine);
    case Opcode.XOR:
      return BitwiseOps.opXor(machine);
    case Opcode.NOT:
      return BitwiseOps.opNot(machine);
    case Opcode.BYTE:
      return BitwiseOps.opByte(machine);
    case Opcode.SHL:
      return BitwiseOps.opShl(machine);
    case Opcode.SHR:
      return BitwiseOps.opShr(machine);
    case Opcode.SAR:
      return BitwiseOps.opSar(machine);
    case Opcode.CLZ:
      return BitwiseOps.opClz(machine);
    case Opcode.KECCAK256:
      return HashOps.opKeccak256(machine);
    case Opcode.ADDRESS:
      return EnvironmentOps.opAddress(machine);
    case Opcode.BALANCE:
      return EnvironmentOps.opBalance(machine);
    case Opcode.ORIGIN:
      return EnvironmentOps.opOrigin(machine);
    case Opcode.CALLER:
      return EnvironmentOps.opCaller(machine);
    case Opcode.CALLVALUE:
      return EnvironmentOps.opCallvalue(machine);
    case Opcode.CALLDATASIZE:
      return EnvironmentOps.opCalldatasize(machine);
    case Opcode.CODESIZE:
      return EnvironmentOps.opCodesize(machine);
    case Opcode.GASPRICE:
      return EnvironmentOps.opGasprice(machine);
    case Opcode.EXTCODESIZE:
      return EnvironmentOps.opExtcodesize(machine);
    case Opcode.RETURNDATASIZE:
      return EnvironmentOps.opReturndatasize(machine);
    case Opcode.EXTCODEHASH:
      return EnvironmentOps.opExtcodehash(machine);
    case Opcode.SELFBALANCE:
      return EnvironmentOps.opSelfbalance(machine);
    case Opcode.BLOBHASH:
      return EnvironmentOps.opBlobhash(machine);
    case Opcode.BLOCKHASH:
      return BlockOps.opBlockhash(machine);
    case Opcode.COINBASE:
      return BlockOps.opCoinbase(machine);
    case Opcode.TIMESTAMP:
      return BlockOps.opTimestamp(machine);
    case Opcode.NUMBER:
      return BlockOps.opNumber(machine);
    case Opcode.PREVRANDAO:
      return BlockOps.opPrevrandao(machine);
    case Opcode.GASLIMIT:
      return BlockOps.opGaslimit(machine);
    case Opcode.CHAINID:
      return BlockOps.opChainid(machine);
    case Opcode.BASEFEE:
      return BlockOps.opBasefee(machine);
    case Opcode.BLOBBASEFEE:
      return BlockOps.opBlobbasefee(machine);
    case Opcode.MLOAD:
      return MemoryOps.opMload(machine);
    case Opcode.MSTORE:
      return MemoryOps.opMstore(machine);
    case Opcode.MSTORE8:
      return MemoryOps.opMstore8(machine);
    case Opcode.MSIZE:
      return MemoryOps.opMsize(machine);
    case Opcode.CALLDATALOAD:
      return MemoryOps.opCalldataload(machine);
    case Opcode.CALLDATACOPY:
      return CopyOps.opCalldatacopy(machine);
    case Opcode.CODECOPY:
      return CopyOps.opCodecopy(machine);
    case Opcode.EXTCODECOPY:
      return CopyOps.opExtcodecopy(machine);
    case Opcode.RETURNDATACOPY:
      return CopyOps.opReturndatacopy(machine);
    case Opcode.MCOPY:
      return CopyOps.opMcopy(machine);
    case Opcode.SLOAD:
      return StorageOps.opSload(machine);
    case Opcode.SSTORE:
      return StorageOps.opSstore(machine);
    case Opcode.TLOAD:
      return StorageOps.opTload(machine);
    case Opcode.TSTORE:
      return StorageOps.opTstore(machine);
    case Opcode.STOP:
      return FlowOps.opStop(machine);
    case Opcode.JUMP:
      return FlowOps.opJump(machine);
    case Opcode.JUMPI:
      return FlowOps.opJumpi(machine);
    case Opcode.PC:
      return FlowOps.opPc(machine);
    case Opcode.GAS:
      return FlowOps.opGas(machine);
    case Opcode.JUMPDEST:
      return FlowOps.opJumpdest(machine);
    case Opcode.RETURN:
      return FlowOps.opReturn(machine);
    case Opcode.REVERT:
      return FlowOps.opRevert(machine);
    case Opcode.POP:
      return StackOps.opPop(machine);
    case Opcode.CALL:
      return CallOps.opCall(machine);
    case Opcode.CALLCODE:
      return CallOps.opCallcode(machine);
    case Opcode.DELEGATECALL:
      return CallOps.opDelegatecall(machine);
    case Opcode.STATICCALL:
      return CallOps.opStaticcall(machine);
    case Opcode.CREATE:
      return CreateOps.opCreate(machine);
    case Opcode.CREATE2:
      return CreateOps.opCreate2(machine);
    case Opcode.SELFDESTRUCT:
      return CreateOps.opSelfdestruct(machine);
    default:
      return Halt.InvalidOpcode;
  }
}
