// A sample of `npm run attack -- --states N`: machines of every phase that were never run.
import { expect } from "chai";
import * as Phase from "../../src/machine/phase.ts";
import { chains } from "../../scripts/attack/chains.ts";
import * as States from "../../scripts/attack/states.ts";
import * as Trial from "../../scripts/attack/trial.ts";

const SEED = 0x57a7;
const STATES = 900;
const FEW = 50;
const progress = (): void => undefined;

describe(`states that were never run (seed ${SEED})`, function () {
  this.timeout(300_000);
  const known = chains(SEED);

  it("have one successor, the same in both languages", async () => {
    const request = { states: STATES, seed: SEED, chains: known, progress };
    const { rows, elsewhere, failures } = await States.run(request);
    expect(failures).to.deep.equal([]);
    expect(elsewhere).to.be.greaterThan(0);
    expect([...rows.keys()].sort()).to.deep.equal([...Phase.NAMES, "begin"].sort());
    for (const [phase, { lawful, tampered }] of rows) {
      expect(lawful, phase).to.be.greaterThan(0);
      expect(tampered, phase).to.be.greaterThan(0);
    }
  });

  it("are found if the provers do not know them", async () => {
    const strict = async (): Promise<Trial.Trial> => ({
      judge: (step) =>
        Promise.reject(
          new Trial.TrueStepRefusedError(step, { type: "reverted", error: "PreimageMismatch" }),
        ),
      close: () => Promise.resolve(),
    });
    const request = { states: FEW, seed: SEED, chains: known, progress };
    const { rows, failures } = await States.run(request, strict);
    expect(failures).to.not.be.empty;
    expect([...rows.values()].every(({ lawful }) => lawful === 0)).to.equal(true);
  });
});
