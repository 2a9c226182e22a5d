// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev An account that is a contract, as payee and as signer, with bad manners.
contract StrangeAccount is IERC1271 {
    enum Manner {
        Plain,
        Reverting,
        Burning,
        Reentering,
        Bomb,
        // Signer only: says something that is no answer.
        Garbage
    }

    uint256 private constant BOMB_BYTES = 200_000;

    address public immutable adjudicator;
    // Whose signatures it takes for its own.
    address public owner;
    Manner public manner;
    bytes public reentry;
    bytes public reentryResult;

    error Refused();

    constructor(address adjudicator_, address owner_) {
        adjudicator = adjudicator_;
        owner = owner_;
    }

    receive() external payable {
        _act();
        if (manner == Manner.Reentering) (, reentryResult) = adjudicator.call(reentry);
    }

    function behave(address owner_, Manner manner_, bytes calldata reentry_) external {
        owner = owner_;
        manner = manner_;
        reentry = reentry_;
    }

    /// @dev Sends the adjudicator something in its own name.
    function execute(bytes calldata data) external payable {
        (bool success, bytes memory result) = adjudicator.call{value: msg.value}(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }

    /// @inheritdoc IERC1271
    function isValidSignature(
        bytes32 digest,
        bytes calldata signature
    ) external view returns (bytes4) {
        _act();
        if (manner == Manner.Reentering) {
            (bool success, ) = adjudicator.staticcall(reentry);
            require(success, Refused());
        }
        if (manner == Manner.Garbage) {
            assembly ("memory-safe") {
                mstore(0x00, shl(224, 0x1626ba7e))
                return(0x00, 0x04)
            }
        }
        (address signer, , ) = ECDSA.tryRecover(
            digest,
            bytes32(signature[:32]),
            bytes32(signature[32:])
        );
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _act() private view {
        require(manner != Manner.Reverting, Refused());
        if (manner == Manner.Burning) _burn();
        if (manner == Manner.Bomb) {
            assembly ("memory-safe") {
                return(0x00, BOMB_BYTES)
            }
        }
    }

    function _burn() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
