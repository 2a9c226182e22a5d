import { expect } from "chai";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { MessageChannel, Worker } from "node:worker_threads";
import * as Reads from "../../src/watcher/reads.ts";

const THREAD = new URL("./askingThread.ts", import.meta.url);
const WAKING = 0;

describe("watcher/reads", () => {
  it("sleeps on where it is woken for an answer that it already had", async () => {
    const { port1, port2 } = new MessageChannel();
    const words = Reads.sharedWords();
    const line: Reads.Line = { port: port2, words };
    const thread = new Worker(THREAD, { workerData: line, transferList: [port2] });
    const answered = once(thread, "message");
    await once(port1, "message");
    // The second half of the waking of an earlier answer, late.
    while (Atomics.notify(words, WAKING) === 0) await pause(1);
    await pause(50);
    port1.postMessage({ value: 7n });
    Atomics.store(words, WAKING, 1);
    Atomics.notify(words, WAKING);
    const [answer] = (await answered) as [bigint];
    expect(answer).to.equal(7n);
    port1.close();
  });
});
