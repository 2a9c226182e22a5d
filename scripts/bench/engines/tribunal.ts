// The rollup as `npm start` starts it, without proposer and watcher, with its database on disk and the workload's senders
// funded by deposits.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, createPublicClient, http } from "viem";
import { DEFAULT_TIMING } from "../../../src/sequencer/sequencer.ts";
import { artifact } from "../../deployment/artifact.ts";
import { DEVELOPMENT } from "../../deployment/parameters.ts";
import * as Devnet from "../../devnet/devnet.ts";
import * as Keys from "../../devnet/keys.ts";
import * as FreePort from "../freePort.ts";
import * as Workload from "../workload.ts";

const DEPOSIT_GAS = 100_000n;
const POLL_MS = 100;

const data = mkdtempSync(join(tmpdir(), "tribunal-bench-"));
process.once("exit", () => rmSync(data, { recursive: true, force: true }));
process.once("SIGTERM", () => process.exit(0));

const [l1Port, l2Port] = [await FreePort.find(), await FreePort.find()];
const options = { demo: undefined, l1Port, l2Port, data, deployment: undefined };
const devnet = await Devnet.start(options, DEVELOPMENT, DEFAULT_TIMING, () => undefined);
await devnet.complete;
const wallet = devnet.l1WalletOf(Keys.ALICE);
const { abi } = artifact("bridge/Portal");
for (const address of Workload.funded) {
  const hash = await wallet.writeContract({
    ...{ address: devnet.deployed.portal, abi, functionName: "depositTransaction" },
    args: [address, Workload.FUNDS, DEPOSIT_GAS, false, "0x"],
    value: Workload.FUNDS,
  });
  await devnet.client.waitForTransactionReceipt({ hash });
}
const l2 = createPublicClient({ chain: devnet.l2Chain, transport: http(), cacheTime: 0 });
const last = Workload.funded.at(-1) as Address;
while ((await l2.getBalance({ address: last })) === 0n)
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
console.log(`ready ${devnet.sequencer.serving.url}`);
