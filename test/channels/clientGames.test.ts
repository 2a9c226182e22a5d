// Games inside a channel: played by states that both sign, and by force against a peer who does not answer.
import { expect } from "chai";
import * as Nim from "../../src/channels/apps/nim.ts";
import type * as Change from "../../src/channels/client/change.ts";
import type * as Force from "../../src/channels/client/force.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as Play from "../../src/channels/client/play.ts";
import * as Court from "./clientCourt.ts";
import * as Game from "./clientGame.ts";
import * as Table from "./clientTable.ts";
import * as World from "./clientWorld.ts";

const paidOf = ({ chain, link }: Table.Table) => Court.caseOf(chain, link.terms).paid;
const balances = ({ alice, bob, link }: Table.Table) =>
  [alice, bob].map((actor) => World.balance(actor, link));

/** Both play the first legal move until nobody can, or until a number of moves. */
function play({ world, alice, bob, link }: Table.Table, moves = 100): void {
  for (let count = 0; count < moves; count++) {
    const mover = [alice, bob].find((actor) => Game.isOnTurn(actor, link));
    if (mover === undefined) return;
    Game.take(world, mover, link, 1);
    World.deliverAll(world);
  }
}

/** Time passes in steps in which everybody looks at the chain. */
function pass({ world }: Table.Table, seconds: number): void {
  for (let part = 0; part < seconds; part += 50) World.pass(world, 50);
}

describe("client: games", () => {
  it("are played off chain to the end, and the loser's client lets the winner have the stake", () => {
    const one = Game.seated(5);
    play(one);
    expect(Game.gameOf(one.alice, one.link), "the loser has concluded").to.equal(undefined);
    expect(balances(one), "Alice took the last stone").to.deep.equal([1_020n, 980n]);
    one.alice.party.change(one.link.terms.id, { kind: "pay", asset: 0, amount: 5n });
    World.settle(one.world, one.alice);
    World.deliverAll(one.world);
    one.bob.party.wish(one.link.terms.id, "close");
    World.settle(one.world, one.bob);
    World.deliverAll(one.world);
    expect(paidOf(one)).to.deep.equal({ A: 1_015n, B: 985n });
    expect([one.alice, one.bob].flatMap(World.rejections)).to.deep.equal([]);
  });

  it("begin once the other player has agreed to this very state, also after a restart", () => {
    const one = Table.table();
    const { world, alice, bob, link } = one;
    Game.install(one, 7);
    World.deliverAll(world);
    expect(Game.gameOf(bob, link)).to.equal(undefined);
    Game.agree(one, 8);
    World.deliverAll(world);
    expect(Game.gameOf(alice, link), "another game").to.equal(undefined);
    World.disconnect(world, link);
    Game.agree(one, 7);
    World.stop(world, bob);
    World.start(world, bob);
    World.connect(world, link);
    World.deliverAll(world);
    expect(Game.gameOf(alice, link)?.stones).to.equal(7);
    expect(Game.channelOf(bob, link).agreed, "agreed to one game").to.deep.equal([]);
  });

  it("begin after the one that is played, though it was agreed to in the middle of that", () => {
    const one = Game.seated(5);
    const { world, alice, bob, link } = one;
    // Alice takes the last stone of the first game: Bob has paid the stake by then.
    const second = Game.start(7, { base: -Game.STAKE });
    bob.party.agree(link.terms.id, second);
    World.pass(world, 1);
    World.deliverAll(world);
    play(one);
    expect(Game.gameOf(bob, link), "the first is over").to.equal(undefined);
    const { content } = Game.channelOf(alice, link).latest;
    alice.party.change(link.terms.id, Play.install(content, Court.NIM, second.data));
    World.settle(world, alice);
    World.deliverAll(world);
    expect(Game.gameOf(bob, link)?.stones).to.equal(7);
    expect([alice, bob].flatMap(World.rejections)).to.deep.equal([]);
  });

  it("to which the other does not agree hold up no payment, and not the end", () => {
    const one = Table.table();
    const { world, alice, bob, link } = one;
    Game.install(one, 7);
    World.pay(world, alice, link, bob, 100n);
    World.deliverAll(world);
    expect(balances(one)).to.deep.equal([900n, 1_100n]);
    alice.party.wish(link.terms.id, "close");
    World.settle(world, alice);
    World.deliverAll(world);
    expect(alice.happenings.at(-1)).to.include({ kind: "refused", reason: "app-not-agreed" });
    expect(paidOf(one)).to.deep.equal({ A: 900n, B: 1_100n });
  });

  it("end when the player who is to move gives up", () => {
    const one = Game.seated();
    play(one, 3);
    one.bob.party.change(one.link.terms.id, { kind: "conclude" });
    World.settle(one.world, one.bob);
    World.deliverAll(one.world);
    expect(balances(one)).to.deep.equal([1_020n, 980n]);
  });

  it("tell their player which move the rules refuse, and go on", () => {
    const one = Game.seated();
    const { world, alice, link } = one;
    Game.take(world, alice, link, 4);
    Game.take(world, alice, link, 2);
    World.deliverAll(world);
    const [refused, ...more] = alice.happenings.filter(({ kind }) => kind === "refused");
    expect(refused).to.include({ kind: "refused", reason: "illegal-move" });
    expect(more).to.deep.equal([]);
    expect(Game.gameOf(one.bob, link)?.stones).to.equal(8);
  });

  for (const crash of ["before persisting", "after persisting", "after sending one"] as const) {
    for (const who of ["alice", "bob"] as const) {
      it(`survive a restart of ${who} ${crash}, at any point`, () => {
        for (let point = 0; point < 14; point++) {
          const one = Table.table();
          const { world, alice, bob, link } = one;
          Game.agree(one, 3);
          Game.install(one, 3);
          const victim = one[who];
          let left = point;
          for (let round = 0; round < 40; round++) {
            if (left-- === 0) victim.crash = crash;
            if (!victim.isOnline) {
              World.start(world, victim);
              World.connect(world, link);
              // What was agreed and never written is agreed again.
              if (Game.channelOf(bob, link).latest.content.version < 2n) Game.agree(one, 3);
              const hasQueue = Game.channelOf(alice, link).queue.length > 0;
              const isOpen = Game.channelOf(alice, link).latest.content.version < 2n;
              if (isOpen && !hasQueue && Game.channelOf(alice, link).proposal === undefined) {
                Game.install(one, 3);
              }
            }
            for (const actor of [alice, bob]) {
              const channel = actor.isOnline ? Game.channelOf(actor, link) : undefined;
              const isFree = channel?.proposal === undefined && channel?.queue.length === 0;
              if (isFree && Game.isOnTurn(actor, link)) Game.take(world, actor, link, 1);
            }
            for (let count = 0; count < 3; count++) World.deliver(world);
            World.pass(world, 1);
          }
          World.deliverAll(world);
          expect(balances(one), `point ${point}`).to.deep.equal([1_020n, 980n]);
        }
      });
    }
  }
});

describe("client: games by force", () => {
  it("a player who vanishes on turn loses the stake after one window", () => {
    const one = Game.seated();
    const { world, alice, bob, link } = one;
    play(one, 1);
    World.stop(world, bob);
    alice.party.wish(link.terms.id, "leave");
    pass(one, 700);
    expect(paidOf(one)).to.deep.equal({ A: 1_020n, B: 980n });
  });

  it("a move that was proposed and never answered is forced as it was signed", () => {
    const one = Game.seated();
    const { world, chain, alice, bob, link } = one;
    Game.take(world, alice, link, 3);
    World.stop(world, bob);
    const { proposal } = Game.channelOf(alice, link);
    alice.party.wish(link.terms.id, "leave");
    pass(one, 50);
    expect(Court.caseOf(chain, link.terms).version).to.equal(proposal?.content.version);
    pass(one, 700);
    expect(paidOf(one)).to.deep.equal({ A: 1_020n, B: 980n });
  });

  it("is played on chain to the end by two who do not talk, with restarts in between", () => {
    const one = Game.seated(7);
    const { world, chain, alice, bob, link } = one;
    play(one, 2);
    World.disconnect(world, link);
    bob.party.wish(link.terms.id, "leave");
    World.pass(world, 1);
    expect(Court.caseOf(chain, link.terms).deadline, "Bob challenges").not.to.equal(0n);
    for (let move = 0; move < 5; move++) {
      const mover = move % 2 === 0 ? alice : bob;
      Game.take(world, mover, link, 1);
      for (const actor of [alice, bob]) {
        World.stop(world, actor);
        World.start(world, actor);
      }
      pass(one, 100);
      expect(Game.gameOf(alice, link)?.stones).to.equal(4 - move);
      expect(Game.gameOf(bob, link)?.stones).to.equal(4 - move);
    }
    pass(one, 700);
    expect(paidOf(one), "Alice took the last stone").to.deep.equal({ A: 1_020n, B: 980n });
  });

  for (const behind of [1, 2])
    it(`a state that is ${behind} behind, and a move from there, give way to the latest state`, () => {
      const one = Game.seated();
      const { world, chain, alice, bob, link } = one;
      play(one, 1);
      const old = Game.channelOf(bob, link);
      play(one, behind);
      const { latest } = Game.channelOf(alice, link);
      World.disconnect(world, link);
      // Bob takes his move back: he challenges with the state before it, and forces another.
      World.stop(world, alice);
      const { terms } = old;
      Court.perform(chain, terms, { kind: "challenge", signed: old.latest });
      const forced = forcedBy(bob, old, 2);
      expect(Court.perform(chain, terms, forced)).to.equal(undefined);
      expect(Court.caseOf(chain, terms).version).to.equal(forced.next.content.version);
      World.start(world, alice);
      World.pass(world, 1);
      expect(Court.caseOf(chain, terms)).to.include({
        version: latest.content.version,
        deadline: 0n,
      });
      World.connect(world, link);
      World.deliverAll(world);
      play(one);
      expect(balances(one)[0], "the game goes on").to.be.oneOf([980n, 1_020n]);
    });

  it("a player who may be behind its peer signs no move before the grace period is over", () => {
    const one = Game.seated();
    const { world, alice, link } = one;
    const backup = new Map(alice.durable);
    play(one, 2);
    World.stop(world, one.bob);
    World.stop(world, alice);
    World.start(world, alice, backup);
    const { terms, latest } = Game.channelOf(alice, link);
    Court.perform(one.chain, Game.channelOf(one.bob, link).terms, {
      kind: "challenge",
      signed: latest,
    });
    World.lookAt(world, link);
    // What Alice signed before she lost her disk; any other move would be a second state of that version.
    Game.take(world, alice, link, 1);
    World.pass(world, 59);
    expect(Game.channelOf(alice, link).proposal).to.equal(undefined);
    World.pass(world, 1);
    expect(Court.caseOf(one.chain, terms).version).to.equal(latest.content.version + 1n);
  });

  it("a move that was signed and not called before a crash is called as it was signed", () => {
    const { world, chain, alice, bob, link } = movedByBob();
    World.lookAt(world, link);
    alice.crash = "after persisting";
    Game.take(world, alice, link, 1);
    expect(alice.isOnline).to.equal(false);
    const record = Court.caseOf(chain, link.terms).version;
    World.start(world, alice);
    World.pass(world, 1);
    expect(Court.caseOf(chain, link.terms).version).to.equal(record + 1n);
    expect(Game.gameOf(bob, link)?.stones).to.equal(6);
  });

  /** Alice has seen Bob's move in a block that may go away. */
  function movedForNow() {
    const one = movedByBob();
    const { world, chain, alice, link } = one;
    const view = Court.view(chain, alice.party.channel(link.terms.id).terms);
    const { moved, deadline } = view;
    if (moved === undefined) return expect.fail("a move was forced");
    const young = { ...view, moved: { ...moved, isConfirmed: false } };
    alice.party.observe(link.terms.id, young, world.ms);
    return { ...one, moved, deadline };
  }

  it("an answer on chain waits for that as long as there is time, and no longer", () => {
    const { world, alice, link, moved, deadline } = movedForNow();
    Game.take(world, alice, link, 1);
    const at = (seconds: bigint) => {
      const { calls } = alice.party.crank(Number(seconds) * 1_000);
      return calls.map(({ call }) => call.kind);
    };
    // The chain makes no further block, or not enough of them.
    const last = deadline - World.POLICY.revealMargin;
    alice.party.tick();
    expect(at(last - 1n)).to.deep.equal([]);
    alice.party.tick();
    expect(at(last)).to.deep.equal(["forceMove"]);
    const { proposal } = Game.channelOf(alice, link);
    expect(proposal?.content.version).to.equal(moved.state.version + 1n);
  });

  it("an answer on chain waits until the move before it cannot go away, and is signed once", () => {
    const { world, alice, link, moved } = movedForNow();
    Game.take(world, alice, link, 1);
    expect(Game.channelOf(alice, link).proposal).to.equal(undefined);
    World.lookAt(world, link);
    const { proposal } = Game.channelOf(alice, link);
    expect(proposal?.content.version).to.equal(moved.state.version + 1n);
    Game.take(world, alice, link, 1);
    World.pass(world, 1);
    expect(Game.channelOf(alice, link).proposal, "one move at a time").to.equal(proposal);
  });

  it("a move that the peer countersigns after all is the state that the channel goes by", () => {
    const one = Game.seated();
    const { world, chain, alice, bob, link } = one;
    World.disconnect(world, link);
    Game.take(world, alice, link, 3);
    alice.party.wish(link.terms.id, "leave");
    World.pass(world, 1);
    const { proposal, terms } = Game.channelOf(alice, link);
    if (proposal === undefined) return void expect.fail("a move was signed");
    const { digest } = Channel.digestOf(terms, proposal.content);
    const theirs = CompactSignature.sign(digest, bob.key);
    const signed = Channel.coSigned(terms, proposal, proposal.signature, theirs);
    const bobs = Game.channelOf(bob, link).terms;
    expect(Court.perform(chain, bobs, { kind: "respond", signed })).to.equal(undefined);
    World.pass(world, 1);
    expect(Game.channelOf(alice, link).latest.hash).to.deep.equal(proposal.hash);
    pass(one, 1_300);
    expect(paidOf(one)).to.deep.equal({ A: 1_020n, B: 980n });
  });

  it("a move that was signed for a clock that a fork took back is proposed once its player may", () => {
    const one = Game.seated();
    const { world, chain, alice, bob, link } = one;
    Game.take(world, alice, link, 1);
    World.deliverAll(world);
    World.disconnect(world, link);
    const { ledger } = chain;
    Court.perform(chain, link.terms, {
      kind: "challenge",
      signed: Game.channelOf(alice, link).latest,
    });
    World.lookAt(world, link);
    Game.take(world, bob, link, 2);
    expect(Game.channelOf(bob, link).proposal, "signed").not.to.equal(undefined);
    expect(Channel.holdsToken(Game.channelOf(bob, link))).to.equal(false);
    chain.ledger = ledger;
    World.lookAt(world, link);
    World.connect(world, link);
    World.deliverAll(world);
    expect(Game.gameOf(alice, link)?.stones).to.equal(7);
    expect([alice, bob].flatMap(World.rejections)).to.deep.equal([]);
  });

  it("an illegal move is not called, and its player is told why", () => {
    const one = Game.seated();
    const { world, alice, link } = one;
    World.disconnect(world, link);
    alice.party.wish(link.terms.id, "leave");
    World.pass(world, 1);
    Game.take(world, alice, link, 4);
    expect(alice.happenings.at(-1)).to.include({ kind: "refused", reason: "illegal-move" });
    expect(Game.channelOf(alice, link).proposal).to.equal(undefined);
  });

  /** A game that alice leaves while nobody can talk, and that bob then moves on in on chain. */
  function movedByBob() {
    const one = Game.seated();
    const { world, chain, alice, bob, link } = one;
    play(one, 1);
    World.disconnect(world, link);
    const old = Game.channelOf(bob, link);
    alice.party.wish(link.terms.id, "leave");
    World.pass(world, 1);
    Court.perform(chain, old.terms, forcedBy(bob, old, 2));
    return one;
  }

  /** Bob's move from the state that he holds, as he would call it. */
  function forcedBy(bob: World.Actor, { latest, terms }: Channel.Channel, stones: number) {
    const { app } = latest.content;
    if (app === undefined) throw new RangeError("no game");
    const data = NimApp.take(app.data, stones);
    const game = Nim.decode(data);
    if (game === undefined) throw new RangeError("no game");
    const assets = latest.content.assets.map((asset) => ({ ...asset, net: Nim.netOf(game) }));
    const version = latest.content.version + 1n;
    const content = { ...latest.content, version, assets, app: { ...app, data } };
    const { hash, digest } = Channel.digestOf(terms, content);
    const move: Change.Move = { kind: "move", data, nets: assets.map(({ net }) => net) };
    const signature = CompactSignature.sign(digest, bob.key);
    const next = { changes: [move], content, hash, signature };
    const call: Force.ForceMove = { kind: "forceMove", prev: latest, next };
    return call;
  }
});
