// What a node makes of an L1 that changes its mind, fails in the middle, or leaves something out.
import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import * as Batches from "../../src/derivation/batches.ts";
import type { BatchEvent } from "../../src/derivation/l1Log.ts";
import { ContradictionError } from "../../src/l1/contradiction.ts";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as Derive from "../../src/node/derive.ts";
import * as Follow from "../../src/node/follow.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as Body from "../../src/protocol/body.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const FIRST_BLOCK = 100n;

class LostConnectionError extends Error {}

/** A fork of L1: what it logged, and hashes that are its own from a block on. */
type Fork = { readonly l1: L1Chain.L1Chain; readonly seed: number; readonly ownFrom: bigint };

type Node = {
  chain: Chain.Chain;
  source: Follow.L1Source;
  inbox: ReturnType<typeof InboxRecords.inbox>;
};

function hashOf({ seed, ownFrom }: Fork, number: bigint): Uint8Array {
  return keccak256(
    Bytes.fromBigInt(number < ownFrom ? number : number + (BigInt(seed) << 64n), 32),
  );
}

function eventsOf({ l1 }: Fork, from: bigint, to: bigint): Follow.L1Event[] {
  const within = l1.log.filter(({ l1Block }) => from <= l1Block && l1Block <= to);
  return within.map((event) =>
    event.type === "batch" ? event : { ...event, alias: keccak256(event.opaqueData) },
  );
}

function sourceOf(fork: () => Fork): Follow.L1Source {
  return {
    head: async () => {
      const { l1 } = fork();
      return { number: l1.block, hash: hashOf(fork(), l1.block), timestamp: l1.time };
    },
    finalized: async () => undefined,
    hashOf: async (number) => (number > fork().l1.block ? undefined : hashOf(fork(), number)),
    events: async (from, to) => eventsOf(fork(), from, to),
    requireSameChain: async () => undefined,
  };
}

function blockAt(timestamp: bigint): Uint8Array {
  return Body.encode([{ timestamp, transactions: [] }]);
}

describe("node/follow", () => {
  let pretended: L2Chain.L2Chain;
  let fork: Fork;
  let node: Node;
  let patience: Follow.Patience;

  beforeEach(() => {
    pretended = L2Chain.create();
    const database = Database.open(":memory:");
    patience = { looks: 0 };
    fork = { l1: pretended.l1, seed: 1, ownFrom: 0n };
    node = {
      chain: Chain.open(database, pretended.context, pretended.genesis),
      source: sourceOf(() => fork),
      inbox: InboxRecords.inbox(database, L1Chain.PORTAL),
    };
  });
  afterEach(() => Database.close(node.chain.database));

  const accumulator = () => L2Chain.create().l1.accumulator;
  const derivation = (): Derive.Derivation => {
    const { chain, inbox } = node;
    const truncate = (number: bigint) => Chain.truncate(chain, number);
    const hooks = { onBlock: () => undefined, isOwn: () => false, rest: () => setImmediate() };
    return { chain, inbox, truncate, ...hooks };
  };
  const follow = (source = node.source) => {
    const cutBack = () => Derive.cutBack(derivation());
    const { database } = node.chain;
    const told = [FIRST_BLOCK, cutBack, patience] as const;
    return Follow.follow(database, source, accumulator(), ...told);
  };

  async function sync(): Promise<void> {
    await follow();
    await Derive.derive(derivation(), new AbortController().signal);
  }

  /** A fork that parts from the present one at its head, which it does not have. */
  function parted(seed: number): Fork {
    const { l1 } = fork;
    const log = l1.log.filter(({ l1Block }) => l1Block < l1.block);
    const batches = log.filter((event) => event.type === "batch");
    const last = batches.at(-1);
    const copy: L1Chain.L1Chain = {
      ...l1,
      accumulator: last?.accumulator ?? accumulator(),
      batches: BigInt(batches.length),
      lastBlock: last?.batch.lastBlock ?? 0n,
      consumed: last?.batch.depositsTo ?? 0n,
      deposits: l1.deposits.filter(({ l1Block }) => l1Block < l1.block),
      log,
    };
    return { l1: copy, seed, ownFrom: l1.block };
  }

  const timeOfHead = () => node.chain.head.header.timestamp - fork.l1.time;

  async function postBeforeReorg(): Promise<void> {
    L1Chain.post(fork.l1, { blocks: 1n, body: blockAt(fork.l1.time - 11n) });
    L1Chain.mine(fork.l1);
    L1Chain.post(fork.l1, { blocks: 1n, body: blockAt(fork.l1.time - 7n) });
    await sync();
    expect(timeOfHead()).to.equal(-7n);
  }

  it("derives the batch that took the place of another, though there are as many as before", async () => {
    await postBeforeReorg();
    fork = parted(2);
    L1Chain.post(fork.l1, { blocks: 1n, body: blockAt(fork.l1.time - 3n) });
    await sync();
    expect(node.chain.tip.number).to.equal(2n);
    expect(timeOfHead()).to.equal(-3n);
    expect(Derive.isCutBackDue(node.chain.database)).to.equal(false);
  });

  it("says up to which block it has derived what stands in L1 blocks up to one", async () => {
    const { l1 } = fork;
    await postBeforeReorg();
    const { database } = node.chain;
    const within = (l1Block: bigint) => Derive.lastWithin(database, l1Block);
    const blocks = [l1.block - 2n, l1.block - 1n, l1.block, l1.block + 9n];
    expect(blocks.map(within)).to.deep.equal([0n, 1n, 2n, 2n]);
    L1Chain.mine(l1);
    L1Chain.post(l1, { blocks: 1n, body: blockAt(l1.time - 3n) });
    await follow();
    expect(within(l1.block), "read, and not derived").to.equal(2n);
  });

  it("cuts back also if L1 fails between what it took back and what it has instead", async () => {
    await postBeforeReorg();
    fork = parted(3);
    const failing = {
      ...node.source,
      events: () => Promise.reject(new LostConnectionError("lost")),
    };
    const failure = await follow(failing).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(LostConnectionError);
    // In the same turn, with all that was read in one go.
    expect(node.chain.tip.number).to.equal(0n);
    await sync();
    expect(node.chain.tip.number).to.equal(1n);
    expect(Derive.lastDerived(node.chain.database)).to.equal(1n);
  });

  it("knows after a crash that it has to go back", async () => {
    await postBeforeReorg();
    const { database } = node.chain;
    Derive.forgetL1(database, FIRST_BLOCK);
    expect(Derive.isCutBackDue(database)).to.equal(true);
    Derive.cutBack(derivation());
    expect(Derive.isCutBackDue(database)).to.equal(false);
    expect(node.chain.tip.number).to.equal(1n);
  });

  it("finds out about a reorganisation between a hash and the events of its block", async () => {
    const before = fork;
    L1Chain.mine(fork.l1);
    L1Chain.deposit(fork.l1, { mint: 1n });
    const after = parted(4);
    L1Chain.deposit(after.l1, { mint: 2n });
    const changing = {
      ...node.source,
      events: async (from: bigint, to: bigint) => {
        fork = after;
        return eventsOf(before, from, to);
      },
    };
    await follow(changing);
    await follow();
    expect(InboxRecords.deposit(node.chain.database, 0n)?.mint).to.equal(2n);
    expect(InboxRecords.depositCount(node.chain.database)).to.equal(1n);
  });

  it("finds out about one between the hash of a block below the head and its events", async () => {
    const withDeposit = (mint: bigint) => {
      const { l1 } = L2Chain.create();
      L1Chain.deposit(l1, { mint });
      for (let i = 0; i < 6; i++) L1Chain.mine(l1);
      return l1;
    };
    const before: Fork = { l1: withDeposit(1n), seed: 5, ownFrom: 0n };
    const after: Fork = { l1: withDeposit(2n), seed: 6, ownFrom: 0n };
    fork = before;
    const changing = {
      ...node.source,
      events: async (from: bigint, to: bigint) => {
        // In parts, so that the first of them ends below the head.
        if (to - from >= 4n) throw new LostConnectionError("too many");
        const events = eventsOf(fork, from, to);
        fork = after;
        return events;
      },
    };
    await follow(changing);
    await follow();
    expect(InboxRecords.deposit(node.chain.database, 0n)?.mint).to.equal(2n);
    expect(InboxRecords.depositCount(node.chain.database)).to.equal(1n);
  });

  // An L1 whose answer leaves out the last event.
  const withoutTheLast = (): Follow.L1Source => ({
    ...node.source,
    events: async (from, to) => eventsOf(fork, from, to).slice(0, -1),
  });

  it("reads again what an answer left out, once a batch shows that it did", async () => {
    const { l1 } = fork;
    L1Chain.deposit(l1, { mint: 1n });
    L1Chain.mine(l1);
    L1Chain.post(l1, { blocks: 1n, body: Bytes.EMPTY });
    L1Chain.deposit(l1, { mint: 2n });
    await follow(withoutTheLast());
    L1Chain.mine(l1);
    L1Chain.post(l1, { blocks: 1n, body: Bytes.EMPTY });
    const failure = await follow().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Batches.BatchMismatchError);
    await sync();
    expect(InboxRecords.depositCount(node.chain.database)).to.equal(2n);
    expect(node.chain.tip.number).to.equal(2n);
  });

  it("goes back further if what was left out came before the last batch that fits", async () => {
    const { l1 } = fork;
    L1Chain.deposit(l1, { mint: 1n });
    L1Chain.deposit(l1, { mint: 2n });
    await follow(withoutTheLast());
    L1Chain.mine(l1);
    L1Chain.post(l1, { blocks: 1n, body: Bytes.EMPTY, depositsTo: 1n });
    await follow();
    L1Chain.mine(l1);
    L1Chain.post(l1, { blocks: 1n, body: Bytes.EMPTY });
    for (let tries = 0; tries < 2; tries++) {
      const failure = await follow().catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Batches.BatchMismatchError);
    }
    await sync();
    expect(InboxRecords.depositCount(node.chain.database)).to.equal(2n);
    expect(node.chain.tip.number).to.equal(2n);
  });

  it("asks for fewer blocks at once where L1 does not answer so many", async () => {
    const { l1 } = fork;
    for (let i = 0; i < 20; i++) {
      L1Chain.deposit(l1, { mint: BigInt(i) });
      L1Chain.mine(l1);
    }
    const asked: bigint[] = [];
    const small = {
      ...node.source,
      events: async (from: bigint, to: bigint) => {
        asked.push(to - from + 1n);
        if (to - from >= 6n) throw new LostConnectionError("too many");
        return eventsOf(fork, from, to);
      },
    };
    await follow(small);
    expect(InboxRecords.depositCount(node.chain.database)).to.equal(20n);
    expect(asked).to.deep.equal([21n, 10n, 5n, 5n, 5n, 5n, 1n]);
  });

  describe("an L1 that cannot be believed", () => {
    const failureOf = (attempt: Promise<unknown>) => attempt.catch((error: unknown) => error);

    it("is waited for where it only has less than before, and believed if that goes on", async () => {
      L1Chain.post(fork.l1, { blocks: 1n, body: Bytes.EMPTY });
      await sync();
      L1Chain.mine(fork.l1);
      L1Chain.post(fork.l1, { blocks: 1n, body: Bytes.EMPTY });
      await sync();
      const head = fork.l1.block;
      const behind: Follow.L1Source = {
        ...node.source,
        head: async () => ({
          ...(await node.source.head()),
          number: head - 1n,
          hash: hashOf(fork, head - 1n),
        }),
        hashOf: async (number) => (number < head ? hashOf(fork, number) : undefined),
      };
      for (let look = 1; look < Follow.MOST_LOOKS; look++) {
        await follow(behind);
        expect(node.chain.tip.number).to.equal(2n);
      }
      await follow();
      expect(patience.looks).to.equal(0);
      for (let look = 1; look <= Follow.MOST_LOOKS; look++) await follow(behind);
      expect(node.chain.tip.number).to.equal(1n);
      await sync();
      expect(node.chain.tip.number).to.equal(2n);
    });

    it("is asked again where it does not know a block below its head, and nothing is forgotten", async () => {
      await postBeforeReorg();
      const { block } = fork.l1;
      L1Chain.mine(fork.l1);
      const pruned = { ...node.source, hashOf: async () => undefined };
      const failure = await failureOf(follow(pruned));
      expect(failure).to.be.instanceOf(ContradictionError).that.includes({ kind: "missing block" });
      expect(String(failure)).to.include(`block ${block}`);
      expect(node.chain.tip.number).to.equal(2n);
    });

    it("is asked which chain it is before anything is forgotten", async () => {
      await postBeforeReorg();
      fork = { ...fork, seed: 9 };
      const other = {
        ...node.source,
        requireSameChain: () => Promise.reject(new ContradictionError("other chain", "another")),
      };
      const failure = await failureOf(follow(other));
      expect(failure).to.be.instanceOf(ContradictionError).that.includes({ kind: "other chain" });
      expect(node.chain.tip.number).to.equal(2n);
      await sync();
      expect(node.chain.tip.number).to.equal(2n);
    });

    it("may change its mind at one height as often as it likes", async () => {
      L1Chain.deposit(fork.l1, { mint: 1n });
      L1Chain.mine(fork.l1);
      await sync();
      const rivals = [parted(2), parted(3)];
      rivals.forEach(({ l1 }, index) => L1Chain.deposit(l1, { mint: BigInt(10 + index) }));
      for (let turn = 0; turn < 7; turn++) {
        const now = rivals[turn % 2];
        if (now === undefined) throw new TypeError("there are two");
        fork = now;
        await sync();
        const { database } = node.chain;
        expect(InboxRecords.depositCount(database)).to.equal(2n);
        expect(InboxRecords.deposit(database, 1n)?.mint).to.equal(BigInt(10 + (turn % 2)));
      }
    });

    const lies: [string, (event: BatchEvent) => BatchEvent][] = [
      [
        "depositsTo",
        (event) => ({ ...event, batch: { ...event.batch, depositsTo: 2n ** 64n - 1n } }),
      ],
      [
        "lastBlock",
        (event) => ({ ...event, batch: { ...event.batch, lastBlock: 2n ** 64n - 1n } }),
      ],
      [
        "bodySize",
        (event) => {
          const body = new Uint8Array(MAX_BODY_BYTES + 1);
          return { ...event, body, batch: { ...event.batch, bodySize: body.length } };
        },
      ],
    ];
    for (const [field, lie] of lies) {
      it(`is refused a batch whose ${field} is beyond all bounds, at once`, async () => {
        L1Chain.post(fork.l1, { blocks: 1n, body: Bytes.EMPTY });
        const lying = {
          ...node.source,
          events: async (from: bigint, to: bigint) =>
            eventsOf(fork, from, to).map((event): Follow.L1Event => {
              if (event.type !== "batch") return event;
              const false_ = lie(event);
              return { ...false_, accumulator: Batch.hash(false_.batch) };
            }),
        };
        const failure = await failureOf(follow(lying));
        expect(failure).to.be.instanceOf(Batches.BatchMismatchError).that.includes({ field });
        await sync();
        expect(node.chain.tip.number).to.equal(1n);
      });
    }
  });
});
