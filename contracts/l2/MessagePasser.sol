// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Withdrawal} from "../protocol/Withdrawal.sol";
import {IMessagePasser} from "./IMessagePasser.sol";

/// @notice The outbox of the L2. Ether sent along stays here: it has left the L2.
contract MessagePasser is IMessagePasser {
    uint256 private constant MESSAGE_VERSION = 1;
    uint256 private constant RECEIVE_GAS = 100_000;
    // What one L1 transaction of 2^24 gas can still finalize, with the longest data.
    uint256 private constant MAX_GAS_LIMIT = 15_000_000;
    uint256 private constant MAX_DATA_BYTES = 65_536;

    /// @inheritdoc IMessagePasser
    mapping(bytes32 withdrawalHash => bool isSent) public sentMessages;
    uint240 private _nonce;

    /// @notice Sends the ether to the caller's own account on L1.
    receive() external payable {
        _send(msg.sender, RECEIVE_GAS, "");
    }

    /// @inheritdoc IMessagePasser
    function initiateWithdrawal(
        address target,
        uint256 gasLimit,
        bytes calldata data
    ) external payable {
        _send(target, gasLimit, data);
    }

    /// @inheritdoc IMessagePasser
    function messageNonce() public view returns (uint256) {
        return (MESSAGE_VERSION << 240) | _nonce;
    }

    function _send(address target, uint256 gasLimit, bytes memory data) private {
        require(gasLimit <= MAX_GAS_LIMIT, GasLimitTooHigh(MAX_GAS_LIMIT, gasLimit));
        require(data.length <= MAX_DATA_BYTES, DataTooLong(MAX_DATA_BYTES, data.length));
        uint256 nonce = messageNonce();
        bytes32 hash = Withdrawal(nonce, msg.sender, target, msg.value, gasLimit, data).hash();

        sentMessages[hash] = true;
        _nonce++;

        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, hash);
    }
}
