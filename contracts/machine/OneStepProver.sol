// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Context} from "./Context.sol";
import {Family} from "./Family.sol";
import {IFamilyProver} from "./IFamilyProver.sol";
import {IStepProver} from "./IStepProver.sol";

/// @notice Gives each step to the prover of its family, with what all steps depend on. Nothing in it can change.
contract OneStepProver is IStepProver {
    uint8 private immutable _fork;
    uint64 private immutable _chainId;
    bool private immutable _caps;
    address private immutable _inbox;

    address private immutable _compute;
    address private immutable _memory;
    address private immutable _environment;
    address private immutable _storage;
    address private immutable _hash;
    address private immutable _call;
    address private immutable _create;
    address private immutable _precompile;
    address private immutable _entry;
    address private immutable _admission;
    address private immutable _block;

    /// @dev A witness names its family in its first byte.
    error EmptyWitness();
    error UnknownFamily(uint8 family);
    /// @dev This deployment has no prover for the family.
    error FamilyNotProvable(uint8 family);
    error ProverWithoutCode(uint256 family, address prover);

    /// @param provers The prover of each family at the family's number; zero for none.
    constructor(
        uint8 fork_,
        uint64 chainId_,
        bool caps_,
        address inbox_,
        address[11] memory provers
    ) {
        for (uint256 family = 0; family < provers.length; family++) {
            address prover = provers[family];
            require(
                prover == address(0) || prover.code.length > 0,
                ProverWithoutCode(family, prover)
            );
        }
        _fork = fork_;
        _chainId = chainId_;
        _caps = caps_;
        _inbox = inbox_;
        _compute = provers[Family.COMPUTE];
        _memory = provers[Family.MEMORY];
        _environment = provers[Family.ENVIRONMENT];
        _storage = provers[Family.STORAGE];
        _hash = provers[Family.HASH];
        _call = provers[Family.CALL];
        _create = provers[Family.CREATE];
        _precompile = provers[Family.PRECOMPILE];
        _entry = provers[Family.ENTRY];
        _admission = provers[Family.ADMISSION];
        _block = provers[Family.BLOCK];
    }

    /// @inheritdoc IStepProver
    function step(
        uint64 endBlock,
        uint256 index,
        bytes32 state,
        bytes calldata witness
    ) external view returns (bytes32) {
        require(witness.length > 0, EmptyWitness());
        uint8 family = uint8(witness[0]);
        address prover = proverOf(family);
        require(prover != address(0), FamilyNotProvable(family));
        return IFamilyProver(prover).step(context(endBlock), index, state, witness);
    }

    /// @notice What all steps of a claim depend on.
    function context(uint64 endBlock) public view returns (Context memory) {
        return
            Context({
                fork: _fork,
                chainId: _chainId,
                caps: _caps,
                inbox: _inbox,
                endBlock: endBlock
            });
    }

    /// @notice The prover of a family; zero if this deployment has none.
    function proverOf(uint8 family) public view returns (address) {
        require(family <= Family.BLOCK, UnknownFamily(family));
        if (family == Family.COMPUTE) return _compute;
        if (family == Family.MEMORY) return _memory;
        if (family == Family.ENVIRONMENT) return _environment;
        if (family == Family.STORAGE) return _storage;
        if (family == Family.HASH) return _hash;
        if (family == Family.CALL) return _call;
        if (family == Family.CREATE) return _create;
        if (family == Family.PRECOMPILE) return _precompile;
        if (family == Family.ENTRY) return _entry;
        if (family == Family.ADMISSION) return _admission;
        return _block;
    }
}
