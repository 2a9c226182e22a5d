// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness, WitnessReader} from "../../contracts/merkle/Witness.sol";

/// @dev Opens WitnessReader to tests.
contract WitnessHarness {
    struct Everything {
        uint8 uint8_;
        uint16 uint16_;
        uint24 uint24_;
        uint32 uint32_;
        uint64 uint64_;
        uint256 uint256_;
        bytes32 bytes32_;
        address address_;
        bytes bytes_;
        bytes bytesOf;
        bytes32[] words;
    }

    /// @dev Reads one of each; `before` and `behind` put other calldata on both sides of the witness.
    function readAll(
        bytes calldata,
        bytes calldata data,
        uint256 bytesOfLength,
        uint256 wordCount,
        bytes calldata
    ) external pure returns (Everything memory all) {
        Witness memory witness = WitnessReader.open(data);
        all.uint8_ = witness.readUint8();
        all.uint16_ = witness.readUint16();
        all.uint24_ = witness.readUint24();
        all.uint32_ = witness.readUint32();
        all.uint64_ = witness.readUint64();
        all.uint256_ = witness.readUint256();
        all.bytes32_ = witness.readBytes32();
        all.address_ = witness.readAddress();
        all.bytes_ = witness.readBytes();
        all.bytesOf = witness.readBytesOf(bytesOfLength);
        all.words = witness.readWords(wordCount);
        witness.finish();
    }
}
