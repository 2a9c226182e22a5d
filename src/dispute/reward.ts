// What becomes of lost bonds: half is burned, the rest pays flat prices, each at about what the act costs, to whoever did what
// the winner needed. Twin: contracts/dispute/Reward.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Opening } from "./disputeTree.ts";
import type { Game } from "./game.ts";
import type { Forfeited, Rewarded, Settled } from "./gameEvent.ts";
import { MoveRejected } from "./moveRejected.ts";

// A claim that beat a rival, and the withdrawal of its bond.
export const CLAIM_GAS = 210_000n;
// A bisection.
export const MOVE_GAS = 131_000n;
// A level-1 tree, with the opening of the state before it.
export const REFINE_GAS = 140_000n;
// A proof of the most expensive step.
export const PROOF_GAS = 14_075_000n;
// A confirmation beside a rival, and a withdrawal; the return of a level-1 bond, and a withdrawal; a collection of what either
// left unpaid.
export const CONFIRM_GAS = 174_000n;
export const SETTLE_GAS = 149_000n;
export const COLLECT_GAS = 70_000n;
// Besides: each opening whose time a call counts, and each move or proof that it pays.
export const OPENING_GAS = 17_000n;
export const PAYMENT_GAS = 8_500n;
// What an account's first credit costs the caller more: the account bears it.
export const CREDIT_GAS = 20_000n;
// A level-1 tree whose time was counted ahead of the confirmation, by an `update` of its block.
export const UPDATE_GAS = 51_000n;
export const BASE_FEE_CAP = 50_000_000_000n;

/** A walk down a tree through its opened nodes: whom it pays, and what it has come upon. */
export type Walk = {
  // The claim whose pot pays, what is in it, and the price of gas at which.
  readonly parent: Uint8Array;
  readonly baseFee: bigint;
  pot: bigint;
  // The level whose movers are paid.
  readonly level: number;
  // Level-1 trees that were walked under the blocks of a walk at level 0.
  readonly trees: Uint8Array[];
  // Openings used, moves and proofs paid, and accounts whose credit that began.
  opened: number;
  paid: number;
  begun: number;
  readonly rewards: Rewarded[];
  // Account => what the call has credited it with so far.
  readonly credits: Map<string, bigint>;
};

/** Who makes a call, in a block of which base fee. */
export type Caller = { readonly sender: Uint8Array; readonly baseFee: bigint };

/** A walk that pays the moves of a level out of a claim's pot. */
export function walk(game: Game, parent: Uint8Array, level: number, baseFee: bigint): Walk {
  const pot = game.pots.get(Hex.key(parent)) ?? 0n;
  const found = { trees: [], opened: 0, paid: 0, begun: 0, rewards: [] };
  return { parent, baseFee, pot, level, ...found, credits: new Map() };
}

/** The base fee that acts are paid at. */
export function cappedBaseFee(baseFee: bigint): bigint {
  return baseFee < BASE_FEE_CAP ? baseFee : BASE_FEE_CAP;
}

/**
 * Decides a cohort of claims, or of level-1 trees, in favour of one that has run out its time. Its bond is returned; all others
 * have lost theirs, of which half goes into the pot and the rest is burned. Then pays what the winner needed: the moves that are
 * opened here, its root, and this call. A claim without a rival has needed nothing.
 */
export function decide(
  game: Game,
  walk: Walk,
  position: Position,
  root: Uint8Array,
  openings: readonly Opening[],
  account: Uint8Array,
  call: Caller,
): (Settled | Forfeited | Rewarded)[] {
  const isClaim = walk.level === 0;
  const { timeout, claimBond, refinementBond } = game.config;
  const bond = isClaim ? claimBond : refinementBond;
  const cohortId = Bisection.cohortId(position);
  const id = Bisection.nodeId(cohortId, root);
  const node = DisputeTree.requireNode(game.tree, id);
  const { members } = DisputeTree.cohortOf(game.tree, cohortId);
  addCredit(walk, account, bond);
  const settled: Settled = { kind: "Settled", node: id, account, amount: bond };
  const lost = bond * BigInt(members.length - 1);
  const pooled = lost / 2n;
  walk.pot += pooled;

  const timer = follow(game, walk, position, root, openings);
  if (timer < timeout) throw new MoveRejected("TimerTooShort", [id, timeout, timer]);
  if (isClaim && lost === 0n) return [settled];

  let gas = (isClaim ? CONFIRM_GAS : SETTLE_GAS) + gasOf(walk);
  const isCounted = isClaim || Clock.has(node, Clock.COUNTED);
  if (!isCounted) gas += UPDATE_GAS + OPENING_GAS * BigInt(walk.opened);
  pay(walk, id, account, 0, (isClaim ? CLAIM_GAS : REFINE_GAS) * walk.baseFee);
  pay(walk, id, call.sender, 0, gas * cappedBaseFee(call.baseFee));
  const { parent, rewards } = walk;
  if (lost === 0n) return [settled, ...rewards];
  const burned = lost - pooled;
  return [settled, { kind: "Forfeited", parent, winner: id, burned, pooled }, ...rewards];
}

/** Pays what is unpaid below a node of a winner's tree: below its root, or below a node whose opening was paid before. */
export function collect(
  game: Game,
  walk: Walk,
  position: Position,
  openings: readonly Opening[],
  call: Caller,
): readonly Rewarded[] {
  const [first] = openings;
  if (first === undefined) throw new MoveRejected("OpeningMissing", []);
  const nodeHash = Bisection.innerHash(first.left, first.right);
  const id = Bisection.idAt(position, nodeHash);
  if (position.height === 0) throw new MoveRejected("NotInner", [id]);
  const right = Bisection.idAt(Bisection.rightChild(position, first.left), first.right);
  const isPaid = hasFlag(game, right, Clock.REWARDED);
  if (!isPaid && !hasFlag(game, id, Clock.CONFIRMED)) throw new MoveRejected("NotConfirmed", [id]);
  follow(game, walk, position, nodeHash, openings);
  if (walk.paid === 0) return [];

  // Other openings are free: they could be had any number of times.
  if (walk.opened > walk.paid) walk.opened = walk.paid;
  const gas = COLLECT_GAS + gasOf(walk);
  pay(walk, id, call.sender, 0, gas * cappedBaseFee(call.baseFee));
  return walk.rewards;
}

/**
 * The bottom-up timer of a node of a tree, counted through openings in the order of a way down that takes the left side
 * first; pays the moves of one level on that way. A node that is not opened here has the timer that is recorded.
 */
export function follow(
  game: Game,
  walk: Walk,
  position: Position,
  nodeHash: Uint8Array,
  openings: readonly Opening[],
): bigint {
  const timer = visit(game, walk, position, nodeHash, openings);
  if (walk.opened !== openings.length) throw new MoveRejected("OpeningUnused", [walk.opened]);
  return timer;
}

function visit(
  game: Game,
  walk: Walk,
  position: Position,
  nodeHash: Uint8Array,
  openings: readonly Opening[],
): bigint {
  const { tree, config, now } = game;
  const cohortId = Bisection.cohortId(position);
  const id = Bisection.nodeId(cohortId, nodeHash);
  const node = DisputeTree.requireNode(tree, id);
  const cohort = DisputeTree.cohortOf(tree, cohortId);
  const timer = Clock.bottomUp(node, cohort, now);
  if (position.level === walk.level) payNode(game, walk, node);
  const below = openings[walk.opened];
  if (below === undefined) return timer;

  let sum: bigint;
  if (position.height > 0) {
    if (!Clock.has(node, Clock.BISECTED)) return timer;
    if (!Bytes.equals(Bisection.innerHash(below.left, below.right), nodeHash)) return timer;
    walk.opened++;
    sum = visit(game, walk, Bisection.leftChild(position), below.left, openings);
    const half = Bisection.rightChild(position, below.left);
    const right = visit(game, walk, half, below.right, openings);
    if (right < sum) sum = right;
  } else {
    if (position.level !== 0) return timer;
    const origin = Bisection.originOf(cohortId, below.left);
    const steps = Bisection.root(1, config.stepHeight, origin);
    const rootId = Bisection.idAt(steps, below.right);
    const refined = tree.refines.get(Hex.key(rootId));
    if (refined === undefined || !Bytes.equals(refined, id)) return timer;
    walk.opened++;
    walk.trees.push(rootId);
    sum = visit(game, walk, steps, below.right, openings);
  }
  sum = Clock.add(Clock.unrivaled(node, cohort, now), sum);
  return sum > timer ? sum : timer;
}

// A right child is always new, so its mover is the one who bisected its parent. And a proof that no rival asked for is paid
// by nobody: such proofs would empty the pot.
function payNode(game: Game, walk: Walk, node: Clock.Node): void {
  const { tree } = game;
  const { id, position } = node;
  if (Bisection.isRight(position.index, 0) && !Clock.has(node, Clock.REWARDED)) {
    payOut(game, walk, id, node.mover, Clock.REWARDED, MOVE_GAS);
  }
  const isStep = position.level === 1 && position.height === 0;
  if (isStep && DisputeTree.isRivaled(tree, node) && !Clock.has(node, Clock.PROOF_REWARDED)) {
    const prover = tree.provers.get(Hex.key(id));
    if (prover !== undefined) payOut(game, walk, id, prover, Clock.PROOF_REWARDED, PROOF_GAS);
  }
}

function payOut(
  game: Game,
  walk: Walk,
  id: Uint8Array,
  account: Uint8Array,
  flag: number,
  gas: bigint,
): void {
  const key = Hex.key(account);
  const begins = (game.credit.get(key) ?? 0n) + (walk.credits.get(key) ?? 0n) === 0n;
  const price = begins ? gas - CREDIT_GAS : gas;
  if (!pay(walk, id, account, flag, price * walk.baseFee)) return;
  walk.paid++;
  if (begins) walk.begun++;
}

// Credits an account out of the pot of the walk; nothing happens if the pot is too small.
function pay(
  walk: Walk,
  node: Uint8Array,
  account: Uint8Array,
  flag: number,
  amount: bigint,
): boolean {
  if (walk.pot < amount) return false;
  walk.pot -= amount;
  addCredit(walk, account, amount);
  walk.rewards.push({ kind: "Rewarded", parent: walk.parent, node, account, amount, flag });
  return true;
}

// What a walk has cost the caller, in gas, besides what the call itself does.
function gasOf({ opened, paid, begun }: Walk): bigint {
  return OPENING_GAS * BigInt(opened) + PAYMENT_GAS * BigInt(paid) + CREDIT_GAS * BigInt(begun);
}

// Notes what a call has credited an account with before its walk, or on it.
function addCredit({ credits }: Walk, account: Uint8Array, amount: bigint): void {
  const key = Hex.key(account);
  credits.set(key, (credits.get(key) ?? 0n) + amount);
}

function hasFlag({ tree }: Game, id: Uint8Array, flag: number): boolean {
  const node = tree.nodes.get(Hex.key(id));
  return node !== undefined && Clock.has(node, flag);
}
