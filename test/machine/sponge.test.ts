import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

const SEED = 20_261_122;
const STEP_BYTES = 4_352;

describe("Sponge", () => {
  async function deployed() {
    const { ethers } = await network.create("l1");
    return { ethers, harness: await ethers.deployContract("SpongeHarness") };
  }

  it("digests every length around a block as Keccak-256 does", async () => {
    const { ethers, harness } = await deployed();
    for (const length of [0, 1, 31, 32, 134, 135, 136, 137, 271, 272, 273]) {
      const data = ethers.hexlify(new Uint8Array(length).map((_, i) => (i * 7 + 1) & 0xff));
      expect(await harness.digestOf(data)).to.equal(ethers.keccak256(data));
    }
  });

  it(`digests random bytes as Keccak-256 does (seed ${SEED})`, async () => {
    const { ethers, harness } = await deployed();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1_000 }), async (data) => {
        expect(await harness.digestOf(data)).to.equal(ethers.keccak256(data));
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  it("absorbs the 32 blocks of one step far below the gas of an L1 transaction", async () => {
    const { harness } = await deployed();
    const gas = await harness.absorbGas(new Uint8Array(STEP_BYTES).fill(0xa5));
    console.log(`      32 permutations: ${gas} gas`);
    expect(gas).to.be.lessThan(10_800_000n);
  });
});
