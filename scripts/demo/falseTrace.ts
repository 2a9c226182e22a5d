// A lie with everything behind it: the chain as it really is up to one step of one block, where an account is given
// ether out of nothing, and from there on whatever an honest machine makes of that.
import * as RunTrace from "../../src/dispute/runTrace.ts";
import type { ClaimTrace, StepTrace } from "../../src/dispute/trace.ts";
import * as Account from "../../src/machine/account.ts";
import * as Block from "../../src/machine/block.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import * as Tip from "../../src/machine/tip.ts";
import * as Trace from "../../src/machine/trace.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as PersistentTree from "../../src/merkle/persistentTree.ts";
import * as Chain from "../../src/node/chain.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as ClaimTraces from "../../src/watcher/claimTrace.ts";
import { treeShape } from "../../src/watcher/treeShape.ts";

export type Lie = {
  /** The block in which it is told; beyond the claim's last block it is told in the padding. */
  readonly block: bigint;
  /** The step of that block after which the state is false. */
  readonly step: number;
  /** Who is given how much. */
  readonly account: bigint;
  readonly amount: bigint;
};

/** The claim over a range in which the lie is told; undefined while its last block does not stand on L1. */
export function create(
  source: ClaimTraces.Source,
  range: ClaimTraces.Range,
  lie: Lie,
): ClaimTrace | undefined {
  const truth = ClaimTraces.create(source, range);
  if (truth === undefined) return undefined;
  const { startState, blocks: trueBlocks } = truth;
  const first = startState.number;
  const count = Number(range.endBlock - first);
  const liesAt = Number(lie.block - first) - 1;
  const told = tell(source, range, lie);
  const tips = followUp(source, told.tip, range.endBlock);
  const stepsOfTruth = (leaf: number) => truth.steps(leaf);
  const states = Array.from({ length: Math.max(count, liesAt + 1) }, (_, leaf) =>
    leaf < liesAt ? trueBlocks.hashAt(leaf) : BlockDone.hash(tipAfter(tips, leaf - liesAt)),
  );

  function steps(leaf: number): StepTrace {
    if (leaf < liesAt) return stepsOfTruth(leaf);
    if (leaf === liesAt) return told.steps;
    const shape = treeShape(source.config.stepHeight);
    if (leaf >= count) {
      const last = tipAfter(tips, tips.length - 1);
      return Trace.ofPadding(startOf(source, last), shape);
    }
    return Trace.ofBlock(startOf(source, tipAfter(tips, leaf - liesAt - 1)), shape);
  }

  const blocks = RunTrace.fromBlocks(source.config.blockHeight, states);
  return { ...truth, endState: doneOf(tipAfter(tips, tips.length - 1)), blocks, steps };
}

/** The first step of a block for which this holds of the machine about to take it. */
export function findStep(
  source: ClaimTraces.Source,
  block: bigint,
  isWanted: (machine: Machine.Machine) => boolean,
): number | undefined {
  const machine = startOf(source, Chain.tipAt(source.chain, block - 1n));
  let step = 0;
  do {
    if (isWanted(machine)) return step;
    Step.step(machine);
    step++;
  } while (machine.done === null);
  return undefined;
}

/** How many steps a block takes. */
export function countSteps(source: ClaimTraces.Source, block: bigint): number {
  const machine = startOf(source, Chain.tipAt(source.chain, block - 1n));
  let steps = 0;
  do {
    Step.step(machine);
    steps++;
  } while (machine.done === null);
  return steps;
}

type Told = { readonly steps: StepTrace; readonly tip: Tip.Tip };

// The block in which the lie is told, every state of it, and the tip that it ends in.
function tell(source: ClaimTraces.Source, { endBlock }: ClaimTraces.Range, lie: Lie): Told {
  const isPadding = lie.block > endBlock;
  const before = Chain.tipAt(source.chain, isPadding ? endBlock : lie.block - 1n);
  const start = startOf(source, before);
  const machine = Machine.clone(start);
  const states: Uint8Array[] = [];
  while (!isPadding && (states.length === 0 || machine.done === null)) {
    Step.step(machine);
    if (states.length === lie.step) give(machine, lie);
    states.push(Machine.hash(machine));
  }
  const steps = states.length;
  const runs = states.map((state, from) => ({ from, state }));
  if (lie.step >= steps) {
    if (steps === 0 && lie.step > 0) runs.push({ from: 0, state: Machine.hash(machine) });
    give(machine, lie);
    runs.push({ from: lie.step, state: Machine.hash(machine) });
  }
  if (machine.done === null) throw new TypeError("a block that has run to its end is done");

  const trace = RunTrace.fromRuns(source.config.stepHeight, runs);
  // The true step's witness is the best there is; it shows another successor.
  const prove = (index: number) => proveTrueStep(start, index, steps);
  return { steps: { ...trace, prove }, tip: machine.done };
}

function proveTrueStep(start: Machine.Machine, index: number, steps: number): Uint8Array {
  const machine = Machine.clone(start);
  for (let step = 0; step < Math.min(index, steps); step++) Step.step(machine);
  return index < steps ? Prove.prove(machine) : Prove.provePadding(machine);
}

// The tips from the false one on, each block executed as an honest node would.
function followUp(source: ClaimTraces.Source, told: Tip.Tip, endBlock: bigint): Tip.Tip[] {
  const { chain, inbox } = source;
  const tips = [told];
  for (let tip = told; tip.number < endBlock; tips.push(tip))
    tip = Block.execute(tip, chain.context, inbox).tip;
  return tips;
}

function give(machine: Machine.Machine, lie: Lie): void {
  const { done, world } = machine;
  if (done === null) machine.world = World.withState(world, stateAfter(world.state, lie));
  else machine.done = tipWith(done, stateAfter(done.state, lie));
}

function stateAfter(state: World.State, { account, amount }: Lie): World.State {
  const key = HashedKeys.ofAddress(account);
  const before = PatriciaTrie.get(state, key) ?? Account.EMPTY;
  return PatriciaTrie.put(state, key, { ...before, balance: before.balance + amount });
}

// The block as if its state had always been this.
function tipWith(done: Tip.Tip, state: World.State): Tip.Tip {
  const header = { ...done.header, stateRoot: PatriciaTrie.root(state) };
  const headerHash = BlockHeader.hash(header);
  const ring = Tip.addToRing(done.ring, done.number, headerHash);
  // Nobody will be able to open it, which is no worse than the rest of it.
  const outputRoot = keccak256(Bytes.concat(headerHash, header.stateRoot));
  return {
    ...done,
    ...{ header, headerHash, state, ring, outputRoot },
    ringRoot: PersistentTree.root(ring),
  };
}

function startOf({ chain, inbox }: ClaimTraces.Source, tip: Tip.Tip): Machine.Machine {
  return Block.after(tip, chain.context, inbox);
}

function doneOf(tip: Tip.Tip): BlockDone.BlockDone {
  const { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits } = tip;
  return { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits };
}

function tipAfter(tips: readonly Tip.Tip[], position: number): Tip.Tip {
  const tip = tips[position];
  if (tip === undefined) throw new RangeError(`no block ${position} behind the lie`);
  return tip;
}
