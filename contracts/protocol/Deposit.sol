// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp} from "../merkle/Rlp.sol";

/// @notice A message from L1 that becomes a transaction on L2. Field order is consensus.
/// @dev Twin: src/protocol/deposit.ts, which keeps the data where this keeps its hash.
struct Deposit {
    uint64 index;
    uint64 l1Block;
    uint64 l1Time;
    // The sender on L2: an aliased address where a contract deposited.
    address from;
    bool isCreation;
    address to;
    uint256 mint;
    uint256 value;
    uint64 gasLimit;
    bytes32 dataHash;
}

using {hash, transactionHash} for Deposit global;

bytes32 constant TAG_DEPOSIT = keccak256("tribunal.deposit");
bytes32 constant TAG_SOURCE = keccak256("tribunal.source");

/// @dev The type byte of a deposit as an EIP-2718 transaction.
uint8 constant DEPOSIT_TRANSACTION_TYPE = 0x7e;

/// @dev What the portal keeps of a deposit.
function hash(Deposit memory deposit) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_DEPOSIT, deposit));
}

/// @dev What makes the transactions of equal deposits differ.
function sourceHash(address portal, uint64 index) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_SOURCE, portal, index));
}

/// @dev The hash of the deposit as a transaction, in the encoding that OP-stack clients know.
function transactionHash(
    Deposit memory deposit,
    address portal,
    bytes memory data
) pure returns (bytes32) {
    bytes memory isSystemTransaction = Rlp.encodeUint(0);
    bytes memory payload = bytes.concat(
        Rlp.encodeBytes32(sourceHash(portal, deposit.index)),
        Rlp.encodeAddress(deposit.from),
        deposit.isCreation ? Rlp.encodeBytes("") : Rlp.encodeAddress(deposit.to),
        Rlp.encodeUint(deposit.mint),
        Rlp.encodeUint(deposit.value),
        Rlp.encodeUint(deposit.gasLimit),
        isSystemTransaction,
        Rlp.encodeBytes(data)
    );
    return keccak256(bytes.concat(bytes1(DEPOSIT_TRANSACTION_TYPE), Rlp.encodeList(payload)));
}
