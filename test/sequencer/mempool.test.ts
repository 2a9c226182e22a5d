import { expect } from "chai";
import fc from "fast-check";
import * as Mempool from "../../src/sequencer/mempool.ts";

const RICH: Mempool.Account = { nonce: 0n, balance: 10n ** 30n };

function transaction(
  sender: string,
  nonce: bigint,
  tip: bigint,
  changes: Partial<Mempool.Pooled> = {},
) {
  return {
    hash: `${sender}-${nonce}-${tip}`,
    sender,
    nonce,
    maxFeePerGas: 100n + tip,
    maxPriorityFeePerGas: tip,
    leastTip: 0n,
    cost: 1_000n,
    gasLimit: 21_000n,
    bytes: 110,
    ...changes,
  };
}

const limits = (changes: Partial<Mempool.Limits>) => ({ ...Mempool.DEFAULT_LIMITS, ...changes });

function drain(pool: Mempool.Mempool<Mempool.Pooled>, baseFee = 1n): string[] {
  const taken: string[] = [];
  const best = Mempool.best(pool, baseFee);
  for (let step = best.next(); step.done !== true; step = best.next(true))
    taken.push(step.value.hash);
  return taken;
}

describe("sequencer/mempool", () => {
  let pool: Mempool.Mempool<Mempool.Pooled>;
  beforeEach(() => {
    pool = Mempool.create(Mempool.DEFAULT_LIMITS);
  });

  describe("best", () => {
    it("lets wait what the base fee leaves too little of", () => {
      Mempool.add(pool, transaction("a", 0n, 10n, { maxFeePerGas: 20n, leastTip: 8n }), RICH);
      expect(drain(pool, 13n)).to.deep.equal([]);
      expect(drain(pool, 12n)).to.deep.equal(["a-0-10"]);
    });

    it("orders by tip across senders and by nonce within one", () => {
      Mempool.add(pool, transaction("a", 1n, 90n), RICH);
      Mempool.add(pool, transaction("a", 0n, 5n), RICH);
      Mempool.add(pool, transaction("b", 0n, 10n), RICH);
      expect(drain(pool)).to.deep.equal(["b-0-10", "a-0-5", "a-1-90"]);
    });

    it("holds back what waits behind a nonce gap until the gap closes", () => {
      Mempool.add(pool, transaction("a", 1n, 5n), RICH);
      expect(drain(pool)).to.deep.equal([]);
      Mempool.add(pool, transaction("a", 0n, 5n), RICH);
      expect(drain(pool)).to.deep.equal(["a-0-5", "a-1-5"]);
    });

    it("holds back what cannot pay the base fee", () => {
      Mempool.add(pool, transaction("a", 0n, 5n), RICH);
      expect(drain(pool, 106n)).to.deep.equal([]);
      expect(drain(pool, 105n)).to.deep.equal(["a-0-5"]);
    });

    it("rests a sender whose transaction was not taken", () => {
      Mempool.add(pool, transaction("a", 0n, 9n), RICH);
      Mempool.add(pool, transaction("a", 1n, 9n), RICH);
      Mempool.add(pool, transaction("b", 0n, 1n), RICH);
      const best = Mempool.best(pool, 0n);
      expect(best.next().value).to.include({ hash: "a-0-9" });
      expect(best.next(false).value).to.include({ hash: "b-0-1" });
      expect(best.next(true).done).to.equal(true);
    });

    it("gives what has replaced another since, by its own tip, and nothing that is gone", () => {
      Mempool.add(pool, transaction("a", 0n, 9n), RICH);
      Mempool.add(pool, transaction("b", 0n, 8n), RICH);
      Mempool.add(pool, transaction("c", 0n, 7n), RICH);
      const gone = transaction("d", 0n, 6n);
      Mempool.add(pool, gone, RICH);
      const best = Mempool.best(pool, 0n);
      expect(best.next().value).to.include({ hash: "a-0-9" });
      Mempool.add(pool, transaction("b", 0n, 20n, { maxFeePerGas: 200n }), RICH);
      Mempool.remove(pool, gone);
      expect(best.next(true).value).to.include({ hash: "b-0-20" });
      expect(best.next(true).value).to.include({ hash: "c-0-7" });
      expect(best.next(true).done).to.equal(true);
    });

    it("yields every executable transaction once, in an order that fees and nonces explain", () => {
      const one = fc.tuple(
        fc.constantFrom("a", "b", "c", "d"),
        fc.bigInt(0n, 6n),
        fc.bigInt(0n, 50n),
      );
      fc.assert(
        fc.property(fc.uniqueArray(one, { selector: ([s, n]) => `${s}${n}` }), (entries) => {
          const fuzzed = Mempool.create<Mempool.Pooled>(Mempool.DEFAULT_LIMITS);
          for (const [sender, nonce, tip] of entries) {
            Mempool.add(fuzzed, transaction(sender, nonce, tip), RICH);
          }
          const heads = new Map<string, Mempool.Pooled>();
          const byPlace = new Map(entries.map(([s, n, t]) => [`${s}${n}`, transaction(s, n, t)]));
          for (const sender of "abcd") {
            const first = byPlace.get(`${sender}0`);
            if (first !== undefined) heads.set(sender, first);
          }
          for (const hash of drain(fuzzed)) {
            const top = Math.max(...[...heads.values()].map((t) => Number(t.maxPriorityFeePerGas)));
            const chosen = [...heads.values()].find((head) => head.hash === hash);
            expect(Number(chosen?.maxPriorityFeePerGas)).to.equal(top);
            if (chosen === undefined) throw new TypeError("yielded what was not executable");
            const next = byPlace.get(`${chosen.sender}${chosen.nonce + 1n}`);
            if (next === undefined) heads.delete(chosen.sender);
            else heads.set(chosen.sender, next);
          }
          expect(heads.size).to.equal(0);
        }),
        { seed: 20261122, numRuns: 300 },
      );
    });
  });

  describe("add", () => {
    it("refuses a nonce below the account's", () => {
      const add = () => Mempool.add(pool, transaction("a", 2n, 1n), { ...RICH, nonce: 3n });
      expect(add).to.throw(Mempool.NonceTooLowError).that.includes({ expected: 3n, actual: 2n });
    });

    it("refuses a nonce too far ahead", () => {
      const add = () => Mempool.add(pool, transaction("a", 4_097n, 1n), RICH);
      expect(add)
        .to.throw(Mempool.NonceTooHighError)
        .that.includes({ expected: 0n, actual: 4_097n });
    });

    it("refuses the same transaction twice", () => {
      Mempool.add(pool, transaction("a", 0n, 1n), RICH);
      const add = () => Mempool.add(pool, transaction("a", 0n, 1n), RICH);
      expect(add).to.throw(Mempool.AlreadyKnownError).that.includes({ hash: "a-0-1" });
    });

    it("refuses what the sender's balance cannot cover together with what waits", () => {
      const account = { nonce: 0n, balance: 1_500n };
      Mempool.add(pool, transaction("a", 0n, 1n), account);
      const add = () => Mempool.add(pool, transaction("a", 1n, 1n), account);
      const funds = { balance: 1_500n, owed: 2_000n };
      expect(add).to.throw(Mempool.InsufficientFundsError).that.includes(funds);
    });

    it("replaces at a bump of ten percent of both fees and not below", () => {
      const first = transaction("a", 0n, 100n, { maxFeePerGas: 1_000n });
      Mempool.add(pool, first, RICH);
      const low = transaction("a", 0n, 110n, { maxFeePerGas: 1_099n });
      expect(() => Mempool.add(pool, low, RICH))
        .to.throw(Mempool.ReplacementUnderpricedError)
        .that.includes({ replaced: first.hash });
      const high = transaction("a", 0n, 110n, { maxFeePerGas: 1_100n });
      expect(Mempool.add(pool, high, RICH)).to.equal(first);
      expect(drain(pool)).to.deep.equal([high.hash]);
    });

    it("refuses beyond the limit of a sender", () => {
      const small = Mempool.create<Mempool.Pooled>(limits({ perSender: 1 }));
      Mempool.add(small, transaction("a", 0n, 1n), RICH);
      const add = () => Mempool.add(small, transaction("a", 1n, 1n), RICH);
      expect(add).to.throw(Mempool.SenderFullError).that.includes({ limit: 1 });
    });

    it("refuses beyond the limits of the pool, in number and in bytes", () => {
      const few = Mempool.create<Mempool.Pooled>(limits({ transactions: 1 }));
      Mempool.add(few, transaction("a", 0n, 1n), RICH);
      const addOne = () => Mempool.add(few, transaction("b", 0n, 1n), RICH);
      expect(addOne).to.throw(Mempool.PoolFullError).that.includes({ transactions: 1 });
      const narrow = Mempool.create<Mempool.Pooled>(limits({ bytes: 219 }));
      Mempool.add(narrow, transaction("a", 0n, 1n), RICH);
      const addMore = () => Mempool.add(narrow, transaction("b", 0n, 1n), RICH);
      expect(addMore).to.throw(Mempool.PoolFullError).that.includes({ transactions: 1 });
    });

    it("changes nothing when it refuses", () => {
      Mempool.add(pool, transaction("a", 0n, 5n), RICH);
      expect(() => Mempool.add(pool, transaction("a", 0n, 5n, { hash: "x" }), RICH)).to.throw(
        Mempool.ReplacementUnderpricedError,
      );
      expect(drain(pool)).to.deep.equal(["a-0-5"]);
      expect(pool.bytes).to.equal(110);
    });
  });

  it("advance drops what became stale and makes the next executable", () => {
    for (const nonce of [0n, 1n, 2n]) Mempool.add(pool, transaction("a", nonce, 1n), RICH);
    expect(Mempool.advance(pool, "a", 2n).map(({ nonce }) => nonce)).to.deep.equal([0n, 1n]);
    expect(drain(pool)).to.deep.equal(["a-2-1"]);
  });

  it("pendingNonce counts what waits without a gap", () => {
    for (const nonce of [0n, 1n, 3n]) Mempool.add(pool, transaction("a", nonce, 1n), RICH);
    expect(Mempool.pendingNonce(pool, "a", 0n)).to.equal(2n);
    expect(Mempool.pendingNonce(pool, "b", 7n)).to.equal(7n);
  });

  it("restore ignores the limits but not the chain", () => {
    const none = Mempool.create<Mempool.Pooled>(limits({ transactions: 0 }));
    Mempool.restore(none, transaction("a", 4n, 1n), 5n);
    Mempool.restore(none, transaction("a", 5n, 1n), 5n);
    expect(drain(none)).to.deep.equal(["a-5-1"]);
  });

  it("leaves nothing behind when all is removed", () => {
    for (const nonce of [0n, 1n, 2n]) Mempool.add(pool, transaction("a", nonce, 1n), RICH);
    for (const waiting of [...pool.byHash.values()]) Mempool.remove(pool, waiting);
    expect([pool.byHash.size, pool.queues.size, pool.bytes]).to.deep.equal([0, 0, 0]);
  });
});
