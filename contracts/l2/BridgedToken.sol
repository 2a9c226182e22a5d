// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {L2_STANDARD_BRIDGE} from "../bridge/IStandardBridge.sol";
import {IBridgedToken} from "./IBridgedToken.sol";

/// @notice What a token of L1 is on L2.
contract BridgedToken is ERC20, IBridgedToken, IERC165 {
    address public immutable remoteToken;
    uint8 private immutable DECIMALS;

    error CallerNotBridge(address caller);

    constructor(
        address remoteToken_,
        string memory name_,
        string memory symbol_,
        uint8 decimals_
    ) ERC20(name_, symbol_) {
        remoteToken = remoteToken_;
        DECIMALS = decimals_;
    }

    /// @inheritdoc IBridgedToken
    function mint(address to, uint256 amount) external {
        require(msg.sender == L2_STANDARD_BRIDGE, CallerNotBridge(msg.sender));
        _mint(to, amount);
    }

    /// @inheritdoc IBridgedToken
    function burn(address from, uint256 amount) external {
        require(msg.sender == L2_STANDARD_BRIDGE, CallerNotBridge(msg.sender));
        _burn(from, amount);
    }

    /// @inheritdoc IBridgedToken
    function bridge() external pure returns (address) {
        return L2_STANDARD_BRIDGE;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IBridgedToken).interfaceId;
    }

    /// @notice The decimals of the token on L1.
    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }
}
