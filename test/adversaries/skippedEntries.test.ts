// Entries that are no transactions, posted by a stranger while the sequencer is silent: the rule that passes over them is
// disputed like any other step, on an L1 with every limit on and with the real machine.
import { expect } from "chai";
import { contractsOf } from "../../scripts/deployment/wiring.ts";
import * as FalseTrace from "../../scripts/demo/falseTrace.ts";
import * as Abi from "../../src/l1/abi.ts";
import { postBatch } from "../../src/l1/contracts.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Rollup from "../harness/rollupProcess.ts";
import * as Court from "../watcher/court.ts";

const { HONEST, LIAR, AT_ONCE } = Court;

const GARBAGE = [Bytes.EMPTY, Uint8Array.of(0x7e, 1, 2, 3), Uint8Array.of(0x02, 0xc0)];

describe("a lie about an entry that is passed over", function () {
  this.timeout(120_000);
  let court: Court.Court;

  before(async () => {
    court = await Court.open();
    await postGarbage(court);
  });
  after(() => court.close());

  it("is disproved by the step that passes over it", async () => {
    const honest = await Court.watcher(court, HONEST, AT_ONCE);
    await honest.sync();
    const source = Court.sourceOf(honest);
    const block = Court.safeBlock(honest);
    const entries = [1, 2, 3].map((entry) => {
      let seen = 0;
      return FalseTrace.findStep(source, block, ({ phase }) => {
        if (phase === Phase.ENTRY) seen += 1;
        return seen === entry;
      });
    });
    expect(new Set(entries).size).to.equal(GARBAGE.length);
    const step = entries[1];
    if (step === undefined) expect.fail("the second entry is taken");

    const liar = await Court.liar(court, LIAR, honest, { block, step });
    await Court.playToTheEnd(court, [Court.turnOf(liar), () => honest.watcher.turn()]);
    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(HONEST)]);
    expect(honest.said.join("\n")).to.include(`proves step ${step} of block ${block}: ENTRY`);
    await honest.close();
  });
});

/** Posts one block of nothing but garbage behind those that stand, once the sequencer has been silent for its window. */
async function postGarbage({ l1 }: Court.Court): Promise<void> {
  const read = { address: l1.deployed.inbox, abi: Abi.INBOX } as const;
  const window = await l1.client.readContract({ ...read, functionName: "window" });
  await l1.pass(Number(window) + 1);
  const count = await l1.client.readContract({ ...read, functionName: "batchCount" });
  const accumulator = { ...read, functionName: "accumulator", args: [count] } as const;
  const previous = Hex.toBytes(await l1.client.readContract(accumulator));
  const originNumber = (await l1.client.getBlockNumber()) - 1n;
  const body = Body.encode([{ timestamp: 0n, transactions: GARBAGE }]);
  const batch = { previous, blocks: 1n, originNumber, depositsTo: 1n, body };
  const { to, data } = postBatch(contractsOf(l1.deployed), batch);
  const hash = await l1.walletOf(Rollup.KEYS.bob).sendTransaction({ to, data });
  const receipt = await l1.client.waitForTransactionReceipt({ hash });
  expect(receipt.status).to.equal("success");
}
