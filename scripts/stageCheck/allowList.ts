// Every place where a deployed contract can tell callers apart, or uses a power that could change it, with the reason
// why it may. A place that is not here, and a reason whose place is gone, make the check fail.

/** Who gains by a place. */
export type Holder =
  /** The one account that may what others may not. */
  | "sequencer"
  /** A contract of this rollup, at an address that cannot change. */
  | "contract"
  /** The L2's own rules, in the name of an address without a key. */
  | "protocol"
  /** The caller, about what is the caller's own. */
  | "own"
  /** Nobody: the caller is written down. */
  | "nobody";

export type Reason = { readonly holder: Holder; readonly why: string };

const because = (holder: Holder, why: string): Reason => ({ holder, why });

const FROM_TOKENS = because("own", "takes tokens from their owner alone");
const RECORDED = because("nobody", "bond or fee go to who made the move");
const PAID = because("nobody", "whoever makes a call that decides or collects is paid for it");
const SENDER_OF_MESSAGE = because("nobody", "the receiver learns who sent");
const OWN_DEPOSIT = because("nobody", "the L2 learns who deposits");
const ONLY_L2_BRIDGE = because("contract", "mints and burns for the L2's token bridge alone");
const A_PARTY = because("own", "a clock is started by a party of the channel alone");
const OWN_VAULT = because("own", "moves what is the caller's own");
const DEPOSITOR_ITSELF = because(
  "own",
  "to the same account, if the caller holds it on both layers",
);

/** By function and statement. */
export const PLACES: Readonly<Record<string, Reason>> = {
  "Inbox.post: msg.sender != SEQUENCER": because(
    "sequencer",
    "posts at any time; others once it was silent, or let a deposit wait, for the window",
  ),

  "Portal.takeDeposits: require(msg.sender == inbox, CallerNotInbox(msg.sender))": because(
    "contract",
    "deposits leave the queue with a batch of the inbox alone",
  ),
  "Portal.receive: require(AliasedAddress.l2AddressOf(msg.sender) == msg.sender, CallerIsContract(msg.sender))":
    DEPOSITOR_ITSELF,
  'Portal.receive: _deposit(msg.sender, msg.value, RECEIVE_GAS, false, "")': OWN_DEPOSIT,
  "Portal._deposit: deposit.from = AliasedAddress.l2AddressOf(msg.sender)": OWN_DEPOSIT,
  "AliasedAddress.l2AddressOf: caller == tx.origin || isDelegated(caller)": because(
    "nobody",
    "a contract of L1 has another address on L2",
  ),
  "Portal.proveWithdrawalTransaction: _proofs.keep(GAMES, hash, msg.sender, game)": because(
    "own",
    "a proof is kept under its submitter",
  ),
  "ProvenWithdrawals.payer: submitter == msg.sender": because("own", "the caller's own proof pays"),
  "ProvenWithdrawals.payer: proofs.bySubmitter[hash][msg.sender].game == address(0)": because(
    "own",
    "whether the caller has a proof of its own",
  ),
  "ProvenWithdrawals.payer: return isRipe ? submitter : msg.sender": because(
    "own",
    "the caller's own proof pays if the one on record cannot yet",
  ),

  "L1StandardBridge.finalizeBridgeERC20: require( msg.sender == address(PORTAL) && PORTAL.l2Sender() == L2_STANDARD_BRIDGE, CallerNotBridge(msg.sender) )":
    because("contract", "tokens leave for a proven message of the L2's token bridge alone"),
  "L1StandardBridge._sameAccount: require(AliasedAddress.l2AddressOf(msg.sender) == msg.sender, CallerIsContract(msg.sender))":
    DEPOSITOR_ITSELF,
  "L1StandardBridge._sameAccount: return msg.sender": DEPOSITOR_ITSELF,
  "L1StandardBridge._deposit: IERC20(l1Token).safeTransferFrom(msg.sender, address(this), amount)":
    FROM_TOKENS,
  "L1StandardBridge._deposit: bytes memory message = abi.encodeCall( this.finalizeBridgeERC20, (l2Token, l1Token, msg.sender, to, received, extraData) )":
    SENDER_OF_MESSAGE,

  "DisputeGame.propose: claim.proposer = msg.sender": RECORDED,
  "DisputeGame.prove: _game.tree.provers[id] = msg.sender": RECORDED,
  "DisputeTree.bisect: create(self, Bisection.leftChild(position), left, msg.sender, 0)": RECORDED,
  "DisputeTree.bisect: create(self, Bisection.rightChild(position, left), right, msg.sender, 0)":
    RECORDED,
  "DisputeTree.refine: require(create(self, steps, root, msg.sender, 0), NodeExists(id))": RECORDED,
  "Reward.decide: pay(game, walk, id, msg.sender, 0, gas * cappedBaseFee())": PAID,
  "Reward.collect: pay(game, walk, id, msg.sender, 0, gas * cappedBaseFee())": PAID,
  "DisputeGame.withdraw: uint256 amount = _game.credit[msg.sender]": because(
    "own",
    "pays the caller's own credit",
  ),
  "DisputeGame.withdraw: _game.credit[msg.sender] = 0": because("own", "and takes it down"),
  "Multicall.multicall: bytes memory context = msg.sender == _msgSender() ? new bytes(0) : msg.data[msg.data.length - _contextSuffixLength():]":
    because("nobody", "always equal: nothing here overrides who the sender is"),
  "Context._msgSender: return msg.sender": because("own", "OpenZeppelin's name for the caller"),
  "LowLevelCall.delegatecallNoReturn: success := delegatecall(gas(), target, add(data, 0x20), mload(data), 0x00, 0x00)":
    because("nobody", "the game's multicall, to itself: what it runs is its own functions"),
  "Clones.cloneWithImmutableArgs: instance := create(value, add(bytecode, 0x20), mload(bytecode))":
    because("nobody", "an address for each claim, which only reads the game"),

  "Adjudicator._attempt: (success, reason) = address(this).delegatecall(data)": because(
    "nobody",
    "the adjudicator's own functions, for the caller itself, one failing alone",
  ),
  "Signing.challengerIsB: msg.sender == params.a() || msg.sender == signerA": A_PARTY,
  "Signing.challengerIsB: require(msg.sender == params.b() || msg.sender == signerB, SenderNotAParty(msg.sender))":
    A_PARTY,
  "Adjudicator.closeToVault: _close(packed, msg.sender)": because(
    "own",
    "the caller's own share stays in its vault",
  ),
  "Money.pull: SafeERC20.safeTransferFrom(IERC20(token), msg.sender, address(this), amount)":
    FROM_TOKENS,
  "Adjudicator.vaultOut: _ledger.book.debit(msg.sender, token, amount)": OWN_VAULT,
  "Adjudicator.reserveFee: _ledger.book.reserveFee(msg.sender, id, tower, token, amount)":
    OWN_VAULT,
  "Adjudicator.startExit: uint40 exitAt = _ledger.book.startExit(msg.sender, id, tower, token)":
    OWN_VAULT,
  "Adjudicator.exit: uint112 amount = _ledger.book.exit(msg.sender, id, tower, token)": OWN_VAULT,
  "Adjudicator.respondFor: require(msg.sender == fee.tower(), SenderNotTheTower(fee.tower(), msg.sender))":
    because("own", "the tower that a party promised its fee to"),

  'MessagePasser.receive: _send(msg.sender, RECEIVE_GAS, "")': because(
    "own",
    "to the same account on L1",
  ),
  "MessagePasser._send: bytes32 hash = Withdrawal(nonce, msg.sender, target, msg.value, gasLimit, data).hash()":
    SENDER_OF_MESSAGE,
  "L1Attributes.setL1BlockValues: require(msg.sender == Limits.SYSTEM_ADDRESS, CallerNotSystem(msg.sender))":
    because("protocol", "each block's first step writes its L1 origin; nobody has the key"),
  "BridgedToken.mint: require(msg.sender == L2_STANDARD_BRIDGE, CallerNotBridge(msg.sender))":
    ONLY_L2_BRIDGE,
  "BridgedToken.burn: require(msg.sender == L2_STANDARD_BRIDGE, CallerNotBridge(msg.sender))":
    ONLY_L2_BRIDGE,
  "BridgedTokenFactory.createOptimismMintableERC20WithDecimals: new BridgedToken{salt: 0}(remoteToken, name, symbol, decimals)":
    because("nobody", "anybody makes tokens, each at the address that follows from what it is"),
  "L2StandardBridge.finalizeBridgeERC20: require(msg.sender == AliasedAddress.aliasOf(otherBridge), CallerNotBridge(msg.sender))":
    because("contract", "tokens are minted for a deposit of the L1 token bridge alone"),
  "L2StandardBridge.mint: require(msg.sender == address(this), CallerNotSelf(msg.sender))": because(
    "contract",
    "the bridge calls itself, in a frame whose failure it survives",
  ),
  "L2StandardBridge.refundFailedMint: require( msg.sender == from || msg.sender == to || msg.sender == AliasedAddress.aliasOf(from), CallerNotParty(msg.sender) )":
    because("own", "depositor or recipient send back what could not be minted"),
  "L2StandardBridge._withdraw: IBridgedToken(localToken).burn(msg.sender, amount)": FROM_TOKENS,
  "L2StandardBridge._withdraw: _send(localToken, remoteToken, msg.sender, to, amount, extraData)":
    SENDER_OF_MESSAGE,
  "L2StandardBridge._sameAccount: require(AliasedAddress.l2AddressOf(msg.sender) == msg.sender, CallerIsContract(msg.sender))":
    DEPOSITOR_ITSELF,
  "L2StandardBridge._sameAccount: return msg.sender": DEPOSITOR_ITSELF,
};

/** State variables that hold an address and that a function writes. */
export const MUTABLE_ADDRESSES: Readonly<Record<string, string>> = {
  "Portal.l2Sender": "transient: who sent the message that is being delivered",
};

/** Code of the L2's genesis that others published, by its hash. */
export const FOREIGN_CODE: Readonly<Record<string, Reason & { readonly codeHash: string }>> = {
  "beacon roots": {
    ...because(
      "protocol",
      "EIP-4788: each block writes its parent beacon root; nobody has the key",
    ),
    codeHash: "0xf57acd40259872606d76197ef052f3d35588dadf919ee1f0e3cb9b62d3f4b02c",
  },
  "block hashes": {
    ...because("protocol", "EIP-2935: each block writes its parent's hash; nobody has the key"),
    codeHash: "0x6e49e66782037c0555897870e29fa5e552daf4719552131a0abce779daec0a5d",
  },
  "CREATE2 deployer": {
    ...because("nobody", "creates what anybody hands it, and owns nothing"),
    codeHash: "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989",
  },
  Multicall3: {
    ...because("nobody", "calls what anybody asks, and owns nothing"),
    codeHash: "0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891",
  },
};
