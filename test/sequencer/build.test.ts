// A block in the making, while others have their turn.
import { expect } from "chai";
import * as Block from "../../src/machine/block.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { build, type Ingredients } from "../../src/sequencer/build.ts";
import * as Candidate from "../../src/sequencer/candidate.ts";
import * as Mempool from "../../src/sequencer/mempool.ts";
import * as Workload from "../../scripts/bench/workload.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

// More than is run in one turn, and they come before what Alice pays less for.
const TRANSFERS = 512;
const TO = `0x${"77".repeat(20)}`;
const LAST = 2;
const BUSY_MS = 200;

describe("sequencer/build", function () {
  this.timeout(30_000);
  const signed = Workload.sign("ether", TRANSFERS).map(Hex.toBytes);
  const rich = { nonce: 0n, balance: 10n ** 21n };
  let l2: L2Chain.L2Chain;
  let pool: Ingredients["pool"];

  const ofAlice = (nonce: number, maxPriorityFeePerGas: bigint) => {
    const fields = { to: TO, value: 1n, maxFeePerGas: 100n * maxPriorityFeePerGas };
    const fees = { ...fields, maxPriorityFeePerGas };
    return Candidate.decode(L2Chain.transaction(L2Chain.ALICE, nonce, fees), l2.context);
  };
  const low = 10n ** 8n;

  beforeEach(() => {
    l2 = L2Chain.create(
      Workload.senders.map((sender) => L2Chain.fundedAt(BigInt(sender), Workload.FUNDS)),
    );
    L1Chain.mine(l2.l1);
    pool = Mempool.create(Mempool.DEFAULT_LIMITS);
    for (const encoded of signed) Mempool.add(pool, Candidate.decode(encoded, l2.context), rich);
    for (let nonce = 0; nonce <= LAST; nonce++) Mempool.add(pool, ofAlice(nonce, low), rich);
  });

  function ingredients(isCurrent: () => boolean): Ingredients {
    const tip = l2.genesis;
    const draft = L2Chain.draftOf(l2);
    const timestamp = tip.header.timestamp + 1n;
    const inbox = L2Chain.inboxOf(l2);
    return { tip, context: l2.context, inbox, draft, timestamp, pool, isCurrent };
  }

  it("takes what replaced another in a turn in between, and derives from its bytes", async () => {
    const replacement = ofAlice(LAST, 2n * low);
    let turns = 0;
    const built = await build(
      ingredients(() => {
        turns++;
        if (turns > 1) return true;
        expect(Mempool.add(pool, replacement, rich)?.hash).to.equal(ofAlice(LAST, low).hash);
        return true;
      }),
    );
    expect(turns).to.be.above(0);
    const taken = built?.taken.map(({ hash }) => hash) ?? [];
    expect(taken).to.have.length(TRANSFERS + LAST + 1);
    expect(taken.at(-1)).to.equal(replacement.hash);
    expect(built?.dropped).to.deep.equal([]);

    L1Chain.post(l2.l1, { blocks: 1n, body: built?.sealed.body ?? Bytes.EMPTY });
    const derived = Block.execute(l2.genesis, l2.context, L2Chain.inboxOf(l2));
    expect(derived.tip.headerHash).to.deep.equal(built?.sealed.tip.headerHash);
  });

  it("skips what was taken out of the pool in a turn in between, with all that follows it", async () => {
    const built = await build(
      ingredients(() => {
        Mempool.remove(pool, ofAlice(LAST - 1, low));
        return true;
      }),
    );
    expect(built?.taken).to.have.length(TRANSFERS + LAST - 1);
  });

  it("has its share of the time, however much others do in their turns", async () => {
    let turns = 0;
    const built = await build(
      ingredients(() => {
        turns++;
        for (const until = performance.now() + BUSY_MS; performance.now() < until;);
        return true;
      }),
    );
    expect(built?.taken).to.have.length(TRANSFERS + LAST + 1);
    // The first turn is short, and the next one a quarter of what the others took.
    expect(turns).to.be.within(1, 8);
  });

  it("gives no block once the chain has gone another way, and leaves the pool as it is", async () => {
    expect(await build(ingredients(() => false))).to.equal(undefined);
    expect(pool.byHash.size).to.equal(TRANSFERS + LAST + 1);
  });
});
