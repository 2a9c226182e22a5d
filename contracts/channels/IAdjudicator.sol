// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AppState} from "./AppState.sol";
import {State} from "./ChannelState.sol";
import {Head} from "./Head.sol";
import {Outcome} from "./Ledger.sol";
import {Drawn, Pot} from "./Pot.sol";
import {Reserve} from "./Vaults.sol";

/// @notice Keeps the deposits of payment channels and decides between the states that their parties present.
/// @dev Nobody owns, pauses or upgrades it. Token zero is ether. Amounts are in the token's smallest unit, times in seconds.
/// docs/protocol-channels.md is the specification. The errors of the rules stand with the rules.
/// A `packed` argument is a list of parts, one after the other, as ChannelCodec reads them: `params` (124 bytes); `presented`, a
/// state without its channel's id, which follows from the parameters, and both signatures, each after its length; and what each
/// function names. A last part that is a signature, or locks, is all the bytes that are left.
/// "A side's signature" of a contract stands behind one byte that names the side, 0 for A and 1 for B.
interface IAdjudicator {
    event Deposited(bytes32 indexed id, address indexed token, uint256 toA, uint256 toB);
    event Withdrawn(bytes32 indexed id, address indexed token, uint256 toA, uint256 toB);
    event Settled(bytes32 indexed id, address indexed token, uint256 toA, uint256 toB);
    /// @dev Carries what others may lack, whoever made the call and however: towers the salt, the other side the challenger's
    /// signature of the state.
    event Challenged(
        bytes32 indexed id,
        uint64 version,
        uint40 deadline,
        bool challengerIsB,
        uint64 salt,
        bytes signature
    );
    /// @dev Carries both signatures of the state, A's and then B's, for either side may lack the other's.
    event Responded(bytes32 indexed id, uint64 version, bytes signatures);
    /// @dev Carries all that the other side needs to move on.
    event MoveForced(bytes32 indexed id, uint40 deadline, State next, bytes data);
    event OutcomeRecorded(bytes32 indexed id, uint256 amount);
    event BondPaid(bytes32 indexed id, address indexed account, uint256 amount);
    event Revealed(bytes32 indexed hash, bytes32 secret);
    event VaultCredited(address indexed account, address indexed token, uint256 amount);
    event VaultDebited(address indexed account, address indexed token, uint256 amount);
    event FeeReserved(
        address indexed account,
        bytes32 indexed id,
        address indexed tower,
        address token,
        uint256 amount
    );
    event FeePaid(
        address indexed account,
        bytes32 indexed id,
        address indexed tower,
        address token,
        uint256 amount
    );
    event ExitStarted(
        address indexed account,
        bytes32 indexed id,
        address indexed tower,
        address token,
        uint40 exitAt
    );
    event Exited(
        address indexed account,
        bytes32 indexed id,
        address indexed tower,
        address token,
        uint256 amount
    );
    event AttemptFailed(uint256 index, bytes reason);

    error DrawExpired(uint40 deadline, uint256 time);
    error DrawNotSigned(address account, bytes32 digest);
    error NothingToWithdraw(bytes32 id);
    error NothingToSettle(bytes32 id);
    error StateNotFinal(bytes32 id, uint64 version);
    error StateConditional(bytes32 locks, bytes32 app);
    error InitialStateNotEmpty(bytes32 id);
    error WrongBond(uint256 expected, uint256 actual);
    error StateNeeded(bytes32 id);
    error OutcomeKnown(bytes32 id);
    error SenderNotTheTower(address expected, address actual);
    error FeeExpired(uint40 deadline, uint256 time);
    error FeeNotDue(uint64 minVersion, uint64 onRecord, uint64 actual);

    /// @notice Adds the ether sent to a side of a channel. An id that nobody knows the parameters of keeps it forever.
    function depositEth(bytes32 id, bool toB) external payable;

    /// @notice Adds to a side of a channel what arrives of the sender's tokens.
    function deposit(bytes32 id, bool toB, address token, uint256 amount) external;

    /// @notice Adds the sender's money to side A and, if B has signed for it, B's own from its vault.
    /// @dev B's signature is its own and not its key's. A draw names what B's deposits shall reach, so using it twice draws once.
    /// @param packed params, B's draw, the amount for A in 14 bytes, B's signature of the draw.
    function openDual(bytes calldata packed) external payable;

    /// @notice Adds the sender's money to an account's vault.
    function depositVault(address account, address token, uint256 amount) external payable;

    /// @notice Pays out of the sender's vault to whoever it names, with all the gas that there is.
    function vaultOut(address token, address to, uint256 amount) external;

    /// @notice Pays what a co-signed state lets each side withdraw and has not been withdrawn yet. The channel stays open.
    /// @dev Any co-signed state will do, old or new: authorised withdrawals only ever grow.
    /// @param packed params, presented.
    function withdraw(bytes calldata packed) external;

    /// @notice Settles the pots of a final state without locks and app at once.
    /// @param packed params, presented.
    function close(bytes calldata packed) external;

    /// @notice As `close`, but the sender's own share stays in its vault.
    /// @param packed params, presented.
    function closeToVault(bytes calldata packed) external;

    /// @notice `closeToVault` for many channels, each item what `closeToVault` takes; one that fails is reported and undoes only
    /// itself.
    function closeMany(bytes[] calldata closings) external returns (bool[] memory succeeded);

    /// @notice Starts the clock of a channel with a state no older than what is on record.
    /// @param packed params, presented, a side's signature of a Challenge. There is none where the sender is a side. A state of
    /// version 0 is the initial one and needs no signatures of its own.
    function challenge(bytes calldata packed) external payable;

    /// @notice Stops the clock, or just puts on record, with a state newer than all that both are known to have signed.
    /// @param packed params, presented.
    function respond(bytes calldata packed) external;

    /// @notice Responds while a clock runs, for the fee that a side has promised the sender, from its reserve for the sender.
    /// @param packed params, presented, the fee, the side's signature of it.
    function respondFor(bytes calldata packed) external;

    /// @notice Pays the pots named after the end of the clock, if the main asset's net payment says it all.
    /// @param packed params, tokens; where none is named, the main asset's pot is meant.
    function settle(bytes calldata packed) external;

    /// @notice Pays the pots named after the end of the clock, by the state on record.
    /// @param packed params, presented, tokens, the state's locks. A lock of a named token that is still open makes this revert.
    function settleState(bytes calldata packed) external;

    /// @notice Makes a move of an app while a clock runs, and starts the clock anew.
    /// @param packed params, presented (the state on record), the next state.
    /// @param prevApp what the app field of the state on record stands for; `nextApp` that of the next.
    /// @param signature a side's signature of the next state: that side moves.
    function forceMove(
        bytes calldata packed,
        AppState calldata prevApp,
        AppState calldata nextApp,
        bytes calldata signature
    ) external;

    /// @notice Records that a secret is known, the first time that it is shown.
    function reveal(bytes32 secret) external;

    /// @notice `reveal` for many secrets.
    function revealMany(bytes32[] calldata secrets) external;

    /// @notice Records what a virtual channel came to after the end of its clock, once.
    /// @param packed params, presented, the state's locks. Where the head is SIMPLE, only the parameters count.
    function recordOutcome(bytes calldata packed) external;

    /// @notice Sets aside an amount of the sender's vault for one tower of a channel, which no promise to another reaches.
    /// Takes back a notice of exit.
    function reserveFee(bytes32 id, address tower, address token, uint256 amount) external;

    /// @notice Gives notice of the reserve's exit.
    function startExit(bytes32 id, address tower, address token) external;

    /// @notice Returns the reserve to the sender's vault, 31 days after the notice.
    function exit(bytes32 id, address tower, address token) external;

    /// @notice Makes calls to this contract in turn, each as if the sender sent it alone, without ether. One that fails is
    /// reported and undoes only itself.
    function attempt(bytes[] calldata calls) external returns (bool[] memory succeeded);

    /// @notice What keeps the channels of this deployment apart from others: a part of every channel's id.
    function HOME() external view returns (bytes32);

    /// @notice The EIP-712 domain of what is signed for this contract, on the chain as it is.
    function domainSeparator() external view returns (bytes32);

    /// @notice What a channel's pot of a token holds, and whether it has paid.
    function potOf(bytes32 id, address token) external view returns (Pot memory);

    /// @notice What each side has withdrawn of a token in all.
    function drawnOf(bytes32 id, address token) external view returns (Drawn memory);

    /// @notice What is on record of a channel's quarrel; all zero before the first.
    function headOf(bytes32 id) external view returns (Head memory);

    /// @notice The hash of the state on record, where the head is BY_HASH.
    function recordedHash(bytes32 id) external view returns (bytes32);

    /// @notice What a virtual channel came to, and when that was recorded, in seconds of block time; zero for never.
    function outcomeOf(bytes32 id) external view returns (Outcome memory);

    /// @notice What an account owns of a token outside of any pot.
    function vaultOf(address account, address token) external view returns (uint256);

    /// @notice What an account keeps for a tower of a channel, and from when on it may have it back.
    function reserveOf(
        address account,
        bytes32 id,
        address tower,
        address token
    ) external view returns (Reserve memory);

    /// @notice When the secret of this SHA-256 hash was first shown, zero for never.
    function revealedAt(bytes32 hash) external view returns (uint256);
}
