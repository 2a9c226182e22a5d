// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp, RlpList} from "../merkle/Rlp.sol";
import {TrieOpening} from "../merkle/TrieOpening.sol";

/// @dev An account of Ethereum: what a leaf of the state trie holds. Twin: src/machine/account.ts.
struct Account {
    uint64 nonce;
    uint256 balance;
    bytes32 storageRoot;
    bytes32 codeHash;
}

using {isEmpty, encode} for Account global;

/// @dev The hash of no bytes: the code hash of an account without code.
bytes32 constant EMPTY_CODE_HASH = keccak256("");

/// @dev What an address without an account reads as.
function emptyAccount() pure returns (Account memory) {
    return
        Account({
            nonce: 0,
            balance: 0,
            storageRoot: TrieOpening.EMPTY_ROOT,
            codeHash: EMPTY_CODE_HASH
        });
}

/// @dev Whether the account counts as absent (EIP-161).
function isEmpty(Account memory account) pure returns (bool) {
    return account.nonce == 0 && account.balance == 0 && account.codeHash == EMPTY_CODE_HASH;
}

function encode(Account memory account) pure returns (bytes memory) {
    return
        Rlp.encodeList(
            bytes.concat(
                Rlp.encodeUint(account.nonce),
                Rlp.encodeUint(account.balance),
                Rlp.encodeBytes32(account.storageRoot),
                Rlp.encodeBytes32(account.codeHash)
            )
        );
}

function decodeAccount(bytes memory encoding) pure returns (Account memory account) {
    RlpList memory fields = Rlp.openList(encoding);
    account.nonce = fields.nextUint64();
    account.balance = fields.nextUint256();
    account.storageRoot = fields.nextBytes32();
    account.codeHash = fields.nextBytes32();
    fields.finish();
}

/// @dev How a slot's value stands in a trie: the RLP string of the integer.
function decodeSlot(bytes memory encoding) pure returns (uint256 value) {
    RlpList memory only = RlpList({data: encoding, position: 0, end: encoding.length});
    value = only.nextUint256();
    only.finish();
}
