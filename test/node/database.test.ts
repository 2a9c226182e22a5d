import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as Database from "../../src/node/database.ts";
import * as L1Tables from "../../src/node/l1Tables.ts";
import * as HashIndex from "../../src/node/hashIndex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const hash = (value: number) => new Uint8Array(32).fill(value);
const nodeOf = (...values: number[]) => ({
  hash: keccak256(bytes(...values)),
  rlp: bytes(...values),
});

function putNodes(database: Database.Database, ...nodes: ReturnType<typeof nodeOf>[]): void {
  Database.putNodes(database, (put) => nodes.forEach(({ hash, rlp }) => put(hash, rlp)));
}

function fill(database: Database.Database, block: number): void {
  Database.putBlock(database, { number: block, hash: hash(block), block: bytes(block) });
  for (const position of [0, 1]) {
    Database.putTransaction(database, {
      hash: hash(16 * block + position),
      block,
      position,
      encoded: bytes(position),
      receipt: bytes(block, position),
    });
  }
  Database.putAlias(database, hash(128 + block), hash(16 * block), block);
  Database.putLogAddress(database, bytes(7), block);
}

describe("node/database", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const path = () => join(folder, "deep", "node.sqlite");

  it("keeps what was committed across a restart", () => {
    const node = nodeOf(0xc1, 2);
    const first = Database.open(path());
    Database.atomically(first, () => {
      putNodes(first, node);
      Database.putCode(first, hash(2), bytes(3));
      Database.putMeta(first, "head", bytes(9));
      fill(first, 1);
    });
    Database.close(first);
    const second = Database.open(path());
    expect(Database.node(second, node.hash)).to.deep.equal(bytes(0xc1, 2));
    expect(Database.code(second, hash(2))).to.deep.equal(bytes(3));
    expect(Database.meta(second, "head")).to.deep.equal(bytes(9));
    expect(Database.lastBlock(second)).to.equal(1);
    Database.close(second);
  });

  it("keeps a commit when the process is killed right after it, and nothing uncommitted", () => {
    const module = new URL("../../src/node/database.ts", import.meta.url).href;
    const script = `
      const D = await import(${JSON.stringify(module)});
      const d = D.open(${JSON.stringify(path())});
      D.atomically(d, () => D.putMeta(d, "kept", new Uint8Array([1])));
      d.sqlite.exec("BEGIN");
      D.putMeta(d, "lost", new Uint8Array([2]));
      process.kill(process.pid, "SIGKILL");`;
    const killed = spawnSync(process.execPath, ["--input-type=module", "-e", script], { env: {} });
    expect(killed.signal).to.equal("SIGKILL");
    const database = Database.open(path());
    expect(Database.meta(database, "kept")).to.deep.equal(bytes(1));
    expect(Database.meta(database, "lost")).to.equal(undefined);
    Database.close(database);
  });

  it("refuses a second process's worth of use", () => {
    const database = Database.open(path());
    expect(() => Database.open(path()))
      .to.throw(Database.DatabaseInUseError)
      .that.includes({ path: path() });
    Database.close(database);
  });

  it("refuses a file of another schema version", () => {
    Database.close(Database.open(path()));
    const raw = new DatabaseSync(path());
    raw.exec("PRAGMA user_version = 7");
    raw.close();
    expect(() => Database.open(path()))
      .to.throw(Database.WrongSchemaError)
      .that.includes({ expected: 4, actual: 7 });
  });

  describe("in memory", () => {
    let database: Database.Database;
    beforeEach(() => {
      database = Database.open(":memory:");
    });
    afterEach(() => Database.close(database));

    it("undoes everything when the work of a transaction throws", () => {
      const work = () => {
        Database.putMeta(database, "a", bytes(1));
        throw new RangeError("stop");
      };
      expect(() => Database.atomically(database, work)).to.throw(RangeError);
      expect(Database.meta(database, "a")).to.equal(undefined);
    });

    it("finds blocks by number and hash, transactions by hash, alias and place", () => {
      fill(database, 1);
      expect(Database.blockByNumber(database, 1)?.hash).to.deep.equal(hash(1));
      expect(Database.blockByHash(database, hash(1))?.number).to.equal(1);
      expect(Database.blockByNumber(database, 2)).to.equal(undefined);
      expect(Database.transaction(database, hash(17))?.receipt).to.deep.equal(bytes(1, 1));
      expect(Database.transaction(database, hash(129))?.hash).to.deep.equal(hash(16));
      expect(Database.transaction(database, hash(99))).to.equal(undefined);
      const places = Database.transactionsOf(database, 1).map(({ position }) => position);
      expect(places).to.deep.equal([0, 1]);
    });

    it("tells nodes apart whose hashes begin alike, and has none where another lies", () => {
      // Found by trying: six bytes of their hashes are the same.
      const one = nodeOf(0xc5, 0x84, 0x80, 0x78, 0xa5, 0x82);
      const other = nodeOf(0xc5, 0x84, 0x80, 0xac, 0x75, 0x01);
      expect(one.hash.subarray(0, 6)).to.deep.equal(other.hash.subarray(0, 6));
      Database.atomically(database, () => putNodes(database, one));
      expect(Database.node(database, other.hash)).to.equal(undefined);
      Database.atomically(database, () => putNodes(database, other, one));
      const look = () => {
        expect(Database.node(database, one.hash)).to.deep.equal(one.rlp);
        expect(Database.node(database, other.hash)).to.deep.equal(other.rlp);
      };
      look();
      for (let commit = 0; commit < HashIndex.RANGES; commit++)
        Database.atomically(database, () => putNodes(database, nodeOf(0xc1, commit)));
      look();
      expect(database.nodesByHash.count).to.be.below(HashIndex.RANGES);
    });

    it("tells transactions apart whose hashes begin alike", () => {
      const [one, other, none] = [1, 2, 3].map((last) => {
        const alike = new Uint8Array(32).fill(7);
        alike[31] = last;
        return alike;
      }) as [Uint8Array, Uint8Array, Uint8Array];
      for (const [position, own] of [one, other].entries()) {
        const row = { hash: own, block: 1, position, encoded: bytes(position), receipt: bytes(0) };
        Database.putTransaction(database, row);
      }
      expect(Database.transaction(database, other)?.encoded).to.deep.equal(bytes(1));
      expect(Database.transaction(database, none)).to.equal(undefined);
    });

    it("looks hashes up by their index", () => {
      for (const table of ["nodes_by_hash", "transactions_by_hash"]) {
        const sql = `EXPLAIN QUERY PLAN SELECT place FROM ${table} WHERE prefix = ? ORDER BY place DESC`;
        const plan = database.sqlite
          .prepare(sql)
          .all(1)
          .map(({ detail }) => detail);
        expect(plan).to.deep.equal([`SEARCH ${table} USING PRIMARY KEY (prefix=?)`]);
      }
    });

    it("truncates blocks with their transactions, aliases and log index", () => {
      for (const block of [1, 2, 3]) fill(database, block);
      Database.truncateBlocks(database, 1);
      expect(Database.lastBlock(database)).to.equal(1);
      expect(Database.transaction(database, hash(32))).to.equal(undefined);
      expect(Database.transaction(database, hash(130))).to.equal(undefined);
      expect(Database.blocksWithLogs(database, bytes(7), 0, 9)).to.deep.equal([1]);
    });

    it("counts and truncates what was read from L1", () => {
      for (const n of [0, 1, 2]) L1Tables.putRecord(database, "deposits", n, 10 + n, bytes(n));
      L1Tables.putRecord(database, "batches", 0, 11, bytes(8));
      for (const n of [10, 11, 12]) L1Tables.putBlock(database, n, hash(n));
      L1Tables.truncate(database, 10);
      expect(L1Tables.countRecords(database, "deposits")).to.equal(1);
      expect(L1Tables.countRecords(database, "batches")).to.equal(0);
      expect(L1Tables.blockUpTo(database, 99)).to.deep.equal({ number: 10, hash: hash(10) });
      expect(L1Tables.blockUpTo(database, 9)).to.equal(undefined);
      expect(L1Tables.record(database, "deposits", 0)).to.deep.equal(bytes(0));
    });

    it("is empty at first", () => {
      expect(Database.lastBlock(database)).to.equal(undefined);
    });
  });
});
