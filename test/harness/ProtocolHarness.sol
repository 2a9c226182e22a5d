// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BaseFee} from "../../contracts/protocol/BaseFee.sol";
import {
    Batch,
    genesisAccumulator as accumulatorOfGenesis
} from "../../contracts/protocol/Batch.sol";
import {BlockHeader, BlockHeaderCodec} from "../../contracts/protocol/BlockHeader.sol";
import {Deposit, sourceHash as sourceHashOf} from "../../contracts/protocol/Deposit.sol";
import {Output} from "../../contracts/protocol/OutputRoot.sol";
import {Withdrawal, storageSlot as storageSlotOf} from "../../contracts/protocol/Withdrawal.sol";

/// @dev The protocol libraries behind external functions.
contract ProtocolHarness {
    function batchHash(Batch calldata batch) external pure returns (bytes32) {
        return batch.hash();
    }

    function genesisAccumulator(bytes32 genesis) external pure returns (bytes32) {
        return accumulatorOfGenesis(genesis);
    }

    function depositHash(Deposit calldata deposit) external pure returns (bytes32) {
        return deposit.hash();
    }

    function sourceHash(address portal, uint64 index) external pure returns (bytes32) {
        return sourceHashOf(portal, index);
    }

    function transactionHash(
        Deposit calldata deposit,
        address portal,
        bytes calldata data
    ) external pure returns (bytes32) {
        return deposit.transactionHash(portal, data);
    }

    function withdrawalHash(Withdrawal calldata withdrawal) external pure returns (bytes32) {
        return withdrawal.hash();
    }

    function storageSlot(bytes32 withdrawalHash_) external pure returns (bytes32) {
        return storageSlotOf(withdrawalHash_);
    }

    function outputRoot(Output calldata output) external pure returns (bytes32) {
        return output.hash();
    }

    function nextBaseFee(
        uint64 gasLimit,
        uint64 gasUsed,
        uint256 baseFee
    ) external pure returns (uint256) {
        return BaseFee.nextBaseFee(gasLimit, gasUsed, baseFee);
    }

    function encodeHeader(BlockHeader calldata header) external pure returns (bytes memory) {
        return header.encode();
    }

    function encodeL2Header(BlockHeader memory header) external pure returns (bytes memory) {
        return header.ofL2().encode();
    }

    function decodeHeader(
        bytes calldata rlp,
        bytes32 expected
    ) external pure returns (BlockHeader memory) {
        return BlockHeaderCodec.decode(rlp, expected);
    }
}
