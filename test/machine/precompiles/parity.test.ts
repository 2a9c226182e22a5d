import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import { network } from "hardhat";
import * as Fork from "../../../src/machine/fork.ts";
import * as Precompiles from "../../../src/machine/precompiles/precompiles.ts";
import { UNPAYABLE } from "../../../src/machine/precompiles/price.ts";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as FuzzInputs from "./fuzzInputs.ts";
import * as Vectors from "./officialVectors.ts";

const SEED = 4_242;
const RUNS = 60;
const GAS_LIMIT = 16_000_000n;
const BLAKE2F = 0x09n;
const MODEXP = 0x05n;

const { ethers } = await network.create("l1");
const forks: readonly Fork.Fork[] = ["Cancun", "Prague", "Osaka"];

async function deployed() {
  return ethers.deployContract("PrecompilesHarness");
}

function name(address: bigint): string {
  return Precompiles.at(address, "Osaka")?.name ?? "none";
}

function blake2fInput(rounds: number): Uint8Array {
  return Bytes.concat(Bytes.fromNumber(rounds, 4), new Uint8Array(209));
}

function modexpInput(...lengths: bigint[]): Uint8Array {
  return Bytes.concat(...lengths.map(Word.of), new Uint8Array(64).fill(255));
}

describe("Precompiles.sol beside precompiles.ts", function () {
  this.timeout(600_000);
  let harness: Awaited<ReturnType<typeof deployed>>;

  before(async () => {
    harness = await deployed();
  });

  async function expectSameRun(address: bigint, input: Uint8Array, expected?: Uint8Array) {
    const [success, output] = await harness.getFunction("run")(address, input, {
      gasLimit: GAS_LIMIT,
    });
    expect({ success, output: String(output) }, Hex.fromBytes(input)).to.deep.equal({
      success: expected !== undefined,
      output: Hex.fromBytes(expected ?? Bytes.EMPTY),
    });
  }

  async function expectSamePrices(input: Uint8Array) {
    for (const fork of forks)
      expect(
        await harness.getFunction("gasCost")(MODEXP, input, Fork.order(fork)),
        `${Hex.fromBytes(input)} ${fork}`,
      ).to.equal(Precompiles.at(MODEXP, fork)?.gasCost(input, fork));
  }

  describe("exists", () => {
    for (const fork of forks)
      it(`agrees on every address under ${fork}`, async () => {
        for (const address of [...Array(20).keys(), 255, 256, 257].map(BigInt))
          expect(await harness.getFunction("exists")(address, Fork.order(fork))).to.equal(
            Precompiles.at(address, fork) !== undefined,
          );
      });
  });

  for (const address of Precompiles.addresses("Osaka")) {
    it(`agrees on the price and outcome of ${name(address)} (seed ${SEED})`, async () => {
      const precompile = Precompiles.at(address, "Osaka");
      for (const input of FuzzInputs.sample(address, RUNS, SEED)) {
        for (const fork of forks)
          expect(await harness.getFunction("gasCost")(address, input, Fork.order(fork))).to.equal(
            precompile?.gasCost(input, fork),
          );
        const price = precompile?.gasCost(input, "Osaka") ?? UNPAYABLE;
        if (price < 4_000_000) await expectSameRun(address, input, precompile?.run(input));
      }
    });
  }

  describe("run", () => {
    for (const [file, address] of Vectors.files)
      it(`gives the published answers of ${file}.json`, async function () {
        if (!Vectors.isPresent) {
          console.log("      no precompile-vectors folder beside the project: skipped");
          this.skip();
        }
        for (const { input, expected } of Vectors.read(file)) {
          if (Precompiles.isWithinCaps(address, input))
            await expectSameRun(address, input, expected);
        }
      });

    it("tells apart the empty successes from failure", async () => {
      for (const address of [0x01n, 0x100n]) await expectSameRun(address, Bytes.EMPTY, Bytes.EMPTY);
      for (const address of [0x0an, 0x0bn]) await expectSameRun(address, Bytes.EMPTY, undefined);
    });

    it("reverts where L1 refuses what an older fork allows", async () => {
      const input = modexpInput(1_025n, 1n, 1n);
      expect(Precompiles.at(MODEXP, "Cancun")?.gasCost(input, "Cancun")).to.be.below(UNPAYABLE);
      await expect(harness.getFunction("run")(MODEXP, input))
        .to.be.revertedWithCustomError(harness, "NotProvableHere")
        .withArgs(MODEXP, input.length);
    });

    it("reverts with less gas than rules out a failure for want of gas", async () => {
      const needed = Math.floor(((1_000_000 + 2_000) * 64) / 63) + 501;
      await expect(
        harness.getFunction("run")(BLAKE2F, blake2fInput(1_000_000), { gasLimit: 900_000 }),
      )
        .to.be.revertedWithCustomError(harness, "InsufficientGas")
        .withArgs(needed, anyValue);
    });

    it("never reports failure for want of gas, whatever the gas", async () => {
      const calls: [bigint, Uint8Array][] = [
        [0x01n, Bytes.EMPTY],
        [MODEXP, modexpInput(32n, 32n, 32n)],
        [0x08n, new Uint8Array(192)],
        [BLAKE2F, blake2fInput(100_000)],
        [0x0cn, new Uint8Array(320)],
      ];
      for (const [address, input] of calls) {
        const outcomes = { reverted: 0, succeeded: 0 };
        const enough = await harness.getFunction("run").estimateGas(address, input);
        for (let gasLimit = enough - 6_000n; gasLimit < enough + 3_000n; gasLimit += 37n) {
          const data = harness.interface.encodeFunctionData("run", [address, input]);
          const answer = await ethers.provider
            .call({ to: harness, data, gasLimit })
            .catch(() => undefined);
          if (answer === undefined) outcomes.reverted++;
          else if (harness.interface.decodeFunctionResult("run", answer)[0] === true)
            outcomes.succeeded++;
          else expect.fail(`${name(address)} failed with ${gasLimit} gas`);
        }
        expect(outcomes.succeeded, name(address)).to.be.above(0);
        expect(outcomes.reverted, name(address)).to.be.above(0);
      }
    });
  });

  describe("isWithinCaps", () => {
    const long = new Uint8Array(Precompiles.PRECOMPILE_INPUT_CAP + 1);
    const cases: [string, bigint, Uint8Array, boolean][] = [
      ["the longest input", 0x02n, long.subarray(1), true],
      ["a longer input", 0x02n, long, false],
      ["identity of a longer input", 0x04n, long, true],
      ["a longer input to no precompile", 0x12n, long, true],
      ["the highest price", BLAKE2F, blake2fInput(8_000_000), true],
      ["a higher price", BLAKE2F, blake2fInput(8_000_001), false],
      ["an operand of 1,024 bytes", MODEXP, modexpInput(1_024n, 1n, 1_024n), true],
      ["an operand of 1,025 bytes", MODEXP, modexpInput(0n, 1_025n, 1n), false],
      ["233 pairings", 0x08n, new Uint8Array(233 * 192), true],
      ["234 pairings", 0x08n, new Uint8Array(234 * 192), false],
    ];
    for (const [what, address, input, admitted] of cases)
      it(`${admitted ? "admits" : "refuses"} ${what}`, async () => {
        expect(Precompiles.isWithinCaps(address, input)).to.equal(admitted);
        expect(await harness.getFunction("isWithinCaps")(address, input)).to.equal(admitted);
      });

    it("has the same caps in both languages", async () => {
      expect(await harness.getFunction("caps")()).to.deep.equal([
        BigInt(Precompiles.PRECOMPILE_GAS_CAP),
        BigInt(Precompiles.PRECOMPILE_INPUT_CAP),
      ]);
    });
  });

  describe("gasCost of modexp", () => {
    it("saturates at the same lengths in both languages", async () => {
      const lengths = [0n, 1n, 32n, 33n, 1_024n, 1_025n];
      for (const exponent of [16, 26, 27, 28, 29, 30, 31, 32, 53, 64, 128, 255]) {
        const power = 2n ** BigInt(exponent);
        lengths.push(power - 1n, power, power + 1n);
      }
      for (const base of lengths)
        for (const [exponent, modulus] of [
          [1n, 1n],
          [base, 1n],
          [base, 0n],
          [base, base],
          [0n, base],
        ] as const)
          await expectSamePrices(modexpInput(base, exponent, modulus));
      for (const exponent of lengths)
        for (const base of [0n, 1n]) await expectSamePrices(modexpInput(base, exponent, 0n));
    });

    it("reads nothing past the end of the input", async () => {
      const whole = modexpInput(1n, 40n, 33n);
      for (let size = 0; size <= whole.length; size++)
        for (const fork of forks)
          expect(
            await harness.getFunction("gasCostOfStart")(MODEXP, whole, size, Fork.order(fork)),
          ).to.equal(Precompiles.at(MODEXP, fork)?.gasCost(whole.subarray(0, size), fork));
    });
  });

  describe("present", () => {
    it("holds on an L1 that follows Osaka", async () => {
      await harness.getFunction("present")();
    });

    for (const [hardfork, missing] of [
      ["prague", 0x100n],
      ["cancun", 0x0bn],
    ] as const)
      it(`stops a deployment to an L1 that follows ${hardfork}`, async () => {
        const older = await network.create({ network: "l1", override: { hardfork } });
        const factory = await older.ethers.getContractFactory("PrecompilesHarness");
        await expect(factory.deploy())
          .to.be.revertedWithCustomError(factory, "PrecompileAbsent")
          .withArgs(ethers.zeroPadValue(ethers.toBeHex(missing), 20));
      });
  });
});
