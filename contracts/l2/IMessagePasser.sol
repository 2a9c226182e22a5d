// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Where messages leave the L2, in the OP-stack's ABI.
interface IMessagePasser {
    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );

    error GasLimitTooHigh(uint256 maximum, uint256 actual);
    error DataTooLong(uint256 maximum, uint256 actual);

    /// @notice Sends a message, with the ether that comes with the call, to a contract or an account on L1.
    /// @param gasLimit The least gas that the call on L1 gets.
    function initiateWithdrawal(
        address target,
        uint256 gasLimit,
        bytes calldata data
    ) external payable;

    /// @notice Whether a message was sent. It stands in storage slot 0, which proofs on L1 open.
    function sentMessages(bytes32 withdrawalHash) external view returns (bool);

    /// @notice The nonce of the next message, with the version of the encoding in its top two bytes.
    function messageNonce() external view returns (uint256);
}
