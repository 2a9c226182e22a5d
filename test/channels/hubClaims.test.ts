// Peers who conspire can have a hub show the secrets of all their locks at once, in channels by the dozen: it has no more of
// them on one adjudicator than it can show in time.
import { expect } from "chai";
import * as Route from "../../src/channels/client/route.ts";
import { limitOf } from "../../src/hub/claims.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";
import { DEPOSITS, outcome, START } from "./hubRow.ts";

const LIMIT = 3;
const [FULFIL, FAIL] = [6, 7];
const HOLD = 7_200n;

type Message = World.World["messages"][number];

function deliverBut(world: World.World, isHeld: (message: Message) => boolean): void {
  for (let left = 1_000; left > 0; left--) {
    const index = world.messages.findIndex((message) => !isHeld(message));
    if (index < 0) return;
    World.deliver(world, index);
  }
}

/** A hub with three payers, each in a channel of its own, and a payee who says nothing. */
function crowd(courts: readonly Court.Court[] = [Court.create(1n, START)]) {
  const world = World.create(START);
  const hub = World.join(world, "Hub", { maxClaims: LIMIT, crossMargin: 1_200n });
  const payee = World.join(world, "Payee");
  const [court = expect.fail("no chain")] = courts;
  const out = World.open(world, court, [hub, payee], DEPOSITS);
  const payers = Array.from({ length: 3 }, (_, i) => {
    const payer = World.join(world, `Payer ${i}`);
    return { payer, link: World.open(world, courts[i] ?? court, [payer, hub], DEPOSITS) };
  });
  World.deliverAll(world);
  const pay = (i: number, margin = 0n): Uint8Array => {
    const { payer, link } = payers[i] ?? expect.fail("no such payer");
    const hash = sha256(World.freshSecret());
    const expiry = BigInt(world.ms / 1_000) + HOLD;
    const hubs = [{ address: hub.party.address, fee: hub.policy.fee, margin }];
    const last = { to: payee.party.address, amount: 20n, expiry };
    payer.party.pay(link.terms.id, 0, hash, Route.plan(hubs, last));
    World.settle(world, payer);
    deliver();
    return hash;
  };
  /** All but what the payee says of the locks: it knows no such invoices. */
  const deliver = () =>
    deliverBut(world, ({ bytes, link }) => bytes[0] === FAIL && link.terms === out.terms);
  const fateOf = (i: number, hash: Uint8Array) => outcome(payers[i]?.payer ?? hub, hash);
  return { world, hub, out, payers, pay, deliver, fateOf };
}

describe("hub: locks that it may have to claim at once", () => {
  it("too-many-claims: one more over all its channels comes back at once, until one of them ends", () => {
    const { world, pay, fateOf } = crowd();
    const first = [0, 1, 2].map((i) => pay(i));
    expect(first.map((hash, i) => fateOf(i, hash))).to.deep.equal(Array(3).fill("pending"));
    const more = [0, 1, 2].map((i) => pay(i));
    expect(more.map((hash, i) => fateOf(i, hash))).to.deep.equal(Array(3).fill("too-many-claims"));
    World.deliverAll(world);
    expect(fateOf(0, first[0] ?? expect.fail())).to.equal("failed-downstream");
    expect(fateOf(1, pay(1))).to.equal("pending");
  });

  it("are counted no more once they are given up, though their payer does not take them back", () => {
    const { world, payers, pay, fateOf } = crowd();
    for (const i of [0, 0, 0]) pay(i);
    expect(fateOf(1, pay(1))).to.equal("too-many-claims");
    World.stop(world, payers[0]?.payer ?? expect.fail());
    World.deliverAll(world);
    expect(fateOf(1, pay(1))).to.equal("pending");
  });

  it("are as many after a restart", () => {
    const { world, hub, payers, out, pay, deliver, fateOf } = crowd();
    const hashes = [0, 1, 2].map((i) => pay(i));
    World.stop(world, hub);
    World.start(world, hub);
    for (const link of [out, ...payers.map((one) => one.link)]) World.connect(world, link);
    deliver();
    expect(hashes.map((hash, i) => fateOf(i, hash))).to.deep.equal(Array(3).fill("pending"));
    expect(fateOf(0, pay(0))).to.equal("too-many-claims");
  });

  it("are counted no more once they have expired, though their payers do not take them back", () => {
    const { world, payers, pay, fateOf } = crowd();
    for (const i of [0, 1]) pay(i);
    pay(0);
    for (const { payer } of payers.slice(0, 2)) World.stop(world, payer);
    expect(fateOf(2, pay(2))).to.equal("too-many-claims");
    World.pass(world, Number(HOLD));
    expect(fateOf(2, pay(2)), "in the last second").to.equal("too-many-claims");
    World.pass(world, 1);
    expect(fateOf(2, pay(2))).to.equal("pending");
  });

  it("are counted for each adjudicator by itself", () => {
    const { pay, fateOf } = crowd([Court.create(1n, START), Court.create(2n, START)]);
    for (const i of [0, 0, 0]) pay(i);
    expect(fateOf(0, pay(0))).to.equal("too-many-claims");
    expect(fateOf(1, pay(1, 1_200n))).to.equal("pending");
  });

  it("too-many-claims: a payee takes no more by its own invoices, either", () => {
    const { world, hub, payers } = crowd();
    const hashes = payers.map(({ payer, link }) => World.pay(world, payer, link, hub, 20n));
    const [{ payer, link } = expect.fail()] = payers;
    const one = World.pay(world, payer, link, hub, 20n);
    // Its payers hear of no secret, and so pay none.
    deliverBut(world, ({ bytes }) => bytes[0] === FULFIL);
    const taken = [...hashes, one].filter((hash) => hub.party.issued(hash)?.isPaid === true);
    expect(taken).to.have.length(LIMIT);
    const fates = [...hashes, one].map((hash, i) => outcome(payers[i % 3]?.payer ?? hub, hash));
    expect(fates.filter((fate) => fate === "too-many-claims")).to.have.length(1);
    World.deliverAll(world);
    const next = World.pay(world, payer, link, hub, 20n);
    World.deliverAll(world);
    expect(outcome(payer, next)).to.equal("paid");
  });

  it("are by default half of what goes into a transaction in two blocks, in revealMargin", () => {
    expect(limitOf(World.POLICY)).to.equal(768);
    expect(limitOf({ ...World.POLICY, revealMargin: 23n })).to.equal(0);
    expect(limitOf({ ...World.POLICY, maxClaims: 7 })).to.equal(7);
  });
});
