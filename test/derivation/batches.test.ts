import { expect } from "chai";
import * as Batches from "../../src/derivation/batches.ts";
import * as Inbox from "../../src/derivation/inbox.ts";
import type { BatchEvent } from "../../src/derivation/l1Log.ts";
import * as Deposit from "../../src/protocol/deposit.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L1Record from "../harness/l1Record.ts";

const GENESIS = new Uint8Array(32).fill(0x6e);
const OTHER = new Uint8Array(32).fill(0xee);

/** Three batches: one with two of three deposits, one with none, one with the last two of four. */
function chainOfThree(): L1Chain.L1Chain {
  const chain = L1Chain.create(GENESIS, 1_000n);
  for (const value of [1n, 2n, 3n]) L1Chain.deposit(chain, { value, data: new Uint8Array([9]) });
  L1Chain.mine(chain);
  L1Chain.post(chain, { blocks: 3n, body: new Uint8Array(5), depositsTo: 2n });
  L1Chain.mine(chain);
  L1Chain.post(chain, { blocks: 1n, body: new Uint8Array(0), depositsTo: 2n });
  L1Chain.deposit(chain, { isCreation: true });
  L1Chain.mine(chain);
  L1Chain.post(chain, { blocks: 2n, body: new Uint8Array(2_000) });
  return chain;
}

function recordOf(chain: L1Chain.L1Chain): L1Record.L1Record {
  return L1Record.extend(L1Record.create(GENESIS, L1Chain.PORTAL), chain.log);
}

function thirdBatch(chain: L1Chain.L1Chain): BatchEvent {
  const event = chain.log.at(-1);
  if (event?.type !== "batch") throw new TypeError("the log ends with a batch");
  return event;
}

describe("derivation", () => {
  it("takes a log in parts as it takes it whole", () => {
    const { log } = chainOfThree();
    let record = L1Record.create(GENESIS, L1Chain.PORTAL);
    for (const event of log) record = L1Record.extend(record, [event]);
    expect(record).to.deep.equal(recordOf(chainOfThree()));
    expect(L1Record.lastBlock(record)).to.equal(6n);
    expect(L1Record.lastBlock(L1Record.create(GENESIS, L1Chain.PORTAL))).to.equal(0n);
  });

  it("numbers deposits and keeps their fields", () => {
    const chain = chainOfThree();
    const { deposits } = recordOf(chain);
    expect(deposits).to.deep.equal(chain.deposits);
    expect(deposits.map(Deposit.hash)).to.deep.equal(chain.deposits.map(Deposit.hash));
  });

  it("answers what a machine reads", () => {
    const chain = chainOfThree();
    const inbox = L1Record.toInbox(recordOf(chain));
    expect([0n, 1n, 2n, 3n].map(inbox.lastBlock)).to.deep.equal([0n, 3n, 4n, 6n]);
    expect([0n, 1n, 2n, 3n].map(inbox.batchOfDeposit)).to.deep.equal([1n, 1n, 3n, 3n]);
    expect(inbox.batch(3n)).to.equal(thirdBatch(chain).batch);
    expect(inbox.body(3n).length).to.equal(2_000);
    expect(inbox.portal).to.equal(L1Chain.PORTAL);
  });

  it("knows no batch of a deposit that waits", () => {
    const chain = chainOfThree();
    L1Chain.deposit(chain, {});
    const inbox = L1Record.toInbox(recordOf(chain));
    expect(inbox.deposit(4n).index).to.equal(4n);
    expect(() => inbox.batchOfDeposit(4n))
      .to.throw(Inbox.UnknownDepositError)
      .that.includes({ index: 4n, count: 4n });
    const empty = L1Record.toInbox(L1Record.create(GENESIS, L1Chain.PORTAL));
    expect(() => empty.batchOfDeposit(0n))
      .to.throw(Inbox.UnknownDepositError)
      .that.includes({ index: 0n, count: 0n });
  });

  describe("refuses a batch", () => {
    const wrong: Record<string, (event: BatchEvent) => BatchEvent> = {
      index: (event) => ({ ...event, index: 4n }),
      accumulator: (event) => ({ ...event, accumulator: OTHER }),
      bodySize: (event) => ({ ...event, body: new Uint8Array(1_999) }),
      bodyRoot: (event) => ({ ...event, body: event.body.with(7, 1) }),
      originHash: (event) => ({ ...event, originHeader: event.originHeader.with(9, 0xff) }),
    };
    for (const [field, change] of Object.entries(wrong)) {
      it(`whose ${field} does not fit`, () => {
        const { log } = chainOfThree();
        const last = thirdBatch(chainOfThree());
        const before = L1Record.extend(L1Record.create(GENESIS, L1Chain.PORTAL), log.slice(0, -1));
        expect(() => L1Record.extend(before, [change(last)]))
          .to.throw(Batches.BatchMismatchError)
          .that.includes({ field });
      });
    }

    it("of another chain", () => {
      const { log } = chainOfThree();
      expect(() => L1Record.extend(L1Record.create(OTHER, L1Chain.PORTAL), log))
        .to.throw(Batches.BatchMismatchError)
        .that.includes({ index: 1n, field: "previous" });
    });

    it("when a deposit is missing, or one more is there", () => {
      const { log } = chainOfThree();
      const empty = L1Record.create(GENESIS, L1Chain.PORTAL);
      expect(() => L1Record.extend(empty, log.slice(1)))
        .to.throw(Batches.BatchMismatchError)
        .that.includes({ field: "depositsRoot" });
      expect(() => L1Record.extend(empty, log.slice(2)))
        .to.throw(Batches.BatchMismatchError)
        .that.includes({ field: "depositsTo" });
    });

    it("that does not continue the blocks or deposits before it", () => {
      const chain = chainOfThree();
      const record = recordOf(chain);
      for (const field of ["lastBlock", "consumed"] as const) {
        const changed = { ...chainOfThree(), [field]: 1n };
        L1Chain.post(changed, { blocks: 1n, body: new Uint8Array(0) });
        expect(() => L1Record.extend(record, [thirdBatch(changed)]))
          .to.throw(Batches.BatchMismatchError)
          .that.includes({ field: field === "lastBlock" ? "firstBlock" : "depositsFrom" });
      }
      L1Chain.post(chain, { blocks: 0n, body: new Uint8Array(0) });
      expect(() => L1Record.extend(record, [thirdBatch(chain)]))
        .to.throw(Batches.BatchMismatchError)
        .that.includes({ field: "lastBlock" });
    });
  });
});
