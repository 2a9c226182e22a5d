// The adjudicator as a pure state machine: the reference that the contract is replayed against. Its twin is the shell,
// contracts/channels/Adjudicator.sol; checks stand in the contract's order.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import type { AdjudicatorCall } from "./adjudicatorCall.ts";
import type * as Call from "./adjudicatorCall.ts";
import type { AdjudicatorEvent } from "./adjudicatorEvent.ts";
import * as Work from "./adjudicatorWork.ts";
import { CallRejected } from "./callRejected.ts";
import * as ChannelState from "./channelState.ts";
import * as ForcedMove from "./forcedMove.ts";
import * as Head from "./head.ts";
import * as Ledger from "./ledger.ts";
import * as Locks from "./locks.ts";
import * as Params from "./params.ts";
import type { Shares } from "./pot.ts";
import * as Signing from "./signing.ts";
import * as TypedData from "./typedData.ts";
import * as Vaults from "./vaults.ts";

/** What the contract remembers after a call, what it logged, and whom it paid. */
export type Result = {
  readonly ledger: Ledger.Ledger;
  readonly events: readonly AdjudicatorEvent[];
  readonly payments: readonly Work.Payment[];
};

/** The ledger of a contract that nobody has called yet. */
export function empty(): Ledger.Ledger {
  return {
    pots: new Map(),
    drawn: new Map(),
    heads: new Map(),
    recorded: new Map(),
    outcomes: new Map(),
    revealedAt: new Map(),
    book: { vault: new Map(), reserve: new Map(), emit: () => undefined, push: () => true },
  };
}

/** The result of a call; throws CallRejected where the contract reverts. */
export function apply(
  ledger: Ledger.Ledger,
  call: AdjudicatorCall,
  context: Work.Context,
  around: Work.Surroundings,
): Result {
  const work = Work.begin(ledger, context, around);
  perform(work, call);
  return { ledger: work.ledger, events: work.events, payments: work.payments };
}

function perform(work: Work.Work, call: AdjudicatorCall): void {
  const { ledger, context } = work;
  const { book } = ledger;
  const { sender, value, time } = context;
  switch (call.kind) {
    case "depositEth":
      return Ledger.deposit(ledger, call.id, Ledger.ETHER, toSide(call.toB, value));
    case "deposit": {
      const received = Work.pull(work, call.token, call.amount);
      return Ledger.deposit(ledger, call.id, call.token, toSide(call.toB, received));
    }
    case "openDual":
      return openDual(work, call);
    case "depositVault":
      return Vaults.credit(
        book,
        call.account,
        call.token,
        Work.pull(work, call.token, call.amount),
      );
    case "vaultOut":
      Vaults.debit(book, sender, call.token, call.amount);
      return void work.payments.push({ token: call.token, to: call.to, amount: call.amount });
    case "withdraw":
      return withdraw(work, call);
    case "close":
      return close(work, call, Vaults.NOBODY);
    case "closeToVault":
      return close(work, call, sender);
    case "closeMany":
      return call.closings.forEach((closing, index) => {
        attempt(work, index, { kind: "closeToVault", ...closing });
      });
    case "challenge":
      return challenge(work, call);
    case "respond":
      return respond(work, call, Ledger.headOf(ledger, Work.channelId(work, call.params)));
    case "respondFor":
      return respondFor(work, call);
    case "settle":
      return settle(work, call);
    case "settleState":
      return settleState(work, call);
    case "forceMove":
      return forceMove(work, call);
    case "reveal":
      return Ledger.reveal(ledger, call.secret, time);
    case "revealMany":
      return call.secrets.forEach((secret) => {
        Ledger.reveal(ledger, secret, time);
      });
    case "recordOutcome":
      return recordOutcome(work, call);
    case "reserveFee": {
      const { id, tower, token, amount } = call;
      Vaults.reserveFee(book, sender, id, tower, token, amount);
      return book.emit({ kind: "FeeReserved", account: sender, id, tower, token, amount });
    }
    case "startExit": {
      const { id, tower, token } = call;
      const exitAt = Vaults.startExit(book, sender, id, tower, token, time);
      return book.emit({ kind: "ExitStarted", account: sender, id, tower, token, exitAt });
    }
    case "exit": {
      const { id, tower, token } = call;
      const amount = Vaults.exit(book, sender, id, tower, token, time);
      return book.emit({ kind: "Exited", account: sender, id, tower, token, amount });
    }
    case "attempt":
      return call.calls.forEach((inner, index) => {
        attempt(work, index, inner);
      });
  }
}

function toSide(toB: boolean, amount: bigint): Shares {
  return toB ? { toA: 0n, toB: amount } : { toA: amount, toB: 0n };
}

function openDual(work: Work.Work, call: Call.OpenDual): void {
  const { params } = call;
  const { ledger, context, around } = work;
  const id = Work.channelId(work, params);
  const draw = Work.ofChannel(id, call.draw);
  if (context.time > draw.deadline) {
    throw new CallRejected("DrawExpired", [draw.deadline, context.time]);
  }
  const digest = TypedData.digest(around.domain, TypedData.drawHash(draw));
  const { signed } = Signing.isSignedBy(params.b, digest, call.signature, around.ask);
  if (!signed) throw new CallRejected("DrawNotSigned", [params.b, digest]);

  const received = Work.pull(work, draw.token, call.amount);
  Ledger.depositBoth(ledger, params, id, draw, received);
}

function withdraw(work: Work.Work, call: Call.Withdraw): void {
  const { params } = call;
  const id = Work.channelId(work, params);
  const presented = Work.presentedOf(id, call.presented);
  Work.requireCoSigned(work, params, presented);
  if (!Ledger.withdrawAll(work.ledger, params, id, presented.state)) {
    throw new CallRejected("NothingToWithdraw", [id]);
  }
}

function close(work: Work.Work, call: Call.Close | Call.CloseToVault, keeper: Uint8Array): void {
  const { params } = call;
  const { ledger } = work;
  const id = Work.channelId(work, params);
  const last = Work.presentedOf(id, call.last);
  const { isFinal, version, locks, app } = last.state;
  if (!isFinal) throw new CallRejected("StateNotFinal", [id, version]);
  if (!Bytes.isZero(locks) || !Bytes.isZero(app)) {
    throw new CallRejected("StateConditional", [locks, app]);
  }
  Work.requireCoSigned(work, params, last);

  if (params.bond !== 0n) Ledger.returnBond(ledger, params, id, Ledger.headOf(ledger, id));
  if (!Ledger.settleAll(ledger, params, id, last.state, keeper)) {
    throw new CallRejected("NothingToSettle", [id]);
  }
}

function challenge(work: Work.Work, call: Call.Challenge): void {
  const { params, signature } = call;
  const { ledger, context, around } = work;
  const id = Work.channelId(work, params);
  const presented = Work.presentedOf(id, call.presented);
  const { state } = presented;
  const head = Ledger.headOf(ledger, id);
  Head.checkChallenge(head, id, state.version);
  if (context.value !== params.bond) {
    throw new CallRejected("WrongBond", [params.bond, context.value]);
  }
  const stateHash = ChannelState.hash(state);
  const onRecord = Bytes.equals(Ledger.recordedHash(ledger, id), stateHash);
  let byHash = Head.has(head, Head.BY_HASH) && onRecord;
  if (state.version === 0n) {
    if (!ChannelState.isInitial(state)) throw new CallRejected("InitialStateNotEmpty", [id]);
  } else if (!byHash) {
    byHash = Work.requireCoSigned(work, params, presented);
    if (byHash) ledger.recorded.set(Hex.key(id), stateHash);
  }

  const isSimple = ChannelState.isSimple(state, params);
  const { domain, ask } = around;
  const { sender } = context;
  const challengerIsB = Signing.challengerIsB(params, stateHash, signature, domain, sender, ask);
  const deadline = context.time + Params.window(params);
  const flags =
    (byHash ? Head.BY_HASH : 0) |
    (params.bond !== 0n ? Head.BONDED : 0) |
    (challengerIsB ? Head.CHALLENGER_B : 0) |
    (isSimple ? Head.SIMPLE : 0);
  const net = isSimple ? ChannelState.simpleNet(state) : 0n;
  const { version } = state;
  ledger.heads.set(Hex.key(id), { version, deadline, flags, moves: 0n, net });
  const { salt } = params;
  const own = challengerIsB ? presented.signatureB : presented.signatureA;
  ledger.book.emit({
    ...{ kind: "Challenged", id, version, deadline, challengerIsB, salt, signature: own },
  });
}

function respond(work: Work.Work, call: Call.Respond | Call.RespondFor, head: Head.Head): void {
  const { params } = call;
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const presented = Work.presentedOf(id, call.presented);
  const { version } = presented.state;
  Head.checkResponse(head, version, context.time);
  const stateHash = ChannelState.hash(presented.state);
  const byHash = Work.requireCoSigned(work, params, presented);

  const flags = byHash ? Head.BY_HASH : 0;
  ledger.heads.set(Hex.key(id), { version, deadline: 0n, flags, moves: 0n, net: 0n });
  if (byHash) ledger.recorded.set(Hex.key(id), stateHash);
  if (Head.has(head, Head.BONDED)) {
    const toB = Head.has(head, Head.CHALLENGER_B) !== Head.isRefutedBy(head, version);
    Ledger.payBond(ledger, params, id, toB);
  }
  const signatures = Bytes.concat(presented.signatureA, presented.signatureB);
  ledger.book.emit({ kind: "Responded", id, version, signatures });
}

function respondFor(work: Work.Work, call: Call.RespondFor): void {
  const { params, presented, signature } = call;
  const { ledger, context, around } = work;
  const { sender, time } = context;
  const id = Work.channelId(work, params);
  const fee = Work.ofChannel(id, call.fee);
  if (!Bytes.equals(sender, fee.tower)) {
    throw new CallRejected("SenderNotTheTower", [fee.tower, sender]);
  }
  if (time > fee.deadline) throw new CallRejected("FeeExpired", [fee.deadline, time]);
  const head = Ledger.headOf(ledger, id);
  Head.checkRunning(head, id, time);
  const onRecord = Head.agreedVersion(head);
  const { version } = presented.state;
  if (onRecord >= fee.minVersion || fee.minVersion > version) {
    throw new CallRejected("FeeNotDue", [fee.minVersion, onRecord, version]);
  }
  const digest = TypedData.digest(around.domain, TypedData.towerFeeHash(fee));
  const isB = Signing.sideOf(params, digest, signature, around.ask);
  const account = isB ? params.b : params.a;

  respond(work, call, head);
  const { tower, token, amount } = fee;
  Vaults.payFee(ledger.book, account, id, tower, token, amount);
  ledger.book.emit({ kind: "FeePaid", account, id, tower, token, amount });
}

function settle(work: Work.Work, { params, tokens }: Call.Settle): void {
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const head = Ledger.headOf(ledger, id);
  Head.checkEnded(head, id, context.time);
  if (!Head.has(head, Head.SIMPLE)) throw new CallRejected("StateNeeded", [id]);

  let hasPaid = Ledger.returnBond(ledger, params, id, head);
  if (Ledger.settleByHead(ledger, params, id, head, tokens)) hasPaid = true;
  if (!hasPaid) throw new CallRejected("NothingToSettle", [id]);
}

function settleState(work: Work.Work, call: Call.SettleState): void {
  const { params, locks, tokens } = call;
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const presented = Work.presentedOf(id, call.presented);
  const head = Ledger.headOf(ledger, id);
  Head.checkEnded(head, id, context.time);
  Work.requireOnRecord(work, params, id, presented, head);
  Locks.requireHash(locks, presented.state.locks);

  let hasPaid = Ledger.returnBond(ledger, params, id, head);
  const { state } = presented;
  if (Ledger.settleByState(ledger, params, id, state, tokens, locks, context.time)) hasPaid = true;
  if (!hasPaid) throw new CallRejected("NothingToSettle", [id]);
}

function forceMove(work: Work.Work, call: Call.ForceMove): void {
  const { params, prevApp, nextApp, signature } = call;
  const { ledger, context, around } = work;
  const id = Work.channelId(work, params);
  const prev = Work.presentedOf(id, call.prev);
  const next = Work.ofChannel(id, call.next);
  const head = Ledger.headOf(ledger, id);
  Head.checkRunning(head, id, context.time);
  Work.requireOnRecord(work, params, id, prev, head);
  ForcedMove.check(prev.state, next, prevApp, nextApp);
  const stateHash = ChannelState.hash(next);
  const digest = TypedData.digest(around.domain, stateHash);
  const isB = Signing.sideOf(params, digest, signature, around.ask);
  ForcedMove.requireAllowed(params, prev.state, prevApp, next, nextApp, isB, around);

  const deadline = context.time + Params.window(params);
  ledger.heads.set(Hex.key(id), Head.moved(head, next.version, deadline, isB));
  ledger.recorded.set(Hex.key(id), stateHash);
  ledger.book.emit({ kind: "MoveForced", id, deadline, next, data: nextApp.data });
}

function recordOutcome(work: Work.Work, call: Call.RecordOutcome): void {
  const { params, locks } = call;
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const presented = Work.presentedOf(id, call.presented);
  const head = Ledger.headOf(ledger, id);
  Head.checkEnded(head, id, context.time);
  if (Ledger.outcomeOf(ledger, id).recordedAt !== 0n) throw new CallRejected("OutcomeKnown", [id]);
  let payment = head.net;
  if (!Head.has(head, Head.SIMPLE)) {
    Work.requireOnRecord(work, params, id, presented, head);
    Locks.requireHash(locks, presented.state.locks);
    payment = Ledger.paymentOf(ledger, presented.state, locks, params.token, context.time);
  }
  Ledger.recordOutcome(ledger, id, payment, context.time);
  Ledger.returnBond(ledger, params, id, head);
}

function attempt(work: Work.Work, index: number, call: AdjudicatorCall): void {
  const { ledger, events, payments, context, around } = work;
  const inner = Work.begin(ledger, { ...context, value: 0n }, around);
  try {
    perform(inner, call);
  } catch (reason) {
    if (!(reason instanceof CallRejected)) throw reason;
    events.push({ kind: "AttemptFailed", index, reason });
    return;
  }
  Work.adopt(ledger, inner.ledger);
  events.push(...inner.events);
  payments.push(...inner.payments);
}
