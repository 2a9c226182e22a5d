// Two hubs and towers on a real adjudicator: what they call is what the contract takes.
import { expect } from "chai";
import type { AddressInfo } from "node:net";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Adjudicator from "../../src/hub/adjudicator.ts";
import * as Connection from "../../src/hub/connection.ts";
import * as Log from "../../src/hub/log.ts";
import * as Abi from "../../src/l1/abi.ts";
import * as Calls from "../../src/l1/adjudicatorCalls.ts";
import * as View from "../../src/l1/adjudicatorView.ts";
import * as Send from "../../src/l1/send.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Blob from "../../src/tower/blob.ts";
import * as RunTower from "../../src/tower/runTower.ts";
import * as Shelf from "../../src/tower/shelf.ts";
import * as Tower from "../../src/tower/tower.ts";
import { ETHER } from "./clientWorld.ts";
import { CHAIN_ID, MONEY, aliceAndBob, openChain, type Chain } from "./hubChain.ts";
import * as HubStand from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const signerOf = (privateKey: Uint8Array) => (digest: Uint8Array) =>
  CompactSignature.sign(digest, privateKey);

const lookOnce = (options: RunTower.Options) =>
  RunTower.look(options, RunTower.begin(options), Date.now());

const headOf = async ({ client, court }: Chain, id: Uint8Array) => {
  const { newest } = await View.blocks(client, 0n);
  return View.headOf(client, court.adjudicator, id, newest);
};

describe("hub on chain", () => {
  let chain: Chain;
  beforeEach(async () => (chain = await openChain()));
  afterEach(() => chain.abort.abort());

  it("pays by an invoice, and closes together: the contract pays what both signed", async () => {
    const { bob, aliceHub, bobHub, terms } = await aliceAndBob(chain);
    const until = BigInt(Math.floor(Date.now() / 1_000)) + 7_200n;
    const invoice = await bobHub.invoice({
      ...{ via: bob.address, chainId: CHAIN_ID, token: ETHER, amount: 5_000n, until },
    });
    const { status } = await aliceHub.pay(terms.id, invoice, [], 7_200n);
    expect(status).to.equal("paid");
    aliceHub.payPeer(terms.id, 0, MONEY / 4n);
    const paid = MONEY / 4n + 5_000n;
    await HubStand.until(() => bobHub.channel(terms.id).latest.content.assets[0]?.net === paid);
    bobHub.close(terms.id);
    const isSettled = () => aliceHub.channel(terms.id).chain?.pots[0]?.isSettled === true;
    await HubStand.until(isSettled);
    const [settled] = await chain.client.getContractEvents({
      ...{ address: Hex.fromBytes(chain.court.adjudicator), abi: Abi.ADJUDICATOR },
      ...{ eventName: "Settled", fromBlock: 0n, strict: true },
    });
    expect(settled?.args).to.include({ toA: MONEY - paid, toB: MONEY + paid });
  });

  it("takes money out of a channel that stays open, by a state that both signed, and pays on", async () => {
    const { alice, aliceHub, bobHub, terms } = await aliceAndBob(chain);
    const { adjudicator } = chain.court;
    const assetOf = () => bobHub.channel(terms.id).latest.content.assets[0];
    aliceHub.authoriseWithdrawal(terms.id, 0, MONEY / 4n);
    await HubStand.until(() => assetOf()?.outA === MONEY / 4n);
    const balance = () => chain.client.getBalance({ address: Hex.fromBytes(alice.address) });
    const before = await balance();
    const channel = aliceHub.channel(terms.id);
    const presented = Adjudicator.presentedOf(channel, channel.latest);
    const sent = await Send.send(
      alice.sender,
      Calls.withdraw(adjudicator, terms.params, presented),
    );
    expect(await balance()).to.equal(before + MONEY / 4n - sent.gasUsed * sent.effectiveGasPrice);
    aliceHub.payPeer(terms.id, 0, 1_000n);
    await HubStand.until(() => assetOf()?.net === 1_000n);
    expect(await headOf(chain, terms.id)).to.include({ deadline: 0n });
    bobHub.close(terms.id);
    await HubStand.until(() => aliceHub.channel(terms.id).chain?.pots[0]?.isSettled === true);
    const [settled] = await chain.client.getContractEvents({
      ...{ address: Hex.fromBytes(adjudicator), abi: Abi.ADJUDICATOR },
      ...{ eventName: "Settled", fromBlock: 0n, strict: true },
    });
    expect(settled?.args).to.include({ toA: (3n * MONEY) / 4n - 1_000n, toB: MONEY + 1_000n });
  });

  it("a payee whose payer vanishes shows the secret, leaves, and is paid by the lock", async () => {
    const { bob, aliceHub, bobHub, aliceLife, terms } = await aliceAndBob(chain);
    // Alice stops as soon as the lock is Bob's, so she never moves the amount.
    const until = BigInt(Math.floor(Date.now() / 1_000)) + 7_200n;
    const invoice = await bobHub.invoice({
      ...{ via: bob.address, chainId: CHAIN_ID, token: ETHER, amount: 5_000n, until },
    });
    bobHub.listen(({ kind }) => {
      if (kind === "received") aliceLife.abort();
    });
    void aliceHub.pay(terms.id, invoice, [], 1_200n);
    await HubStand.until(() => aliceLife.signal.aborted);
    const hasLock = bobHub.channel(terms.id).latest.content.locks.length === 1;
    await HubStand.until(() => bobHub.channel(terms.id).session === undefined);
    bobHub.leave(terms.id);
    await HubStand.until(() => (bobHub.channel(terms.id).chain?.deadline ?? 0n) > 0n);
    if (hasLock) {
      await HubStand.until(() => bobHub.channel(terms.id).chain?.reveals.size === 1);
    }
    await chain.pass(601);
    await HubStand.until(() => bobHub.channel(terms.id).chain?.pots[0]?.isSettled === true);
    const [settled] = await chain.client.getContractEvents({
      ...{ address: Hex.fromBytes(chain.court.adjudicator), abi: Abi.ADJUDICATOR },
      ...{ eventName: "Settled", fromBlock: 0n, strict: true },
    });
    expect(settled?.args).to.include({ toA: MONEY - 5_000n, toB: MONEY + 5_000n });
  });

  it("answers again where a challenge and its answer were reorganised away, and only the challenge comes back", async () => {
    const { alice, aliceHub, bobHub, aliceLife, terms } = await aliceAndBob(chain);
    const { latest: old } = aliceHub.channel(terms.id);
    aliceHub.payPeer(terms.id, 0, MONEY / 2n);
    const netOf = () => bobHub.channel(terms.id).latest.content.assets[0]?.net;
    await HubStand.until(() => netOf() === MONEY / 2n);
    const { version } = bobHub.channel(terms.id).latest.content;
    aliceLife.abort();
    const presented = Adjudicator.presentedOf(bobHub.channel(terms.id), old);
    const { adjudicator } = chain.court;
    const cheat = () =>
      Send.send(alice.sender, Calls.challenge(adjudicator, terms.params, presented));
    const isAnswered = () => bobHub.channel(terms.id).chain?.version === version;
    const takeBack = await chain.fork();
    await cheat();
    await HubStand.until(isAnswered);
    await takeBack();
    await HubStand.until(() => !isAnswered());
    await cheat();
    await HubStand.until(isAnswered);
    expect(await headOf(chain, terms.id)).to.include({ version, deadline: 0n });
  });

  it("a cheater's old state is answered by one of two towers, which is paid once, while its victim is away", async () => {
    const { alice, bob, aliceHub, bobHub, aliceLife, bobLife, terms } = await aliceAndBob(chain);
    const { adjudicator } = chain.court;
    const old = aliceHub.channel(terms.id).latest;
    aliceHub.payPeer(terms.id, 0, MONEY / 2n);
    await HubStand.until(
      () => aliceHub.channel(terms.id).latest.content.assets[0]?.net === MONEY / 2n,
    );
    // Bob is the one who leaves it to towers, and goes away; Alice is the cheater.
    await Send.send(bob.sender, Calls.depositVault(adjudicator, bob.address, 2_000n));
    const channel = bobHub.channel(terms.id);
    const presented = Adjudicator.presentedOf(channel, channel.latest);
    const keepers = await Promise.all(
      [3, 4].map(async (index) => {
        const person = chain.person(index);
        const shelf = Shelf.open(await Log.open(MemoryDisk.create()), 10);
        const { address } = person;
        const reserve = Calls.reserveFee(adjudicator, terms.id, address, ETHER, 1_000n);
        await Send.send(bob.sender, reserve);
        const offer = {
          ...{ tower: person.address, token: ETHER, amount: 1_000n, deadline: 2n ** 40n - 1n },
        };
        const promise = Tower.promise(chain.court, presented, offer, signerOf(bob.privateKey));
        const blob = Blob.seal({ params: terms.params, presented, promise });
        const { version } = channel.latest.content;
        await Shelf.take(shelf, Shelf.deposit(terms.id, version, blob, bob.privateKey));
        return { person, shelf };
      }),
    );
    aliceLife.abort();
    const challenge = Calls.challenge(
      adjudicator,
      terms.params,
      Adjudicator.presentedOf(channel, old),
    );
    // Bob is away.
    bobLife.abort();
    await Send.send(alice.sender, challenge);
    expect((await headOf(chain, terms.id)).deadline).not.to.equal(0n);
    await Promise.all(
      keepers.map(({ person, shelf }) =>
        lookOnce({
          terms: {
            ...{ court: chain.court, address: person.address, isAltruist: false },
            leastFees: [{ token: ETHER, amount: 1_000n }],
          },
          ...{ shelf, sender: person.sender, fromBlock: 0n, confirmations: 0n, pollMs: 10 },
          ...{ patience: 0n, signal: chain.abort.signal, say: chain.say },
        }),
      ),
    );
    const head = await headOf(chain, terms.id);
    expect(head).to.include({ version: channel.latest.content.version, deadline: 0n });
    const fees = await chain.client.getContractEvents({
      ...{ address: Hex.fromBytes(adjudicator), abi: Abi.ADJUDICATOR, eventName: "FeePaid" },
      ...{ fromBlock: 0n, strict: true },
    });
    expect(fees.length).to.equal(1);
    expect(fees[0]?.args.amount).to.equal(1_000n);
  });

  it("takes deposits for a tower over a connection, and says when it refuses one", async () => {
    const depositor = chain.person(5);
    const shelf = Shelf.open(await Log.open(MemoryDisk.create()), 10);
    const tower = chain.person(6);
    const server = await RunTower.serve(
      { address: tower.address, sign: signerOf(tower.privateKey) },
      ...([shelf, 0, chain.say] as const),
    );
    const { port } = server.address() as AddressInfo;
    const id = new Uint8Array(32).fill(4);
    const given = Shelf.deposit(id, 1n, new Uint8Array(Blob.BLOB_BYTES), depositor.privateKey);
    const answers: number[] = [];
    void Connection.dial(
      { address: depositor.address, sign: signerOf(depositor.privateKey) },
      { host: "127.0.0.1", port, peer: tower.address },
      {
        opened: (connection) => {
          for (let i = 0; i < 2; i++) connection.send(RunTower.encode(given));
        },
        message: (_, bytes) => void answers.push(bytes[0] ?? 9),
        closed: () => undefined,
      },
      chain.abort.signal,
    );
    await HubStand.until(() => answers.length === 2);
    expect(answers).to.have.members([1, 0]);
    expect(shelf.count).to.equal(1);
    server.close();
  });
});
