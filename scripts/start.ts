// `npm start`: the rollup on this machine, until Ctrl-C; with --demo, the story of a lie and its end, or with
// --demo channels that of a thousand payments.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEther, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { DEFAULT_TIMING } from "../src/sequencer/sequencer.ts";
import * as DeploymentFile from "./deployment/deploymentFile.ts";
import { DEVELOPMENT, PRODUCTION } from "./deployment/parameters.ts";
import * as ChannelStory from "./demo/channels/story.ts";
import * as Narrator from "./demo/narrator.ts";
import * as Story from "./demo/story.ts";
import * as DataFolder from "./devnet/dataFolder.ts";
import * as Devnet from "./devnet/devnet.ts";
import { fund } from "./devnet/fund.ts";
import { inOneLine } from "./devnet/inOneLine.ts";
import { interrupted } from "./devnet/interrupted.ts";
import * as Keys from "./devnet/keys.ts";
import * as Options from "./devnet/options.ts";
import * as ViemChains from "./devnet/viemChains.ts";

/** A claim a minute, or every thousand blocks. */
const CLAIM_POLICY = { blocks: 1_000n, seconds: 60n };
const FUNDS = parseEther("100");

async function main(): Promise<number> {
  const options = Options.parse(process.argv.slice(2));
  const started = performance.now();
  const stopped = interrupted();
  const say = (line: string) => console.log(`${seconds(started)}  ${line}`);
  const parameters = options.demo === "rollup" ? PRODUCTION : DEVELOPMENT;
  const data = options.data ?? temporaryFolder("tribunal-data-");
  DataFolder.make(data);
  const devnet = await Devnet.start({ ...options, data }, parameters, DEFAULT_TIMING, say);
  try {
    return await Promise.race([
      run(devnet, options, say),
      stopped.then(() => (options.demo === undefined ? 0 : 130)),
      devnet.failure.then(giveUp),
    ]);
  } finally {
    await devnet.stop();
  }
}

async function run(
  devnet: Devnet.Devnet,
  options: Options.StartOptions,
  say: (line: string) => void,
): Promise<number> {
  await fund(devnet, [Keys.ALICE, Keys.BOB], FUNDS);
  say(`first L2 receipt: ${FUNDS / 10n ** 18n} ether each for Alice and Bob, by deposits on L1`);
  say("the contracts that only a dispute needs follow: L1 tries every precompile for them");
  await devnet.complete;
  if (options.demo !== undefined) return tell(devnet, options.demo);
  if (options.deployment !== undefined) {
    DeploymentFile.write(options.deployment, devnet.deployed);
    say(`the deployment is written to ${options.deployment} (npm run node)`);
  }
  const guarded = await devnet.guard(CLAIM_POLICY);
  say("an honest proposer and a watcher follow L1");
  printFacts(devnet);
  return giveUp(await guarded.failure);
}

async function tell(devnet: Devnet.Devnet, demo: Options.Demo): Promise<number> {
  const narrator = Narrator.create((line) => console.log(line));
  if (demo === "rollup") await Story.play(devnet, narrator);
  else await tellOfChannels(devnet, narrator);
  console.log(`\n${narrator.attested()} statements, all checked`);
  return 0;
}

async function tellOfChannels(devnet: Devnet.Devnet, narrator: Narrator.Narrator): Promise<void> {
  await ChannelStory.play(devnet, narrator, temporaryFolder("tribunal-channels-"));
}

/** A folder that is gone when this process ends, also where Ctrl-C ends it half-way. */
function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function giveUp(reason: unknown): number {
  console.error(inOneLine(reason));
  return 1;
}

function printFacts({ deployed, l1Chain, l2Chain, l1Url }: Devnet.Devnet): void {
  const { inbox, portal, disputeGame, gameRegistry, l1StandardBridge, stepProver } = deployed;
  console.log("\nContracts on L1");
  const contracts = { inbox, portal, disputeGame, gameRegistry, l1StandardBridge, stepProver };
  for (const [name, address] of Object.entries(contracts)) {
    console.log(`  ${name.padEnd(16)} ${address}`);
  }
  console.log("\nFunded on L1 and L2 (development keys, known to everybody)");
  for (const [name, key] of [
    ["Alice", Keys.ALICE],
    ["Bob", Keys.BOB],
  ] as [string, Hex][]) {
    console.log(`  ${name.padEnd(6)} ${privateKeyToAccount(key).address}  ${key}`);
  }
  console.log("\nThe chains for viem (deposit, withdraw, prove and finalize by viem/op-stack)");
  console.log(ViemChains.text(l1Chain, l2Chain));
  console.log(`\nL1 ${l1Url} · L2 ${l2Chain.rpcUrls.default.http[0]} · Ctrl-C stops everything`);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1).padStart(6)} s`;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(inOneLine(error));
    process.exit(error instanceof Options.UsageError ? 2 : 1);
  },
);
