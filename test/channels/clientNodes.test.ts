// Nodes of which one is late or stands still, behind one address; and a chain that makes no blocks while nobody calls.
import { expect } from "chai";
import type * as Channel from "../../src/channels/client/channel.ts";
import * as Message from "../../src/channels/client/message.ts";
import { Party } from "../../src/hub/party.ts";
import * as Court from "./clientCourt.ts";
import * as Table from "./clientTable.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

describe("client: nodes behind one address", () => {
  it("frozen: one that is behind does not unsay a clock that another has shown; a newer block does", () => {
    const one = Table.table();
    const { world, chain, alice, bob, link } = one;
    const behind = Court.view(chain, link.terms);
    const { terms, latest: signed } = alice.party.channel(link.terms.id);
    Court.perform(chain, terms, { kind: "challenge", signed });
    const see = (view: Channel.ChainView, seconds: number) => {
      world.ms += seconds * 1_000;
      bob.party.observe(link.terms.id, view, world.ms);
    };
    see({ ...Court.view(chain, link.terms), time: chain.time + 12n }, 12);
    for (let round = 0; round < 2; round++) {
      see(behind, 290);
      // The clock is over by the second time: what Bob signed now nobody would answer with.
      Table.expectRefusal(one, bob, Table.proposal(one, [Table.pay(100n)]), "frozen");
    }
    see({ ...behind, time: chain.time + 700n }, 1);
    const body = Table.proposal(one, [Table.pay(100n)]);
    bob.party.receive(link.terms.id, Message.encode({ channelId: link.terms.id, body }), world.ms);
    expect(World.balance(bob, link)).to.equal(1_100n);
  });

  it("one that is behind does not unsay it either where it is the first to answer after a start", () => {
    const one = Table.table();
    const { world, chain, alice, bob, link } = one;
    const behind = Court.view(chain, link.terms);
    const { terms, latest: signed } = alice.party.channel(link.terms.id);
    Court.perform(chain, terms, { kind: "challenge", signed });
    World.pass(world, 700);
    World.stop(world, bob);
    bob.party = new Party(bob.key, () => bob.policy);
    bob.party.restore([...bob.durable.values()], world.ms);
    bob.isOnline = true;
    bob.party.observe(link.terms.id, behind, world.ms);
    World.connect(world, link);
    World.deliverAll(world);
    Table.expectRefusal(one, bob, Table.proposal(one, [Table.pay(100n)]), "frozen");
  });

  it("one that is behind has a party challenge again only once no other has answered for revealMargin", () => {
    const { world, chain, bob, link } = Table.table();
    const behind = Court.view(chain, link.terms);
    bob.party.wish(link.terms.id, "leave");
    World.settle(world, bob);
    World.pass(world, 12);
    expect(Court.caseOf(chain, link.terms).deadline).not.to.equal(0n);
    const callsAfter = (seconds: number) => {
      world.ms += seconds * 1_000;
      bob.party.observe(link.terms.id, behind, world.ms);
      return bob.party.crank(world.ms).calls.map(({ call }) => call.kind);
    };
    // It would revert, and cost gas at every look.
    expect(callsAfter(299)).to.deep.equal([]);
    // The clock may have been taken back, with all blocks since.
    expect(callsAfter(1)).to.deep.equal(["challenge"]);
  });
});

describe("client: a chain that makes no blocks while nobody calls", () => {
  it("is called once a clock must be over and revealMargin has passed: a payout waits for no stranger", () => {
    const { world, chain, bob, link } = Table.table();
    bob.party.wish(link.terms.id, "leave");
    World.settle(world, bob);
    const { deadline } = Court.caseOf(chain, link.terms);
    const callsAt = (seconds: bigint) => {
      const ms = Number(seconds) * 1_000;
      bob.party.observe(link.terms.id, Court.view(chain, link.terms), ms);
      bob.party.tick();
      return bob.party.crank(ms).calls.map(({ call }) => call.kind);
    };
    expect(callsAt(deadline + 299n)).to.deep.equal([]);
    expect(callsAt(deadline + 300n)).to.deep.equal(["settle"]);
  });

  it("has the outcome of a virtual channel on record before its lock expires", () => {
    const one = Virtual.backed();
    const { world, chain, bob, direct } = one;
    Virtual.pay(one, one.alice, 130n);
    bob.party.wish(direct.terms.id, "leave");
    World.settle(world, bob);
    const { deadline } = Court.caseOf(chain, direct.terms);
    const ms = (Number(deadline) + 300) * 1_000;
    bob.party.observe(direct.terms.id, Court.view(chain, direct.terms), ms);
    const { calls } = bob.party.crank(ms);
    expect(calls.map(({ call }) => call.kind)).to.deep.equal(["recordOutcome"]);
  });
});
