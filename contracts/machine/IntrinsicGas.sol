// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Fork} from "./Fork.sol";
import {Gas} from "./Gas.sol";
import {Transaction} from "./TransactionContext.sol";

/// @dev The gas that a transaction uses before its first instruction, and the least it pays for its data.
/// The counts have at most 64 bits and the prices at most 16, so no sum overflows. Twin: src/machine/intrinsicGas.ts.
library IntrinsicGas {
    /// @dev The gas used in advance.
    function intrinsic(Transaction memory transaction) internal pure returns (uint256 cost) {
        cost = Gas.TRANSACTION;
        if (transaction.isCreation == 1) {
            cost += Gas.TRANSACTION_CREATION;
            cost += Gas.INIT_CODE_WORD * Gas.wordsFor(transaction.dataSize);
        }
        cost += Gas.DATA_ZERO * transaction.dataZeroes;
        cost += Gas.DATA_NONZERO * (transaction.dataSize - transaction.dataZeroes);
        cost += Gas.ACCESS_LIST_ADDRESS * transaction.accessAddresses;
        cost += Gas.ACCESS_LIST_SLOT * transaction.accessSlots;
        cost += Gas.AUTHORIZATION * transaction.authorizationCount;
    }

    /// @dev The least that a transaction uses, from Prague on (EIP-7623).
    function floor(Transaction memory transaction) internal pure returns (uint256) {
        uint256 nonzeroes = transaction.dataSize - transaction.dataZeroes;
        uint256 tokens = transaction.dataZeroes + Gas.FLOOR_TOKENS_PER_NONZERO * nonzeroes;
        return Gas.TRANSACTION + Gas.FLOOR_TOKEN * tokens;
    }

    /// @dev The least gas limit that the fork accepts.
    function least(Transaction memory transaction, uint8 fork) internal pure returns (uint256) {
        uint256 advance = intrinsic(transaction);
        if (fork < Fork.PRAGUE) return advance;
        return Math.max(advance, floor(transaction));
    }
}
