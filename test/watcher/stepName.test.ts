import { expect } from "chai";
import * as Block from "../../src/machine/block.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import { stepName } from "../../src/watcher/stepName.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { assemble, call } from "../parity/program.ts";

const PROGRAM = 0x100fn;

// Jumps over two chunks, so that instructions stand at many places of a chunk, and runs off the end of its code.
const program = assemble(
  ...[...Array(70).keys()].flatMap((i) => [BigInt(i), Opcode.POP]),
  call(Opcode.SSTORE, 1n, 2n),
  call(Opcode.KECCAK256, 0n, 64n),
);

describe("the name of a step, read off its witness", () => {
  it("is the opcode or the phase of the machine that took it", () => {
    const chain = L2Chain.create([L2Chain.contractAt(PROGRAM, Hex.fromBytes(program))]);
    const to = `0x${PROGRAM.toString(16).padStart(40, "0")}`;
    const transactions = [L2Chain.transaction(L2Chain.ALICE, 0, { to, gasLimit: 400_000n })];
    const timestamp = L2Chain.GENESIS_TIME + 2n;
    L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp, transactions }]) });
    const machine = Block.after(chain.genesis, chain.context, L2Chain.inboxOf(chain));
    const wrong: string[] = [];
    const names = new Set<string>();
    for (let index = 0; index === 0 || machine.done === null; index++) {
      const expected = index === 0 ? "BEGIN" : nameOf(machine.phase, Step.nextOpcode(machine));
      const actual = stepName(index, Prove.prove(machine));
      names.add(actual);
      if (actual !== expected) wrong.push(`step ${index}: ${actual} instead of ${expected}`);
    }
    expect(wrong).to.deep.equal([]);
    expect([...names]).to.include.members(["SSTORE", "KECCAK256", "STOP", "ENTRY", "END"]);
    expect(stepName(9, Prove.provePadding(machine))).to.equal("padding");
  });
});

function nameOf(phase: number, opcode: number): string | undefined {
  return phase === Phase.EXECUTE ? Opcode.nameOf(opcode) : Phase.NAMES[phase];
}
