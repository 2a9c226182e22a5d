import { expect } from "chai";
import * as Precompiles from "../../../src/machine/precompiles/precompiles.ts";
import * as Vectors from "./officialVectors.ts";

describe("Precompiles on the published vectors", () => {
  before(function () {
    if (Vectors.isPresent) return;
    console.log("      no precompile-vectors folder beside the project: skipped");
    this.skip();
  });

  for (const [file, address] of Vectors.files) {
    it(`${file}.json`, function () {
      this.timeout(60_000);
      const precompile = Precompiles.at(address, "Prague");
      const vectors = Vectors.read(file);
      expect(vectors).to.not.have.length(0);
      for (const { name, input, expected, gas } of vectors) {
        expect(precompile?.run(input), name).to.deep.equal(expected);
        if (gas !== undefined) expect(precompile?.gasCost(input, "Prague"), name).to.equal(gas);
      }
    });
  }

  it("modexp.json, whose prices are older", () => {
    const precompile = Precompiles.at(0x05n, "Cancun");
    for (const { name, input, expected } of Vectors.read("modexp"))
      expect(precompile?.run(input), name).to.deep.equal(expected);
  });
});
