import { expect } from "chai";
import { parseEther } from "viem";
import * as FalseTrace from "../../scripts/demo/falseTrace.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Court from "./court.ts";

describe("a watcher on an L1 with every limit on", function () {
  this.timeout(240_000);
  let court: Court.Court;
  let snapshot: unknown;
  const provider = () => court.l1.connection.provider;

  before(async () => {
    court = await Court.open();
  });
  beforeEach(async () => {
    snapshot = await provider().request({ method: "evm_snapshot", params: [] });
  });
  afterEach(async () => {
    await provider().request({ method: "evm_revert", params: [snapshot] });
  });
  after(() => court.close());

  /** The step in which the program multiplies, which is in the last block. */
  function multiplication(knows: Court.Watching, opcode: number): number {
    const step = FalseTrace.findStep(
      Court.sourceOf(knows),
      Court.safeBlock(knows),
      (machine) =>
        machine.phase === Phase.EXECUTE &&
        machine.frame?.self === BigInt(court.program) &&
        machine.frame.bytecode[machine.frame.pc] === opcode,
    );
    if (step === undefined) throw new RangeError("the program ran");
    return step;
  }

  it("confirms what nobody disputes and takes its bond back", async () => {
    const honest = await Court.watcher(court, Court.HONEST, Court.AT_ONCE);
    await Court.play([() => honest.watcher.turn()]);
    expect(honest.watcher.stake()?.locked).to.equal(parseEther("0.5"));
    await Court.playToTheEnd(court, [() => honest.watcher.turn()]);

    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(Court.HONEST)]);
    expect(honest.watcher.stake()?.locked).to.equal(0n);
    expect(await court.l1.client.getBalance({ address: court.l1.deployed.disputeGame })).to.equal(
      0n,
    );
    honest.close();
  });

  it("beats a lie told in a multiplication", async () => {
    const honest = await Court.watcher(court, Court.HONEST, Court.AT_ONCE);
    await Court.play([() => honest.watcher.turn()]);
    const step = multiplication(honest, Opcode.MUL);
    const lie = { block: Court.safeBlock(honest), step };
    const liar = await Court.liar(court, Court.LIAR, honest, lie);
    await Court.playToTheEnd(court, [Court.turnOf(liar), () => honest.watcher.turn()]);

    const game = await Court.gameOf(court);
    console.log(honest.said.join("\n"));
    console.log(liar.said.join("\n"));
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(Court.HONEST)]);
    expect(honest.said.join("\n")).to.match(new RegExp(`proves step ${step} of block \\d+: MUL`));
    honest.close();
  });
});
