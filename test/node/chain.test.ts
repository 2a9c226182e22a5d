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
    expect(() => Chain.open(database, other.context, other.genesis))
      .to.throw(Chain.WrongGenesisError)
      .that.deep.includes({ expected: other.genesis.headerHash, actual: first.genesis.headerHash });
  });

  it("stops where a block below its head is missing", () => {
    const database = Database.open(Database.IN_MEMORY);
    const { context, genesis } = L2Chain.create([]);
    Chain.open(database, context, genesis);
    Database.putBlock(database, { number: 2, hash: NOBODY, block: NOBODY });
    database.sqlite.exec("DELETE FROM blocks WHERE number = 0");
    expect(() => Chain.open(database, context, genesis))
      .to.throw(Chain.MissingBlockError)
      .that.includes({ number: 0n });
  });

  it("stops where code is missing", () => {
    const { context, genesis } = L2Chain.create([]);
    const { source } = Chain.open(Database.open(Database.IN_MEMORY), context, genesis);
    expect(() => source.code(NOBODY))
      .to.throw(Chain.MissingCodeError)
      .that.includes({ hash: NOBODY });
  });
});

describe("node/inboxRecords", () => {
  it("names the batch or the deposit that was not read from L1", () => {
    const inbox = InboxRecords.inbox(Database.open(Database.IN_MEMORY), L1Chain.PORTAL);
    expect(() => inbox.batch(3n))
      .to.throw(InboxRecords.MissingBatchError)
      .that.includes({ number: 3n });
    expect(() => inbox.deposit(4n))
      .to.throw(InboxRecords.MissingDepositError)
      .that.includes({ index: 4n });
  });
});
