// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp, RlpList} from "../merkle/Rlp.sol";

/// @notice A block header in Ethereum's format, of the L2 and of L1.
/// @dev Twin: src/protocol/blockHeader.ts.
struct BlockHeader {
    bytes32 parentHash;
    bytes32 ommersHash;
    address coinbase;
    bytes32 stateRoot;
    bytes32 transactionsRoot;
    bytes32 receiptsRoot;
    bytes logsBloom;
    uint256 difficulty;
    uint64 number;
    uint64 gasLimit;
    uint64 gasUsed;
    uint64 timestamp;
    bytes extraData;
    bytes32 mixHash;
    bytes8 nonce;
    uint256 baseFee;
    bytes32 withdrawalsRoot;
    uint64 blobGasUsed;
    uint64 excessBlobGas;
    bytes32 parentBeaconRoot;
    bytes32 requestsHash;
}

using BlockHeaderCodec for BlockHeader global;

/// @dev The encoding of a header. A header is decoded only against a hash that is known: what it is
/// made of is then as the chain that hashed it says.
library BlockHeaderCodec {
    error WrongHeader(bytes32 expected, bytes32 actual);

    // Of a block without ommers: keccak256(rlp([])).
    bytes32 internal constant NO_OMMERS = keccak256(hex"c0");
    // The root of an empty trie: keccak256(rlp("")).
    bytes32 internal constant NO_WITHDRAWALS = keccak256(hex"80");
    // Of a block without requests (EIP-7685): sha256 of nothing.
    bytes32 internal constant NO_REQUESTS =
        0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;

    /// @dev The header of an L2 block: what never varies there is filled in, where it is not zero.
    function ofL2(BlockHeader memory header) internal pure returns (BlockHeader memory) {
        header.ommersHash = NO_OMMERS;
        header.withdrawalsRoot = NO_WITHDRAWALS;
        header.requestsHash = NO_REQUESTS;
        return header;
    }

    /// @dev The header as RLP.
    function encode(BlockHeader memory header) internal pure returns (bytes memory) {
        bytes memory encoded = bytes.concat(
            Rlp.encodeBytes32(header.parentHash),
            Rlp.encodeBytes32(header.ommersHash),
            Rlp.encodeAddress(header.coinbase),
            Rlp.encodeBytes32(header.stateRoot),
            Rlp.encodeBytes32(header.transactionsRoot),
            Rlp.encodeBytes32(header.receiptsRoot),
            Rlp.encodeBytes(header.logsBloom),
            Rlp.encodeUint(header.difficulty),
            Rlp.encodeUint(header.number),
            Rlp.encodeUint(header.gasLimit)
        );
        encoded = bytes.concat(
            encoded,
            Rlp.encodeUint(header.gasUsed),
            Rlp.encodeUint(header.timestamp),
            Rlp.encodeBytes(header.extraData),
            Rlp.encodeBytes32(header.mixHash),
            Rlp.encodeBytes(abi.encodePacked(header.nonce)),
            Rlp.encodeUint(header.baseFee),
            Rlp.encodeBytes32(header.withdrawalsRoot),
            Rlp.encodeUint(header.blobGasUsed),
            Rlp.encodeUint(header.excessBlobGas),
            Rlp.encodeBytes32(header.parentBeaconRoot),
            Rlp.encodeBytes32(header.requestsHash)
        );
        return Rlp.encodeList(encoded);
    }

    /// @dev The block's hash.
    function hash(BlockHeader memory header) internal pure returns (bytes32) {
        return keccak256(encode(header));
    }

    /// @dev Decodes the header of Cancun or later that has this hash; fields that a later L1 fork
    /// appended are passed over.
    function decode(
        bytes memory rlp,
        bytes32 expected
    ) internal pure returns (BlockHeader memory header) {
        bytes32 actual = keccak256(rlp);
        require(actual == expected, WrongHeader(expected, actual));
        RlpList memory fields = Rlp.openList(rlp);

        header.parentHash = fields.nextBytes32();
        header.ommersHash = fields.nextBytes32();
        header.coinbase = fields.nextAddress();
        header.stateRoot = fields.nextBytes32();
        header.transactionsRoot = fields.nextBytes32();
        header.receiptsRoot = fields.nextBytes32();
        header.logsBloom = fields.nextBytes();
        header.difficulty = fields.nextUint256();
        header.number = fields.nextUint64();
        header.gasLimit = fields.nextUint64();
        header.gasUsed = fields.nextUint64();
        header.timestamp = fields.nextUint64();
        header.extraData = fields.nextBytes();
        header.mixHash = fields.nextBytes32();
        header.nonce = bytes8(fields.nextBytes());
        header.baseFee = fields.nextUint256();
        header.withdrawalsRoot = fields.nextBytes32();
        header.blobGasUsed = fields.nextUint64();
        header.excessBlobGas = fields.nextUint64();
        header.parentBeaconRoot = fields.nextBytes32();
        if (fields.hasNext()) header.requestsHash = fields.nextBytes32();
    }
}
