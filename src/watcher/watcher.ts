// The honest party: it judges every claim by the blocks that it derived itself, claims what is true, plays every
// dispute that a false claim opens, and takes its bonds back. All that it knows comes from L1.
import * as Bisection from "../dispute/bisection.ts";
import * as DisputeTree from "../dispute/disputeTree.ts";
import * as Game from "../dispute/game.ts";
import type { Move } from "../dispute/move.ts";
import { nextMoves, proposal, waitsAlone } from "../dispute/nextMoves.ts";
import { settlements, unsettledTrees } from "../dispute/settlements.ts";
import { spoils } from "../dispute/spoils.ts";
import type { GrowingTrace } from "../dispute/trace.ts";
import * as Urgency from "../dispute/urgency.ts";
import { untilItReads } from "../l1/retry.ts";
import * as Send from "../l1/send.ts";
import * as Derive from "../node/derive.ts";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Bonds from "./bonds.ts";
import type { Source } from "./claimTrace.ts";
import * as Dispatch from "./dispatch.ts";
import * as GameSync from "./gameSync.ts";
import * as Judge from "./judge.ts";
import * as Propose from "./propose.ts";
import * as Report from "./report.ts";
import * as StepTraces from "./stepTraces.ts";

export type WatcherConfig = {
  readonly source: Source;
  /** Reads on in L1 and derives what it says, as far as a turn can wait for. */
  readonly syncChain: () => Promise<void>;
  readonly game: GameSync.GameSync;
  readonly sender: Send.Sender;
  /** When to claim; null for a watcher that only answers others. */
  readonly policy: Propose.Policy | null;
  readonly say: (line: string) => void;
  /** Milliseconds since any time. */
  readonly clock: () => number;
};

/** A move, the trace that it stands for, and how urgent it is. */
type Answer = { readonly move: Move; readonly trace: GrowingTrace; readonly urgency: bigint };

type History = {
  /** How often L1 had taken something back when this was found. */
  readonly cuts: number;
  readonly closed: Set<string>;
  readonly first: Game.Claim;
};

export class Watcher {
  readonly #config: WatcherConfig;
  readonly #account: Uint8Array;
  readonly #steps: StepTraces.StepTraces;
  readonly #judge: Judge.Judge;
  // Claims on whose children nothing is left to do, and the first true claim that is not one of them, as long as L1 takes
  // nothing back.
  #history: History | undefined;
  // Whether what an earlier process has left waiting was waited for.
  #isAlone = false;
  // What was said, so that a poll that finds nothing new says nothing.
  readonly #said = new Set<string>();

  constructor(config: WatcherConfig) {
    this.#config = config;
    this.#account = Hex.toBytes(config.sender.wallet.account.address);
    this.#steps = StepTraces.create(config.source, config.say, config.clock);
    this.#judge = Judge.create(config.source, (number) => StepTraces.after(this.#steps, number));
  }

  /** Looks at L1 once and makes every move that it asks for; gives how many transactions that took. */
  async turn(): Promise<number> {
    const { syncChain, game: state, sender } = this.#config;
    if (!this.#isAlone) await Send.untilNothingWaits(sender);
    this.#isAlone = true;
    await syncChain();
    const game = await untilItReads("read the game", sender.retry, () => GameSync.sync(state));
    const bonds = Bonds.ofAccount(game, this.#account);
    const history = this.#historyOf(game);
    const claims = Judge.trueClaims(this.#judge, game, history.first);
    const answers = claims.flatMap((claim, i) => {
      const child = claims[i + 1];
      if (history.closed.has(Hex.key(claim.id))) return [];
      if (child !== undefined && waitsAlone(game, claim.id, child.id)) return [];
      return this.#defend(game, claim, bonds, history);
    });
    answers.push(...this.#propose(game, claims.at(-1)));
    // Before the moves, some of which bring bonds back.
    if (bonds.locked > 0n) this.#sayOnce(Report.stake(bonds));
    let taken = await this.#make(game, answers);
    this.#history = leaveBehind(history, claims);
    taken += await this.#withdraw(game);
    return taken;
  }

  /** What is at stake, as of the last turn. */
  stake(): Bonds.Bonds | undefined {
    const { game } = this.#config.game;
    return game === undefined ? undefined : Bonds.ofAccount(game, this.#account);
  }

  /** Resolves when every block whose steps a turn has asked for is committed to. */
  committed(): Promise<void> {
    return this.#steps.queue;
  }

  /** Ends the threads that commit to blocks. */
  close(): Promise<void> {
    return StepTraces.close(this.#steps);
  }

  // Every claim on a true one is either the true one or has to be beaten by it.
  #defend(game: Game.Game, parent: Game.Claim, bonds: Bonds.Bonds, { closed }: History): Answer[] {
    const children = Game.children(game, parent.id);
    const [first] = children;
    if (first === undefined) return [];
    const range = { parent, endBlock: first.endState.number };
    const trace = Judge.traceOn(this.#judge, range);
    if (trace === undefined) return [];

    this.#sayFalse(game, trace, children);
    const moves = [
      ...nextMoves(game, trace),
      ...settlements(game, trace, this.#account),
      ...(bonds.hasMoved ? spoils(game, trace) : []),
    ];
    const cohort = Bisection.cohortId(Game.claimPosition(game.config, parent.id));
    const decided = DisputeTree.cohortOf(game.tree, cohort).confirmedAt !== 0n;
    const waits =
      unsettledTrees(game, trace, this.#account).length > 0 || StepTraces.isCommitting(this.#steps);
    if (decided && moves.length === 0 && !waits) closed.add(Hex.key(parent.id));
    const urgencies = Urgency.ofAnswers(game, trace);
    return moves.map((move) => {
      return { move, trace, urgency: Urgency.ofMove(game, urgencies, move) };
    });
  }

  #historyOf(game: Game.Game): History {
    const { cuts } = this.#config.game;
    if (this.#history?.cuts === cuts) return this.#history;
    return { cuts, closed: new Set(), first: Judge.genesisClaim(this.#judge, game) };
  }

  #propose(game: Game.Game, newest: Game.Claim | undefined): Answer[] {
    const { policy, source } = this.#config;
    if (policy === null || newest === undefined) return [];
    const safe = Derive.lastSafe(source.chain.database);
    const endBlock = Propose.dueBlock(game, newest, safe, policy);
    if (endBlock === undefined) return [];
    const trace = Judge.traceOn(this.#judge, { parent: newest, endBlock });
    return trace === undefined ? [] : [{ move: proposal(trace), trace, urgency: 0n }];
  }

  async #withdraw(game: Game.Game): Promise<number> {
    const credit = Bonds.creditOf(game, this.#account);
    if (credit === 0n) return 0;
    const { sender } = this.#config;
    if (!Bonds.isWorthItsGas(credit, await Send.gasPrice(sender))) {
      this.#sayOnce(Report.waitingCredit(credit));
      return 0;
    }
    const onMade = () => this.#config.say("withdraws its credit");
    const dispatch = this.#dispatch(onMade, () => 0n);
    return Dispatch.send(dispatch, [{ kind: "withdraw", to: this.#account }]);
  }

  #make(game: Game.Game, answers: readonly Answer[]): Promise<number> {
    const { say } = this.#config;
    const answerOf = new Map(answers.map((answer) => [answer.move, answer]));
    const known = (move: Move): Answer => {
      const answer = answerOf.get(move);
      assert(answer !== undefined, "a plan makes no moves of its own");
      return answer;
    };
    const onMade = (made: readonly Move[], gas: bigint) => {
      const lines = made.map((move) => Report.decision(game, known(move).trace, move));
      say(`${lines.join("; ")} (${gas} gas)`);
    };
    const dispatch = this.#dispatch(onMade, (move) => known(move).urgency);
    return Dispatch.send(dispatch, [...answerOf.keys()]);
  }

  #dispatch(
    onMade: Dispatch.Dispatch["onMade"],
    urgencyOf: Dispatch.Dispatch["urgencyOf"],
  ): Dispatch.Dispatch {
    const { sender, game, clock } = this.#config;
    const onRefused = (moves: readonly Move[], reason: string) =>
      this.#sayOnce(`L1 refused ${moves.map(({ kind }) => kind).join(", ")}: ${reason}`);
    const { address, config } = game;
    return { sender, game: address, config, clock, urgencyOf, onMade, onRefused };
  }

  #sayFalse(game: Game.Game, trace: GrowingTrace, children: readonly Game.Claim[]): void {
    const trueId = Judge.claimId(game.config, trace);
    for (const claim of children) {
      if (Bytes.equals(claim.id, trueId)) continue;
      this.#sayOnce(Report.falsity(claim, trace));
      if (Game.isConfirmed(game, claim.id))
        this.#sayOnce(`claim ${Report.short(claim.id)} is false and confirmed`);
    }
  }

  #sayOnce(line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.#config.say(line);
  }
}

// The oldest claims, as far as all of them are closed, need not be looked at again.
function leaveBehind({ cuts, closed, first }: History, claims: readonly Game.Claim[]): History {
  const open = claims.findIndex(({ id }) => !closed.has(Hex.key(id)));
  const rest = open === -1 ? claims.slice(-1) : claims.slice(open);
  const stillClosed = rest.map(({ id }) => Hex.key(id)).filter((key) => closed.has(key));
  return { cuts, closed: new Set(stillClosed), first: rest[0] ?? first };
}
