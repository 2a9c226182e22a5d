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
      return void Ledger.deposit(ledger, call.id, Ledger.ETHER, call.toB, value);
    case "deposit": {
      const received = Work.pull(work, call.token, call.amount);
      return void Ledger.deposit(ledger, call.id, call.token, call.toB, received);
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
      const { id, token, amount } = call;
      Vaults.reserveFee(book, sender, id, token, amount);
      return book.emit({ kind: "FeeReserved", account: sender, id, token, amount });
    }
    case "startExit": {
      const { id, token } = call;
      const exitAt = Vaults.startExit(book, sender, id, token, time);
      return book.emit({ kind: "ExitStarted", account: sender, id, token, exitAt });
    }
    case "exit": {
      const { id, token } = call;
      const amount = Vaults.exit(book, sender, id, token, time);
      return book.emit({ kind: "Exited", account: sender, id, token, amount });
    }
    case "attempt":
      return call.calls.forEach((inner, index) => {
        attempt(work, index, inner);
      });
  }
}

function openDual(work: Work.Work, call: Call.OpenDual): void {
  const { params, draw } = call;
  const { ledger, context, around } = work;
  const id = Work.channelId(work, params);
  Signing.requireChannel(id, draw.channelId);
  if (context.time > draw.deadline) {
    throw new CallRejected("DrawExpired", [draw.deadline, context.time]);
  }
  const digest = TypedData.digest(around.domain, TypedData.drawHash(draw));
  const { signed } = Signing.isSignedBy(params.b, digest, call.signature, around.ask);
  if (!signed) throw new CallRejected("DrawNotSigned", [params.b, digest]);

  const received = Work.pull(work, draw.token, call.amount);
  const pot = Ledger.deposit(ledger, id, draw.token, false, received);
  if (pot.depositedA < draw.against) {
    throw new CallRejected("DepositBelowDraw", [draw.against, pot.depositedA]);
  }
  if (pot.depositedB >= draw.total) return;
  const missing = draw.total - pot.depositedB;
  Vaults.debit(ledger.book, params.b, draw.token, missing);
  Ledger.deposit(ledger, id, draw.token, true, missing);
}

function withdraw(work: Work.Work, { params, presented }: Call.Withdraw): void {
  const id = Work.channelId(work, params);
  Work.requireCoSigned(work, params, id, presented);
  let hasPaid = false;
  for (const asset of presented.state.assets) {
    if (Ledger.withdraw(work.ledger, params, id, asset)) hasPaid = true;
  }
  if (!hasPaid) throw new CallRejected("NothingToWithdraw", [id]);
}

function close(
  work: Work.Work,
  { params, last }: Call.Close | Call.CloseToVault,
  keeper: Uint8Array,
): void {
  const { ledger } = work;
  const id = Work.channelId(work, params);
  const { isFinal, version, locks, app, assets } = last.state;
  if (!isFinal) throw new CallRejected("StateNotFinal", [id, version]);
  if (!Bytes.isZero(locks) || !Bytes.isZero(app)) {
    throw new CallRejected("StateConditional", [locks, app]);
  }
  Work.requireCoSigned(work, params, id, last);

  if (params.bond !== 0n) Ledger.returnBond(ledger, params, id, Ledger.headOf(ledger, id));
  let hasPaid = false;
  for (const { token, net } of assets) {
    if (Ledger.settlePot(ledger, params, id, token, net, keeper)) hasPaid = true;
  }
  if (!hasPaid) throw new CallRejected("NothingToSettle", [id]);
}

function challenge(work: Work.Work, { params, presented, signature }: Call.Challenge): void {
  const { ledger, context, around } = work;
  const id = Work.channelId(work, params);
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
    Signing.requireChannel(id, state.channelId);
    if (!ChannelState.isInitial(state)) throw new CallRejected("InitialStateNotEmpty", [id]);
  } else if (!byHash) {
    byHash = Work.requireCoSigned(work, params, id, presented);
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

function respond(
  work: Work.Work,
  { params, presented }: Call.Respond | Call.RespondFor,
  head: Head.Head,
): void {
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const { version } = presented.state;
  Head.checkResponse(head, version, context.time);
  const stateHash = ChannelState.hash(presented.state);
  const byHash = Work.requireCoSigned(work, params, id, presented);

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
  const { params, fee, presented, signature } = call;
  const { ledger, context, around } = work;
  const { sender, time } = context;
  const id = Work.channelId(work, params);
  if (!Bytes.equals(sender, fee.tower)) {
    throw new CallRejected("SenderNotTheTower", [fee.tower, sender]);
  }
  Signing.requireChannel(id, fee.channelId);
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
  const { token, amount, tower } = fee;
  Vaults.payFee(ledger.book, account, id, token, amount, tower);
  ledger.book.emit({ kind: "FeePaid", account, id, tower, token, amount });
}

function settle(work: Work.Work, { params, tokens }: Call.Settle): void {
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const head = Ledger.headOf(ledger, id);
  Head.checkEnded(head, id, context.time);
  if (!Head.has(head, Head.SIMPLE)) throw new CallRejected("StateNeeded", [id]);

  let hasPaid = Ledger.returnBond(ledger, params, id, head);
  for (const token of tokens) {
    const payment = Bytes.equals(token, params.token) ? head.net : 0n;
    if (Ledger.settlePot(ledger, params, id, token, payment, Vaults.NOBODY)) hasPaid = true;
  }
  if (!hasPaid) throw new CallRejected("NothingToSettle", [id]);
}

function settleState(
  work: Work.Work,
  { params, presented, locks, tokens }: Call.SettleState,
): void {
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
  const head = Ledger.headOf(ledger, id);
  Head.checkEnded(head, id, context.time);
  Work.requireOnRecord(work, params, id, presented, head);
  Locks.requireHash(locks, presented.state.locks);

  let hasPaid = Ledger.returnBond(ledger, params, id, head);
  for (const token of tokens) {
    const payment = Ledger.paymentOf(ledger, presented.state, locks, token, context.time);
    if (Ledger.settlePot(ledger, params, id, token, payment, Vaults.NOBODY)) hasPaid = true;
  }
  if (!hasPaid) throw new CallRejected("NothingToSettle", [id]);
}

function forceMove(work: Work.Work, call: Call.ForceMove): void {
  const { params, prev, prevApp, next, nextApp, signature } = call;
  const { ledger, context, around } = work;
  const id = Work.channelId(work, params);
  const head = Ledger.headOf(ledger, id);
  Head.checkRunning(head, id, context.time);
  Work.requireOnRecord(work, params, id, prev, head);
  Signing.requireChannel(id, next.channelId);
  ForcedMove.check(prev.state, next, prevApp, nextApp);
  const stateHash = ChannelState.hash(next);
  const digest = TypedData.digest(around.domain, stateHash);
  const isB = Signing.sideOf(params, digest, signature, around.ask);
  ForcedMove.requireAllowed(params, prev.state, prevApp, next, nextApp, isB, around);

  const deadline = context.time + Params.window(params);
  const { version } = next;
  const flags = head.flags | Head.BY_HASH;
  ledger.heads.set(Hex.key(id), Head.countMove({ ...head, version, deadline, flags }, isB));
  ledger.recorded.set(Hex.key(id), stateHash);
  ledger.book.emit({ kind: "MoveForced", id, deadline, next, data: nextApp.data });
}

function recordOutcome(work: Work.Work, { params, presented, locks }: Call.RecordOutcome): void {
  const { ledger, context } = work;
  const id = Work.channelId(work, params);
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
