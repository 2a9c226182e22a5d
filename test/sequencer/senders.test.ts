import { expect } from "chai";
import { StoppedError } from "../../src/node/loop.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Signature from "../../src/primitives/signature.ts";
import { PoolFullError } from "../../src/sequencer/mempool.ts";
import * as Senders from "../../src/sequencer/senders.ts";

const KEY = keccak256(Uint8Array.of(1));
const CHANNEL = "test/sequencer/senders";
const OWNER = Bytes.toBigInt(Signature.addressOf(KEY));

function signed(seed: number) {
  const signingHash = keccak256(Uint8Array.of(seed));
  return { signingHash, signature: Signature.sign(signingHash, KEY) };
}

/** A thread that does not do what it should. */
function thread(body: string): URL {
  const code = `import { parentPort } from "node:worker_threads"; ${body}`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

const reasonOf = (promise: Promise<unknown>) => promise.catch((reason: unknown) => reason);

describe("sequencer/senders", () => {
  it("answers what is asked in one turn and in several, each with its own sender", async () => {
    const senders = Senders.create();
    const { signingHash, signature } = signed(0);
    const highS = { ...signature, s: Signature.SECP256K1_N - signature.s };
    const other = { ...signature, yParity: 1 - signature.yParity };
    const noPoint = { ...signature, r: 5n };
    const first = await Promise.all([
      senders.of(signed(1)),
      senders.of({ signingHash, signature: highS }),
      senders.of({ signingHash, signature: other }),
      senders.of({ signingHash, signature: noPoint }),
      senders.of(signed(2)),
    ]);
    const { yParity, r, s } = other;
    const stranger = Signature.recover(signingHash, yParity, r, s);
    const strangers = stranger === undefined ? undefined : Bytes.toBigInt(stranger);
    expect(first).to.deep.equal([OWNER, undefined, strangers, undefined, OWNER]);
    expect(await senders.of(signed(3))).to.equal(OWNER);
    await senders.close();
    await senders.ended;
  });

  it("answers in the order in which it is asked", async () => {
    const senders = Senders.create();
    const order: number[] = [];
    const asked = [4, 5, 6, 7].map(async (seed, i) => {
      await senders.of(signed(seed));
      order.push(i);
    });
    await Promise.all(asked);
    expect(order).to.deep.equal([0, 1, 2, 3]);
    await senders.close();
  });

  it("asks together what comes while the thread has enough to do", async () => {
    // Holds what it is asked until it is let go; whoever signed is how many were asked together.
    const holding = `
      const channel = new BroadcastChannel("${CHANNEL}");
      const answer = (message) => {
        const count = message.length / 97;
        const one = [1, ...Array(19).fill(0), count];
        parentPort.postMessage(new Uint8Array(Array(count).fill(one).flat()));
      };
      let held = [];
      channel.onmessage = () => { held.forEach(answer); held = undefined; channel.close(); };
      parentPort.on("message", (message) => {
        if (message === null) process.exit();
        if (held === undefined) return answer(message);
        if (held.push(message) === 2) channel.postMessage("it has two");
      });`;
    const channel = new BroadcastChannel(CHANNEL);
    const senders = Senders.create(thread(holding));
    const hasTwo = new Promise((resolve) => (channel.onmessage = resolve));
    const asked: Promise<bigint | undefined>[] = [];
    for (let turn = 0; turn < 5; turn++) {
      asked.push(senders.of(signed(turn)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await hasTwo;
    channel.postMessage("go on");
    expect(await Promise.all(asked)).to.deep.equal([1n, 1n, 3n, 3n, 3n]);
    channel.close();
    await senders.close();
  });

  it("refuses all who wait, and all who come after, when the thread ends by itself", async () => {
    const senders = Senders.create(thread("parentPort.once('message', () => process.exit(3));"));
    const [waiting, alsoWaiting, ended] = await Promise.all(
      [senders.of(signed(1)), senders.of(signed(2)), senders.ended].map(reasonOf),
    );
    expect(waiting).to.be.instanceOf(Senders.SendersEndedError);
    expect(alsoWaiting).to.equal(waiting);
    expect(ended).to.equal(waiting);
    expect(await reasonOf(senders.of(signed(3)))).to.equal(waiting);
  });

  it("names the fault that ended the thread", async () => {
    const fault = "parentPort.once('message', () => { throw new RangeError('at fault'); });";
    const senders = Senders.create(thread(fault));
    const reason = await reasonOf(senders.of(signed(1)));
    expect(reason).to.be.instanceOf(Senders.SendersEndedError);
    expect((reason as Error).cause).to.be.instanceOf(RangeError);
  });

  it("takes no answer for another's: a wrong number of them ends it", async () => {
    const short = "parentPort.once('message', () => parentPort.postMessage(new Uint8Array(21)));";
    const senders = Senders.create(thread(short));
    const reasons = await Promise.all([senders.of(signed(1)), senders.of(signed(2))].map(reasonOf));
    for (const reason of reasons) {
      expect(reason).to.be.instanceOf(Senders.SendersEndedError);
      expect((reason as Error).cause).to.be.instanceOf(Senders.AnswerCountError);
      expect((reason as Error).cause).to.include({ expected: 2, actual: 1 });
    }
  });

  it("refuses who comes after too many, and takes others once those are answered", async () => {
    const later =
      "parentPort.on('message', (message) => message === null ? process.exit()" +
      " : setTimeout(() => parentPort.postMessage(new Uint8Array((message.length / 97) * 21)), 50));";
    const senders = Senders.create(thread(later));
    const one = signed(1);
    const asked = Array.from({ length: Senders.MOST_WAITING }, () => senders.of(one));
    const reason = await reasonOf(senders.of(one));
    expect(reason).to.be.instanceOf(PoolFullError).that.includes({ code: -32000 });
    await Promise.all(asked);
    expect(await senders.of(one)).to.equal(undefined);
    await senders.close();
  });

  it("ends its thread whatever that was doing", async () => {
    for (const pauseMs of [0, 5, 20, 60]) {
      const senders = Senders.create();
      const waiting = Array.from({ length: 40 }, (_, seed) => reasonOf(senders.of(signed(seed))));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await senders.close();
      await Promise.all(waiting);
    }
  });

  it("refuses what waits when it is closed", async () => {
    const senders = Senders.create();
    const waiting = reasonOf(senders.of(signed(1)));
    await senders.close();
    expect(await waiting).to.be.instanceOf(StoppedError);
    expect(await reasonOf(senders.of(signed(2)))).to.be.instanceOf(StoppedError);
    await senders.ended;
  });
});
