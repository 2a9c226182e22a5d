// Parties that are contracts: payees with bad manners, signers that change their mind, and accounts that delegate.
import { expect } from "chai";
import { Wallet } from "ethers";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as Head from "../../src/channels/head.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import { SIDE_A, SIDE_B } from "../../src/channels/signing.ts";
import * as Vaults from "../../src/channels/vaults.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { HOUR, channelOf, hashLock } from "./channel.ts";
import { CHAIN_ID, eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

const PLAIN = 0;
const REVERTING = 1;
const BURNING = 2;
const REENTERING = 3;
const BOMB = 4;
const GARBAGE = 5;

const court = await openCourt();
const { alice, bob, carol, tower } = court;

async function deployAccount(manner = PLAIN, reentry = "0x") {
  const owner = Hex.fromBytes(alice.account);
  const contract = await court.ethers.deployContract("StrangeAccount", [court.address, owner]);
  await contract.behave(owner, manner, reentry);
  return { contract, account: Hex.toBytes(await contract.getAddress()), owner };
}

// Code that takes no ether and knows no signatures, whatever the storage it runs on.
const refuser = await court.ethers.deployContract("StrangeApp");

const vault = (account: Uint8Array) => Vaults.vaultOf(court.model().book, account, ETHER);

describe("a payee that is a contract", () => {
  afterEach(() => {
    court.rules.arrives = () => true;
  });

  it("and takes its money is paid", async () => {
    const { account } = await deployAccount();
    const channel = channelOf(court, { a: account });
    await channel.fund(false, 100n);
    expectMade(await channel.close(channel.agreed(1n, { net: 30n, isFinal: true })));
    expect(await court.ethers.provider.getBalance(Hex.fromBytes(account))).to.equal(70n);
  });

  for (const [fact, manner] of [
    ["reverts", REVERTING],
    ["burns all gas", BURNING],
  ] as const) {
    it(`and ${fact} blocks nobody: its share waits in its vault`, async () => {
      const { account, contract, owner } = await deployAccount(manner);
      court.rules.arrives = (_, to) => Hex.key(to) !== Hex.key(account);
      const channel = channelOf(court, { a: account });
      await channel.fund(false, 100n);
      const before = await court.ethers.provider.getBalance(Hex.fromBytes(bob.account));
      await channel.challenge(channel.agreed(1n, { net: 30n }), bob);
      court.wait(HOUR);
      expectMade(await channel.settle());
      const after = await court.ethers.provider.getBalance(Hex.fromBytes(bob.account));
      expect(after > before - 10n ** 16n).to.equal(true);
      expect(vault(account)).to.equal(70n);

      const dave = new Uint8Array(20).fill(0xd0 + manner);
      const out = { kind: "vaultOut", token: ETHER, to: dave, amount: 70n } as const;
      await contract.behave(owner, PLAIN, "0x");
      await contract.execute(AdjudicatorAbi.encode(court.abi, out));
      court.follow(out, account);
      expect(await court.ethers.provider.getBalance(Hex.fromBytes(dave))).to.equal(70n);
      expect(await court.contract.vaultOf(Hex.fromBytes(account), Hex.fromBytes(ETHER))).to.equal(
        0n,
      );
    });
  }

  it("and returns a bomb is paid, and the bomb goes off in its own gas", async () => {
    const { account } = await deployAccount(BOMB);
    const channel = channelOf(court, { a: account });
    await channel.fund(false, 100n);
    const last = channel.agreed(1n, { net: 30n, isFinal: true });
    const { gas } = expectMade(await channel.close(last));
    expect(gas).to.be.lessThan(300_000n);
  });

  it("and calls back is paid once", async () => {
    const { account, contract, owner } = await deployAccount();
    const channel = channelOf(court, { a: account });
    await channel.fund(false, 100n);
    await channel.fund(true, 100n);
    const last = channel.agreed(2n, { outA: 9n, isFinal: true });
    const { params } = channel;
    for (const call of [
      { kind: "withdraw", params, presented: last },
      { kind: "close", params, last },
      { kind: "closeToVault", params, last },
      { kind: "vaultOut", token: ETHER, to: account, amount: 1n },
    ] as const) {
      await contract.behave(owner, REENTERING, AdjudicatorAbi.encode(court.abi, call));
      const other = channelOf(court, { a: account });
      await other.fund(false, 5n);
      expectMade(await other.close(other.agreed(1n, { isFinal: true })));
      const refused = court.ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);
      expect(await contract.reentryResult(), call.kind).to.equal(refused);
    }
  });

  it("and calls what is not guarded while it is paid does what it could have done anyway", async () => {
    const secret = new Uint8Array(32).fill(0x5e);
    const reveal = { kind: "reveal", secret } as const;
    const data = AdjudicatorAbi.encode(court.abi, reveal);
    const { account } = await deployAccount(REENTERING, data);
    const channel = channelOf(court, { a: account });
    await channel.fund(false, 100n);
    const last = channel.agreed(1n, { isFinal: true });
    const close = { kind: "close", params: channel.params, last } as const;
    const outcome = expectMade(await court.send(AdjudicatorAbi.encode(court.abi, close), carol));
    const names = outcome.receipt.logs.map((log) => court.abi.parseLog(log)?.name);
    expect(names).to.deep.equal(["Settled", "Revealed"]);
    court.follow(close, carol.account);
    court.follow(reveal, account);
    await court.expectSolvent();
  });

  it("is never starved: whoever pays for the call leaves enough gas, or nothing happens", async () => {
    const { account } = await deployAccount();
    const channel = channelOf(court, { a: account });
    await channel.fund(false, 100n);
    const last = channel.agreed(1n, { net: 30n, isFinal: true });
    const { params } = channel;
    const data = AdjudicatorAbi.encode(court.abi, { kind: "close", params, last });
    for (const gas of [70_000n, 100_000n, 150_000n, 180_000n]) {
      const outcome = await court.send(data, carol, 0n, gas);
      expect(outcome.kind, String(gas)).to.equal("rejected");
    }
    expect(await court.contract.vaultOf(Hex.fromBytes(account), Hex.fromBytes(ETHER))).to.equal(0n);
  });
});

describe("a signer that is a contract", () => {
  const asks = new Map<string, Uint8Array>();
  let silent = false;

  before(() => {
    court.rules.ask = (signer, digest, signature) => {
      const owner = asks.get(Hex.key(signer));
      if (owner === undefined || silent) return false;
      const recovered = CompactSignature.recover(digest, signature);
      return recovered !== undefined && Bytes.equals(recovered, owner);
    };
  });

  async function withContractKey() {
    const { contract, account } = await deployAccount();
    asks.set(Hex.key(account), alice.account);
    const channel = channelOf(court, { keyA: account });
    await channel.fund(false, 100n);
    return { contract, account, channel };
  }

  async function rotate(
    contract: Awaited<ReturnType<typeof deployAccount>>["contract"],
    account: Uint8Array,
  ) {
    await contract.behave(Hex.fromBytes(carol.account), PLAIN, "0x");
    asks.set(Hex.key(account), carol.account);
  }

  it("signs by what it says, and only while no signature recovers to it", async () => {
    const { channel } = await withContractKey();
    const presented = channel.agreed(3n, { net: 5n });
    expectMade(await channel.challenge(presented));
    expect(Head.has(Ledger.headOf(court.model(), channel.id), Head.BY_HASH)).to.equal(true);
  });

  it("cannot take back what is on record: it settles by its hash", async () => {
    const { channel, contract, account } = await withContractKey();
    const { lock } = hashLock(5n, court.now());
    const presented = channel.agreed(3n, { net: 5n, locks: [lock] });
    await channel.challenge(presented, bob);
    await rotate(contract, account);
    court.wait(HOUR);
    const other = channel.agreed(3n, { net: 6n, locks: [lock] });
    const hashes = [ChannelState.hash(presented.state), ChannelState.hash(other.state)];
    expectRejected(await channel.settleState(other, [lock]), "StateNotOnRecord", hashes);
    const settled = await channel.settleState(presented, [lock]);
    expect(eventsIn(court, settled, "Settled")[0]).to.include({ toA: 95n, toB: 5n });
  });

  it("cannot lock the other in: a response that it rotated away from can still be challenged", async () => {
    const { channel, contract, account } = await withContractKey();
    const presented = channel.agreed(3n, { net: 5n });
    await channel.respond(presented);
    await rotate(contract, account);
    const other = channel.agreed(3n, { net: 6n });
    expectRejected(await channel.challenge(other, bob), "NotCoSigned", [
      ChannelState.hash(other.state),
    ]);
    expectMade(await channel.challenge(presented, bob));
    court.wait(HOUR);
    expectMade(await channel.settle());
  });

  it("may ask for a challenge, behind the byte of its side", async () => {
    const { channel } = await withContractKey();
    const presented = channel.agreed(3n);
    const wishOf = (of: typeof channel, side: number) =>
      Bytes.concat(Uint8Array.of(side), of.challengeSignature(of.agreed(3n), alice.secret));
    const { params } = channel;
    const signature = wishOf(channel, SIDE_A);
    const outcome = await court.make({ kind: "challenge", params, presented, signature }, carol);
    expect(eventsIn(court, outcome, "Challenged")[0]).to.include({ challengerIsB: false });
    const keyB = await deployAccount();
    asks.set(Hex.key(keyB.account), alice.account);
    const byB = channelOf(court, { keyB: keyB.account });
    const asked = { kind: "challenge", params: byB.params, presented: byB.agreed(3n) } as const;
    const call = { ...asked, signature: wishOf(byB, SIDE_B) };
    const second = await court.make(call, carol);
    expect(eventsIn(court, second, "Challenged")[0]).to.include({ challengerIsB: true });
  });

  for (const [fact, manner] of [
    ["reverts", REVERTING],
    ["burns all gas", BURNING],
    ["returns a bomb", BOMB],
    ["answers less than a word", GARBAGE],
  ] as const) {
    it(`that ${fact} has not signed`, async () => {
      const { channel, contract } = await withContractKey();
      await contract.behave(Hex.fromBytes(alice.account), manner, "0x");
      silent = true;
      const presented = channel.agreed(3n);
      const hash = ChannelState.hash(presented.state);
      const outcome = await channel.respond(presented);
      expectRejected(outcome, "NotCoSigned", [hash]);
      silent = false;
    });
  }

  it("that calls back may only look", async () => {
    const { channel, contract } = await withContractKey();
    const look = court.abi.encodeFunctionData("headOf", [channel.id]);
    await contract.behave(Hex.fromBytes(alice.account), REENTERING, look);
    expectMade(await channel.respond(channel.agreed(3n)));
    const act = AdjudicatorAbi.encode(court.abi, { kind: "reveal", secret: channel.id });
    await contract.behave(Hex.fromBytes(alice.account), REENTERING, act);
    silent = true;
    const presented = channel.agreed(4n);
    const outcome = await channel.respond(presented);
    expectRejected(outcome, "NotCoSigned", [ChannelState.hash(presented.state)]);
    silent = false;
  });
});

describe("an account that delegates its code (EIP-7702)", () => {
  // A key of its own for each test, so that no delegation outlives it.
  let index = 0;
  async function account() {
    const secret = new Uint8Array(32).fill(0x70 + index++);
    const wallet = new Wallet(Hex.fromBytes(secret));
    return { secret, wallet, address: Hex.toBytes(wallet.address) };
  }

  async function delegate(wallet: Wallet, to: string): Promise<void> {
    const nonce = await court.ethers.provider.getTransactionCount(wallet.address);
    const authorization = await wallet.authorize({ address: to, nonce, chainId: CHAIN_ID });
    const sender = new Wallet(Hex.fromBytes(tower.secret));
    const transaction = {
      type: 4,
      chainId: CHAIN_ID,
      nonce: await court.ethers.provider.getTransactionCount(sender.address),
      to: sender.address,
      gasLimit: 200_000n,
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 0n,
      authorizationList: [authorization],
    };
    const signed = await sender.signTransaction(transaction);
    await court.provider.request({ method: "eth_sendRawTransaction", params: [signed] });
    const code = await court.ethers.provider.getCode(wallet.address);
    expect(code).to.equal(
      to === court.ethers.ZeroAddress ? "0x" : `0xef0100${to.slice(2).toLowerCase()}`,
    );
  }

  /** A channel whose side A signs with a plain key, which has signed version 3. */
  async function withKey() {
    const { secret, wallet, address } = await account();
    const channel = channelOf(court, { keyA: address });
    await channel.fund(false, 100n);
    const signed = (version: bigint, net: bigint) => {
      const presented = channel.agreed(version, { net, assets: assets(net) });
      const hash = ChannelState.hash(presented.state);
      return { ...presented, signatureA: channel.sign(hash, secret) };
    };
    return { channel, wallet, signed };
  }

  // Two assets, so that settlement has to see the signatures again.
  const assets = (net: bigint) =>
    [ETHER, carol.account].map((token) => ({ token, net, outA: 0n, outB: 0n }));

  for (const [when, before, during] of [
    ["before a challenge", true, false],
    ["during a challenge", false, true],
  ] as const) {
    it(`${when} takes no signature back`, async () => {
      const { channel, wallet, signed } = await withKey();
      const target = await refuser.getAddress();
      if (before) await delegate(wallet, target);
      expectMade(await channel.challenge(signed(3n, 5n), bob));
      if (during) await delegate(wallet, target);
      const head = Ledger.headOf(court.model(), channel.id);
      expect(Head.has(head, Head.BY_HASH), "a key signed, not a contract").to.equal(false);
      expectMade(await channel.respond(signed(4n, 6n)));
      expectMade(await channel.challenge(signed(4n, 6n), bob));
      court.wait(HOUR);
      const settled = eventsIn(court, await channel.settleState(signed(4n, 6n)), "Settled")[0];
      expect(settled).to.include({ toA: 94n, toB: 6n });
    });
  }

  it("after the deadline changes no settlement, and neither does taking it back", async () => {
    for (const target of [await refuser.getAddress(), court.ethers.ZeroAddress]) {
      const { channel, wallet, signed } = await withKey();
      await channel.challenge(signed(3n, 5n), bob);
      court.wait(HOUR);
      await delegate(wallet, target);
      expectMade(await channel.settleState(signed(3n, 5n)));
    }
  });

  it("to code that takes no ether finds its share in its vault", async () => {
    const { wallet, address } = await account();
    const channel = channelOf(court, { a: address });
    await channel.fund(false, 100n);
    await delegate(wallet, await refuser.getAddress());
    court.rules.arrives = (_, to) => Hex.key(to) !== Hex.key(address);
    expectMade(await channel.close(channel.agreed(1n, { net: 30n, isFinal: true })));
    expect(vault(address)).to.equal(70n);
    court.rules.arrives = () => true;
  });
});
