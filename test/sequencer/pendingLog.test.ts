import { expect } from "chai";
import { randomBytes } from "node:crypto";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as PendingLog from "../../src/sequencer/pendingLog.ts";

const mark = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const transaction = (seed: number, length = 5) => new Uint8Array(length).fill(seed);
const groups = [
  [transaction(1), transaction(2, 0), transaction(3, 70_000)],
  [],
  [transaction(4)],
] as const;
const records = groups.map((group) => PendingLog.encodeRecord(mark, group));
const whole = Bytes.concat(PendingLog.begin(mark), ...records);
const lastStart = whole.length - (records.at(-1)?.length ?? 0);

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("sequencer/pendingLog", () => {
  it("gives back every transaction in order", () => {
    const found = PendingLog.recover(whole);
    expect(found).to.deep.equal({ mark, transactions: groups.flat(), end: whole.length });
  });

  it("never began if not even its beginning is whole", () => {
    for (let length = 0; length < PendingLog.HEADER_LENGTH; length++) {
      expect(PendingLog.recover(whole.subarray(0, length))).to.equal(undefined);
    }
    const empty = PendingLog.recover(PendingLog.begin(mark));
    expect(empty).to.deep.equal({ mark, transactions: [], end: PendingLog.HEADER_LENGTH });
  });

  it("leaves out a last record that is cut off anywhere", () => {
    for (let length = lastStart; length < whole.length; length++) {
      const found = PendingLog.recover(whole.subarray(0, length));
      expect(found?.end, String(length)).to.equal(lastStart);
      expect(found?.transactions).to.have.length(3);
    }
  });

  it("leaves out a last record with any byte wrong", () => {
    for (let position = lastStart; position < whole.length; position++) {
      const wrong = whole.slice();
      wrong[position] = (wrong[position] ?? 0) ^ 0x40;
      expect(PendingLog.recover(wrong)?.end, String(position)).to.equal(lastStart);
    }
  });

  it("leaves out a last record of which the disk has the length alone", () => {
    const zeros = Bytes.concat(whole.subarray(0, lastStart), new Uint8Array(300));
    expect(PendingLog.recover(zeros)?.end).to.equal(lastStart);
  });

  it("stops where a record is broken that was durable before another", () => {
    for (const position of [PendingLog.HEADER_LENGTH, PendingLog.HEADER_LENGTH + 9, 400]) {
      const wrong = whole.slice();
      wrong[position] = (wrong[position] ?? 0) ^ 1;
      const later = PendingLog.HEADER_LENGTH + (records[0]?.length ?? 0);
      expect(failureOf(() => PendingLog.recover(wrong)))
        .to.be.instanceOf(PendingLog.CorruptError)
        .that.includes({ position: PendingLog.HEADER_LENGTH, later });
    }
  });

  it("takes no transaction for a record, whatever a sender puts into it", () => {
    const inner = PendingLog.encodeRecord(PendingLog.newMark(), [transaction(9)]);
    const torn = PendingLog.encodeRecord(mark, [inner, transaction(9, 100)]).subarray(0, -1);
    const found = PendingLog.recover(Bytes.concat(whole, torn));
    expect(found?.end).to.equal(whole.length);
  });

  it("refuses a file that is something else", () => {
    const other = new TextEncoder().encode("somebody's diary");
    expect(failureOf(() => PendingLog.recover(other)))
      .to.be.instanceOf(PendingLog.NotALogError)
      .with.deep.property("beginning", other.slice(0, 8));
  });

  it("is read to its end however large it is", () => {
    const many = Array.from({ length: 150_000 }, () => transaction(7, 1));
    const file = Bytes.concat(PendingLog.begin(mark), PendingLog.encodeRecord(mark, many));
    expect(PendingLog.recover(file)?.transactions).to.have.length(many.length);
    const noise = new Uint8Array(randomBytes(64));
    expect(PendingLog.recover(Bytes.concat(file, noise))?.end).to.equal(file.length);
  });
});
