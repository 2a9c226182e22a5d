// The price of every instruction, and of every phase that charges, to the unit: on chain as in the machine.
import { expect } from "chai";
import * as Opcode from "../../src/machine/opcode.ts";
import { CALL_SCENES } from "./callScenes.ts";
import { CREATION_SCENES } from "./creationScenes.ts";
import { EXAMPLES } from "./instructions.ts";
import { PRECOMPILE_SCENES } from "./precompileScenes.ts";
import { machineOf } from "./stage.ts";
import * as Steps from "./steps.ts";
import * as TransactionScene from "./transactionScene.ts";
import * as UnitsOfGas from "./unitsOfGas.ts";

const FORK = "Osaka";
const MAX_STEPS = 2_000;
/** What takes no gas, and what halts whatever there is. */
const FREE = ["STOP", "RETURN", "REVERT", "INVALID"];

/** Scenes of pairings, which take seconds in TypeScript. */
const SLOW = ["the dearest pairing", "a pairing too many"];

describe("the least gas of a step", () => {
  const pairs = new UnitsOfGas.Pairs();
  let provers: Steps.Provers;

  before(async () => {
    for (const example of EXAMPLES)
      if (example.forks?.includes(FORK) !== false)
        pairs.add(machineOf({ fork: FORK, ...example }), MAX_STEPS);
    for (const scene of [...CALL_SCENES, ...CREATION_SCENES, ...PRECOMPILE_SCENES])
      if (TransactionScene.forksOf(scene).includes(FORK) && !SLOW.includes(scene.name))
        pairs.add(TransactionScene.machineOf(scene, FORK), MAX_STEPS);
    provers = await Steps.deployProvers();
  });

  after(async () => {
    await provers.close();
  });

  it("is known of every instruction that takes any, and of phases that charge", () => {
    const names = new Set(pairs.all().map(({ name }) => name));
    const priced = Opcode.all().map(Opcode.nameOf);
    const lacking = priced.filter((name) => !names.has(name) && !FREE.includes(name));
    expect(lacking).to.deep.equal([]);
    expect([...names]).to.include.members(["PRECOMPILE", "DEPOSIT"]);
  });

  it("is enough on chain, and one unit less halts the frame", async () => {
    for (const { name, gas, enough, tooLittle } of pairs.all()) {
      expect(UnitsOfGas.halts(enough), `${name} with ${gas}`).to.equal(false);
      expect(UnitsOfGas.halts(tooLittle), `${name} with less than ${gas}`).to.equal(true);
      await Steps.expectProven(provers, FORK, Steps.recordNext(enough));
      await Steps.expectProven(provers, FORK, Steps.recordNext(tooLittle));
    }
  });
});
