// `npm run node`: a node of a chain that is deployed already. It knows nothing but L1.
import { createPublicClient, http } from "viem";
import type { L1Client } from "../src/l1/send.ts";
import * as Chains from "../src/l1/chain.ts";
import * as RunNode from "../src/node/runNode.ts";
import * as DeploymentFile from "./deployment/deploymentFile.ts";
import { nodeConfig } from "./deployment/wiring.ts";
import { interrupted } from "./devnet/interrupted.ts";
import * as Options from "./devnet/nodeOptions.ts";
import { UsageError } from "./devnet/options.ts";

async function main(): Promise<number> {
  const options = Options.parse(process.argv.slice(2));
  const stopped = interrupted();
  const deployed = DeploymentFile.read(options.deployment);
  const transport = http(options.l1Url);
  const id = await createPublicClient({ transport }).getChainId();
  const chain = Chains.defineL1({ id, name: "L1", rpcUrl: options.l1Url });
  const client: L1Client = createPublicClient({ chain, transport, cacheTime: 0 });
  const say = (line: string) => console.log(line);
  const running = await RunNode.run(
    nodeConfig(client, deployed, {
      ...{ path: options.database, listen: { host: "127.0.0.1", port: options.port } },
      ...{ pollMs: 1_000, say },
    }),
  );
  const { tip } = running.node.chain;
  say(`derived ${tip.number} blocks from L1; JSON-RPC on ${running.serving.url}`);
  const failure = await Promise.race([running.failure, stopped]);
  await running.stop();
  if (failure === undefined) return 0;
  console.error(failure);
  return 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
