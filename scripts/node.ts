// `npm run node`: a node of a chain that is deployed already. It knows nothing but L1.
import { join } from "node:path";
import { createPublicClient, type Address } from "viem";
import * as Chains from "../src/l1/chain.ts";
import { untilItReads } from "../src/l1/retry.ts";
import type { L1Client } from "../src/l1/send.ts";
import { http } from "../src/l1/transport.ts";
import * as Database from "../src/node/database.ts";
import * as RunNode from "../src/node/runNode.ts";
import type { DeployedRollup } from "./deployment/deploy.ts";
import * as DeploymentFile from "./deployment/deploymentFile.ts";
import { nodeConfig } from "./deployment/wiring.ts";
import * as DataFolder from "./devnet/dataFolder.ts";
import { inOneLine } from "./devnet/inOneLine.ts";
import { interrupted } from "./devnet/interrupted.ts";
import * as Options from "./devnet/nodeOptions.ts";
import { UsageError } from "./devnet/options.ts";

async function main(): Promise<number> {
  const options = Options.parse(process.argv.slice(2));
  const stopped = interrupted();
  const deployed = DeploymentFile.read(options.deployment);
  if (options.folder !== undefined) DataFolder.make(options.folder);
  const say = (line: string) => console.log(line);
  const running = await Promise.race([start(options, deployed, say), stopped]);
  // Interrupted before there was anything to stop.
  if (running === undefined) return 0;
  const { tip } = running.node.chain;
  say(`derived ${tip.number} blocks from L1; JSON-RPC on ${running.serving.url}`);
  const failure = await Promise.race([running.failure, stopped]);
  await running.stop();
  if (failure === undefined) return 0;
  console.error(inOneLine(failure));
  return 1;
}

async function start(
  options: Options.NodeOptions,
  deployed: DeployedRollup,
  say: (line: string) => void,
): Promise<RunNode.RunningNode> {
  const transport = http(options.l1Url);
  const retry = { signal: new AbortController().signal, say };
  const reach = () => createPublicClient({ transport }).getChainId();
  const id = await untilItReads("reach L1", retry, reach);
  const chain = Chains.defineL1({ id, name: "L1", rpcUrl: options.l1Url });
  const client: L1Client = createPublicClient({ chain, transport, cacheTime: 0 });
  await untilItReads("look for the inbox", retry, () => requireInbox(client, deployed));
  const listen = { host: "127.0.0.1", port: options.port };
  const { folder } = options;
  const path = folder === undefined ? Database.IN_MEMORY : join(folder, "node.sqlite");
  const local = { path, listen, pollMs: 1_000, say };
  return RunNode.run(nodeConfig(client, deployed, local));
}

// On another L1 there would be nothing to follow, for ever.
async function requireInbox(client: L1Client, { inbox }: DeployedRollup): Promise<void> {
  if ((await client.getCode({ address: inbox })) === undefined)
    throw new WrongL1Error(client.chain.id, inbox);
}

class WrongL1Error extends Error {
  override readonly name = "Node.WrongL1Error";
  constructor(chainId: number, inbox: Address) {
    super(`the inbox ${inbox} of this deployment does not stand on L1 with chain id ${chainId}`);
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(inOneLine(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
