// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {PackedDraw} from "./PackedDraw.sol";
import {PackedTowerFee} from "./PackedTowerFee.sol";

/// @dev EIP-712: the domain, and the messages beside the state. Twin: src/channels/typedData.ts.
library TypedData {
    // prettier-ignore
    bytes32 internal constant DOMAIN_TYPEHASH = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant NAME_HASH = keccak256("Tribunal Channels");
    bytes32 internal constant VERSION_HASH = keccak256("1");
    bytes32 internal constant CHALLENGE_TYPEHASH = keccak256("Challenge(bytes32 state)");
    // prettier-ignore
    bytes32 internal constant DRAW_TYPEHASH = keccak256("Draw(bytes32 channelId,address token,uint112 total,uint112 against,uint40 deadline)");
    // prettier-ignore
    bytes32 internal constant TOWER_FEE_TYPEHASH = keccak256("TowerFee(bytes32 channelId,address tower,address token,uint112 amount,uint64 minVersion,uint40 deadline)");

    /// @dev What binds a signature to one adjudicator on one chain.
    function domainSeparator(uint256 chainId, address adjudicator) internal pure returns (bytes32) {
        return
            keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, chainId, adjudicator));
    }

    /// @dev What is signed.
    function digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    /// @dev A party's wish to be paid by the state of this hash.
    function challengeHash(bytes32 stateHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(CHALLENGE_TYPEHASH, stateHash));
    }

    /// @dev The struct hash of a draw.
    function drawHash(PackedDraw draw, bytes32 id) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    DRAW_TYPEHASH,
                    id,
                    draw.token(),
                    draw.total(),
                    draw.against(),
                    draw.deadline()
                )
            );
    }

    /// @dev The struct hash of a tower's fee.
    function towerFeeHash(PackedTowerFee fee, bytes32 id) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    TOWER_FEE_TYPEHASH,
                    id,
                    fee.tower(),
                    fee.token(),
                    fee.amount(),
                    fee.minVersion(),
                    fee.deadline()
                )
            );
    }
}
