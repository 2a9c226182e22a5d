import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import * as Code from "../../src/machine/code.ts";
import * as Hex from "../../src/primitives/hex.ts";

const SEED = 20_261_122;
const MAX_CODE_BYTES = 65_536;
const MAX_INIT_CODE_BYTES = 49_152;

describe("Code", () => {
  async function deployed() {
    const { ethers } = await network.create({
      network: "l1",
      override: { transactionGasCap: false, blockGasLimit: 100_000_000n },
    });
    return ethers.deployContract("CodeHarness");
  }

  it(`has the same root in both languages (seed ${SEED})`, async () => {
    const harness = await deployed();
    const opcode = fc.oneof(
      fc.integer({ min: 0x5b, max: 0x80 }),
      fc.integer({ max: 0xff, min: 0 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(opcode, { maxLength: 300 }), async (bytes) => {
        const code = Uint8Array.from(bytes);
        const root = Hex.fromBytes(Code.codeRoot(Code.of(code)));
        expect(await harness.getFunction("codeRoot")(code)).to.equal(root);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("refuses more code than its tree holds", async () => {
    const harness = await deployed();
    const code = new Uint8Array(MAX_CODE_BYTES + 1);
    await expect(harness.getFunction("codeRoot")(code, { gasLimit: 90_000_000n }))
      .to.be.revertedWithCustomError(harness, "CodeTooLarge")
      .withArgs(code.length);
  });

  it("takes the longest initcode within a step", async () => {
    const harness = await deployed();
    for (const byte of [0x00, 0x5b, 0x60, 0x7f]) {
      const code = new Uint8Array(MAX_INIT_CODE_BYTES).fill(byte);
      const gas = await harness.getFunction("codeRootGas")(code, { gasLimit: 90_000_000n });
      console.log(`      48 KB of 0x${byte.toString(16)}: ${gas} gas`);
      expect(gas).to.be.at.most(9_800_000n);
    }
  });
});
