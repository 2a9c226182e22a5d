// A sequencer that passes one user's deposit by for as long as L1 lets it.
import { parseEther, type Address, type Hex } from "viem";
import { depositTransaction, getL2TransactionHashes } from "viem/op-stack";
import * as Keys from "../devnet/keys.ts";
import * as People from "../demo/people.ts";
import * as Criteria from "./criteria.ts";
import * as Exit from "./exit.ts";
import { until } from "./rebuild.ts";
import * as Worlds from "./world.ts";

const HEIR: Address = "0x00000000000000000000000000000000000000C3";
const GIFT = parseEther("1");
const L2_GAS = 100_000n;

/** Censors with the sequencer's own key, then lets a stranger post. */
export async function play(
  world: Worlds.World,
  user: Hex,
  nodeUrl: string,
): Promise<Criteria.Outcome> {
  const { client, deployed, say } = world;
  const { inboxWindow } = deployed.parameters;
  const stranger = await Worlds.stranger(world, "1");
  const l1 = People.onL1(world, user);
  const l2 = People.onL2({ l2Chain: Worlds.l2Chain(world, nodeUrl) }, user);
  const request = { gas: L2_GAS, to: HEIR, mint: GIFT, value: GIFT };
  const hash = await depositTransaction(l1.wallet, {
    ...{ account: l1.wallet.account, chain: world.l1Chain, request, targetChain: l2.chain },
  });
  const deposit = await client.waitForTransactionReceipt({ hash });
  const { timestamp: since } = await client.getBlock({ blockNumber: deposit.blockNumber });

  await censor(world);
  await Worlds.nextBlockAt(world, since + inboxWindow);
  await censor(world);
  say("the sequencer posts without the deposit, the last time at the end of the window");
  await People.pass(world, 1n);
  const again = await Exit.refusal(world, Keys.SEQUENCER, 1n, "none");
  say(`one second later its batch reverts: ${again}; a stranger posts`);
  await Exit.post(world, stranger, 1n);
  const took = (await Worlds.now(world)) - since;

  const [l2Hash] = getL2TransactionHashes(deposit);
  if (l2Hash === undefined) throw new TypeError("a deposit has a hash on the L2");
  await until(
    "the node derives the stranger's batch",
    async () => (await l2.client.getBalance({ address: HEIR })) === GIFT,
  );
  const { status, blockNumber } = await l2.client.getTransactionReceipt({ hash: l2Hash });
  const isSoon = took <= inboxWindow + MARGIN_SECONDS;
  return Criteria.outcome(
    9,
    "with the sequencer's key: posted batches that leave a deposit out, up to the last second; then posted as a stranger",
    `the sequencer's next batch reverts with ${again}; included in block ${blockNumber}, ${Exit.days(took)} after the deposit (window ${Exit.days(inboxWindow)})`,
    again === "DepositOverdue" && status === "success" && isSoon,
  );
}

/** What is left to see the deposit overdue, and to post. */
const MARGIN_SECONDS = 5n;

async function censor(world: Worlds.World): Promise<void> {
  const { client, l1WalletOf } = world;
  const wallet = l1WalletOf(Keys.SEQUENCER);
  const call = await Exit.batchCall(world, 1n, "none");
  const hash = await wallet.writeContract({ ...call, account: wallet.account, gas: 1_000_000n });
  await client.waitForTransactionReceipt({ hash });
}
