import { expect } from "chai";
import * as Precompiles from "../../../src/machine/precompiles/precompiles.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as FuzzInputs from "./fuzzInputs.ts";
import * as Noble from "./noblePrecompiles.ts";

const SEED = Number(process.env["CURVES_SEED"] ?? 2_537);
const RUNS = Number(process.env["CURVES_RUNS"] ?? 24);

describe(`Precompiles on curves beside @noble/curves (seed ${SEED})`, function () {
  this.timeout(0);

  for (const [address, expected] of Noble.runs)
    it(Precompiles.at(address, "Osaka")?.name ?? "", () => {
      for (const input of FuzzInputs.sample(address, RUNS, SEED))
        expect(Precompiles.at(address, "Osaka")?.run(input), Hex.fromBytes(input)).to.deep.equal(
          expected(input),
        );
    });
});
