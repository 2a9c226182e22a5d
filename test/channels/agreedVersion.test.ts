// The agreed version: a move that is answered stays, and what a cheater makes of a victim's old signatures by forced moves never
// passes the newest state that both signed, until the victim's own newest state is on record.
import { expect } from "chai";
import fc from "fast-check";
import { keccak256 as keccakOfHex } from "ethers";
import * as Nim from "../../src/channels/apps/nim.ts";
import type { AppState } from "../../src/channels/appState.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as Head from "../../src/channels/head.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR, NO_SIGNATURE, channelOf } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const SEED = 0x6167_7265;
const TIME = 1_000n;

const court = await openCourt();
const { alice, bob } = court;
const nim = await court.ethers.deployContract("NimApp");
const app = Hex.toBytes(await nim.getAddress());
const codeHash = Hex.toBytes(keccakOfHex(await court.ethers.provider.getCode(Hex.fromBytes(app))));
court.rules.codeHash = () => codeHash;
court.rules.validTransition = (_, __, prev, prevData, next, nextData, moverIsB) =>
  Nim.validTransition(prev, prevData, next, nextData, moverIsB);

const appOf = (game: Nim.Game): AppState => ({ app, codeHash, data: Nim.encode(game) });

/** A channel and its state of version 5, 10 stones and alice to move; a state of it by version and stones. */
async function begun(bond = 0n) {
  const channel = channelOf(court, { bond });
  await channel.fund(false, 100n);
  await channel.fund(true, 50n);
  const gameOf = (version: bigint, stones: number): Nim.Game => {
    return { stones, isTurnOfB: version % 2n === 0n, base: 10n, stake: 20n };
  };
  const stateOf = (version: bigint, stones: number) => {
    const game = gameOf(version, stones);
    return channel.state(version, { net: Nim.netOf(game), app: appOf(game) });
  };
  /** The move from so many stones to so many, by whoever is on turn, whose signature anyone may show. */
  const force = (version: bigint, from: number, to: number) => {
    const [prev, next] = [stateOf(version - 1n, from), stateOf(version, to)];
    const secret = version % 2n === 0n ? alice.keySecret : bob.secret;
    const presented = channel.signState(prev);
    return court.make({
      ...{ kind: "forceMove", params: channel.params, prev: presented, next },
      ...{ prevApp: appOf(gameOf(version - 1n, from)), nextApp: appOf(gameOf(version, to)) },
      signature: channel.sign(ChannelState.hash(next), secret),
    });
  };
  const agreed = (version: bigint, stones: number) => channel.signState(stateOf(version, stones));
  const shown = (version: bigint, stones: number) => ({
    ...{ state: stateOf(version, stones), signatureA: NO_SIGNATURE, signatureB: NO_SIGNATURE },
  });
  expectMade(await channel.challenge(agreed(5n, 10)));
  return { channel, force, agreed, shown };
}

describe("a forced move that is answered", () => {
  it("is not taken back: who moves on from a move agrees to it", async () => {
    const { channel, force, agreed } = await begun();
    expectMade(await force(6n, 10, 7));
    expectMade(await force(7n, 7, 5));
    expectMade(await force(8n, 5, 4));
    expectRejected(await channel.respond(agreed(6n, 7)), "StaleVersion", [7n, 6n]);
    expectMade(await channel.respond(agreed(8n, 4)));
  });
});

describe("old signatures that are forced as moves", () => {
  it("put no newer state off the record, even where one follows from a move that was never played", async () => {
    // Both signed 7 stones and then 6, and 5 as the newest. Alice takes 2 instead of 3; bob's signature of 6 fits behind.
    const { channel, force, agreed } = await begun();
    expectMade(await force(6n, 10, 8));
    expectMade(await force(7n, 8, 6));
    expectMade(await force(8n, 6, 3));
    const head = Ledger.headOf(court.model(), channel.id);
    expect([head.version, Head.agreedVersion(head)]).to.deep.equal([8n, 7n]);
    expectMade(await channel.respond(agreed(8n, 5)));
    expect(Ledger.headOf(court.model(), channel.id)).to.include({ version: 8n, deadline: 0n });
  });

  it("leave the victim its turn where the newest of them is its own", async () => {
    const { channel, force, agreed, shown } = await begun();
    for (const [version, from, to] of [
      [6n, 10, 8],
      [7n, 8, 6],
      [8n, 6, 3],
    ] as const) {
      expectMade(await force(version, from, to));
    }
    expectRejected(await channel.respond(agreed(7n, 6)), "StaleVersion", [7n, 7n]);
    expectMade(await force(9n, 3, 0));
    expectRejected(await channel.respond(agreed(8n, 5)), "StaleVersion", [8n, 8n]);
    court.wait(HOUR);
    expectMade(await channel.settleState(shown(9n, 0)));
  });

  it("save the bond of a stale challenge only by bringing it up to date", async () => {
    for (const [moves, isRefuted] of [
      [1, true],
      [2, true],
      [3, false],
    ] as const) {
      const { channel, force, agreed } = await begun(4n);
      for (const [version, from, to] of (
        [
          [6n, 10, 7],
          [7n, 7, 6],
          [8n, 6, 5],
        ] as const
      ).slice(0, moves)) {
        expectMade(await force(version, from, to));
      }
      const answer = await channel.respond(agreed(8n, 5));
      expect(eventsIn(court, answer, "BondPaid")[0]).to.include({
        account: Hex.fromBytes(isRefuted ? bob.account : alice.account),
      });
    }
  });

  it(`never lift the agreed version past the newest state of both, nor lower it (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        ...[fc.nat(12), fc.nat(12), fc.array(fc.boolean(), { maxLength: 30 }), fc.boolean()],
        (stale, newer, movers, victimIsB) => {
          // The victim has signed up to `newest` with the cheater, and one proposal beyond.
          const newest = BigInt(stale + newer);
          let head: Head.Head = {
            ...{ version: BigInt(stale), deadline: TIME + 1n, flags: 0, moves: 0n, net: 0n },
          };
          let isOwnOnRecord = stale === Number(newest);
          for (const byVictim of movers) {
            const next = head.version + 1n;
            if (byVictim && next > newest + 1n) continue;
            const before = Head.agreedVersion(head);
            head = Head.moved(head, next, TIME + 1n, byVictim === victimIsB);
            expect(Head.agreedVersion(head) >= before).to.equal(true);
            isOwnOnRecord ||= byVictim && next >= newest;
          }
          if (isOwnOnRecord) return;
          expect(() => {
            Head.checkResponse(head, newest, TIME);
          }).not.to.throw();
        },
      ),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
