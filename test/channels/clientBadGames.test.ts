// Every reason for which a client refuses a game, a move or a virtual channel; the channel stays as it was.
import { expect } from "chai";
import * as Nim from "../../src/channels/apps/nim.ts";
import * as Change from "../../src/channels/client/change.ts";
import type * as Message from "../../src/channels/client/message.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import { KIND_CHANNEL } from "../../src/channels/locks.ts";
import { NIM } from "./clientCourt.ts";
import * as Game from "./clientGame.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

import {
  ETHER,
  HASH,
  add,
  expectRefusal,
  pay,
  proposal,
  table,
  type Table,
} from "./clientTable.ts";

const SEVEN = Game.start(7);
const install = (nets = [20n], app = SEVEN): Change.Change => ({ kind: "install", app, nets });
const conclude: Change.Change = { kind: "conclude" };

/** A move by Alice in the game that she and Bob are seated at, whether the rules have it or not. */
function move(one: Table, game: Partial<Nim.Game>, nets?: readonly bigint[]): Change.Move {
  const now = Game.gameOf(one.alice, one.link) ?? {
    stones: 0,
    isTurnOfB: false,
    base: 0n,
    stake: 0n,
  };
  const next = { ...now, isTurnOfB: !now.isTurnOfB, ...game };
  return { kind: "move", data: Nim.encode(next), nets: nets ?? [Nim.netOf(next)] };
}

/** A table at which Bob has agreed to a game. */
function agreed(app = SEVEN): Table {
  const one = table();
  one.bob.party.agree(one.link.terms.id, app);
  return one;
}

describe("client: refusals", () => {
  describe("of games", () => {
    it("app-not-agreed: a game that it did not agree to, or another than it agreed to", () => {
      const none = table();
      expectRefusal(none, none.bob, proposal(none, [install()]), "app-not-agreed");
      const one = agreed(Game.start(8));
      expectRefusal(one, one.bob, proposal(one, [install()]), "app-not-agreed");
    });

    it("unknown-app: other code, even if it agreed", () => {
      const app = { ...SEVEN, codeHash: new Uint8Array(32).fill(9) };
      const one = agreed(app);
      const body = proposal(one, [install([20n], app)]);
      expectRefusal(one, one.bob, body, "unknown-app", [app.app, app.codeHash]);
    });

    it("wrong-nets: a payment that the game does not say, and nets for other assets", () => {
      const one = agreed();
      expectRefusal(one, one.bob, proposal(one, [install([21n])]), "wrong-nets", [NIM.app, 21n]);
      const { assets } = Game.channelOf(one.bob, one.link).latest.content;
      const body = proposal(one, [install([20n, 0n])], { assets });
      expectRefusal(one, one.bob, body, "wrong-nets", [1, 2]);
    });

    it("wrong-nets: a game that forgets what was paid since it agreed, or that is over", () => {
      const one = agreed();
      one.alice.party.change(one.link.terms.id, { kind: "pay", asset: 0, amount: 5n });
      World.settle(one.world, one.alice);
      World.deliverAll(one.world);
      expectRefusal(one, one.bob, proposal(one, [install()]), "wrong-nets", [NIM.app, 5n]);
      const over = Game.start(0);
      const other = agreed(over);
      expectRefusal(other, other.bob, proposal(other, [install([20n], over)]), "wrong-nets");
    });

    it("proposer-gains: a game in which the proposer is paid first", () => {
      const app = Game.start(7, { isTurnOfB: true });
      const one = agreed(app);
      const body = proposal(one, [install([-20n], app)]);
      expectRefusal(one, one.bob, body, "proposer-gains", [0, 20n]);
    });

    it("insufficient-funds: a stake that either side could not pay", () => {
      const app = Game.start(7, { stake: 1_001n });
      const one = agreed(app);
      const body = proposal(one, [install([1_001n], app)]);
      expectRefusal(one, one.bob, body, "insufficient-funds", [ETHER, "B", 1n]);
    });

    it("locks-left: a game beside a lock", () => {
      const one = agreed();
      const body = proposal(one, [add(), install()], { app: SEVEN });
      expectRefusal(one, one.bob, body, "locks-left", [1]);
    });

    it("app-installed: a payment, a lock or the end while a game is played", () => {
      const one = Game.seated();
      for (const change of [pay(1n), add(), { kind: "finish" } as const]) {
        expectRefusal(one, one.bob, proposal(one, [change], {}), "app-installed", [NIM.app]);
      }
    });

    it("no-app: a move, or the end of a game, where none is played", () => {
      const one = table();
      for (const change of [move(one, {}), conclude]) {
        expectRefusal(one, one.bob, proposal(one, [change], {}), "no-app");
      }
    });

    it("illegal-move: too many stones, none, out of turn, another stake, another payment", () => {
      const one = Game.seated();
      for (const [game, nets] of [
        [{ stones: 6 }],
        [{ stones: 10 }],
        [{ stones: 9, isTurnOfB: false }],
        [{ stones: 9, stake: 30n }],
        [{ stones: 9 }, [20n]],
      ] as const) {
        const body = proposal(one, [move(one, game, nets)]);
        expectRefusal(one, one.bob, body, "illegal-move");
      }
      expect(Game.gameOf(one.bob, one.link)?.stones).to.equal(10);
    });

    it("move-not-alone: two moves in one state, or a move and more", () => {
      const one = Game.seated();
      const first = move(one, { stones: 9 });
      expectRefusal(one, one.bob, proposal(one, [first, conclude], {}), "move-not-alone", [3n, 2]);
    });

    it("app-not-over: the end by who could lose by the next move", () => {
      const one = Game.seated();
      Game.take(one.world, one.alice, one.link, 1);
      World.deliverAll(one.world);
      expectRefusal(one, one.bob, proposal(one, [conclude]), "app-not-over", [NIM.app]);
    });

    it("a move of stones that are not there is not made", () => {
      expect(() => NimApp.take(SEVEN.data, 8))
        .to.throw(NimApp.NoSuchMoveError)
        .with.property("stones", 8);
    });
  });

  describe("of virtual channels", () => {
    /** A proposal by the hub to Bob, or by Alice to Bob in the virtual channel. */
    function by(
      actor: World.Actor,
      one: Virtual.Triangle,
      link: World.Link,
      change: Change.Change,
      given?: object,
    ): Message.Propose {
      const { latest, terms } = one.bob.party.channel(link.terms.id);
      const made = given ?? Change.apply(latest.content, change, "A");
      const content = { ...latest.content, ...made, version: latest.content.version + 1n };
      const signature = CompactSignature.sign(Channel.digestOf(terms, content).digest, actor.key);
      return { kind: "propose", version: content.version, changes: [change], signature };
    }

    it("not-conceded: a lock lowered before, or below, what its payee concedes", () => {
      const one = Virtual.backed();
      const { hub, bob, world, right, direct } = one;
      const at = { world, chain: one.chain, alice: hub, bob, link: right };
      const lower = (amount: bigint): Change.Change => ({
        kind: "lower",
        key: direct.terms.id,
        amount,
      });
      const { id } = direct.terms;
      expectRefusal(at, bob, by(hub, one, right, lower(1n)), "not-conceded", [id, 1n]);
      Virtual.pay(one, one.alice, 120n);
      one.alice.party.wish(id, "close");
      World.settle(world, one.alice);
      World.deliverUntil(world, () => Virtual.channelOf(bob, right).settlements.size > 0);
      expectRefusal(at, bob, by(hub, one, right, lower(119n)), "not-conceded", [id, 119n, 120n]);
    });

    it("out-of-range and zero-amount: a lock raised, kept or lowered to nothing", () => {
      const one = Virtual.backed();
      const at = { ...one, alice: one.hub, link: one.right };
      const key = one.direct.terms.id;
      for (const amount of [Virtual.BACKING, Virtual.BACKING + 1n]) {
        const body = by(one.hub, one, one.right, { kind: "lower", key, amount }, {});
        // What it conceded is asked first.
        expectRefusal(at, one.bob, body, "not-conceded");
      }
      const { content } = one.bob.party.channel(one.right.terms.id).latest;
      for (const [amount, reason] of [
        [Virtual.BACKING, "out-of-range"],
        [0n, "zero-amount"],
      ] as const) {
        expect(() => Change.apply(content, { kind: "lower", key, amount }, "A"))
          .to.throw()
          .with.property("reason", reason);
      }
    });

    it("unknown-lock and not-the-payer: a hash lock lowered or resolved, and a lock of the other's", () => {
      const one = table();
      const withLock = Change.apply(
        Game.channelOf(one.bob, one.link).latest.content,
        ...([add(), "A"] as const),
      );
      for (const [side, key, reason] of [
        ["A", HASH, "unknown-lock"],
        ["A", new Uint8Array(32), "unknown-lock"],
        ["B", HASH, "not-the-payer"],
      ] as const) {
        const kind = reason === "not-the-payer" ? KIND_CHANNEL : 0;
        const locks = withLock.locks.map((lock) => ({ ...lock, kind }));
        for (const change of [
          { kind: "lower", key, amount: 1n },
          { kind: "resolve", key },
        ] as const) {
          expect(() => Change.apply({ ...withLock, locks }, change, side))
            .to.throw()
            .with.property("reason", reason);
        }
      }
    });

    it("not-in-virtual: a lock, a withdrawal, a game or another asset in a virtual channel", () => {
      const one = Virtual.backed();
      const at = { ...one, link: one.direct };
      const changes: readonly Change.Change[] = [
        add(),
        { kind: "withdraw", asset: 0, amount: 1n },
        install(),
        { kind: "name", token: new Uint8Array(20).fill(3) },
      ];
      for (const change of changes) {
        const body = by(one.alice, one, one.direct, change, {});
        expectRefusal(at, one.bob, body, "not-in-virtual", [change.kind]);
      }
    });

    it("lock-not-expired: a channel lock taken back that its payee did not give up", () => {
      const one = Virtual.backed();
      const at = { ...one, alice: one.hub, link: one.right };
      const body = by(one.hub, one, one.right, { kind: "remove", hash: one.direct.terms.id });
      expectRefusal(at, one.bob, body, "lock-not-expired");
    });

    it("lock-revealed: a channel lock taken back after its expiry though an outcome is on record", () => {
      const one = Virtual.backed();
      const { world, alice, hub, bob, right, direct } = one;
      Virtual.pay(one, alice, 120n);
      for (const actor of [alice, hub]) World.stop(world, actor);
      for (let part = 0; part < 80; part++) World.pass(world, 100);
      const { expiry } = Virtual.locksIn(bob, right)[0] ?? { expiry: 0n };
      expect(one.chain.time > expiry, "it has expired").to.equal(true);
      World.start(world, hub);
      World.connect(world, right);
      // What the hub would say of itself does not matter here.
      World.deliverUntil(world, () => Virtual.channelOf(bob, right).session?.peer !== undefined);
      const at = { ...one, alice: hub, link: right };
      const remove = by(hub, one, right, { kind: "remove", hash: direct.terms.id });
      expectRefusal(at, bob, remove, "lock-revealed");
    });

    it("not-the-payer, unknown-asset and duplicate-lock: a backing that is none", () => {
      const one = Virtual.backed();
      const { id } = one.direct.terms;
      const again = () => one.alice.party.back(id, 1n, 0n);
      expect(again).to.throw().with.property("reason", "duplicate-lock");
      const open = Virtual.open();
      const byBob = () => open.bob.party.back(open.direct.terms.id, 1n, 0n);
      expect(byBob).to.throw().with.property("reason", "not-the-payer");
    });
  });
});
