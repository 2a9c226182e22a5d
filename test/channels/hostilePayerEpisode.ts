// Alice among conspirators: the hub of her only channel, and Bob, whom she pays, over the hub and in a virtual channel. What
// she was told has failed costs her nothing, and nothing costs more than she agreed to.
import { expect } from "chai";
import type * as Change from "../../src/channels/client/change.ts";
import * as Content from "../../src/channels/client/content.ts";
import { Rejected } from "../../src/channels/client/rejected.ts";
import * as Route from "../../src/channels/client/route.ts";
import { KIND_HASH } from "../../src/channels/locks.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import type { Random } from "../machine/seededRandom.ts";
import * as Court from "./clientCourt.ts";
import * as HostilePeers from "./hostilePeers.ts";
import * as HubRow from "./hubRow.ts";
import * as Virtual from "./clientVirtual.ts";
import * as World from "./clientWorld.ts";

export type Life = HostilePeers.Siege & {
  readonly ledger: HostilePeers.Front;
  readonly virtual: HostilePeers.Front;
  /** What she locked for each payment that she began. */
  readonly payments: { readonly hash: Uint8Array; readonly amount: bigint }[];
};

/** Alice has opened both channels. */
export function begin(random: Random): Life {
  const { world, chain, alice, hub, bob, left, direct } = Virtual.open();
  for (const actor of [bob, hub]) World.stop(world, actor);
  const [ledger, virtual] = [HostilePeers.front(left, hub), HostilePeers.front(direct, bob)];
  const life: Life = {
    ...{ world, random, chain, honest: alice, fronts: [ledger, virtual], secrets: [] },
    ...{ ledger, virtual, payments: [] },
    changeOf: (_, content, side) => changeOf(life, content, side),
  };
  for (const front of life.fronts) HostilePeers.connect(life, front);
  return life;
}

/** One random thing happens. */
export function step(life: Life): void {
  const { world, random, honest, fronts } = life;
  const dice = random.below(100);
  if (dice < 76) HostilePeers.speak(life, random.pick(fronts));
  else if (dice < 82) pay(life);
  else if (dice < 84) back(life);
  else if (dice < 86) payInVirtual(life);
  else if (dice < 97) World.pass(world, random.pick([0.2, 1, 2, 100]));
  else if (random.oneIn(12)) litigate(life, random.pick(fronts));
  else honest.party.tick();
  HostilePeers.settle(life);
}

/** They go on until all has expired; then Alice leaves. */
export function end(life: Life): void {
  const { random, honest, ledger, virtual } = life;
  HostilePeers.waitOut(life, 160, [ledger], () => {
    if (random.oneIn(3)) litigate(life, random.pick(life.fronts));
    else for (let count = 0; count < 2; count++) step(life);
  });
  const { paid } = Court.caseOf(life.chain, ledger.link.terms);
  expect(paid, "Alice gets out").not.to.equal(undefined);
  const spent = life.payments.reduce((sum, { hash, amount }) => {
    const status = honest.party.payment(hash)?.status ?? "failed";
    return status === "failed" ? sum : sum + amount;
  }, 0n);
  const { latest, proposal } = HostilePeers.channelOf(life, virtual);
  const nets = [latest.content, proposal?.content ?? latest.content].map(
    ({ assets }) => assets[0]?.net ?? 0n,
  );
  const most = nets.reduce((one, other) => (one > other ? one : other));
  const lost = -HubRow.netOf(honest, [ledger.link]);
  const told = `Alice has lost ${lost}, and knows of ${spent} and ${most}`;
  expect(lost <= spent + most, told).to.equal(true);
}

/** She pays Bob over the hub, for a secret that they know. */
function pay({ world, random, honest, ledger, virtual, secrets, payments }: Life): void {
  const secret = World.freshSecret();
  const hash = sha256(secret);
  const expiry = BigInt(Math.floor(world.ms / 1_000)) + random.pick([1_000n, 4_000n]);
  const [hub, bob] = [ledger.enemy, virtual.enemy];
  const hop = { address: hub.party.address, fee: World.POLICY.fee, margin: 0n };
  const last = { to: bob.party.address, amount: BigInt(random.pick([10, 30, 90])), expiry };
  const route = Route.plan([hop], last);
  secrets.push(secret);
  payments.push({ hash, amount: route.first.amount });
  honest.party.pay(ledger.link.terms.id, 0, hash, route);
}

function back({ world, random, honest, virtual }: Life): void {
  const expiry = BigInt(Math.floor(world.ms / 1_000)) + random.pick([3_000n, 7_200n]);
  try {
    honest.party.back(virtual.link.terms.id, BigInt(random.pick([100, 300])), expiry);
  } catch (error) {
    // She has locked it already, or it has ended.
    const isKnown =
      error instanceof Rejected && ["duplicate-lock", "frozen"].includes(error.reason);
    if (!isKnown) throw error;
  }
}

function payInVirtual({ random, honest, virtual }: Life): void {
  const amount = BigInt(random.pick([1, 20, 60]));
  honest.party.change(virtual.link.terms.id, { kind: "pay", asset: 0, amount });
}

/** What they would change: gifts, and what they owe or take back. */
function changeOf({ random }: Life, content: Content.Content, side: Content.Side): Change.Change {
  const own = content.locks.filter((lock) => Content.payerOf(lock) === side);
  if (own.length > 0) {
    const { kind, key } = random.pick(own);
    return kind === KIND_HASH ? { kind: "remove", hash: key } : { kind: "resolve", key };
  }
  if (random.oneIn(60)) return { kind: "finish" };
  return { kind: "pay", asset: 0, amount: BigInt(random.pick([0, 1, 2])) };
}

/** Any state of either channel that they can show, an outcome, and a secret of hers. */
function litigate({ world, random, chain, fronts, secrets }: Life, front: HostilePeers.Front) {
  const { terms } = front.link;
  const theirs = { ...terms, me: front.enemy.party.address };
  const [first, ...more] = front.states.values();
  if (first === undefined) return;
  const signed = random.pick([first, ...more]);
  if (secrets.length > 0 && random.oneIn(4)) {
    Court.perform(chain, theirs, { kind: "reveal", secret: random.pick(secrets) });
  }
  Court.perform(chain, theirs, { kind: random.pick(["challenge", "respond"]), signed });
  Court.perform(chain, theirs, { kind: "settle", signed });
  const record = Court.recordOf(chain, terms);
  if (record !== undefined) Court.perform(chain, theirs, { kind: "recordOutcome", signed: record });
  for (const { link } of fronts) World.lookAt(world, link);
}
