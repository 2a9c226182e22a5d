import { expect } from "chai";
import * as Database from "../../src/node/database.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Pending from "../../src/sequencer/pending.ts";

const entry = (seed: number) => ({
  hash: Bytes.fromNumber(seed, 32),
  encoded: Uint8Array.of(seed),
});
const always = () => true;

describe("sequencer/pending", () => {
  it("has on disk what it says is there, and leaves out what is no longer wanted", async () => {
    const database = Database.open(":memory:");
    const pending = Pending.create(database);
    await Promise.all([
      Pending.write(pending, entry(1), always),
      Pending.write(pending, entry(2), () => false),
      Pending.write(pending, entry(3), always),
    ]);
    expect(Database.allPending(database).map((bytes) => [...bytes])).to.deep.equal([[1], [3]]);
    Database.close(database);
  });

  it("acknowledges none of those whose flush failed", async () => {
    const database = Database.open(":memory:");
    const pending = Pending.create(database);
    const fault = new RangeError("at fault");
    const fails = () => {
      throw fault;
    };
    const written = [
      Pending.write(pending, entry(1), always),
      Pending.write(pending, entry(2), fails),
    ];
    const reasons = await Promise.all(written.map((one) => one.catch((error: unknown) => error)));
    expect(reasons).to.deep.equal([fault, fault]);
    expect(Database.allPending(database)).to.deep.equal([]);
    await Pending.write(pending, entry(3), always);
    expect(Database.allPending(database).map((bytes) => [...bytes])).to.deep.equal([[3]]);
    Database.close(database);
  });
});
