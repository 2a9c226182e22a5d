// A sequencer whose L1 takes its batches and loses them.
import { expect } from "chai";
import { setTimeout as pause } from "node:timers/promises";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Transaction from "../../src/protocol/transaction.ts";
import * as Mempool from "../../src/sequencer/mempool.ts";
import * as PendingFile from "../../src/sequencer/pendingFile.ts";
import { Sequencer, type Post } from "../../src/sequencer/sequencer.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const POSTED_IN = 101n;

describe("sequencer/sequencer", () => {
  it("posts a batch again that L1 has lost, and not while it may still be read", async () => {
    const { l1, context, genesis } = L2Chain.create();
    const database = Database.open(":memory:");
    const chain = Chain.open(database, context, genesis);
    const origin = L1Chain.originOf(l1);
    const posts: Post[] = [];
    const sequencer = new Sequencer({
      ...{ chain, inbox: InboxRecords.inbox(database, L1Chain.PORTAL) },
      genesisAccumulator: l1.accumulator,
      timing: { blockMs: 1, batchMs: 1 },
      ...{ limits: Mempool.DEFAULT_LIMITS, pendingFile: PendingFile.none() },
      senderOf: async (unsigned) => Transaction.recoverSender(unsigned),
      headerOf: async () => BlockHeader.encode(origin),
      post: async (post) => {
        posts.push(post);
        return { blockNumber: POSTED_IN * BigInt(posts.length) };
      },
      ...{ onBlock: () => undefined, onWaiting: () => undefined, say: () => undefined },
    });
    const see = (number: bigint) =>
      sequencer.seeL1({ number, hash: BlockHeader.hash(origin), timestamp: origin.timestamp }, 1n);
    see(origin.number);
    await sequencer.submit(L2Chain.transaction(L2Chain.ALICE, 0, { to: L2Chain.BOB.slice(0, 42) }));

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
});
