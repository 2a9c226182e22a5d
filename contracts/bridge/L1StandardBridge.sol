// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AliasedAddress} from "./AliasedAddress.sol";
import {IPortal} from "./IPortal.sol";
import {IStandardBridge, L2_STANDARD_BRIDGE} from "./IStandardBridge.sol";

/// @notice Locks tokens of L1 while they are on the L2.
contract L1StandardBridge is IStandardBridge, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    // Minting, or recording that it failed. With the bytes of a plain transfer below what the portal burns gas for.
    uint64 private constant L2_GAS = 190_000;
    uint64 private constant L2_GAS_PER_BYTE = 40;

    IPortal public immutable PORTAL;

    /// @notice How many tokens of L1 stand behind a token of L2.
    mapping(address l1Token => mapping(address l2Token => uint256 amount)) public deposits;

    event ERC20DepositInitiated(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event ERC20WithdrawalFinalized(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    error CallerIsContract(address caller);
    error CallerNotBridge(address caller);
    error DepositsTooSmall(uint256 held, uint256 amount);

    constructor(IPortal portal) {
        PORTAL = portal;
    }

    /// @notice Deposits the caller's tokens to the same account on L2, as OP-stack clients call it.
    function depositERC20(
        address l1Token,
        address l2Token,
        uint256 amount,
        uint32,
        bytes calldata extraData
    ) external {
        _deposit(l1Token, l2Token, _sameAccount(), amount, extraData);
    }

    /// @notice Deposits the caller's tokens to an account on L2, as OP-stack clients call it.
    function depositERC20To(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount,
        uint32,
        bytes calldata extraData
    ) external {
        _deposit(l1Token, l2Token, to, amount, extraData);
    }

    /// @inheritdoc IStandardBridge
    function bridgeERC20(
        address localToken,
        address remoteToken,
        uint256 amount,
        uint32,
        bytes calldata extraData
    ) external {
        _deposit(localToken, remoteToken, _sameAccount(), amount, extraData);
    }

    /// @inheritdoc IStandardBridge
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32,
        bytes calldata extraData
    ) external {
        _deposit(localToken, remoteToken, to, amount, extraData);
    }

    /// @inheritdoc IStandardBridge
    function finalizeBridgeERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) external nonReentrant {
        require(
            msg.sender == address(PORTAL) && PORTAL.l2Sender() == L2_STANDARD_BRIDGE,
            CallerNotBridge(msg.sender)
        );
        uint256 held = deposits[localToken][remoteToken];
        require(amount <= held, DepositsTooSmall(held, amount));

        deposits[localToken][remoteToken] = held - amount;
        emit ERC20WithdrawalFinalized(localToken, remoteToken, from, to, amount, extraData);
        emit ERC20BridgeFinalized(localToken, remoteToken, from, to, amount, extraData);

        IERC20(localToken).safeTransfer(to, amount);
    }

    /// @inheritdoc IStandardBridge
    function otherBridge() external pure returns (address) {
        return L2_STANDARD_BRIDGE;
    }

    function _deposit(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) private nonReentrant {
        // Some tokens take a fee of a transfer: credit what has come, not what was asked for.
        uint256 before = IERC20(l1Token).balanceOf(address(this));
        IERC20(l1Token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(l1Token).balanceOf(address(this)) - before;

        deposits[l1Token][l2Token] += received;
        emit ERC20DepositInitiated(l1Token, l2Token, msg.sender, to, received, extraData);
        emit ERC20BridgeInitiated(l1Token, l2Token, msg.sender, to, received, extraData);

        bytes memory message = abi.encodeCall(
            this.finalizeBridgeERC20,
            (l2Token, l1Token, msg.sender, to, received, extraData)
        );
        uint64 gasLimit = L2_GAS + L2_GAS_PER_BYTE * uint64(message.length);
        PORTAL.depositTransaction(L2_STANDARD_BRIDGE, 0, gasLimit, false, message);
    }

    /// @dev The caller, unless its address on L2 belongs to somebody else.
    function _sameAccount() private view returns (address) {
        require(AliasedAddress.l2AddressOf(msg.sender) == msg.sender, CallerIsContract(msg.sender));
        return msg.sender;
    }
}
