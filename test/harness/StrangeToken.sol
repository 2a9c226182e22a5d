// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev A token with bad manners, all of which are found among real ones.
contract StrangeToken {
    enum Manner {
        Plain,
        Silent,
        False,
        Reverting,
        TakingAFee,
        Bomb,
        Burning,
        Reentering
    }

    uint256 private constant BOMB_BYTES = 200_000;
    uint256 private constant FEE_DIVISOR = 100;

    address public immutable adjudicator;
    Manner public manner;
    // What a re-entering token sends to the adjudicator while it moves.
    bytes public reentry;
    bytes public reentryResult;
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address account => bool blocked) public isBlocked;

    error Blocked(address account);

    constructor(address adjudicator_, Manner manner_) {
        adjudicator = adjudicator_;
        manner = manner_;
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function behave(Manner manner_, bytes calldata reentry_) external {
        manner = manner_;
        reentry = reentry_;
    }

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    /// @dev Whoever deposits has let the adjudicator.
    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        Manner current = manner;
        if (isBlocked[to] || current == Manner.Reverting) revert Blocked(to);
        if (current == Manner.Burning) _burn();
        if (current == Manner.Reentering) {
            (, reentryResult) = adjudicator.call(reentry);
        }
        uint256 arriving = amount;
        if (current == Manner.TakingAFee) arriving -= amount / FEE_DIVISOR;
        if (current != Manner.False) {
            balanceOf[from] -= amount;
            balanceOf[to] += arriving;
        }
        if (current == Manner.Silent) return;
        uint256 size = current == Manner.Bomb ? BOMB_BYTES : 0x20;
        uint256 answer = current == Manner.False ? 0 : 1;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, answer)
            return(free, size)
        }
    }

    function _burn() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
