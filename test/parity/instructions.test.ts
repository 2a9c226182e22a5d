// Every instruction of the provable families: each step of the TypeScript machine, proven on chain.
import { expect } from "chai";
import * as Family from "../../src/machine/family.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import { EXAMPLES } from "./instructions.ts";
import { machineOf } from "./stage.ts";
import * as Steps from "./steps.ts";

const FORKS = ["Cancun", "Prague", "Osaka"] as const;
const ENDLESS = 10_000;

type Worst = { gas: bigint; bytes: number };

describe("steps on chain", () => {
  let provers: Steps.Provers;
  const worst = new Map<string, Worst>();

  before(async () => {
    provers = await Steps.deployProvers();
  });

  after(async () => {
    await provers.close();
  });

  for (const example of EXAMPLES) {
    it(`are those of the machine: ${example.name}`, async () => {
      for (const fork of example.forks ?? FORKS) {
        const steps = Steps.provable(Steps.record(machineOf({ fork, ...example }), ENDLESS));
        expect(steps).to.not.be.empty;
        for (const step of steps.slice(-(example.last ?? steps.length))) {
          const gas = await Steps.expectProven(provers, fork, step);
          const known = worst.get(step.name) ?? { gas: 0n, bytes: 0 };
          if (gas > known.gas) known.gas = gas;
          if (step.witness.length > known.bytes) known.bytes = step.witness.length;
          worst.set(step.name, known);
        }
      }
    });
  }

  it("cover every opcode and phase of the families", () => {
    const names = Opcode.all()
      .filter((opcode) => Family.judging(Phase.EXECUTE, opcode) < Steps.PROVERS.length)
      .map(Opcode.nameOf);
    expect([...worst.keys()]).to.include.members([...names, "COPY", "LOAD", "HASH", "LOG"]);
  });

  it("stay below the limits of an L1 transaction", () => {
    console.log("      step            worst gas   bytes");
    for (const [name, { gas, bytes }] of [...worst].sort(([, a], [, b]) => Number(b.gas - a.gas)))
      console.log(
        `      ${name.padEnd(14)} ${String(gas).padStart(10)} ${String(bytes).padStart(7)}`,
      );
    for (const [name, { gas }] of worst) expect(gas, name).to.be.at.most(Steps.MAX_GAS);
  });
});
