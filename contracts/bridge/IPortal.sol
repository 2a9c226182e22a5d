// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Withdrawal} from "../protocol/Withdrawal.sol";

/// @notice The preimage of an output root, in the OP-stack's field order.
struct OutputRootProof {
    bytes32 version;
    bytes32 stateRoot;
    bytes32 messagePasserStorageRoot;
    bytes32 latestBlockhash;
}

/// @notice The way in and out of the L2: deposits wait here for a batch, withdrawals are proven and paid here.
/// @dev Speaks the OP-stack's portal ABI as far as its clients call it. Nobody owns, pauses or upgrades this contract.
interface IPortal {
    /// @dev `opaqueData` is mint, value (32 bytes each), gas limit (8), whether it creates (1), and the data.
    event TransactionDeposited(
        address indexed from,
        address indexed to,
        uint256 indexed version,
        bytes opaqueData
    );
    event WithdrawalProven(
        bytes32 indexed withdrawalHash,
        address indexed from,
        address indexed to
    );
    event WithdrawalProvenExtension1(
        bytes32 indexed withdrawalHash,
        address indexed proofSubmitter
    );
    event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);

    error DepositNotKept(uint64 index, uint64 count);
    error GasLimitOutOfRange(uint64 minimum, uint64 maximum, uint64 actual);
    error DataTooLong(uint256 maximum, uint256 actual);
    error CreationWithTarget(address target);
    error CallerIsContract(address caller);
    error CallerNotInbox(address caller);
    error TargetIsPortal();
    error GameNotProper(address game);
    error WrongOutputRoot(bytes32 expected, bytes32 actual);
    error MessageNotSent(bytes32 withdrawalHash);
    error AlreadyProven(bytes32 withdrawalHash, address submitter);
    error SubmitterOutOfRange(bytes32 withdrawalHash, uint256 index);
    error GasTooLow(uint256 required, uint256 available);
    error WithdrawalFailed(bytes32 withdrawalHash, bytes reason);

    // OP-stack clients know the states of a withdrawal by these names.
    error OptimismPortal_Unproven();
    error OptimismPortal_ProofNotOldEnough();
    error OptimismPortal_InvalidRootClaim();
    error OptimismPortal_AlreadyFinalized();

    /// @notice Sends a transaction to the L2, where it mints the ether sent along to the caller.
    /// @dev The caller of a contract's deposit is the contract's alias. The gas limit is paid for by burning one
    /// unit of L1 gas for each eight of it above 200,000.
    function depositTransaction(
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external payable;

    /// @notice Shows that the L2 sent a withdrawal, by the storage of its message passer under a claim's output root.
    /// @dev A proof is kept until it is used. It gives way only to another of the same submitter that can be paid
    /// sooner, so nobody can make anybody wait.
    function proveWithdrawalTransaction(
        Withdrawal calldata withdrawal,
        uint256 gameIndex,
        OutputRootProof calldata output,
        bytes[] calldata withdrawalProof
    ) external;

    /// @notice Pays a withdrawal by the proof on record, or by the caller's own if only that one is ripe.
    /// @dev A call that fails reverts: the withdrawal stays proven and can be tried again.
    function finalizeWithdrawalTransaction(Withdrawal calldata withdrawal) external;

    /// @notice Pays a withdrawal by the proof of one submitter.
    function finalizeWithdrawalTransactionExternalProof(
        Withdrawal calldata withdrawal,
        address proofSubmitter
    ) external;

    /// @notice Reverts with the reason why a withdrawal cannot be paid by a submitter's proof, if there is one.
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) external view;

    /// @notice Whether the withdrawal has been paid.
    function finalizedWithdrawals(bytes32 withdrawalHash) external view returns (bool);

    /// @notice The claim that a submitter's proof stands on, and when it was shown.
    function provenWithdrawals(
        bytes32 withdrawalHash,
        address submitter
    ) external view returns (address game, uint64 timestamp);

    /// @notice One if the withdrawal has been proven, else zero: only the proof on record is counted.
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256);

    /// @notice The submitter of the proof on record, which is index 0.
    function proofSubmitters(bytes32 withdrawalHash, uint256 index) external view returns (address);

    /// @notice The L2 sender of the withdrawal that is being paid; zero at all other times.
    function l2Sender() external view returns (address);

    /// @notice How many deposits have been made, and how many of them a batch has taken.
    function depositCounts() external view returns (uint64 count, uint64 consumed);

    /// @notice The hash and time of a deposit that is among the latest kept; reverts for any other.
    function depositAt(uint64 index) external view returns (bytes32 hash, uint64 time);

    /// @notice The version of this ABI: OP-stack clients take 3 and above for proofs kept by submitter.
    function version() external pure returns (string memory);
}
