// A sequencer whose L1 takes its batches and loses them.
import { expect } from "chai";
import { setTimeout as pause } from "node:timers/promises";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as Derive from "../../src/node/derive.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Transaction from "../../src/protocol/transaction.ts";
import * as Mempool from "../../src/sequencer/mempool.ts";
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
    timing: { blockMs: 1, batchMs: 1 },
    limits: Mempool.DEFAULT_LIMITS,
    senderOf: async (unsigned) => Transaction.recoverSender(unsigned),
    headerOf: async () => BlockHeader.encode(origin),
    post: () => Promise.reject(new TypeError("nothing is posted here")),
    ...{ onBlock: () => undefined, onWaiting: () => undefined, say: () => undefined },
    ...changes,
  });
  const see = (number: bigint) => {
    const hash = BlockHeader.hash(origin);
    sequencer.seeL1({ number, hash, timestamp: origin.timestamp }, 1n);
  };
  see(origin.number);
  return { l1, chain, database, sequencer, see, origin };
}

/** Sends one transfer. */
async function send({ sequencer }: Setting): Promise<void> {
  const to = `0x${"b0".repeat(20)}`;
  await sequencer.submit(L2Chain.transaction(L2Chain.ALICE, 0, { to }));
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
});
