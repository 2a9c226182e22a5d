// What is found by its hash after any mix of commits, rollbacks, cuts and restarts, against a list of what was committed.
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Database from "../../src/node/database.ts";
import * as HashIndex from "../../src/node/hashIndex.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import { fromSeed } from "../machine/seededRandom.ts";

const SEED = 20_261_130;
const STEPS = 600;

class UndoneError extends Error {
  override readonly name = "UndoneError";
}

type Written = { readonly hash: Uint8Array; readonly bytes: Uint8Array };
type Model = { readonly nodes: Written[]; readonly blocks: Written[][] };

describe("node/hashIndex", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it(`finds what was committed, and nothing else, whatever happened between (seed ${SEED})`, () => {
    const { below } = fromSeed(SEED);
    const path = join(folder, "node.sqlite");
    let database = Database.open(path);
    const model: Model = { nodes: [], blocks: [[]] };
    const gone: Written[] = [];
    let counter = 0;

    const write = (bytes: Uint8Array): Written => ({ hash: keccak256(bytes), bytes });
    const newNode = () => {
      const size = below(40) === 0 ? 5_000 : 40 + below(500);
      return write(Rlp.encode([Bytes.fromNumber(counter++, 4), new Uint8Array(size)]));
    };
    const append = (isUndone: boolean) => {
      const nodes = Array.from({ length: below(30) }, newNode);
      const [again] = model.nodes;
      if (again !== undefined && below(3) === 0) nodes.push(again);
      const transactions = Array.from({ length: below(9) }, () =>
        write(Bytes.fromNumber(counter++, 5)),
      );
      const block = model.blocks.length;
      const work = () => {
        // The bytes of a node are good only while it is put.
        const scratch = new Uint8Array(6_000);
        Database.putNodes(database, (put) => {
          for (const { hash, bytes } of nodes) {
            scratch.set(bytes);
            put(hash, scratch.subarray(0, bytes.length));
          }
        });
        transactions.forEach(({ hash, bytes }, position) =>
          Database.putTransaction(database, {
            hash,
            block,
            position,
            encoded: bytes,
            receipt: bytes,
          }),
        );
        if (isUndone) throw new UndoneError();
      };
      if (isUndone) {
        expect(() => Database.atomically(database, work)).to.throw(UndoneError);
        gone.push(...transactions);
      } else {
        Database.atomically(database, work);
        model.nodes.push(...nodes);
        model.blocks.push(transactions);
      }
    };
    const cut = (isUndone: boolean) => {
      const kept = Math.max(0, model.blocks.length - 1 - below(4));
      const work = () => {
        Database.truncateBlocks(database, kept);
        if (isUndone) throw new UndoneError();
      };
      if (isUndone) return expect(() => Database.atomically(database, work)).to.throw(UndoneError);
      Database.atomically(database, work);
      return gone.push(...model.blocks.splice(kept + 1).flat());
    };
    const reopen = () => {
      Database.close(database);
      database = Database.open(path);
    };
    const check = (nodes: readonly Written[], blocks: readonly number[]) => {
      for (const { hash, bytes } of nodes)
        expect(Database.node(database, hash)).to.deep.equal(bytes);
      for (const number of blocks) {
        const transactions = model.blocks[number] ?? [];
        const rows = Database.transactionsOf(database, number);
        expect(rows.map(({ hash }) => hash)).to.deep.equal(transactions.map(({ hash }) => hash));
        for (const row of rows) expect(Database.transaction(database, row.hash)).to.deep.equal(row);
      }
    };
    const some = <T>(all: readonly T[]) =>
      Array.from({ length: Math.min(4, all.length) }, () => all[below(all.length)] as T);

    for (let step = 0; step < STEPS; step++) {
      const kind = below(100);
      if (kind < 86) append(kind < 4);
      else if (kind < 96) cut(kind < 88);
      else reopen();
      check(some(model.nodes), some([...model.blocks.keys()]));
    }
    check(model.nodes, [...model.blocks.keys()]);
    for (const { hash } of gone) expect(Database.transaction(database, hash)).to.equal(undefined);
    const { count } = database.nodesByHash;
    expect(count, "most of it is on disk").to.be.within(1, model.nodes.length / 2);
    reopen();
    expect(database.nodesByHash.count, "and is not read again").to.equal(count);
    check(model.nodes, [...model.blocks.keys()]);
    Database.close(database);
  });

  it("moves one range with each commit, and more while too much is in memory", () => {
    const database = Database.open(Database.IN_MEMORY);
    const commit = (hashes: readonly Uint8Array[]) =>
      Database.atomically(database, () => {
        hashes.forEach((hash, i) =>
          HashIndex.put(database.nodesByHash, hash, database.nodesByHash.last + 1 + i),
        );
      });
    const inEachRange = Array.from({ length: HashIndex.RANGES }, (_, range) =>
      new Uint8Array(32).fill(range << 2),
    );
    for (let commits = 1; commits <= HashIndex.RANGES; commits++) {
      commit(inEachRange);
      expect(database.nodesByHash.count).to.equal(
        commits * HashIndex.RANGES - (commits * (commits + 1)) / 2,
      );
    }
    const many = Array.from({ length: 150_000 }, (_, i) =>
      Bytes.concat(Bytes.fromNumber(i * 28_000, 4), new Uint8Array(28)),
    );
    commit(many);
    const { count, recent } = database.nodesByHash;
    expect(count).to.be.below(131_073);
    expect(recent.reduce((sum, { length }) => sum + length, 0)).to.equal(count);
    Database.close(database);
  });
});
