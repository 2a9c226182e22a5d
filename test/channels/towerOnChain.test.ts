// A tower at a real adjudicator: what a challenger may do to hide from it, to mislead it or to hold it up.
import { expect } from "chai";
import { keccak256 as keccakOfHex } from "ethers";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import * as Log from "../../src/hub/log.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Blob from "../../src/tower/blob.ts";
import * as RunTower from "../../src/tower/runTower.ts";
import * as Shelf from "../../src/tower/shelf.ts";
import { HOUR, channelOf } from "./channel.ts";
import type { Channel } from "./channel.ts";
import * as CourtSender from "./courtSender.ts";
import { CHAIN_ID, openCourt, type Party } from "./court.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const FEE = 1_000n;
const LATEST = 9n;

const court = await openCourt();
const { alice, bob, carol, tower } = court;
const place = { chainId: CHAIN_ID, adjudicator: Hex.toBytes(court.address) };
const sender = CourtSender.senderOf(court, tower);

const make = (call: AdjudicatorCall, from: Party = carol, value = 0n) =>
  CourtSender.make(court, call, from, value);

/** A tower with an empty shelf, which looks at the chain from its first block on. */
async function keeper(changes: Partial<RunTower.Options> = {}) {
  const shelf = Shelf.open(await Log.open(MemoryDisk.create()), 100);
  const said: string[] = [];
  const options: RunTower.Options = {
    terms: {
      ...{ court: place, address: tower.account, isAltruist: false },
      leastFees: [{ token: ETHER, amount: FEE }],
    },
    ...{ shelf, sender, fromBlock: 0n, confirmations: 2n, pollMs: 5, patience: 0n },
    ...{ signal: new AbortController().signal, say: (line: string) => void said.push(line) },
    ...changes,
  };
  let watch = RunTower.begin(options);
  return {
    ...{ options, said },
    look: () => RunTower.look(options, watch),
    restart: () => void (watch = RunTower.begin(options)),
    watched: () => watch.open.size,
  };
}

type Keeper = Awaited<ReturnType<typeof keeper>>;

/** A channel whose A has put aside a fee for the tower. */
async function entrusted(reserve = FEE): Promise<Channel> {
  const channel = channelOf(court);
  const { account } = alice;
  const { id } = channel;
  await make({ kind: "depositEth", id, toB: false }, carol, 1_000n);
  await make({ kind: "depositVault", account, token: ETHER, amount: FEE }, carol, FEE);
  if (reserve > 0n) {
    await make(
      { kind: "reserveFee", id, tower: tower.account, token: ETHER, amount: reserve },
      alice,
    );
  }
  return channel;
}

/** Leaves the latest state with a tower, for a fee. */
async function leave({ options }: Keeper, channel: Channel, presented = channel.agreed(LATEST)) {
  const blob = blobOf(channel, presented);
  await Shelf.take(options.shelf, Shelf.deposit(channel.id, LATEST, blob, alice.secret));
}

function blobOf(channel: Channel, presented = channel.agreed(LATEST), from = alice): Uint8Array {
  const { params, id } = channel;
  const fee = {
    ...{ channelId: id, tower: tower.account, token: ETHER, amount: FEE },
    ...{ minVersion: presented.state.version, deadline: 2n ** 40n - 1n },
  };
  const promise = { fee, signature: channel.feeSignature(fee, from.keySecret) };
  return Blob.seal({ params, presented, promise });
}

/** Bob, the cheater, challenges with an old state. */
const challengeOf = ({ params, challengeSignature }: Channel, old: CoSigned): AdjudicatorCall => ({
  ...{ kind: "challenge", params, presented: old },
  signature: challengeSignature(old, bob.secret),
});

const cheat = async (channel: Channel) => make(challengeOf(channel, channel.agreed(5n)), carol);

async function headOf({ id }: Channel) {
  const { version, deadline } = await court.contract.headOf(id);
  return { version, deadline };
}

const ANSWERED = { version: LATEST, deadline: 0n };

async function mine(blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) await court.provider.request({ method: "evm_mine", params: [] });
}

const blockNumber = () => court.ethers.provider.getBlockNumber();

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

type LogFilter = { readonly fromBlock?: string; readonly toBlock?: string };
