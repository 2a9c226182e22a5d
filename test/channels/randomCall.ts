// Random calls to an adjudicator, legal and illegal, over a few channels that know each other's locks.
import * as AppState from "../../src/channels/appState.ts";
import * as Nim from "../../src/channels/apps/nim.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import type { Asset } from "../../src/channels/channelState.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { HOUR, NO_SIGNATURE, channelOf } from "./channel.ts";
import type { Channel } from "./channel.ts";
import type { Court, Party } from "./court.ts";

export type Draw = (below: number) => number;

const VERSIONS = 9;
const APP_VERSION = 5;
const SECRETS = 3;

/** One state of a channel with what it stands for. */
type Known = {
  readonly presented: CoSigned;
  readonly locks: readonly Locks.Lock[];
  readonly game: Nim.Game | undefined;
};

type Played = { readonly channel: Channel; readonly known: readonly Known[] };

export type World = {
  readonly court: Court;
  readonly token: Uint8Array;
  readonly nim: { readonly app: Uint8Array; readonly codeHash: Uint8Array };
  readonly secrets: readonly Uint8Array[];
  readonly played: Played[];
  // What has been forced, so that it can be presented again.
  readonly forced: { readonly channel: Channel; readonly known: Known }[];
};

/** The towers that reserves are made for. */
export function towersOf({ tower, carol }: Court): readonly Uint8Array[] {
  return [tower.account, carol.account];
}

/** Some channels, with a handful of agreed states each. */
export function worldOf(court: Court, token: Uint8Array, nim: World["nim"], draw: Draw): World {
  const secrets = Array.from({ length: SECRETS }, () =>
    Uint8Array.from({ length: 32 }, () => draw(256)),
  );
  const { carol } = court;
  const channels = [
    channelOf(court),
    channelOf(court, { bond: 7n, token }),
    channelOf(court, { b: carol.account, keyB: carol.keyAddress, period: 0n }),
    channelOf(court, { bond: 3n, keyA: new Uint8Array(20) }),
  ];
  const virtual = channels[0];
  const expiry = court.now() + BigInt(draw(4)) * HOUR;
  const played = channels.map((channel) => ({
    channel,
    known: Array.from({ length: VERSIONS }, (_, version) => {
      if (version === 0) return { presented: channel.initial, locks: [], game: undefined };
      const net = () => BigInt(draw(90)) - 45n;
      const entry = (one: Uint8Array): Asset => ({
        token: one,
        net: draw(20) === 0 ? 2n ** 120n : net(),
        outA: BigInt(version * draw(3)),
        outB: BigInt(version * draw(3)),
      });
      const both = [entry(ETHER), entry(token)];
      const assets = draw(3) === 0 ? both : [entry(channel.params.token)];
      const game =
        version === APP_VERSION
          ? { stones: 9, isTurnOfB: draw(2) === 0, base: net(), stake: 5n }
          : undefined;
      const locks = draw(2) === 0 ? randomLocks(secrets, virtual?.id ?? ETHER, expiry, draw) : [];
      const priced =
        game === undefined
          ? assets
          : assets.map((asset, i) => (i === 0 ? { ...asset, net: Nim.netOf(game) } : asset));
      const presented = channel.agreed(BigInt(version), {
        assets: priced,
        locks: game === undefined ? locks : [],
        isFinal: draw(4) === 0 && game === undefined,
        ...(game === undefined ? {} : { app: { ...nim, data: Nim.encode(game) } }),
      });
      return { presented, locks: game === undefined ? locks : [], game };
    }),
  }));
  return { court, token, nim, secrets, played, forced: [] };
}

/** A call that might be made now, and who might make it. */
export function randomCall(world: World, draw: Draw): { call: AdjudicatorCall; from: Party } {
  const { parties } = world.court;
  const from = pick(parties, draw);
  return { call: callOf(world, draw, from, 0), from };
}

function callOf(world: World, draw: Draw, from: Party, depth: number): AdjudicatorCall {
  const { court, token, secrets } = world;
  const { channel, known } = pick(world.played, draw);
  const { params, id } = channel;
  const { presented, locks } = shown(world, channel, known, draw);
  const one = draw(2) === 0 ? ETHER : token;
  const amount = BigInt(draw(60));
  const packed = Locks.pack(draw(12) === 0 ? [] : locks);
  const tokens = draw(2) === 0 ? [one] : [ETHER, token];
  switch (draw(24)) {
    case 0:
      return { kind: "depositVault", account: from.account, token: one, amount };
    case 1:
      return { kind: "deposit", id, toB: draw(2) === 0, token, amount };
    case 2: {
      const deadline = court.now() + BigInt(draw(3) * 50);
      const draft = {
        channelId: id,
        token: one,
        total: amount,
        against: BigInt(draw(60)),
        deadline,
      };
      const signer = draw(8) === 0 ? from : (party(court, params.b) ?? from);
      const signature = channel.drawSignature(draft, signer.secret);
      return { kind: "openDual", params, amount: BigInt(draw(60)), draw: draft, signature };
    }
    case 3:
      return { kind: "vaultOut", token: one, to: from.account, amount };
    case 4:
    case 5:
      return { kind: "withdraw", params, presented: corrupted(presented, draw) };
    case 6:
      return { kind: "close", params, last: corrupted(presented, draw) };
    case 7:
      return { kind: "closeToVault", params, last: presented };
    case 8:
    case 9:
    case 10: {
      const by = draw(6) === 0 ? from : (party(court, draw(2) === 0 ? params.a : params.b) ?? from);
      const secret = Bytes.isZero(params.keyA) ? by.secret : by.keySecret;
      const signature = channel.challengeSignature(presented, draw(2) === 0 ? secret : by.secret);
      return { kind: "challenge", params, presented: corrupted(presented, draw), signature };
    }
    case 11:
      return { kind: "respond", params, presented: corrupted(presented, draw) };
    case 12: {
      const fee = {
        channelId: id,
        tower: from.account,
        token: ETHER,
        amount: draw(2) === 0 ? 0n : BigInt(draw(5)),
        minVersion: BigInt(draw(VERSIONS)),
        deadline: court.now() + BigInt(draw(20) * 20),
      };
      const signature = channel.feeSignature(fee, party(court, params.b)?.secret ?? from.secret);
      return { kind: "respondFor", params, presented, fee, signature };
    }
    case 13:
      return { kind: "settle", params, tokens };
    case 14:
    case 15:
      return {
        kind: "settleState",
        params,
        presented: corrupted(presented, draw),
        locks: packed,
        tokens,
      };
    case 16:
    case 22:
    case 23:
      return moveOrChallenge(world, draw);
    case 17:
      return { kind: "reveal", secret: pick(secrets, draw) };
    case 18:
      return { kind: "recordOutcome", params, presented, locks: packed };
    case 19:
      return { kind: "reserveFee", id, tower: pick(towersOf(court), draw), token: ETHER, amount };
    case 20: {
      const reserve = { id, tower: pick(towersOf(court), draw), token: ETHER };
      return { kind: draw(2) === 0 ? "startExit" : "exit", ...reserve };
    }
    default: {
      if (depth > 0) return { kind: "revealMany", secrets: [pick(secrets, draw)] };
      const calls = [1, 2, 3].map(() => callOf(world, draw, from, depth + 1));
      if (draw(2) === 0) return { kind: "attempt", calls };
      const closings = [1, 2].map(() => {
        const chosen = pick(world.played, draw);
        return { params: chosen.channel.params, last: pick(chosen.known, draw).presented };
      });
      return { kind: "closeMany", closings };
    }
  }
}

// Mostly what is on record, if anything is; else any state of the channel.
function shown(world: World, channel: Channel, known: readonly Known[], draw: Draw): Known {
  const { version } = Ledger.headOf(world.court.model(), channel.id);
  const forced = world.forced.filter((one) => one.channel === channel).map((one) => one.known);
  const onRecord = [...forced, ...known].filter(
    ({ presented }) => presented.state.version === version,
  );
  return onRecord.length > 0 && draw(2) === 0 ? pick(onRecord, draw) : pick(known, draw);
}

// A move where a clock runs on a game, else a challenge that starts one.
function moveOrChallenge(world: World, draw: Draw): AdjudicatorCall {
  const { court } = world;
  const playing = world.played.find(({ channel, known }) => {
    const head = Ledger.headOf(court.model(), channel.id);
    const [game] = known.filter((one) => one.game !== undefined);
    const isOnGame = head.moves > 0n || head.version === game?.presented.state.version;
    return isOnGame && head.deadline > court.now() + 1n;
  });
  if (playing !== undefined) return forceMove(world, playing.channel, playing.known, draw);
  const { channel, known } = pick(world.played, draw);
  const { params } = channel;
  const { presented } = pick(
    known.filter(({ game }) => game !== undefined),
    draw,
  );
  const owner = party(court, params.a) ?? court.alice;
  const secret = Bytes.isZero(params.keyA) ? owner.secret : owner.keySecret;
  const signature = channel.challengeSignature(presented, secret);
  return { kind: "challenge", params, presented, signature };
}

function forceMove(
  world: World,
  channel: Channel,
  known: readonly Known[],
  draw: Draw,
): AdjudicatorCall {
  const { court, nim } = world;
  const candidates = [
    ...world.forced.filter((one) => one.channel === channel).map((one) => one.known),
    ...known,
  ];
  const { version } = Ledger.headOf(court.model(), channel.id);
  const games = candidates.filter(({ game }) => game !== undefined);
  const onRecord = games.filter(({ presented }) => presented.state.version === version);
  const prev = pick(onRecord.length > 0 && draw(6) > 0 ? onRecord : games, draw);
  const game = prev.game ?? { stones: 0, isTurnOfB: false, base: 0n, stake: 0n };
  const taken = Math.min(draw(4) + (draw(6) === 0 ? 0 : 1), game.stones);
  const after = { ...game, stones: game.stones - taken, isTurnOfB: !game.isTurnOfB };
  const { params } = channel;
  const nextApp: AppState.AppState = { ...nim, data: Nim.encode(after) };
  const { state } = prev.presented;
  const next = {
    ...state,
    version: state.version + 1n,
    assets: state.assets.map((asset, i) => (i === 0 ? { ...asset, net: Nim.netOf(after) } : asset)),
    app: AppState.hash(nextApp),
  };
  const mover = party(court, game.isTurnOfB ? params.b : params.a);
  const key = game.isTurnOfB ? params.keyB : params.keyA;
  const secret = Bytes.isZero(key) ? mover?.secret : mover?.keySecret;
  const hash = ChannelState.hash(next);
  const signature = channel.sign(
    hash,
    draw(8) === 0 ? court.tower.secret : (secret ?? court.tower.secret),
  );
  const presented = { state: next, signatureA: NO_SIGNATURE, signatureB: NO_SIGNATURE };
  world.forced.push({ channel, known: { presented, locks: [], game: after } });
  return {
    kind: "forceMove",
    params,
    prev: prev.presented,
    prevApp: { ...nim, data: Nim.encode(game) },
    next,
    nextApp,
    signature,
  };
}

function randomLocks(
  secrets: readonly Uint8Array[],
  virtual: Uint8Array,
  expiry: bigint,
  draw: Draw,
): Locks.Lock[] {
  return Array.from({ length: draw(4) }, () => {
    const isHash = draw(3) > 0;
    return {
      kind: draw(15) === 0 ? 2 : isHash ? Locks.KIND_HASH : Locks.KIND_CHANNEL,
      asset: draw(3),
      aToB: draw(2) === 0,
      expiry,
      amount: BigInt(draw(30)),
      key: isHash ? sha256(pick(secrets, draw)) : virtual,
    };
  });
}

function corrupted(presented: CoSigned, draw: Draw): CoSigned {
  switch (draw(16)) {
    case 0:
      return { ...presented, signatureA: presented.signatureB };
    case 1:
      return { ...presented, signatureB: new Uint8Array(65) };
    case 2:
      return { ...presented, state: { ...presented.state, version: presented.state.version + 1n } };
    default:
      return presented;
  }
}

function party(court: Court, account: Uint8Array): Party | undefined {
  return court.parties.find((one) => Bytes.equals(one.account, account));
}

function pick<Item>(items: readonly Item[], draw: Draw): Item {
  const item = items[draw(items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}
