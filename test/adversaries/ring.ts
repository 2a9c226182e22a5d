// Where a bout takes place: the rules alone, with the numbers of production, or the contract and the rules in lockstep.
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import type { Oracles } from "../../src/dispute/disputeGame.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import type { ClaimTrace, StepTrace } from "../../src/dispute/trace.ts";
import { bondOf } from "../dispute/arena.ts";
import type { Arena } from "../dispute/arena.ts";
import { ACCUMULATOR, GENESIS, toyStep, toyTrace } from "../dispute/toyTrace.ts";
import type { Lie } from "../dispute/toyTrace.ts";
import type { Shape } from "./places.ts";

export type Ring = {
  readonly game: () => Game.Game;
  /** Why a move was rejected; undefined if it was made. */
  readonly make: (move: Move, player: number) => Promise<string | undefined>;
  readonly pass: (seconds: bigint) => void;
  /** The claim over the blocks after a claim, true or with a lie. */
  readonly trace: (
    parent: Pick<Game.Claim, "id" | "endState">,
    endBlock: bigint,
    lie?: Lie,
  ) => ClaimTrace;
  /** What each player has put up in bonds. */
  readonly staked: ReadonlyMap<number, bigint>;
};

const ETHER = 10n ** 18n;

/** The parameters of production: docs/protocol-dispute.md, section 2. */
export const PRODUCTION: Game.Config = {
  ...{ blockHeight: 16, stepHeight: 26, timeout: 604_800n },
  ...{ claimBond: 4n * ETHER, refinementBond: (21n * ETHER) / 10n },
};
export const LATENCY = 1_092n;
export const CENSORSHIP_BUDGET = 507_612n;
/** Nodes on a path from a claim down to a step, at a latency each, and one more to confirm. */
export const ANSWERS = 45n;
export const BASE_FEE = 20n * 10n ** 9n;

/** The rules alone. A move takes no time, and changes the game in place. */
export function modelRing(config: Game.Config, steps: number, baseFee = BASE_FEE): Ring {
  const { blockHeight, stepHeight } = config;
  let game = Game.create(config, GENESIS, 1_000_000n);
  const staked = new Map<number, bigint>();
  const oracles: Oracles = {
    step: (endBlock, index, state, witness) => toyStep(steps, endBlock, index, state, witness),
    blockCount: () => 2n ** 20n,
    accumulator: () => ACCUMULATOR,
  };
  return {
    game: () => game,
    staked,
    make: (move, player) => {
      const value = bondOf(config, move);
      try {
        DisputeGame.applyInPlace(
          game,
          move,
          { sender: accountOf(player), value, baseFee },
          oracles,
        );
      } catch (error) {
        if (error instanceof MoveRejected) return Promise.resolve(error.reason);
        throw error;
      }
      staked.set(player, (staked.get(player) ?? 0n) + value);
      return Promise.resolve(undefined);
    },
    pass: (seconds) => void (game = { ...game, now: game.now + seconds }),
    trace: (parent, endBlock, lie) =>
      remembering(toyTrace(rangeOf({ blockHeight, stepHeight, steps }, parent, endBlock), lie)),
  };
}

/** The contract and the model, which must do the same. Every move has a block and a second of its own. */
export function chainRing(arena: Arena): Ring {
  const staked = new Map<number, bigint>();
  return {
    game: arena.model,
    staked,
    make: async (move, player) => {
      const outcome = await arena.make(move, player);
      if (outcome.kind === "rejected") return outcome.reason;
      staked.set(player, (staked.get(player) ?? 0n) + bondOf(arena.config, move));
      return undefined;
    },
    pass: (seconds) => arena.wait(seconds),
    trace: (parent, endBlock, lie) =>
      remembering(arena.trace({ ...arena.genesis, ...parent }, endBlock, lie)),
  };
}

/** The account of a player in the model. */
export function accountOf(player: number): Uint8Array {
  return new Uint8Array(20).fill(player + 1);
}

/** The claim that all others follow. */
export function genesisOf({ game }: Ring): Game.Claim {
  const [genesis] = game().claims.values();
  if (genesis === undefined) throw new RangeError("a game has a genesis claim");
  return genesis;
}

// As a watcher's trace does, it makes the steps of a block once.
function remembering(trace: ClaimTrace): ClaimTrace {
  const known = new Map<number, StepTrace>();
  const steps = (leaf: number): StepTrace => {
    const made = known.get(leaf) ?? trace.steps(leaf);
    known.set(leaf, made);
    return made;
  };
  return { ...trace, steps };
}

function rangeOf(
  shape: Shape,
  { id: parent, endState: startState }: Pick<Game.Claim, "id" | "endState">,
  endBlock: bigint,
) {
  return { ...shape, parent, startState, endBlock };
}
