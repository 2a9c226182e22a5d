// A tower whose nodes are late, take blocks back, keep no log, or make no blocks; and noise in a channel of somebody's own.
import { expect } from "chai";
import * as Shelf from "../../src/tower/shelf.ts";
import { HOUR } from "./channel.ts";
import * as CourtSender from "./courtSender.ts";
import {
  ANSWERED,
  LATEST,
  blobOf,
  bob,
  cheat,
  court,
  entrusted,
  headOf,
  keeper,
  leave,
  mine,
  tower,
} from "./towerStand.ts";

type LogFilter = { readonly fromBlock?: string; readonly toBlock?: string };

describe("a tower and its nodes", () => {
  it("answers a challenge of which a node that was late told nothing, though its block was certain", async () => {
    const ask = CourtSender.asks(court);
    let isLate = true;
    const twoNodes = CourtSender.senderOf(court, tower, (request) =>
      isLate && request.method === "eth_getLogs" ? Promise.resolve([]) : ask(request),
    );
    const [channel, one] = [await entrusted(), await keeper({ sender: twoNodes })];
    await leave(one, channel);
    await cheat(channel);
    await mine(3);
    await one.look();
    expect((await headOf(channel)).version).to.equal(5n);
    isLate = false;
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    await mine(3);
    await one.look();
    const watched = one.watched();
    await one.look();
    expect(one.watched(), "what is over is not taken up again").to.equal(watched);
  });

  it("asks about a few blobs of a channel at every look, in turn: thousands that do not pay hold up nobody", async () => {
    const ask = CourtSender.asks(court);
    let questions = 0;
    const counted = CourtSender.senderOf(court, tower, (request) => {
      if (request.method === "eth_estimateGas") questions += 1;
      return ask(request);
    });
    const [channel, one] = [await entrusted(), await keeper({ sender: counted })];
    const { shelf } = one.options;
    // Bob promises for the same state what nobody has put aside for him.
    const noise = blobOf(channel, channel.agreed(LATEST), bob);
    const count = 2 * Shelf.BLOBS_A_TURN;
    for (let seed = 1; seed <= count; seed++) {
      const key = new Uint8Array(32).fill(seed);
      await Shelf.take(shelf, Shelf.deposit(channel.id, LATEST, noise, key));
    }
    await leave(one, channel);
    await cheat(channel);
    for (const [looks, version] of [5n, 5n, LATEST].entries()) {
      await one.look();
      expect((await headOf(channel)).version, `after look ${looks}`).to.equal(version);
      expect(questions).to.be.at.most(count + 3);
    }
  });

  it("answers what it knows of while the node does not tell its log, and few blocks at a time", async () => {
    const ask = CourtSender.asks(court);
    let most = 10n ** 9n;
    const picky = CourtSender.senderOf(court, tower, (request) => {
      const [filter] = Array.isArray(request.params) ? (request.params as LogFilter[]) : [];
      const blocks = BigInt(filter?.toBlock ?? 0) - BigInt(filter?.fromBlock ?? 0) + 1n;
      const isRefused = request.method === "eth_getLogs" && blocks > most;
      return isRefused ? Promise.reject(new RangeError(`at most ${most} blocks`)) : ask(request);
    });
    const [channel, other] = [await entrusted(), await entrusted()];
    const one = await keeper({ sender: picky, patience: 60n });
    for (const each of [channel, other]) await leave(one, each);
    await cheat(channel);
    await one.look();
    await court.provider.request({ method: "evm_increaseTime", params: [60] });
    await mine(1);
    most = 0n;
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    expect(one.said.filter((line) => line.includes("the log cannot be read")).length).to.equal(1);
    await cheat(other);
    await court.provider.request({ method: "evm_increaseTime", params: [60] });
    await mine(1);
    most = 3n;
    await one.look();
    expect(await headOf(other)).to.deep.equal(ANSWERED);
  });

  it("finds a challenge that was reorganised into another block", async () => {
    const [channel, one] = [await entrusted(), await keeper()];
    await leave(one, channel);
    const snapshot = await court.provider.request({ method: "evm_snapshot", params: [] });
    await mine(1);
    await one.look();
    await court.provider.request({ method: "evm_revert", params: [snapshot] });
    await cheat(channel);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });

  it("answers again where its answer was reorganised away, and forgets when that cannot be", async () => {
    const [channel, one] = [await entrusted(), await keeper()];
    await leave(one, channel);
    await cheat(channel);
    await mine(3);
    const snapshot = await court.provider.request({ method: "evm_snapshot", params: [] });
    await one.look();
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    await court.provider.request({ method: "evm_revert", params: [snapshot] });
    expect((await headOf(channel)).version).to.equal(5n);
    await one.look();
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
    const watched = one.watched();
    await mine(2);
    await one.look();
    // It keeps nothing of the other tests' channels, and looks at those no more.
    expect(one.watched()).to.equal(watched - 1);
  });

  it("counts its patience by its own clock where a chain makes no blocks while nobody calls", async () => {
    const [channel, one] = [await entrusted(), await keeper({ patience: 600n })];
    await leave(one, channel);
    await cheat(channel);
    await one.look();
    expect((await headOf(channel)).version).to.equal(5n);
    // No block has been made since: the newest is the challenge's.
    const start = Number((await headOf(channel)).deadline - HOUR);
    await one.look((start + 599) * 1_000);
    expect((await headOf(channel)).version).to.equal(5n);
    await one.look((start + 600) * 1_000);
    expect(await headOf(channel)).to.deep.equal(ANSWERED);
  });
});
