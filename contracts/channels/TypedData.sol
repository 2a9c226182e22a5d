// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice B's consent to be drawn on, signed by B itself: its vault makes up what its deposits lack of `total` as soon
/// as A's reach `against`. Field order is consensus.
struct Draw {
    bytes32 channelId;
    address token;
    uint112 total;
    uint112 against;
    // The last second at which it may be used.
    uint40 deadline;
}

/// @notice A side's promise to a tower: the amount, for a response that lifts a dispute from below `minVersion` to it or
/// above. Field order is consensus.
struct TowerFee {
    bytes32 channelId;
    address tower;
    address token;
    uint112 amount;
    uint64 minVersion;
    // The last second at which it is due.
    uint40 deadline;
}

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
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev A party's wish to be paid by the state of this hash.
    function challengeHash(bytes32 stateHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(CHALLENGE_TYPEHASH, stateHash));
    }

    /// @dev The struct hash of a draw.
    function drawHash(Draw memory draw) internal pure returns (bytes32) {
        return keccak256(abi.encode(DRAW_TYPEHASH, draw));
    }

    /// @dev The struct hash of a tower's fee.
    function towerFeeHash(TowerFee memory fee) internal pure returns (bytes32) {
        return keccak256(abi.encode(TOWER_FEE_TYPEHASH, fee));
    }
}
