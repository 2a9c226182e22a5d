// A sequencer whose L1 takes its batches and loses them.
import { expect } from "chai";
import { setTimeout as pause } from "node:timers/promises";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as Derive from "../../src/node/derive.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Transaction from "../../src/protocol/transaction.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Mempool from "../../src/sequencer/mempool.ts";
import * as OwedBlocks from "../../src/sequencer/owedBlocks.ts";
import * as PendingFile from "../../src/sequencer/pendingFile.ts";
import { Sequencer, type Post, type SequencerConfig } from "../../src/sequencer/sequencer.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const POSTED_IN = 101n;

type Setting = Awaited<ReturnType<typeof setting>>;

function setting(changes: Partial<SequencerConfig>) {
  const { l1, context, genesis } = L2Chain.create();
  const database = Database.open(":memory:");
  const chain = Chain.open(database, context, genesis);
  const origin = L1Chain.originOf(l1);
  const sequencer = new Sequencer({
    ...{ chain, inbox: InboxRecords.inbox(database, L1Chain.PORTAL) },
    genesisAccumulator: l1.accumulator,
    timing: { blockMs: 1, quickMs: 1, batchMs: 1 },
    ...{ limits: Mempool.DEFAULT_LIMITS, pendingFile: PendingFile.none() },
    senderOf: async (unsigned) => Transaction.recoverSender(unsigned),
    headerOf: async () => BlockHeader.encode(origin),
    post: () => Promise.reject(new TypeError("nothing is posted here")),
    ...{ onBlock: () => undefined, onWaiting: () => undefined, say: () => undefined },
    ...changes,
  });
  const see = (number: bigint, later = 0n) => {
    const hash = BlockHeader.hash(origin);
    sequencer.seeL1({ number, hash, timestamp: origin.timestamp + later }, 1n);
  };
  see(origin.number);
  return { l1, chain, database, sequencer, see, origin };
}

/** Sends one transfer. */
async function send({ sequencer }: Setting, nonce = 0): Promise<void> {
  const to = `0x${"b0".repeat(20)}`;
  await sequencer.submit(L2Chain.transaction(L2Chain.ALICE, nonce, { to }));
}

describe("sequencer/sequencer", () => {
  it("posts a batch again that L1 has lost, and not while it may still be read", async () => {
    const posts: Post[] = [];
    const here = setting({
      post: async (post) => {
        posts.push(post);
        return { blockNumber: POSTED_IN * BigInt(posts.length) };
      },
    });
    const { sequencer, see, database } = here;
    await send(here);
    const ending = new AbortController();
    const loops = [sequencer.makeBlocks(ending.signal), sequencer.postBatches(ending.signal)];
    const until = async (count: number) => {
      while (posts.length < count) await pause(5);
    };
    await until(1);
    see(POSTED_IN + 11n);
    await pause(100);
    expect(posts).to.have.length(1);
    see(POSTED_IN + 12n);
    await until(2);
    expect(posts[1]).to.deep.equal(posts[0]);
    ending.abort();
    await Promise.all(loops);
    Database.close(database);
  });

  it("makes blocks at the quick beat while some are saved up", async () => {
    const HOUR_MS = 3_600_000;
    const here = setting({ timing: { blockMs: HOUR_MS, quickMs: 1, batchMs: HOUR_MS } });
    const { chain, database, sequencer } = here;
    const ending = new AbortController();
    const blocks = sequencer.makeBlocks(ending.signal);
    for (let nonce = 0; nonce < 3; nonce++) {
      await send(here, nonce);
      while (chain.tip.number <= BigInt(nonce)) await pause(5);
    }
    ending.abort();
    await blocks;
    expect(chain.tip.number).to.equal(3n);
    Database.close(database);
  });

  it("makes no block of a deposit that L1 takes back while its origin's header is read", async () => {
    const here: Setting = setting({
      headerOf: async () => {
        Derive.forgetL1(here.database, 0n);
        return BlockHeader.encode(here.origin);
      },
    });
    const { l1, chain, database, sequencer } = here;
    InboxRecords.putDeposit(database, L1Chain.deposit(l1, { mint: 1n }), new Uint8Array(32));
    await send(here);
    const ending = new AbortController();
    const blocks = sequencer.makeBlocks(ending.signal);
    while (chain.tip.number === 0n) await pause(5);
    ending.abort();
    await blocks;
    expect(chain.tip.deposits).to.equal(0n);
    expect(chain.head.transactions).to.equal(1);
    Database.close(database);
  });

  it("makes empty blocks for deposits that had none of their own, an hour later", async () => {
    const { l1, chain, database, sequencer, see, origin } = setting({});
    for (let i = 0; i < 4; i++) {
      const made = L1Chain.deposit(l1, { mint: 1n });
      InboxRecords.putDeposit(database, made, Bytes.fromNumber(i, 32));
    }
    const ending = new AbortController();
    const blocks = sequencer.makeBlocks(ending.signal);
    while (chain.tip.deposits < 4n) await pause(5);
    await pause(60);
    expect(chain.tip.number).to.equal(1n);
    see(origin.number, OwedBlocks.PAY_AFTER_SECONDS);
    while (chain.tip.number < 4n) await pause(5);
    await pause(60);
    ending.abort();
    await blocks;
    expect(chain.tip.number).to.equal(4n);
    expect(chain.head.transactions).to.equal(0);
    Database.close(database);
  });

  it("counts what is owed as the inbox does", async () => {
    const { l1, chain, database } = setting({});
    const count = OwedBlocks.create();
    const isDue = () => OwedBlocks.isDue(count, chain, undefined, 0n);
    const post = (blocks: bigint, deposits: number) => {
      for (let i = 0; i < deposits; i++) {
        const made = L1Chain.deposit(l1, {});
        InboxRecords.putDeposit(database, made, Bytes.fromBigInt(made.index, 32));
      }
      const { index: number, l1Block, ...posted } = L1Chain.post(l1, { blocks, body: Bytes.EMPTY });
      InboxRecords.putBatch(database, Number(l1Block), { number, ...posted });
      isDue();
      return count.owed;
    };
    expect([post(1n, 5), post(3n, 0), post(2n, 4), post(9n, 1), post(1n, 2)]).to.deep.equal([
      4n,
      1n,
      3n,
      0n,
      1n,
    ]);
    Derive.forgetL1(database, 0n);
    isDue();
    expect(count).to.include({ owed: 0n, batch: 0n, lastBlock: 0n });
    Database.close(database);
  });
});
