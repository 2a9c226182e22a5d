// Bob among conspirators: the hub of his only channel, and Alice, who pays him in a virtual one. What he was told that he
// has been paid, by an invoice or in the virtual channel, he gets, with nobody's help.
import { expect } from "chai";
import type * as Change from "../../src/channels/client/change.ts";
import * as ChannelLock from "../../src/channels/client/channelLock.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as Invoice from "../../src/channels/client/invoice.ts";
import * as Route from "../../src/channels/client/route.ts";
import { KIND_CHANNEL, KIND_HASH, type Lock } from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
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
};

/** Bob has opened both channels. */
export function begin(random: Random): Life {
  const { world, chain, alice, hub, bob, right, direct } = Virtual.open();
  for (const actor of [alice, hub]) World.stop(world, actor);
  const [ledger, virtual] = [HostilePeers.front(right, hub), HostilePeers.front(direct, alice)];
  const life: Life = {
    ...{ world, random, chain, honest: bob, fronts: [ledger, virtual], secrets: [] },
    ...{ ledger, virtual },
    changeOf: (front, content, side) =>
      front === ledger ? inLedger(life, content, side) : inVirtual(life),
  };
  for (const front of life.fronts) HostilePeers.connect(life, front);
  return life;
}

/** One random thing happens. */
export function step(life: Life): void {
  const { world, random, honest } = life;
  const dice = random.below(100);
  if (dice < 80) HostilePeers.speak(life, random.pick(life.fronts));
  else if (dice < 84) issue(life);
  else if (dice < 97) World.pass(world, random.pick([0.2, 1, 2, 100, 100]));
  else if (random.oneIn(12)) litigate(life, random.pick(life.fronts));
  else honest.party.tick();
  HostilePeers.settle(life);
}

/** They go on until all has expired; then Bob leaves. */
export function end(life: Life): void {
  const { random, honest, ledger, virtual } = life;
  HostilePeers.waitOut(life, 160, [ledger], () => {
    if (random.oneIn(3)) litigate(life, random.pick(life.fronts));
    else for (let count = 0; count < 2; count++) step(life);
  });
  const { paid } = Court.caseOf(life.chain, ledger.link.terms);
  expect(paid, "Bob gets out").not.to.equal(undefined);
  const received = honest.happenings.reduce(
    (sum, one) => (one.kind === "received" ? sum + one.issued.invoice.amount : sum),
    0n,
  );
  const net = HostilePeers.channelOf(life, virtual).latest.content.assets[0]?.net ?? 0n;
  const gained = HubRow.netOf(honest, [ledger.link]);
  const due = received + net;
  expect(gained >= due, `Bob has ${gained}, was told of ${received} and ${net}`).to.equal(true);
}

/** Bob asks to be paid. */
function issue({ world, random, honest, secrets, chain }: Life): void {
  const secret = World.freshSecret();
  secrets.push(secret);
  const invoice = {
    ...{ payee: honest.party.address, via: honest.party.address, token: World.ETHER },
    ...{ amount: BigInt(random.pick([10, 40])), hash: sha256(secret) },
    ...{ chainId: chain.court.chainId, until: BigInt(Math.floor(world.ms / 1_000)) + 5_000n },
  };
  honest.party.issue({ ...Invoice.sign(invoice, honest.party.sign), secret, isPaid: false });
}

/** What the hub would change: locks for invoices and for the virtual channel, which last long enough or not. */
function inLedger(life: Life, content: Content.Content, side: Content.Side): Change.Change {
  const { random, world, secrets, virtual } = life;
  const own = content.locks.filter((lock) => Content.payerOf(lock) === side);
  const now = BigInt(Math.floor(world.ms / 1_000));
  if (own.length === 0 || random.oneIn(2)) {
    const isHash = secrets.length > 0 && random.oneIn(2);
    const key = isHash ? sha256(random.pick(secrets.slice(-3))) : virtual.link.terms.id;
    const margin = ChannelLock.challengeMargin(HostilePeers.channelOf(life, virtual));
    const hold = random.pick([700n, margin, margin + 100n, 7_000n, 7_000n]);
    const lock: Lock = {
      ...{ kind: isHash ? KIND_HASH : KIND_CHANNEL, asset: 0, aToB: side === "A", key },
      ...{ expiry: now + hold, amount: BigInt(random.pick([10, 40, 300])) },
    };
    return { kind: "add", lock, note: Route.encode([]) };
  }
  const { kind, key, amount } = random.pick(own);
  if (random.oneIn(2)) return { kind: "remove", hash: key };
  if (kind === KIND_CHANNEL) return { kind: "lower", key, amount: amount / 2n };
  // Bob's secret, if he has given it away by now.
  const { secrets: given } = HostilePeers.channelOf(life, life.ledger);
  const secret = [...given.values()].find((one) => Bytes.equals(sha256(one), key));
  return secret === undefined ? { kind: "remove", hash: key } : { kind: "fulfil", secret };
}

function inVirtual({ random }: Life): Change.Change {
  if (random.oneIn(40)) return { kind: "finish" };
  return { kind: "pay", asset: 0, amount: BigInt(random.pick([1, 7, 30])) };
}

/** Any state of either channel that they can show, and a wei for the virtual channel's pot. */
function litigate({ world, random, chain, fronts }: Life, front: HostilePeers.Front): void {
  const { terms } = front.link;
  const theirs = { ...terms, me: front.enemy.party.address };
  const [first, ...more] = front.states.values();
  if (first === undefined) return;
  const signed = random.pick([first, ...more]);
  if (random.oneIn(4)) Court.deposit(chain, terms, "A", 1n);
  Court.perform(chain, theirs, { kind: random.pick(["challenge", "respond"]), signed });
  Court.perform(chain, theirs, { kind: "settle", signed });
  const record = Court.recordOf(chain, terms);
  if (record !== undefined && random.oneIn(3)) {
    Court.perform(chain, theirs, { kind: "recordOutcome", signed: record });
  }
  for (const { link } of fronts) World.lookAt(world, link);
}
