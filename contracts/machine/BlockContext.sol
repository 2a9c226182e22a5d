// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../merkle/Witness.sol";

/// @dev The block that is being built. Field order is consensus. Twin: src/machine/blockContext.ts.
struct Block {
    uint64 number;
    uint64 timestamp;
    uint64 gasLimit;
    uint256 baseFee;
    uint256 blobBaseFee;
    address coinbase;
    bytes32 prevRandao;
    bytes32 parentBeaconRoot;
    bytes32 parentHash;
    // Root of the 256 latest block hashes.
    bytes32 ringRoot;
    uint64 gasUsed;
    uint32 entries;
    uint32 transactions;
    bytes32 transactionsRoot;
    bytes32 receiptsRoot;
    // The batch, the next byte and the first byte behind the block in its body.
    uint64 batch;
    uint64 byteOffset;
    uint64 blockEnd;
    bytes32 bodyRoot;
    uint64 deposits;
    uint64 depositsEnd;
    uint64 originNumber;
    uint64 originTimestamp;
    uint256 originBaseFee;
    bytes32 originHash;
}

using {hash} for Block global;

bytes32 constant TAG_BLOCK = keccak256("tribunal.block");

function hash(Block memory self) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_BLOCK, self));
}

function readBlock(Witness memory witness) pure returns (Block memory self) {
    self.number = witness.readUint64();
    self.timestamp = witness.readUint64();
    self.gasLimit = witness.readUint64();
    self.baseFee = witness.readUint256();
    self.blobBaseFee = witness.readUint256();
    self.coinbase = witness.readAddress();
    self.prevRandao = witness.readBytes32();
    self.parentBeaconRoot = witness.readBytes32();
    self.parentHash = witness.readBytes32();
    self.ringRoot = witness.readBytes32();
    self.gasUsed = witness.readUint64();
    self.entries = witness.readUint32();
    self.transactions = witness.readUint32();
    self.transactionsRoot = witness.readBytes32();
    self.receiptsRoot = witness.readBytes32();
    self.batch = witness.readUint64();
    self.byteOffset = witness.readUint64();
    self.blockEnd = witness.readUint64();
    self.bodyRoot = witness.readBytes32();
    self.deposits = witness.readUint64();
    self.depositsEnd = witness.readUint64();
    self.originNumber = witness.readUint64();
    self.originTimestamp = witness.readUint64();
    self.originBaseFee = witness.readUint256();
    self.originHash = witness.readBytes32();
}
