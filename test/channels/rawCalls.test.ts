// Arguments that nobody packed: parts in any order, cut, spliced and changed, for every function that takes a packed argument.
// The contract refuses them by the error that the readers give, or does what the model does of the one call that they say.
import { expect } from "chai";
import { concat, zeroPadValue, toBeHex } from "ethers";
import fc from "fast-check";
import type * as AppState from "../../src/channels/appState.ts";
import * as Call from "../../src/channels/packedCall.ts";
import { CallRejected } from "../../src/channels/callRejected.ts";
import * as ChannelCodec from "../../src/channels/channelCodec.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import * as Params from "../../src/channels/params.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, channelOf, hashLock } from "./channel.ts";
import type { Channel } from "./channel.ts";
import { expectMade, expectRejected, openCourt } from "./court.ts";

const SEED = 0x7261_7721;
const CALLS = 900;

const court = await openCourt();
const { alice, bob, tower } = court;

type Kind = Call.PackedCall["kind"];
type Draw = (below: number) => number;

const KINDS: readonly Kind[] = [
  ...(["openDual", "withdraw", "close", "closeToVault", "challenge", "respond"] as const),
  ...(["respondFor", "settle", "settleState", "forceMove", "recordOutcome"] as const),
];
const APP: AppState.AppState = {
  ...{ app: new Uint8Array(20).fill(7), codeHash: new Uint8Array(32), data: Bytes.EMPTY },
};

/** The call that a packed argument says. */
function unpack(kind: Kind, packed: Uint8Array, signature: Uint8Array): Call.PackedCall {
  const { value: params, rest } = ChannelCodec.readParams(packed);
  const id = Params.channelId(params, court.home);
  if (kind === "openDual") {
    const draw = ChannelCodec.readDraw(rest, id);
    const { value: amount, rest: signed } = ChannelCodec.readAmount(draw.rest);
    return { kind, params, amount, draw: draw.value, signature: signed };
  }
  if (kind === "settle") {
    const tokens = ChannelCodec.readTokens(rest);
    ChannelCodec.requireEnd(tokens.rest);
    return { kind, params, tokens: tokens.value };
  }
  const { value: presented, rest: after } = ChannelCodec.readCoSigned(rest, id);
  switch (kind) {
    case "withdraw":
    case "respond":
      ChannelCodec.requireEnd(after);
      return { kind, params, presented };
    case "close":
    case "closeToVault":
      ChannelCodec.requireEnd(after);
      return { kind, params, last: presented };
    case "challenge":
      return { kind, params, presented, signature: after };
    case "recordOutcome":
      return { kind, params, presented, locks: after };
    case "respondFor": {
      const fee = ChannelCodec.readTowerFee(after, id);
      return { kind, params, presented, fee: fee.value, signature: fee.rest };
    }
    case "settleState": {
      const tokens = ChannelCodec.readTokens(after);
      return { kind, params, presented, tokens: tokens.value, locks: tokens.rest };
    }
    case "forceMove": {
      const next = ChannelCodec.readState(after, id);
      ChannelCodec.requireEnd(next.rest);
      const apps = { prevApp: APP, nextApp: APP };
      return { kind, params, prev: presented, next: next.value, ...apps, signature };
    }
  }
}

/** An argument `packed` with dirty bytes where the ABI pads with zeros. */
function dirty(kind: Kind, packed: Uint8Array): string {
  const word = (value: number) => zeroPadValue(toBeHex(value), 32);
  const padding = new Uint8Array(63 - ((packed.length + 31) % 32)).fill(0xff);
  const selector = court.abi.getFunction(kind)?.selector ?? "0x";
  return concat([selector, word(32), word(packed.length), packed, padding]);
}

function encoded(kind: Kind, packed: Uint8Array, signature: Uint8Array): string {
  if (kind !== "forceMove") return dirty(kind, packed);
  const app = [Hex.fromBytes(APP.app), Hex.fromBytes(APP.codeHash), "0x"];
  return court.abi.encodeFunctionData(kind, [packed, app, app, signature]);
}

/** What parties of a channel may have signed: states of all sizes, and what goes with them. */
function partsOf(channel: Channel, token: Uint8Array) {
  const { id } = channel;
  const { lock } = hashLock(5n, court.now());
  const asset = (one: Uint8Array, net: bigint) => ({ token: one, net, outA: 1n, outB: 2n });
  const presented = [
    channel.initial,
    channel.signState({ ...channel.initial.state, isFinal: true }),
    channel.agreed(1n, { assets: [] }),
    channel.agreed(2n, { net: -(2n ** 111n) }),
    channel.agreed(2n, { net: 2n ** 111n, outB: 3n }),
    channel.agreed(3n, { assets: [asset(ETHER, 7n), asset(token, -9n), asset(ETHER, 8n)] }),
    channel.agreed(4n, { net: 4n, locks: [lock] }),
    channel.agreed(5n, { net: 5n, app: APP }),
    channel.agreed(6n, { net: 6n, isFinal: true }),
    channel.agreed(7n, { assets: Array.from({ length: 40 }, () => asset(token, -1n)) }),
  ];
  const deadline = court.now() + 9n * HOUR;
  const draw = { channelId: id, token: ETHER, total: 60n, against: 5n, deadline };
  const fee = {
    ...{ channelId: id, tower: tower.account, token: ETHER, amount: 0n },
    ...{ minVersion: 3n, deadline },
  };
  return {
    params: [ChannelCodec.packParams(channel.params)],
    presented: presented.map((one) => ChannelCodec.packCoSigned(one)),
    state: presented.map(({ state }) => ChannelCodec.packState(state)),
    draw: [ChannelCodec.packDraw(draw)],
    fee: [ChannelCodec.packTowerFee(fee)],
    amount: [ChannelCodec.packAmount(0n), ChannelCodec.packAmount(3n)],
    tokens: [[], [ETHER], [ETHER, token, ETHER], Array<Uint8Array>(255).fill(token)].map((all) =>
      ChannelCodec.packTokens(all),
    ),
    locks: [Bytes.EMPTY, Locks.pack([lock]), new Uint8Array(55)],
    wish: [
      Bytes.EMPTY,
      ...presented.map((one) => channel.challengeSignature(one, alice.keySecret)),
    ],
    drawSigned: [channel.drawSignature(draw, bob.secret)],
    feeSigned: [channel.feeSignature(fee, bob.secret)],
    moved: presented.map(({ state }) => channel.sign(ChannelState.hash(state), bob.secret)),
  };
}

type Parts = ReturnType<typeof partsOf>;
type Part = keyof Parts;

const ORDER: Readonly<Record<Kind, readonly Part[]>> = {
  openDual: ["params", "draw", "amount", "drawSigned"],
  withdraw: ["params", "presented"],
  close: ["params", "presented"],
  closeToVault: ["params", "presented"],
  challenge: ["params", "presented", "wish"],
  respond: ["params", "presented"],
  respondFor: ["params", "presented", "fee", "feeSigned"],
  settle: ["params", "tokens"],
  settleState: ["params", "presented", "tokens", "locks"],
  forceMove: ["params", "presented", "state"],
  recordOutcome: ["params", "presented", "locks"],
};

function pick<Item>(items: readonly Item[], draw: Draw): Item {
  const item = items[draw(items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** An argument of that function, or of another one, mostly with something wrong. */
function argument(kind: Kind, parts: Parts, others: Parts, draw: Draw): Uint8Array {
  const order = ORDER[draw(8) === 0 ? pick(KINDS, draw) : kind];
  const packed = Bytes.concat(
    ...order.map((part) => pick((draw(12) === 0 ? others : parts)[part], draw)),
  );
  const at = draw(packed.length);
  // The lengths, the flag and the ends of the parts stand at the front, right behind the parameters.
  const near = Math.min(ChannelCodec.PARAMS_BYTES + draw(ChannelCodec.STATE_BYTES), at);
  switch (draw(12)) {
    case 0:
      return packed.subarray(0, at);
    case 1:
      return Bytes.concat(packed, new Uint8Array(1 + draw(70)).fill(draw(2) * 0xff));
    case 2:
      return packed.map((byte, i) => (i === at ? draw(256) : byte));
    case 3:
      return packed.map((byte, i) => (i === near ? byte ^ (1 << draw(8)) : byte));
    case 4:
      return Bytes.concat(packed.subarray(0, near), packed.subarray(near + 1 + draw(3)));
    default:
      return packed;
  }
}

describe("an argument that nobody packed", () => {
  it(`says one call, or is refused by name, ${CALLS} times (seed ${SEED})`, async function () {
    this.timeout(60_000);
    const outcomes = new Map<string, number>();
    const { token } = await court.mint();
    let made: { channel: Channel; parts: Parts }[] = [];
    const renew = async () => {
      made = [channelOf(court), channelOf(court, { bond: 3n, keyB: bob.keyAddress, token })].map(
        (channel) => ({ channel, parts: partsOf(channel, token) }),
      );
      for (const { channel } of made) await channel.fund(false, 100n);
      const [first] = made;
      if (first !== undefined) expectMade(await first.channel.challenge(first.channel.initial));
      const { account } = bob;
      await court.make({ kind: "depositVault", account, token: ETHER, amount: 100n }, bob);
    };
    const step = async (draw: Draw) => {
      const one = pick(made, draw);
      const kind = pick(KINDS, draw);
      const packed = argument(kind, one.parts, pick(made, draw).parts, draw);
      const signature = pick(one.parts.moved, draw);
      const from = kind === "respondFor" ? tower : pick([alice, bob], draw);
      let call: Call.PackedCall;
      try {
        call = unpack(kind, packed, signature);
      } catch (error) {
        if (!(error instanceof CallRejected)) throw error;
        const outcome = await court.send(encoded(kind, packed, signature), from);
        expectRejected(outcome, error.reason, error.values);
        outcomes.set(error.reason, (outcomes.get(error.reason) ?? 0) + 1);
        return;
      }
      expect(Call.pack(call), "one encoding").to.deep.equal(packed);
      const bond = call.params.bond < 99n ? call.params.bond : 0n;
      const value = kind === "challenge" ? bond : call.kind === "openDual" ? call.amount : 0n;
      const outcome = await court.make(call, from, value < 999n ? value : 0n);
      const label = outcome.kind === "made" ? `${kind} made` : outcome.reason;
      outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
      if (draw(15) === 0) court.wait(HOUR);
    };
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const draw = (below: number) => Number(stream.next().value) % below;
        for (let i = 0; i < CALLS; i++) {
          if (i % 50 === 0) await renew();
          await step(draw);
        }
      }),
      { seed: SEED, numRuns: 1, endOnFailure: true },
    );
    // The calls are worth making: many are made, and most reasons to reject one occurred.
    const kinds = [...outcomes.keys()].filter((label) => label.endsWith(" made"));
    expect(kinds.length).to.be.greaterThanOrEqual(7);
    expect(outcomes.size).to.be.greaterThan(28);
    for (const reason of ["PackingTooShort", "PackingTooLong", "NotAFlag", "NotCoSigned"]) {
      expect(outcomes.has(reason), reason).to.equal(true);
    }
  });

  it("is read no further than its length, whatever stands behind it", async () => {
    const channel = channelOf(court);
    const { params } = channel;
    const call = { kind: "respond", params, presented: channel.agreed(3n, { net: 5n }) } as const;
    const packed = Call.pack(call);
    expectRejected(
      await court.send(dirty("respond", packed.subarray(0, -1))),
      "PackingTooShort",
      [66, 65],
    );
    const outcome = expectMade(await court.send(dirty("respond", packed)));
    court.follow(call, bob.account);
    const [event] = AdjudicatorAbi.decode(court.abi, outcome.receipt.logs);
    expect(event).to.include({ kind: "Responded", version: 3n });
  });
});
