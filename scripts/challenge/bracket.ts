// Every false claim as a branch of the true one: how far the search for its first lie has come, and what the clocks say.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Raise from "../../src/dispute/raise.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Bonds from "../../src/watcher/bonds.ts";
import * as Judge from "../../src/watcher/judge.ts";
import type { Place } from "./lies.ts";

export type Rival = {
  readonly name: string;
  readonly account: Uint8Array;
  readonly trace: ClaimTrace;
  /** Where its claim leaves the truth; undefined for the truth itself. */
  readonly place: Place | undefined;
};

/** What is known of one claim. */
export type Branch = {
  readonly name: string;
  readonly claim: string;
  readonly state: "unclaimed" | "claimed" | "blocks" | "steps" | "disproved" | "confirmed";
  /** How many halvings have led to the first lie, at both levels together. */
  readonly halvings: number;
  /** What is still in question. */
  readonly question: string;
  /** Seconds; null stands for ever. */
  readonly clock: bigint | null;
  readonly locked: bigint;
};

export type Bracket = {
  readonly now: bigint;
  readonly timeout: bigint;
  readonly blockHeight: number;
  readonly stepHeight: number;
  readonly branches: readonly Branch[];
};

type Reached = { readonly position: Position; readonly isThere: boolean };

/** The dispute as it stands, the truth first. */
export function of(game: Game.Game, rivals: readonly Rival[]): Bracket {
  const { timeout, blockHeight, stepHeight } = game.config;
  const branches = rivals.map((rival) => branch(game, rival));
  return { now: game.now, timeout, blockHeight, stepHeight, branches };
}

function branch(game: Game.Game, rival: Rival): Branch {
  const { name, account, trace } = rival;
  const id = Judge.claimId(game.config, trace);
  const node = game.tree.nodes.get(Hex.key(id));
  const { locked } = Bonds.ofAccount(game, account);
  const claim = Hex.fromBytes(id.subarray(0, 4));
  const begun = { name, claim, halvings: 0, question: "", clock: 0n, locked };
  if (node === undefined) return { ...begun, state: "unclaimed" };
  const timer = Raise.trueTimer(game, node);
  const clock = timer >= Clock.FOREVER ? null : timer;
  const standing = { ...begun, clock, ...search(game, rival) };
  return Game.isConfirmed(game, id) ? { ...standing, state: "confirmed" } : standing;
}

function search(
  game: Game.Game,
  { trace, place }: Rival,
): Pick<Branch, "state" | "halvings" | "question"> {
  const { blockHeight, stepHeight } = game.config;
  if (place === undefined) return { state: "claimed", halvings: 0, question: "" };
  const root = Game.claimPosition(game.config, trace.parent);
  const blockLeaf = Number(place.block - trace.startState.number) - 1;
  const { position: leaf } = descend(game, trace.blocks, root, blockLeaf);
  const blockHalvings = blockHeight - leaf.height;
  if (leaf.height > 0) {
    const first = trace.startState.number + 1n + BigInt(leaf.index * 2 ** leaf.height);
    const question = `blocks ${first} to ${first + 2n ** BigInt(leaf.height) - 1n}`;
    return { state: blockHalvings === 0 ? "claimed" : "blocks", halvings: blockHalvings, question };
  }
  const startState =
    blockLeaf === 0 ? BlockDone.hash(trace.startState) : trace.blocks.hashAt(blockLeaf - 1);
  const steps = trace.steps(blockLeaf);
  const stepsRoot = Game.stepsPosition(game.config, leaf, startState);
  const { position, isThere } = descend(game, steps, stepsRoot, place.step);
  if (!isThere)
    return { state: "blocks", halvings: blockHalvings, question: `block ${place.block}` };
  const halvings = blockHalvings + stepHeight - position.height;
  const [from, size] = [position.index * 2 ** position.height, 2 ** position.height];
  const range = size === 1 ? `step ${from}: ${place.name}` : `steps ${from} to ${from + size - 1}`;
  const question = `block ${place.block}, ${range}`;
  const isDisproved = size === 1 && isProvenBeside(game, position, steps);
  return { state: isDisproved ? "disproved" : "steps", halvings, question };
}

// The lowest node of this tree on the way to a leaf that stands in the game.
function descend(game: Game.Game, trace: Trace, root: Position, leaf: number): Reached {
  let position = root;
  if (!stands(game, trace, root)) return { position, isThere: false };
  while (position.height > 0) {
    const height = position.height - 1;
    const next = Bisection.isRight(leaf, height)
      ? Bisection.rightChild(position, trace.subtree(height, 2 * position.index))
      : Bisection.leftChild(position);
    if (!stands(game, trace, next)) break;
    position = next;
  }
  return { position, isThere: true };
}

function stands(game: Game.Game, trace: Trace, position: Position): boolean {
  return game.tree.nodes.has(Hex.key(idOf(trace, position)));
}

function isProvenBeside(game: Game.Game, position: Position, trace: Trace): boolean {
  const own = idOf(trace, position);
  const { members } = DisputeTree.cohortOf(game.tree, Bisection.cohortId(position));
  return members.some(
    (id) =>
      !Bytes.equals(id, own) && DisputeTree.requireNode(game.tree, id).timer === Clock.FOREVER,
  );
}

function idOf(trace: Trace, position: Position): Uint8Array {
  const hash = trace.subtree(position.height, position.index);
  return Bisection.nodeId(Bisection.cohortId(position), hash);
}
