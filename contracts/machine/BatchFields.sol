// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../inbox/IInbox.sol";
import {Witness} from "../merkle/Witness.sol";
import {Batch} from "../protocol/Batch.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev A batch as a step opens it: the inbox vouches for it. Twin: src/machine/batchFields.ts.
library BatchFields {
    /// @dev Reads the batch that the inbox knows by this number.
    function open(
        IInbox inbox,
        uint64 index,
        Witness memory witness
    ) internal view returns (Batch memory batch) {
        batch.previous = witness.readBytes32();
        batch.version = witness.readUint8();
        batch.codec = witness.readUint8();
        batch.firstBlock = witness.readUint64();
        batch.lastBlock = witness.readUint64();
        batch.postedAt = witness.readUint64();
        batch.originNumber = witness.readUint64();
        batch.originHash = witness.readBytes32();
        batch.bodyRoot = witness.readBytes32();
        batch.bodySize = witness.readUint32();
        batch.depositsRoot = witness.readBytes32();
        batch.depositsFrom = witness.readUint64();
        batch.depositsTo = witness.readUint64();
        checkPreimage(inbox.accumulator(index), batch.hash());
    }
}
