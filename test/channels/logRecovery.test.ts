import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import * as Disk from "../../src/hub/disk.ts";
import * as Log from "../../src/hub/log.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as SeededRandom from "../machine/seededRandom.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const put = (key: number, ...value: number[]): Log.Put => ({
  key: Uint8Array.of(key),
  value: Uint8Array.from(value),
});
const contents = (log: Log.Log) =>
  Object.fromEntries(Log.puts(log).map(({ key, value }) => [key[0], [...value]]));

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A file of three records, and where each ends. */
async function threeRecords() {
  const disk = MemoryDisk.create();
  const log = await Log.open(disk);
  const ends: number[] = [];
  for (const value of [1, 2, 3]) {
    await Log.commit(log, [put(7, value), put(value, 9)]);
    ends.push(disk.durable.length);
  }
  return { file: disk.durable, ends };
}

function withTurnedBit(file: Uint8Array, bit: number): Uint8Array {
  const turned = file.slice();
  turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return turned;
}

/** What is recovered from a file, or the error. */
function recovered(file: Uint8Array): unknown {
  try {
    return Log.recover(file);
  } catch (error) {
    return error;
  }
}

describe("hub/log", () => {
  it("gives back the last value of each key, and forgets what was put empty", async () => {
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    await Log.commit(log, [put(1, 1), put(2, 2)]);
    await Log.commit(log, [put(1, 3), put(2)]);
    expect(contents(await Log.open(MemoryDisk.create(disk.durable)))).to.deep.equal({ 1: [3] });
  });

  it("writes what came while the disk was busy in one record with one flush", async () => {
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    const before = disk.flushes;
    const many = Array.from({ length: 100 }, (_, i) => Log.commit(log, [put(i, 1)]));
    await Promise.all(many);
    expect(disk.flushes - before).to.equal(1);
    expect(log.sequence).to.equal(1n);
  });

  it("recovers to the last whole record wherever the tail is torn", async () => {
    const { file, ends } = await threeRecords();
    for (let length = ends[1] ?? 0; length < file.length; length++) {
      const disk = MemoryDisk.create(file.slice(0, length));
      const log = await Log.open(disk);
      expect(contents(log)).to.deep.equal({ 7: [2], 1: [9], 2: [9] });
      expect(disk.durable.length).to.equal(ends[1]);
      await Log.commit(log, [put(7, 4)]);
      expect(contents(await Log.open(MemoryDisk.create(disk.durable)))[7]).to.deep.equal([4]);
    }
  });

  it("recovers when the tail has its length but not its bytes", async () => {
    const { file, ends } = await threeRecords();
    for (let position = ends[1] ?? 0; position < file.length; position++) {
      const torn = file.slice();
      torn[position] = (torn[position] ?? 0) ^ 0x40;
      expect(contents(await Log.open(MemoryDisk.create(torn)))[7]).to.deep.equal([2]);
    }
  });

  it("stops at a broken record that was durable, naming where", async () => {
    const { file, ends } = await threeRecords();
    const broken = file.slice();
    broken[(ends[1] ?? 0) - 1] = 0xff;
    const error = await rejection(Log.open(MemoryDisk.create(broken)));
    expect(error).to.be.instanceOf(Log.CorruptError);
    expect(error).to.include({ position: ends[0], laterSequence: 2n });
  });

  it("takes no bytes of a peer for a record of its own", async () => {
    const { file } = await threeRecords();
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    // A whole record of another log, as a value: the tail that holds it is torn, not corrupt.
    await Log.commit(log, [put(1, 1)]);
    await Log.commit(log, [{ key: Uint8Array.of(2), value: file.slice(16) }]);
    const torn = MemoryDisk.create(disk.durable.slice(0, -1));
    expect(contents(await Log.open(torn))).to.deep.equal({ 1: [1] });
  });

  it("refuses everything after the disk was full, and recovers to what was durable", async () => {
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    await Log.commit(log, [put(1, 1)]);
    disk.room = 10;
    const error = await rejection(Log.commit(log, [put(1, 2)]));
    expect(error).to.be.instanceOf(Log.RefusedError);
    expect((error as Error).cause).to.be.instanceOf(MemoryDisk.FullError);
    disk.room = Infinity;
    expect(await rejection(Log.commit(log, [put(1, 3)]))).to.be.instanceOf(Log.RefusedError);
    expect(contents(await Log.open(MemoryDisk.create(disk.written)))).to.deep.equal({ 1: [1] });
  });

  it("makes durable what it reads: a process that was killed may have left a record unflushed", async () => {
    const { file, ends } = await threeRecords();
    const disk = MemoryDisk.create(file.slice(0, ends[1]));
    disk.written = file;
    expect(contents(await Log.open(disk))[7]).to.deep.equal([3]);
    // The power fails before the party writes anything.
    expect(contents(await Log.open(MemoryDisk.create(disk.durable)))[7]).to.deep.equal([3]);
  });

  it("writes the file anew with what is live, and goes on in it", async () => {
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    for (let i = 0; i < 50; i++) await Log.commit(log, [put(1, i)]);
    await Log.compact(log);
    expect(disk.durable.length).to.be.below(64);
    await Log.commit(log, [put(2, 2)]);
    const again = await Log.open(MemoryDisk.create(disk.durable));
    expect(contents(again)).to.deep.equal({ 1: [49], 2: [2] });
  });

  it("stops at a bit that has turned, wherever it is but in a record that may have been torn", async () => {
    const { file, ends } = await threeRecords();
    const lastBegins = ends[1] ?? 0;
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const found = recovered(withTurnedBit(file, bit));
      const isLast = bit >= 8 * lastBegins;
      if (isLast) expect(found, `bit ${bit}`).to.deep.include({ end: lastBegins, sequence: 2n });
      else expect(found, `bit ${bit}`).to.be.instanceOf(Error);
    }
  });

  it("stops at a bit that has turned in a file that was written anew, however few its records", async () => {
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    for (let i = 0; i < 50; i++) await Log.commit(log, [put(1, i)]);
    await Log.compact(log);
    for (let bit = 0; bit < 8 * disk.durable.length; bit++) {
      const found = recovered(withTurnedBit(disk.durable, bit));
      expect(found, `bit ${bit}`).to.be.instanceOf(
        bit < 64 ? Log.NotALogError : Log.BrokenBeginningError,
      );
      // Which record was there is told where that still stands there.
      const isNumber = bit >= 8 * 28 && bit < 8 * 36;
      if (bit >= 64 && !isNumber) expect(found).to.include({ sequence: 50n });
    }
  });

  it("refuses a key or a value that is too long", async () => {
    const log = await Log.open(MemoryDisk.create());
    const key = { key: new Uint8Array(Log.MAX_KEY_LENGTH + 1), value: Bytes.EMPTY };
    expect(() => Log.commit(log, [key]))
      .to.throw(Log.TooLongError)
      .that.includes({ part: "key", maximum: 255, actual: 256 });
    const value = { key: Bytes.EMPTY, value: new Uint8Array(Log.MAX_VALUE_LENGTH + 1) };
    expect(() => Log.commit(log, [value]))
      .to.throw(Log.TooLongError)
      .that.includes({ part: "value", maximum: Log.MAX_VALUE_LENGTH });
  });

  it("refuses a file that is no log", async () => {
    const disk = MemoryDisk.create(new TextEncoder().encode("SQLite format 3"));
    expect(await rejection(Log.open(disk))).to.be.instanceOf(Log.NotALogError);
  });

  it("survives a crash at every byte of a random history (fuzz)", async () => {
    const seed = 0x10c;
    const random = SeededRandom.fromSeed(seed);
    const disk = MemoryDisk.create();
    const log = await Log.open(disk);
    const history = [{ length: disk.durable.length, contents: contents(log) }];
    for (let i = 0; i < 40; i++) {
      const value = Array.from({ length: random.below(20) }, () => random.below(256));
      await Log.commit(log, [put(random.below(5), ...value), put(random.below(5), i)]);
      history.push({ length: disk.durable.length, contents: contents(log) });
    }
    for (let length = history[0]?.length ?? 0; length <= disk.durable.length; length++) {
      const recovered = await Log.open(MemoryDisk.create(disk.durable.slice(0, length)));
      const expected = history.findLast((entry) => entry.length <= length);
      expect(contents(recovered), `seed ${seed}, ${length} bytes`).to.deep.equal(
        expected?.contents,
      );
    }
  });
});

describe("hub/disk", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tribunal-log-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("keeps a log in a file from one opening to the next", async () => {
    const path = join(folder, "channels.log");
    const first = await Disk.open(path);
    const log = await Log.open(first);
    await Log.commit(log, [put(1, 1)]);
    await Log.compact(log);
    await Log.commit(log, [put(2, 2)]);
    await first.close();
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    const second = await Disk.open(path);
    expect(contents(await Log.open(second))).to.deep.equal({ 1: [1] });
    await second.close();
  });

  it("belongs to one opener at a time", async () => {
    const path = join(folder, "channels.log");
    const first = await Disk.open(path);
    const error = await rejection(Disk.open(path));
    expect(error).to.be.instanceOf(Disk.InUseError).and.to.include({ path });
    const link = join(folder, "link.log");
    symlinkSync(path, link);
    expect(await rejection(Disk.open(link))).to.be.instanceOf(Disk.InUseError);
    await first.close();
    await (await Disk.open(path)).close();
  });

  it("belongs to one opener at a time by a link to a file that was not there yet", async () => {
    const [path, link] = [join(folder, "later.log"), join(folder, "early.log")];
    symlinkSync(path, link);
    const first = await Disk.open(link);
    const error = await rejection(Disk.open(link));
    expect(error).to.be.instanceOf(Disk.InUseError).and.to.include({ path });
    await first.close();
  });

  it("is opened by no name while it has two, and by the one that is left", async () => {
    const [path, other] = [join(folder, "channels.log"), join(folder, "other.log")];
    const first = await Disk.open(path);
    linkSync(path, other);
    const error = await rejection(Disk.open(other));
    expect(error).to.be.instanceOf(Disk.LinkedError).and.to.include({ path: other, names: 2 });
    await first.close();
    expect(await rejection(Disk.open(path))).to.be.instanceOf(Disk.LinkedError);
    rmSync(other);
    await (await Disk.open(path)).close();
  });
});
