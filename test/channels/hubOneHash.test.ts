// Several locks of one name: whoever adds another, pays it or takes it back changes nothing for the one that was passed on.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Message from "../../src/channels/client/message.ts";
import * as Route from "../../src/channels/client/route.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Court from "./clientCourt.ts";
import * as HubRow from "./hubRow.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

const AMOUNT = 100n;

/** Alice pays Bob over the hub, and Mallory has a channel with the hub too, which it opened first or last. */
function withMallory(isFirst: boolean) {
  const world = World.create(HubRow.START);
  const chain = Court.create(1n, HubRow.START);
  const names = ["Alice", "Hub", "Bob", "Mallory"];
  const actors = names.map((name) => World.join(world, name));
  const [alice, hub, bob, mallory] = actors as [World.Actor, World.Actor, World.Actor, World.Actor];
  const meet = (pair: readonly [World.Actor, World.Actor]) =>
    World.open(world, chain, pair, HubRow.DEPOSITS);
  const early = isFirst ? meet([mallory, hub]) : undefined;
  const [left, right] = [meet([alice, hub]), meet([hub, bob])];
  const side = early ?? meet([mallory, hub]);
  World.deliverAll(world);
  const secret = World.freshSecret();
  const hash = World.pay(world, alice, left, bob, AMOUNT, { hubs: [hub], secret });
  // Both have signed the lock to Bob, and Bob keeps its secret back.
  World.deliverUntil(world, () => Virtual.locksIn(hub, right).length > 0);
  world.messages = world.messages.filter(({ link }) => link !== right);
  World.disconnect(world, right);
  const first = { to: hub.party.address, amount: 10n, expiry: HubRow.START + 7_200n };
  const last = { ...first, to: bob.party.address };
  mallory.party.pay(side.terms.id, 0, hash, { first, note: Route.encode([last]) });
  World.settle(world, mallory);
  World.deliverAll(world);
  expect(Virtual.locksIn(hub, side).length).to.equal(1);
  return { world, alice, hub, bob, mallory, left, right, side, secret };
}

type Scene = ReturnType<typeof withMallory>;

/** Mallory, who knows the secret, pays its own small lock. */
function payOwnLock({ world, mallory, side, secret }: Scene): void {
  const { id: channelId } = side.terms;
  const told = Message.encode({ channelId, body: { kind: "fulfil", secrets: [secret] } });
  mallory.party.receive(channelId, told, world.ms);
  World.settle(world, mallory);
  World.deliverAll(world);
}

/** Bob shows the secret to the hub. Answers what the hub has gained. */
function takeFromHub({ world, hub, left, right, side }: Scene): bigint {
  World.connect(world, right);
  World.deliverAll(world);
  expect(Virtual.locksIn(hub, right), "Bob was paid").to.deep.equal([]);
  return HubRow.netOf(hub, [left, right, side]);
}

describe("hub: locks of one name", () => {
  it("a stranger who pays a small lock of the same hash does not cut the hub off from the large one", () => {
    const one = withMallory(false);
    payOwnLock(one);
    expect(Virtual.locksIn(one.hub, one.side)).to.deep.equal([]);
    expect(takeFromHub(one)).to.equal(10n + 2n);
  });

  it("after a restart the hub takes every lock of a hash by its secret, whichever channel it reads first", () => {
    const one = withMallory(true);
    const { world, hub } = one;
    World.stop(world, hub);
    World.start(world, hub);
    for (const link of [one.left, one.side]) World.connect(world, link);
    World.deliverAll(world);
    expect(takeFromHub(one)).to.equal(10n + 2n);
    expect(Channel.isFrozen(hub.party.channel(one.left.terms.id))).to.equal(false);
  });
});

describe("hub: locks of one virtual channel", () => {
  /** A virtual channel is backed and paid in; Mallory has a channel with the hub too. */
  function withStranger() {
    const one = Virtual.backed();
    const { world, chain, alice, hub } = one;
    const mallory = World.join(world, "Mallory");
    const side = World.open(world, chain, [mallory, hub], HubRow.DEPOSITS);
    World.deliverAll(world);
    Virtual.pay(one, alice, 50n);
    return { ...one, mallory, side };
  }

  /** Mallory has the hub sign a lock of its own for the outcome of the virtual channel. */
  function addStrangersLock({ world, hub, bob, mallory, right, side }: Stranger): void {
    const { latest, terms } = Virtual.channelOf(hub, side);
    const [own] = Virtual.locksIn(bob, right);
    if (own === undefined) return void expect.fail("Bob has a lock");
    const lock = { ...own, amount: 10n };
    const note = Route.encode([{ to: bob.party.address, amount: 10n, expiry: own.expiry }]);
    const content = { ...latest.content, version: 2n, locks: [lock] };
    const signature = CompactSignature.sign(Channel.digestOf(terms, content).digest, mallory.key);
    const changes = [{ kind: "add", lock, note } as const];
    const body = { kind: "propose", version: 2n, changes, signature } as const;
    hub.party.receive(terms.id, Message.encode({ channelId: terms.id, body }), world.ms);
    World.settle(world, hub);
    expect(Virtual.locksIn(hub, side).length).to.equal(1);
  }

  type Stranger = ReturnType<typeof withStranger>;

  function expectEnd(one: Stranger): void {
    Virtual.close(one);
    for (let round = 0; round < 2; round++) {
      World.pass(one.world, 100);
      World.deliverAll(one.world);
    }
    expect(HubRow.netOf(one.alice, [one.left])).to.equal(-50n);
    expect(HubRow.netOf(one.bob, [one.right])).to.equal(50n);
    expect(HubRow.netOf(one.hub, [one.left, one.right])).to.equal(0n);
  }

  it("duplicate-lock: a stranger's lock comes back, and opens nothing", () => {
    const one = withStranger();
    addStrangersLock(one);
    const reason = Virtual.channelOf(one.hub, one.side).released.get(Hex.key(one.direct.terms.id));
    expect(reason).to.equal("duplicate-lock");
    expectEnd(one);
  });

  it("a stranger's lock that came while the hub was in doubt does not pass for the one that was passed on", () => {
    const one = withStranger();
    const { world, hub, left, right, side } = one;
    World.stop(world, hub);
    World.start(world, hub);
    World.connect(world, side);
    World.deliverAll(world);
    addStrangersLock(one);
    // It stops again before it has decided, and reads Mallory's channel first.
    World.stop(world, hub);
    World.start(world, hub, new Map([...hub.durable].reverse()));
    for (const link of [side, left, right]) World.connect(world, link);
    World.deliverAll(world);
    expect(Virtual.channelOf(hub, left).released.size).to.equal(0);
    expectEnd(one);
  });
});
