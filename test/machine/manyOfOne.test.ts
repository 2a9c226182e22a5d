// What one transaction can do very often, within the gas cap of the chain.
import { expect } from "chai";
import * as Account from "../../src/machine/account.ts";
import * as Frame from "../../src/machine/frame.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { assemble, call } from "../parity/program.ts";
import { machineOf, PROGRAM } from "../parity/stage.ts";

const GAS = 16_000_000n;

// Runs the body until the gas is nearly used up, then stops.
function repeat(body: Uint8Array, enough: bigint): Uint8Array {
  const start = assemble(Opcode.JUMPDEST, body, Opcode.GAS, enough, Opcode.LT, 0n, Opcode.JUMPI);
  return assemble(start, Opcode.STOP);
}

describe("within the gas of one transaction", function () {
  this.timeout(60_000);

  it("tens of thousands of logs are hashed", () => {
    const program = repeat(call(Opcode.LOG0, 0n, 0n), 50_000n);
    const machine = machineOf({ fork: "Osaka", program, gas: GAS });
    while (machine.phase !== Phase.ENTRY) Step.step(machine);
    expect(machine.result?.logs).to.have.length.above(35_000);
    expect(Machine.hash(machine)).to.have.length(32);
    expect(Logs.hash(machine.world.logs)).to.have.length(32);
  });

  it("an account destroys itself thousands of times", () => {
    let world = World.create(
      PatriciaTrie.emptyWith(
        Account.codec({ nodes: { get: () => undefined }, code: () => Bytes.EMPTY }),
      ),
      Logs.EMPTY_BLOOM,
    );
    for (let i = 0; i < 100_000; i++) world = World.addDestroyed(world, PROGRAM);
    expect(World.hash(world)).to.have.length(32);
  });

  it("a thousand frames are hashed and copied", () => {
    // A call of itself with all the gas that there is.
    const program = assemble(
      ...[0n, 0n, 0n, 0n, 0n],
      PROGRAM,
      Opcode.GAS,
      Opcode.CALL,
      Opcode.STOP,
    );
    const machine = machineOf({ fork: "Osaka", program, gas: 10n ** 13n });
    while ((machine.frame?.depth ?? 0) < 900) Step.step(machine);
    const copy = Machine.clone(machine);
    expect(Machine.hash(copy)).to.deep.equal(Machine.hash(machine));
    expect(Frame.hash(copy.frame)).to.deep.equal(Frame.hash(machine.frame));
  });
});
