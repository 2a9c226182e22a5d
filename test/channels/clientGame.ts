// A game of Nim between two clients: Alice moves first.
import { expect } from "chai";
import * as Nim from "../../src/channels/apps/nim.ts";
import type * as Channel from "../../src/channels/client/channel.ts";
import * as Force from "../../src/channels/client/force.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as Play from "../../src/channels/client/play.ts";
import { NIM } from "./clientCourt.ts";
import * as Table from "./clientTable.ts";
import * as World from "./clientWorld.ts";

export const STAKE = 20n;

/** The app's state in which a game begins. */
export function start(stones: number, game: Partial<Nim.Game> = {}) {
  const data = Nim.encode({ stones, isTurnOfB: false, base: 0n, stake: STAKE, ...game });
  return { app: NIM.app, codeHash: NIM.codeHash, data };
}

/** Two clients, and a game that both have agreed to and signed. */
export function seated(stones = 10): Table.Table {
  const one = Table.table();
  agree(one, stones);
  install(one, stones);
  World.deliverAll(one.world);
  expect(gameOf(one.bob, one.link)?.stones).to.equal(stones);
  return one;
}

export function agree({ world, bob, link }: Table.Table, stones: number): void {
  bob.party.agree(link.terms.id, start(stones));
  World.settle(world, bob);
}

export function install({ world, alice, link }: Table.Table, stones: number): void {
  const { latest } = channelOf(alice, link);
  alice.party.change(link.terms.id, Play.install(latest.content, NIM, start(stones).data));
  World.settle(world, alice);
}

export function channelOf(actor: World.Actor, link: World.Link): Channel.Channel {
  return actor.party.channel(link.terms.id);
}

/** The game as it stands for an actor; undefined where none is played. */
export function gameOf(actor: World.Actor, link: World.Link): Nim.Game | undefined {
  const { app } = Force.board(channelOf(actor, link));
  return app === undefined ? undefined : Nim.decode(app.data);
}

/** Whether it is the actor's turn in a game that is not over. */
export function isOnTurn(actor: World.Actor, link: World.Link): boolean {
  const game = gameOf(actor, link);
  if (game === undefined || game.stones === 0) return false;
  return game.isTurnOfB === (World.sideOf(actor, link) === "B");
}

/** The actor wants to take stones. */
export function take(
  world: World.World,
  actor: World.Actor,
  link: World.Link,
  stones: number,
): void {
  const board = Force.board(channelOf(actor, link));
  if (board.app === undefined) return void expect.fail("no game is played");
  const move = Play.move(board, NIM, NimApp.take(board.app.data, stones));
  actor.party.change(link.terms.id, move);
  World.settle(world, actor);
}
