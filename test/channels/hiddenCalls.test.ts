// A client whose peer puts the client's own proposal on record through a contract, so that no transaction's input shows it:
// the log alone gives the client what it lacks.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import type { Content } from "../../src/channels/client/content.ts";
import * as Dispute from "../../src/channels/client/dispute.ts";
import * as ContentOf from "../../src/channels/client/content.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Head from "../../src/channels/head.ts";
import * as Adjudicator from "../../src/hub/adjudicator.ts";
import type { Chain } from "../../src/hub/chains.ts";
import * as Abi from "../../src/l1/abi.ts";
import * as View from "../../src/l1/adjudicatorView.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR, channelOf, hashLock } from "./channel.ts";
import { POLICY } from "./clientWorld.ts";
import * as CourtSender from "./courtSender.ts";
import { CHAIN_ID, openCourt } from "./court.ts";

const MONEY = 1_000n;
/** A signer that says yes to anything: PUSH32 of the magic value, MSTORE at 0, RETURN of 32 bytes. */
const YES = `0x7f1626ba7e${"00".repeat(28)}5f5260205ff3`;

const court = await openCourt();
const { alice, bob, carol } = court;
const { token } = await court.mint();
const sender = CourtSender.senderOf(court, bob);
const chain = Adjudicator.chainOf({
  court: { chainId: CHAIN_ID, adjudicator: Hex.toBytes(court.address) },
  ...{ sender, confirmations: 0n, fromBlock: 0n },
});

/** The last state that both signed: A paid B 100 of a main asset. */
const AGREED: Content = {
  ...{ version: 6n, isFinal: false, locks: [], app: undefined },
  assets: [{ token: ETHER, net: 100n, outA: 0n, outB: 0n }],
};

/** Puts the same on both sides. */
async function fill(id: Uint8Array, asset: Uint8Array): Promise<void> {
  for (const toB of [false, true]) {
    if (asset === ETHER) {
      await CourtSender.make(court, { kind: "depositEth", id, toB }, carol, MONEY);
    } else {
      const deposit = { kind: "deposit", id, toB, token: asset, amount: MONEY } as const;
      await CourtSender.make(court, deposit, carol);
    }
  }
}

/** Bob's channel with alice, after he proposed a state that she has not acknowledged; and what she can show of it. */
async function proposed(change: Partial<Content>) {
  const held = channelOf(court, { period: 600n });
  const { params, id } = held;
  await fill(id, ETHER);
  const fresh = Channel.create(chain.court, params, bob.account, POLICY);
  const { terms } = fresh;
  const sign = (content: Content, secret: Uint8Array) =>
    CompactSignature.sign(Channel.digestOf(terms, content).digest, secret);
  const { hash } = Channel.digestOf(terms, AGREED);
  const [signatureA, signatureB] = [sign(AGREED, alice.keySecret), sign(AGREED, bob.secret)];
  const content = { ...AGREED, version: 7n, ...change };
  const proposal: Channel.Proposal = {
    ...{ changes: [], content, hash: Channel.digestOf(terms, content).hash },
    signature: sign(content, bob.secret),
  };
  const channel: Channel.Channel = {
    ...{ ...fresh, proposal, latest: { content: AGREED, hash, signatureA, signatureB } },
  };
  const presented: CoSigned = {
    ...{ state: ContentOf.stateOf(id, content), signatureB: proposal.signature },
    signatureA: sign(content, alice.keySecret),
  };
  const challenge = (shown = presented) =>
    CourtSender.makeHidden(court, {
      ...{ kind: "challenge", params, presented: shown },
      signature: held.challengeSignature(shown, alice.keySecret),
    });
  return { held, channel, presented, challenge };
}

const see = async (channel: Channel.Channel, on: Chain = chain) =>
  Dispute.observe(channel, await on.view(channel), Date.now());

/** Does what is due for the client; answers with the names of the calls. */
async function act(channel: Channel.Channel): Promise<string[]> {
  const seconds = channel.chain?.time ?? 0n;
  const calls = Dispute.calls(channel, { ms: Number(seconds) * 1_000, seconds });
  for (const call of calls) await chain.perform(channel, call);
  return calls.map(Dispute.keyOf);
}

/** Waits for the end of a clock. */
async function mine(seconds: bigint): Promise<void> {
  await court.provider.request({ method: "evm_increaseTime", params: [Number(seconds)] });
  await court.provider.request({ method: "evm_mine", params: [] });
}

async function settled({ terms }: Channel.Channel, asset: Uint8Array = ETHER) {
  const [log] = await sender.client.getContractEvents({
    ...{ address: Hex.fromBytes(chain.court.adjudicator), abi: Abi.ADJUDICATOR },
    ...{ eventName: "Settled", args: { id: Hex.fromBytes(terms.id), token: Hex.fromBytes(asset) } },
    ...{ fromBlock: 0n, strict: true },
  });
  return log === undefined ? undefined : { A: log.args.toA, B: log.args.toB };
}

describe("a state put on record through a contract", () => {
  it("is settled by the client that proposed it, with its lock", async () => {
    const { lock } = hashLock(50n, 0n, { aToB: false });
    const expiry = court.now() + HOUR;
    const { channel, challenge } = await proposed({ locks: [{ ...lock, expiry }] });
    await challenge();
    const seen = await see(channel);
    expect(seen.latest.content.locks.length).to.equal(1);
    await mine(2n * HOUR);
    expect(await act(await see(seen))).to.deep.equal(["settle"]);
    expect(await settled(channel)).to.deep.equal({ A: MONEY - 100n, B: MONEY + 100n });
  });

  it("is settled by the client that proposed it, with its second asset", async () => {
    const assets = [...AGREED.assets, { token, net: -7n, outA: 0n, outB: 0n }];
    const { held, channel, challenge } = await proposed({ assets });
    await fill(held.id, token);
    await challenge();
    await mine(HOUR);
    const limits = { ...POLICY.limits, assets: [] };
    const seen = await see({ ...channel, policy: { ...POLICY, limits } });
    // The pot of an asset that the client has only now learned of is seen at the next look.
    expect(await act(await see(seen))).to.deep.equal(["settle"]);
    expect(await settled(channel)).to.deep.equal({ A: MONEY - 100n, B: MONEY + 100n });
    expect(await settled(channel, token)).to.deep.equal({ A: MONEY + 7n, B: MONEY - 7n });
  });

  it("is closed by the client that proposed it as the last one, in the middle of the clock", async () => {
    const { channel, challenge } = await proposed({ isFinal: true });
    await challenge();
    const seen = await see(channel);
    const { content, signatureA } = seen.latest;
    expect(content.isFinal).to.equal(true);
    expect(signatureA).to.deep.equal(CompactSignature.sign(digestOf(seen), alice.keySecret));
    const close = { kind: "close", signed: seen.latest } as const;
    await chain.perform(seen, close);
    expect(await settled(channel)).to.deep.equal({ A: MONEY - 100n, B: MONEY + 100n });
  });

  it("by a response can be challenged by the client that proposed it, and by no older one", async () => {
    const { held, channel, presented } = await proposed({
      assets: [{ token: ETHER, net: 30n, outA: 0n, outB: 0n }],
    });
    const { params } = held;
    await CourtSender.makeHidden(court, { kind: "respond", params, presented });
    const leaving: Channel.Channel = { ...(await see(channel)), wish: "leave" };
    expect(await act(leaving)).to.deep.equal(["challenge 7"]);
    await mine(HOUR);
    expect(await act(await see(leaving))).to.deep.equal(["settle"]);
    expect(await settled(channel)).to.deep.equal({ A: MONEY - 30n, B: MONEY + 30n });
  });

  it("by a contract's word for the peer is settled by its hash, and the channel is left", async () => {
    const { lock } = hashLock(50n, 0n, { aToB: false });
    const expiry = court.now() + HOUR;
    const { channel, presented, challenge } = await proposed({ locks: [{ ...lock, expiry }] });
    // Alice's key delegates to code that says yes to anything (EIP-7702).
    const key = Hex.fromBytes(alice.keyAddress);
    await court.provider.request({ method: "hardhat_setCode", params: [key, YES] });
    await challenge({ ...presented, signatureA: new Uint8Array(3) });
    await court.provider.request({ method: "hardhat_setCode", params: [key, "0x"] });
    const seen = await see(channel);
    expect(seen.isBroken).to.equal(true);
    expect(seen.latest.content.version).to.equal(7n);
    await mine(2n * HOUR);
    expect(await act(await see(seen))).to.deep.equal(["settle"]);
    expect(await settled(channel)).to.deep.equal({ A: MONEY - 100n, B: MONEY + 100n });
  });

  it("by a contract's word that a reorganisation could take back is not taken for good", async () => {
    const { channel, presented, challenge } = await proposed({ isFinal: true });
    const key = Hex.fromBytes(alice.keyAddress);
    await court.provider.request({ method: "hardhat_setCode", params: [key, YES] });
    await challenge({ ...presented, signatureA: new Uint8Array(3) });
    await court.provider.request({ method: "hardhat_setCode", params: [key, "0x"] });
    const careful = Adjudicator.chainOf({
      ...{ court: chain.court, sender, confirmations: 2n, fromBlock: 0n },
    });
    let final = await court.ethers.provider.getBlockNumber();
    const ask = CourtSender.asks(court);
    const rollup = CourtSender.senderOf(court, bob, (request) => {
      const [tag, ...more] = Array.isArray(request.params) ? (request.params as unknown[]) : [];
      const params = [tag === "finalized" ? `0x${final.toString(16)}` : tag, ...more];
      return ask({ ...request, params });
    });
    const onRollup = Adjudicator.chainOf({
      ...{ court: chain.court, sender: rollup, confirmations: "finalized", fromBlock: 0n },
    });
    final -= 1;
    await mine(1n);
    // What both signed before could not be shown again if it were forgotten for this.
    for (const one of [careful, onRollup]) {
      expect((await see(channel, one)).latest).to.equal(channel.latest);
    }
    await mine(1n);
    // However many blocks follow, a rollup's are certain once its node says so.
    expect((await see(channel, careful)).latest.content.version).to.equal(7n);
    expect((await see(channel, onRollup)).latest).to.equal(channel.latest);
    final += 1;
    expect((await see(channel, onRollup)).latest.content.version).to.equal(7n);
  });

  it("is certain by no newer block than the node that answers shows", async () => {
    const numbers = { latest: 7n, finalized: 9n };
    const { client } = CourtSender.senderOf(court, bob, ({ params }) => {
      const [tag] = params as [keyof typeof numbers];
      const number = `0x${numbers[tag].toString(16)}`;
      return Promise.resolve({ number, timestamp: number, transactions: [] });
    });
    const newest = { number: 7n, time: 7n };
    expect(await View.blocks(client, "finalized")).to.deep.equal({ newest, confirmed: newest });
    numbers.finalized = 5n;
    const confirmed = { number: 5n, time: 5n };
    expect(await View.blocks(client, "finalized")).to.deep.equal({ newest, confirmed });
  });

  it("by a forced move is not looked for in all of a long history", async () => {
    const asked: string[] = [];
    const ask = CourtSender.asks(court);
    const { client } = CourtSender.senderOf(court, carol, (request) => {
      asked.push(request.method);
      return ask(request);
    });
    const { terms } = (await proposed({})).channel;
    const blocks = await View.blocks(client, 0n);
    const head = { version: 7n, deadline: 0n, flags: Head.BY_HASH, moves: 1n, net: 0n };
    const { adjudicator } = chain.court;
    const shown = await View.shownOf(client, adjudicator, terms.id, head, 0n, blocks);
    expect(shown).to.deep.equal({ version: 7n, signatures: [], hash: undefined });
    expect(asked).not.to.include("eth_getLogs");
  });

  it("is not taken for the client's proposal where it is another of the same version", async () => {
    const { held, channel, challenge } = await proposed({ isFinal: true });
    // A second device of bob signed this one.
    await challenge(held.agreed(7n, { net: 1n }));
    const seen = await see(channel);
    expect(seen.latest.content.version).to.equal(6n);
    expect(seen.proposal).not.to.equal(undefined);
  });

  it("is found with a node that answers few blocks at a time", async () => {
    const { held, channel, presented } = await proposed({ isFinal: true });
    const { params } = held;
    await CourtSender.makeHidden(court, { kind: "respond", params, presented });
    for (let i = 0; i < 40; i++) await mine(1n);
    const ask = CourtSender.asks(court);
    const picky = CourtSender.senderOf(court, carol, (request) => {
      const [filter] = Array.isArray(request.params) ? (request.params as LogFilter[]) : [];
      const isTooLong =
        request.method === "eth_getLogs" &&
        BigInt(filter?.toBlock ?? 0) - BigInt(filter?.fromBlock ?? 0) >= 10n;
      return isTooLong ? Promise.reject(new RangeError("at most 10 blocks")) : ask(request);
    });
    const few = Adjudicator.chainOf({
      ...{ court: chain.court, sender: picky, confirmations: 0n, fromBlock: 0n },
    });
    expect((await see(channel, few)).latest.content.version).to.equal(7n);
  });
});

describe("a client whose node does not tell the log", () => {
  it("answers a stale challenge, and takes a secret for shown that it is not told", async () => {
    const { lock, secret } = hashLock(50n, 0n, { aToB: false });
    const locks = [{ ...lock, expiry: court.now() + HOUR }];
    const { held, channel } = await proposed({ locks });
    const { params } = held;
    // A peer can name a hash whose secret was shown so long ago that the node has no log of it any more.
    await CourtSender.make(court, { kind: "reveal", secret }, carol);
    const presented = held.agreed(5n);
    const signature = held.challengeSignature(presented, alice.keySecret);
    await CourtSender.make(court, { kind: "challenge", params, presented, signature }, carol);
    const ask = CourtSender.asks(court);
    let refusals = 0;
    const forgetful = CourtSender.senderOf(court, bob, (request) => {
      if (request.method !== "eth_getLogs") return ask(request);
      refusals += 1;
      return Promise.reject(new RangeError("pruned"));
    });
    const blind = Adjudicator.chainOf({
      ...{ court: chain.court, sender: forgetful, confirmations: 0n, fromBlock: 0n },
    });
    const seen = await see(channel, blind);
    expect(refusals).to.be.greaterThan(0);
    expect([...(seen.chain?.reveals.values() ?? [])].map((one) => one.secret)).to.deep.equal([
      undefined,
    ]);
    expect(await act(seen)).to.deep.equal(["respond 6"]);
  });
});

describe("a client that is challenged in many channels at once", () => {
  it("answers in one transaction, of which one answer that is too late holds up none", async () => {
    const channels = [];
    for (let i = 0; i < 4; i++) {
      const { held, channel } = await proposed({ isFinal: true });
      const old = held.agreed(5n);
      const signature = held.challengeSignature(old, alice.keySecret);
      const { params } = held;
      await CourtSender.make(
        court,
        { kind: "challenge", params, presented: old, signature },
        carol,
      );
      channels.push(channel);
    }
    const [late, ...others] = channels;
    if (late === undefined) return void expect.fail("there are four");
    const respond = (channel: Channel.Channel) =>
      chain.perform(channel, { kind: "respond", signed: channel.latest });
    await respond(late);
    const before = await court.ethers.provider.getBlockNumber();
    const answers = await Promise.allSettled([late, ...others].map(respond));
    expect(answers.map(({ status }) => status)).to.deep.equal([
      ...["rejected", "fulfilled", "fulfilled", "fulfilled"],
    ]);
    expect((await court.ethers.provider.getBlockNumber()) - before).to.equal(1);
    for (const { terms } of others) {
      const { version, deadline } = await court.contract.headOf(terms.id);
      expect({ version, deadline }).to.deep.equal({ version: 6n, deadline: 0n });
    }
  });
});

type LogFilter = { readonly fromBlock?: string; readonly toBlock?: string };

function digestOf({ terms, latest }: Channel.Channel): Uint8Array {
  return Channel.digestOf(terms, latest.content).digest;
}
