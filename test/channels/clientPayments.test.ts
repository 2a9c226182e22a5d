import { expect } from "chai";
import * as Dispute from "../../src/channels/client/dispute.ts";
import * as Propose from "../../src/channels/client/propose.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

const START = 1_800_000_000n;

function twoParties() {
  const world = World.create(START);
  const chain = Court.create(1n, START);
  const alice = World.join(world, "Alice");
  const bob = World.join(world, "Bob");
  const link = World.open(world, chain, [alice, bob], [1_000n, 1_000n]);
  World.deliverAll(world);
  return { world, chain, alice, bob, link };
}

describe("client: payments", () => {
  it("pays by a lock, and the payer has the secret as its receipt", () => {
    const { world, alice, bob, link } = twoParties();
    const hash = World.pay(world, alice, link, bob, 100n);
    World.deliverAll(world);
    const payment = alice.party.payment(hash);
    expect(payment?.status).to.equal("paid");
    expect(Hex.fromBytes(payment?.secret ?? new Uint8Array())).to.equal(
      Hex.fromBytes(bob.party.issued(hash)?.secret ?? new Uint8Array()),
    );
    expect(World.balance(alice, link)).to.equal(900n);
    expect(World.balance(bob, link)).to.equal(1_100n);
    expect(World.rejections(alice).concat(World.rejections(bob))).to.deep.equal([]);
  });

  it("keeps nothing of locks that are gone", () => {
    const { world, alice, bob, link } = twoParties();
    for (let payment = 0; payment < 5; payment++) {
      World.pay(world, alice, link, bob, 10n);
      World.deliverAll(world);
    }
    for (const { party } of [alice, bob]) {
      const { secrets, notes, released, failures, session } = party.channel(link.terms.id);
      const kept = [secrets, notes, released, failures, session?.toldAt];
      expect(kept.map((map) => map?.size)).to.deep.equal([0, 0, 0, 0, 0]);
    }
  });

  it("pays in both directions by passing the token", () => {
    const { world, alice, bob, link } = twoParties();
    World.pay(world, bob, link, alice, 50n);
    World.pay(world, alice, link, bob, 20n);
    World.deliverAll(world);
    expect(World.balance(alice, link)).to.equal(1_030n);
    expect(World.balance(bob, link)).to.equal(970n);
  });

  it("shows a secret as long as the chain's own clock has not passed the expiry, though every other clock has", () => {
    const { world, chain, alice, bob, link } = twoParties();
    const hash = World.pay(world, alice, link, bob, 100n);
    World.deliver(world);
    World.stop(world, alice);
    const [lock] = bob.party.channel(link.terms.id).latest.content.locks;
    chain.time = (lock?.expiry ?? 0n) - 1n;
    world.ms += 100_000_000;
    World.lookAt(world, link);
    expect([...chain.reveals.keys()]).to.deep.equal([Hex.key(hash)]);
  });

  it("owes nothing for a secret in a block that may go away, and all once it is certain, however late", () => {
    const { world, chain, alice, bob, link } = twoParties();
    const locks = () => alice.party.channel(link.terms.id).latest.content.locks;
    const secret = World.freshSecret();
    const hash = World.pay(world, alice, link, bob, 100n, { secret });
    // Bob says it on chain and not to her.
    World.deliverUntil(world, () => locks().length > 0);
    World.disconnect(world, link);
    const view = Court.view(chain, link.terms);
    const [lock] = locks();
    const expiry = lock?.expiry ?? 0n;
    const show = (time: bigint, isConfirmed: boolean) => {
      const reveals = new Map([[Hex.key(hash), { secret, time, isConfirmed }]]);
      const now = time + 60n;
      world.ms = Number(now) * 1_000;
      const seen = { ...view, reveals, time: now, confirmedTime: isConfirmed ? now : time - 1n };
      alice.party.observe(link.terms.id, seen, world.ms);
      World.settle(world, alice);
      return Propose.owed(alice.party.channel(link.terms.id)).map(({ kind }) => kind);
    };
    // Its block may go away when it is too late to show it again.
    for (const time of [expiry - 1_000n, expiry]) expect(show(time, false)).to.deep.equal([]);
    expect(alice.party.payment(hash)?.status).to.equal("pending");
    expect(show(expiry, true)).to.deep.equal(["fulfil"]);
    expect(alice.party.payment(hash)?.status).to.equal("paid");
  });

  it("gets back by a challenge what it paid in too late for the final state to name it", () => {
    const { world, chain, alice, bob, link } = twoParties();
    alice.party.wish(link.terms.id, "close");
    World.settle(world, alice);
    World.deliverAll(world);
    const [ether] = Court.view(chain, link.terms).pots;
    const limit = { token: link.terms.id.slice(0, 20), dust: 10n, inFlight: 1n };
    const callsWith = (amount: bigint) => {
      const pot = { token: limit.token, deposited: { A: amount, B: 0n }, isSettled: false };
      const pots = ether === undefined ? [] : [ether, pot];
      return [alice, bob].map(({ party }) => {
        const seen = { ...Court.view(chain, link.terms), pots };
        const assets = [...World.POLICY.limits.assets, limit];
        const channel = party.channel(link.terms.id);
        const policy = { ...channel.policy, limits: { ...channel.policy.limits, assets } };
        const clock = { ms: world.ms, seconds: chain.time };
        return Dispute.calls({ ...channel, policy, chain: seen }, clock).map(({ kind }) => kind);
      });
    };
    expect(callsWith(10n), "hers, and no matter of his").to.deep.equal([["challenge"], []]);
    expect(callsWith(9n), "dust").to.deep.equal([[], []]);
  });

  it("closes by a state that names no more assets than one holds, whatever strangers pay in", () => {
    const { world, alice, link } = twoParties();
    alice.party.wish(link.terms.id, "close");
    const channel = alice.party.channel(link.terms.id);
    const tokens = Array.from({ length: 17 }, (_, i) => new Uint8Array(20).fill(i));
    const { latest, policy, session, chain } = channel;
    if (chain === undefined || session === undefined) return void expect.fail("both are there");
    // Sixteen are named already; of these the party takes one no more, and another in its place.
    const named = tokens.slice(0, 16).map((token) => ({ token, net: 0n, outA: 0n, outB: 0n }));
    const assets = tokens.slice(1).map((token) => ({ token, dust: 1n, inFlight: 1n }));
    const limits = { ...policy.limits, assets };
    const pots = tokens.map((token) => ({
      ...{ token, deposited: { A: 1n, B: 1n }, isSettled: false },
    }));
    const { next } = Propose.propose(
      {
        ...{ ...channel, chain: { ...chain, pots }, policy: { ...policy, limits } },
        latest: { ...latest, content: { ...latest.content, assets: named } },
        session: { ...session, peer: { terms: { limits, fee: policy.fee } } },
      },
      { ms: world.ms, seconds: START },
      alice.party.sign,
    );
    expect(next.proposal?.changes).to.deep.equal([{ kind: "finish" }]);
  });

  it("closes together when no lock is left", () => {
    const { world, chain, alice, bob, link } = twoParties();
    World.pay(world, alice, link, bob, 100n);
    alice.party.wish(link.terms.id, "close");
    World.settle(world, alice);
    World.deliverAll(world);
    expect(Court.caseOf(chain, link.terms).paid).to.deep.equal({ A: 900n, B: 1_100n });
  });
});
