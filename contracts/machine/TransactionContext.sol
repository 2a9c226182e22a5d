// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../merkle/Witness.sol";

/// @dev The transaction that runs. Field order is consensus. Twin: src/machine/transactionContext.ts.
struct Transaction {
    uint8 kind;
    bytes32 hash;
    address sender;
    uint8 isCreation;
    address to;
    uint64 nonce;
    uint64 gasLimit;
    uint256 maxFeePerGas;
    uint256 maxPriorityFeePerGas;
    uint256 gasPrice;
    uint256 value;
    uint256 mint;
    bytes32 dataRoot;
    uint64 dataSize;
    uint64 dataZeroes;
    bytes32 accessList;
    uint32 accessAddresses;
    uint32 accessSlots;
    bytes32 authorizations;
    uint32 authorizationCount;
    bytes32 blobHashes;
    uint32 blobCount;
    uint256 maxFeePerBlobGas;
}

/// @dev Two kinds that no bytes decode to; the others are EIP-2718 types.
uint8 constant DEPOSIT = 0x7e;
uint8 constant SYSTEM_CALL = 0xff;

bytes32 constant TAG_TRANSACTION = keccak256("tribunal.transaction");

/// @dev The commitment; not a bound `hash`, because that is the field of the transaction's own hash.
function commitTransaction(Transaction memory transaction) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_TRANSACTION, transaction));
}

function readTransaction(Witness memory witness) pure returns (Transaction memory transaction) {
    transaction.kind = witness.readUint8();
    transaction.hash = witness.readBytes32();
    transaction.sender = witness.readAddress();
    transaction.isCreation = witness.readUint8();
    transaction.to = witness.readAddress();
    transaction.nonce = witness.readUint64();
    transaction.gasLimit = witness.readUint64();
    transaction.maxFeePerGas = witness.readUint256();
    transaction.maxPriorityFeePerGas = witness.readUint256();
    transaction.gasPrice = witness.readUint256();
    transaction.value = witness.readUint256();
    transaction.mint = witness.readUint256();
    transaction.dataRoot = witness.readBytes32();
    transaction.dataSize = witness.readUint64();
    transaction.dataZeroes = witness.readUint64();
    transaction.accessList = witness.readBytes32();
    transaction.accessAddresses = witness.readUint32();
    transaction.accessSlots = witness.readUint32();
    transaction.authorizations = witness.readBytes32();
    transaction.authorizationCount = witness.readUint32();
    transaction.blobHashes = witness.readBytes32();
    transaction.blobCount = witness.readUint32();
    transaction.maxFeePerBlobGas = witness.readUint256();
}
