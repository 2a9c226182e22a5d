// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AliasedAddress} from "../bridge/AliasedAddress.sol";
import {IStandardBridge} from "../bridge/IStandardBridge.sol";
import {Limits} from "../protocol/Limits.sol";
import {IBridgedToken} from "./IBridgedToken.sol";
import {IMessagePasser} from "./IMessagePasser.sol";

/// @notice Mints what the bridge on L1 has locked, and burns what that is to pay out.
contract L2StandardBridge is IStandardBridge {
    // The least gas for the bridge on L1 to pay a token out.
    uint256 private constant L1_GAS = 200_000;
    // Kept back from minting, so that a failure can be recorded whatever the token does.
    uint256 private constant RECORD_GAS = 60_000;
    uint256 private constant RECORD_GAS_PER_BYTE = 24;

    /// @inheritdoc IStandardBridge
    /// @dev Slot 0, which genesis fills in: this code is put in place without running a constructor.
    address public otherBridge;
    mapping(bytes32 deposit => uint256 amount) private _failedMints;

    event DepositFinalized(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event WithdrawalInitiated(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );
    event MintFailed(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount
    );

    error CallerNotBridge(address caller);
    error CallerNotSelf(address caller);
    error CallerIsContract(address caller);
    error CallerNotParty(address caller);
    error WrongRemoteToken(address expected, address actual);
    error NothingFailed(address localToken, address remoteToken, address from, address to);

    /// @notice Withdraws the caller's tokens to the same account on L1, as OP-stack clients call it.
    function withdraw(address l2Token, uint256 amount, uint32, bytes calldata extraData) external {
        _withdraw(l2Token, IBridgedToken(l2Token).remoteToken(), _sameAccount(), amount, extraData);
    }

    /// @notice Withdraws the caller's tokens to an account on L1, as OP-stack clients call it.
    function withdrawTo(
        address l2Token,
        address to,
        uint256 amount,
        uint32,
        bytes calldata extraData
    ) external {
        _withdraw(l2Token, IBridgedToken(l2Token).remoteToken(), to, amount, extraData);
    }

    /// @inheritdoc IStandardBridge
    function bridgeERC20(
        address localToken,
        address remoteToken,
        uint256 amount,
        uint32,
        bytes calldata extraData
    ) external {
        _withdraw(localToken, remoteToken, _sameAccount(), amount, extraData);
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
        _withdraw(localToken, remoteToken, to, amount, extraData);
    }

    /// @inheritdoc IStandardBridge
    /// @dev Never reverts after its check: L1 has taken the tokens and cannot learn of it.
    function finalizeBridgeERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) external {
        require(msg.sender == AliasedAddress.aliasOf(otherBridge), CallerNotBridge(msg.sender));

        uint256 kept = RECORD_GAS + RECORD_GAS_PER_BYTE * extraData.length;
        try this.mint{gas: gasleft() - kept}(localToken, remoteToken, to, amount) {
            emit DepositFinalized(remoteToken, localToken, from, to, amount, extraData);
            emit ERC20BridgeFinalized(localToken, remoteToken, from, to, amount, extraData);
        } catch {
            _failedMints[_depositId(localToken, remoteToken, from, to)] += amount;
            emit MintFailed(localToken, remoteToken, from, to, amount);
        }
    }

    /// @notice Mints tokens in a frame of its own, whose failure the bridge survives; only the bridge calls it.
    function mint(address localToken, address remoteToken, address to, uint256 amount) external {
        require(msg.sender == address(this), CallerNotSelf(msg.sender));
        _checkPair(localToken, remoteToken);
        IBridgedToken(localToken).mint(to, amount);
    }

    /// @notice Mints what could not be minted when it was deposited; anybody may try.
    function claimFailedMint(
        address localToken,
        address remoteToken,
        address from,
        address to
    ) external {
        uint256 amount = _takeFailedMint(localToken, remoteToken, from, to);
        emit DepositFinalized(remoteToken, localToken, from, to, amount, "");
        emit ERC20BridgeFinalized(localToken, remoteToken, from, to, amount, "");
        this.mint(localToken, remoteToken, to, amount);
    }

    /// @notice Sends what could not be minted back to its depositor on L1; the depositor or the recipient may.
    function refundFailedMint(
        address localToken,
        address remoteToken,
        address from,
        address to
    ) external {
        require(
            msg.sender == from || msg.sender == to || msg.sender == AliasedAddress.aliasOf(from),
            CallerNotParty(msg.sender)
        );
        uint256 amount = _takeFailedMint(localToken, remoteToken, from, to);
        _send(localToken, remoteToken, to, from, amount, "");
    }

    /// @notice How much of the deposits between these parties could not be minted and is still to be claimed.
    function failedMint(
        address localToken,
        address remoteToken,
        address from,
        address to
    ) external view returns (uint256) {
        return _failedMints[_depositId(localToken, remoteToken, from, to)];
    }

    function _withdraw(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        bytes memory extraData
    ) private {
        _checkPair(localToken, remoteToken);
        IBridgedToken(localToken).burn(msg.sender, amount);
        _send(localToken, remoteToken, msg.sender, to, amount, extraData);
    }

    function _send(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) private {
        emit WithdrawalInitiated(remoteToken, localToken, from, to, amount, extraData);
        emit ERC20BridgeInitiated(localToken, remoteToken, from, to, amount, extraData);
        IMessagePasser(Limits.MESSAGE_PASSER).initiateWithdrawal(
            otherBridge,
            L1_GAS,
            abi.encodeCall(
                this.finalizeBridgeERC20,
                (remoteToken, localToken, from, to, amount, extraData)
            )
        );
    }

    function _takeFailedMint(
        address localToken,
        address remoteToken,
        address from,
        address to
    ) private returns (uint256 amount) {
        bytes32 id = _depositId(localToken, remoteToken, from, to);
        amount = _failedMints[id];
        require(amount != 0, NothingFailed(localToken, remoteToken, from, to));
        _failedMints[id] = 0;
    }

    /// @dev The caller, unless its address on L1 belongs to somebody else.
    function _sameAccount() private view returns (address) {
        require(AliasedAddress.l2AddressOf(msg.sender) == msg.sender, CallerIsContract(msg.sender));
        return msg.sender;
    }

    /// @dev Tokens of one L1 token must not be minted for deposits of another.
    function _checkPair(address localToken, address remoteToken) private view {
        address expected = IBridgedToken(localToken).remoteToken();
        require(remoteToken == expected, WrongRemoteToken(expected, remoteToken));
    }

    function _depositId(
        address localToken,
        address remoteToken,
        address from,
        address to
    ) private pure returns (bytes32) {
        return keccak256(abi.encode(localToken, remoteToken, from, to));
    }
}
