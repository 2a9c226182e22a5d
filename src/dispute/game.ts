// A dispute game as its events leave it: what a party that reads only the chain knows.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Tree } from "./disputeTree.ts";
import type { GameEvent, Proposed, Settled } from "./gameEvent.ts";
import type { Prove } from "./move.ts";

/** What the deployer of a game chooses, once. */
export type Config = {
  // A claim holds up to 2^blockHeight blocks, a block up to 2^stepHeight steps.
  readonly blockHeight: number;
  readonly stepHeight: number;
  // Seconds of unrivaled time that confirm a claim.
  readonly timeout: bigint;
  readonly claimBond: bigint;
  readonly refinementBond: bigint;
};

export type Claim = {
  readonly id: Uint8Array;
  readonly parent: Uint8Array;
  readonly root: Uint8Array;
  readonly endState: BlockDone.BlockDone;
  readonly proposer: Uint8Array;
  readonly index: number;
};

export type Game = {
  readonly config: Config;
  // The time at which the game is looked at.
  readonly now: bigint;
  readonly tree: Tree;
  readonly claims: Map<string, Claim>;
  readonly credit: Map<string, bigint>;
  // Claim that a dispute's claims follow => what its movers can still be paid.
  readonly pots: Map<string, bigint>;
  // Everyone who made a move => the claims and level-1 trees on which its bonds still are.
  readonly movers: Map<string, readonly Uint8Array[]>;
};

const NOBODY = new Uint8Array(20);

/** A new game, in which the genesis claim is confirmed at birth. */
export function create(config: Config, genesis: BlockDone.BlockDone, now: bigint): Game {
  const tree = { nodes: new Map(), cohorts: new Map(), refines: new Map(), provers: new Map() };
  const game = {
    config,
    now,
    tree,
    claims: new Map<string, Claim>(),
    credit: new Map(),
    pots: new Map(),
    movers: new Map(),
  };
  const id = genesisId(config, genesis);
  const root = Bisection.leafHash(BlockDone.hash(genesis));
  const parent = Bisection.ZERO;
  write(game, { kind: "Proposed", parent, claim: id, root, endState: genesis, proposer: NOBODY });
  write(game, { kind: "Confirmed", claim: id, baseFee: 0n });
  write(game, { kind: "Settled", node: id, account: NOBODY, amount: 0n });
  return game;
}

/** The id of the claim that every chain of claims starts from. */
export function genesisId(config: Config, genesis: BlockDone.BlockDone): Uint8Array {
  const cohort = Bisection.cohortId(claimPosition(config, Bisection.ZERO));
  return Bisection.nodeId(cohort, Bisection.leafHash(BlockDone.hash(genesis)));
}

/** The game after events at a time, given in the order of the chain. */
export function record(game: Game, events: readonly GameEvent[], now: bigint): Game {
  const next = at(game, now);
  for (const event of events) write(next, event);
  return next;
}

/** The same game, looked at later; it shares nothing with the old one. */
export function at(game: Game, now: bigint): Game {
  const { nodes, cohorts, refines, provers } = game.tree;
  return {
    config: game.config,
    now,
    tree: {
      nodes: new Map(nodes),
      cohorts: new Map(cohorts),
      refines: new Map(refines),
      provers: new Map(provers),
    },
    claims: new Map(game.claims),
    credit: new Map(game.credit),
    pots: new Map(game.pots),
    movers: new Map(game.movers),
  };
}

/** Where the tree of a claim on this parent stands. */
export function claimPosition(config: Config, parent: Uint8Array): Position {
  return Bisection.root(0, config.blockHeight, parent);
}

/** Where the level-1 trees under a level-0 leaf stand. */
export function stepsPosition(config: Config, leaf: Position, startState: Uint8Array): Position {
  const origin = Bisection.originOf(Bisection.cohortId(leaf), startState);
  return Bisection.root(1, config.stepHeight, origin);
}

/** Where the level-1 leaf stands that a proof is about. */
export function provenPosition({ blockLeaf, startState, index, prefix }: Prove): Position {
  const origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
  return { level: 1, height: 0, index, origin, prefix };
}

/** The claims on a parent, in the order of their proposal. */
export function children(game: Game, parent: Uint8Array): Claim[] {
  const cohort = Bisection.cohortId(claimPosition(game.config, parent));
  return DisputeTree.cohortOf(game.tree, cohort).members.map((id) => {
    const claim = game.claims.get(Hex.key(id));
    assert(claim !== undefined, "every root of a level-0 tree is a claim");
    return claim;
  });
}

/** Whether the claim, or the level-1 root, with this id has won for good. */
export function isConfirmed(game: Game, id: Uint8Array): boolean {
  return hasFlag(game, id, Clock.CONFIRMED);
}

/** Marks a level-1 tree that a confirmation counted. */
export function markCounted(game: Game, id: Uint8Array): void {
  setFlags(game, id, Clock.COUNTED);
}

/** Changes a game in place by one event. */
export function write(game: Game, event: GameEvent): void {
  const { tree, now } = game;
  switch (event.kind) {
    case "Proposed":
      return writeProposed(game, event);
    case "Bisected":
      addMover(game, event.mover, []);
      return DisputeTree.bisect(tree, event.position, event.left, event.right, event.mover, now);
    case "Refined": {
      const { leaf, leafHash, startState, root, mover } = event;
      const position = stepsPosition(game.config, leaf, startState);
      addMover(game, mover, [Bisection.nodeId(Bisection.cohortId(position), root)]);
      return DisputeTree.refine(tree, leaf, leafHash, startState, position, root, mover, now);
    }
    case "Proven": {
      addMover(game, event.mover, []);
      const node = DisputeTree.requireNode(tree, event.node);
      tree.nodes.set(Hex.key(event.node), { ...node, timer: Clock.FOREVER });
      tree.provers.set(Hex.key(event.node), event.mover);
      return;
    }
    case "Confirmed":
      return writeWon(game, event.claim, event.baseFee);
    case "Settled":
      return writeSettled(game, event);
    case "Forfeited":
      releaseLosers(game, event.winner);
      return add(game.pots, event.parent, event.pooled);
    case "Rewarded":
      setFlags(game, event.node, event.flag);
      add(game.pots, event.parent, -event.amount);
      return add(game.credit, event.account, event.amount);
    case "Withdrawn":
      game.credit.delete(Hex.key(event.account));
  }
}

function writeProposed(game: Game, event: Proposed): void {
  const { parent, claim: id, root, endState, proposer } = event;
  const position = claimPosition(game.config, parent);
  addMover(game, proposer, [id]);
  DisputeTree.create(game.tree, position, root, proposer, game.now, Clock.CLAIM);
  const key = Hex.key(Bisection.cohortId(position));
  const cohort = game.tree.cohorts.get(key);
  assert(cohort !== undefined, "a node was just added to the cohort");
  game.tree.cohorts.set(key, { ...cohort, endBlock: endState.number });
  const index = game.claims.size;
  const claim = { id, parent, root, endState, proposer, index };
  game.claims.set(Hex.key(id), claim);
}

// A claim's bond is returned as it is confirmed; a level-1 tree wins when its bond is returned.
function writeSettled(game: Game, event: Settled): void {
  add(game.credit, event.account, event.amount);
  release(game, event.node);
  if (!game.claims.has(Hex.key(event.node))) writeWon(game, event.node, 0n);
}

function writeWon(game: Game, id: Uint8Array, baseFee: bigint): void {
  const { cohort } = DisputeTree.requireNode(game.tree, id);
  const before = DisputeTree.cohortOf(game.tree, cohort);
  game.tree.cohorts.set(Hex.key(cohort), { ...before, confirmedAt: game.now, baseFee });
  setFlags(game, id, Clock.CONFIRMED);
}

function setFlags(game: Game, id: Uint8Array, flags: number): void {
  const node = DisputeTree.requireNode(game.tree, id);
  game.tree.nodes.set(Hex.key(id), { ...node, flags: node.flags | flags });
}

function hasFlag(game: Game, id: Uint8Array, flag: number): boolean {
  const node = game.tree.nodes.get(Hex.key(id));
  return node !== undefined && Clock.has(node, flag);
}

function addMover(game: Game, mover: Uint8Array, bonded: readonly Uint8Array[]): void {
  const key = Hex.key(mover);
  const before = game.movers.get(key) ?? [];
  if (bonded.length > 0 || !game.movers.has(key)) game.movers.set(key, [...before, ...bonded]);
}

function releaseLosers(game: Game, winner: Uint8Array): void {
  const { cohort } = DisputeTree.requireNode(game.tree, winner);
  for (const id of DisputeTree.cohortOf(game.tree, cohort).members) {
    if (!Bytes.equals(id, winner)) release(game, id);
  }
}

// A bond is no longer on the claim or level-1 tree.
function release({ tree, movers }: Game, id: Uint8Array): void {
  const key = Hex.key(DisputeTree.requireNode(tree, id).mover);
  const bonded = movers.get(key);
  assert(bonded !== undefined, "who put up a bond has made a move");
  movers.set(
    key,
    bonded.filter((other) => !Bytes.equals(other, id)),
  );
}

function add(amounts: Map<string, bigint>, owner: Uint8Array, amount: bigint): void {
  const key = Hex.key(owner);
  amounts.set(key, (amounts.get(key) ?? 0n) + amount);
}
