// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDepositQueue} from "../inbox/IDepositQueue.sol";
import {Deposit} from "../protocol/Deposit.sol";
import {Limits} from "../protocol/Limits.sol";
import {Withdrawal, storageSlot} from "../protocol/Withdrawal.sol";
import {AliasedAddress} from "./AliasedAddress.sol";
import {DEPOSIT_RING, DepositQueue, Queue} from "./DepositQueue.sol";
import {IGame, IGameRegistry} from "./IGameRegistry.sol";
import {IPortal, OutputRootProof} from "./IPortal.sol";
import {StorageProof} from "./StorageProof.sol";

/// @notice The portal: holds the L2's ether, its deposits, and the proofs of its withdrawals.
/// @dev Never reads its own balance: ether forced upon it changes nothing.
contract Portal is IPortal, IDepositQueue, ReentrancyGuardTransient {
    using DepositQueue for Queue;

    struct Proof {
        // one slot: 20 + 8 bytes
        address game;
        uint64 provenAt;
    }

    struct Record {
        // one slot: 20 + 1 bytes
        address submitter;
        bool isFinalized;
    }

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
    mapping(bytes32 withdrawalHash => mapping(address submitter => Proof proof)) private _proofs;
    mapping(bytes32 withdrawalHash => Record record) private _records;
    /// @inheritdoc IPortal
    address public transient l2Sender;

    constructor(address inbox_, IGameRegistry games, uint256 proofMaturity) {
        inbox = inbox_;
        GAMES = games;
        proofMaturityDelaySeconds = proofMaturity;
    }

    /// @notice Deposits the ether to the sender's own account on L2.
    receive() external payable {
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
        (, , address game) = GAMES.gameAtIndex(gameIndex);
        require(GAMES.isGameProper(game), GameNotProper(game));
        bytes32 claimed = IGame(game).rootClaim();
        bytes32 shown = keccak256(abi.encode(output));
        require(shown == claimed, WrongOutputRoot(claimed, shown));
        bytes32 hash = withdrawal.hash();
        bytes calldata sent = StorageProof.valueAt(
            output.messagePasserStorageRoot,
            storageSlot(hash),
            withdrawalProof
        );
        require(sent.length == 1 && sent[0] == SENT, MessageNotSent(hash));

        _keepProof(hash, game);

        emit WithdrawalProven(hash, withdrawal.sender, withdrawal.target);
        emit WithdrawalProvenExtension1(hash, msg.sender);
    }

    /// @inheritdoc IPortal
    function finalizeWithdrawalTransaction(Withdrawal calldata withdrawal) external {
        bytes32 hash = withdrawal.hash();
        address submitter = _records[hash].submitter;
        if (submitter != msg.sender && _proofs[hash][msg.sender].game != address(0)) {
            if (!_isRipe(_proofs[hash][submitter])) submitter = msg.sender;
        }
        _finalize(withdrawal, hash, submitter);
    }

    /// @inheritdoc IPortal
    function finalizeWithdrawalTransactionExternalProof(
        Withdrawal calldata withdrawal,
        address proofSubmitter
    ) external {
        _finalize(withdrawal, withdrawal.hash(), proofSubmitter);
    }

    /// @inheritdoc IPortal
    function finalizedWithdrawals(bytes32 withdrawalHash) external view returns (bool) {
        return _records[withdrawalHash].isFinalized;
    }

    /// @inheritdoc IPortal
    function provenWithdrawals(
        bytes32 withdrawalHash,
        address submitter
    ) external view returns (address game, uint64 timestamp) {
        Proof memory proof = _proofs[withdrawalHash][submitter];
        return (proof.game, proof.provenAt);
    }

    /// @inheritdoc IPortal
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256) {
        return _records[withdrawalHash].submitter == address(0) ? 0 : 1;
    }

    /// @inheritdoc IPortal
    function proofSubmitters(
        bytes32 withdrawalHash,
        uint256 index
    ) external view returns (address submitter) {
        submitter = _records[withdrawalHash].submitter;
        require(index == 0 && submitter != address(0), SubmitterOutOfRange(withdrawalHash, index));
    }

    /// @inheritdoc IPortal
    function depositCounts() external view returns (uint64 count, uint64 consumed) {
        return (_queue.count, _queue.consumed);
    }

    /// @inheritdoc IPortal
    function depositAt(uint64 index) external view returns (bytes32 hash, uint64 time) {
        return (_queue.hashes[index % DEPOSIT_RING], _queue.times[index % DEPOSIT_RING]);
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
        require(!_records[withdrawalHash].isFinalized, OptimismPortal_AlreadyFinalized());
        Proof memory proof = _proofs[withdrawalHash][proofSubmitter];
        require(proof.game != address(0), OptimismPortal_Unproven());
        require(GAMES.isGameClaimValid(proof.game), OptimismPortal_InvalidRootClaim());
        require(_isMature(proof), OptimismPortal_ProofNotOldEnough());
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

    function _keepProof(bytes32 hash, address game) private {
        Record storage record = _records[hash];
        require(!record.isFinalized, OptimismPortal_AlreadyFinalized());
        Proof storage own = _proofs[hash][msg.sender];
        require(_isOvertaken(own.game, game), AlreadyProven(hash, msg.sender));

        // The proof on record is the one that clients look at: keep it unless this one can be paid sooner.
        address submitter = record.submitter;
        if (submitter != msg.sender && _isOvertaken(_proofs[hash][submitter].game, game)) {
            record.submitter = msg.sender;
        }
        (own.game, own.provenAt) = (game, uint64(block.timestamp));
    }

    function _finalize(
        Withdrawal calldata withdrawal,
        bytes32 hash,
        address submitter
    ) private nonReentrant {
        checkWithdrawal(hash, submitter);

        _records[hash].isFinalized = true;
        l2Sender = withdrawal.sender;

        uint256 available = gasleft();
        uint256 required = withdrawal.gasLimit;
        // At most 63/64 of what is left go to the target, which must not be starved by whoever finalizes.
        require(
            required <= available && (required + CALL_OVERHEAD) * 64 <= available * 63,
            GasTooLow(required, available)
        );
        (bool success, bytes memory reason) = withdrawal.target.call{value: withdrawal.value}(
            withdrawal.data
        );
        require(success, WithdrawalFailed(hash, reason));

        l2Sender = address(0);
        emit WithdrawalFinalized(hash, true);
    }

    /// @dev Whether a proof kept for one game should give way to a proof for another.
    function _isOvertaken(address kept, address game) private view returns (bool) {
        if (kept == address(0) || !GAMES.isGameProper(kept)) return true;
        if (GAMES.isGameClaimValid(kept)) return false;
        return IGame(game).l2SequenceNumber() < IGame(kept).l2SequenceNumber();
    }

    function _isRipe(Proof memory proof) private view returns (bool) {
        return _isMature(proof) && GAMES.isGameClaimValid(proof.game);
    }

    function _isMature(Proof memory proof) private view returns (bool) {
        return block.timestamp >= proof.provenAt + proofMaturityDelaySeconds;
    }

    /// @dev Spends L1 gas, so that L2 gas has a price.
    function _burn(uint256 amount) private view {
        uint256 start = gasleft();
        while (start - gasleft() < amount) {}
    }
}
