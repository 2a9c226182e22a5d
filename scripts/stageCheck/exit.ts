// A user leaves although every operator is dead: forces a withdrawal in by a deposit, posts the batch, claims, waits,
// proves and finalizes, with viem's actions and a node that knows nothing but L1.
import {
  BaseError,
  ContractFunctionRevertedError,
  encodeFunctionData,
  formatEther,
  parseAbi,
  parseEther,
  type Address,
  type Hex,
} from "viem";
import { depositTransaction, getL2TransactionHashes } from "viem/op-stack";
import * as Abi from "../../src/l1/abi.ts";
import * as Derive from "../../src/node/derive.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";
import * as People from "../demo/people.ts";
import * as Parties from "../demo/parties.ts";
import * as Criteria from "./criteria.ts";
import { until } from "./rebuild.ts";
import * as Worlds from "./world.ts";

const MESSAGE_PASSER: Address = "0x4200000000000000000000000000000000000016";
const MESSAGE_PASSER_ABI = parseAbi([
  "function initiateWithdrawal(address target, uint256 gasLimit, bytes data) payable",
]);
const OUT = parseEther("3");
const L2_GAS = 200_000n;
const L1_GAS = 21_000n;
/** What the transactions after the claim take. */
const MARGIN_SECONDS = 60n;
const AT_ONCE = { blocks: 1n, seconds: 0n };

/** Plays the exit; `isDead` says whether the operators are. */
export async function play(
  world: Worlds.World,
  user: Hex,
  nodeUrl: string,
  isDead: boolean,
): Promise<Criteria.Outcome[]> {
  const { deployed, say, client } = world;
  const { inboxWindow, timeout } = deployed.parameters;
  const l1 = People.onL1(world, user);
  const l2 = People.onL2({ l2Chain: Worlds.l2Chain(world, nodeUrl) }, user);
  const address = l1.wallet.account.address;

  const forced = await force(l1, l2.chain);
  const { timestamp: since } = await client.getBlock({ blockNumber: forced.blockNumber });
  const early = await refusal(world, user, 1n);
  say(`a withdrawal is forced in by a deposit; posting it now reverts: ${early}`);

  await Worlds.nextBlockAt(world, since + inboxWindow + 1n);
  await post(world, user, 1n);
  const [l2Hash] = getL2TransactionHashes(forced);
  if (l2Hash === undefined) throw new TypeError("a deposit has a hash on the L2");
  await until("the node derives the user's batch", async () =>
    l2.client.getTransactionReceipt({ hash: l2Hash }).then(
      () => true,
      () => false,
    ),
  );
  const receipt = await l2.client.getTransactionReceipt({ hash: l2Hash });
  say(`after ${inboxWindow / 3_600n} h the user posts the batch: block ${receipt.blockNumber}`);

  const own = await Parties.open(world, user, AT_ONCE, (line) => say(`the user's watcher ${line}`));
  await own.watcher.turn();
  const claimed = Derive.lastSafe(own.node.chain.database);
  const proven = await Withdraw.prove(l1, l2, receipt);
  say(`proven with viem against the user's own claim (${proven.gasUsed} gas)`);
  await People.pass(world, timeout + MARGIN_SECONDS);
  while ((await own.watcher.turn()) > 0) say("the user's watcher looks again");
  await own.close();
  const status = await Withdraw.status(l1, l2.chain, receipt);
  const before = await client.getBalance({ address });
  const paid = await Withdraw.finalize(l1, l2.chain, receipt);
  const gained =
    (await client.getBalance({ address })) - before + paid.gasUsed * paid.effectiveGasPrice;
  const took = (await Worlds.now(world)) - since;
  say(`finalized with viem: ${formatEther(gained)} ether on L1`);

  const holds =
    isDead &&
    early === "NotYetOpen" &&
    receipt.status === "success" &&
    claimed >= receipt.blockNumber &&
    status === "ready-to-finalize" &&
    gained === OUT;
  const fact = `${formatEther(gained)} ether paid ${days(took)} after the deposit (window ${days(inboxWindow)}, timeout ${days(timeout)})`;
  return [
    Criteria.outcome(
      8,
      "with every operator dead: deposited initiateWithdrawal, posted the batch after the window, claimed, proved and finalized with viem",
      fact,
      holds,
    ),
    Criteria.outcome(15, "the same: there is no council to be absent", fact, holds),
  ];
}

/** Posts a batch of so many blocks in anybody's name, which takes every deposit that waits. */
export async function post(world: Worlds.World, key: Hex, blocks: bigint): Promise<void> {
  const { client, l1WalletOf } = world;
  const { account } = l1WalletOf(key);
  const call = { ...(await batchCall(world, blocks, "all")), account, gas: 1_000_000n };
  const hash = await l1WalletOf(key).writeContract(call);
  await client.waitForTransactionReceipt({ hash });
}

/** The name of the error with which L1 would now refuse a batch; undefined if it would take it. */
export async function refusal(
  world: Worlds.World,
  key: Hex,
  blocks: bigint,
  deposits: "all" | "none" = "all",
): Promise<string | undefined> {
  const call = await batchCall(world, blocks, deposits);
  const account = Worlds.accountOf(key);
  try {
    await world.client.simulateContract({ ...call, account, blockTag: "pending" });
    return undefined;
  } catch (error) {
    const revert =
      error instanceof BaseError
        ? error.walk((cause) => cause instanceof ContractFunctionRevertedError)
        : null;
    if (!(revert instanceof ContractFunctionRevertedError)) throw error;
    return revert.data?.errorName ?? revert.reason;
  }
}

/** An empty batch on top of the last one. */
export async function batchCall(
  { client, deployed }: Worlds.World,
  blocks: bigint,
  deposits: "all" | "none",
) {
  const inbox = { address: deployed.inbox, abi: Abi.INBOX } as const;
  const portal = { address: deployed.portal, abi: Abi.PORTAL } as const;
  const count = await client.readContract({ ...inbox, functionName: "batchCount" });
  const previous = await client.readContract({
    ...inbox,
    ...{ functionName: "accumulator", args: [count] },
  });
  const [made, taken] = await client.readContract({ ...portal, functionName: "depositCounts" });
  const origin = await client.getBlockNumber({ cacheTime: 0 });
  const to = deposits === "all" ? made : taken;
  return {
    ...inbox,
    functionName: "post",
    args: [previous, blocks, origin, to, "0x"],
    chain: client.chain,
  } as const;
}

/** Seconds of L1 for people. */
export function days(seconds: bigint): string {
  const [whole, hours] = [seconds / 86_400n, (seconds / 3_600n) % 24n];
  const rest = seconds % 3_600n;
  const parts = [whole > 0n ? `${whole} d` : "", hours > 0n ? `${hours} h` : ""];
  if (rest > 0n) parts.push(`${rest} s`);
  return parts.filter(Boolean).join(" ");
}

async function force(
  l1: ReturnType<typeof People.onL1>,
  l2Chain: ReturnType<typeof Worlds.l2Chain>,
) {
  const { account, chain } = l1.wallet;
  const data = encodeFunctionData({
    abi: MESSAGE_PASSER_ABI,
    functionName: "initiateWithdrawal",
    args: [account.address, L1_GAS, "0x"],
  });
  const request = { gas: L2_GAS, to: MESSAGE_PASSER, value: OUT, data };
  const hash = await depositTransaction(l1.wallet, {
    ...{ account, chain, request },
    targetChain: l2Chain,
  });
  return l1.client.waitForTransactionReceipt({ hash });
}
