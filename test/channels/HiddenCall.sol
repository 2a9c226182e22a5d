// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Makes a call that it was told of before: the transaction that sets it off says nothing of what it does.
contract HiddenCall {
    bytes private _data;

    error CallFailed(bytes reason);

    function keep(bytes calldata data) external {
        _data = data;
    }

    function make(address target) external payable {
        (bool success, bytes memory reason) = target.call{value: msg.value}(_data);
        require(success, CallFailed(reason));
    }
}
