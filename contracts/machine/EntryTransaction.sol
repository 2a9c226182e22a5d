// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Deposit, DEPOSIT_TRANSACTION_TYPE} from "../protocol/Deposit.sol";
import {RlpCursor, RlpReader} from "../protocol/RlpCursor.sol";
import {Calldata} from "./Calldata.sol";
import {Context} from "./Context.sol";
import {Fork} from "./Fork.sol";
import {Transaction} from "./TransactionContext.sol";
import {TransactionLists} from "./TransactionLists.sol";
import {TransactionSignature} from "./TransactionSignature.sol";

/// @dev What an entry of a body and what a deposit is as a transaction of the machine. Rules 1, 2, 3 and 12
/// of the skip list. Twin: src/machine/entryTransaction.ts.
library EntryTransaction {
    uint8 private constant LEGACY = 0;
    uint8 private constant ACCESS_LIST = 1; // EIP-2930
    uint8 private constant DYNAMIC_FEE = 2; // EIP-1559
    uint8 private constant BLOB = 3; // EIP-4844
    uint8 private constant SET_CODE = 4; // EIP-7702
    uint8 private constant FIRST_LIST_PREFIX = 0xc0;

    /// @dev The transaction that the bytes are, unless they are none that this chain takes.
    function fromBytes(
        bytes memory encoded,
        Context memory context
    ) internal view returns (bool isValid, Transaction memory transaction) {
        if (encoded.length == 0) return (false, transaction);
        uint8 prefix = uint8(encoded[0]);
        bool isLegacy = prefix >= FIRST_LIST_PREFIX;
        uint8 kind = isLegacy ? LEGACY : prefix;
        if (!isLegacy && !isKnown(kind, context)) return (false, transaction);

        RlpCursor memory fields = RlpReader.openList(encoded, isLegacy ? 0 : 1);
        if (fields.isInvalid()) return (false, transaction);

        transaction.kind = kind;
        transaction.hash = keccak256(encoded);
        uint256 signedStart = fields.position;
        uint256 chainId = isLegacy ? 0 : fields.readUint256();
        readMessage(fields, transaction);
        if (!isLegacy) readLists(fields, transaction);
        bytes memory signedFields = Bytes.slice(encoded, signedStart, fields.position);
        TransactionSignature.Signature memory signature =
            isLegacy
                ? TransactionSignature.readLegacy(fields, context.chainId)
                : TransactionSignature.readTyped(fields, chainId);
        if (!fields.isFinished() || !hasRequiredParts(transaction)) return (false, transaction);
        if (!signature.isUnprotected && signature.chainId != context.chainId) {
            return (false, transaction);
        }
        transaction.sender = TransactionSignature.recover(signature, kind, signedFields);
        isValid = transaction.sender != address(0);
    }

    /// @dev The transaction that a deposit is, given the data behind its hash.
    function fromDeposit(
        Deposit memory deposit,
        address portal,
        bytes memory data
    ) internal pure returns (Transaction memory transaction) {
        transaction.kind = DEPOSIT_TRANSACTION_TYPE;
        transaction.hash = deposit.transactionHash(portal, data);
        transaction.sender = deposit.from;
        transaction.isCreation = deposit.isCreation ? 1 : 0;
        transaction.to = deposit.isCreation ? address(0) : deposit.to;
        transaction.gasLimit = deposit.gasLimit;
        transaction.value = deposit.value;
        transaction.mint = deposit.mint;
        setData(transaction, data, 0, data.length);
    }

    function isKnown(uint8 kind, Context memory context) private pure returns (bool) {
        if (kind == BLOB) return !context.caps;
        if (kind == SET_CODE) return context.fork >= Fork.PRAGUE;
        return kind == ACCESS_LIST || kind == DYNAMIC_FEE;
    }

    /// @dev Nonce, fees, gas, recipient, value and data, which every type has in this order.
    function readMessage(RlpCursor memory fields, Transaction memory transaction) private pure {
        transaction.nonce = fields.readUint64();
        transaction.maxPriorityFeePerGas = fields.readUint256();
        bool hasOneFee = transaction.kind == LEGACY || transaction.kind == ACCESS_LIST;
        transaction.maxFeePerGas =
            hasOneFee ? transaction.maxPriorityFeePerGas : fields.readUint256();
        transaction.gasLimit = fields.readUint64();
        bool isCreation;
        (transaction.to, isCreation) = fields.readOptionalAddress();
        transaction.isCreation = isCreation ? 1 : 0;
        transaction.value = fields.readUint256();
        (uint256 start, uint256 end) = fields.readBytes();
        setData(transaction, fields.data, start, end - start);
    }

    function readLists(RlpCursor memory fields, Transaction memory transaction) private pure {
        TransactionLists.AccessList memory accessList = TransactionLists.readAccessList(fields);
        transaction.accessList = accessList.root;
        transaction.accessAddresses = accessList.addresses;
        transaction.accessSlots = accessList.slots;
        if (transaction.kind == BLOB) {
            transaction.maxFeePerBlobGas = fields.readUint256();
            TransactionLists.BlobHashes memory blobs = TransactionLists.readBlobHashes(fields);
            transaction.blobHashes = blobs.root;
            transaction.blobCount = blobs.count;
        }
        if (transaction.kind == SET_CODE) {
            TransactionLists.Authorizations memory authorizations = TransactionLists
                .readAuthorizations(fields);
            transaction.authorizations = authorizations.root;
            transaction.authorizationCount = authorizations.count;
        }
    }

    /// @dev Types 3 and 4 call, and carry at least one blob or authorization.
    function hasRequiredParts(Transaction memory transaction) private pure returns (bool) {
        if (transaction.kind == BLOB) {
            return transaction.isCreation == 0 && transaction.blobCount > 0;
        }
        if (transaction.kind == SET_CODE) {
            return transaction.isCreation == 0 && transaction.authorizationCount > 0;
        }
        return true;
    }

    function setData(
        Transaction memory transaction,
        bytes memory data,
        uint256 start,
        uint256 size
    ) private pure {
        bytes32[] memory words = Calldata.wordsOf(data, start, size);
        transaction.dataRoot = Calldata.dataRoot(words);
        transaction.dataSize = uint64(size);
        transaction.dataZeroes = uint64(Calldata.dataZeroes(words, size));
    }
}
