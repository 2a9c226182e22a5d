// The contract and its model on random calls: the same errors with the same values, the same events, and the same storage.
import { expect } from "chai";
import fc from "fast-check";
import { keccak256 as keccakOfHex } from "ethers";
import * as Nim from "../../src/channels/apps/nim.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as Head from "../../src/channels/head.ts";
import * as Locks from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR } from "./channel.ts";
import { expectMade, openCourt } from "./court.ts";
import type { Court, Party } from "./court.ts";
import { owed } from "./owed.ts";
import { randomCall, towersOf, worldOf } from "./randomCall.ts";
import type { Draw, World } from "./randomCall.ts";

const SEED = 20_261_129;
const TRACES = 8;
const CALLS = 160;

async function expectSameStorage({ court, token, played }: World): Promise<void> {
  const { contract } = court;
  const model = court.model();
  const text = (bytes: Uint8Array) => Hex.fromBytes(bytes);
  for (const { channel } of played) {
    const { id } = channel;
    const head = Ledger.headOf(model, id);
    expect([...(await contract.headOf(id))]).to.deep.equal(Object.values(head).map(BigInt));
    expect(await contract.recordedHash(id)).to.equal(text(Ledger.recordedHash(model, id)));
    expect([...(await contract.outcomeOf(id))]).to.deep.equal(
      Object.values(Ledger.outcomeOf(model, id)),
    );
    for (const one of [ETHER, token]) {
      const pot = Ledger.potOf(model, id, one);
      expect([...(await contract.potOf(id, text(one)))]).to.deep.equal([
        pot.depositedA,
        pot.depositedB,
        pot.isSettled,
        pot.isDrawn,
      ]);
      expect([...(await contract.drawnOf(id, text(one)))]).to.deep.equal(
        Object.values(Ledger.drawnOf(model, id, one)),
      );
    }
    for (const { account } of court.parties) {
      for (const tower of towersOf(court)) {
        const { amount, exitAt } = Vaults.reserveOf(model.book, account, id, tower, ETHER);
        const actual = await contract.reserveOf(text(account), id, text(tower), text(ETHER));
        expect([...actual]).to.deep.equal([amount, exitAt]);
      }
    }
  }
  for (const { account } of court.parties) {
    for (const one of [ETHER, token]) {
      const amount = Vaults.vaultOf(model.book, account, one);
      expect(await contract.vaultOf(text(account), text(one))).to.equal(amount);
    }
  }
}

async function playAtRandom(draw: Draw, outcomes: Map<string, number>): Promise<void> {
  const court = await openCourt();
  const { token } = await court.mint();
  const app = await court.ethers.deployContract("NimApp");
  const address = await app.getAddress();
  const codeHash = Hex.toBytes(keccakOfHex(await court.ethers.provider.getCode(address)));
  const nim = { app: Hex.toBytes(address), codeHash };
  court.rules.codeHash = () => codeHash;
  court.rules.validTransition = (_, __, prev, prevData, next, nextData, moverIsB) =>
    Nim.validTransition(prev, prevData, next, nextData, moverIsB);
  const world = worldOf(court, token, nim, draw);

  const fund = async (call: AdjudicatorCall, value: bigint) => court.make(call, court.alice, value);
  for (const { channel } of world.played) {
    const { id } = channel;
    for (const toB of [false, true]) {
      await fund({ kind: "depositEth", id, toB }, BigInt(draw(60)));
      await fund({ kind: "deposit", id, toB, token, amount: BigInt(draw(60)) }, 0n);
    }
  }
  for (let i = 0; i < CALLS; i++) {
    const { call, from } = randomCall(world, draw);
    const outcome = await court.make(call, from);
    const label = `${call.kind} ${outcome.kind === "made" ? "made" : outcome.reason}`;
    outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
    if (draw(9) === 0) court.wait(draw(3) === 0 ? HOUR : 200n);
  }
  await expectSameStorage(world);
  await everybodyLeaves(world);
}

/** One side of each channel, alone, brings it to its end; then all vaults and reserves are emptied, and nothing is left. */
async function everybodyLeaves(world: World): Promise<void> {
  const { court, token, played } = world;
  const tokens = [ETHER, token];
  for (const { channel, known } of played) {
    const { params, id } = channel;
    const leaver = partyOf(court, params.a);
    if (Ledger.headOf(court.model(), id).deadline === 0n) {
      const latest = known.at(-1)?.presented ?? channel.initial;
      expectMade(await channel.challenge(latest, leaver));
    }
  }
  // A window, and the last expiry that a lock of these has.
  court.wait(HOUR + 4n * HOUR);
  for (const { channel, known } of played) {
    const { params, id } = channel;
    const open = tokens.filter((one) => !Ledger.potOf(court.model(), id, one).isSettled);
    const head = Ledger.headOf(court.model(), id);
    if (open.length === 0 && !Head.has(head, Head.BONDED)) continue;
    if (Head.has(head, Head.SIMPLE)) {
      expectMade(await channel.settle(open));
      continue;
    }
    const forced = world.forced.map((one) => one.known);
    const onRecord = [...known, ...forced].find(({ presented: { state } }) =>
      Head.has(head, Head.BY_HASH)
        ? Bytes.equals(ChannelState.hash(state), Ledger.recordedHash(court.model(), id))
        : state.version === head.version && Bytes.equals(state.channelId, id),
    );
    if (onRecord === undefined) throw new RangeError("what is on record is known");
    const { presented, locks } = onRecord;
    const call = { kind: "settleState", params, presented, locks: Locks.pack(locks) } as const;
    expectMade(await court.make({ ...call, tokens: open }));
  }
  for (const party of court.parties) {
    for (const { channel } of played) {
      for (const tower of towersOf(court)) {
        const { id } = channel;
        const { book } = court.model();
        const { amount, exitAt } = Vaults.reserveOf(book, party.account, id, tower, ETHER);
        if (amount > 0n && exitAt === 0n)
          await court.make({ kind: "startExit", id, tower, token: ETHER }, party);
      }
    }
  }
  court.wait(Vaults.EXIT_DELAY);
  for (const party of court.parties) {
    for (const { channel } of played) {
      for (const tower of towersOf(court)) {
        const { id } = channel;
        const { amount } = Vaults.reserveOf(court.model().book, party.account, id, tower, ETHER);
        const call = { kind: "exit", id, tower, token: ETHER } as const;
        if (amount > 0n) expectMade(await court.make(call, party));
      }
    }
    for (const one of tokens) {
      const amount = Vaults.vaultOf(court.model().book, party.account, one);
      const call = { kind: "vaultOut", token: one, to: party.account, amount } as const;
      if (amount > 0n) expectMade(await court.make(call, party));
    }
  }
  expect(await court.ethers.provider.getBalance(court.address)).to.equal(0n);
  for (const one of tokens) expect(owed(court.model(), one, new Map())).to.equal(0n);
}

function partyOf(court: Court, account: Uint8Array): Party {
  const found = court.parties.find((one) => Bytes.equals(one.account, account));
  if (found === undefined) throw new RangeError("a party of the court");
  return found;
}

describe("the adjudicator and its model", () => {
  it(`agree on ${TRACES} traces of ${CALLS} random calls, and let everybody leave with all there is (seed ${SEED})`, async function () {
    this.timeout(120_000);
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        await playAtRandom((below) => Number(stream.next().value) % below, outcomes);
      }),
      { seed: SEED, numRuns: TRACES, endOnFailure: true },
    );
    // The traces are worth comparing: nearly every kind of call was made, and most reasons to reject one occurred.
    const made = [...outcomes.keys()].filter((label) => label.endsWith(" made"));
    expect(made.length).to.be.greaterThanOrEqual(18);
    expect(outcomes.size).to.be.greaterThan(60);
  });
});
