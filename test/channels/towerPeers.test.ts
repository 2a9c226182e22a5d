// What those may cost a tower who connect to it.
import { expect } from "chai";
import type { Connection } from "../../src/hub/connection.ts";
import * as Log from "../../src/hub/log.ts";
import { MAX_REFUSED, MAX_STRANGERS } from "../../src/hub/peers.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Blob from "../../src/tower/blob.ts";
import * as RunTower from "../../src/tower/runTower.ts";
import * as Shelf from "../../src/tower/shelf.ts";
import { until } from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const ID = new Uint8Array(32).fill(4);
const DEPOSIT = RunTower.encode(
  Shelf.deposit(ID, 1n, new Uint8Array(Blob.BLOB_BYTES), new Uint8Array(32).fill(5)),
);

/** A depositor's connection, what it was answered, and whether it was closed. */
function depositor(n: number) {
  const answers: number[] = [];
  const send = (bytes: Uint8Array) => void answers.push(bytes[0] ?? 9);
  const one = { peer: Bytes.fromNumber(n, 20), answers, send, isClosed: false };
  return Object.assign(one, { close: () => void (one.isClosed = true) }) satisfies Connection;
}

describe("tower: what its depositors cost", () => {
  async function tower() {
    const shelf = Shelf.open(await Log.open(MemoryDisk.create()), 10);
    return { shelf, talk: RunTower.conversation(shelf, () => undefined) };
  }

  it("of many who are connected the latest stay, one connection for each, and those who went leave room", async () => {
    const { talk } = await tower();
    const all = Array.from({ length: MAX_STRANGERS + 2 }, (_, i) => depositor(i + 1));
    for (const one of all) talk.opened(one);
    expect(all.filter(({ isClosed }) => isClosed)).to.deep.equal(all.slice(0, 2));
    const again = depositor(3);
    talk.opened(again);
    expect(all[2]?.isClosed, "another took its place").to.equal(true);
    talk.closed(again, undefined);
    talk.opened(depositor(1_000));
    expect(all.filter(({ isClosed }) => isClosed)).to.deep.equal(all.slice(0, 3));
  });

  it("what comes over a connection that had to go is not taken", async () => {
    const { talk, shelf } = await tower();
    const [first, second] = [depositor(1), depositor(1)];
    talk.opened(first);
    talk.opened(second);
    talk.message(first, DEPOSIT);
    talk.message(second, DEPOSIT);
    await until(() => second.answers.length === 1);
    expect([first.answers, second.answers, shelf.count]).to.deep.equal([[], [1], 1]);
  });

  it("a connection whose deposits are refused again and again is closed", async () => {
    const { talk } = await tower();
    const one = depositor(1);
    talk.opened(one);
    for (let count = 1; count < MAX_REFUSED; count++) talk.message(one, ID);
    await until(() => one.answers.length === MAX_REFUSED - 1);
    expect(one.isClosed).to.equal(false);
    talk.message(one, ID);
    await until(() => one.isClosed);
    expect(one.answers).to.deep.equal(Array(MAX_REFUSED).fill(0));
  });
});
