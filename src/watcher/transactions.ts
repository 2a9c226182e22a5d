// Moves as L1 transactions: those without a bond together, as many as fit; those with one, and proofs, alone.
import { encodeFunctionData, size, type Address, type Hex } from "viem";
import type * as Game from "../dispute/game.ts";
import type { Move } from "../dispute/move.ts";
import * as Abi from "../l1/abi.ts";
import { encodeMove } from "../l1/gameCalls.ts";
import type { Call } from "../l1/send.ts";

export type Transaction = { readonly moves: readonly Move[]; readonly call: Call };

/** Room below EIP-7825's cap, and below the 128 KiB that nodes take. */
const MAX_GAS = 12_000_000n;
const MAX_BYTES = 100_000;

/** More than any of these moves takes, with its calldata. */
const GAS = {
  bisect: 200_000n,
  update: 80_000n,
  confirm: 250_000n,
  settleRefinement: 250_000n,
  rewardBlocks: 100_000n,
  rewardSteps: 100_000n,
} as const;
/** With the payment of its mover, and the mover's first credit. */
const OPENING_GAS = 50_000n;

/** The transactions that make these moves on a game, in the same order. */
export function toTransactions(
  config: Game.Config,
  game: Address,
  moves: readonly Move[],
): Transaction[] {
  const transactions: Transaction[] = [];
  let together: Encoded[] = [];
  const flush = () => {
    if (together.length > 0) transactions.push(ofMany(game, together));
    together = [];
  };
  for (const move of moves) {
    const encoded = encode(move);
    if (encoded.gas === undefined) {
      flush();
      transactions.push(ofOne(config, game, encoded));
      continue;
    }
    if (!fits(together, encoded)) flush();
    together.push(encoded);
  }
  flush();
  return transactions;
}

type Encoded = {
  readonly move: Move;
  readonly data: Hex;
  /** A bound; undefined for a move that goes alone. */
  readonly gas: bigint | undefined;
};

function encode(move: Move): Encoded {
  return { move, data: encodeMove(move), gas: gasBound(move) };
}

function gasBound(move: Move): bigint | undefined {
  switch (move.kind) {
    case "propose":
    case "refine":
    case "prove":
    case "withdraw":
      return undefined;
    case "bisect":
      return GAS.bisect;
    case "update":
    case "confirm":
    case "settleRefinement":
    case "rewardBlocks":
    case "rewardSteps":
      return GAS[move.kind] + OPENING_GAS * BigInt(move.openings.length);
  }
}

function fits(together: readonly Encoded[], next: Encoded): boolean {
  const all = [...together, next];
  const gas = all.reduce((sum, one) => sum + (one.gas ?? MAX_GAS), 0n);
  return gas <= MAX_GAS && all.reduce((sum, { data }) => sum + size(data), 0) <= MAX_BYTES;
}

function ofOne(config: Game.Config, game: Address, { move, data }: Encoded): Transaction {
  const call = { what: move.kind, to: game, data, value: bondOf(config, move) };
  return { moves: [move], call };
}

function ofMany(game: Address, together: readonly Encoded[]): Transaction {
  const moves = together.map(({ move }) => move);
  const [first, ...more] = together;
  if (first !== undefined && more.length === 0)
    return { moves, call: { what: first.move.kind, to: game, data: first.data, value: 0n } };
  const data = encodeFunctionData({
    abi: Abi.DISPUTE_GAME,
    functionName: "multicall",
    args: [together.map((one) => one.data)],
  });
  return { moves, call: { what: `${together.length} moves`, to: game, data, value: 0n } };
}

function bondOf(config: Game.Config, { kind }: Move): bigint {
  if (kind === "propose") return config.claimBond;
  return kind === "refine" ? config.refinementBond : 0n;
}
