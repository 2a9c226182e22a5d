// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDepositQueue} from "../inbox/IDepositQueue.sol";
import {Deposit} from "../protocol/Deposit.sol";
import {Limits} from "../protocol/Limits.sol";
import {Withdrawal, storageSlot} from "../protocol/Withdrawal.sol";
import {AliasedAddress} from "./AliasedAddress.sol";
import {DEPOSIT_RING, DepositQueue, Queue} from "./DepositQueue.sol";
import {IGameRegistry} from "./IGameRegistry.sol";
import {IPortal, OutputRootProof} from "./IPortal.sol";
import {Proof, Proofs, ProvenWithdrawals} from "./ProvenWithdrawals.sol";
import {StorageProof} from "./StorageProof.sol";

/// @notice The portal: holds the L2's ether, its deposits, and the proofs of its withdrawals.
/// @dev Never reads its own balance: ether forced upon it changes nothing.
contract Portal is IPortal, IDepositQueue, ReentrancyGuardTransient {
    using DepositQueue for Queue;
    using ProvenWithdrawals for Proofs;

    uint64 private constant MIN_DEPOSIT_GAS = 21_000;
    uint64 private constant DEPOSIT_GAS_PER_BYTE = 40; // EIP-7623, of a byte that is not zero
    uint256 private constant MAX_DATA_BYTES = 65_536;
    uint64 private constant RECEIVE_GAS = 100_000;
    uint64 private constant UNBURNED_GAS = 200_000;
    uint64 private constant L2_GAS_PER_BURNED = 8;
    uint256 private constant EVENT_VERSION = 0;
    // What finalizing spends after its check: the call to a new account with value (36,600) and the event.
    uint256 private constant CALL_OVERHEAD = 40_000;
    bytes1 private constant SENT = 0x01; // `true` in the message passer's storage, as the trie encodes it

    address public immutable inbox;
    IGameRegistry private immutable GAMES;
    uint256 public immutable proofMaturityDelaySeconds;

    Queue private _queue;
    Proofs private _proofs;
    /// @inheritdoc IPortal
    address public transient l2Sender;

    constructor(address inbox_, IGameRegistry games, uint256 proofMaturity) {
        inbox = inbox_;
        GAMES = games;
        proofMaturityDelaySeconds = proofMaturity;
    }

    /// @notice Deposits the ether to the sender's own account on L2, which a contract does not have: it names a recipient.
    receive() external payable {
        require(AliasedAddress.l2AddressOf(msg.sender) == msg.sender, CallerIsContract(msg.sender));
        _deposit(msg.sender, msg.value, RECEIVE_GAS, false, "");
    }

    /// @inheritdoc IPortal
    function depositTransaction(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external payable {
        _deposit(to, value, gasLimit, isCreation, data);
    }

    /// @inheritdoc IDepositQueue
    function takeDeposits(
        uint64 to
    ) external returns (uint64 from, bytes32 root, uint64 waitingSince) {
        require(msg.sender == inbox, CallerNotInbox(msg.sender));
        return _queue.take(to);
    }

    /// @inheritdoc IPortal
    function proveWithdrawalTransaction(
        Withdrawal calldata withdrawal,
        uint256 gameIndex,
        OutputRootProof calldata output,
        bytes[] calldata withdrawalProof
    ) external {
        require(withdrawal.target != address(this), TargetIsPortal());
        (address game, bytes32 claimed, bool isProper) = GAMES.provableAt(gameIndex);
        require(isProper, GameNotProper(game));
        bytes32 shown = keccak256(abi.encode(output));
        require(shown == claimed, WrongOutputRoot(claimed, shown));
        bytes32 hash = withdrawal.hash();
        bytes calldata sent = StorageProof.valueAt(
            output.messagePasserStorageRoot,
            storageSlot(hash),
            withdrawalProof
        );
        require(sent.length == 1 && sent[0] == SENT, MessageNotSent(hash));

        _proofs.keep(GAMES, hash, msg.sender, game);

        emit WithdrawalProven(hash, withdrawal.sender, withdrawal.target);
        emit WithdrawalProvenExtension1(hash, msg.sender);
    }

    /// @inheritdoc IPortal
    function finalizeWithdrawalTransaction(Withdrawal calldata withdrawal) external {
        bytes32 hash = withdrawal.hash();
        address submitter = _proofs.payer(GAMES, hash, proofMaturityDelaySeconds);
        _finalize(withdrawal, hash, submitter);
    }

    /// @inheritdoc IPortal
    function finalizeWithdrawalTransactionExternalProof(
        Withdrawal calldata withdrawal,
        address proofSubmitter
    ) external {
        _finalize(withdrawal, withdrawal.hash(), proofSubmitter);
    }

    /// @inheritdoc IDepositQueue
    function fullQueueEnd() external view returns (uint64) {
        uint64 count = _queue.count;
        return count - _queue.consumed == DEPOSIT_RING ? count : 0;
    }

    /// @inheritdoc IPortal
    function finalizedWithdrawals(bytes32 withdrawalHash) external view returns (bool) {
        return _proofs.records[withdrawalHash].isFinalized;
    }

    /// @inheritdoc IPortal
    function provenWithdrawals(
        bytes32 withdrawalHash,
        address submitter
    ) external view returns (address game, uint64 timestamp) {
        Proof memory proof = _proofs.bySubmitter[withdrawalHash][submitter];
        return (proof.game, proof.provenAt);
    }

    /// @inheritdoc IPortal
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256) {
        return _proofs.records[withdrawalHash].submitter == address(0) ? 0 : 1;
    }

    /// @inheritdoc IPortal
    function proofSubmitters(
        bytes32 withdrawalHash,
        uint256 index
    ) external view returns (address submitter) {
        submitter = _proofs.records[withdrawalHash].submitter;
        require(index == 0 && submitter != address(0), SubmitterOutOfRange(withdrawalHash, index));
    }

    /// @inheritdoc IPortal
    function depositCounts() external view returns (uint64 count, uint64 consumed) {
        return (_queue.count, _queue.consumed);
    }

    /// @inheritdoc IDepositQueue
    function depositsWaitSince() external view returns (uint64) {
        return _queue.timeOf(_queue.consumed);
    }

    /// @inheritdoc IPortal
    function depositAt(uint64 index) external view returns (bytes32 hash, uint64 time) {
        uint64 count = _queue.count;
        require(index < count && count - index <= DEPOSIT_RING, DepositNotKept(index, count));
        return (_queue.hashes[index % DEPOSIT_RING], _queue.timeOf(index));
    }

    /// @notice Where OP-stack clients list games.
    function disputeGameFactory() external view returns (address) {
        return address(GAMES);
    }

    /// @notice Where OP-stack clients ask about one game.
    function anchorStateRegistry() external view returns (address) {
        return address(GAMES);
    }

    /// @notice The game type that OP-stack clients look for.
    function respectedGameType() external view returns (uint32) {
        return GAMES.respectedGameType();
    }

    /// @notice How long a confirmed claim waits, for OP-stack clients.
    function disputeGameFinalityDelaySeconds() external view returns (uint256) {
        return GAMES.disputeGameFinalityDelaySeconds();
    }

    /// @inheritdoc IPortal
    function version() external pure returns (string memory) {
        return "5.0.0";
    }

    /// @inheritdoc IPortal
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) public view {
        _proofs.check(GAMES, withdrawalHash, proofSubmitter, proofMaturityDelaySeconds);
    }

    /// @notice The least gas limit of a deposit with so many bytes of data.
    function minimumGasLimit(uint64 byteCount) public pure returns (uint64) {
        return MIN_DEPOSIT_GAS + byteCount * DEPOSIT_GAS_PER_BYTE;
    }

    function _deposit(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes memory data
    ) private {
        require(data.length <= MAX_DATA_BYTES, DataTooLong(MAX_DATA_BYTES, data.length));
        uint64 minimum = minimumGasLimit(uint64(data.length));
        require(
            minimum <= gasLimit && gasLimit <= Limits.TRANSACTION_GAS_CAP,
            GasLimitOutOfRange(minimum, Limits.TRANSACTION_GAS_CAP, gasLimit)
        );
        require(!isCreation || to == address(0), CreationWithTarget(to));

        Deposit memory deposit;
        deposit.from = AliasedAddress.l2AddressOf(msg.sender);
        deposit.isCreation = isCreation;
        deposit.to = to;
        deposit.mint = msg.value;
        deposit.value = value;
        deposit.gasLimit = gasLimit;
        deposit.dataHash = keccak256(data);
        _queue.push(deposit);

        emit TransactionDeposited(
            deposit.from,
            to,
            EVENT_VERSION,
            abi.encodePacked(msg.value, value, gasLimit, isCreation, data)
        );
        if (gasLimit > UNBURNED_GAS) _burn((gasLimit - UNBURNED_GAS) / L2_GAS_PER_BURNED);
    }

    function _finalize(
        Withdrawal calldata withdrawal,
        bytes32 hash,
        address submitter
    ) private nonReentrant {
        checkWithdrawal(hash, submitter);

        _proofs.records[hash].isFinalized = true;
        l2Sender = withdrawal.sender;

        // Copied first: the copy of 65,536 bytes takes more gas than the whole overhead.
        bytes memory data = withdrawal.data;
        uint256 available = gasleft();
        uint256 required = withdrawal.gasLimit;
        // At most 63/64 of what is left go to the target, which must not be starved by whoever finalizes.
        require(
            required <= available && (required + CALL_OVERHEAD) * 64 <= available * 63,
            GasTooLow(required, available)
        );
        bool success = LowLevelCall.callNoReturn(withdrawal.target, withdrawal.value, data);
        if (!success) revert WithdrawalFailed(hash, LowLevelCall.returnData());

        l2Sender = address(0);
        emit WithdrawalFinalized(hash, true);
    }

    /// @dev Spends L1 gas, so that L2 gas has a price.
    function _burn(uint256 amount) private view {
        uint256 start = gasleft();
        while (start - gasleft() < amount) {}
    }
}
