// Seeded random transactions over random contracts, run here and by the EVM inside Hardhat.
import { expect } from "chai";
import * as Context from "../../src/machine/context.ts";
import * as EdrChain from "./edrChain.ts";
import {
  BASE_FEE,
  COINBASE,
  type Nonces,
  randomGenesis,
  randomTransaction,
} from "./randomTransactions.ts";
import * as SeededRandom from "./seededRandom.ts";
import * as TransactionRun from "./transactionRun.ts";

const SEED = 0xed12;
const WORLDS = 10;
const TRANSACTIONS = 6;
const { CHAIN_ID } = EdrChain;

describe(`random transactions in Hardhat (seed ${SEED})`, function () {
  this.timeout(300_000);

  for (const fork of ["Cancun", "Prague", "Osaka"] as const) {
    it(`do the same under ${fork}`, async () => {
      const chain = await EdrChain.create(fork, COINBASE);
      const context = Context.create(fork, CHAIN_ID, true);
      const rules = { chainId: CHAIN_ID, hasSetCode: fork !== "Cancun" };
      let ran = 0;
      for (let index = 0; index < WORLDS; index++) {
        const random = SeededRandom.fromSeed(SEED + index);
        const genesis = randomGenesis(random);
        const snapshot = await EdrChain.settle(chain, genesis);
        let state = TransactionRun.stateOf(genesis);
        const nonces: Nonces = new Map();
        for (let turn = 0; turn < TRANSACTIONS; turn++) {
          const block = await EdrChain.nextBlock(chain, COINBASE, BASE_FEE);
          const encoded = randomTransaction(random, nonces, rules);
          const [found, after] = TransactionRun.run(context, block, state, encoded);
          if (found.isRefused) break;
          ran++;
          const { isSuccess, gasUsed, logs } = found;
          expect(await EdrChain.run(chain, encoded), `world ${index}, turn ${turn}`).to.deep.equal({
            isSuccess,
            gasUsed,
            logs,
          });
          for (const { address } of genesis)
            expect(await EdrChain.describeThere(chain, address)).to.deep.equal(
              EdrChain.describeHere(after, address),
            );
          state = after;
        }
        await EdrChain.forget(chain, snapshot);
      }
      await chain.close();
      expect(ran).to.be.greaterThan((WORLDS * TRANSACTIONS) / 2);
    });
  }
});
