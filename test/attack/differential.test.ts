// A sample of `npm run attack -- --differential N`: transactions here, in @ethereumjs/vm and in Hardhat.
import { expect } from "chai";
import * as Differential from "../../scripts/attack/differential.ts";

const SEED = 0xd1ff;
const TRANSACTIONS = 1_200;

describe(`any transactions in three engines (seed ${SEED})`, function () {
  this.timeout(300_000);

  it("do the same", async () => {
    const request = { transactions: TRANSACTIONS, seed: SEED, progress: () => undefined };
    const { rows, divergences } = await Differential.run(request);
    expect(divergences).to.deep.equal([]);
    for (const fork of ["Cancun", "Prague", "Osaka"]) {
      for (const engine of ["@ethereumjs/vm", "Hardhat"]) {
        const row = rows.get(`${fork}, ${engine}`);
        expect(row?.same, `${fork}, ${engine}`).to.be.greaterThan(0);
        expect(row?.refused, `${fork}, ${engine}`).to.be.greaterThan(0);
      }
    }
  });
});
