// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPortal} from "../../contracts/bridge/IPortal.sol";
import {Withdrawal} from "../../contracts/protocol/Withdrawal.sol";

/// @notice Deposits from a contract, whose address means nothing on L2.
contract DepositCaller {
    function deposit(IPortal portal, address to, uint64 gasLimit) external payable {
        portal.depositTransaction{value: msg.value}(to, msg.value, gasLimit, false, "");
    }
}

/// @notice Sends plain ether, and calls whatever it is told to.
contract PlainCaller {
    function call(address to, bytes calldata data) external payable {
        (bool isDone, bytes memory reason) = to.call{value: msg.value}(data);
        // As if the call had been the caller's own.
        assembly ("memory-safe") {
            if iszero(isDone) {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}

/// @notice Fills the ring a few hundred deposits at a time.
contract RingFiller {
    function fill(IPortal portal, uint256 count) external {
        for (uint256 i = 0; i < count; i++) {
            portal.depositTransaction(address(0), 0, 21_000, false, "");
        }
    }
}

/// @notice Remembers the L2 sender and the gas of the withdrawal that calls it.
contract SenderRecorder {
    address public l2Sender;
    uint256 public gasGiven;

    function record() external payable {
        gasGiven = gasleft();
        l2Sender = IPortal(msg.sender).l2Sender();
    }
}

/// @notice Has a withdrawal paid, and looks afterwards whom the portal names as its sender.
contract SenderObserver {
    function finalize(IPortal portal, Withdrawal calldata withdrawal) external returns (address) {
        portal.finalizeWithdrawalTransaction(withdrawal);
        return portal.l2Sender();
    }
}

/// @notice Refuses what it is sent until it is told otherwise.
contract MoodyTarget {
    bool public accepts;

    error Refused(uint256 value);

    receive() external payable {
        require(accepts, Refused(msg.value));
    }

    function setAccepts(bool accepts_) external {
        accepts = accepts_;
    }
}

/// @notice Tries to have a withdrawal paid a second time, and another one inside it.
contract Reenterer {
    Withdrawal private _next;
    bool public caught;

    receive() external payable {
        try IPortal(msg.sender).finalizeWithdrawalTransaction(_next) {
            caught = false;
        } catch {
            caught = true;
        }
    }

    function setNext(Withdrawal calldata next) external {
        _next = next;
    }
}

/// @notice Gives its whole balance away to an address that cannot refuse it.
contract Forcer {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}
