// In which order, and how many at a time, a party makes the calls that peers can make it owe all at once.
import { expect } from "chai";
import * as Dispute from "../../src/channels/client/dispute.ts";
import * as CallQueue from "../../src/hub/callQueue.ts";
import type { Call } from "../../src/l1/send.ts";
import * as Court from "./clientCourt.ts";
import * as Game from "./clientGame.ts";
import * as Table from "./clientTable.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

const callOf = (bytes: number): Call => ({
  ...{ what: "a call", to: `0x${"00".repeat(20)}`, value: 0n },
  data: `0x${"00".repeat(bytes)}`,
});

describe("hub: calls", () => {
  it("that are of no use later go first, whatever came before them", () => {
    const flood = Array.from({ length: 3 * CallQueue.GROUP_CALLS }, (_, n) => ({
      ...{ name: n, dueBy: n % 2 === 0 ? undefined : 9_000n },
    }));
    const [answer, secret] = [
      { name: -1, dueBy: 5_000n },
      { name: -2, dueBy: 4_999n },
    ];
    const group = CallQueue.soonest([...flood, answer, secret]);
    expect(group.slice(0, 4).map(({ name }) => name)).to.deep.equal([-2, -1, 1, 3]);
    expect(group).to.have.length(CallQueue.GROUP_CALLS);
    expect(group.every(({ dueBy }) => dueBy !== undefined)).to.equal(true);
  });

  it("go together as far as the gas and the bytes of one transaction reach", () => {
    const fits = (count: number, gas: bigint, bytes: number) =>
      CallQueue.fitting(Array.from({ length: count }, () => ({ call: callOf(bytes), gas }))).length;
    expect(fits(100, 46_000n, 36)).to.equal(100);
    expect(fits(100, CallQueue.GROUP_GAS / 5n, 36)).to.equal(5);
    expect(fits(100, 1n, CallQueue.GROUP_BYTES / 8)).to.equal(7);
    expect(fits(0, 1n, 1)).to.equal(0);
    expect(fits(2, CallQueue.GROUP_GAS + 1n, 36), "one that is too large goes alone").to.equal(1);
  });

  it("are due by the end of the clock that they answer, and by the expiry of the lock that they open", () => {
    const { world, alice, link, chain } = Game.seated();
    const { latest } = Game.channelOf(alice, link);
    Court.perform(chain, link.terms, { kind: "challenge", signed: latest });
    World.lookAt(world, link);
    const onTrial = Game.channelOf(alice, link);
    const { deadline } = Court.caseOf(chain, link.terms);
    const due = (call: Dispute.Call) => Dispute.dueBy(onTrial, call);
    const proposal = { ...latest, changes: [], signature: latest.signatureA };
    expect(deadline).to.equal(Table.START + 600n);
    expect(due({ kind: "respond", signed: latest })).to.equal(deadline);
    expect(due({ kind: "forceMove", prev: latest, next: proposal })).to.equal(deadline);
    for (const kind of ["challenge", "close", "settle"] as const) {
      expect(due({ kind, signed: latest }), kind).to.equal(undefined);
    }
    const { bob, link: locked } = Table.withLock();
    const reveal = { kind: "reveal", secret: Table.SECRET } as const;
    expect(Dispute.dueBy(bob.party.channel(locked.terms.id), reveal)).to.equal(
      Table.START + Virtual.HOLD,
    );
  });

  it("in a virtual channel are due in time for its lock", () => {
    const { bob, direct } = Virtual.backed();
    const channel = bob.party.channel(direct.terms.id);
    const { latest, chain } = channel;
    const expiry = chain?.backing?.expiry ?? 0n;
    expect(Dispute.dueBy(channel, { kind: "recordOutcome", signed: latest })).to.equal(expiry);
    expect(Dispute.dueBy(channel, { kind: "challenge", signed: latest })).to.equal(expiry - 600n);
  });
});
