// forceMove: a game of Nim that goes on, on chain, with a player who does not answer; and apps that are none.
import { expect } from "chai";
import { keccak256 as keccakOfHex } from "ethers";
import * as AppState from "../../src/channels/appState.ts";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import type { State } from "../../src/channels/channelState.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Head from "../../src/channels/head.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, NOTHING, NO_SIGNATURE, channelOf, hashLock } from "./channel.ts";
import type { Channel } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const court = await openCourt();
const { alice, bob, carol } = court;
const nim = await deployApp("NimApp");
const strange = await deployApp("StrangeApp");

// What the model is told of code: Nim by its twin, the strange app by what each manner comes to.
let strangeAllows: ReadonlySet<number> = new Set([0, 7]);
court.rules.codeHash = (account) => {
  const known = [nim, strange].find(({ app }) => Hex.key(app) === Hex.key(account));
  return known?.codeHash ?? new Uint8Array(32);
};
court.rules.validTransition = (app, _, prev, prevData, next, nextData, moverIsB) =>
  Hex.key(app) === Hex.key(nim.app)
    ? Nim.validTransition(prev, prevData, next, nextData, moverIsB)
    : Hex.key(app) === Hex.key(strange.app) && strangeAllows.has(nextData[0] ?? 0);

async function deployApp(name: string) {
  const contract = await court.ethers.deployContract(name);
  const address = await contract.getAddress();
  const code = await court.ethers.provider.getCode(address);
  return { app: Hex.toBytes(address), codeHash: Hex.toBytes(keccakOfHex(code)) };
}

const START: Nim.Game = { stones: 10, isTurnOfB: false, base: 10n, stake: 20n };

const appOf = (game: Nim.Game): AppState.AppState => ({ ...nim, data: Nim.encode(game) });
const played = (game: Nim.Game, taken: number): Nim.Game => ({
  ...game,
  stones: game.stones - taken,
  isTurnOfB: !game.isTurnOfB,
});

function stateOf(channel: Channel, version: bigint, game: Nim.Game): State {
  return channel.state(version, { net: Nim.netOf(game), app: appOf(game) });
}

/** A funded channel in which a clock runs on version 5, the start of a game. */
async function disputed(game = START) {
  const channel = channelOf(court);
  await channel.fund(false, 100n);
  await channel.fund(true, 50n);
  const prev = channel.signState(stateOf(channel, 5n, game));
  await channel.challenge(prev);
  return { channel, prev };
}

type Move = {
  readonly channel: Channel;
  readonly prev: CoSigned;
  readonly prevApp?: AppState.AppState;
  readonly next: State;
  readonly nextApp: AppState.AppState;
  readonly secret?: Uint8Array;
};

async function force({ channel, prev, prevApp = appOf(START), next, nextApp, secret }: Move) {
  const signature = channel.sign(ChannelState.hash(next), secret ?? alice.keySecret);
  const { params } = channel;
  return court.make({ kind: "forceMove", params, prev, prevApp, next, nextApp, signature }, carol);
}

/** Takes stones from the start of the game, as alice unless another secret signs. */
async function take(channel: Channel, prev: CoSigned, taken: number, secret?: Uint8Array) {
  const game = played(START, taken);
  const next = stateOf(channel, 6n, game);
  const move = { channel, prev, next, nextApp: appOf(game) };
  const outcome = await force(secret === undefined ? move : { ...move, secret });
  const shown = { state: next, signatureA: NO_SIGNATURE, signatureB: NO_SIGNATURE };
  return { outcome, game, next, shown };
}

/** Bob takes two stones after a first move. */
async function answered(channel: Channel, first: Awaited<ReturnType<typeof take>>) {
  const game = played(first.game, 2);
  const next = stateOf(channel, 7n, game);
  const apps = { prevApp: appOf(first.game), nextApp: appOf(game) };
  expectMade(await force({ ...apps, channel, prev: first.shown, next, secret: bob.secret }));
  return { game, shown: { ...first.shown, state: next } };
}

describe("a forced move", () => {
  it("is put on record by its hash, with all that the other needs, and starts the clock anew", async () => {
    const { channel, prev } = await disputed();
    court.wait(HOUR / 2n);
    const { outcome, next, game } = await take(channel, prev, 3);
    const head = Ledger.headOf(court.model(), channel.id);
    expect(head).to.include({ version: 6n, moves: 1n, deadline: court.now() + HOUR });
    expect(Head.has(head, Head.BY_HASH)).to.equal(true);
    const hash = Hex.fromBytes(ChannelState.hash(next));
    expect(await court.contract.recordedHash(channel.id)).to.equal(hash);
    const [event] = eventsIn(court, outcome, "MoveForced");
    expect(event).to.include({ data: Hex.fromBytes(Nim.encode(game)) });
  });

  it("is answered by another, until one side lets its time run out and pays", async () => {
    const { channel, prev } = await disputed();
    const first = await take(channel, prev, 3);
    const { shown } = await answered(channel, first);
    court.wait(HOUR);
    const settled = eventsIn(court, await channel.settleState(shown), "Settled")[0];
    expect(settled, "alice was to move").to.include({ toA: 70n, toB: 80n });
  });

  it("that wins the game leaves nothing to answer", async () => {
    const start = { ...START, stones: 3 };
    const { channel, prev } = await disputed(start);
    const game = played(start, 3);
    const next = stateOf(channel, 6n, game);
    expectMade(await force({ channel, prev, prevApp: appOf(start), next, nextApp: appOf(game) }));
    for (const taken of [0, 1]) {
      const more = { ...game, stones: taken === 0 ? 0 : 255, isTurnOfB: false };
      const after = stateOf(channel, 7n, more);
      const shown = { ...prev, state: next };
      const move = { channel, prev: shown, prevApp: appOf(game), next: after, secret: bob.secret };
      const outcome = await force({ ...move, nextApp: appOf(more) });
      expectRejected(outcome, "MoveRefused", [nim.app, true]);
    }
    court.wait(HOUR);
    const shown = { ...prev, state: next };
    const settled = eventsIn(court, await channel.settleState(shown), "Settled")[0];
    expect(settled).to.include({ toA: 110n, toB: 40n });
  });

  it("outside the rules, out of turn, or by nobody who plays is refused", async () => {
    const { channel, prev } = await disputed();
    expectRejected((await take(channel, prev, 4)).outcome, "MoveRefused", [nim.app, false]);
    expectRejected((await take(channel, prev, 0)).outcome, "MoveRefused", [nim.app, false]);
    const outOfTurn = await take(channel, prev, 2, bob.secret);
    expectRejected(outOfTurn.outcome, "MoveRefused", [nim.app, true]);
    const skipping = { ...played(START, 2), isTurnOfB: false };
    const skipped = stateOf(channel, 6n, skipping);
    const skip = await force({ channel, prev, next: skipped, nextApp: appOf(skipping) });
    expectRejected(skip, "MoveRefused", [nim.app, false]);
    const stranger = await take(channel, prev, 2, carol.secret);
    const digest = TypedData.digest(court.domain, ChannelState.hash(stranger.next));
    expectRejected(stranger.outcome, "SignerNotAParty", [digest, carol.account]);
  });

  it("that pays otherwise than the game says is refused", async () => {
    const { channel, prev } = await disputed();
    const game = played(START, 2);
    const next = channel.state(6n, { net: Nim.netOf(game) - 1n, app: appOf(game) });
    const outcome = await force({ channel, prev, next, nextApp: appOf(game) });
    expectRejected(outcome, "MoveRefused", [nim.app, false]);
  });

  it("changes only payments and the app's data", async () => {
    const { channel, prev } = await disputed();
    const game = played(START, 2);
    const legal = stateOf(channel, 6n, game);
    const nextApp = appOf(game);
    const forced = (next: State, app = nextApp) => force({ channel, prev, next, nextApp: app });
    const { id } = channel;
    const [asset] = legal.assets;
    if (asset === undefined) throw new RangeError("an asset");

    for (const version of [5n, 7n]) {
      expectRejected(await forced({ ...legal, version }), "WrongVersion", [6n, version]);
    }
    for (const assets of [
      [],
      [asset, asset],
      [{ ...asset, outA: 1n }],
      [{ ...asset, outB: 1n }],
      [{ ...asset, token: carol.account }],
    ]) {
      expectRejected(await forced({ ...legal, assets }), "AssetsChanged", [id]);
    }
    const locked = { ...legal, locks: id };
    expectRejected(await forced(locked), "LocksChanged", [NOTHING, id]);
    expectRejected(await forced({ ...legal, isFinal: true }), "StateIsFinal", [id, 6n]);
    const foreign = { ...legal, channelId: channelOf(court).id };
    const digest = TypedData.digest(court.domain, channel.hashHere(foreign));
    const signature = channel.sign(ChannelState.hash(foreign), alice.keySecret);
    const stranger = CompactSignature.recover(digest, signature) ?? new Uint8Array(20);
    expectRejected(await forced(foreign), "SignerNotAParty", [digest, stranger]);
    for (const change of [{ app: strange.app }, { codeHash: strange.codeHash }]) {
      const app = { ...nextApp, ...change };
      const next = { ...legal, app: AppState.hash(app) };
      expectRejected(await forced(next, app), "WrongApp", [prev.state.app, next.app]);
    }
    const appless = await forced({ ...legal, app: NOTHING });
    expectRejected(appless, "WrongApp", [NOTHING, AppState.hash(nextApp)]);
    const wrongPrev = { channel, prev, prevApp: nextApp, next: legal, nextApp };
    expectRejected(await force(wrongPrev), "WrongApp", [prev.state.app, legal.app]);
    expectMade(await forced(legal));
  });

  it("needs a clock that runs, and the state on record before it", async () => {
    const { channel, prev } = await disputed();
    const calm = channelOf(court);
    const early = await take(calm, calm.signState(stateOf(calm, 5n, START)), 2);
    expectRejected(early.outcome, "ClockNotStarted", [calm.id]);
    const newer = channel.signState(stateOf(channel, 6n, START));
    expectRejected((await take(channel, newer, 2)).outcome, "VersionNotOnRecord", [5n, 6n]);
    const first = await take(channel, prev, 2);
    const onRecord = ChannelState.hash(first.next);
    const again = await take(channel, prev, 1);
    expectRejected(again.outcome, "StateNotOnRecord", [onRecord, ChannelState.hash(prev.state)]);
    const { deadline } = Ledger.headOf(court.model(), channel.id);
    court.wait(HOUR);
    const late = await take(channel, first.shown, 1);
    expectRejected(late.outcome, "DeadlinePassed", [deadline, court.now()]);
    const other = await channel.settleState({ ...first.shown, state: again.next });
    const values = [onRecord, ChannelState.hash(again.next)];
    expectRejected(other, "StateNotOnRecord", values);
  });

  it("after a final state is none", async () => {
    const channel = channelOf(court);
    const state = { ...stateOf(channel, 5n, START), isFinal: true };
    const prev = channel.signState(state);
    await channel.challenge(prev);
    expectRejected((await take(channel, prev, 2)).outcome, "StateIsFinal", [channel.id, 5n]);
  });

  it("beyond the highest version is none", async () => {
    const channel = channelOf(court);
    const version = 2n ** 64n - 1n;
    const prev = channel.signState(stateOf(channel, version, START));
    await channel.challenge(prev);
    const outcome = (await take(channel, prev, 2)).outcome;
    expectRejected(outcome, "WrongVersion", [version + 1n, 6n]);
  });

  it("carries locks along, which settle with it", async () => {
    const channel = channelOf(court);
    await channel.fund(false, 100n);
    const { lock, secret } = hashLock(5n, court.now() + 9n * HOUR);
    const game = played(START, 2);
    const terms = (one: Nim.Game) => ({ net: Nim.netOf(one), app: appOf(one), locks: [lock] });
    const prev = channel.agreed(5n, terms(START));
    await channel.challenge(prev);
    const next = channel.state(6n, terms(game));
    expectMade(await force({ channel, prev, next, nextApp: appOf(game) }));
    await court.make({ kind: "reveal", secret });
    court.wait(HOUR);
    const shown = { ...prev, state: next };
    const settled = eventsIn(court, await channel.settleState(shown, [lock]), "Settled")[0];
    expect(settled, "the stake comes back, the lock goes").to.include({ toA: 100n, toB: 0n });
  });

  it("pays by its own state alone, also where both signed a state without an app of the version before", async () => {
    const channel = channelOf(court);
    await channel.fund(false, 100n);
    await channel.challenge(channel.agreed(5n, { net: 90n }));
    const { outcome, shown } = await take(
      channel,
      channel.signState(stateOf(channel, 5n, START)),
      3,
    );
    expectMade(outcome);
    court.wait(HOUR);
    expectRejected(await channel.settle(), "StateNeeded", [channel.id]);
    expectMade(await channel.settleState(shown));
  });
});

describe("a forced move that stands on a stale state", () => {
  it("gives way to any newer state that both have signed, however many moves it is ahead", async () => {
    for (const version of [6n, 7n, 9n]) {
      const { channel, prev } = await disputed();
      const first = await take(channel, prev, 3);
      if (version > 6n) await answered(channel, first);
      expectMade(await channel.respond(channel.signState(stateOf(channel, version, START))));
      expect(Ledger.headOf(court.model(), channel.id)).to.deep.equal({
        version,
        deadline: 0n,
        flags: 0,
        moves: 0n,
        net: 0n,
      });
    }
  });

  it("by a mover who signed another move before gives way to that one", async () => {
    const { channel, prev } = await disputed();
    const countersigned = channel.signState(stateOf(channel, 6n, played(START, 1)));
    expectMade((await take(channel, prev, 3)).outcome);
    expectMade(await channel.respond(countersigned));
    court.wait(HOUR);
    expectRejected(await channel.settle(), "ClockNotStarted", [channel.id]);
    expectRejected(await channel.challenge(prev), "StaleVersion", [6n, 5n]);
  });

  it("does not give way to the state that it stands on, or to an older one", async () => {
    const { channel, prev } = await disputed();
    await take(channel, prev, 3);
    expectRejected(await channel.respond(prev), "StaleVersion", [5n, 5n]);
    expectRejected(await channel.respond(channel.agreed(4n)), "StaleVersion", [5n, 4n]);
  });
});

describe("an app", () => {
  const data = (manner: number) => Uint8Array.of(manner);

  async function ask(manner: number, app = strange) {
    const channel = channelOf(court);
    const prevApp = { ...app, data: data(0) };
    const nextApp = { ...app, data: data(manner) };
    const prev = channel.agreed(5n, { net: 0n, app: prevApp });
    await channel.challenge(prev);
    const next = channel.state(6n, { net: 1n, app: nextApp });
    return force({ channel, prev, prevApp, next, nextApp });
  }

  for (const [fact, manner] of [
    ["reverts", 1],
    ["burns all its gas", 2],
    ["answers something else than yes or no", 4],
    ["tries to change something", 5],
    ["answers less than a word", 6],
  ] as const) {
    it(`that ${fact} allows nothing`, async () => {
      expectRejected(await ask(manner), "MoveRefused", [strange.app, false]);
    });
  }

  it("that says yes in too many words is heard, and they cost the adjudicator nothing", async () => {
    const { gas } = expectMade(await ask(7));
    const plain = expectMade(await ask(0)).gas;
    // The app itself pays for its memory.
    expect(gas - plain).to.be.lessThan(200_000n);
  });

  it("that reads the time says yes in one second and no in the next: its code was signed for", async () => {
    const answers = new Set<string>();
    for (let i = 0; i < 2; i++) {
      const channel = channelOf(court);
      const app = { ...strange, data: data(3) };
      const prev = channel.agreed(5n, { net: 0n, app });
      await channel.challenge(prev);
      if ((court.now() + 1n) % 2n !== BigInt(i)) court.wait(1n);
      strangeAllows = new Set((court.now() + 1n) % 2n === 1n ? [3] : []);
      const next = channel.state(6n, { net: 1n, app });
      answers.add((await force({ channel, prev, prevApp: app, next, nextApp: app })).kind);
    }
    expect(answers).to.deep.equal(new Set(["made", "rejected"]));
    strangeAllows = new Set([0, 7]);
  });

  it("with another code than was signed for, or with none, judges nothing", async () => {
    const wrong = { app: strange.app, codeHash: nim.codeHash };
    const changed = await ask(0, wrong);
    expectRejected(changed, "AppCodeChanged", [nim.codeHash, strange.codeHash]);
    const nowhere = { app: new Uint8Array(20).fill(0xee), codeHash: nim.codeHash };
    expectRejected(await ask(0, nowhere), "AppCodeChanged", [nim.codeHash, NOTHING]);
    const codeless = { app: nowhere.app, codeHash: NOTHING };
    expectRejected(await ask(0, codeless), "MoveRefused", [nowhere.app, false]);
  });

  it("is not asked with less gas than it may need", async () => {
    const { channel, prev } = await disputed();
    const game = played(START, 2);
    const next = stateOf(channel, 6n, game);
    const call = {
      params: channel.params,
      prev,
      prevApp: appOf(START),
      next,
      nextApp: appOf(game),
      signature: channel.sign(ChannelState.hash(next), alice.keySecret),
    };
    const data = AdjudicatorAbi.encode(court.abi, { kind: "forceMove", ...call });
    const outcome = await court.send(data, carol, 0n, 900_000n);
    expect(outcome).to.include({ kind: "rejected", reason: "GasTooLow" });
    expectMade(await court.make({ kind: "forceMove", ...call }, carol));
  });
});
