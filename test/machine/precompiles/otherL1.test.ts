// L1s whose precompiles are gone, or dearer than believed, as a later fork could make them: nothing is proven there of
// what these precompiles answered before. @ethereumjs/evm is such an L1; Hardhat's network has no other precompiles.
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, EVMError, type CustomPrecompile } from "@ethereumjs/evm";
import { Address } from "@ethereumjs/util";
import { expect } from "chai";
import { Interface, type InterfaceAbi, type Result } from "ethers";
import hre from "hardhat";
import * as Precompiles from "../../../src/machine/precompiles/precompiles.ts";
import * as Word from "../../../src/machine/precompiles/word.ts";
import { assert } from "../../../src/primitives/assert.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as HandMade from "../handMade.ts";
import { ADMISSION_SCENES } from "../../parity/admissionScenes.ts";
import { PRECOMPILE_SCENES } from "../../parity/precompileScenes.ts";
import * as Steps from "../../parity/steps.ts";
import { machineOf, type Scene } from "../../parity/transactionScene.ts";
import * as FuzzInputs from "./fuzzInputs.ts";

const FORK = "Osaka";
const SEED = 31;
const INPUTS = 40;
const ENDLESS = 100;
const GAS = 16_000_000n;
/** What the library forwards beyond the price. */
const MARGIN = 2_000n;
const ECRECOVER = 0x01n;
const IDENTITY = 0x04n;
const MODEXP = 0x05n;
const BLAKE2F = 0x09n;
const P256_VERIFY = 0x100n;
const CONTRACT = new Address(new Uint8Array(20).fill(0xcc));
/** 233 pairs on BN254, which are the most in its price. */
const MOST_BYTES = 233 * 192;
/** What one pair takes of the input of those that take pairs. */
const PAIR_BYTES = new Map([
  [0x08n, 192],
  [0x0cn, 160],
  [0x0en, 288],
  [0x0fn, 384],
]);
const addresses = Precompiles.addresses(FORK).filter((address) => address !== IDENTITY);

const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });

/** Without gas a call reverts with no error's name. */
type Answer =
  { readonly error: string; readonly args: Result | null } | { readonly result: Result };

/** What a contract answers on an L1 with some other precompiles. */
async function ask(
  others: CustomPrecompile[],
  contract: string,
  method: string,
  args: readonly unknown[],
): Promise<Answer> {
  const { abi, deployedBytecode } = await hre.artifacts.readArtifact(contract);
  const contractInterface = new Interface(abi as InterfaceAbi);
  const evm = await createEVM({ common, customPrecompiles: others });
  await evm.stateManager.putCode(CONTRACT, Hex.toBytes(deployedBytecode));
  const data = Hex.toBytes(contractInterface.encodeFunctionData(method, args));
  const { execResult } = await evm.runCall({ to: CONTRACT, data, gasLimit: GAS });
  const returned = Hex.fromBytes(execResult.returnValue);
  if (execResult.exceptionError === undefined)
    return { result: contractInterface.decodeFunctionResult(method, returned) };
  if (returned === "0x") return { error: "", args: null };
  const error = contractInterface.parseError(returned);
  assert(error !== null, "the contract reverts with an error of its own");
  return { error: error.name, args: error.args };
}

function run(others: CustomPrecompile[], address: bigint, input: Uint8Array): Promise<Answer> {
  return ask(others, "PrecompilesHarness", "run", [address, input]);
}

function without(address: bigint): CustomPrecompile {
  return { address: addressOf(address) };
}

/** The precompile at an address, at the price that it had before and some more. */
function dearer(address: bigint, more: (input: Uint8Array) => bigint): CustomPrecompile {
  const before = Precompiles.at(address, FORK);
  assert(before !== undefined, "Osaka has the precompile");
  return {
    address: addressOf(address),
    function: ({ data, gasLimit }) => {
      const price = BigInt(before.gasCost(data, FORK)) + more(data);
      const isPaid = price <= gasLimit;
      const output = isPaid ? before.run(data) : undefined;
      if (output !== undefined) return { returnValue: output, executionGasUsed: price };
      const exceptionError = new EVMError(EVMError.errorMessages.OUT_OF_GAS);
      return { returnValue: Bytes.EMPTY, executionGasUsed: gasLimit, exceptionError };
    },
  };
}

function addressOf(address: bigint): Address {
  return new Address(Bytes.fromBigInt(address, 20));
}

/** An input that has an output; of those that take pairs, with so many. */
function answered(address: bigint, pairs?: number): Uint8Array {
  const size = (PAIR_BYTES.get(address) ?? 0) * (pairs ?? 0);
  const found = FuzzInputs.sample(address, INPUTS, SEED).find(
    (input) => outputOf(address, input) > 0 && (pairs === undefined || input.length === size),
  );
  return found ?? new Uint8Array(size);
}

function outputOf(address: bigint, input: Uint8Array): number {
  const precompile = Precompiles.at(address, FORK);
  const isCheap = (precompile?.gasCost(input, FORK) ?? 0) < 1_000_000;
  return isCheap ? (precompile?.run(input)?.length ?? 0) : 0;
}

function expectAbsent(answer: Answer, address: bigint): void {
  expect(answer).to.have.property("error", "PrecompileAbsent");
  expect("args" in answer && BigInt(String(answer.args?.[0]))).to.equal(address);
}

describe("on an L1 of another fork", function () {
  this.timeout(120_000);

  for (const address of addresses) {
    const name = Precompiles.at(address, FORK)?.name ?? "";

    it(`nothing is answered for ${name} where it is gone`, async () => {
      for (const input of [Bytes.EMPTY, answered(address)])
        expectAbsent(await run([without(address)], address, input), address);
    });

    it(`nothing is answered for ${name} where it is dearer`, async () => {
      const input = answered(address);
      expect(await run([dearer(address, () => MARGIN)], address, input)).to.have.nested.property(
        "result[0]",
        true,
      );
      const more = dearer(address, () => MARGIN + 1n);
      expectAbsent(await run([more], address, input), address);
    });
  }

  for (const [address, size] of PAIR_BYTES) {
    const name = Precompiles.at(address, FORK)?.name ?? "";
    it(`nothing is answered for ${name} where only more than a pair is dearer`, async () => {
      const bad = new Uint8Array(3 * size).fill(0xff);
      expect(await run([], address, bad)).to.have.nested.property("result[0]", false);
      const more = dearer(address, ({ length }) => (length > size ? 1n : 0n));
      expectAbsent(await run([more], address, bad), address);
      // So many cannot be asked about twice.
      const many = new Uint8Array(Math.floor(MOST_BYTES / size) * size).fill(0xff);
      if (Precompiles.isWithinCaps(address, many))
        expectAbsent(await run([more], address, many), address);
    });
  }

  it("no failure is believed where long inputs are refused that were not", async () => {
    for (const [address, size] of PAIR_BYTES) {
      const bad = new Uint8Array(30 * size).fill(0xff);
      const refusing = dearer(address, ({ length }) => (length > 20 * size ? 10n ** 9n : 0n));
      expectAbsent(await run([refusing], address, bad), address);
    }
  });

  it("what takes no pairs fails as before, whatever the price of others", async () => {
    const odd = new Uint8Array(100);
    for (const address of PAIR_BYTES.keys())
      expect(await run([without(MODEXP)], address, odd)).to.have.nested.property(
        "result[0]",
        false,
      );
  });

  it("no failure is believed of those that refuse no input", async () => {
    const sizes = [1n, 1n, 1n].map(Word.of);
    const inputs: readonly (readonly [bigint, Uint8Array])[] = [
      [0x02n, new Uint8Array(200)],
      [0x03n, new Uint8Array(200)],
      [MODEXP, Bytes.concat(...sizes, new Uint8Array(200).fill(3))],
      [BLAKE2F, Bytes.concat(Bytes.fromNumber(12, 4), new Uint8Array(209))],
      [P256_VERIFY, new Uint8Array(160)],
    ];
    for (const [address, input] of inputs) {
      // What the self-test asks stays as cheap as it was.
      const more = dearer(address, (data) => (Bytes.equals(data, input) ? MARGIN + 1n : 0n));
      expectAbsent(await run([more], address, input), address);
    }
  });

  it("no step proves what a precompile answers that is gone or dearer", async () => {
    const address = 0x06n;
    const scene = PRECOMPILE_SCENES.find(
      ({ transaction, data }) =>
        transaction?.to === address && outputOf(address, data ?? Bytes.EMPTY) > 0,
    );
    const step = stepOf(scene, "PRECOMPILE");
    const args = [HandMade.CONTEXT, 1, step.before, step.witness];
    const prove = (others: CustomPrecompile[]): Promise<Answer> =>
      ask(others, "PrecompileProver", "step", args);
    expect(await prove([])).to.have.nested.property("result[0]", step.after);
    expectAbsent(await prove([without(address)]), address);
    expectAbsent(await prove([dearer(address, () => MARGIN + 1n)]), address);
  });

  it("no step finds an authorization to be nobody's where signers are not recovered", async () => {
    const step = stepOf(
      ADMISSION_SCENES.find(({ name }) => name === "a tuple of nobody yet"),
      "AUTHORIZE",
    );
    const args = [HandMade.CONTEXT, 1, step.before, step.witness];
    const prove = (others: CustomPrecompile[]): Promise<Answer> =>
      ask(others, "AdmissionProver", "step", args);
    expect(await prove([])).to.have.nested.property("result[0]", step.after);
    expect(await prove([without(ECRECOVER)])).to.have.property("error", "RecoveryAbsent");
    // All gas is handed on, so that a higher price is paid.
    const more = [dearer(ECRECOVER, () => 100_000n)];
    expect(await prove(more)).to.have.nested.property("result[0]", step.after);
    expect(await prove([dearer(ECRECOVER, () => GAS)])).to.have.property("error", "");
  });

  it("no entry is nobody's where signers are not recovered", async () => {
    const recover = (others: CustomPrecompile[]): Promise<Answer> =>
      ask(others, "EntryTransactionHarness", "recover", [0]);
    expect(await recover([])).to.have.nested.property("result[0]", `0x${"00".repeat(20)}`);
    expect(await recover([without(ECRECOVER)])).to.have.property("error", "RecoveryAbsent");
    expect(await recover([dearer(ECRECOVER, () => GAS)])).to.have.property("error", "");
  });
});

function stepOf(scene: Scene | undefined, stepName: string): Steps.RecordedStep {
  assert(scene !== undefined, "there is such a scene");
  const step = Steps.record(machineOf(scene, FORK), ENDLESS).find(({ name }) => name === stepName);
  assert(step !== undefined, "the scene takes such a step");
  return step;
}
