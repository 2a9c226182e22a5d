import { expect } from "chai";
import { network } from "hardhat";
import {
  createPublicClient,
  createWalletClient,
  custom,
  getContractAddress,
  type Address,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { DEVELOPMENT } from "../../scripts/deployment/parameters.ts";
import * as Deploy from "../../scripts/deployment/deploy.ts";
import * as Chains from "../../src/l1/chain.ts";
import { KEYS } from "../harness/rollupProcess.ts";

describe("scripts/deployment/deploy", function () {
  this.timeout(60_000);
  let connection: Awaited<ReturnType<typeof network.create>>;
  let l1: Deploy.L1;
  const account = privateKeyToAccount(KEYS.deployer);
  const codeAt = (address: Address) => l1.client.getCode({ address });

  beforeEach(async () => {
    connection = await network.create("l1");
    const chain = Chains.defineL1({ id: 31337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
    const transport = custom(connection.provider);
    const client = createPublicClient({ chain, transport, cacheTime: 0 });
    l1 = { client, wallet: createWalletClient({ chain, transport, account }) };
  });
  afterEach(() => connection.close());

  it("leaves only what a dispute needs for the end, at the addresses that were told", async () => {
    const { deployed, finish } = await Deploy.begin(
      l1,
      DEVELOPMENT,
      account.address,
      () => undefined,
    );
    const { inbox, portal, disputeGame, gameRegistry, l1StandardBridge, stepProver } = deployed;
    for (const address of [inbox, portal, disputeGame, gameRegistry, l1StandardBridge])
      expect(await codeAt(address)).not.to.equal(undefined);
    const missing = async () => {
      const codes = await Promise.all(deployed.provers.map(codeAt));
      return codes.filter((code) => code === undefined).length;
    };
    expect([await missing(), await codeAt(stepProver)]).to.deep.equal([1, undefined]);
    await finish();
    expect(await missing()).to.equal(0);
    expect(await codeAt(stepProver)).not.to.equal(undefined);
  });

  it("goes no further once another transaction of the key has come between", async () => {
    const { finish } = await Deploy.begin(l1, DEVELOPMENT, account.address, () => undefined);
    await l1.wallet.sendTransaction({ to: account.address, value: 1n });
    const reason: unknown = await finish().catch((error: unknown) => error);
    const nonce = BigInt(await l1.client.getTransactionCount({ address: account.address }));
    const from = account.address;
    expect(reason).to.be.instanceOf(Deploy.MisplacedError);
    expect(reason).to.include({
      expected: getContractAddress({ from, nonce: nonce - 2n }),
      actual: getContractAddress({ from, nonce: nonce - 1n }).toLowerCase(),
    });
  });
});
