// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Where genesis puts the bridge of L2.
address constant L2_STANDARD_BRIDGE = 0x4200000000000000000000000000000000000010;

/// @notice One side of the token bridge, in the OP-stack's ABI. A token of L1 is local on L1 and remote on L2.
interface IStandardBridge {
    event ERC20BridgeInitiated(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event ERC20BridgeFinalized(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @notice Moves the caller's tokens to the same account on the other side.
    /// @dev The gas limit is part of the ABI only: the bridge knows what the other side needs.
    function bridgeERC20(
        address localToken,
        address remoteToken,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external;

    /// @notice Moves the caller's tokens to an account on the other side.
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external;

    /// @notice Pays tokens that the bridge on the other side took in; only that bridge may.
    function finalizeBridgeERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) external;

    /// @notice The bridge on the other side.
    function otherBridge() external view returns (address);
}
