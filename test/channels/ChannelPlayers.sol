// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Adjudicator} from "../../contracts/channels/Adjudicator.sol";
import {
    ASSET_TYPEHASH,
    Asset,
    STATE_TYPEHASH,
    State
} from "../../contracts/channels/ChannelState.sol";
import {Head} from "../../contracts/channels/Head.sol";
import {Params} from "../../contracts/channels/Params.sol";
import {TypedData} from "../../contracts/channels/TypedData.sol";
import {StrangeToken} from "../harness/StrangeToken.sol";

/// @dev What these tests ask of the virtual machine that runs them.
interface IVm {
    function sign(
        uint256 key,
        bytes32 digest
    ) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 key) external pure returns (address);
    function prank(address sender) external;
    function deal(address account, uint256 amount) external;
    function warp(uint256 time) external;
}

/// @dev A state with the signatures of both sides.
struct CoSigned {
    State state;
    bytes signatureA;
    bytes signatureB;
}

/// @dev Two parties who agree on anything in two channels, a stranger who carries it to the adjudicator, and a ghost that
/// keeps count.
contract ChannelPlayers {
    uint256 private constant KEY_A = 0xa11ce;
    uint256 private constant KEY_B = 0xb0b;
    uint256 private constant CHANNELS = 2;
    uint96 private constant BOND = 5;
    address private constant ETHER = address(0);

    IVm private constant VM = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    Adjudicator public immutable adjudicator;
    StrangeToken public immutable token;
    address public immutable a;
    address public immutable b;
    address public immutable stranger;

    // The ghost.
    mapping(uint256 channel => uint64 version) public agreed;
    mapping(uint256 channel => mapping(address asset => uint256 amount)) public authorised;
    mapping(uint256 channel => mapping(address asset => uint256 amount)) public paidOut;
    mapping(uint256 channel => mapping(address asset => uint256 amount)) public paidIn;
    bool public hasFallenBack;
    bool public hasPaidTwice;

    constructor() {
        adjudicator = new Adjudicator();
        token = new StrangeToken(address(adjudicator), StrangeToken.Manner.Plain);
        a = VM.addr(KEY_A);
        b = VM.addr(KEY_B);
        stranger = VM.addr(0x57a9);
        token.mint(a, type(uint112).max);
        VM.deal(a, type(uint112).max);
    }

    function deposit(uint8 channel, bool toB, bool ofToken, uint64 amount) external {
        uint256 index = channel % CHANNELS;
        bytes32 id = idOf(index);
        VM.prank(a);
        if (ofToken) adjudicator.deposit(id, toB, address(token), amount);
        else adjudicator.depositEth{value: _take(amount)}(id, toB);
        paidIn[index][ofToken ? address(token) : ETHER] += amount;
    }

    function withdraw(uint8 channel, uint64 version, int72 net, uint64 outA, uint64 outB) external {
        uint256 index = channel % CHANNELS;
        CoSigned memory presented = _sign(index, version | 1, false, net, outA, outB);
        uint256[2] memory before = _held();
        VM.prank(stranger);
        adjudicator.withdraw(_pack(index, presented));
        for (uint256 i = 0; i < 2; i++) {
            address asset = presented.state.assets[i].token;
            uint256 sum = uint256(outA) + outB;
            if (sum > authorised[index][asset]) authorised[index][asset] = sum;
        }
        _count(index, before);
    }

    function close(uint8 channel, uint64 version, int72 net) external {
        uint256 index = channel % CHANNELS;
        CoSigned memory last = _sign(index, version | 1, true, net, 0, 0);
        uint256[2] memory before = _held();
        bool wasSettled = _isSettled(index, ETHER) && _isSettled(index, address(token));
        VM.prank(stranger);
        adjudicator.close(_pack(index, last));
        if (wasSettled) hasPaidTwice = true;
        _count(index, before);
    }

    function challenge(uint8 channel, uint64 version, int72 net, bool byB) external {
        uint256 index = channel % CHANNELS;
        CoSigned memory presented = _sign(index, version | 1, false, net, 0, 0);
        VM.deal(byB ? b : a, 1 ether);
        VM.prank(byB ? b : a);
        adjudicator.challenge{value: _take(paramsOf(index).bond)}(_pack(index, presented));
        _follow(index);
    }

    function respond(uint8 channel, uint64 version, int72 net) external {
        uint256 index = channel % CHANNELS;
        CoSigned memory presented = _sign(index, version | 1, false, net, 0, 0);
        VM.prank(stranger);
        adjudicator.respond(_pack(index, presented));
        _follow(index);
    }

    function settle(uint8 channel, int72 net) external {
        uint256 index = channel % CHANNELS;
        uint64 version = adjudicator.headOf(idOf(index)).version;
        CoSigned memory presented = _sign(index, version, false, net, 0, 0);
        bytes memory tokens = abi.encodePacked(uint8(3), ETHER, address(token), address(token));
        uint256[2] memory before = _held();
        bool wasSettled = _isSettled(index, ETHER) && _isSettled(index, address(token));
        VM.prank(stranger);
        adjudicator.settleState(bytes.concat(_pack(index, presented), tokens));
        if (wasSettled && paramsOf(index).bond == 0) hasPaidTwice = true;
        _count(index, before);
        _follow(index);
    }

    function keep(bool ofToken, uint64 amount) external {
        address asset = ofToken ? address(token) : ETHER;
        VM.prank(a);
        adjudicator.depositVault{value: ofToken ? 0 : _take(amount)}(b, asset, amount);
        VM.prank(b);
        adjudicator.reserveFee(idOf(0), stranger, asset, amount / 2);
    }

    function takeOut(bool ofToken, uint64 amount, bool byB) external {
        VM.prank(byB ? b : a);
        adjudicator.vaultOut(ofToken ? address(token) : ETHER, a, amount);
    }

    function pass(uint16 seconds_) external {
        VM.warp(block.timestamp + seconds_);
    }

    function paramsOf(uint256 index) public view returns (Params memory params) {
        params.a = a;
        params.b = b;
        params.bond = index == 0 ? 0 : BOND;
        params.salt = uint64(index);
    }

    function idOf(uint256 index) public view returns (bytes32) {
        return keccak256(abi.encode(adjudicator.HOME(), paramsOf(index)));
    }

    function _sign(
        uint256 index,
        uint64 version,
        bool isFinal,
        int128 net,
        uint128 outA,
        uint128 outB
    ) private view returns (CoSigned memory presented) {
        State memory state = presented.state;
        state.channelId = idOf(index);
        state.version = version;
        state.isFinal = isFinal;
        state.assets = new Asset[](2);
        state.assets[0] = Asset(ETHER, net, outA, outB);
        state.assets[1] = Asset(address(token), -net, outB, outA);
        bytes32 digest = TypedData.digest(adjudicator.domainSeparator(), _hash(state));
        presented.signatureA = _compact(KEY_A, digest);
        presented.signatureB = _compact(KEY_B, digest);
    }

    function _pack(uint256 index, CoSigned memory presented) private view returns (bytes memory) {
        Params memory params = paramsOf(index);
        State memory state = presented.state;
        return
            bytes.concat(
                abi.encodePacked(params.a, params.b, params.keyA, params.keyB, params.token),
                abi.encodePacked(params.period, params.bond, params.salt),
                abi.encodePacked(state.version, state.isFinal, uint16(state.assets.length)),
                abi.encodePacked(state.locks, state.app),
                _packAsset(state.assets[0]),
                _packAsset(state.assets[1]),
                abi.encodePacked(uint16(64), presented.signatureA),
                abi.encodePacked(uint16(64), presented.signatureB)
            );
    }

    function _packAsset(Asset memory asset) private pure returns (bytes memory) {
        return abi.encodePacked(asset.token, asset.net, asset.outA, asset.outB);
    }

    // The two assets' hashes one after the other, as EIP-712 has it.
    function _hash(State memory state) private pure returns (bytes32) {
        bytes32 first = keccak256(abi.encode(ASSET_TYPEHASH, state.assets[0]));
        bytes32 second = keccak256(abi.encode(ASSET_TYPEHASH, state.assets[1]));
        bytes32 assets = keccak256(abi.encode(first, second));
        return
            keccak256(
                bytes.concat(
                    abi.encode(STATE_TYPEHASH, state.channelId, state.version, state.isFinal),
                    abi.encode(assets, state.locks, state.app)
                )
            );
    }

    function _compact(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return abi.encodePacked(r, bytes32((uint256(v - 27) << 255) | uint256(s)));
    }

    // Ether that a pranked call carries is the caller's own, and the caller is this contract but for its name.
    function _take(uint256 amount) private returns (uint256) {
        VM.deal(address(this), amount);
        VM.deal(a, a.balance + amount);
        return amount;
    }

    function _held() private view returns (uint256[2] memory) {
        return [address(adjudicator).balance, token.balanceOf(address(adjudicator))];
    }

    function _isSettled(uint256 index, address asset) private view returns (bool) {
        return adjudicator.potOf(idOf(index), asset).isSettled;
    }

    function _count(uint256 index, uint256[2] memory before) private {
        uint256[2] memory held = _held();
        paidOut[index][ETHER] += before[0] - held[0];
        paidOut[index][address(token)] += before[1] - held[1];
    }

    function _follow(uint256 index) private {
        Head memory head = adjudicator.headOf(idOf(index));
        uint64 version = head.version - head.moves;
        if (version < agreed[index]) hasFallenBack = true;
        agreed[index] = version;
    }
}
