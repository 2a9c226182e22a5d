// What the sequencer has acknowledged, it has again after a restart and after a disk that was full.
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import { recoverSender } from "../../src/protocol/transaction.ts";
import * as Mempool from "../../src/sequencer/mempool.ts";
import * as Pending from "../../src/sequencer/pending.ts";
import * as PendingFile from "../../src/sequencer/pendingFile.ts";
import { DEFAULT_TIMING, Sequencer } from "../../src/sequencer/sequencer.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const TO = `0x${"77".repeat(20)}`;

function transfer(nonce: number, tip: bigint): Uint8Array {
  const fees = { maxFeePerGas: 100n * tip, maxPriorityFeePerGas: tip };
  return L2Chain.transaction(L2Chain.ALICE, nonce, { to: TO, value: 1n, ...fees });
}

describe("a sequencer's acknowledged transactions", () => {
  let folder: string;
  let file: PendingFile.PendingFile;
  let database: Database.Database;
  const path = () => join(folder, "pending");
  const [first, replaced, replacement] = [
    transfer(0, 10n ** 9n),
    transfer(1, 10n ** 9n),
    transfer(1, 2n * 10n ** 9n),
  ] as [Uint8Array, Uint8Array, Uint8Array];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-acknowledged-"));
    file = PendingFile.open(path());
    database = Database.open(Database.IN_MEMORY);
  });
  afterEach(() => {
    Database.close(database);
    rmSync(folder, { recursive: true });
  });

  function start(pendingFile: PendingFile.PendingFile): Sequencer {
    const l2 = L2Chain.create();
    const nothing = () => undefined;
    return new Sequencer({
      chain: Chain.open(database, l2.context, l2.genesis),
      inbox: L2Chain.inboxOf(l2),
      genesisAccumulator: Batch.genesisAccumulator(BlockDone.hash(l2.genesis)),
      ...{ timing: DEFAULT_TIMING, limits: Mempool.DEFAULT_LIMITS, pendingFile },
      senderOf: (transaction) => Promise.resolve(recoverSender(transaction)),
      headerOf: () => Promise.resolve(new Uint8Array()),
      post: () => Promise.resolve({ blockNumber: 0n }),
      ...{ onBlock: nothing, onWaiting: nothing, say: nothing },
    });
  }

  const waiting = (sequencer: Sequencer) =>
    sequencer
      .allWaiting()
      .map(({ encoded }) => Hex.fromBytes(encoded))
      .sort();
  const hexes = (...encoded: readonly Uint8Array[]) => encoded.map(Hex.fromBytes).sort();

  it("wait again after a restart, of two with one nonce the one that replaced the other", async () => {
    const sequencer = start(file);
    for (const encoded of [first, replaced, replacement]) await sequencer.submit(encoded);
    await sequencer.close();
    const again = start(PendingFile.open(path()));
    expect(waiting(again)).to.deep.equal(hexes(first, replacement));
    await again.close();
  });

  it("keep their place when the disk does not take what was to replace them", async () => {
    let isFull = false;
    const append = (bytes: Uint8Array) => {
      if (isFull) throw new RangeError("full");
      file.append(bytes);
    };
    const sequencer = start({ ...file, append });
    await sequencer.submit(first);
    await sequencer.submit(replaced);
    isFull = true;
    const reason = await sequencer.submit(replacement).catch((error: unknown) => error);
    expect(reason).to.be.instanceOf(Pending.WriteFailedError);
    expect(waiting(sequencer)).to.deep.equal(hexes(first, replaced));
    isFull = false;
    await sequencer.submit(replacement);
    expect(waiting(sequencer)).to.deep.equal(hexes(first, replacement));
    await sequencer.close();
  });
});
