// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What no contract of the rollup may be: somebody's, who can change what it does.
contract Administered {
    address private _owner = msg.sender;
    address private _logic;

    modifier onlyOwner() {
        if (_isOwner()) _;
    }

    function setLogic(address logic) external onlyOwner {
        _logic = logic;
    }

    function run(bytes calldata data) external returns (bool success) {
        (success, ) = _logic.delegatecall(data);
    }

    function _isOwner() private view returns (bool) {
        return msg.sender == _owner;
    }
}
