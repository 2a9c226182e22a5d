// What a chain in a database says where the database is another's, or lacks something.
import { expect } from "chai";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const NOBODY = new Uint8Array(32).fill(7);

describe("node/chain", () => {
  it("does not go on with the database of a chain with another genesis", () => {
    const database = Database.open(Database.IN_MEMORY);
    const first = L2Chain.create([]);
    const other = L2Chain.create([L2Chain.fundedAt(0xe1n, 1n)]);
    Chain.open(database, first.context, first.genesis);
    const error = failureOf(() => Chain.open(database, other.context, other.genesis));
    expect(error).to.be.instanceOf(Chain.WrongGenesisError).and.to.deep.include({
      expected: other.genesis.headerHash,
      actual: first.genesis.headerHash,
    });
  });

  it("stops where a block below its head is missing", () => {
    const database = Database.open(Database.IN_MEMORY);
    const { context, genesis } = L2Chain.create([]);
    Chain.open(database, context, genesis);
    Database.putBlock(database, { number: 2, hash: NOBODY, block: NOBODY });
    database.sqlite.exec("DELETE FROM blocks WHERE number = 0");
    const error = failureOf(() => Chain.open(database, context, genesis));
    expect(error).to.be.instanceOf(Chain.MissingBlockError).and.to.include({ number: 0n });
  });

  it("stops where code is missing", () => {
    const { context, genesis } = L2Chain.create([]);
    const { source } = Chain.open(Database.open(Database.IN_MEMORY), context, genesis);
    const error = failureOf(() => source.code(NOBODY));
    expect(error).to.be.instanceOf(Chain.MissingCodeError).and.to.include({ hash: NOBODY });
  });
});

describe("node/inboxRecords", () => {
  it("names the batch or the deposit that was not read from L1", () => {
    const inbox = InboxRecords.inbox(Database.open(Database.IN_MEMORY), L1Chain.PORTAL);
    expect(failureOf(() => inbox.batch(3n)))
      .to.be.instanceOf(InboxRecords.MissingBatchError)
      .and.to.include({ number: 3n });
    expect(failureOf(() => inbox.deposit(4n)))
      .to.be.instanceOf(InboxRecords.MissingDepositError)
      .and.to.include({ index: 4n });
  });
});

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
