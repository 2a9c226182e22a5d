// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Context} from "../Context.sol";
import {Family} from "../Family.sol";
import {Halt} from "../Halt.sol";
import {IFamilyProver} from "../IFamilyProver.sol";
import {Machine} from "../Machine.sol";
import {Opcode} from "../Opcode.sol";
import {Step} from "../Step.sol";
import {ArithmeticOps} from "../instructions/ArithmeticOps.sol";
import {BitwiseOps} from "../instructions/BitwiseOps.sol";
import {ComparisonOps} from "../instructions/ComparisonOps.sol";
import {FlowOps} from "../instructions/FlowOps.sol";
import {StackOps} from "../instructions/StackOps.sol";

/// @notice Proves instructions that touch nothing but stack, code and gas.
contract ComputeProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.COMPUTE,
            context,
            state,
            data
        );
        Halt halt = Step.fetch(Family.COMPUTE, machine, witness);
        if (halt == Halt.None) halt = _run(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _run(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode >= Opcode.PUSH0 && opcode <= Opcode.PUSH32) {
            return StackOps.opPush(machine, witness);
        }
        if (opcode >= Opcode.DUP1 && opcode <= Opcode.DUP16) return StackOps.opDup(machine);
        if (opcode >= Opcode.SWAP1 && opcode <= Opcode.SWAP16) return StackOps.opSwap(machine);
        if (opcode >= Opcode.ADD && opcode <= Opcode.SIGNEXTEND) return _runArithmetic(machine);
        if (opcode >= Opcode.LT && opcode <= Opcode.ISZERO) return _runComparison(machine);
        if (opcode >= Opcode.AND && opcode <= Opcode.CLZ) return _runBitwise(machine);
        return _runFlow(machine, witness);
    }

    function _runArithmetic(Machine memory machine) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.ADD) return ArithmeticOps.opAdd(machine);
        if (opcode == Opcode.MUL) return ArithmeticOps.opMul(machine);
        if (opcode == Opcode.SUB) return ArithmeticOps.opSub(machine);
        if (opcode == Opcode.DIV) return ArithmeticOps.opDiv(machine);
        if (opcode == Opcode.SDIV) return ArithmeticOps.opSdiv(machine);
        if (opcode == Opcode.MOD) return ArithmeticOps.opMod(machine);
        if (opcode == Opcode.SMOD) return ArithmeticOps.opSmod(machine);
        if (opcode == Opcode.ADDMOD) return ArithmeticOps.opAddmod(machine);
        if (opcode == Opcode.MULMOD) return ArithmeticOps.opMulmod(machine);
        if (opcode == Opcode.EXP) return ArithmeticOps.opExp(machine);
        return ArithmeticOps.opSignextend(machine);
    }

    function _runComparison(Machine memory machine) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.LT) return ComparisonOps.opLt(machine);
        if (opcode == Opcode.GT) return ComparisonOps.opGt(machine);
        if (opcode == Opcode.SLT) return ComparisonOps.opSlt(machine);
        if (opcode == Opcode.SGT) return ComparisonOps.opSgt(machine);
        if (opcode == Opcode.EQ) return ComparisonOps.opEq(machine);
        return ComparisonOps.opIszero(machine);
    }

    function _runBitwise(Machine memory machine) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.AND) return BitwiseOps.opAnd(machine);
        if (opcode == Opcode.OR) return BitwiseOps.opOr(machine);
        if (opcode == Opcode.XOR) return BitwiseOps.opXor(machine);
        if (opcode == Opcode.NOT) return BitwiseOps.opNot(machine);
        if (opcode == Opcode.BYTE) return BitwiseOps.opByte(machine);
        if (opcode == Opcode.SHL) return BitwiseOps.opShl(machine);
        if (opcode == Opcode.SHR) return BitwiseOps.opShr(machine);
        if (opcode == Opcode.SAR) return BitwiseOps.opSar(machine);
        return BitwiseOps.opClz(machine);
    }

    function _runFlow(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.STOP) return FlowOps.opStop(machine);
        if (opcode == Opcode.POP) return StackOps.opPop(machine);
        if (opcode == Opcode.JUMP) return FlowOps.opJump(machine, witness);
        if (opcode == Opcode.JUMPI) return FlowOps.opJumpi(machine, witness);
        if (opcode == Opcode.PC) return FlowOps.opPc(machine);
        if (opcode == Opcode.GAS) return FlowOps.opGas(machine);
        if (opcode == Opcode.JUMPDEST) return FlowOps.opJumpdest(machine);
        if (opcode == Opcode.RETURN) return FlowOps.opReturn(machine);
        if (opcode == Opcode.REVERT) return FlowOps.opRevert(machine);
        return Halt.InvalidOpcode;
    }
}
