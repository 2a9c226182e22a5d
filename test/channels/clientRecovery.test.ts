// Crashes at every point, stale backups, liars, and what was under way when a connection ended.
import { expect } from "chai";
import type * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Message from "../../src/channels/client/message.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

const START = 1_800_000_000n;

function twoParties() {
  const world = World.create(START);
  const chain = Court.create(1n, START);
  const [alice, bob] = [World.join(world, "Alice"), World.join(world, "Bob")];
  const link = World.open(world, chain, [alice, bob], [1_000n, 1_000n]);
  World.deliverAll(world);
  return { world, chain, alice, bob, link };
}

type Table = ReturnType<typeof twoParties>;

function payDirectly({ world, alice, link }: Table, amount: bigint): void {
  alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount });
  World.settle(world, alice);
  World.deliverAll(world);
}

const latestOf = ({ link }: Table, actor: World.Actor) => actor.party.channel(link.terms.id).latest;

describe("client: crashes", () => {
  for (const crash of ["before persisting", "after persisting", "after sending one"] as const) {
    for (const who of ["alice", "bob"] as const) {
      it(`of ${who} ${crash}, at any point of two payments, lose nothing and repeat no version`, () => {
        for (let point = 0; point < 40; point++) {
          const table = twoParties();
          const { world, alice, bob, link } = table;
          const victim = table[who];
          World.pay(world, alice, link, bob, 100n);
          World.pay(world, bob, link, alice, 30n);
          for (let count = 0; count < point && world.messages.length > 0; count++) {
            World.deliver(world);
          }
          victim.crash = crash;
          World.deliverAll(world);
          victim.crash = undefined;
          if (!victim.isOnline) World.start(world, victim);
          for (let round = 0; round < 10; round++) {
            if (round % 3 === 0) World.connect(world, link);
            World.deliverAll(world);
            World.pass(world, 2);
            World.deliverAll(world);
          }
          expect(latestOf(table, alice).hash).to.deep.equal(latestOf(table, bob).hash);
          expect(latestOf(table, alice).content.locks).to.deep.equal([]);
          const [own, other] = [World.balance(alice, link), World.balance(bob, link)];
          expect(own + other).to.equal(2_000n);
          expect([900n, 930n, 1_000n, 1_030n]).to.include(own);
        }
      });
    }
  }
});

describe("client: backups", () => {
  it("one side's old backup is made good by the other, after both signatures are checked", () => {
    const table = twoParties();
    const { world, alice, bob, link } = table;
    const backup = new Map(alice.durable);
    for (const amount of [10n, 20n, 30n]) payDirectly(table, amount);
    World.stop(world, alice);
    World.start(world, alice, backup);
    expect(latestOf(table, alice).content.version).to.equal(1n);
    World.connect(world, link);
    World.deliverAll(world);
    expect(latestOf(table, alice).hash).to.deep.equal(latestOf(table, bob).hash);
    payDirectly(table, 5n);
    expect(World.balance(bob, link)).to.equal(1_065n);
  });

  it("old backups of both sides go on from the newer one, without two signatures for a version", () => {
    const table = twoParties();
    const { world, alice, bob, link } = table;
    payDirectly(table, 10n);
    const older = new Map(alice.durable);
    payDirectly(table, 20n);
    const newer = new Map(bob.durable);
    World.stop(world, alice);
    World.stop(world, bob);
    World.start(world, alice, older);
    World.start(world, bob, newer);
    World.connect(world, link);
    World.deliverAll(world);
    expect(World.balance(alice, link)).to.equal(970n);
    expect(World.balance(bob, link)).to.equal(1_030n);
  });

  it("who may be behind challenges only after a grace period", () => {
    const { world, chain, alice, link } = twoParties();
    World.stop(world, alice);
    World.start(world, alice);
    alice.party.wish(link.terms.id, "leave");
    World.settle(world, alice);
    World.pass(world, 59);
    expect(Court.caseOf(chain, link.terms).deadline).to.equal(0n);
    World.pass(world, 1);
    expect(Court.caseOf(chain, link.terms).deadline).not.to.equal(0n);
  });

  /** What a peer says of itself on connecting, as often as it likes: that it stands where Alice does, or elsewhere. */
  function claim({ world, alice, link }: Table, version?: bigint): void {
    const { latest } = alice.party.channel(link.terms.id);
    const { limits, fee } = World.POLICY;
    const stand = version ?? latest.content.version;
    const hash = version === undefined ? latest.hash : new Uint8Array(32).fill(1);
    const body: Message.Body = {
      ...{ kind: "reestablish", turn: 0n, fullVersion: stand, fullHash: hash },
      ...{ sentVersion: stand, sentHash: hash, terms: { limits, fee } },
    };
    const bytes = Message.encode({ channelId: link.terms.id, body });
    alice.party.receive(link.terms.id, bytes, world.ms);
  }

  it("a peer that lies about its latest state stops the payments, not the exit", () => {
    const table = twoParties();
    const { world, chain, alice, bob, link } = table;
    World.stop(world, bob);
    alice.party.connect(link.terms.id);
    claim(table, 90n);
    alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 1n });
    World.settle(world, alice);
    expect(alice.party.channel(link.terms.id).proposal).to.equal(undefined);
    alice.party.wish(link.terms.id, "leave");
    World.settle(world, alice);
    expect(Court.caseOf(chain, link.terms).version).to.equal(1n);
    for (let round = 0; round < 20; round++) World.pass(world, 60);
    expect(Court.caseOf(chain, link.terms).paid).to.deep.equal({ A: 1_000n, B: 1_000n });
  });

  it("a peer that takes its lies back and lies again holds up the exit for the grace period after a start, no longer", () => {
    const table = twoParties();
    const { world, chain, alice, bob, link } = table;
    World.stop(world, bob);
    World.stop(world, alice);
    World.start(world, alice);
    alice.party.connect(link.terms.id);
    alice.party.wish(link.terms.id, "leave");
    for (let second = 0; second < 60; second++) {
      expect(Court.caseOf(chain, link.terms).deadline, `second ${second}`).to.equal(0n);
      // Both arrive at once, before anything is due in between.
      claim(table);
      claim(table, 90n);
      World.pass(world, 1);
    }
    expect(Court.caseOf(chain, link.terms).deadline).not.to.equal(0n);
  });

  it("two states of one version stop the channel, which is left with the party's own", () => {
    const table = twoParties();
    const { world, chain, alice, bob, link } = table;
    payDirectly(table, 100n);
    // A second device of Alice and Bob signed another version 2.
    const { terms } = bob.party.channel(link.terms.id);
    const other = { ...latestOf(table, bob).content, assets: [] };
    const { digest } = Channel.digestOf(terms, other);
    const body: Message.Body = {
      kind: "latest",
      content: other,
      signatureA: CompactSignature.sign(digest, alice.key),
      signatureB: CompactSignature.sign(digest, bob.key),
    };
    const bytes = Message.encode({ channelId: terms.id, body });
    bob.party.receive(terms.id, bytes, world.ms);
    World.settle(world, bob);
    expect(bob.party.channel(terms.id).isBroken).to.equal(true);
    const one = Court.caseOf(chain, terms);
    expect(one.version).to.equal(2n);
    expect(one.onRecord).to.deep.equal(latestOf(table, bob).content);
  });

  it("a peer that tells another hash for the same version stops the channel too", () => {
    const table = twoParties();
    const { world, alice, link } = table;
    const { limits, fee } = World.POLICY;
    const hash = new Uint8Array(32).fill(1);
    alice.party.connect(link.terms.id);
    const body: Message.Body = {
      ...{ kind: "reestablish", turn: 0n, fullVersion: 1n, fullHash: hash },
      ...{ sentVersion: 1n, sentHash: hash, terms: { limits, fee } },
    };
    alice.party.receive(
      link.terms.id,
      Message.encode({ channelId: link.terms.id, body }),
      world.ms,
    );
    World.settle(world, alice);
    expect(alice.party.channel(link.terms.id).isBroken).to.equal(true);
    World.start(world, alice);
    expect(alice.party.channel(link.terms.id).isBroken).to.equal(true);
  });
});

describe("client: what was under way", () => {
  it("a proposal that was not answered is made again, never another one", () => {
    const table = twoParties();
    const { world, alice, link } = table;
    World.disconnect(world, link);
    World.connect(world, link);
    World.deliverAll(world);
    alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 7n });
    World.settle(world, alice);
    const [first] = world.messages.splice(0);
    alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 9n });
    World.settle(world, alice);
    expect(world.messages).to.deep.equal([]);
    World.connect(world, link);
    const sent: Uint8Array[] = [];
    while (world.messages.length > 0) {
      sent.push(...world.messages.slice(0, 1).map(({ bytes }) => bytes));
      World.deliver(world);
    }
    expect(sent).to.deep.include(first?.bytes);
    expect(World.balance(alice, link)).to.equal(1_000n - 16n);
  });

  it("a token that was passed stays passed after a crash", () => {
    const { world, alice, bob, link } = twoParties();
    bob.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 1n });
    World.settle(world, bob);
    World.deliverUntil(world, () => alice.party.channel(link.terms.id).turn === 1n);
    World.stop(world, alice);
    World.start(world, alice);
    expect(alice.party.channel(link.terms.id).turn).to.equal(1n);
    World.deliverAll(world);
  });

  it("a lock that became late under way is taken and given back, so that nobody is stuck", () => {
    const table = twoParties();
    const { world, alice, bob, link } = table;
    const hash = World.pay(world, alice, link, bob, 100n, { hold: 800n });
    world.messages = [];
    World.disconnect(world, link);
    World.pass(world, 600);
    World.connect(world, link);
    for (let round = 0; round < 4; round++) {
      World.deliverAll(world);
      World.pass(world, 2);
    }
    World.deliverAll(world);
    expect(alice.party.payment(hash)).to.include({ status: "failed", reason: "expiry-too-soon" });
    expect(World.balance(alice, link)).to.equal(1_000n);
    payDirectly(table, 1n);
    expect(World.balance(bob, link)).to.equal(1_001n);
  });

  it("a proposal that the peer never answered and then enforces is the party's latest", () => {
    const table = twoParties();
    const { world, chain, alice, bob, link } = table;
    alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 7n });
    World.settle(world, alice);
    const { proposal, terms } = alice.party.channel(link.terms.id);
    if (proposal === undefined) return void expect.fail("Alice has proposed");
    const { digest } = Channel.digestOf(terms, proposal.content);
    const peers = CompactSignature.sign(digest, bob.key);
    const signed = Channel.coSigned(terms, proposal, proposal.signature, peers);
    const theirs = bob.party.channel(terms.id).terms;
    World.stop(world, bob);
    Court.perform(chain, theirs, { kind: "challenge", signed });
    World.lookAt(world, link);
    expect(latestOf(table, alice)).to.deep.equal(signed);
    for (let round = 0; round < 12; round++) World.pass(world, 60);
    expect(Court.caseOf(chain, terms).paid).to.deep.equal({ A: 993n, B: 1_007n });
  });

  it("both sides that want the token get it in turn", () => {
    const { world, alice, bob, link } = twoParties();
    for (let i = 0; i < 10; i++) {
      alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 1n });
      bob.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 2n });
      World.settle(world, alice);
      World.settle(world, bob);
      World.deliver(world);
    }
    World.deliverAll(world);
    expect(World.balance(alice, link)).to.equal(1_010n);
    expect(World.balance(bob, link)).to.equal(990n);
  });
});

describe("client: batches", () => {
  it("one bad change in a queue holds up none of the others", () => {
    const { world, alice, bob, link } = twoParties();
    const dust = World.pay(world, alice, link, bob, 3n);
    const good = World.pay(world, alice, link, bob, 30n);
    const large = World.pay(world, alice, link, bob, 5_000n);
    const late = World.pay(world, alice, link, bob, 40n);
    World.deliverAll(world);
    const status = (hash: Uint8Array) => {
      const payment = alice.party.payment(hash);
      return payment?.reason ?? payment?.status;
    };
    expect([dust, good, large, late].map(status)).to.deep.equal([
      "dust",
      "paid",
      "insufficient-funds",
      "paid",
    ]);
    expect(World.balance(bob, link)).to.equal(1_070n);
  });

  it("a thousand payments without locks make one change", () => {
    const { world, alice, link } = twoParties();
    for (let i = 0; i < 1_000; i++) {
      alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 1n });
    }
    World.settle(world, alice);
    const { body } = Message.decode(world.messages[0]?.bytes ?? new Uint8Array());
    const changes: readonly Change.Change[] = body.kind === "propose" ? body.changes : [];
    expect(changes).to.deep.equal([{ kind: "pay", asset: 0, amount: 1_000n }]);
  });

  it("more payments than a state has room for locks all arrive", () => {
    const { world, alice, bob, link } = twoParties();
    for (let i = 0; i < 80; i++) World.pay(world, alice, link, bob, 10n);
    World.deliverAll(world);
    expect(World.balance(bob, link)).to.equal(1_800n);
    expect(World.rejections(alice).concat(World.rejections(bob))).to.deep.equal([]);
  });
});
