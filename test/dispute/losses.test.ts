// The honest party's account of disputes of production size, against every strategy of the simulation.
import { expect } from "chai";
import { simulate } from "../../scripts/simulation/simulate.ts";
import { quitter, STRATEGIES } from "../../scripts/simulation/strategy.ts";

const SEED = 1;
// A liar's way down has 16 + 1 + 26 moves.
const STOPS = [0, 1, 2, 8, 15, 16, 17, 18, 30, 42, 43];

describe("the honest party", function () {
  this.timeout(60_000);

  for (const strategy of STRATEGIES) {
    it(`loses nothing to liars of the kind "${strategy.name}", with the dearest steps`, () => {
      for (const rivals of [1, 3]) {
        const { honestGain, typicalGain } = simulate(strategy, rivals, SEED);
        expect(honestGain >= 0n, `${rivals} rivals: ${honestGain}`).to.equal(true);
        expect(typicalGain >= honestGain).to.equal(true);
      }
    });
  }

  for (const answers of STOPS) {
    it(`loses nothing to a liar who stops after ${answers} answers`, () => {
      const { honestGain } = simulate(quitter(answers), 1, SEED);
      expect(honestGain >= 0n, `${honestGain}`).to.equal(true);
    });
  }
});
