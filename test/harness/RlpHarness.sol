// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Rlp, RlpList} from "../../contracts/merkle/Rlp.sol";

/// @dev Opens Rlp to tests.
contract RlpHarness {
    /// @dev Reads one item and all that it holds, and writes it again.
    function reencode(bytes memory data) external pure returns (bytes memory) {
        (bool isList, uint256 start, uint256 end) = Rlp.readHeader(data, 0, data.length);
        if (isList) return reencodeList(Rlp.openList(data));
        require(end == data.length, Rlp.RlpTrailingBytes(end, data.length));
        return Rlp.encodeBytes(Bytes.slice(data, start, end));
    }

    /// @dev Reads a list of one item of each kind.
    function readKinds(
        bytes memory data
    )
        external
        pure
        returns (uint256 integer, uint64 small, bytes32 word, address account, bytes memory text)
    {
        RlpList memory list = Rlp.openList(data);
        integer = list.nextUint256();
        small = list.nextUint64();
        word = list.nextBytes32();
        account = list.nextAddress();
        text = list.nextBytes();
        list.nextList().finish();
        list.finish();
    }

    function writeKinds(
        uint256 integer,
        uint64 small,
        bytes32 word,
        address account,
        bytes memory text
    ) external pure returns (bytes memory) {
        return
            Rlp.encodeList(
                bytes.concat(
                    Rlp.encodeUint(integer),
                    Rlp.encodeUint(small),
                    Rlp.encodeBytes32(word),
                    Rlp.encodeAddress(account),
                    Rlp.encodeBytes(text),
                    Rlp.encodeList("")
                )
            );
    }

    function reencodeList(RlpList memory list) private pure returns (bytes memory) {
        bytes memory items;
        while (list.hasNext()) {
            (bool isList, , ) = Rlp.readHeader(list.data, list.position, list.end);
            bytes memory item =
                isList ? reencodeList(list.nextList()) : Rlp.encodeBytes(list.nextBytes());
            items = bytes.concat(items, item);
        }
        return Rlp.encodeList(items);
    }
}
