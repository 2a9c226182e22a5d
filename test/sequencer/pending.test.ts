import { expect } from "chai";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Pending from "../../src/sequencer/pending.ts";
import * as PendingFile from "../../src/sequencer/pendingFile.ts";
import * as PendingLog from "../../src/sequencer/pendingLog.ts";

const transaction = (seed: number, length = 3) => new Uint8Array(length).fill(seed);
const nothing = () => [];
const FAULT = new RangeError("at fault");
const QUARTER = Pending.COMPACT_FROM / 4;

const reasonOf = (promise: Promise<unknown>) => promise.catch((reason: unknown) => reason);

/** A disk that can be told to fail, and that says in which order it was used. */
function disk() {
  let bytes: Uint8Array = Bytes.EMPTY;
  const done: string[] = [];
  const fails: { next: keyof PendingFile.PendingFile | undefined } = { next: undefined };
  const use = (what: keyof PendingFile.PendingFile) => {
    done.push(what);
    if (fails.next !== what) return;
    fails.next = undefined;
    throw FAULT;
  };
  const file: PendingFile.PendingFile = {
    read: () => bytes,
    append: (more) => {
      // A full disk takes a part.
      bytes = Bytes.concat(bytes, more.subarray(0, 10));
      use("append");
      bytes = Bytes.concat(bytes, more.subarray(10));
    },
    flush: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      use("flush");
    },
    flushNow: () => use("flushNow"),
    truncate: (length) => {
      use("truncate");
      bytes = bytes.slice(0, length);
    },
    replace: (anew) => {
      use("replace");
      bytes = anew;
    },
    close: () => use("close"),
  };
  const kept = () => PendingLog.recover(bytes)?.transactions;
  return { file, done, fails, kept };
}

describe("sequencer/pending", () => {
  it("writes what comes in one turn and while the disk is busy together, in order", async () => {
    const { file, done, kept } = disk();
    const { pending, transactions } = Pending.open(file, nothing);
    expect(transactions).to.deep.equal([]);
    const first = [1, 2].map((seed) => Pending.write(pending, transaction(seed)));
    while (!done.includes("append")) await new Promise((resolve) => setImmediate(resolve));
    const second = [3, 4].map((seed) => Pending.write(pending, transaction(seed)));
    await Promise.all([...first, ...second]);
    expect(done).to.deep.equal(["replace", "append", "flush", "append", "flush"]);
    expect(kept()).to.deep.equal([1, 2, 3, 4].map((seed) => transaction(seed)));
  });

  it("acknowledges nothing before the disk has it", async () => {
    const { file, done } = disk();
    const { pending } = Pending.open(file, nothing);
    await Pending.write(pending, transaction(1)).then(() => done.push("acknowledged"));
    expect(done).to.deep.equal(["replace", "append", "flush", "acknowledged"]);
  });

  it("keeps none of those that a full disk did not take, and takes others when there is room", async () => {
    const { file, fails, kept } = disk();
    const { pending } = Pending.open(file, nothing);
    await Pending.write(pending, transaction(1));
    fails.next = "append";
    const refused = [2, 3].map((seed) => reasonOf(Pending.write(pending, transaction(seed))));
    for (const reason of await Promise.all(refused)) {
      expect(reason).to.be.instanceOf(Pending.WriteFailedError).with.property("cause", FAULT);
    }
    await Pending.write(pending, transaction(4));
    expect(kept()).to.deep.equal([transaction(1), transaction(4)]);
  });

  for (const operation of ["flush", "flushNow", "truncate"] as const) {
    it(`takes nothing more once it is not known what the disk has: ${operation} failed`, async () => {
      const { file, fails } = disk();
      const { pending } = Pending.open(file, nothing);
      if (operation === "truncate") {
        // The transaction is not taken, and what is there of it cannot be taken back.
        const { append } = file;
        Object.assign(file, {
          append: (bytes: Uint8Array) => {
            append(bytes);
            throw new TypeError("no room");
          },
        });
      }
      fails.next = operation;
      const one = [transaction(1)];
      const written =
        operation === "flushNow"
          ? Promise.resolve().then(() => Pending.writeNow(pending, one))
          : Pending.write(pending, transaction(1));
      expect(await reasonOf(written))
        .to.be.instanceOf(Pending.RefusedError)
        .with.property("cause", FAULT);
      expect(await reasonOf(Pending.write(pending, transaction(2))))
        .to.be.instanceOf(Pending.RefusedError)
        .with.property("cause", FAULT);
      expect(() => Pending.writeNow(pending, one)).to.throw(Pending.RefusedError);
    });
  }

  it("has what must not wait on disk at once, and after what is being written", async () => {
    const { file, done, kept } = disk();
    const { pending } = Pending.open(file, nothing);
    const written = Pending.write(pending, transaction(1));
    while (!done.includes("append")) await new Promise((resolve) => setImmediate(resolve));
    Pending.writeNow(pending, [transaction(2)]);
    expect(kept()).to.deep.equal([transaction(1), transaction(2)]);
    expect(done.slice(1, 5)).to.deep.equal(["append", "flushNow", "append", "flushNow"]);
    await written;
  });

  it("is written anew with what waits once most of it is dead, and goes on", async () => {
    const { file, done, kept } = disk();
    const live = [transaction(7)];
    const { pending } = Pending.open(file, () => live);
    for (let quarter = 0; quarter < 4; quarter++) {
      await Pending.write(pending, transaction(quarter, QUARTER));
    }
    expect(done.filter((what) => what === "replace")).to.have.length(2);
    await Pending.write(pending, transaction(8));
    expect(kept()).to.deep.equal([transaction(7), transaction(8)]);
    expect(pending.size).to.equal(file.read().length);
  });

  it("loses nothing when it cannot be written anew, and stops if it may have been", async () => {
    const notReplaced = disk();
    const { pending } = Pending.open(notReplaced.file, nothing);
    Object.assign(notReplaced.file, {
      replace: () => {
        throw new PendingFile.NotReplacedError("pending", FAULT);
      },
    });
    for (let quarter = 0; quarter < 5; quarter++) {
      await Pending.write(pending, transaction(quarter, QUARTER));
    }
    expect(notReplaced.kept()).to.have.length(5);

    const perhaps = disk();
    const other = Pending.open(perhaps.file, nothing).pending;
    for (let quarter = 0; quarter < 3; quarter++) {
      await Pending.write(other, transaction(quarter, QUARTER));
    }
    perhaps.fails.next = "replace";
    expect(await reasonOf(Pending.write(other, transaction(3, QUARTER))))
      .to.be.instanceOf(Pending.RefusedError)
      .with.property("cause", FAULT);
  });

  it("writes what waits before it closes, and nothing after", async () => {
    const { file, done, kept } = disk();
    const { pending } = Pending.open(file, nothing);
    const written = Pending.write(pending, transaction(1));
    await Pending.close(pending);
    await written;
    expect(done.at(-1)).to.equal("close");
    expect(kept()).to.deep.equal([transaction(1)]);
    expect(await reasonOf(Pending.write(pending, transaction(2))))
      .to.be.instanceOf(Pending.RefusedError)
      .with.property("cause")
      .that.is.instanceOf(Pending.ClosedError);
  });

  describe("in a file", () => {
    let folder: string;
    const path = () => join(folder, "pending");
    const open = () => Pending.open(PendingFile.open(path()), () => [transaction(7)]);
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "tribunal-pending-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("is read back after a restart, without the record that a crash has cut off", async () => {
      const { pending } = open();
      await Pending.write(pending, transaction(1));
      await Pending.write(pending, transaction(2));
      Pending.writeNow(pending, [transaction(3)]);
      await Pending.close(pending);
      writeFileSync(path(), readFileSync(path()).subarray(0, -1));

      const again = open();
      expect(again.transactions).to.deep.equal([transaction(1), transaction(2)]);
      await Pending.write(again.pending, transaction(4));
      await Pending.close(again.pending);
      const third = open();
      expect(third.transactions).to.deep.equal([1, 2, 4].map((seed) => transaction(seed)));
      await Pending.close(third.pending);
    });

    it("is written anew as one file with one name", async () => {
      const { pending } = open();
      writeFileSync(`${path()}.new`, "left by a crash");
      for (let quarter = 0; quarter < 5; quarter++) {
        await Pending.write(pending, transaction(quarter, QUARTER));
      }
      await Pending.close(pending);
      expect(statSync(path()).size).to.be.below(2 * QUARTER);
      const again = open();
      expect(again.transactions.map(([seed]) => seed)).to.deep.equal([7, 4]);
      await Pending.close(again.pending);
    });

    it("stays as it was if it cannot be written anew", () => {
      const file = PendingFile.open(path());
      file.append(transaction(1));
      mkdirSync(`${path()}.new`);
      expect(() => file.replace(transaction(2)))
        .to.throw(PendingFile.NotReplacedError)
        .that.includes({ path: path() });
      file.append(transaction(3));
      file.truncate(4);
      expect([...file.read()]).to.deep.equal([1, 1, 1, 3]);
      file.close();
    });
  });
});
