import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { network } from "hardhat";
import * as Precompiles from "../../../src/machine/precompiles/precompiles.ts";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as FuzzInputs from "./fuzzInputs.ts";
import * as Points from "./noblePoints.ts";

const PROOF_BUDGET = 14_000_000n; // what one step may cost on L1

const { ethers } = await network.create("l1");

/** As many repetitions as the caps admit. */
function repeated(address: bigint, part: Uint8Array): Uint8Array {
  let count = Math.floor(Precompiles.PRECOMPILE_INPUT_CAP / part.length);
  const input = () => Bytes.concat(...Array.from({ length: count }, () => part));
  while (!Precompiles.isWithinCaps(address, input())) count--;
  return input();
}

const scalar = Word.of(bls12_381.fields.Fr.ORDER - 2n);
const bnG1 = Points.encodeBnG1(bn254.G1.Point.BASE.multiplyUnsafe(7n));
const bnG2 = Points.encodeBnG2(bn254.G2.Point.BASE.multiplyUnsafe(5n));
const blsG1 = Points.encodeBlsG1(bls12_381.G1.Point.BASE.multiplyUnsafe(7n));
const blsG2 = Points.encodeBlsG2(bls12_381.G2.Point.BASE.multiplyUnsafe(5n));
const full = new Uint8Array(Precompiles.PRECOMPILE_INPUT_CAP).fill(0xab);
const typical = (address: bigint) => FuzzInputs.sample(address, 40, 5);

// 1,024-byte operands and an exponent of 245 bits: the dearest shape below the cap.
const modexp = Bytes.concat(
  ...[1_024n, 31n, 1_024n].map(Word.of),
  new Uint8Array(1_024).fill(0xfe),
  Bytes.fromBigInt(2n ** 245n - 1n, 31),
  new Uint8Array(1_024).fill(0xfd),
);

const worst: ReadonlyMap<bigint, Uint8Array> = new Map([
  [0x02n, full],
  [0x03n, full],
  [0x04n, full],
  [0x05n, modexp],
  [0x08n, repeated(0x08n, Bytes.concat(bnG1, bnG2))],
  [0x09n, Bytes.concat(Bytes.fromNumber(Precompiles.PRECOMPILE_GAS_CAP, 4), new Uint8Array(209))],
  [0x0cn, repeated(0x0cn, Bytes.concat(blsG1, scalar))],
  [0x0en, repeated(0x0en, Bytes.concat(blsG2, scalar))],
  [0x0fn, repeated(0x0fn, Bytes.concat(blsG1, blsG2))],
]);

describe("The dearest admitted call of each precompile", function () {
  this.timeout(600_000);
  const lines: string[] = [];

  after(() => {
    console.log(
      "      precompile         input bytes  L1 price   run gas  transaction gas  ours, ms",
    );
    for (const line of lines) console.log(`      ${line}`);
  });

  for (const address of Precompiles.addresses("Osaka")) {
    const precompile = Precompiles.at(address, "Osaka");
    it(`${precompile?.name} fits one transaction`, async () => {
      const harness = await ethers.deployContract("PrecompilesHarness");
      const inputs = [worst.get(address) ?? typical(address)].flat();
      const dearest = { bytes: 0, price: 0, run: 0n, transaction: 0n, milliseconds: 0 };
      for (const input of inputs) {
        expect(Precompiles.isWithinCaps(address, input)).to.equal(true);
        const started = performance.now();
        const output = precompile?.run(input);
        const milliseconds = performance.now() - started;

        const data = harness.interface.encodeFunctionData("run", [address, input]);
        const call = { to: harness, data, gasLimit: 16_000_000 };
        const answer = await ethers.provider.call(call);
        const [success, shown, gas] = harness.interface.decodeFunctionResult("run", answer);
        expect([success, shown]).to.deep.equal([
          output !== undefined,
          Hex.fromBytes(output ?? Bytes.EMPTY),
        ]);

        const [signer] = await ethers.getSigners();
        const receipt = await (await signer?.sendTransaction(call))?.wait();
        const transaction = receipt?.gasUsed ?? 0n;
        expect(transaction > 0n && transaction < PROOF_BUDGET).to.equal(true);
        if (transaction < dearest.transaction) continue;
        const price = precompile?.gasCost(input, "Osaka") ?? 0;
        Object.assign(dearest, { bytes: input.length, price, run: gas, transaction, milliseconds });
      }
      lines.push(
        (precompile?.name ?? "").padEnd(18) +
          String(dearest.bytes).padStart(12) +
          String(dearest.price).padStart(10) +
          String(dearest.run).padStart(10) +
          String(dearest.transaction).padStart(17) +
          dearest.milliseconds.toFixed(1).padStart(10),
      );
    });
  }
});
