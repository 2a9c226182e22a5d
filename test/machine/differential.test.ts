// Seeded random transactions over random contracts, run here and by @ethereumjs/vm.
import { expect } from "chai";
import * as Context from "../../src/machine/context.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as EthereumjsChain from "./ethereumjsChain.ts";
import {
  BASE_FEE,
  COINBASE,
  type Nonces,
  randomGenesis,
  randomTransaction,
} from "./randomTransactions.ts";
import * as SeededRandom from "./seededRandom.ts";
import * as TransactionRun from "./transactionRun.ts";

const SEED = 0x7e57;
const WORLDS = 40;
const TRANSACTIONS = 6;
const CHAIN_ID = 1n;

const HEADER = {
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 30_000_000n,
  baseFeePerGas: BASE_FEE,
  coinbase: Bytes.fromBigInt(COINBASE, 20),
  mixHash: Bytes.fromBigInt(2n ** 255n + 5n, 32),
};

describe(`random transactions (seed ${SEED})`, function () {
  this.timeout(300_000);

  for (const fork of ["Cancun", "Prague", "Osaka"] as const) {
    it(`do the same under ${fork} as in @ethereumjs/vm`, async () => {
      const context = Context.create(fork, CHAIN_ID, false);
      const rules = { chainId: CHAIN_ID, hasSetCode: fork !== "Cancun" };
      let ran = 0;
      for (let index = 0; index < WORLDS; index++) {
        const random = SeededRandom.fromSeed(SEED + index);
        const genesis = randomGenesis(random);
        const oracle = await EthereumjsChain.create(fork, genesis);
        const block = TransactionRun.blockOf(HEADER);
        let state = TransactionRun.stateOf(genesis);
        const nonces: Nonces = new Map();
        for (let turn = 0; turn < TRANSACTIONS; turn++) {
          const encoded = randomTransaction(random, nonces, rules);
          const [found, after] = TransactionRun.run(context, block, state, encoded);
          const wanted = await EthereumjsChain.run(oracle, encoded, HEADER);
          expect(found, `world ${index}, transaction ${turn}`).to.deep.equal(wanted);
          state = after;
          if (!found.isRefused) ran++;
        }
      }
      expect(ran).to.be.greaterThan((WORLDS * TRANSACTIONS) / 2);
    });
  }
});
