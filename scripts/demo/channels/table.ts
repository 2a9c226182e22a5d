// A game of Nim on L1 whose loser goes away, and a virtual channel that its players have over the hub before that.
import { formatEther, parseEther } from "viem";
import * as Nim from "../../../src/channels/apps/nim.ts";
import type * as Channel from "../../../src/channels/client/channel.ts";
import * as Force from "../../../src/channels/client/force.ts";
import * as NimApp from "../../../src/channels/client/nimApp.ts";
import * as Play from "../../../src/channels/client/play.ts";
import type { Params } from "../../../src/channels/params.ts";
import * as View from "../../../src/l1/adjudicatorView.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import type { Narrator } from "../narrator.ts";
import * as Person from "./person.ts";
import * as Place from "./place.ts";

export type Stage = {
  readonly narrator: Narrator;
  readonly l1: Place.Place;
  readonly signal: AbortSignal;
};

export const DEPOSITS: readonly [bigint, bigint] = [parseEther("1"), parseEther("1")];
export const STAKE = parseEther("0.25");

const STONES = 6;
const BACKING = parseEther("0.5");
const TICKETS = 20;
const TICKET = parseEther("0.01");
const HOLD_SECONDS = 14_400n;

/** Alice pays Mallory in a channel of their own, which stands on their channels with the hub; then both end it. */
export async function meet(
  { narrator, l1, signal }: Stage,
  [alice, hub, mallory]: readonly [Person.Person, Person.Person, Person.Person],
  left: Channel.Channel,
  right: Channel.Channel,
): Promise<void> {
  const { attest } = narrator;
  const params: Params = { ...left.terms.params, b: mallory.address, salt: 1n };
  const { id } = alice.hub.open(l1.court, params, left.terms.id).terms;
  mallory.hub.open(l1.court, params, right.terms.id);
  const before = Person.netOf(hub, left.terms.id) ?? 0n;
  const { newest } = await View.blocks(l1.client, 0n);
  alice.hub.back(id, BACKING, newest.time + HOLD_SECONDS);
  alice.hub.nameAsset(id, Person.ETHER);
  const isBacked = (person: Person.Person) =>
    person.hub.channel(id).chain?.backing?.amount === BACKING;
  await Person.until(() => isBacked(alice) && isBacked(mallory), signal);
  await Person.until(() => Person.netOf(alice, id) === 0n, signal);
  const signed = hub.hub.channel(left.terms.id).latest;
  for (let ticket = 0; ticket < TICKETS; ticket++) alice.hub.payPeer(id, 0, TICKET);
  const total = TICKET * BigInt(TICKETS);
  await Person.until(() => Person.netOf(mallory, id) === total, signal);
  attest(
    `Alice paid Mallory ${formatEther(total)} ether, and the hub signed nothing`,
    hub.hub.channel(left.terms.id).latest === signed,
  );
  alice.hub.close(id);
  await Person.until(() => Person.netOf(mallory, right.terms.id) === total, signal);
  const paid = (Person.netOf(hub, left.terms.id) ?? 0n) - before;
  attest(
    "both ended it: the hub got from her what it paid Mallory, without a call",
    paid === total,
  );
}

/** They begin a game off chain, in a channel with nothing else in it. */
export async function sitDown(
  { narrator, l1, signal }: Stage,
  alice: Person.Person,
  mallory: Person.Person,
  { terms: { id } }: Channel.Channel,
): Promise<void> {
  const { nim } = l1;
  const data = Nim.encode({ stones: STONES, isTurnOfB: false, base: 0n, stake: STAKE });
  mallory.hub.agree(id, { app: nim.app, codeHash: nim.codeHash, data });
  alice.hub.play(id, Play.install(alice.hub.channel(id).latest.content, nim, data));
  await Person.until(() => stonesFor(alice, id) === STONES, signal);
  take(l1, alice, id, 1);
  await Person.until(() => stonesFor(mallory, id) === STONES - 1, signal);
  take(l1, mallory, id, 1);
  const isLeft = (person: Person.Person) => stonesFor(person, id) === STONES - 2;
  await Person.until(() => isLeft(alice) && isLeft(mallory), signal);
  const [hers, other] = [alice, mallory].map(({ hub }) => hub.channel(id).latest);
  narrator.attest(
    `${STONES - 2} of ${STONES} stones are left, and both have signed every move`,
    hers !== undefined && other !== undefined && Bytes.equals(hers.hash, other.hash),
  );
}

/** Mallory is gone; Alice moves on chain. */
export async function forceOn(
  { narrator, l1, signal }: Stage,
  alice: Person.Person,
  { terms: { id } }: Channel.Channel,
): Promise<void> {
  alice.hub.leave(id);
  await Person.until(async () => (await Place.headOf(l1, id)).deadline !== 0n, signal);
  await Person.until(() => (alice.hub.channel(id).chain?.deadline ?? 0n) !== 0n, signal);
  take(l1, alice, id, 1);
  await Person.until(async () => (await Place.headOf(l1, id)).moves === 1n, signal);
  const { version } = await Place.headOf(l1, id);
  const { latest } = alice.hub.channel(id);
  narrator.attest("her next move is on chain", version === latest.content.version + 1n);
}

function take(l1: Place.Place, { hub }: Person.Person, id: Uint8Array, stones: number): void {
  const board = Force.board(hub.channel(id));
  if (board.app !== undefined) {
    hub.play(id, Play.move(board, l1.nim, NimApp.take(board.app.data, stones)));
  }
}

function stonesFor({ hub }: Person.Person, id: Uint8Array): number | undefined {
  const { app } = Force.board(hub.channel(id));
  return app === undefined ? undefined : Nim.decode(app.data)?.stones;
}
