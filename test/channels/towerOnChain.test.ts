// A tower at a real adjudicator: what a challenger may do to hide from it, to mislead it or to hold it up.
import { expect } from "chai";
import { keccak256 as keccakOfHex } from "ethers";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Log from "../../src/hub/log.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Blob from "../../src/tower/blob.ts";
import * as Shelf from "../../src/tower/shelf.ts";
import { HOUR, type Channel } from "./channel.ts";
import * as CourtSender from "./courtSender.ts";
import * as MemoryDisk from "./memoryDisk.ts";
import {
  ANSWERED,
  FEE,
  LATEST,
  alice,
  blobOf,
  blockNumber,
  bob,
  carol,
  challengeOf,
  cheat,
  court,
  entrusted,
  headOf,
  keeper,
  leave,
  make,
  mine,
  tower,
} from "./towerStand.ts";

describe("a tower on chain", () => {
  it("answers a challenge that came through a contract", async () => {
    const [channel, one] = [await entrusted(), await keeper()];
    await leave(one, channel);
    await CourtSender.makeHidden(court, challengeOf(channel, channel.agreed(5n)));
    expect((await headOf(channel)).version).to.equal(5n);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });

  it("answers for the others though one challenged channel cannot be answered, and says so once", async () => {
    const one = await keeper();
    const poor = await entrusted(0n);
    const others = [await entrusted(), await entrusted(), await entrusted()];
    for (const channel of [poor, ...others]) {
      await leave(one, channel);
      await cheat(channel);
    }
    const before = await blockNumber();
    await one.look();
    await one.look();
    for (const channel of others) expect(await headOf(channel)).to.deep.equal(ANSWERED);
    expect((await headOf(poor)).version).to.equal(5n);
    expect((await blockNumber()) - before, "in one transaction").to.equal(1);
    const refusals = one.said.filter((line) => line.includes("is not answered"));
    expect(refusals.length).to.equal(1);
    // The fee comes late: it is answered then.
    const { id } = poor;
    await make({ kind: "reserveFee", id, tower: tower.account, token: ETHER, amount: FEE }, alice);
    await one.look();
    expect(await headOf(poor)).to.deep.equal(ANSWERED);
  });

  it("full of noise keeps a place for whoever has put a fee aside for it, and for nobody who has put aside less", async () => {
    const shelf = Shelf.open(await Log.open(MemoryDisk.create()), 2);
    const one = await keeper({ shelf });
    const [channel, cheap] = [await entrusted(), await entrusted(FEE - 1n)];
    for (const seed of [1, 2]) {
      const blob = new Uint8Array(Blob.BLOB_BYTES);
      const noise = Shelf.deposit(channel.id, 1n, blob, new Uint8Array(32).fill(seed));
      await Shelf.take(shelf, noise);
    }
    const given = (of: Channel) => Shelf.customerDeposit(of.id, LATEST, blobOf(of), alice.secret);
    const refused = async (of: Channel) =>
      Shelf.take(shelf, given(of)).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(await refused(channel)).to.be.instanceOf(Shelf.ShelfFullError);
    await one.look();
    expect(await refused(channel)).to.equal(undefined);
    expect(await refused(cheap)).to.be.instanceOf(Shelf.ShelfFullError);
    await cheat(channel);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });

  it("has its fee after another tower was paid for every older promise, and its reserve is empty", async () => {
    const [channel, one] = [await entrusted(), await keeper()];
    await leave(one, channel);
    const { params, id } = channel;
    const { account } = alice;
    await make({ kind: "depositVault", account, token: ETHER, amount: 2n * FEE }, carol, 2n * FEE);
    const kept = { id, tower: carol.account, token: ETHER, amount: 2n * FEE };
    await make({ kind: "reserveFee", ...kept }, alice);
    await cheat(channel);
    for (const version of [6n, 7n]) {
      const fee = {
        ...{ channelId: id, tower: carol.account, token: ETHER, amount: FEE },
        ...{ minVersion: version, deadline: 2n ** 40n - 1n },
      };
      const signature = channel.feeSignature(fee, alice.keySecret);
      const presented = channel.agreed(version);
      await make({ kind: "respondFor", params, presented, fee, signature }, carol);
      await make(challengeOf(channel, presented), carol);
    }
    const text = (bytes: Uint8Array) => Hex.fromBytes(bytes);
    const left = await court.contract.reserveOf(
      ...([text(account), id, text(carol.account), text(ETHER)] as const),
    );
    expect(left.amount).to.equal(0n);
    const before = await court.ethers.provider.getBalance(court.address);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    expect(before - (await court.ethers.provider.getBalance(court.address))).to.equal(FEE);
  });

  it("answers by a state that it gets while the clock runs", async () => {
    const [channel, one] = [await entrusted(), await keeper()];
    await cheat(channel);
    await mine(3);
    await one.look();
    await leave(one, channel);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });

  it("answers the second of two challenges that were made between two looks", async () => {
    const [channel, one] = [await entrusted(), await keeper()];
    await leave(one, channel);
    await one.look();
    await cheat(channel);
    const { params } = channel;
    await make({ kind: "respond", params, presented: channel.agreed(6n) });
    await make(challengeOf(channel, channel.agreed(6n)), carol);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });

  it("counts its patience from the challenge, also over a restart, and waits half the window at most", async () => {
    const [channel, one] = [await entrusted(), await keeper({ patience: 1_000n })];
    const impatient = await keeper({ patience: 10n * HOUR });
    for (const each of [one, impatient]) await leave(each, channel);
    await cheat(channel);
    const wait = async (seconds: bigint) => {
      await court.provider.request({ method: "evm_increaseTime", params: [Number(seconds)] });
      await mine(1);
    };
    const snapshot = await court.provider.request({ method: "evm_snapshot", params: [] });
    await wait(990n);
    await one.look();
    expect((await headOf(channel)).version).to.equal(5n);
    one.restart();
    await wait(10n);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    await court.provider.request({ method: "evm_revert", params: [snapshot] });
    await wait(HOUR / 2n - 10n);
    await impatient.look();
    expect((await headOf(channel)).version).to.equal(5n);
    await wait(10n);
    await impatient.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });

  it("asks nothing about channels that it keeps nothing for, and forgets them when their time is over", async () => {
    const ask = CourtSender.asks(court);
    let calls = 0;
    const counted = CourtSender.senderOf(court, tower, (request) => {
      if (request.method === "eth_call") calls += 1;
      return ask(request);
    });
    const one = await keeper({ sender: counted });
    await cheat(await entrusted());
    await mine(3);
    await one.look();
    expect(one.watched()).to.be.greaterThan(0);
    expect(calls).to.equal(0);
    await court.provider.request({ method: "evm_increaseTime", params: [Number(2n * HOUR)] });
    await mine(3);
    await one.look();
    expect(one.watched()).to.equal(0);
  });

  it("answers a challenger who has forced moves beyond the version that it keeps", async () => {
    const nim = await court.ethers.deployContract("NimApp");
    const app = await nim.getAddress();
    const codeHash = Hex.toBytes(keccakOfHex(await court.ethers.provider.getCode(app)));
    const appOf = (game: Nim.Game) => ({
      ...{ app: Hex.toBytes(app), codeHash, data: Nim.encode(game) },
    });
    const start: Nim.Game = { stones: 10, isTurnOfB: true, base: 10n, stake: 20n };
    const moved = { ...start, stones: 7, isTurnOfB: false };
    const [channel, one] = [await entrusted(), await keeper()];
    const stateOf = (version: bigint, game: Nim.Game) =>
      channel.state(version, { net: Nim.netOf(game), app: appOf(game) });
    const prev = channel.signState(stateOf(LATEST - 1n, start));
    await leave(one, channel);
    await make(challengeOf(channel, prev), carol);
    const next = stateOf(LATEST, moved);
    const move: AdjudicatorCall = {
      ...{ kind: "forceMove", params: channel.params, prev, prevApp: appOf(start), next },
      ...{ nextApp: appOf(moved), signature: channel.sign(ChannelState.hash(next), bob.secret) },
    };
    await make(move, carol);
    expect((await headOf(channel)).version).to.equal(LATEST);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    const { moves } = await court.contract.headOf(channel.id);
    expect(moves).to.equal(0n);
  });
});
