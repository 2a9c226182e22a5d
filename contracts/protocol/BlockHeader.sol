// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

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
    using RLP for RLP.Encoder;
    using RLP for Memory.Slice;

    error WrongHeader(bytes32 expected, bytes32 actual);
    error TooFewFields(uint256 count);

    // Of a block without ommers: keccak256(rlp([])).
    bytes32 internal constant NO_OMMERS = keccak256(hex"c0");
    // The root of an empty trie: keccak256(rlp("")).
    bytes32 internal constant NO_WITHDRAWALS = keccak256(hex"80");
    // Of a block without requests (EIP-7685): sha256 of nothing.
    bytes32 internal constant NO_REQUESTS =
        0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;
    uint256 internal constant FIELDS_BEFORE_PRAGUE = 20;

    /// @dev Fills in what never varies in the header of an L2 block.
    function fillL2Constants(BlockHeader memory header) internal pure {
        header.ommersHash = NO_OMMERS;
        header.withdrawalsRoot = NO_WITHDRAWALS;
        header.requestsHash = NO_REQUESTS;
    }

    /// @dev The header as RLP.
    function encode(BlockHeader memory header) internal pure returns (bytes memory) {
        RLP.Encoder memory list = RLP
            .encoder()
            .push(header.parentHash)
            .push(header.ommersHash)
            .push(header.coinbase)
            .push(header.stateRoot)
            .push(header.transactionsRoot)
            .push(header.receiptsRoot)
            .push(header.logsBloom)
            .push(header.difficulty);
        list = list
            .push(uint256(header.number))
            .push(uint256(header.gasLimit))
            .push(uint256(header.gasUsed))
            .push(uint256(header.timestamp))
            .push(header.extraData)
            .push(header.mixHash)
            .push(abi.encodePacked(header.nonce))
            .push(header.baseFee)
            .push(header.withdrawalsRoot)
            .push(uint256(header.blobGasUsed))
            .push(uint256(header.excessBlobGas))
            .push(header.parentBeaconRoot)
            .push(header.requestsHash);
        return RLP.encode(list);
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
        require(keccak256(rlp) == expected, WrongHeader(expected, keccak256(rlp)));
        Memory.Slice[] memory fields = RLP.decodeList(rlp);
        require(fields.length >= FIELDS_BEFORE_PRAGUE, TooFewFields(fields.length));

        header.parentHash = fields[0].readBytes32();
        header.ommersHash = fields[1].readBytes32();
        header.coinbase = fields[2].readAddress();
        header.stateRoot = fields[3].readBytes32();
        header.transactionsRoot = fields[4].readBytes32();
        header.receiptsRoot = fields[5].readBytes32();
        header.logsBloom = fields[6].readBytes();
        header.difficulty = fields[7].readUint256();
        header.number = uint64(fields[8].readUint256());
        header.gasLimit = uint64(fields[9].readUint256());
        header.gasUsed = uint64(fields[10].readUint256());
        header.timestamp = uint64(fields[11].readUint256());
        header.extraData = fields[12].readBytes();
        header.mixHash = fields[13].readBytes32();
        header.nonce = bytes8(fields[14].readBytes());
        header.baseFee = fields[15].readUint256();
        header.withdrawalsRoot = fields[16].readBytes32();
        header.blobGasUsed = uint64(fields[17].readUint256());
        header.excessBlobGas = uint64(fields[18].readUint256());
        header.parentBeaconRoot = fields[19].readBytes32();
        if (fields.length > FIELDS_BEFORE_PRAGUE) header.requestsHash = fields[20].readBytes32();
    }
}
