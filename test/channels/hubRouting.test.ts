// Routes over hubs, and invoices: fees, rounding, what is refused.
import { expect } from "chai";
import * as Invoice from "../../src/channels/client/invoice.ts";
import * as Policy from "../../src/channels/client/policy.ts";
import * as Route from "../../src/channels/client/route.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Court from "./clientCourt.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

import { aliceHubBob, chainOf, DEPOSITS, netOf, outcome, START } from "./hubRow.ts";

describe("hub: routes", () => {
  it("bring the payee what the invoice asks, and every hub its fee, rounded up", () => {
    const { world, actors, links } = chainOf(["Alice", "Hub 1", "Hub 2", "Bob"]);
    const [alice, one, two, bob] = actors as [World.Actor, World.Actor, World.Actor, World.Actor];
    const [first] = links as [World.Link];
    const hash = World.pay(world, alice, first, bob, 101n, { hubs: [one, two] });
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("paid");
    // 1 + 1% of 101, rounded up, is 3; 1 + 1% of 104 is 3.
    expect(
      [alice, one, two, bob].map((actor) =>
        netOf(
          actor,
          links.filter(({ ends }) => ends.includes(actor)),
        ),
      ),
    ).to.deep.equal([-107n, 3n, 3n, 101n]);
  });

  it("round every fee up, and charge none where there is none", () => {
    const fee = (millionths: number, amount: bigint) =>
      Policy.feeFor({ flat: 0n, millionths }, amount);
    expect([fee(1, 1n), fee(1, 1_000_000n), fee(1, 1_000_001n), fee(0, 10n ** 30n)]).to.deep.equal([
      1n,
      1n,
      2n,
      0n,
    ]);
  });

  it("pass by a virtual channel with the next party, which takes no locks", () => {
    const { world, chain, alice, hub, bob, left } = Virtual.open();
    // Opened after the virtual one.
    World.open(world, chain, [alice, bob], DEPOSITS, { salt: 5n });
    World.deliverAll(world);
    const hash = World.pay(world, hub, left, bob, 50n, { hubs: [alice] });
    World.deliverAll(world);
    expect(outcome(hub, hash)).to.equal("paid");
  });

  it("may lead back to the payer, which moves money from one of its channels to another", () => {
    const world = World.create(START);
    const chain = Court.create(1n, START);
    const [alice, one, two] = ["Alice", "Hub 1", "Hub 2"].map((name) =>
      World.join(world, name),
    ) as [World.Actor, World.Actor, World.Actor];
    const links = [
      [alice, one],
      [one, two],
      [two, alice],
    ].map((ends) => World.open(world, chain, ends as [World.Actor, World.Actor], DEPOSITS));
    World.deliverAll(world);
    const [first, , last] = links as [World.Link, World.Link, World.Link];
    const hash = World.pay(world, alice, first, alice, 100n, { hubs: [one, two] });
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("paid");
    expect(World.balance(alice, last)).to.equal(1_100n);
    expect(World.balance(alice, first)).to.equal(1_000n - 105n);
  });

  it("of more hops than a note holds are refused when they are planned", () => {
    const hub = { address: World.ETHER, fee: World.POLICY.fee, margin: 0n };
    const last = { to: World.ETHER, amount: 1n, expiry: 1n };
    expect(() =>
      Route.plan(
        Array.from({ length: 7 }, () => hub),
        last,
      ),
    )
      .to.throw(Route.TooManyHopsError)
      .that.includes({ count: 7 });
  });

  const refused: readonly [
    string,
    string,
    (route: Route.Hop) => { first: Route.Hop; hops: Route.Hop[] },
  ][] = [
    [
      "a fee below the hub's",
      "fee-too-low",
      (last) => ({ first: { ...last, amount: last.amount + 1n }, hops: [last] }),
    ],
    [
      "an outgoing lock that outlives the incoming one",
      "wrong-expiry",
      (last) => ({ first: { ...last, amount: 200n, expiry: last.expiry - 1n }, hops: [last] }),
    ],
    [
      "an outgoing lock that ends before the incoming one on the same chain",
      "wrong-expiry",
      (last) => ({ first: { ...last, amount: 200n, expiry: last.expiry + 1n }, hops: [last] }),
    ],
    [
      "a next party that the hub has no channel with",
      "no-route",
      (last) => ({
        first: { ...last, amount: 200n },
        hops: [{ ...last, to: new Uint8Array(20).fill(9) }],
      }),
    ],
  ];
  for (const [what, reason, make] of refused) {
    it(`${reason}: ${what} comes back at once`, () => {
      const { world, alice, bob, left } = aliceHubBob();
      const hash = sha256(World.freshSecret());
      const last = { to: bob.party.address, amount: 100n, expiry: START + 7_200n };
      const { first, hops } = make(last);
      alice.party.pay(left.terms.id, 0, hash, { first, note: Route.encode(hops) });
      World.settle(world, alice);
      World.deliverAll(world);
      expect(outcome(alice, hash)).to.equal(reason);
      expect(World.balance(alice, left)).to.equal(1_000n);
    });
  }

  it("fail without loss for an invoice that is unknown, paid, of another amount, or past", () => {
    const { world, actors, links } = chainOf(["Alice", "Bob"]);
    const [alice, bob] = actors as [World.Actor, World.Actor];
    const [link] = links as [World.Link];
    const secret = World.freshSecret();
    const hash = World.pay(world, alice, link, bob, 100n, { secret });
    World.deliverAll(world);
    const send = (key: Uint8Array, amount: bigint) => {
      const last = { to: bob.party.address, amount, expiry: START + 7_200n };
      alice.party.pay(link.terms.id, 0, key, Route.plan([], last));
      World.settle(world, alice);
      World.deliverAll(world);
      return outcome(alice, key);
    };
    expect(send(sha256(World.freshSecret()), 100n)).to.equal("unknown-invoice");
    const [less, more, past] = [World.freshSecret(), World.freshSecret(), World.freshSecret()];
    const payee = { payee: bob.party.address, via: bob.party.address };
    const invoice = { ...payee, chainId: 1n, token: World.ETHER, amount: 60n };
    for (const [one, until] of [
      [less, START + 9_000n],
      [more, START + 9_000n],
      [past, START - 1n],
    ] as const) {
      const signed = Invoice.sign({ ...invoice, hash: sha256(one), until }, bob.party.sign);
      bob.party.issue({ ...signed, secret: one, isPaid: false });
    }
    expect(send(sha256(less), 59n)).to.equal("wrong-amount");
    expect(send(sha256(more), 61n)).to.equal("wrong-amount");
    expect(send(sha256(past), 60n)).to.equal("invoice-expired");
    expect(outcome(alice, hash)).to.equal("paid");
    expect(() => send(hash, 100n))
      .to.throw()
      .with.property("reason", "duplicate-lock");
    expect(World.balance(alice, link)).to.equal(900n);
  });
});

describe("hub: invoices", () => {
  const secret = new Uint8Array(32).fill(3);
  const { alice } = aliceHubBob();
  const signed = Invoice.sign(
    {
      ...{ payee: alice.party.address, via: World.ETHER, chainId: 1n, token: World.ETHER },
      ...{ amount: 5n, hash: sha256(secret), until: START },
    },
    alice.party.sign,
  );

  it("are read back as they were signed", () => {
    expect(Invoice.decode(Invoice.encode(signed))).to.deep.equal(signed);
  });

  it("with any byte changed, cut or added are refused", () => {
    const bytes = Invoice.encode(signed);
    for (let position = 0; position < bytes.length; position++) {
      const changed = bytes.slice();
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(() => Invoice.decode(changed))
        .to.throw()
        .with.property("reason", "wrong-signature");
    }
    expect(() => Invoice.decode(bytes.slice(1)))
      .to.throw()
      .with.property("reason", "truncated");
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => Invoice.decode(longer))
      .to.throw()
      .with.property("reason", "trailing-bytes");
  });
});
