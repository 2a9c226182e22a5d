// Games and virtual channels on the real adjudicator: what the clients call is what the contract takes.
import { expect } from "chai";
import type { AddressInfo } from "node:net";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as Force from "../../src/channels/client/force.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as Play from "../../src/channels/client/play.ts";
import type { Params } from "../../src/channels/params.ts";
import * as Adjudicator from "../../src/hub/adjudicator.ts";
import type { Hub } from "../../src/hub/hub.ts";
import * as Abi from "../../src/l1/abi.ts";
import * as Calls from "../../src/l1/adjudicatorCalls.ts";
import * as View from "../../src/l1/adjudicatorView.ts";
import * as Send from "../../src/l1/send.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { ETHER } from "./clientWorld.ts";
import { MONEY, aliceAndBob, openChain, type Chain } from "./hubChain.ts";
import * as HubStand from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const STAKE = 1_000n;

/** What the contract paid out of a channel. */
async function settled({ client, court }: Chain, id: Uint8Array) {
  const events = await client.getContractEvents({
    ...{ address: Hex.fromBytes(court.adjudicator), abi: Abi.ADJUDICATOR, eventName: "Settled" },
    ...{ args: { id: Hex.fromBytes(id) }, fromBlock: 0n, strict: true },
  });
  return events.map(({ args: { toA, toB } }) => ({ toA, toB }));
}

const isSettled = (hub: Hub, id: Uint8Array) =>
  hub.channel(id).chain?.pots.some((pot) => pot.isSettled) === true;

describe("client on chain", () => {
  let chain: Chain;
  beforeEach(async () => (chain = await openChain()));
  afterEach(() => chain.abort.abort());

  describe("a game", () => {
    const gameOf = (hub: Hub, id: Uint8Array) => {
      const { app } = Force.board(hub.channel(id));
      return app === undefined ? undefined : Nim.decode(app.data);
    };

    function take(hub: Hub, id: Uint8Array): void {
      const board = Force.board(hub.channel(id));
      if (board.app === undefined) throw new RangeError("no game is played");
      hub.play(id, Play.move(board, chain.nim, NimApp.take(board.app.data, 1)));
    }

    /** Alice and Bob after she took one of five stones, off chain. */
    async function begun() {
      const table = await aliceAndBob(chain);
      const { aliceHub, bobHub, terms } = table;
      const data = Nim.encode({ stones: 5, isTurnOfB: false, base: 0n, stake: STAKE });
      const { app, codeHash } = chain.nim;
      bobHub.agree(terms.id, { app, codeHash, data });
      await HubStand.until(() => aliceHub.channel(terms.id).latest.content.assets.length === 1);
      const { content } = aliceHub.channel(terms.id).latest;
      aliceHub.play(terms.id, Play.install(content, chain.nim, data));
      await HubStand.until(() => gameOf(aliceHub, terms.id)?.stones === 5);
      take(aliceHub, terms.id);
      await HubStand.until(() =>
        [aliceHub, bobHub].every((hub) => gameOf(hub, terms.id)?.stones === 4),
      );
      return table;
    }

    it("from which a player vanishes is won by the other after one window", async () => {
      const { aliceHub, bobLife, terms } = await begun();
      bobLife.abort();
      aliceHub.leave(terms.id);
      await HubStand.until(() => (aliceHub.channel(terms.id).chain?.deadline ?? 0n) > 0n);
      await chain.pass(601);
      await HubStand.until(() => isSettled(aliceHub, terms.id));
      const paid = { toA: MONEY + STAKE, toB: MONEY - STAKE };
      expect(await settled(chain, terms.id)).to.deep.equal([paid]);
    });

    it("is forced to its end by two who do not talk, one of them anew from its disk", async () => {
      const { alice, aliceHub, bobHub, aliceLife, aliceDisk, terms } = await begun();
      aliceLife.abort();
      await HubStand.until(() => bobHub.channel(terms.id).session === undefined);
      expect(gameOf(aliceHub, terms.id)?.stones).to.equal(4);
      const again = await chain.startHub(alice, aliceDisk);
      bobHub.leave(terms.id);
      for (let left = 3; left >= 0; left--) {
        await HubStand.until(() => (again.channel(terms.id).chain?.deadline ?? 0n) > 0n);
        take(left % 2 === 1 ? bobHub : again, terms.id);
        await HubStand.until(() =>
          [again, bobHub].every((hub) => gameOf(hub, terms.id)?.stones === left),
        );
      }
      await chain.pass(601);
      await HubStand.until(() => isSettled(again, terms.id) && isSettled(bobHub, terms.id));
      const paid = { toA: MONEY + STAKE, toB: MONEY - STAKE };
      expect(await settled(chain, terms.id), "Alice took the last stone").to.deep.equal([paid]);
    });
  });

  describe("a virtual channel", () => {
    const PAID = 700n;
    const BACKING = 5_000n;

    /** Alice and Bob, each with a channel to a hub, and one between them in which she has paid. */
    async function triangle() {
      const people = [chain.person(1), chain.person(2), chain.person(3)] as const;
      const lives = people.map(() => new AbortController());
      chain.abort.signal.addEventListener("abort", () => lives.forEach((life) => life.abort()));
      const [alice, bob, hub] = (await Promise.all(
        people.map((one, i) => chain.startHub(one, MemoryDisk.create(), lives[i]?.signal)),
      )) as [Hub, Hub, Hub];
      const common = { keyA: ETHER, keyB: ETHER, token: ETHER, period: 600n, bond: 0n, salt: 5n };
      const between = (a: Hub, b: Hub): Params => ({ ...common, a: a.address, b: b.address });
      const left = alice.open(chain.court, between(alice, hub)).terms;
      hub.open(chain.court, between(alice, hub));
      const right = hub.open(chain.court, between(hub, bob)).terms;
      bob.open(chain.court, between(hub, bob));
      const { adjudicator } = chain.court;
      const [person] = people;
      for (const { id } of [left, right]) {
        for (const side of ["A", "B"] as const) {
          await Send.send(person.sender, Calls.deposit(adjudicator, id, side, ETHER, MONEY));
        }
      }
      const portOf = async (one: Hub) => ((await one.serve(0)).address() as AddressInfo).port;
      const host = "127.0.0.1";
      const hubPort = await portOf(hub);
      for (const user of [alice, bob]) {
        void user.keepConnected({ host, port: hubPort, peer: hub.address });
      }
      void alice.keepConnected({ host, port: await portOf(bob), peer: bob.address });
      const isReady = (one: Hub, { id }: { id: Uint8Array }) =>
        one.channel(id).session?.peer !== undefined &&
        one.channel(id).chain?.pots[0]?.deposited.A === MONEY;
      await HubStand.until(() => isReady(hub, left) && isReady(hub, right));
      await HubStand.until(() => isReady(alice, left) && isReady(bob, right));
      alice.nameAsset(left.id, ETHER);
      hub.nameAsset(right.id, ETHER);
      const isNamed = (one: Hub, id: Uint8Array) =>
        one.channel(id).latest.content.assets.length === 1;
      await HubStand.until(() => isNamed(alice, left.id) && isNamed(hub, right.id));

      const { id } = alice.open(chain.court, between(alice, bob), left.id).terms;
      bob.open(chain.court, between(alice, bob), right.id);
      const { newest } = await View.blocks(chain.client, 0n);
      alice.back(id, BACKING, newest.time + 7_200n);
      alice.nameAsset(id, ETHER);
      const isBacked = (one: Hub) => one.channel(id).chain?.backing !== undefined;
      await HubStand.until(() => isBacked(alice) && isBacked(bob) && isNamed(alice, id));
      alice.payPeer(id, 0, PAID - 300n);
      const netOf = (one: Hub) => one.channel(id).latest.content.assets[0]?.net;
      await HubStand.until(() => netOf(alice) === PAID - 300n);
      const old = alice.channel(id);
      alice.payPeer(id, 0, 300n);
      await HubStand.until(() => netOf(alice) === PAID && netOf(bob) === PAID);
      return { people, lives, alice, bob, hub, left, right, id, old };
    }

    const hasLock = (hub: Hub, { id }: { id: Uint8Array }) =>
      hub.channel(id).latest.content.locks.length > 0;

    /** Lets it be time for the payee to challenge, then for the outcome to be recorded; waits for both. */
    async function toOutcome(payee: Hub, id: Uint8Array): Promise<void> {
      const { newest } = await View.blocks(chain.client, 0n);
      const expiry = payee.channel(id).chain?.backing?.expiry ?? 0n;
      await chain.pass(Number(expiry - 2_000n - newest.time));
      await HubStand.until(() => (payee.channel(id).chain?.deadline ?? 0n) > 0n);
      await chain.pass(601);
      await HubStand.until(() => payee.channel(id).chain?.outcomes.has(Hex.key(id)) === true);
    }

    const outcomeOf = async (id: Uint8Array) => {
      const { newest } = await View.blocks(chain.client, 0n);
      return View.outcomeOf(chain.client, chain.court.adjudicator, id, newest);
    };

    it("whose payer vanishes pays by its outcome, in both channels", async () => {
      const { lives, bob, hub, left, right, id } = await triangle();
      lives[0]?.abort();
      await toOutcome(bob, id);
      expect((await outcomeOf(id))?.amount).to.equal(PAID);
      await HubStand.until(() => !hasLock(bob, right));
      expect(bob.channel(right.id).latest.content.assets[0]?.net).to.equal(PAID);
      hub.leave(left.id);
      await HubStand.until(() => (hub.channel(left.id).chain?.deadline ?? 0n) > 0n);
      await chain.pass(601);
      await HubStand.until(() => isSettled(hub, left.id));
      const paid = { toA: MONEY - PAID, toB: MONEY + PAID };
      expect(await settled(chain, left.id)).to.deep.equal([paid]);
    });

    it("whose hub vanishes pays by its outcome, and its payer no more than that", async () => {
      const { lives, alice, bob, left, right, id } = await triangle();
      lives[2]?.abort();
      alice.close(id);
      await HubStand.until(() => bob.channel(id).latest.content.isFinal);
      await toOutcome(bob, id);
      expect((await outcomeOf(id))?.amount).to.equal(PAID);
      alice.leave(left.id);
      bob.leave(right.id);
      const hasClock = (hub: Hub, { id: name }: { id: Uint8Array }) =>
        (hub.channel(name).chain?.deadline ?? 0n) > 0n;
      await HubStand.until(() => hasClock(alice, left) && hasClock(bob, right));
      await chain.pass(601);
      await HubStand.until(() => isSettled(alice, left.id) && isSettled(bob, right.id));
      const paid = { toA: MONEY - PAID, toB: MONEY + PAID };
      expect(await settled(chain, left.id)).to.deep.equal([paid]);
      expect(await settled(chain, right.id)).to.deep.equal([paid]);
    });

    it("whose payer lies about it is answered with the newest state", async () => {
      const { people, lives, bob, hub, right, id, old } = await triangle();
      lives[0]?.abort();
      const { adjudicator } = chain.court;
      const presented = Adjudicator.presentedOf(old, old.latest);
      const { params } = old.terms;
      await Send.send(people[0].sender, Calls.challenge(adjudicator, params, presented));
      await HubStand.until(
        () => bob.channel(id).chain?.version === bob.channel(id).latest.content.version,
      );
      await toOutcome(bob, id);
      expect((await outcomeOf(id))?.amount).to.equal(PAID);
      await HubStand.until(() => !hasLock(hub, right));
      expect(hub.channel(right.id).latest.content.assets[0]?.net).to.equal(PAID);
    });

    it("that both end costs no transaction", async () => {
      const { alice, bob, hub, left, right, id } = await triangle();
      alice.close(id);
      await HubStand.until(() => !hasLock(alice, left) && !hasLock(hub, left));
      await HubStand.until(() => !hasLock(bob, right) && !hasLock(hub, right));
      for (const [one, terms] of [
        [alice, left],
        [bob, right],
      ] as const) {
        expect(one.channel(terms.id).latest.content.assets[0]?.net).to.equal(PAID);
      }
      expect(await outcomeOf(id)).to.equal(undefined);
    });
  });
});
