// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {CappedCall} from "./CappedCall.sol";

/// @dev Ether, as token zero, and ERC-20 tokens on their way in and out.
library Money {
    address internal constant ETHER = address(0);
    // Enough for the wallets and the tokens that there are; who needs more is paid from the vault.
    uint256 internal constant ETHER_PUSH_GAS = 100_000;
    uint256 internal constant TOKEN_PUSH_GAS = 200_000;

    error WrongValue(uint256 expected, uint256 actual);

    /// @dev Takes what the sender gives, and returns what really arrived. Only under the re-entrancy guard.
    function pull(address token, uint256 amount) internal returns (uint256 received) {
        if (token == ETHER) {
            require(msg.value == amount, WrongValue(amount, msg.value));
            return amount;
        }
        require(msg.value == 0, WrongValue(0, msg.value));
        uint256 before = IERC20(token).balanceOf(address(this));
        SafeERC20.safeTransferFrom(IERC20(token), msg.sender, address(this), amount);
        return IERC20(token).balanceOf(address(this)) - before;
    }

    /// @dev Pays, with a cap on gas; false where that fails, and then nothing has moved.
    function push(address token, address to, uint256 amount) internal returns (bool success) {
        if (token == ETHER) return CappedCall.sendEther(to, amount, ETHER_PUSH_GAS);
        uint256 size;
        uint256 word;
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        (success, size, word) = CappedCall.send(token, TOKEN_PUSH_GAS, data);
        // As SafeERC20 judges it: true, or nothing from something that has code.
        return success && (size == 0 ? token.code.length > 0 : size >= 32 && word == 1);
    }

    /// @dev Pays with all the gas that there is, or reverts.
    function send(address token, address to, uint256 amount) internal {
        if (token == ETHER) Address.sendValue(payable(to), amount);
        else SafeERC20.safeTransfer(IERC20(token), to, amount);
    }
}
