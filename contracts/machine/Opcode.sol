// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The opcodes by name, and tables by opcode, sixteen to a row. Twin: src/machine/opcode.ts.
library Opcode {
    uint8 internal constant STOP = 0x00;
    uint8 internal constant ADD = 0x01;
    uint8 internal constant MUL = 0x02;
    uint8 internal constant SUB = 0x03;
    uint8 internal constant DIV = 0x04;
    uint8 internal constant SDIV = 0x05;
    uint8 internal constant MOD = 0x06;
    uint8 internal constant SMOD = 0x07;
    uint8 internal constant ADDMOD = 0x08;
    uint8 internal constant MULMOD = 0x09;
    uint8 internal constant EXP = 0x0a;
    uint8 internal constant SIGNEXTEND = 0x0b;
    uint8 internal constant LT = 0x10;
    uint8 internal constant GT = 0x11;
    uint8 internal constant SLT = 0x12;
    uint8 internal constant SGT = 0x13;
    uint8 internal constant EQ = 0x14;
    uint8 internal constant ISZERO = 0x15;
    uint8 internal constant AND = 0x16;
    uint8 internal constant OR = 0x17;
    uint8 internal constant XOR = 0x18;
    uint8 internal constant NOT = 0x19;
    uint8 internal constant BYTE = 0x1a;
    uint8 internal constant SHL = 0x1b;
    uint8 internal constant SHR = 0x1c;
    uint8 internal constant SAR = 0x1d;
    uint8 internal constant CLZ = 0x1e;
    uint8 internal constant KECCAK256 = 0x20;
    uint8 internal constant ADDRESS = 0x30;
    uint8 internal constant BALANCE = 0x31;
    uint8 internal constant ORIGIN = 0x32;
    uint8 internal constant CALLER = 0x33;
    uint8 internal constant CALLVALUE = 0x34;
    uint8 internal constant CALLDATALOAD = 0x35;
    uint8 internal constant CALLDATASIZE = 0x36;
    uint8 internal constant CALLDATACOPY = 0x37;
    uint8 internal constant CODESIZE = 0x38;
    uint8 internal constant CODECOPY = 0x39;
    uint8 internal constant GASPRICE = 0x3a;
    uint8 internal constant EXTCODESIZE = 0x3b;
    uint8 internal constant EXTCODECOPY = 0x3c;
    uint8 internal constant RETURNDATASIZE = 0x3d;
    uint8 internal constant RETURNDATACOPY = 0x3e;
    uint8 internal constant EXTCODEHASH = 0x3f;
    uint8 internal constant BLOCKHASH = 0x40;
    uint8 internal constant COINBASE = 0x41;
    uint8 internal constant TIMESTAMP = 0x42;
    uint8 internal constant NUMBER = 0x43;
    uint8 internal constant PREVRANDAO = 0x44;
    uint8 internal constant GASLIMIT = 0x45;
    uint8 internal constant CHAINID = 0x46;
    uint8 internal constant SELFBALANCE = 0x47;
    uint8 internal constant BASEFEE = 0x48;
    uint8 internal constant BLOBHASH = 0x49;
    uint8 internal constant BLOBBASEFEE = 0x4a;
    uint8 internal constant POP = 0x50;
    uint8 internal constant MLOAD = 0x51;
    uint8 internal constant MSTORE = 0x52;
    uint8 internal constant MSTORE8 = 0x53;
    uint8 internal constant SLOAD = 0x54;
    uint8 internal constant SSTORE = 0x55;
    uint8 internal constant JUMP = 0x56;
    uint8 internal constant JUMPI = 0x57;
    uint8 internal constant PC = 0x58;
    uint8 internal constant MSIZE = 0x59;
    uint8 internal constant GAS = 0x5a;
    uint8 internal constant JUMPDEST = 0x5b;
    uint8 internal constant TLOAD = 0x5c;
    uint8 internal constant TSTORE = 0x5d;
    uint8 internal constant MCOPY = 0x5e;
    uint8 internal constant PUSH0 = 0x5f;
    uint8 internal constant PUSH32 = 0x7f;
    uint8 internal constant DUP1 = 0x80;
    uint8 internal constant DUP16 = 0x8f;
    uint8 internal constant SWAP1 = 0x90;
    uint8 internal constant SWAP16 = 0x9f;
    uint8 internal constant LOG0 = 0xa0;
    uint8 internal constant LOG4 = 0xa4;
    uint8 internal constant CREATE = 0xf0;
    uint8 internal constant CALL = 0xf1;
    uint8 internal constant CALLCODE = 0xf2;
    uint8 internal constant RETURN = 0xf3;
    uint8 internal constant DELEGATECALL = 0xf4;
    uint8 internal constant CREATE2 = 0xf5;
    uint8 internal constant STATICCALL = 0xfa;
    uint8 internal constant REVERT = 0xfd;
    uint8 internal constant INVALID = 0xfe;
    uint8 internal constant SELFDESTRUCT = 0xff;

    /// @dev How many items an opcode takes from the stack. Zero for undefined ones.
    bytes private constant POPS =
        hex"00_02_02_02_02_02_02_02_03_03_02_02_00_00_00_00"
        hex"02_02_02_02_02_01_02_02_02_01_02_02_02_02_01_00"
        hex"02_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_01_00_00_00_01_00_03_00_03_00_01_04_00_03_01"
        hex"01_00_00_00_00_00_00_00_00_01_00_00_00_00_00_00"
        hex"01_01_02_02_01_02_01_02_00_00_00_00_01_02_03_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"01_02_03_04_05_06_07_08_09_0a_0b_0c_0d_0e_0f_10"
        hex"02_03_04_05_06_07_08_09_0a_0b_0c_0d_0e_0f_10_11"
        hex"02_03_04_05_06_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"03_07_07_02_06_04_00_00_00_00_06_00_00_02_00_01";

    /// @dev How many items it leaves there.
    bytes private constant PUSHES =
        hex"00_01_01_01_01_01_01_01_01_01_01_01_00_00_00_00"
        hex"01_01_01_01_01_01_01_01_01_01_01_01_01_01_01_00"
        hex"01_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"01_01_01_01_01_01_01_00_01_00_01_01_00_01_00_01"
        hex"01_01_01_01_01_01_01_01_01_01_01_00_00_00_00_00"
        hex"00_01_00_00_01_00_00_00_01_01_01_00_01_00_00_01"
        hex"01_01_01_01_01_01_01_01_01_01_01_01_01_01_01_01"
        hex"01_01_01_01_01_01_01_01_01_01_01_01_01_01_01_01"
        hex"02_03_04_05_06_07_08_09_0a_0b_0c_0d_0e_0f_10_11"
        hex"02_03_04_05_06_07_08_09_0a_0b_0c_0d_0e_0f_10_11"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"01_01_01_00_01_01_00_00_00_00_01_00_00_00_00_00";

    /// @dev The number of the family that proves it. Undefined opcodes are Compute's.
    bytes private constant FAMILIES =
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"04_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"02_02_02_02_02_01_02_01_02_01_02_02_01_02_01_02"
        hex"02_02_02_02_02_02_02_02_02_02_02_00_00_00_00_00"
        hex"00_01_01_01_03_03_00_00_00_01_00_00_03_03_01_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"04_04_04_04_04_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"00_00_00_00_00_00_00_00_00_00_00_00_00_00_00_00"
        hex"06_05_05_00_05_06_00_00_00_00_05_00_00_00_00_06";

    function pops(uint8 opcode) internal pure returns (uint256) {
        return uint8(POPS[opcode]);
    }

    function pushes(uint8 opcode) internal pure returns (uint256) {
        return uint8(PUSHES[opcode]);
    }

    function family(uint8 opcode) internal pure returns (uint8) {
        return uint8(FAMILIES[opcode]);
    }

    /// @dev Whether a static frame may not run it, whatever its operands. (CALL depends on its value.)
    function writes(uint8 opcode) internal pure returns (bool) {
        return
            opcode == SSTORE ||
            opcode == TSTORE ||
            (opcode >= LOG0 && opcode <= LOG4) ||
            opcode == CREATE ||
            opcode == CREATE2 ||
            opcode == SELFDESTRUCT;
    }
}
