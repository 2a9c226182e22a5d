// Transactions at the corners of the rules: @ethereumjs/vm has the same outcome, and every step is proven on chain.
import { expect } from "chai";
import * as Context from "../../src/machine/context.ts";
import * as EntryTransaction from "../../src/machine/entryTransaction.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as World from "../../src/machine/world.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as EthereumjsChain from "../machine/ethereumjsChain.ts";
import * as TransactionRun from "../machine/transactionRun.ts";
import { CORNER_CASES } from "./cornerCases.ts";
import * as Corner from "./cornerTransaction.ts";
import * as Steps from "./steps.ts";
import { FORKS } from "./transactionScene.ts";

const ENDLESS = 100_000;
/** Percent of the gas that a case uses, with which it is run again. */
const PARTS_OF_GAS = [40n, 70n, 95n];

function headerOf({ coinbase }: Corner.Case): typeof Corner.HEADER {
  if (coinbase === undefined) return Corner.HEADER;
  return { ...Corner.HEADER, coinbase: Bytes.fromBigInt(coinbase, 20) };
}

/** Runs a case by both, with another gas limit if one is given, and gives the outcome on which they agree. */
async function agree(
  fork: Fork,
  example: Corner.Case,
  gasLimit?: bigint,
): Promise<EthereumjsChain.Outcome> {
  const context = Context.create(fork, Corner.CHAIN_ID, false);
  const header = headerOf(example);
  const genesis = Corner.genesisOf(example);
  const encoded = Corner.encodedOf(example, gasLimit);
  const block = TransactionRun.blockOf(header);
  const [found] = TransactionRun.run(context, block, TransactionRun.stateOf(genesis), encoded);
  const oracle = await EthereumjsChain.create(fork, genesis);
  expect(found).to.deep.equal(await EthereumjsChain.run(oracle, encoded, header));
  return found;
}

function machineOf(fork: Fork, example: Corner.Case): Machine.Machine {
  const context = Context.create(fork, Corner.CHAIN_ID, false);
  const state = TransactionRun.stateOf(Corner.genesisOf(example));
  const block = TransactionRun.blockOf(headerOf(example));
  const machine = Machine.create(context, block, World.create(state, Logs.EMPTY_BLOOM));
  const entry = EntryTransaction.fromBytes(Corner.encodedOf(example), context);
  assert(entry.type !== "refused", "the case decodes");
  machine.transaction = entry.transaction;
  machine.phase = Phase.ADMIT;
  return machine;
}

describe("at the corners of the rules", function () {
  this.timeout(600_000);
  let provers: Steps.Provers;
  const proven = new Set<string>();

  before(async () => {
    provers = await Steps.deployProvers({}, { chainId: Corner.CHAIN_ID, caps: false });
  });

  after(async () => {
    await provers.close();
  });

  for (const example of CORNER_CASES)
    it(example.name, async () => {
      for (const fork of example.forks ?? FORKS) {
        expect((await agree(fork, example)).isRefused).to.equal(false);
        for (const step of Steps.record(machineOf(fork, example), ENDLESS)) {
          const key = `${fork} ${step.before}`;
          if (proven.has(key)) continue;
          proven.add(key);
          await Steps.expectProven(provers, fork, step);
        }
      }
    });

  it("and with too little gas", async () => {
    for (const example of CORNER_CASES) {
      const { gasUsed } = await agree("Osaka", example);
      for (const part of PARTS_OF_GAS) await agree("Osaka", example, (gasUsed * part) / 100n);
    }
  });
});
