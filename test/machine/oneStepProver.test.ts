import { expect } from "chai";
import { type Contract, concat, ZeroAddress } from "ethers";
import { artifacts, network } from "hardhat";
import * as Family from "../../src/machine/family.ts";
import * as HandMade from "./handMade.ts";

const MAX_CODE_SIZE = 24_576;
const FAMILIES = Family.NAMES.length;

describe("OneStepProver", () => {
  let ethers: Awaited<ReturnType<typeof network.create>>["ethers"];
  let compute: Contract;
  let router: Contract;

  before(async () => {
    ({ ethers } = await network.create("l1"));
    compute = await ethers.deployContract("ComputeProver");
    router = await deployRouter([await compute.getAddress()]);
  });

  function deployRouter(provers: readonly string[]): Promise<Contract> {
    const all = Array.from({ length: FAMILIES }, (_, family) => provers[family] ?? ZeroAddress);
    const { fork, chainId, caps, inbox } = HandMade.CONTEXT;
    return ethers.deployContract("OneStepProver", [fork, chainId, caps, inbox, all]);
  }

  function step(witness: string, state = HandMade.word(0n)): Promise<string> {
    return router.getFunction("step")(7, 1, state, witness);
  }

  it("says what its steps depend on", async () => {
    const { fork, chainId, caps, inbox } = HandMade.CONTEXT;
    expect(await router.getFunction("context")(7)).to.deep.equal([
      BigInt(fork),
      chainId,
      caps,
      ethers.getAddress(inbox),
      7n,
    ]);
    expect(await router.getFunction("proverOf")(0)).to.equal(await compute.getAddress());
    expect(await router.getFunction("proverOf")(1)).to.equal(ZeroAddress);
  });

  it("gives a step to the prover of its family, and passes its refusal on", async () => {
    const code = Uint8Array.of(0x00);
    const frame = HandMade.frameOf(code, []);
    const machine = HandMade.machineOf(frame);
    const witness = concat([
      HandMade.openMachine(0, machine),
      HandMade.openFrame(frame),
      HandMade.openChunk(code, 0),
      HandMade.openStack([], 0),
    ]);
    const state = HandMade.machineHash(machine);
    expect(await step(witness, state)).to.equal(
      HandMade.machineHash(HandMade.ended(frame, 0n, HandMade.emptyView())),
    );
    await expect(step(witness))
      .to.be.revertedWithCustomError(compute, "PreimageMismatch")
      .withArgs(HandMade.word(0n), state);
  });

  it("refuses a witness without a family, of an unknown one and of one without a prover", async () => {
    await expect(step("0x")).to.be.revertedWithCustomError(router, "EmptyWitness").withArgs();
    await expect(step("0x0b"))
      .to.be.revertedWithCustomError(router, "UnknownFamily")
      .withArgs(FAMILIES);
    await expect(step("0x01"))
      .to.be.revertedWithCustomError(router, "FamilyNotProvable")
      .withArgs(1);
  });

  it("is not deployed with a prover that has no code", async () => {
    const nobody = HandMade.CONTEXT.inbox;
    await expect(deployRouter([await compute.getAddress(), nobody]))
      .to.be.revertedWithCustomError(router, "ProverWithoutCode")
      .withArgs(1, ethers.getAddress(nobody));
  });

  it("and its provers fit the code size of L1", async () => {
    for (const name of ["OneStepProver", ...Family.NAMES.map((family) => `${family}Prover`)]) {
      const { deployedBytecode } = await artifacts.readArtifact(name);
      const size = ethers.dataLength(deployedBytecode);
      console.log(`      ${name.padEnd(18)} ${String(size).padStart(6)} bytes`);
      expect(size, name).to.be.at.most(MAX_CODE_SIZE);
    }
  });
});
