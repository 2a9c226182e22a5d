// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What the machine charges: the costs of Cancun, Prague and Osaka. Twin: src/machine/gas.ts.
library Gas {
    uint256 internal constant JUMPDEST = 1;
    uint256 internal constant BASE = 2;
    uint256 internal constant VERY_LOW = 3;
    uint256 internal constant LOW = 5;
    uint256 internal constant MID = 8;
    uint256 internal constant HIGH = 10;

    uint256 internal constant EXPONENTIATION = 10;
    uint256 internal constant EXPONENTIATION_BYTE = 50;
    uint256 internal constant KECCAK256 = 30;
    uint256 internal constant KECCAK256_WORD = 6;
    uint256 internal constant COPY_WORD = 3;
    uint256 internal constant BLOCKHASH = 20;
    uint256 internal constant BLOBHASH = 3;
    uint256 internal constant LOG = 375;
    uint256 internal constant LOG_TOPIC = 375;
    uint256 internal constant LOG_BYTE = 8;
    uint256 internal constant TRANSIENT = 100;

    // EIP-2929: the first access in a transaction is cold.
    uint256 internal constant WARM_ACCESS = 100;
    uint256 internal constant COLD_ACCOUNT = 2600;
    uint256 internal constant COLD_SLOT = 2100;

    // EIP-2200 and EIP-3529.
    uint256 internal constant STORAGE_STIPEND = 2300;
    uint256 internal constant STORAGE_SET = 20_000;
    uint256 internal constant STORAGE_RESET = 2900;
    uint256 internal constant STORAGE_CLEAR_REFUND = 4800;

    uint256 internal constant CALL_VALUE = 9000;
    uint256 internal constant CALL_STIPEND = 2300;
    uint256 internal constant NEW_ACCOUNT = 25_000;
    uint256 internal constant CREATE = 32_000;
    uint256 internal constant INIT_CODE_WORD = 2; // EIP-3860
    uint256 internal constant CODE_DEPOSIT_BYTE = 200;
    uint256 internal constant SELFDESTRUCT = 5000;

    uint256 internal constant TRANSACTION = 21_000;
    uint256 internal constant TRANSACTION_CREATION = 32_000;
    uint256 internal constant DATA_ZERO = 4;
    uint256 internal constant DATA_NONZERO = 16;
    uint256 internal constant ACCESS_LIST_ADDRESS = 2400;
    uint256 internal constant ACCESS_LIST_SLOT = 1900;
    uint256 internal constant FLOOR_TOKEN = 10; // EIP-7623
    uint256 internal constant FLOOR_TOKENS_PER_NONZERO = 4;
    uint256 internal constant AUTHORIZATION = 25_000; // EIP-7702: PER_EMPTY_ACCOUNT_COST
    uint256 internal constant AUTHORIZATION_REFUND = 12_500;
    uint256 internal constant BLOB = 131_072;
    uint256 internal constant IDENTITY = 15;
    uint256 internal constant IDENTITY_WORD = 3;
    uint256 internal constant REFUND_QUOTIENT = 5;

    uint256 internal constant MAX_CODE_SIZE = 24_576; // EIP-170
    uint256 internal constant MAX_INIT_CODE_SIZE = 49_152; // EIP-3860
    uint256 internal constant MAX_DEPTH = 1024;
    uint64 internal constant MAX_NONCE = type(uint64).max;

    /// @dev The memory that a frame may have: larger is out of gas whatever the gas.
    uint256 internal constant MAX_MEMORY_BYTES = 1 << 32;

    uint256 private constant MEMORY_WORD = 3;
    uint256 private constant MEMORY_QUADRATIC_DIVISOR = 512;

    /// @dev What a memory of so many words has cost in total. At most 2^27 words.
    function memoryCost(uint256 words) internal pure returns (uint256) {
        return MEMORY_WORD * words + (words * words) / MEMORY_QUADRATIC_DIVISOR;
    }

    /// @dev The number of 32-byte words that hold so many bytes, whatever the number.
    function wordsFor(uint256 size) internal pure returns (uint256) {
        return size / 32 + (size % 32 == 0 ? 0 : 1);
    }

    /// @dev The gas that a call may take at most: all but one 64th (EIP-150).
    function allButOne64th(uint256 available) internal pure returns (uint256) {
        return available - available / 64;
    }
}
