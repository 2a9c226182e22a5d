// Runs blocks step by step in TypeScript and puts every step of the families that judge blocks and entries
// before their Solidity provers.
import { expect } from "chai";
import { network } from "hardhat";
import type { Contract } from "ethers";
import * as Block from "../../src/machine/block.ts";
import * as Family from "../../src/machine/family.ts";
import { order } from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import { prove } from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import type * as Tip from "../../src/machine/tip.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as L1Chain from "./l1Chain.ts";
import * as L2Chain from "./l2Chain.ts";

/** A step with its proof. */
export type ProvenStep = {
  readonly phase: number;
  readonly index: number;
  readonly before: Uint8Array;
  readonly witness: Uint8Array;
  readonly after: Uint8Array;
};

export type Provers = {
  readonly inbox: Contract;
  readonly entry: Contract;
  readonly block: Contract;
};

const { ethers } = await network.create("l1");

/** Deploys the provers, and an inbox that knows what the L1 recorded. */
export async function deployProvers(): Promise<Provers> {
  const deploy = async (name: string, ...args: unknown[]): Promise<Contract> => {
    const factory = await ethers.getContractFactory(name);
    const deployed = await factory.deploy(...args);
    return new ethers.Contract(await deployed.getAddress(), factory.interface, deployed.runner);
  };
  return {
    inbox: await deploy("InboxStub", Hex.fromBytes(L1Chain.PORTAL)),
    entry: await deploy("EntryProver"),
    block: await deploy("BlockProver"),
  };
}

/** Tells the inbox of every batch that the L1 recorded. */
export async function record({ inbox }: Provers, chain: L2Chain.L2Chain): Promise<void> {
  for (const event of chain.l1.log) {
    if (event.type !== "batch") continue;
    await inbox
      .getFunction("setBatch")
      .send(event.index, event.accumulator, event.batch.lastBlock)
      .then((sent) => sent.wait());
  }
}

/** Runs the block after a tip; gives its steps in the families BLOCK and ENTRY, and its end. */
export function provenSteps(
  chain: L2Chain.L2Chain,
  tip: Tip.Tip,
): { readonly steps: ProvenStep[]; readonly tip: Tip.Tip } {
  const machine = Block.after(tip, chain.context, L2Chain.inboxOf(chain));
  const steps: ProvenStep[] = [];
  for (let index = 0; ; index++) {
    const { phase } = machine;
    const family = Family.judging(phase, Step.nextOpcode(machine));
    if (family === Family.BLOCK || family === Family.ENTRY) {
      const before = Machine.hash(machine);
      const witness = prove(machine);
      steps.push({ phase, index, before, witness, after: Machine.hash(machine) });
    } else {
      Step.step(machine);
    }
    if (machine.done !== null) return { steps, tip: machine.done };
  }
}

/** The step that takes the first deposit or entry of block 1. */
export function firstEntry(chain: L2Chain.L2Chain): ProvenStep {
  const machine = Block.after(chain.genesis, chain.context, L2Chain.inboxOf(chain));
  Block.begin(machine);
  const before = Machine.hash(machine);
  const witness = prove(machine);
  return { phase: Phase.ENTRY, index: 1, before, witness, after: Machine.hash(machine) };
}

/** The step as the provers take it. */
export async function judge(
  provers: Provers,
  chain: L2Chain.L2Chain,
  step: Pick<ProvenStep, "index" | "before" | "witness">,
  endBlock = chain.l1.lastBlock,
): Promise<string> {
  const { fork, chainId, caps } = chain.context;
  const inbox = await provers.inbox.getAddress();
  const context = { fork: order(fork), chainId, caps, inbox, endBlock };
  const prover = step.witness[0] === Family.ENTRY ? provers.entry : provers.block;
  return prover.getFunction("step")(context, step.index, step.before, step.witness);
}

/** Whether a step is proven with so much gas for its router; what else than its successor is an error. */
export async function isProvenWith(
  { entry, block, inbox }: Provers,
  chain: L2Chain.L2Chain,
  step: ProvenStep,
  gas: readonly number[],
): Promise<boolean[]> {
  const { fork, chainId, caps } = chain.context;
  const provers = Array.from({ length: Family.BLOCK + 1 }, () => ethers.ZeroAddress);
  provers[Family.ENTRY] = await entry.getAddress();
  provers[Family.BLOCK] = await block.getAddress();
  const inboxAddress = await inbox.getAddress();
  const args = [order(fork), chainId, caps, inboxAddress, provers];
  const router = await ethers.deployContract("OneStepProver", args);
  const trial = await ethers.deployContract("WitnessTrial");
  const { index, before, witness } = step;
  const claim = { endBlock: chain.l1.lastBlock, index, state: before, witness };
  return Promise.all(
    gas.map(async (each) => {
      const [answer] = await trial.getFunction("judge").staticCall(router, [claim], each);
      if (answer.isSuccessor === true) expect(answer.word).to.equal(Hex.fromBytes(step.after));
      return answer.isSuccessor === true;
    }),
  );
}

/** The gas that a step takes as a transaction of its own. */
export async function gasOf(
  provers: Provers,
  chain: L2Chain.L2Chain,
  step: ProvenStep,
): Promise<bigint> {
  const { fork, chainId, caps } = chain.context;
  const inbox = await provers.inbox.getAddress();
  const context = { fork: order(fork), chainId, caps, inbox, endBlock: chain.l1.lastBlock };
  const prover = step.witness[0] === Family.ENTRY ? provers.entry : provers.block;
  const sent = await prover
    .getFunction("step")
    .send(context, step.index, step.before, step.witness, { gasLimit: 2n ** 24n });
  const receipt = await sent.wait();
  if (receipt?.status !== 1) throw new TypeError("the step reverted");
  return receipt.gasUsed;
}

/** Derives every block in both languages and expects the same states; gives all steps. */
export async function expectProven(
  provers: Provers,
  chain: L2Chain.L2Chain,
): Promise<ProvenStep[]> {
  await record(provers, chain);
  const all: ProvenStep[] = [];
  let tip = chain.genesis;
  while (tip.number < chain.l1.lastBlock) {
    const proven = provenSteps(chain, tip);
    for (const step of proven.steps) {
      const name = `block ${tip.number + 1n}, step ${step.index}: ${nameOf(step.phase)}`;
      expect(await judge(provers, chain, step), name).to.equal(Hex.fromBytes(step.after));
    }
    all.push(...proven.steps);
    tip = proven.tip;
  }
  return all;
}

/** The name of a phase, and of the step that begins a block. */
export function nameOf(phase: number): string {
  return Phase.NAMES[phase] ?? "begin";
}
