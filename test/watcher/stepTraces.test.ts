import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { StepTrace } from "../../src/dispute/trace.ts";
import * as Trace from "../../src/machine/trace.ts";
import * as Database from "../../src/node/database.ts";
import * as Derive from "../../src/node/derive.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import { commitBlock, ThreadFailedError } from "../../src/watcher/commitment.ts";
import { ReadFailedError } from "../../src/watcher/reads.ts";
import * as StepTraces from "../../src/watcher/stepTraces.ts";
import { treeShape } from "../../src/watcher/treeShape.ts";
import * as DerivedChain from "../harness/derivedChain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const [SHORT_BLOCK, LONG_BLOCK] = [1n, 2n];
const SHORT_GAS = 50_000n;
// More than 131,072 steps: three segments, of which one of two threads has two, and a chunk that is not full.
const LONG_GAS = 160_000n;
const HEIGHT = 26;
const SLIDE = 0x511den;
const codeHash = Hex.fromBytes(keccak256(DerivedChain.slide));

const clock = () => performance.now();

function openChain(path = ":memory:"): Promise<Source> {
  const to = Hex.fromBytes(Bytes.fromBigInt(SLIDE, 20));
  const blocks = [SHORT_GAS, LONG_GAS].map((gasLimit, nonce) => [
    L2Chain.transaction(L2Chain.ALICE, nonce, { to, gasLimit }),
  ]);
  const code = Hex.fromBytes(DerivedChain.slide);
  return DerivedChain.open([L2Chain.contractAt(SLIDE, code)], blocks, path);
}

function stepsOf(traces: StepTraces.StepTraces, block: bigint): StepTrace | undefined {
  return StepTraces.after(traces, block - 1n);
}

describe("the steps of disputed blocks", function () {
  this.timeout(60_000);
  let source: Source;
  let whole: Trace.Trace;
  let traces: StepTraces.StepTraces;
  const said: string[] = [];

  before(async () => {
    source = await openChain();
    whole = Trace.ofBlock(DerivedChain.beforeBlock(source, LONG_BLOCK), treeShape(HEIGHT));
  });
  beforeEach(() => {
    said.length = 0;
    traces = StepTraces.create(source, (line) => void said.push(line), clock);
  });
  afterEach(() => StepTraces.close(traces));

  function expectWhole(trace: StepTrace | undefined): void {
    const { steps } = whole;
    const last = Math.floor((steps - 1) / 2 ** 13);
    const nodes = [
      ...[0, 1, 5, 12, 13, 15, 16, 17, 18, 25, HEIGHT].map((height) => [height, 0] as const),
      ...[13, 14, 16].map((height) => [height, 1] as const),
      ...[0, 1].map((next) => [13, last + next] as const),
      ...[steps - 1, steps, 2 ** HEIGHT - 1].map((index) => [0, index] as const),
    ];
    for (const [height, index] of nodes)
      expect(trace?.subtree(height, index), `${height}, ${index}`).to.deep.equal(
        whole.subtree(height, index),
      );
    for (const index of [0, 70_000, steps - 1, steps])
      expect(trace?.hashAt(index), String(index)).to.deep.equal(whole.hashAt(index));
    for (const index of [70_001, 3, steps - 1, steps])
      expect(trace?.prove(index), String(index)).to.deep.equal(whole.prove(index));
  }

  it("are there at once where the block is short, and the same object the next time", () => {
    const steps = stepsOf(traces, SHORT_BLOCK);
    expect(steps?.length).to.equal(2 ** HEIGHT);
    expect(stepsOf(traces, SHORT_BLOCK)).to.equal(steps);
    expect(said).to.deep.equal([]);
  });

  it("are remembered of many small blocks, and of fewer the longer they are", async () => {
    const small = await DerivedChain.open(
      [],
      Array.from({ length: 64 }, () => []),
      ":memory:",
    );
    const ofSmall = StepTraces.create(small, () => undefined, clock);
    const numbers = Array.from({ length: 64 }, (_, i) => BigInt(i + 1));
    const first = numbers.map((number) => stepsOf(ofSmall, number));
    expect(
      numbers.map((number) => stepsOf(ofSmall, number) === first[Number(number) - 1]),
    ).to.not.include(false);
    await StepTraces.close(ofSmall);

    // As if they were as long as a short block can be.
    const long = { ...Trace.ofPadding(DerivedChain.beforeBlock(source, 3n), treeShape(HEIGHT)) };
    for (let i = 0; i < 60; i++) traces.short.set(`another ${i}`, { ...long, steps: 2 ** 16 });
    stepsOf(traces, SHORT_BLOCK);
    expect(traces.short.size).to.be.within(40, 48);
    expect([...traces.short.keys()].slice(0, -1))
      .to.include("another 59")
      .and.not.include("another 0");
  });

  it("are those of the whole block when threads have committed to it", async () => {
    expect(stepsOf(traces, LONG_BLOCK)).to.equal(undefined);
    expect(StepTraces.isCommitting(traces)).to.equal(true);
    await traces.queue;
    expect(StepTraces.isCommitting(traces)).to.equal(false);
    expectWhole(stepsOf(traces, LONG_BLOCK));
    expect(said.join("\n")).to.match(/has committed to the 1\d{5} steps of block 2 in \d+ s/);
  });

  it("are committed to by threads too where there are few of them and they are slow", async () => {
    let now = 0;
    const ofSlow = StepTraces.create(
      source,
      (line) => void said.push(line),
      () => (now += 2_000),
    );
    expect(stepsOf(ofSlow, SHORT_BLOCK)).to.equal(undefined);
    await ofSlow.queue;
    const shape = treeShape(HEIGHT);
    const { steps, subtree } = Trace.ofBlock(DerivedChain.beforeBlock(source, SHORT_BLOCK), shape);
    expect(stepsOf(ofSlow, SHORT_BLOCK)?.subtree(HEIGHT, 0)).to.deep.equal(subtree(HEIGHT, 0));
    expect(said.join("\n")).to.include(`has committed to the ${steps} steps of block 1`);
  });

  it("leave the process free while they are committed to, and are begun once", async () => {
    stepsOf(traces, LONG_BLOCK);
    let turns = 0;
    while (StepTraces.isCommitting(traces)) {
      await setImmediate();
      turns++;
      if (turns === 5) expect(stepsOf(traces, SHORT_BLOCK)?.length).to.equal(2 ** HEIGHT);
      if (turns % 10 === 0) stepsOf(traces, LONG_BLOCK);
    }
    expect(turns).to.be.above(10);
    expect(said).to.have.length(2);
  });

  it("are the same from any number of threads, and from a database in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    const onDisk = await openChain(join(folder, "node.sqlite"));
    const { signal } = new AbortController();
    const [one, three] = await Promise.all([
      commitBlock(onDisk, LONG_BLOCK - 1n, 1, signal),
      commitBlock(source, LONG_BLOCK - 1n, 3, signal),
    ]);
    expect(one).to.deep.equal(three);
    expect(one.steps).to.equal(whole.steps);
    expect(one.chunkRoots[20]).to.deep.equal(whole.subtree(12, 20));
    Database.close(onDisk.chain.database);
    rmSync(folder, { recursive: true });
  });

  it("are given up when the watcher stops", async () => {
    stepsOf(traces, LONG_BLOCK);
    await setImmediate();
    await StepTraces.close(traces);
    expect(said).to.have.length(1);

    const stopping = new AbortController();
    const committing = commitBlock(source, LONG_BLOCK - 1n, 2, stopping.signal);
    const reason = new TypeError("a reason");
    stopping.abort(reason);
    expect(await committing.catch((error: unknown) => error)).to.equal(reason);
  });

  it("are forgotten when L1 takes the block back while they are committed to", async () => {
    const other = await openChain();
    const { database } = other.chain;
    const ofOther = StepTraces.create(other, (line) => void said.push(line), clock);
    expect(stepsOf(ofOther, LONG_BLOCK)).to.equal(undefined);
    Derive.forgetL1(database, 100n);
    DerivedChain.cutBack(other);
    await ofOther.queue;
    expect(StepTraces.isCommitting(ofOther)).to.equal(false);
    expect(said).to.have.length.at.most(2);
  });

  it("fail loudly when a thread cannot read what it needs", async () => {
    const { chain } = source;
    const lost = new RangeError("lost");
    let isLost = false;
    const code = (hash: Uint8Array) => {
      if (isLost && Hex.fromBytes(hash) === codeHash) throw lost;
      return chain.source.code(hash);
    };
    const broken = { ...source, chain: { ...chain, source: { ...chain.source, code } } };
    const ofBroken = StepTraces.create(broken, () => undefined, clock);
    expect(stepsOf(ofBroken, LONG_BLOCK)).to.equal(undefined);
    isLost = true;
    await ofBroken.queue;

    const failure = failureOf(() => stepsOf(ofBroken, LONG_BLOCK));
    expect(failure).to.be.instanceOf(StepTraces.CommitmentFailedError);
    expect((failure as StepTraces.CommitmentFailedError).block).to.equal(LONG_BLOCK);
    const { cause } = failure as StepTraces.CommitmentFailedError;
    expect(cause).to.be.instanceOf(ThreadFailedError);
    const { message } = new ReadFailedError(`code ${codeHash}`, String(lost));
    expect((cause as ThreadFailedError).why).to.equal(`Reads.ReadFailedError: ${message}`);
  });
});

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
