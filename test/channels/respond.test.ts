// respond and respondFor: what stops a clock, who gets the bond, and what a tower is paid.
import { expect } from "chai";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import type { TowerFee } from "../../src/channels/typedData.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR, NOTHING, channelOf } from "./channel.ts";
import type { Channel } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";
import type { Party } from "./court.ts";

const court = await openCourt();
const { alice, bob, carol, tower } = court;

const text = ({ account }: Pick<Party, "account">) => Hex.fromBytes(account);
const headOf = (channel: Channel) => Ledger.headOf(court.model(), channel.id);

async function challenged(version: bigint, bond = 0n, by = alice) {
  const channel = channelOf(court, { bond });
  await channel.challenge(channel.agreed(version), by);
  return channel;
}

describe("a response", () => {
  it("of anybody stops the clock, and the channel goes on", async () => {
    const channel = await challenged(3n);
    expectMade(await channel.respond(channel.agreed(4n), carol));
    expect(headOf(channel)).to.include({ version: 4n, deadline: 0n });
    court.wait(HOUR);
    expectRejected(await channel.settle(), "ClockNotStarted", [channel.id]);
    expectMade(await channel.challenge(channel.agreed(4n)));
  });

  it("may put a state on record while no clock runs", async () => {
    const channel = channelOf(court);
    expectMade(await channel.respond(channel.agreed(4n), carol));
    expect(headOf(channel)).to.include({ version: 4n, deadline: 0n });
    expectRejected(await channel.respond(channel.agreed(4n)), "StaleVersion", [4n, 4n]);
  });

  it("is newer than what is on record", async () => {
    const channel = await challenged(3n);
    for (const version of [1n, 2n, 3n]) {
      const stale = [3n, version];
      expectRejected(await channel.respond(channel.agreed(version)), "StaleVersion", stale);
    }
  });

  it("comes before the deadline: at it only settlement is legal, a second before only a response", async () => {
    const late = await challenged(3n);
    const { deadline } = headOf(late);
    court.wait(deadline - court.now());
    const respond = { kind: "respond", params: late.params, presented: late.agreed(4n) } as const;
    expectRejected(await court.makeNow(respond), "DeadlinePassed", [deadline, deadline]);
    const over = await challenged(3n);
    court.wait(headOf(over).deadline - court.now());
    expectMade(await court.makeNow({ kind: "settle", params: over.params, tokens: [ETHER] }));

    const early = await challenged(3n);
    const end = headOf(early).deadline;
    court.wait(end - 1n - court.now());
    const { params } = early;
    const settle = { kind: "settle", params, tokens: [ETHER] } as const;
    expectRejected(await court.makeNow(settle), "DeadlineAhead", [end, end - 1n]);
    const onTime = await challenged(3n);
    court.wait(headOf(onTime).deadline - 1n - court.now());
    const answer = {
      kind: "respond",
      params: onTime.params,
      presented: onTime.agreed(4n),
    } as const;
    expectMade(await court.makeNow(answer));
  });

  it("needs both signatures: neither a challenge nor a half-signed state passes for one", async () => {
    const channel = await challenged(3n);
    const presented = channel.agreed(4n);
    const hash = ChannelState.hash(presented.state);
    const signature = channel.challengeSignature(presented, bob.secret);
    const outcome = await channel.respond({ ...presented, signatureB: signature });
    expectRejected(outcome, "NotCoSigned", [hash]);
  });

  it("answers a stale state once: the next challenge has to be newer", async () => {
    const channel = channelOf(court);
    for (const version of [1n, 2n, 3n]) {
      expectMade(await channel.challenge(channel.agreed(version)));
      const { deadline } = headOf(channel);
      expect(deadline - court.now(), "a whole window each time").to.equal(HOUR);
      expectMade(await channel.respond(channel.agreed(version + 1n)));
      const stale = [version + 1n, version];
      expectRejected(await channel.challenge(channel.agreed(version)), "StaleVersion", stale);
    }
  });

  it("of the challenger itself at the last second only restarts what the other may answer", async () => {
    const channel = await challenged(1n);
    court.wait(headOf(channel).deadline - 2n - court.now());
    expectMade(await channel.respond(channel.agreed(2n), alice));
    expectMade(await channel.challenge(channel.agreed(2n), alice));
    expect(headOf(channel).deadline - court.now()).to.equal(HOUR);
    expectMade(await channel.respond(channel.agreed(9n), bob));
  });
});

describe("the bond", () => {
  const paidTo = async (channel: Channel, version: bigint, by: Party) => {
    const outcome = await channel.respond(channel.agreed(version), by);
    return eventsIn(court, outcome, "BondPaid").map(({ account }) => account);
  };

  it("goes back to a challenger that was one version behind, whoever responds", async () => {
    for (const by of [alice, bob]) {
      for (const responder of [alice, bob, carol]) {
        const channel = await challenged(3n, 9n, by);
        expect(await paidTo(channel, 4n, responder)).to.deep.equal([text(by)]);
      }
    }
  });

  it("goes to the other side where the challenger was two behind, whoever responds", async () => {
    for (const [by, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      for (const responder of [alice, bob, carol]) {
        const channel = await challenged(3n, 9n, by);
        expect(await paidTo(channel, 5n, responder)).to.deep.equal([text(other)]);
      }
    }
  });

  it("goes back where nobody responds, once", async () => {
    const channel = await challenged(3n, 9n);
    court.wait(HOUR);
    const settled = await channel.settle();
    expect(eventsIn(court, settled, "BondPaid").map(({ account }) => account)).to.deep.equal([
      text(alice),
    ]);
    expectRejected(await channel.settle(), "NothingToSettle", [channel.id]);
  });

  it("comes back though every pot has paid before", async () => {
    const channel = channelOf(court, { bond: 9n });
    await channel.close(channel.agreed(3n, { isFinal: true }));
    await channel.challenge(channel.agreed(2n));
    court.wait(HOUR);
    const outcome = await channel.settle([]);
    expect(eventsIn(court, outcome, "BondPaid")).to.have.length(1);
  });
});

describe("a tower's response", () => {
  const MIN_VERSION = 10n;
  let channel: Channel;
  let fee: TowerFee;

  async function reserve(party: Party, amount: bigint): Promise<void> {
    const { account } = party;
    await court.make({ kind: "depositVault", account, token: ETHER, amount }, party);
    await court.make(
      { kind: "reserveFee", id: channel.id, tower: tower.account, token: ETHER, amount },
      party,
    );
  }

  async function respondFor(
    version: bigint,
    from = tower,
    promised = fee,
    signature = channel.feeSignature(promised, bob.secret),
  ) {
    const presented = channel.agreed(version);
    const { params } = channel;
    return court.make({ kind: "respondFor", params, presented, fee: promised, signature }, from);
  }

  beforeEach(async () => {
    channel = await challenged(3n);
    fee = {
      channelId: channel.id,
      tower: tower.account,
      token: ETHER,
      amount: 5n,
      minVersion: MIN_VERSION,
      deadline: court.now() + HOUR,
    };
  });

  it("is paid from the reserve of the side that signed, and stops the clock", async () => {
    await reserve(bob, 8n);
    const outcome = await respondFor(MIN_VERSION);
    expect(eventsIn(court, outcome, "FeePaid")[0]).to.include({ account: text(bob), amount: 5n });
    expect(headOf(channel)).to.include({ version: MIN_VERSION, deadline: 0n });
    const left = Vaults.reserveOf(
      court.model().book,
      bob.account,
      channel.id,
      tower.account,
      ETHER,
    );
    expect(left).to.deep.equal({ amount: 3n, exitAt: 0n });
    const actual = await court.contract.reserveOf(
      text(bob),
      channel.id,
      text(tower),
      Hex.fromBytes(ETHER),
    );
    expect([...actual]).to.deep.equal([3n, 0n]);
  });

  it("by a key's signature comes from the reserve of the key's owner", async () => {
    await reserve(alice, 8n);
    const signature = channel.feeSignature(fee, alice.keySecret);
    const outcome = await respondFor(MIN_VERSION, tower, fee, signature);
    expect(eventsIn(court, outcome, "FeePaid")[0]).to.include({ account: text(alice) });
  });

  it("is paid once: another challenge is of the version that was proven", async () => {
    await reserve(bob, 20n);
    await respondFor(MIN_VERSION);
    await channel.challenge(channel.agreed(MIN_VERSION));
    const reason = [MIN_VERSION, MIN_VERSION, MIN_VERSION + 1n];
    expectRejected(await respondFor(MIN_VERSION + 1n), "FeeNotDue", reason);
  });

  it("earns nothing below the version that was promised for", async () => {
    await reserve(bob, 20n);
    const below = [MIN_VERSION, 3n, MIN_VERSION - 1n];
    expectRejected(await respondFor(MIN_VERSION - 1n), "FeeNotDue", below);
  });

  it("is the named tower's alone", async () => {
    await reserve(bob, 20n);
    expectRejected(await respondFor(MIN_VERSION, carol), "SenderNotTheTower", [
      tower.account,
      carol.account,
    ]);
  });

  it("needs a clock, which has not ended", async () => {
    await reserve(bob, 20n);
    const { deadline } = headOf(channel);
    court.wait(HOUR);
    const long = { ...fee, deadline: fee.deadline + HOUR };
    const late = await respondFor(MIN_VERSION, tower, long);
    expectRejected(late, "DeadlinePassed", [deadline, court.now()]);
    channel = channelOf(court);
    const early = { ...long, channelId: channel.id };
    const outcome = await respondFor(MIN_VERSION, tower, early);
    expectRejected(outcome, "ClockNotStarted", [channel.id]);
  });

  it("is not paid after the promise has expired", async () => {
    await reserve(bob, 20n);
    const short = { ...fee, deadline: court.now() };
    const outcome = await respondFor(MIN_VERSION, tower, short);
    expectRejected(outcome, "FeeExpired", [short.deadline, court.now()]);
  });

  it("is not made where the reserve falls short; a plain response is", async () => {
    await reserve(bob, 4n);
    const reason = [bob.account, channel.id, tower.account, 4n, 5n];
    expectRejected(await respondFor(MIN_VERSION), "ReserveTooLow", reason);
    expectMade(await channel.respond(channel.agreed(MIN_VERSION), tower));
  });

  it("takes a promise for this channel, as it was signed, by a party", async () => {
    await reserve(bob, 20n);
    const digest = TypedData.digest(court.domain, TypedData.towerFeeHash(fee));
    const foreign = channelOf(court);
    const abroad = foreign.feeSignature({ ...fee, channelId: foreign.id }, bob.secret);
    const stranger = CompactSignature.recover(digest, abroad) ?? NOTHING.slice(0, 20);
    const elsewhere = await respondFor(MIN_VERSION, tower, fee, abroad);
    expectRejected(elsewhere, "SignerNotAParty", [digest, stranger]);
    const forged = channel.feeSignature(fee, tower.secret);
    const outcome = await respondFor(MIN_VERSION, tower, fee, forged);
    expectRejected(outcome, "SignerNotAParty", [digest, tower.account]);
    const more = { ...fee, amount: 6n };
    const digestOfMore = TypedData.digest(court.domain, TypedData.towerFeeHash(more));
    const signature = channel.feeSignature(fee, bob.secret);
    const recovered = CompactSignature.recover(digestOfMore, signature) ?? ETHER;
    const raised = await respondFor(MIN_VERSION, tower, more, signature);
    expectRejected(raised, "SignerNotAParty", [digestOfMore, recovered]);
  });

  it("changes no payout: the parties are paid where their channel says", async () => {
    await reserve(bob, 20n);
    await channel.fund(false, 10n);
    await respondFor(MIN_VERSION);
    await channel.challenge(channel.agreed(MIN_VERSION, { net: 4n }));
    court.wait(HOUR);
    const settled = eventsIn(court, await channel.settle(), "Settled")[0];
    expect(settled).to.include({ toA: 6n, toB: 4n });
  });
});
