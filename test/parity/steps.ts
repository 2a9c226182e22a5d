// Steps of the TypeScript machine with their witnesses, and the provers that must agree on chain.
import { expect } from "chai";
import type { Contract } from "ethers";
import { network } from "hardhat";
import * as Family from "../../src/machine/family.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as ForkOrder from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { CHAIN_ID } from "./stage.ts";

/** The limit of a step: gas of one L1 transaction and bytes of its calldata. */
export const MAX_GAS = 14_000_000n;
export const MAX_WITNESS_BYTES = 122_880;

const L1_TRANSACTION_GAS_CAP = 16_777_216n;
const TRANSACTION_GAS = 21_000n;
const ZERO_ADDRESS = `0x${"00".repeat(20)}`;

/** The provers of the families of instructions, and of what these leave to further steps. */
export const PROVERS = ["Compute", "Memory", "Environment", "Storage", "Hash"] as const;

/** The provers of the families that step between frames. */
export const FRAME_PROVERS: ReadonlyMap<number, string> = new Map([
  [Family.CALL, "Call"],
  [Family.CREATE, "Create"],
  [Family.PRECOMPILE, "Precompile"],
  [Family.ADMISSION, "Admission"],
]);

/** The provers of the families that step between transactions. */
const BLOCK_PROVERS: ReadonlyMap<number, string> = new Map([
  [Family.ENTRY, "Entry"],
  [Family.BLOCK, "Block"],
]);

export type RecordedStep = {
  readonly name: string;
  readonly family: number;
  readonly before: string;
  readonly witness: Uint8Array;
  readonly after: string;
};

type Chain = { readonly chainId: bigint; readonly caps: boolean };
type Lifted = { readonly transactionGasCap?: false; readonly blockGasLimit?: bigint };

export type Provers = {
  readonly gauge: Contract;
  readonly routers: ReadonlyMap<Fork, string>;
  readonly ethers: Awaited<ReturnType<typeof network.create>>["ethers"];
  /** Frees what the network keeps of every call. */
  readonly close: () => Promise<void>;
};

/** Runs the machine to the end of its transaction, or so many steps, and records each step. */
export function record(machine: Machine.Machine, maxSteps: number): RecordedStep[] {
  const steps: RecordedStep[] = [];
  while (machine.phase !== Phase.ENTRY && steps.length < maxSteps) steps.push(recordNext(machine));
  return steps;
}

/** Takes the machine's next step and records it. */
export function recordNext(machine: Machine.Machine): RecordedStep {
  const before = Hex.fromBytes(Machine.hash(machine));
  const { name, family } = nextStep(machine);
  const witness = Prove.prove(machine);
  return { name, family, before, witness, after: Hex.fromBytes(Machine.hash(machine)) };
}

/** What the machine's next step is, and the family that judges it. */
export function nextStep(machine: Machine.Machine): { name: string; family: number } {
  const { phase } = machine;
  const opcode = Step.nextOpcode(machine);
  const name = phase === Phase.EXECUTE ? Opcode.nameOf(opcode) : (Phase.NAMES[phase] ?? "?");
  return { name, family: Family.judging(phase, opcode) };
}

/** Those of the steps that the provers of instructions judge. */
export function provable(steps: readonly RecordedStep[]): RecordedStep[] {
  return steps.filter(({ family }) => family < PROVERS.length);
}

/** A router for each fork, for the chain of the stage, on an L1 with all limits on but those that are lifted. */
export async function deployProvers(
  lifted: Lifted = {},
  chain: Chain = { chainId: CHAIN_ID, caps: true },
): Promise<Provers> {
  const connection = await network.create({ network: "l1", override: lifted });
  const { ethers } = connection;
  const provers: string[] = Array.from({ length: 11 }, () => ZERO_ADDRESS);
  for (const [family, name] of [...PROVERS.entries(), ...FRAME_PROVERS, ...BLOCK_PROVERS]) {
    const prover = await ethers.deployContract(`${name}Prover`);
    provers[family] = await prover.getAddress();
  }
  const routers = new Map<Fork, string>();
  for (const fork of ["Cancun", "Prague", "Osaka"] as const) {
    const router = await ethers.deployContract("OneStepProver", [
      ForkOrder.order(fork),
      chain.chainId,
      chain.caps,
      ZERO_ADDRESS,
      provers,
    ]);
    routers.set(fork, await router.getAddress());
  }
  const gauge = await ethers.deployContract("StepGauge");
  return { ethers, gauge, routers, close: () => connection.close() };
}

/** Expects the step on chain to end in the same state. Returns the gas of a transaction that shows it. */
export async function expectProven(
  { gauge, routers }: Provers,
  fork: Fork,
  step: RecordedStep,
): Promise<bigint> {
  expect(step.witness.length, step.name).to.be.at.most(MAX_WITNESS_BYTES);
  const [successor, gas] = await gauge.getFunction("measure")(
    routers.get(fork),
    step.before,
    step.witness,
    { gasLimit: L1_TRANSACTION_GAS_CAP },
  );
  expect(successor, step.name).to.equal(step.after);
  return transactionGas(step.witness, gas);
}

/** The gas of a transaction with this calldata and execution (EIP-7623). */
function transactionGas(calldata: Uint8Array, execution: bigint): bigint {
  const zeroes = BigInt(calldata.filter((byte) => byte === 0).length);
  const tokens = zeroes + 4n * (BigInt(calldata.length) - zeroes);
  const priced = 4n * tokens + execution;
  return TRANSACTION_GAS + (priced > 10n * tokens ? priced : 10n * tokens);
}
