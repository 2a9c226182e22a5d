// What must be so when a dispute is over, each statement checked on L1.
import { formatEther, type Address } from "viem";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Judge from "../../src/watcher/judge.ts";
import * as Liar from "../demo/liar.ts";
import * as Parties from "../demo/parties.ts";
import { addressOf } from "../devnet/devnet.ts";
import * as Keys from "../devnet/keys.ts";
import * as Dispute from "./dispute.ts";
import { duration } from "./drawing.ts";
import type { Court } from "./parties.ts";

export type Finding = { readonly statement: string; readonly holds: boolean };

/** What an account sent to L1, and what that cost. */
export type Expense = {
  readonly transactions: number;
  readonly gas: bigint;
  readonly mostGas: bigint;
  readonly fees: bigint;
};

export type Before = { readonly block: bigint; readonly balances: ReadonlyMap<Address, bigint> };

/** Latency and a slot, twice for each of 42 bisections and for each level, and once more: docs/protocol-dispute.md. */
const OVERHEAD_SECONDS = 97_188n;

/** What everyone has before the first move. */
export async function before({ devnet: { client }, accused }: Court): Promise<Before> {
  const liars = accused.map(({ liar }) => liar.sender.wallet.account.address);
  const balances = new Map<Address, bigint>();
  for (const address of [addressOf(Keys.WATCHER), ...liars]) {
    balances.set(address, await client.getBalance({ address }));
  }
  return { block: await client.getBlockNumber(), balances };
}

/** Everything that must be so. */
export async function findings(
  court: Court,
  start: Before,
  expense: Expense,
): Promise<readonly Finding[]> {
  const { truth, accused, watcher, devnet } = court;
  const game = await Parties.gameOf(watcher);
  const { config } = game;
  const { branches } = await Dispute.bracketOf(court);
  const id = Judge.claimId(config, truth.trace);
  const node = game.tree.nodes.get(Hexes.key(id));
  const isConfirmed = Game.isConfirmed(game, id);
  const confirmedAt =
    node === undefined ? 0n : DisputeTree.cohortOf(game.tree, node.cohort).confirmedAt;
  const took = node === undefined || !isConfirmed ? undefined : confirmedAt - node.createdAt;
  const isDisproved = branches.slice(1).every(({ state }) => state === "disproved");
  const list: Finding[] = [
    { statement: "the true claim is confirmed", holds: isConfirmed },
    {
      statement: `none of the ${accused.length} false claims is`,
      holds: accused.every(({ liar }) => !Liar.hasWon(game, liar)),
    },
    {
      statement: "Solidity executed the step of every lie and found another state",
      holds: isDisproved,
    },
    {
      statement: `it took ${duration(took ?? 0n)} on L1's clock, less than the timeout and the overhead`,
      holds: took !== undefined && took <= config.timeout + OVERHEAD_SECONDS,
    },
  ];
  for (const { rival, liar } of accused) {
    const lost = await lossOf(devnet, start, liar.sender.wallet.account.address);
    const holds = lost >= config.claimBond + config.refinementBond;
    list.push({ statement: `${rival.name} is ${ether(lost)} ETH short`, holds });
  }
  const stake = watcher.watcher.stake();
  const loss = await lossOf(devnet, start, addressOf(Keys.WATCHER));
  const outcome = loss > 0n ? `${ether(loss)} ETH short` : `${ether(-loss)} ETH ahead`;
  return [
    ...list,
    { statement: "the watcher has all of its bonds back", holds: stake?.locked === 0n },
    {
      statement: `the watcher is ${outcome}, after ${ether(expense.fees)} ETH of gas`,
      holds: loss <= expense.fees,
    },
  ];
}

/** What the watcher sent since the dispute began. */
export async function expenseOf({ devnet }: Court, { block }: Before): Promise<Expense> {
  const { client } = devnet;
  const sender = addressOf(Keys.WATCHER).toLowerCase();
  const last = await client.getBlockNumber({ cacheTime: 0 });
  const sum = { transactions: 0, gas: 0n, mostGas: 0n, fees: 0n };
  for (let blockNumber = block + 1n; blockNumber <= last; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, from } of transactions) {
      if (from.toLowerCase() !== sender) continue;
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      sum.transactions++;
      sum.gas += gasUsed;
      sum.fees += gasUsed * effectiveGasPrice;
      if (gasUsed > sum.mostGas) sum.mostGas = gasUsed;
    }
  }
  return sum;
}

async function lossOf(
  { client }: Court["devnet"],
  { balances }: Before,
  address: Address,
): Promise<bigint> {
  return (balances.get(address) ?? 0n) - (await client.getBalance({ address }));
}

function ether(wei: bigint): string {
  return Number(formatEther(wei)).toFixed(3);
}
