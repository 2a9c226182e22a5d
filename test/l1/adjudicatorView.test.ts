// What is read of an adjudicator's log, on a chain with a long history.
import { expect } from "chai";
import hre from "hardhat";
import { createPublicClient, custom } from "viem";
import { hardhat } from "viem/chains";
import * as View from "../../src/l1/adjudicatorView.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";

describe("l1/adjudicatorView", () => {
  it("finds a secret that was revealed a million blocks ago by few questions", async () => {
    const { ethers, provider } = await hre.network.create("l1");
    const contract = await ethers.deployContract("Adjudicator");
    const adjudicator = Hex.toBytes(await contract.getAddress());
    let questions = 0;
    const transport = custom({
      request: (request) => {
        questions += 1;
        return provider.request(request);
      },
    });
    const client = createPublicClient({ chain: hardhat, transport, cacheTime: 0 });
    const secret = new Uint8Array(32).fill(7);
    const hash = sha256(secret);
    const mine = (blocks: string) => provider.request({ method: "hardhat_mine", params: [blocks] });
    await mine("0x10");
    const { newest: before } = await View.blocks(client, 0n);
    expect(await View.revealedAt(client, adjudicator, hash, before)).to.equal(0n);
    await contract.reveal(Hex.fromBytes(secret));
    await mine("0xf4240");
    const { newest } = await View.blocks(client, 0n);
    const time = await View.revealedAt(client, adjudicator, hash, newest);
    questions = 0;
    const find = (fromBlock: bigint) =>
      View.secretOf(client, adjudicator, hash, time, fromBlock, newest);
    expect(await find(0n)).to.deep.equal(secret);
    expect(questions).to.be.below(60);
    const error = await find(before.number + 9n).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(View.SecretNotShownError).and.to.include({ time });
  });
});
