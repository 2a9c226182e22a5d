// Peers that vanish, are late, jam or collude, and two chains: what they cost a hub is gas.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Invoice from "../../src/channels/client/invoice.ts";
import * as Message from "../../src/channels/client/message.ts";
import type { Policy } from "../../src/channels/client/policy.ts";
import * as Route from "../../src/channels/client/route.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

import { aliceHubBob, chainOf, DEPOSITS, netOf, outcome, START } from "./hubRow.ts";

/** The last second for the lock to Bob. */
const EXPIRY = START + 7_200n;

describe("hub: peers that do it harm", () => {
  /** Bob has taken the hub's lock; what he says next is up to the test. */
  function bobHasTheLock() {
    const table = aliceHubBob();
    const { world, alice, hub, bob, left, right } = table;
    const secret = World.freshSecret();
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub], secret });
    // Both have signed it; Bob's secret is still on its way.
    const isAgreed = () => hub.party.channel(right.terms.id).latest.content.locks.length > 0;
    World.deliverUntil(world, isAgreed);
    return { ...table, secret, hash };
  }

  it("a payee that reveals in the last second is paid, and the hub is paid with the same secret", () => {
    const { world, chain, alice, hub, bob, left, right, secret } = bobHasTheLock();
    World.stop(world, bob);
    World.stop(world, alice);
    for (let round = 0; round < 71; round++) World.pass(world, 100);
    World.pass(world, 100);
    expect(chain.time).to.equal(EXPIRY);
    Court.perform(chain, right.terms, { kind: "reveal", secret });
    for (let round = 0; round < 5; round++) World.pass(world, 100);
    for (const link of [left, right]) hub.party.wish(link.terms.id, "leave");
    for (let round = 0; round < 30; round++) World.pass(world, 100);
    expect(Court.caseOf(chain, right.terms).paid).to.deep.equal({ A: 900n, B: 1_100n });
    expect(Court.caseOf(chain, left.terms).paid).to.deep.equal({ A: 898n, B: 1_102n });
    expect(netOf(hub, [left, right])).to.equal(2n);
  });

  it("a payer that does not countersign has the secret shown on chain, without a close", () => {
    const { world, chain, alice, hub, bob, left, right, hash } = bobHasTheLock();
    World.stop(world, alice);
    World.deliverAll(world);
    expect(World.balance(bob, right)).to.equal(1_100n);
    for (let round = 0; round < 68; round++) World.pass(world, 100);
    expect(chain.reveals.size).to.equal(0);
    World.pass(world, 100);
    expect(chain.reveals.size).to.equal(1);
    expect(Court.caseOf(chain, left.terms).deadline).to.equal(0n);
    // Alice comes back, after the expiry, and owes.
    for (let round = 0; round < 5; round++) World.pass(world, 100);
    World.start(world, alice);
    World.connect(world, left);
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("paid");
    expect(netOf(hub, [left, right])).to.equal(2n);
  });

  it("a payee that vanishes gives everyone their money back after the expiry", () => {
    const { world, alice, hub, bob, left, right, hash } = bobHasTheLock();
    World.stop(world, bob);
    World.disconnect(world, right);
    for (let round = 0; round < 73; round++) World.pass(world, 100);
    World.start(world, bob);
    World.connect(world, right);
    World.connect(world, left);
    for (let round = 0; round < 4; round++) {
      World.deliverAll(world);
      World.pass(world, 2);
    }
    expect(["expired", "paid", "failed-downstream"]).to.include(outcome(alice, hash));
    expect(netOf(hub, [left, right]) >= 0n).to.equal(true);
  });

  it("a secret that comes too late for the hub to be paid goes to the registry instead", () => {
    const { world, alice, hub, bob, left, right, secret } = bobHasTheLock();
    world.messages = [];
    for (const link of [left, right]) World.disconnect(world, link);
    World.stop(world, bob);
    World.stop(world, alice);
    for (let round = 0; round < 69; round++) World.pass(world, 100);
    hub.party.connect(right.terms.id);
    const { latest } = hub.party.channel(right.terms.id);
    const { version } = latest.content;
    const { limits, fee } = World.POLICY;
    const say = (body: Message.Body) => {
      const bytes = Message.encode({ channelId: right.terms.id, body });
      hub.party.receive(right.terms.id, bytes, world.ms);
      World.settle(world, hub);
    };
    const stands = {
      fullVersion: version,
      fullHash: latest.hash,
      sentVersion: version,
      sentHash: latest.hash,
    };
    say({ kind: "reestablish", turn: 0n, ...stands, terms: { limits, fee } });
    say({ kind: "fulfil", secrets: [secret] });
    expect(World.rejections(hub)).to.include("fulfilled-too-late");
    expect(hub.party.channel(right.terms.id).secrets.size).to.equal(0);
  });

  /** The hub after the expiry of the lock to Bob, who is away, and what it can see on chain. */
  function afterTheExpiry() {
    const { world, chain, alice, hub, bob, right, secret, hash } = bobHasTheLock();
    world.messages = [];
    World.stop(world, bob);
    World.stop(world, alice);
    const { terms } = right;
    const hello = (): void => {
      hub.party.connect(terms.id);
      const { latest } = hub.party.channel(terms.id);
      const { limits, fee } = World.POLICY;
      const { version } = latest.content;
      const stands = {
        ...{ fullVersion: version, fullHash: latest.hash },
        ...{ sentVersion: version, sentHash: latest.hash },
      };
      const body = { kind: "reestablish", turn: 0n, ...stands, terms: { limits, fee } } as const;
      hub.party.receive(terms.id, Message.encode({ channelId: terms.id, body }), world.ms);
    };
    world.ms += 8_000_000;
    chain.time = START + 8_000n;
    const see = (isConfirmed: boolean, time: bigint): void => {
      const reveals = new Map([[Hex.key(hash), { secret, time, isConfirmed }]]);
      hub.party.observe(terms.id, { ...Court.view(chain, terms), reveals }, world.ms);
    };
    const proposed = () => {
      hub.party.crank(world.ms);
      return hub.party.channel(terms.id).proposal?.changes;
    };
    return { hello, see, proposed, secret, hash };
  }

  it("a secret in a block that may go away is neither paid for, too late, nor overlooked", () => {
    const { hello, see, proposed, secret } = afterTheExpiry();
    see(false, EXPIRY);
    hello();
    expect(proposed()).to.equal(undefined);
    see(true, EXPIRY);
    expect(proposed()).to.deep.equal([{ kind: "fulfil", secret }]);
  });

  it("a secret that was shown a second after the expiry is not paid for: the lock is taken back", () => {
    const { hello, see, proposed, hash } = afterTheExpiry();
    see(true, EXPIRY + 1n);
    hello();
    expect(proposed()).to.deep.equal([{ kind: "remove", hash }]);
  });

  it("a hub with an old backup gives nothing up before it knows again what it pays by", () => {
    const { world, alice, hub, bob, left, right } = aliceHubBob();
    // Its channel to Bob is busy, so the lock to Bob is not yet durable when the one from Alice is.
    hub.party.change(right.terms.id, { kind: "pay", asset: 0, amount: 1n });
    World.settle(world, hub);
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    const has = (link: World.Link) => hub.party.channel(link.terms.id).latest.content.locks.length;
    while (has(left) === 0) {
      World.deliver(
        world,
        world.messages.findIndex(({ link }) => link === left),
      );
    }
    const backup = new Map(hub.durable);
    World.deliverUntil(world, () => has(right) === 1);
    world.messages = [];
    World.stop(world, hub);
    World.start(world, hub, backup);
    World.connect(world, left);
    World.deliverAll(world);
    expect(has(left)).to.equal(1);
    expect(hub.party.channel(left.terms.id).released.size).to.equal(0);
    World.connect(world, right);
    for (let round = 0; round < 4; round++) {
      World.deliverAll(world);
      World.pass(world, 2);
    }
    expect(outcome(alice, hash)).to.equal("paid");
    expect(netOf(hub, [left, right])).to.equal(1n);
  });

  it("a peer that says again and again that it knows more holds up none of the others", () => {
    const { world, chain, alice, hub, bob, left } = aliceHubBob();
    const liar = World.join(world, "Liar");
    const { terms } = World.open(world, chain, [liar, hub], DEPOSITS);
    World.deliverAll(world);
    World.stop(world, hub);
    World.start(world, hub);
    for (const link of world.links) World.connect(world, link);
    World.deliverAll(world);
    World.pass(world, World.POLICY.graceMs / 1_000);
    World.stop(world, liar);
    hub.party.connect(terms.id);
    const more = { fullVersion: 9n, fullHash: terms.id, sentVersion: 9n, sentHash: terms.id };
    const { limits, fee } = World.POLICY;
    const body = { kind: "reestablish", turn: 0n, ...more, terms: { limits, fee } } as const;
    hub.party.receive(terms.id, Message.encode({ channelId: terms.id, body }), world.ms);
    const hash = World.pay(world, alice, left, bob, 100n, { hubs: [hub] });
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("paid");
  });

  it("queue-full: a lock for a peer that does not answer comes back once the hub's queue is full", () => {
    const { world, alice, bob, hub, left, right } = aliceHubBob({ maxQueue: 3 });
    hub.party.change(right.terms.id, { kind: "pay", asset: 0, amount: 1n });
    World.settle(world, hub);
    const hashes = [1, 2].flatMap(() => {
      const sent = [1, 2].map(() => World.pay(world, alice, left, bob, 20n, { hubs: [hub] }));
      for (let count = 0; count < 30; count++) {
        const index = world.messages.findIndex(({ link }) => link === left);
        if (index >= 0) World.deliver(world, index);
      }
      return sent;
    });
    expect(hashes.map((hash) => outcome(alice, hash))).to.deep.equal([
      ...["pending", "pending", "pending"],
      "queue-full",
    ]);
  });

  it("money that nobody has is refused to whoever asks to pay it, not sent", () => {
    const { world, alice, hub, left } = aliceHubBob();
    for (const amount of [-5n, 0n, 2n ** 130n]) {
      alice.party.change(left.terms.id, { kind: "pay", asset: 0, amount });
      World.settle(world, alice);
    }
    expect(world.messages).to.deep.equal([]);
    expect(World.balance(hub, left)).to.equal(1_000n);
  });

  it("colluding hubs that leave out the one between them take its fee and nothing else", () => {
    const { world, actors, links } = chainOf(["Alice", "Hub 1", "Hub 2", "Hub 3", "Bob"]);
    const [alice, one, two, three, bob] = actors as [
      World.Actor,
      World.Actor,
      World.Actor,
      World.Actor,
      World.Actor,
    ];
    const [first, , third] = links as [World.Link, World.Link, World.Link];
    const secret = World.freshSecret();
    const hash = World.pay(world, alice, first, bob, 100n, { hubs: [one, two, three], secret });
    const isWithThree = () =>
      Channel.incomingLock(three.party.channel(third.terms.id), hash) !== undefined;
    World.deliverUntil(world, isWithThree);
    // Hub 3 says nothing to Hub 2, and gives Hub 1 the secret: Hub 1 is paid by Alice, Hub 2's locks expire on both sides.
    World.stop(world, three);
    const state = one.party.channel(first.terms.id);
    expect(Channel.incomingLock(state, hash)).not.to.equal(undefined);
    for (let round = 0; round < 75; round++) {
      World.deliverAll(world);
      World.pass(world, 100);
    }
    World.start(world, three);
    for (const link of links) World.connect(world, link);
    for (let round = 0; round < 6; round++) {
      World.deliverAll(world);
      World.pass(world, 2);
    }
    expect(
      netOf(
        two,
        links.filter(({ ends }) => ends.includes(two)),
      ),
    ).to.equal(0n);
    expect(outcome(alice, hash)).to.equal("expired");
    expect(bob.party.issued(hash)?.isPaid).to.equal(false);
  });

  it("a peer that fills its slots with locks that nobody takes is held to its share, and others get through", () => {
    const world = World.create(START);
    const chain = Court.create(1n, START);
    const [jammer, hub, bob, carol] = ["Jammer", "Hub", "Bob", "Carol"].map((name) =>
      World.join(world, name, { maxForwarded: 4 }),
    ) as [World.Actor, World.Actor, World.Actor, World.Actor];
    const left = World.open(world, chain, [jammer, hub], DEPOSITS);
    const right = World.open(world, chain, [hub, bob], DEPOSITS);
    const other = World.open(world, chain, [carol, hub], DEPOSITS);
    World.deliverAll(world);
    const hashes = Array.from({ length: 10 }, () => World.freshSecret()).map((secret) =>
      sha256(secret),
    );
    for (const hash of hashes) {
      const last = { to: bob.party.address, amount: 20n, expiry: EXPIRY };
      jammer.party.pay(
        left.terms.id,
        0,
        hash,
        Route.plan([{ address: hub.party.address, fee: hub.policy.fee, margin: 0n }], last),
      );
    }
    // Bob is slow: he neither takes nor gives up what comes.
    World.settle(world, jammer);
    for (let count = 0; count < 40; count++) {
      const index = world.messages.findIndex(({ to }) => to !== bob);
      if (index < 0) break;
      World.deliver(world, index);
    }
    expect(hashes.filter((hash) => outcome(jammer, hash) === "too-many-forwarded").length).to.equal(
      6,
    );
    const hash = World.pay(world, carol, other, bob, 20n, { hubs: [hub] });
    World.deliverAll(world);
    expect(outcome(carol, hash)).to.equal("paid");
    expect(right.terms).not.to.equal(left.terms);
  });
});

describe("hub: from one chain to another", () => {
  function twoChains(changes: Partial<Policy> = {}) {
    const world = World.create(START);
    const [l1, l2] = [Court.create(1n, START), Court.create(42n, START)];
    const [alice, hub, bob] = ["Alice", "Hub", "Bob"].map((name) =>
      World.join(world, name, changes),
    ) as [World.Actor, World.Actor, World.Actor];
    const left = World.open(world, l1, [alice, hub], DEPOSITS);
    const right = World.open(world, l2, [hub, bob], DEPOSITS);
    World.deliverAll(world);
    const secret = World.freshSecret();
    const hash = sha256(secret);
    const invoice = {
      payee: bob.party.address,
      via: hub.party.address,
      chainId: 42n,
      token: World.ETHER,
      amount: 100n,
      hash,
      until: START + 9_000n,
    };
    bob.party.issue({ ...Invoice.sign(invoice, bob.party.sign), secret, isPaid: false });
    const pay = (margin: bigint) => {
      const last = { to: bob.party.address, amount: 100n, expiry: EXPIRY };
      const hubs = [{ address: hub.party.address, fee: hub.policy.fee, margin }];
      alice.party.pay(left.terms.id, 0, hash, Route.plan(hubs, last));
      World.settle(world, alice);
    };
    return { world, l1, l2, alice, hub, bob, left, right, secret, hash, pay };
  }

  it("a payment goes through where the incoming lock outlives the outgoing one by the margin", () => {
    const { world, alice, bob, right, hash, pay } = twoChains();
    pay(3_600n);
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("paid");
    expect(World.balance(bob, right)).to.equal(1_100n);
  });

  it("wrong-expiry: a second less than the margin is refused", () => {
    const { world, alice, hash, pay } = twoChains();
    pay(3_599n);
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("wrong-expiry");
  });

  it("no-route: what no unit names the same is other money on another chain, ether too", () => {
    const { world, alice, hash, pay } = twoChains({ units: [] });
    pay(3_600n);
    World.deliverAll(world);
    expect(outcome(alice, hash)).to.equal("no-route");
  });

  it("a secret that is shown on the one chain in the last second is shown by the hub on the other in time", () => {
    const { world, l1, l2, alice, hub, bob, left, right, secret, pay } = twoChains();
    pay(3_600n);
    // Both have signed it; Bob's secret is still on its way.
    const isAgreed = () => hub.party.channel(right.terms.id).latest.content.locks.length > 0;
    World.deliverUntil(world, isAgreed);
    World.stop(world, bob);
    World.stop(world, alice);
    for (let round = 0; round < 72; round++) World.pass(world, 100);
    Court.perform(l2, right.terms, { kind: "reveal", secret });
    for (let round = 0; round < 36; round++) World.pass(world, 100);
    expect(l1.reveals.size).to.equal(1);
    for (const link of [left, right]) hub.party.wish(link.terms.id, "leave");
    for (let round = 0; round < 30; round++) World.pass(world, 100);
    expect(netOf(hub, [left, right])).to.equal(2n);
  });
});
