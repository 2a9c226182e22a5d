// What a party refuses is offered again, and ever more rarely.
import { expect } from "chai";
import { MAX_WAIT_MS, Offers } from "../../src/hub/offers.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";
import { chainOf } from "./hubRow.ts";
import * as HubStand from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const FIRST_MS = 100;

describe("hub: a proposal that was refused", () => {
  const stand = HubStand.stand();
  after(() => stand.abort.abort());

  /** Alice pays without a lock Bob, who sees his chain no more. */
  function refused() {
    const { world, actors, links } = chainOf(["Alice", "Bob"]);
    const [alice, bob] = actors as [World.Actor, World.Actor];
    const [link] = links as [World.Link];
    const pay = () => {
      world.ms += Number(World.POLICY.revealMargin) * 1_000;
      alice.party.observe(link.terms.id, Court.view(link.chain, link.terms), world.ms);
      alice.party.change(link.terms.id, { kind: "pay", asset: 0, amount: 1n });
      World.settle(world, alice);
      World.deliverAll(world);
    };
    pay();
    const channel = () => alice.party.channel(link.terms.id);
    expect(channel().session?.refusal).to.equal("chain-unseen");
    return { world, bob, link, pay, channel };
  }

  it("is offered again at once, then after twice the time each time, up to a minute", () => {
    const { channel } = refused();
    const offers = new Offers();
    const at: number[] = [];
    for (let ms = 0; ms <= 300_000; ms += FIRST_MS / 2) {
      if (offers.isDue(channel(), ms, FIRST_MS)) at.push(ms);
    }
    const waits = at.slice(1).map((ms, i) => ms - (at[i] ?? 0));
    const doubled = Array.from({ length: 10 }, (_, i) => FIRST_MS * 2 ** i);
    expect(at[0]).to.equal(0);
    expect(waits).to.deep.equal([...doubled, ...Array(3).fill(MAX_WAIT_MS)]);
  });

  it("is offered again at once where the channel has moved on since, and never while none is refused", () => {
    const { world, bob, link, pay, channel } = refused();
    const offers = new Offers();
    const due = [0, 1, 100, 101].map((ms) => offers.isDue(channel(), ms, FIRST_MS));
    expect(due).to.deep.equal([true, false, true, false]);
    bob.party.observe(link.terms.id, Court.view(link.chain, link.terms), world.ms);
    World.connect(world, link);
    World.deliverAll(world);
    expect(World.balance(bob, link)).to.equal(1_001n);
    expect(offers.isDue(channel(), 1_000_000, FIRST_MS)).to.equal(false);
    pay();
    expect(channel().session?.refusal).to.equal("chain-unseen");
    expect([102, 103].map((ms) => offers.isDue(channel(), ms, FIRST_MS))).to.deep.equal([
      true,
      false,
    ]);
  });

  it("does not wait longer for a clock that is set back", () => {
    const { channel } = refused();
    const offers = new Offers();
    const due = [900_000, 899_901, 100_000].map((ms) => offers.isDue(channel(), ms, FIRST_MS));
    expect(due).to.deep.equal([true, false, true]);
  });

  it("closes no connection before it is time", async () => {
    // The payee sees another chain by the same name, on which nothing was paid in.
    const elsewhere = { ...HubStand.stand(), abort: stand.abort };
    const hub = await HubStand.hub(
      ...([stand, 1, MemoryDisk.create(), {}, stand.abort.signal, 10, MAX_WAIT_MS] as const),
    );
    const payee = await HubStand.hub(elsewhere, 2, MemoryDisk.create());
    const refusals: string[] = [];
    payee.listen((one) => one.kind === "rejected" && refusals.push(one.rejected.reason));
    const channel = HubStand.open(stand, [hub, payee], [1, 2], 1_000n);
    await HubStand.connect(payee, hub);
    await HubStand.until(() => HubStand.isReady(hub, channel) && HubStand.isReady(payee, channel));
    hub.payPeer(channel.terms.id, 0, 1n);
    await HubStand.until(() => refusals.length === 2);
    // As long as some ticks take.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(refusals).to.deep.equal(Array(2).fill("insufficient-funds"));
  });
});
