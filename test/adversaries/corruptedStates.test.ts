// A liar's first false state differs from the true one in at least one field. Whatever the instruction and whatever field
// it is, the state has another hash, and that is all that `prove` compares: test/parity shows that the prover gives the
// true one.
import { expect } from "chai";
import * as Account from "../../src/machine/account.ts";
import * as Family from "../../src/machine/family.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Memory from "../../src/machine/memory.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Stack from "../../src/machine/stack.ts";
import * as Step from "../../src/machine/step.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { EXAMPLES } from "../parity/instructions.ts";
import { machineOf } from "../parity/stage.ts";
import * as Steps from "../parity/steps.ts";

/** Enough of each instruction for all of its examples' edges. */
const MOST_OF_ONE = 25;
const RICH = 0xadn;

/** One change to a state, or none where the state has no such field. */
const corruptions: Record<string, (machine: Machine.Machine) => boolean> = {
  phase: (machine) => {
    machine.phase = machine.phase === Phase.EXECUTE ? Phase.ENTRY : Phase.EXECUTE;
    return true;
  },
  "world state": (machine) => {
    const { world } = machine;
    const key = HashedKeys.ofAddress(RICH);
    const state = PatriciaTrie.put(world.state, key, { ...Account.EMPTY, balance: 1n });
    machine.world = World.withState(world, state);
    return true;
  },
  refund: (machine) => {
    machine.world = World.applyRefund(machine.world, 1);
    return true;
  },
  "program counter": ofFrame((frame) => void (frame.pc += 1)),
  gas: ofFrame((frame) => void (frame.gas += 1)),
  "a new item": ofFrame(({ stack }) => Stack.push(stack, 1n)),
  "top of the stack": ofFrame(({ stack }) => Stack.push(stack, Stack.pop(stack) ^ 1n), true),
  "a word of memory": ofFrame((frame) => {
    Memory.grow(frame.memory, 1);
    Memory.storeWord(frame.memory, null, 0, Memory.loadWord(frame.memory, null, 0) ^ 1n);
  }),
  "returned data": ofFrame((frame) => void (frame.returned = View.ofBytes(Uint8Array.of(1, 2, 3)))),
};

function ofFrame(
  corrupt: (frame: NonNullable<Machine.Machine["frame"]>) => void,
  needsItem = false,
): (machine: Machine.Machine) => boolean {
  return ({ frame }) => {
    if (frame === null || (needsItem && frame.stack.items.length === 0)) return false;
    corrupt(frame);
    frame.encoding = null;
    return true;
  };
}

describe("a state with one field changed", () => {
  it("has another hash than the true one, after every instruction and with every field of it", () => {
    const counts = new Map<string, number>();
    const fields = new Map<string, number>();
    for (const example of EXAMPLES) {
      if (example.forks !== undefined && !example.forks.includes("Osaka")) continue;
      const machine = machineOf({ fork: "Osaka", ...example });
      while (machine.phase !== Phase.ENTRY) {
        const { name } = Steps.nextStep(machine);
        Step.step(machine);
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        if (count > MOST_OF_ONE) continue;
        const truth = Hex.fromBytes(Machine.hash(machine));
        for (const [field, corrupt] of Object.entries(corruptions)) {
          const told = Machine.clone(machine);
          if (!corrupt(told)) continue;
          expect(Hex.fromBytes(Machine.hash(told)), `${field} after ${name}`).to.not.equal(truth);
          fields.set(field, (fields.get(field) ?? 0) + 1);
        }
      }
    }
    const names = Opcode.all()
      .filter((opcode) => Family.judging(Phase.EXECUTE, opcode) < Steps.PROVERS.length)
      .map(Opcode.nameOf);
    expect([...counts.keys()]).to.include.members(names);
    expect([...fields.keys()]).to.have.members(Object.keys(corruptions));
    for (const [field, count] of fields) expect(count, field).to.be.greaterThan(400);
  });
});
