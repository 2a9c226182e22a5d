import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import { expectRejected } from "./arena.ts";
import { nextOf } from "./match.ts";
import { rivalSteps } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);

describe("DisputeGame.prove", () => {
  it("stops the clock of the true leaf at forever", async () => {
    const { arena, honest } = await rivalSteps();
    const move = nextOf(arena, honest, "prove");
    await arena.make(move);
    const origin = Bisection.originOf(Bisection.cohortId(move.blockLeaf), move.startState);
    const leaf = { level: 1, height: 0, index: move.index, origin, prefix: move.prefix };
    const id = Bisection.nodeId(Bisection.cohortId(leaf), move.nodeHash);
    expect((await arena.contract.nodeOf(id)).timer).to.equal(Clock.FOREVER);
  });

  it("changes nothing when it is repeated", async () => {
    const { arena, honest } = await rivalSteps();
    const move = nextOf(arena, honest, "prove");
    await arena.make(move);
    const again = await arena.make({ ...move, witness: new Uint8Array(0) }, 1);
    if (again.kind === "rejected") expect.fail(again.reason);
    expect(again.receipt.logs).to.have.length(0);
  });

  it("refuses the false leaf", async () => {
    const { arena, honest, liar } = await rivalSteps();
    const [move, lie] = [nextOf(arena, honest, "prove"), nextOf(arena, liar, "prove")];
    expect(lie.index).to.equal(move.index);
    expectRejected(await arena.make(lie, 1), "WrongSuccessor", [move.nodeHash, lie.nodeHash]);
  });

  it("refuses a witness of another state", async () => {
    const { arena, honest } = await rivalSteps();
    const move = nextOf(arena, honest, "prove");
    const witness = honest.trace.steps(0).prove(move.index);
    const outcome = await arena.make({ ...move, witness });
    expect(outcome).to.have.property("reason", "WrongWitness");
  });

  it("needs the leaf at this index", async () => {
    const { arena, honest } = await rivalSteps();
    const move = nextOf(arena, honest, "prove");
    const origin = Bisection.originOf(Bisection.cohortId(move.blockLeaf), move.startState);
    const leaf = { level: 1, height: 0, index: move.index + 1, origin, prefix: move.prefix };
    const id = Bisection.nodeId(Bisection.cohortId(leaf), move.nodeHash);
    expectRejected(await arena.make({ ...move, index: leaf.index }), "NodeMissing", [id]);
  });

  it("needs the block and the state that the tree started from", async () => {
    const { arena, honest } = await rivalSteps();
    const move = nextOf(arena, honest, "prove");
    const wrongStart = { ...move, startState: WORD };
    expect(await arena.make(wrongStart)).to.have.property("reason", "NodeMissing");
    const wrongBlock = { ...move, blockLeaf: { ...move.blockLeaf, index: 0 } };
    expect(await arena.make(wrongBlock)).to.have.property("reason", "NodeMissing");
  });

  it("needs the state before the step", async () => {
    const { arena, honest } = await rivalSteps();
    const move = nextOf(arena, honest, "prove");
    expect(Bisection.trailingZeros(move.index)).to.equal(1);
    const changed = { ...move, pre: { ...move.pre, state: WORD } };
    expect(await arena.make(changed)).to.have.property("reason", "WrongPreState");
    const short = { ...move, pre: { ...move.pre, spine: [] } };
    expectRejected(await arena.make(short), "WrongSpineLength", [1, 0]);
  });
});
