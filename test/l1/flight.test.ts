// Many transactions of one key under way at once, on an L1 that drops, reverts, reorganises and raises its price.
import { expect } from "chai";
import { BaseError, numberToHex, type Hex } from "viem";
import * as Flight from "../../src/l1/flight.ts";
import * as Send from "../../src/l1/send.ts";
import * as FakeL1 from "../harness/fakeL1.ts";

const TO: Hex = "0x00000000000000000000000000000000000a11ce";
const TIMING = { pollMs: 1, repriceMs: 15 };
const GWEI = 10n ** 9n;
/** What Reth answers to whatever its mempool does not take: JSON-RPC's internal error. */
const RETH = -32_603;

type Named = { readonly call: Send.Call };

function calls(count: number, value = 0n): Named[] {
  return Array.from({ length: count }, (_, i) => {
    return { call: { what: `call ${i}`, to: TO, data: numberToHex(i, { size: 4 }), value } };
  });
}

function senderOn({ client, wallet }: FakeL1.FakeL1, signal = new AbortController().signal) {
  return Send.create(client, wallet, { signal, say: () => undefined }, TIMING);
}

/** Sends calls in their order and gives what became of each, in that order. */
async function flown(sender: Send.Sender, items: readonly Named[]): Promise<Flight.Outcome[]> {
  const outcomes = new Map<Named, Flight.Outcome>();
  await Send.sendAll(sender, {
    ready: () => items.filter((item) => !outcomes.has(item)),
    settle: (item, outcome) => {
      expect(outcomes.has(item), "told once").to.equal(false);
      outcomes.set(item, outcome);
    },
  });
  return items.map((item) => {
    const outcome = outcomes.get(item);
    if (outcome === undefined) expect.fail("everything is settled");
    return outcome;
  });
}

function refusals(outcomes: readonly Flight.Outcome[]): Error[] {
  return outcomes.flatMap((outcome) => ("refusal" in outcome ? [outcome.refusal] : []));
}

function included(l1: FakeL1.FakeL1): Hex[] {
  return l1.mined().map(({ transaction }) => transaction.data);
}

const dataOf = (items: readonly Named[]) => items.map(({ call }) => call.data);

describe("a flight of transactions", () => {
  it("has at most sixteen under way, and lands in as many blocks as that takes", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const items = calls(64);
    expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
    expect(included(l1)).to.deep.equal(dataOf(items));
    expect(l1.state.most.transactions).to.equal(16);
    expect(l1.blocks.filter((block) => block.length > 0)).to.have.length(64 / 16);
  });

  it("has no more gas under way than two blocks have room for", async () => {
    const estimate = () => 12_000_000n;
    const execute = () => ({ gasUsed: 12_000_000n, reverts: false });
    const l1 = FakeL1.create({ ...FakeL1.PLAIN, estimate, execute });
    expect(refusals(await flown(senderOn(l1), calls(8)))).to.deep.equal([]);
    expect(l1.state.most.gas).to.equal(3n * 15_020_000n);
  });

  it("estimates the shorter of a long call, and sends the long one with what it takes beyond that", async () => {
    const estimated: Hex[] = [];
    const estimate = (data: Hex) => {
      estimated.push(data);
      return 100_000n;
    };
    const l1 = FakeL1.create({ ...FakeL1.PLAIN, estimate });
    const [item] = calls(1);
    if (item === undefined) expect.fail("one call");
    const shorter = { data: "0x5407", more: 400_000n } as const;
    const long = { ...item, call: { ...item.call, shorter } };
    expect(refusals(await flown(senderOn(l1), [long]))).to.deep.equal([]);
    expect(estimated).to.deep.equal(["0x5407"]);
    const [sent] = l1.mined().map(({ transaction }) => transaction);
    expect(sent).to.include({ data: item.call.data, gas: 645_000n });
  });

  it("offers one again that L1 has forgotten, and those behind it land after it, each once", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    l1.state.beforeBlock = () => {
      l1.state.beforeBlock = undefined;
      l1.pool.delete(5);
    };
    const items = calls(20);
    expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
    expect(included(l1)).to.deep.equal(dataOf(items));
  });

  it("goes on behind one that reverts, and says which", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const items = calls(20).map((item, i): Named =>
      i === 7 ? { call: { ...item.call, data: "0xdead" } } : item,
    );
    const outcomes = await flown(senderOn(l1), items);
    const [error, ...more] = refusals(outcomes);
    expect(more).to.deep.equal([]);
    expect(error).to.be.instanceOf(Flight.RevertedError);
    expect((error as Flight.RevertedError).what).to.equal("call 7");
    expect(outcomes.findIndex((outcome) => "refusal" in outcome)).to.equal(7);
    expect(included(l1)).to.have.length(20);
  });

  for (const forgets of [false, true]) {
    it(`lands again what a reorganisation takes out, ${forgets ? "forgotten" : "kept"} by the mempool`, async () => {
      const l1 = FakeL1.create(FakeL1.PLAIN);
      l1.state.beforeBlock = () => {
        if (l1.blocks.length !== 2) return;
        l1.state.beforeBlock = undefined;
        l1.reorganize(1, forgets);
      };
      const items = calls(48);
      expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
      expect(included(l1)).to.deep.equal(dataOf(items));
    });
  }

  it("gives up behind what L1 lost from before it, and the next flight begins there", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const sender = senderOn(l1);
    const [before, ...items] = calls(4);
    if (before === undefined) expect.fail("there are four");
    await Send.send(sender, before.call);
    l1.state.beforeBlock = () => {
      l1.state.beforeBlock = undefined;
      l1.reorganize(l1.blocks.length, true);
    };
    const gaps = refusals(await flown(sender, items));
    expect(gaps.map((gap) => gap.constructor)).to.deep.equal(items.map(() => Flight.NonceGapError));
    const { missing, nonce } = gaps[0] as Flight.NonceGapError;
    expect([missing, nonce]).to.deep.equal([0, 1]);
    expect(refusals(await flown(sender, [before, ...items]))).to.deep.equal([]);
    expect(included(l1)).to.deep.equal(dataOf([before, ...items]));
  });

  it("raises all prices in the order of nonces where L1 asks three times as much", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    l1.state.beforeBlock = () => {
      l1.state.baseFee = 30n * GWEI;
    };
    const items = calls(20);
    expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
    expect(included(l1)).to.deep.equal(dataOf(items));
    // All are raised together, not one after the other.
    expect(l1.blocks.length).to.be.at.most(12);
  });

  it("raises them also where every other answer is that of a late node", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    l1.state.lateBy = 1;
    l1.state.beforeBlock = () => {
      if (l1.mined().length > 0) l1.state.baseFee = 30n * GWEI;
    };
    const items = calls(40);
    expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
    expect(included(l1)).to.deep.equal(dataOf(items));
  });

  it("sends the most urgent that its money is enough for, and the rest when more is left", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const [bond, gasMoney] = [10n ** 18n, 10n ** 15n];
    l1.state.balance = 3n * bond + gasMoney;
    const items = calls(5, bond);
    const cheap = calls(1);
    const outcomes = await flown(senderOn(l1), [...items, ...cheap]);
    const isTaken = outcomes.map((outcome) => "receipt" in outcome);
    expect(isTaken).to.deep.equal([true, true, true, false, false, true]);
    for (const refusal of refusals(outcomes)) {
      expect(refusal).to.be.instanceOf(BaseError);
      expect((refusal as BaseError).details).to.equal("insufficient funds for transfer");
    }

    // What is reserved for gas comes back as others land: two at a time are what the money allows.
    const poor = FakeL1.create(FakeL1.PLAIN);
    poor.state.balance = 250n * 10n ** 12n;
    expect(refusals(await flown(senderOn(poor), calls(6)))).to.deep.equal([]);
    expect(poor.state.most.transactions).to.equal(2);
  });

  it("gives the last ones' money to the first where it is not enough to raise a price, and sends them later", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const bond = 10n ** 18n;
    // At 73 gwei, which L1 asks from the second block on, one is paid for if no other is under way.
    l1.state.balance = 4n * bond + 76n * 46_250n * GWEI;
    l1.state.beforeBlock = () => {
      l1.state.baseFee = 60n * GWEI;
    };
    const items = calls(4, bond);
    expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
    const landed = l1.mined().filter(({ transaction }) => transaction.value > 0n);
    expect(landed.map(({ transaction }) => transaction.data)).to.have.members(dataOf(items));
    expect(landed[0]?.transaction.data).to.equal(items[0]?.call.data);
    expect(included(l1).length, "something went out empty").to.be.greaterThan(4);
  });

  for (const text of [
    "replacement transaction underpriced",
    "transaction underpriced",
    "INTERNAL_ERROR: could not replace existing tx",
    "INTERNAL_ERROR: existing tx with same hash",
    "fee too low",
    "txpool is full",
    "ReplacementNotAllowed",
    "FeeTooLowToCompete, FeePerGas needs to be higher than 3000000000",
  ]) {
    it(`offers more to a mempool that says "${text}"`, async () => {
      const l1 = FakeL1.create(FakeL1.PLAIN);
      l1.state.objectionCode = text.startsWith("txpool") ? RETH : -32_000;
      l1.state.objects = ({ maxFeePerGas }) => (maxFeePerGas < 4n * GWEI ? text : undefined);
      const items = calls(4);
      expect(refusals(await flown(senderOn(l1), items))).to.deep.equal([]);
      expect(included(l1)).to.deep.equal(dataOf(items));
    });
  }

  it("refuses what Reth calls an error of its own and never takes, and goes on", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    l1.state.objectionCode = RETH;
    l1.state.objects = ({ data }) => (data === "0xbad0" ? "exceeds block gas limit" : undefined);
    const bad: Named = { call: { what: "bad", to: TO, data: "0xbad0", value: 0n } };
    const [refused, ...more] = refusals(await flown(senderOn(l1), [bad, ...calls(3)]));
    expect(more).to.deep.equal([]);
    expect(refused).to.be.instanceOf(Flight.RefusedError);
    expect((refused as Flight.RefusedError).details).to.equal("exceeds block gas limit");
    expect(l1.mined()).to.have.length(3);
  });

  it("waits for room in a mempool that holds fewer of an account, and refuses what it never takes", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    l1.state.objects = ({ data }) => {
      if (data === "0xbad0") return "oversized data";
      return l1.pool.size > 0 ? "in-flight transaction limit reached" : undefined;
    };
    const bad: Named = { call: { what: "bad", to: TO, data: "0xbad0", value: 0n } };
    const items = [...calls(3), bad, ...calls(2, 1n)];
    const outcomes = await flown(senderOn(l1), items);
    expect(outcomes.map((outcome) => "refusal" in outcome)).to.deep.equal(
      items.map((item) => item === bad),
    );
    expect(included(l1)).to.deep.equal(dataOf(items.filter((item) => item !== bad)));
  });

  it("believes a nonce to be taken only where its receipt stays away", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    l1.state.receiptsMissing = 8;
    expect(refusals(await flown(senderOn(l1), calls(4)))).to.deep.equal([]);
  });

  it("waits, after a restart, until L1 has what the process before has left", async () => {
    const l1 = FakeL1.create({ ...FakeL1.PLAIN, looksPerBlock: 8 });
    const abort = new AbortController();
    const left = calls(10);
    l1.state.isStalled = true;
    const stopped = flown(senderOn(l1, abort.signal), left).catch((error: unknown) => error);
    while (l1.pool.size < 10) await new Promise((resolve) => setTimeout(resolve, 1));
    abort.abort(new DOMException("stopping", "AbortError"));
    expect(await stopped).to.be.instanceOf(DOMException);
    expect(included(l1)).to.deep.equal([]);
    l1.state.isStalled = false;

    const restarted = senderOn(l1);
    await Send.untilNothingWaits(restarted);
    expect(included(l1)).to.deep.equal(dataOf(left));
    const [next] = calls(1);
    if (next === undefined) expect.fail("there is one");
    await Send.send(restarted, next.call);
    expect(included(l1)).to.have.length(11);
  });

  it("replaces, after a restart, what is stuck there", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const abort = new AbortController();
    const stopped = flown(senderOn(l1, abort.signal), calls(3)).catch((error: unknown) => error);
    while (l1.pool.size < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    l1.state.baseFee = 30n * GWEI;
    abort.abort(new DOMException("stopping", "AbortError"));
    await stopped;

    const restarted = senderOn(l1);
    await Send.untilNothingWaits(restarted);
    expect(included(l1)).to.deep.equal([]);
    const items = calls(5);
    expect(refusals(await flown(restarted, items))).to.deep.equal([]);
    expect(included(l1)).to.deep.equal(dataOf(items));
  });

  it("loses nonces to another program with its key, says so, and goes on", async () => {
    const l1 = FakeL1.create(FakeL1.PLAIN);
    const [ours, theirs] = [calls(20), calls(20, 1n)];
    const outcomes = await Promise.all([flown(senderOn(l1), ours), flown(senderOn(l1), theirs)]);
    const lost = outcomes.flatMap(refusals);
    expect(lost.length).to.be.greaterThan(0);
    for (const error of lost) expect(error).to.be.instanceOf(Flight.NonceTakenError);
    expect(l1.mined()).to.have.length(40 - lost.length);
    expect(refusals(await flown(senderOn(l1), calls(3)))).to.deep.equal([]);
  });
});
