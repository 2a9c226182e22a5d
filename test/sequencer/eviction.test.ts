import { expect } from "chai";
import * as Eviction from "../../src/sequencer/eviction.ts";
import * as Mempool from "../../src/sequencer/mempool.ts";

const RICH: Mempool.Account = { nonce: 0n, balance: 10n ** 30n };
const BASE_FEE = 50n;

function transaction(
  sender: string,
  nonce: bigint,
  tip: bigint,
  changes: Partial<Mempool.Pooled> = {},
): Mempool.Pooled {
  return {
    hash: `${sender}-${nonce}`,
    ...{ sender, nonce, maxFeePerGas: 100n + tip, maxPriorityFeePerGas: tip, leastTip: 0n },
    ...{ cost: 1_000n, gasLimit: 21_000n, bytes: 100 },
    ...changes,
  };
}

describe("sequencer/eviction", () => {
  const poolOf = (all: Mempool.Pooled[], bytes = 10_000) => {
    const limits = { ...Mempool.DEFAULT_LIMITS, transactions: all.length, bytes };
    const pool = Mempool.create<Mempool.Pooled>(limits);
    for (const one of all) Mempool.add(pool, one, RICH);
    return pool;
  };
  const victims = (pool: Mempool.Mempool<Mempool.Pooled>, incoming: Mempool.Pooled) =>
    Eviction.victims(Eviction.create(), pool, incoming, 0n, BASE_FEE).map(({ hash }) => hash);

  it("takes out what waits behind a gap before anything that can run", () => {
    const pool = poolOf([transaction("a", 0n, 1n), transaction("b", 7n, 90n)]);
    expect(victims(pool, transaction("c", 0n, 1n))).to.deep.equal(["b-7"]);
  });

  it("takes out what no block takes at the present base fee before what pays least", () => {
    const parked = transaction("b", 0n, 90n, { maxFeePerGas: BASE_FEE + 3n, leastTip: 4n });
    const pool = poolOf([transaction("a", 0n, 1n), parked]);
    expect(victims(pool, transaction("c", 0n, 1n))).to.deep.equal(["b-0"]);
  });

  it("takes out the last of a sender's, which leaves no gap", () => {
    const pool = poolOf([
      transaction("a", 0n, 2n),
      transaction("a", 1n, 90n),
      transaction("b", 0n, 3n),
    ]);
    expect(victims(pool, transaction("c", 0n, 3n))).to.deep.equal(["a-1"]);
  });

  it("takes out nothing for what is worth no more", () => {
    const pool = poolOf([transaction("a", 0n, 5n), transaction("b", 0n, 6n)]);
    expect(victims(pool, transaction("c", 0n, 5n))).to.deep.equal([]);
    expect(victims(pool, transaction("c", 3n, 90n))).to.deep.equal([]);
    expect(victims(pool, transaction("c", 0n, 6n))).to.deep.equal(["a-0"]);
  });

  it("takes out as many as the bytes need, or none", () => {
    const pool = poolOf([transaction("a", 0n, 1n), transaction("b", 0n, 9n)], 200);
    expect(victims(pool, transaction("c", 0n, 5n, { bytes: 200 }))).to.deep.equal([]);
    expect(victims(pool, transaction("c", 0n, 10n, { bytes: 200 }))).to.deep.equal(["a-0", "b-0"]);
  });

  it("passes over what has left the pool since it was looked through", () => {
    const pool = poolOf([
      transaction("a", 0n, 1n),
      transaction("b", 0n, 2n),
      transaction("c", 0n, 9n),
    ]);
    const eviction = Eviction.create<Mempool.Pooled>();
    const next = (sender: string) => {
      const incoming = transaction(sender, 0n, 8n);
      const found = Eviction.victims(eviction, pool, incoming, 0n, BASE_FEE);
      for (const one of found) Mempool.remove(pool, one);
      if (found.length > 0) Mempool.add(pool, incoming, RICH);
      return found.map(({ hash }) => hash);
    };
    expect(["d", "e", "f"].map(next)).to.deep.equal([["a-0"], ["b-0"], []]);
  });

  it("lets a pool full of an emptied account's transactions go on", () => {
    const emptied = Array.from({ length: 50 }, (_, nonce) => transaction("a", BigInt(nonce), 90n));
    const pool = poolOf(emptied);
    const [first] = emptied;
    if (first !== undefined) Mempool.remove(pool, first);
    Mempool.add(pool, transaction("b", 0n, 1n), RICH);
    expect(victims(pool, transaction("c", 0n, 1n))).to.deep.equal(["a-49"]);
  });
});
