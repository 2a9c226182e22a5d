// The campaign against the machine as a whole: transactions that it and two engines of others run side by side.
import * as Context from "../../src/machine/context.ts";
import type * as Fork from "../../src/machine/fork.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as EdrChain from "../../test/machine/edrChain.ts";
import * as EthereumjsChain from "../../test/machine/ethereumjsChain.ts";
import * as SeededRandom from "../../test/machine/seededRandom.ts";
import * as TransactionRun from "../../test/machine/transactionRun.ts";
import { anyGenesis, anyTransaction, BASE_FEE, COINBASE, noncesIn } from "./anyTransactions.ts";

export type Request = {
  readonly transactions: number;
  readonly seed: number;
  readonly progress: (line: string) => void;
};

/** What became of the transactions of one fork in one engine. */
export type Row = {
  same: number;
  refused: number;
  reverted: number;
  logs: number;
  refunds: number;
};

export type Tally = {
  readonly rows: Map<string, Row>;
  /** Worlds and transactions on which the engines disagree, with both outcomes. */
  readonly divergences: string[];
};

type Compare = (tally: Tally, seed: number, count: number) => Promise<number>;

const FORKS = ["Cancun", "Prague", "Osaka"] as const;
const PER_WORLD = 6;
/** Hardhat takes ten times as long for a transaction, most of it for setting and asking. */
const HARDHAT_SHARE = 10;
const CHAIN_ID = 1n;
const HEADER = {
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 30_000_000n,
  baseFeePerGas: BASE_FEE,
  coinbase: Bytes.fromBigInt(COINBASE, 20),
  mixHash: Bytes.fromBigInt(2n ** 255n + 5n, 32),
};

/** Runs so many transactions, most of them in @ethereumjs/vm, some in Hardhat. */
export async function run({ transactions, seed, progress }: Request): Promise<Tally> {
  const tally: Tally = { rows: new Map(), divergences: [] };
  for (const fork of FORKS) {
    const share = Math.ceil(transactions / FORKS.length);
    const inHardhat = Math.floor(share / HARDHAT_SHARE);
    await runWorlds(tally, seed, share - inHardhat, inEthereumjs(fork));
    progress(`${fork}: @ethereumjs/vm done`);
    const chain = await EdrChain.create(fork, COINBASE);
    await runWorlds(tally, seed + 1, inHardhat, inHardhatOf(fork, chain));
    await chain.close();
    progress(`${fork}: Hardhat done`);
  }
  return tally;
}

async function runWorlds(
  tally: Tally,
  seed: number,
  transactions: number,
  compare: Compare,
): Promise<void> {
  for (let world = 0, done = 0; done < transactions; world++)
    done += await compare(tally, seed + 2 * world, Math.min(PER_WORLD, transactions - done));
}

function inEthereumjs(fork: Fork.Fork): Compare {
  const context = Context.create(fork, CHAIN_ID, false);
  return async (tally, seed, count) => {
    const random = SeededRandom.fromSeed(seed);
    const genesis = anyGenesis(random, context.isPrague);
    const oracle = await EthereumjsChain.create(fork, genesis);
    const block = TransactionRun.blockOf(HEADER);
    let state = TransactionRun.stateOf(genesis);
    for (let turn = 0; turn < count; turn++) {
      const encoded = anyTransaction(random, noncesIn(state), CHAIN_ID, context.isPrague);
      const [found, after] = TransactionRun.run(context, block, state, encoded);
      const wanted = await EthereumjsChain.run(oracle, encoded, HEADER);
      const name = `${fork}, @ethereumjs/vm`;
      if (!note(tally, name, seed, turn, encoded, found, wanted)) return turn + 1;
      state = after;
    }
    return count;
  };
}

function inHardhatOf(fork: Fork.Fork, chain: EdrChain.Chain): Compare {
  // Without caps, which are numbered differences: rule 6 refuses a modexp that Prague runs.
  const context = Context.create(fork, EdrChain.CHAIN_ID, false);
  return async (tally, seed, count) => {
    const random = SeededRandom.fromSeed(seed);
    const genesis = anyGenesis(random, context.isPrague);
    const snapshot = await EdrChain.settle(chain, genesis);
    let state = TransactionRun.stateOf(genesis);
    for (let turn = 0; turn < count; turn++) {
      const block = await EdrChain.nextBlock(chain, COINBASE, BASE_FEE);
      const encoded = anyTransaction(random, noncesIn(state), EdrChain.CHAIN_ID, context.isPrague);
      const [found, after] = TransactionRun.run(context, block, state, encoded);
      // A pool may refuse what a block could hold, so refusals are compared with the other engine alone.
      if (found.isRefused) {
        rowOf(tally, `${fork}, Hardhat`).refused++;
        continue;
      }
      const there = await EdrChain.run(chain, encoded);
      const wanted: EthereumjsChain.Outcome = { ...found, ...there };
      const isSame = note(tally, `${fork}, Hardhat`, seed, turn, encoded, found, wanted);
      if (!isSame || !(await haveSameAccounts(tally, chain, genesis, after, seed, turn))) break;
      state = after;
    }
    await EdrChain.forget(chain, snapshot);
    return count;
  };
}

async function haveSameAccounts(
  tally: Tally,
  chain: EdrChain.Chain,
  genesis: EthereumjsChain.Genesis,
  state: Parameters<typeof EdrChain.describeHere>[0],
  seed: number,
  turn: number,
): Promise<boolean> {
  for (const { address } of genesis) {
    const here = shown(EdrChain.describeHere(state, address));
    const there = shown(await EdrChain.describeThere(chain, address));
    if (here === there) continue;
    tally.divergences.push(`Hardhat, world ${seed}, turn ${turn}: here ${here}, there ${there}`);
    return false;
  }
  return true;
}

/** Whether the engines agree; if so it is counted, else kept. */
function note(
  tally: Tally,
  name: string,
  seed: number,
  turn: number,
  encoded: Uint8Array,
  found: EthereumjsChain.Outcome,
  wanted: EthereumjsChain.Outcome,
): boolean {
  const [here, there] = [shown(found), shown(wanted)];
  if (here !== there) {
    const place = `${name}, world ${seed}, turn ${turn}`;
    tally.divergences.push(`${place}: here ${here}, there ${there}, ${Hex.fromBytes(encoded)}`);
    return false;
  }
  const row = rowOf(tally, name);
  row.same++;
  if (found.isRefused) row.refused++;
  else if (!found.isSuccess) row.reverted++;
  if (found.logs.length > 0) row.logs++;
  if (found.refund > 0n) row.refunds++;
  return true;
}

function rowOf({ rows }: Tally, name: string): Row {
  const row = rows.get(name) ?? { same: 0, refused: 0, reverted: 0, logs: 0, refunds: 0 };
  rows.set(name, row);
  return row;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "bigint" ? each.toString() : each,
  );
}
