// What it takes to show one step to Solidity: a transaction to the router of the provers, on an L1 with all limits on.
import { network } from "hardhat";
import type { TransactionReceipt } from "ethers";
import * as Family from "../../src/machine/family.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as L1Chain from "../../test/harness/l1Chain.ts";
import { CHAIN_ID } from "../../test/parity/stage.ts";
import * as Provers from "../conformance/provers.ts";
import * as GasParts from "./gasParts.ts";
import type { Topic } from "./report.ts";
import * as StepSamples from "./stepSamples.ts";
import { count, median, rate, table } from "./table.ts";

const OSAKA = 2;
const END_BLOCK = 1n;

type Cost = {
  readonly gas: bigint;
  readonly bytes: number;
  readonly name: string;
  readonly transaction: string;
};
type Court = {
  readonly judge: (step: StepSamples.Sample) => Promise<Cost>;
  readonly partsOf: (cost: Cost) => Promise<GasParts.Parts>;
  /** Steps that were judged so far, and how long L1 took over them. */
  readonly spent: { steps: number; seconds: number };
};

export const stepGas: Topic = {
  name: "steps",
  title: "Gas of a step",
  measure: async (say) => {
    const { chain, samples } = StepSamples.fromBlock();
    say(`${samples.length} steps of a block`);
    const court = await deploy(chain);
    const typical = await costs(court, samples);
    const { steps, seconds } = court.spent;
    const hard = StepSamples.fromScenes();
    say(`${hard.length} steps made to be dear`);
    const all = [...typical, ...(await costs(court, hard))];
    const rows = Family.NAMES.map((name, family) =>
      row(name, of(typical, family), of(all, family)),
    );
    const parts: string[][] = [];
    for (const [family, name] of Family.NAMES.entries())
      parts.push(await partsRow(court, name, of(typical, family)));
    const head = ["family", "typical", "median gas", "median bytes", "worst gas", "bytes", "step"];
    return [
      table(head, rows),
      [
        "Gas of a whole transaction with the witness as calldata; in a dispute the game adds what `prove` takes in the section",
        "above. Typical: a sample over a block that takes a deposit, deploys OpenZeppelin tokens and Uniswap v2's factory, makes",
        `a pair and swaps in it. Worst: that and ${count(hard.length)} of the longest steps of the scenes that the parity tests prove. The`,
        "limit is 14,000,000. Aims: 250,000 for a typical arithmetic or memory step, 700,000 for storage, 2,000,000 for entering",
        "a frame with 24 KB of code.",
      ].join("\n"),
      table(
        PARTS_HEAD,
        parts.filter(({ length }) => length > 0),
      ),
      [
        "Where it goes, in the median step of a family: before the first instruction (21,000 and the calldata), Keccak, moving words to and",
        "from memory, calls of the prover and what they pass, and the rest: stack, jumps, arithmetic.",
        `Hardhat's L1 judged ${count(steps)} typical steps at ${rate(steps / seconds)}, by the clock.`,
      ].join("\n"),
    ].join("\n\n");
  },
};

const PARTS_HEAD = ["family", "step", "gas", ...GasParts.PARTS];

async function partsRow(court: Court, name: string, judged: readonly Cost[]): Promise<string[]> {
  const sorted = judged.toSorted((one, other) => (one.gas < other.gas ? -1 : 1));
  const middle = sorted[sorted.length >> 1];
  // Blocks without precompiles have no typical step of theirs.
  if (middle === undefined) return [];
  const parts = await court.partsOf(middle);
  const cells = GasParts.PARTS.map((part) => count(parts[part]));
  return [name, middle.name, count(middle.gas), ...cells];
}

type Judged = { readonly family: number; readonly cost: Cost };

function of(judged: readonly Judged[], family: number): Cost[] {
  return judged.filter((one) => one.family === family).map(({ cost }) => cost);
}

function row(name: string, typical: readonly Cost[], all: readonly Cost[]): string[] {
  const worst = all.reduce((one, other) => (one.gas > other.gas ? one : other));
  const middle = typical.length > 0 ? typical : all;
  return [
    name,
    count(typical.length),
    count(median(middle.map(({ gas }) => gas))),
    count(median(middle.map(({ bytes }) => BigInt(bytes)))),
    count(worst.gas),
    count(worst.bytes),
    worst.name,
  ];
}

async function costs(court: Court, samples: readonly StepSamples.Sample[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const sample of samples)
    judged.push({ family: sample.family, cost: await court.judge(sample) });
  return judged;
}

async function deploy(chain: L1Chain.L1Chain): Promise<Court> {
  const connection = await network.create("l1");
  const { ethers, provider } = connection;
  const inbox = await ethers.deployContract("InboxStub", [Hex.fromBytes(L1Chain.PORTAL)]);
  for (const event of chain.log)
    if (event.type === "batch")
      await inbox
        .getFunction("setBatch")
        .send(event.index, event.accumulator, event.batch.lastBlock);
  const provers = await Provers.deployAll(connection);
  const router = await ethers.deployContract("OneStepProver", [
    OSAKA,
    CHAIN_ID,
    true,
    await inbox.getAddress(),
    provers,
  ]);
  const [signer] = await ethers.getSigners();
  assert(signer !== undefined, "the in-process L1 has accounts");
  const to = await router.getAddress();
  const spent = { steps: 0, seconds: 0 };
  const judge: Court["judge"] = async (step) => {
    const fields = [END_BLOCK, step.index, step.before, step.witness];
    const data = router.interface.encodeFunctionData("step", fields);
    const started = performance.now();
    const successor = await ethers.provider.call({
      to,
      data,
      gasLimit: Provers.TRANSACTION_GAS_CAP,
    });
    spent.seconds += (performance.now() - started) / 1_000;
    spent.steps++;
    assert(successor === step.after, `the successor of ${step.name} is the machine's`);
    const sent = await signer.sendTransaction({ to, data, gasLimit: Provers.TRANSACTION_GAS_CAP });
    const { gasUsed: gas, hash: transaction } = minedOf(await sent.wait());
    return { gas, bytes: step.witness.length, name: step.name, transaction };
  };
  const request = (asked: { readonly method: string; readonly params: readonly unknown[] }) =>
    provider.request({ method: asked.method, params: [...asked.params] });
  const partsOf = ({ transaction, gas }: Cost) => GasParts.of(request, transaction, gas);
  return { judge, partsOf, spent };
}

function minedOf(receipt: TransactionReceipt | null): TransactionReceipt {
  assert(receipt !== null, "automine leaves a receipt");
  return receipt;
}
