// What runs in the process of the development L1; it lives as long as the one that started it.
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import config from "../../hardhat.config.ts";

/** What the process is told, as its only argument. */
export type Order = { readonly host: string; readonly port: number; readonly blockMs: number };

/** What it tells: once it answers, and once KZG is set up. */
export type Report = { readonly port: number } | "KZG";

const POINT_EVALUATION = "0x000000000000000000000000000000000000000a";

const { host, port, blockMs } = JSON.parse(process.argv[2] ?? "") as Order;
// Ctrl-C reaches every process of the terminal: the one that started this one stops what needs the L1 first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
process.once("disconnect", () => process.exit());

// No artifacts: Hardhat would read all of them to name what a contract reverts with, and clients have the ABIs.
const nowhere = join(tmpdir(), "tribunal-l1-without-artifacts");
const paths = { artifacts: nowhere, cache: nowhere };
const { networks = {} } = config;
const { network } = await createHardhatRuntimeEnvironment({ networks, paths });
// Else each block that comes within a second of the last puts the L1's clock a second further ahead, for good.
const allowBlocksWithSameTimestamp = true;
const override = { allowBlocksWithSameTimestamp, mining: { auto: true, interval: blockMs } };
const server = await network.createServer({ network: "l1", override }, host, port);
const report: Report = { port: (await server.listen()).port };
process.send?.(report);
await setUpKzg();
process.send?.("KZG" satisfies Report);

/** Hardhat sets up KZG, seconds of work, at the first use in the process: on another chain, so that none waits for it. */
async function setUpKzg(): Promise<void> {
  const { provider } = await network.create("l1");
  const call = { to: POINT_EVALUATION, data: openingOfZero() };
  await provider.request({ method: "eth_call", params: [call, "latest"] });
}

/** The polynomial zero, whose commitment and proof are the point at infinity, opened at zero (EIP-4844). */
function openingOfZero(): string {
  const infinity = Buffer.from(`c0${"00".repeat(47)}`, "hex");
  const versionedHash = createHash("sha256").update(infinity).digest();
  versionedHash[0] = 1;
  return `0x${Buffer.concat([versionedHash, Buffer.alloc(64), infinity, infinity]).toString("hex")}`;
}
