// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BridgedToken} from "./BridgedToken.sol";

/// @notice Makes tokens that the bridge can mint, each at an address that follows from what it is.
/// @dev A token may be deposited before it is made: the deposit waits in the bridge to be claimed.
contract BridgedTokenFactory {
    uint8 private constant USUAL_DECIMALS = 18;

    /// @notice The token of L1 that a token made here stands for.
    mapping(address localToken => address remoteToken) public deployments;

    event OptimismMintableERC20Created(
        address indexed localToken,
        address indexed remoteToken,
        address deployer
    );

    /// @notice Makes a token with 18 decimals, as OP-stack clients call it.
    function createOptimismMintableERC20(
        address remoteToken,
        string calldata name,
        string calldata symbol
    ) external returns (address) {
        return createOptimismMintableERC20WithDecimals(remoteToken, name, symbol, USUAL_DECIMALS);
    }

    /// @notice Makes a token, or finds it if it is there.
    function createOptimismMintableERC20WithDecimals(
        address remoteToken,
        string calldata name,
        string calldata symbol,
        uint8 decimals
    ) public returns (address localToken) {
        localToken = tokenAddress(remoteToken, name, symbol, decimals);
        if (deployments[localToken] != address(0)) return localToken;

        deployments[localToken] = remoteToken;
        new BridgedToken{salt: 0}(remoteToken, name, symbol, decimals);
        emit OptimismMintableERC20Created(localToken, remoteToken, msg.sender);
    }

    /// @notice Where the token is or will be.
    function tokenAddress(
        address remoteToken,
        string calldata name,
        string calldata symbol,
        uint8 decimals
    ) public view returns (address) {
        bytes memory creation = abi.encodePacked(
            type(BridgedToken).creationCode,
            abi.encode(remoteToken, name, symbol, decimals)
        );
        bytes32 digest = keccak256(
            abi.encodePacked(bytes1(0xff), address(this), bytes32(0), keccak256(creation))
        );
        return address(uint160(uint256(digest)));
    }
}
