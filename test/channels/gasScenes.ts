// Every act of the adjudicator once, with what it costs: for the gas test and the benchmark.
import { MaxUint256, keccak256 as keccakOfHex } from "ethers";
import type * as AppState from "../../src/channels/appState.ts";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, channelOf, fill, hashLock } from "./channel.ts";
import type { Channel, Terms } from "./channel.ts";
import { expectMade } from "./court.ts";
import type { Court, Outcome, Party } from "./court.ts";

export type Cost = {
  readonly act: string;
  readonly gas: bigint;
  readonly bytes: number;
  /** Of the transaction, the last one where there were several. */
  readonly hash: string;
};

const UNIT = 10n ** 18n;
const MANY = 10;
const MORE = 50;
const LOCKS = 10;

/** Measures them all. */
export async function costs(court: Court): Promise<Cost[]> {
  const token = await plainToken(court);
  await warmUp(court, token);
  return [
    ...(await deposits(court, token)),
    ...(await withdrawals(court, token)),
    ...(await closes(court, token)),
    ...(await disputes(court, token)),
    ...(await locks(court)),
    ...(await batches(court)),
    ...(await extras(court)),
    await deployment(court),
  ];
}

// OpenZeppelin's, which all have and let the adjudicator take: one that misbehaves reads how from its storage.
async function plainToken(court: Court): Promise<Uint8Array> {
  const token = await court.ethers.deployContract("PlainToken");
  for (const { account } of court.parties) {
    const owner = Hex.fromBytes(account);
    await token.mint(owner, UNIT * 1_000n);
    await token.connect(await court.ethers.getSigner(owner)).approve(court.address, MaxUint256);
  }
  const address = Hex.toBytes(await token.getAddress());
  court.tokens.push(address);
  return address;
}

async function funded(court: Court, overrides: Parameters<typeof channelOf>[1] = {}) {
  const channel = channelOf(court, overrides);
  await fill(court, channel, channel.params.token, UNIT);
  return channel;
}

// Both payees hold some of the token already, and so does the adjudicator.
async function warmUp(court: Court, token: Uint8Array): Promise<void> {
  await funded(court, { token });
  await funded(court);
  for (const party of [court.alice, court.bob]) {
    for (const one of [ETHER, token]) {
      const amount = UNIT * 99n;
      const call = { kind: "depositVault", account: party.account, token: one, amount } as const;
      await court.make(call, court.carol);
    }
  }
}

async function cost(
  court: Court,
  act: string,
  call: AdjudicatorCall,
  from: Party = court.carol,
  value?: bigint,
): Promise<Cost> {
  const outcome: Outcome =
    value === undefined ? await court.make(call, from) : await court.make(call, from, value);
  const { gas, receipt } = expectMade(outcome);
  const bytes = (AdjudicatorAbi.encode(court.abi, call).length - 2) / 2;
  return { act, gas, bytes, hash: receipt.hash };
}

async function deposits(court: Court, token: Uint8Array): Promise<Cost[]> {
  const { alice, bob } = court;
  const first = { kind: "depositEth", id: channelOf(court).id, toB: false } as const;
  const ofToken = {
    kind: "deposit",
    id: channelOf(court).id,
    toB: false,
    token,
    amount: UNIT,
  } as const;
  const dual = (one: Uint8Array) => {
    const channel = channelOf(court);
    const deadline = court.now() + HOUR;
    const draw = { channelId: channel.id, token: one, total: UNIT, against: UNIT, deadline };
    const signature = channel.drawSignature(draw, bob.secret);
    return { kind: "openDual", params: channel.params, amount: UNIT, draw, signature } as const;
  };
  return [
    await cost(court, "first deposit of ether", first, alice, UNIT),
    await cost(court, "second deposit of ether", { ...first, toB: true }, alice, UNIT),
    await cost(court, "first deposit of token", ofToken, alice),
    await cost(court, "second deposit of token", { ...ofToken, toB: true }, alice),
    await cost(court, "both sides at once, ether", dual(ETHER), alice),
    await cost(court, "both sides at once, token", dual(token), alice),
  ];
}

async function withdrawals(court: Court, token: Uint8Array): Promise<Cost[]> {
  const channel = await funded(court);
  const ofToken = await funded(court, { token });
  const withdraw = (one: Channel, version: bigint, outA: bigint) =>
    ({ kind: "withdraw", params: one.params, presented: one.agreed(version, { outA }) }) as const;
  return [
    await cost(court, "first withdrawal", withdraw(channel, 1n, 5n)),
    await cost(court, "next withdrawal", withdraw(channel, 2n, 9n)),
    await cost(court, "first withdrawal of a token", withdraw(ofToken, 1n, 5n)),
  ];
}

async function closes(court: Court, token: Uint8Array): Promise<Cost[]> {
  const close = (channel: Channel, terms: Terms = { net: 5n }) =>
    ({
      kind: "close",
      params: channel.params,
      last: channel.agreed(7n, { ...terms, isFinal: true }),
    }) as const;
  const both = await funded(court);
  await fill(court, both, token, UNIT);
  const assets = [ETHER, token].map((one) => ({ token: one, net: 5n, outA: 0n, outB: 0n }));
  const toVault = { ...close(await funded(court)), kind: "closeToVault" } as const;
  return [
    await cost(court, "close", close(await funded(court))),
    await cost(court, "close, token", close(await funded(court, { token }))),
    await cost(court, "close, two assets", close(both, { assets })),
    await cost(court, "close, the sender's share to its vault", toVault, court.bob),
  ];
}

async function disputes(court: Court, token: Uint8Array): Promise<Cost[]> {
  const { alice } = court;
  const challenge = (channel: Channel, version: bigint, terms: Terms = { net: 5n }) => {
    const presented = channel.agreed(version, terms);
    return {
      kind: "challenge",
      params: channel.params,
      presented,
      signature: new Uint8Array(0),
    } as const;
  };
  const channel = await funded(court);
  const { params } = channel;
  const answer = { kind: "respond", params, presented: channel.agreed(2n, { net: 6n }) } as const;
  const rows = [
    await cost(court, "challenge", challenge(channel, 1n), alice),
    await cost(court, "respond", answer),
  ];
  const ofToken = await funded(court, { token });
  const several = await funded(court);
  const assets = [ETHER, token].map((one) => ({ token: one, net: 5n, outA: 0n, outB: 0n }));
  const own = await funded(court);
  for (const one of [channel, own]) await court.make(challenge(one, 2n, { net: 6n }), alice);
  await court.make(challenge(ofToken, 2n), alice);
  const general = challenge(several, 2n, { assets });
  await court.make(general, alice);
  court.wait(HOUR);
  const settle = (one: Channel) => ({ kind: "settle", params: one.params, tokens: [] }) as const;
  const settleState = {
    kind: "settleState",
    params: several.params,
    presented: general.presented,
    locks: new Uint8Array(0),
    tokens: [ETHER],
  } as const;
  return [
    ...rows,
    await cost(court, "settle from the head", settle(channel)),
    await cost(court, "settle from the head, sent by a side", settle(own), alice),
    await cost(court, "settle from the head, token", settle(ofToken)),
    await cost(court, "settle by the state presented", settleState),
  ];
}

async function locks(court: Court): Promise<Cost[]> {
  const expiry = court.now() + 99n * HOUR;
  const secret = (byte: number) => new Uint8Array(32).fill(byte);
  const opened = Array.from({ length: LOCKS }, (_, i) =>
    hashLock(1n, expiry, { secret: secret(200 + i) }),
  );
  const rows = [await cost(court, "reveal", { kind: "reveal", secret: secret(199) })];
  const secrets = opened.map((one) => one.secret);
  const many = await cost(court, "reveal, each of 10 at once", { kind: "revealMany", secrets });
  rows.push({ ...many, gas: many.gas / BigInt(LOCKS) });
  const settling = async (count: number) => {
    const held = opened.slice(0, count).map(({ lock }) => lock);
    const channel = await funded(court);
    const presented = channel.agreed(1n, { net: 5n, locks: held });
    await channel.challenge(presented);
    court.wait(HOUR);
    return expectMade(await channel.settleState(presented, held));
  };
  const one = await settling(1);
  const ten = await settling(LOCKS);
  const each = (ten.gas - one.gas) / BigInt(LOCKS - 1);
  return [
    ...rows,
    {
      act: "each further hash lock at settlement",
      gas: each,
      bytes: 56,
      hash: ten.receipt.hash,
    },
  ];
}

async function batches(court: Court): Promise<Cost[]> {
  const rows: Cost[] = [];
  for (const count of [MANY, MORE]) {
    const closings = [];
    for (let i = 0; i < count; i++) {
      const channel = await funded(court);
      const last = channel.agreed(7n, { net: 5n, isFinal: true });
      closings.push({ params: channel.params, last });
    }
    const all = await cost(
      court,
      `close, each of ${count} at once`,
      { kind: "closeMany", closings },
      court.bob,
    );
    rows.push({ ...all, gas: all.gas / BigInt(count), bytes: Math.round(all.bytes / count) });
  }
  return rows;
}

async function extras(court: Court): Promise<Cost[]> {
  const { alice, bob, tower } = court;
  const guarded = await funded(court);
  const kept = { id: guarded.id, tower: tower.account, token: ETHER, amount: UNIT };
  const reserve = { kind: "reserveFee", ...kept } as const;
  const reserved = await cost(court, "reserve a tower's fee", reserve, bob);
  await guarded.challenge(guarded.agreed(1n, { net: 5n }));
  const fee = {
    channelId: guarded.id,
    tower: tower.account,
    token: ETHER,
    amount: 5n,
    minVersion: 2n,
    deadline: court.now() + HOUR,
  };
  const signature = guarded.feeSignature(fee, bob.secret);
  const { params } = guarded;
  const presented = guarded.agreed(2n, { net: 5n });
  const respondFor = { kind: "respondFor", params, presented, fee, signature } as const;
  const answered = await cost(court, "respond for a fee", respondFor, tower);

  const virtual = channelOf(court);
  await virtual.challenge(virtual.agreed(1n, { net: 5n }), alice);
  court.wait(HOUR);
  const record = {
    kind: "recordOutcome",
    params: virtual.params,
    presented: virtual.initial,
    locks: new Uint8Array(0),
  } as const;
  const recorded = await cost(court, "record a virtual channel's outcome", record);
  return [reserved, answered, recorded, await forcedMove(court)];
}

async function forcedMove(court: Court): Promise<Cost> {
  const app = await court.ethers.deployContract("NimApp");
  const address = await app.getAddress();
  const code = await court.ethers.provider.getCode(address);
  const nim = { app: Hex.toBytes(address), codeHash: Hex.toBytes(keccakOfHex(code)) };
  court.rules.codeHash = () => nim.codeHash;
  court.rules.validTransition = (_, __, prev, prevData, next, nextData, moverIsB) =>
    Nim.validTransition(prev, prevData, next, nextData, moverIsB);
  const channel = await funded(court);
  const game = { stones: 9, isTurnOfB: false, base: 0n, stake: 5n };
  const after = { ...game, stones: 7, isTurnOfB: true };
  const appOf = (one: Nim.Game): AppState.AppState => ({ ...nim, data: Nim.encode(one) });
  const prev = channel.agreed(1n, { net: Nim.netOf(game), app: appOf(game) });
  const next = channel.state(2n, { net: Nim.netOf(after), app: appOf(after) });
  await channel.challenge(prev);
  const signature = channel.sign(ChannelState.hash(next), court.alice.keySecret);
  const { params } = channel;
  const call = {
    kind: "forceMove",
    params,
    prev,
    prevApp: appOf(game),
    next,
    nextApp: appOf(after),
    signature,
  } as const;
  return cost(court, "force a move of Nim", call);
}

async function deployment(court: Court): Promise<Cost> {
  const sent = (await court.ethers.deployContract("Adjudicator")).deploymentTransaction();
  const receipt = await sent?.wait();
  if (receipt === null || receipt === undefined) throw new RangeError("automine leaves a receipt");
  const bytes = ((sent?.data.length ?? 2) - 2) / 2;
  return {
    act: "deploy",
    gas: receipt.gasUsed,
    bytes,
    hash: receipt.hash,
  };
}
