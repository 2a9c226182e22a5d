// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IStandardBridge} from "../../contracts/bridge/IStandardBridge.sol";

/// @notice A token of L1 that anybody can have.
contract PlainToken is ERC20("Plain", "PLN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice A token that keeps a hundredth of each transfer.
contract FeeToken is ERC20("Fee", "FEE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount / 100;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, amount - fee);
    }
}

/// @notice A token that deposits more of itself while it is being deposited.
contract HookToken is ERC20("Hook", "HOOK") {
    IStandardBridge private immutable BRIDGE;

    constructor(IStandardBridge bridge) {
        BRIDGE = bridge;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (to == address(BRIDGE)) {
            _mint(address(this), amount);
            _approve(address(this), address(BRIDGE), amount);
            BRIDGE.bridgeERC20To(address(this), address(1), msg.sender, amount, 0, "");
        }
        super._update(from, to, amount);
    }
}

/// @notice A token of L2 that claims to stand for one of L1, and uses up all gas when it is minted.
contract GreedyToken {
    address public immutable remoteToken;

    constructor(address remoteToken_) {
        remoteToken = remoteToken_;
    }

    function mint(address, uint256) external pure {
        while (true) {}
    }
}

/// @notice Deposits tokens as a contract.
contract TokenDepositor {
    function deposit(IStandardBridge bridge, address l1Token, address l2Token) external {
        bridge.bridgeERC20(l1Token, l2Token, 1, 0, "");
    }
}
