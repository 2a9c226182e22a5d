import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as RunTrace from "../../src/dispute/runTrace.ts";
import * as Block from "../../src/machine/block.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import * as Trace from "../../src/machine/trace.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { assemble, call } from "../parity/program.ts";

const HEIGHT = 15;
const SHAPE = { height: HEIGHT, leafHash: Bisection.leafHash, innerHash: Bisection.innerHash };
const LOOP = 0x100fn;
const CALLER = 0xca11n;

// Counts down from 800 with a store to memory each time, then logs, and calls nobody.
const loop = Bytes.concat(
  assemble(800n),
  assemble(
    Opcode.JUMPDEST,
    call(Opcode.MSTORE, 64n, 0xabcdefn),
    1n,
    Opcode.SWAP1,
    Opcode.SUB,
    Opcode.DUP1,
    3n,
    Opcode.JUMPI,
    call(Opcode.LOG1, 0n, 3_000n, 7n),
    call(Opcode.RETURN, 0n, 96n),
  ),
);
const caller = assemble(
  call(Opcode.CALL, 60_000n, LOOP, 0n, 0n, 40n, 0n, 64n),
  0n,
  Opcode.SSTORE,
  call(Opcode.DELEGATECALL, 60_000n, LOOP, 0n, 40n, 0n, 64n),
  call(Opcode.REVERT, 0n, 64n),
);

// A machine before a block of two transactions, one of which reverts what others did.
function start(): Machine.Machine {
  const chain = L2Chain.create([
    L2Chain.contractAt(LOOP, Hex.fromBytes(loop)),
    L2Chain.contractAt(CALLER, Hex.fromBytes(caller)),
  ]);
  const transactions = [LOOP, CALLER].map((to, nonce) =>
    L2Chain.transaction(L2Chain.ALICE, nonce, {
      to: Hex.fromBytes(Bytes.fromBigInt(to, 20)),
      gasLimit: 400_000n,
    }),
  );
  const timestamp = L2Chain.GENESIS_TIME + 2n;
  L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp, transactions }]) });
  return Block.after(chain.genesis, chain.context, L2Chain.inboxOf(chain));
}

describe("the trace of a block", function () {
  this.timeout(60_000);

  const states: Uint8Array[] = [];
  const witnesses: Uint8Array[] = [];
  let trace: Trace.Trace;

  before(() => {
    const machine = start();
    do {
      witnesses.push(Prove.prove(machine));
      states.push(Machine.hash(machine));
    } while (machine.phase !== Phase.DONE);
    trace = Trace.ofBlock(start(), SHAPE);
  });

  it("has as many steps as the block and as many leaves as the tree", () => {
    expect(trace.steps).to.equal(states.length);
    expect(trace.steps).to.be.greaterThan(2 ** 13);
    expect(trace.length).to.equal(2 ** HEIGHT);
  });

  it("gives the state after any step, in any order", () => {
    for (const index of [0, 9_000, 4_095, 4_096, 17, 18, trace.steps - 1, trace.steps - 2])
      expect(trace.hashAt(index), String(index)).to.deep.equal(states[index]);
  });

  it("repeats the last state behind the last step", () => {
    for (const index of [trace.steps, trace.length - 1])
      expect(trace.hashAt(index)).to.deep.equal(states.at(-1));
  });

  it("gives the nodes of the tree over all states", () => {
    const whole = RunTrace.fromRuns(
      HEIGHT,
      states.map((state, from) => ({ from, state })),
    );
    for (let height = HEIGHT; height >= 0; height--)
      for (const index of [0, 1, 2, 5, 2 ** (HEIGHT - height) - 1])
        if (index < 2 ** (HEIGHT - height))
          expect(trace.subtree(height, index), `${height}, ${index}`).to.deep.equal(
            whole.subtree(height, index),
          );
  });

  it("gives the witness of any step, in any order", () => {
    for (const index of [0, 8_191, 100, trace.steps - 1, 5_000])
      expect(trace.prove(index), String(index)).to.deep.equal(witnesses[index]);
  });

  it("shows in the witness of padding only the state between blocks", () => {
    const padding = trace.prove(trace.steps);
    expect(padding).to.have.length(1 + 8 + 3 * 32 + 3 * 8);
    expect(padding[0]).to.equal(10);
  });

  it("leaves the machine that it was made from as it was", () => {
    const machine = start();
    const before = Machine.hash(machine);
    Trace.ofBlock(machine, SHAPE).subtree(HEIGHT, 0);
    expect(Machine.hash(machine)).to.deep.equal(before);
  });

  it("is of one state behind the last block of a claim", () => {
    const machine = start();
    const padding = Trace.ofPadding(machine, SHAPE);
    expect(padding.steps).to.equal(0);
    expect(padding.hashAt(0)).to.deep.equal(Machine.hash(machine));
    const only = RunTrace.fromRuns(HEIGHT, [{ from: 0, state: Machine.hash(machine) }]);
    expect(padding.subtree(HEIGHT, 0)).to.deep.equal(only.subtree(HEIGHT, 0));
    expect(padding.prove(3)).to.deep.equal(padding.prove(0));
  });

  it("hashes alike whether every step was hashed or none before", () => {
    const machine = start();
    for (let position = 0; position < states.length; position++) {
      Step.step(machine);
      if (position % 997 === 0 || position === states.length - 1)
        expect(Machine.hash(Machine.clone(machine))).to.deep.equal(states[position]);
    }
  });

  it("goes on alike from a copy, whatever the original does", () => {
    const machine = start();
    for (let position = 0; position < 6_000; position++) Step.step(machine);
    const copy = Machine.clone(machine);
    for (let position = 6_000; position < 6_400; position++) Step.step(machine);
    expect(Machine.hash(copy)).to.deep.equal(states[5_999]);
    for (let position = 6_000; position < 6_200; position++) Step.step(copy);
    expect(Machine.hash(copy)).to.deep.equal(states[6_199]);
    expect(Machine.hash(machine)).to.deep.equal(states[6_399]);
  });
});
