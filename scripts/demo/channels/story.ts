// The story that `npm start -- --demo channels` tells: a thousand payments over two chains, and a cheater. Whatever is said
// with a tick was checked on one of the chains or in what both sides signed.
import { formatEther, parseEther } from "viem";
import type * as Channel from "../../../src/channels/client/channel.ts";
import * as Adjudicator from "../../../src/hub/adjudicator.ts";
import * as Calls from "../../../src/l1/adjudicatorCalls.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import { sha256 } from "../../../src/primitives/sha256.ts";
import type { Devnet } from "../../devnet/devnet.ts";
import { fund } from "../../devnet/fund.ts";
import * as Keys from "../../devnet/keys.ts";
import type { Narrator } from "../narrator.ts";
import * as People from "../people.ts";
import * as Keeper from "./keeper.ts";
import * as Person from "./person.ts";
import * as Place from "./place.ts";
import * as Table from "./table.ts";

type Cast = {
  readonly alice: Person.Person;
  readonly hub: Person.Person;
  readonly bob: Person.Person;
  readonly mallory: Person.Person;
};

type Stage = {
  readonly devnet: Devnet;
  readonly narrator: Narrator;
  readonly l1: Place.Place;
  readonly l2: Place.Place;
  readonly folder: string;
  readonly signal: AbortSignal;
};

const STAKE = parseEther("20");
const PAYMENTS = 1_000;
const UNDER_WAY = 60;
const PRICE = parseEther("0.001");
const HOLD_SECONDS = 7_200n;
const BOUNTY = parseEther("0.01");
const ALICE_TO_HUB: readonly [bigint, bigint] = [parseEther("5"), parseEther("1")];
const HUB_TO_BOB: readonly [bigint, bigint] = [parseEther("5"), parseEther("1")];
const MALLORY_TO_BOB: readonly [bigint, bigint] = [parseEther("2"), parseEther("1")];
const DEBT = parseEther("0.5");

/** Plays the story, with the logs of all parties in `folder`; throws StatementError if what it would say is not so. */
export async function play(devnet: Devnet, narrator: Narrator, folder: string): Promise<void> {
  const { say, attest, chapter } = narrator;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(600_000)]);
  const running: { stop: () => Promise<void> }[] = [];

  chapter("1. One adjudicator, on L1 and on the L2");
  // One after the other: each fourth deposit takes a new slot of the portal, which an estimate made before it does not know.
  for (const key of [Keys.HUB, Keys.MALLORY, Keys.TOWER]) await fund(devnet, [key], STAKE);
  const l1 = await Place.open("L1", devnet.l1Chain, Keys.HUB, signal);
  const l2 = await Place.open("L2", devnet.l2Chain, Keys.HUB, signal);
  const [first, second] = await Promise.all([l1, l2].map(Place.creationCode));
  attest("both were made from the same bytes", first !== undefined && first === second);

  const stage: Stage = { devnet, narrator, l1, l2, folder, signal };
  const begin = async (name: string, key: typeof Keys.ALICE, ...places: Place.Place[]) => {
    const person = await Person.start(name, key, places, folder, signal);
    running.push(person);
    return person;
  };
  try {
    const cast: Cast = {
      alice: await begin("alice", Keys.ALICE, l1),
      hub: await begin("hub", Keys.HUB, l1, l2),
      bob: await begin("bob", Keys.BOB, l2),
      mallory: await begin("mallory", Keys.MALLORY, l1, l2),
    };
    const tower = await Keeper.start(Keys.TOWER, l2, folder, signal, (line) => say(line));
    running.push(tower);

    chapter("2. Alice opens a channel to a hub on L1; Bob has his on the L2");
    await Person.connect(cast.alice, cast.hub);
    const hubPort = await Person.connect(cast.bob, cast.hub);
    await Person.connect(cast.mallory, cast.bob);
    const left = await Person.openChannel(l1, cast.alice, cast.hub, ALICE_TO_HUB, signal);
    const right = await Person.openChannel(l2, cast.hub, cast.bob, HUB_TO_BOB, signal);
    const bad = await Person.openChannel(l2, cast.mallory, cast.bob, MALLORY_TO_BOB, signal);
    const held = [
      await Place.heldBy(l1, left.terms.id),
      await Place.heldBy(l2, right.terms.id),
      await Place.heldBy(l2, bad.terms.id),
    ];
    const deposited = [ALICE_TO_HUB, HUB_TO_BOB, MALLORY_TO_BOB].map(([a, b]) => a + b);
    attest(
      `three channels on two chains hold ${held.map((amount) => formatEther(amount)).join(", ")} ether`,
      held.every((amount, index) => amount === deposited[index]),
    );

    chapter(`3. ${PAYMENTS} payments stream from Alice on L1 to Bob on the L2`);
    await stream(stage, cast, left, right);

    chapter("4. Alice and Mallory have a channel over the hub, and play Nim on L1");
    await Person.connect(cast.mallory, cast.hub);
    await Person.connect(cast.alice, cast.mallory);
    const mallorys = await Person.openChannel(l1, cast.hub, cast.mallory, Table.DEPOSITS, signal);
    const table = await Person.openChannel(l1, cast.alice, cast.mallory, Table.DEPOSITS, signal);
    const { alice, hub, mallory } = cast;
    await Table.meet(stage, [alice, hub, mallory], left, mallorys);
    await Table.sitDown(stage, alice, mallory, table);

    chapter("5. Mallory pays Bob, and posts a state from before that while he is away");
    const owed = await cheat(stage, cast, bad, tower);

    chapter("6. Mallory does not come back to the game either; Alice plays on");
    await Table.forceOn(stage, alice, table);

    chapter("7. Bob comes back, and leaves that channel alone");
    const bob = await begin("bob", Keys.BOB, l2);
    Person.reconnect(bob, cast.hub, hubPort);
    await leave(stage, bob, bad, owed);

    chapter("8. Everyone is paid");
    await Person.until(
      async () => (await Place.payoutOf(l1, table.terms.id)) !== undefined,
      signal,
    );
    const won = await Place.payoutOf(l1, table.terms.id);
    const [deposit] = Table.DEPOSITS;
    attest(
      `Alice has Mallory's stake of ${formatEther(Table.STAKE)} ether, for nobody moved against her`,
      won?.toA === deposit + Table.STAKE && won.toB === deposit - Table.STAKE,
    );
    await closeAll(stage, { ...cast, bob }, left, right, mallorys);

    chapter("What each act cost");
    for (const { place, what, gas } of [...l1.acts, ...l2.acts]) {
      say(`${place}  ${what.padEnd(34)} ${gas.toLocaleString("en").padStart(10)} gas`);
    }
  } finally {
    abort.abort();
    for (const one of running.reverse()) await one.stop();
  }
}

async function stream(
  { narrator, l1, l2, signal }: Stage,
  { alice, hub, bob }: Cast,
  left: Channel.Channel,
  right: Channel.Channel,
): Promise<void> {
  const { say, attest } = narrator;
  const before = await acts(l1, l2, [alice, hub, bob]);
  const { chainId } = l2.court;
  const until = BigInt(Math.floor(Date.now() / 1_000)) + HOLD_SECONDS;
  const terms = { via: hub.address, chainId, token: Person.ETHER, amount: PRICE, until };
  const route = [
    { address: hub.address, fee: Person.POLICY.fee, margin: Person.POLICY.crossMargin },
  ];
  const started = performance.now();
  let begun = 0;
  let paid = 0;
  let receipts = 0;
  const payOn = async () => {
    while (begun < PAYMENTS) {
      begun++;
      const invoice = await bob.hub.invoice(terms);
      const payment = await alice.hub.pay(left.terms.id, invoice, route, HOLD_SECONDS);
      if (payment.status === "paid") paid++;
      const { secret } = payment;
      if (secret !== undefined && Bytes.equals(sha256(secret), invoice.invoice.hash)) receipts++;
      count(paid, started, say);
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, payOn));
  attest(`${paid} payments arrived, each with a receipt`, paid === PAYMENTS && receipts === paid);

  const total = PRICE * BigInt(PAYMENTS);
  const fee = PRICE / 1_000n + Person.POLICY.fee.flat;
  const spent = total + fee * BigInt(PAYMENTS);
  // The last state of each channel is still on its way when the last receipt arrives.
  await Person.until(() => Person.netOf(bob, right.terms.id) === total, signal);
  await Person.until(() => Person.netOf(alice, left.terms.id) === spent, signal);
  attest(
    `Bob has ${formatEther(total)} ether more, and the hub signed for it`,
    bob.hub.channel(right.terms.id).latest.content.assets[0]?.net === total,
  );
  attest(
    `Alice has paid that and ${formatEther(spent - total)} in fees`,
    hub.hub.channel(left.terms.id).latest.content.assets[0]?.net === spent,
  );
  const after = await acts(l1, l2, [alice, hub, bob]);
  attest("and no transaction went to either chain", after === before);
}

async function cheat(
  { narrator, l2, signal }: Stage,
  { mallory, bob }: Cast,
  bad: Channel.Channel,
  tower: Keeper.Keeper,
): Promise<bigint> {
  const { say, attest } = narrator;
  const { adjudicator } = l2.court;
  const { id, params } = bad.terms;
  const old = mallory.hub.channel(id).latest;
  mallory.hub.payPeer(id, 0, DEBT);
  await Person.until(() => Person.netOf(bob, id) === DEBT, signal);
  say(`Mallory has paid Bob ${formatEther(DEBT)} ether; he leaves the state with a tower`);
  const bobSender = l2.senderOf(bob.key);
  await Place.act(l2, bobSender, Calls.depositVault(adjudicator, bob.address, BOUNTY));
  const reserve = Calls.reserveFee(adjudicator, id, tower.address, Person.ETHER, BOUNTY);
  await Place.act(l2, bobSender, reserve);
  await Keeper.entrust(tower, bob, id, BOUNTY);
  const newest = bob.hub.channel(id).latest.content.version;
  const presented = Adjudicator.presentedOf(mallory.hub.channel(id), old);
  await mallory.stop();
  await bob.stop();
  say(`Bob's program is not running; Mallory challenges with version ${old.content.version}`);
  await Place.act(l2, l2.senderOf(mallory.key), Calls.challenge(adjudicator, params, presented));
  await Person.until(async () => (await Place.headOf(l2, id)).deadline === 0n, signal);
  const { version } = await Place.headOf(l2, id);
  attest(`the tower answered with version ${newest} while Bob was away`, version === newest);
  const fees = await Place.feesOf(l2, id);
  attest(
    `and has its bounty of ${formatEther(BOUNTY)} ether, once`,
    fees.length === 1 && fees[0] === BOUNTY,
  );
  return DEBT;
}

async function leave(
  { devnet, narrator, l2, signal }: Stage,
  bob: Person.Person,
  bad: Channel.Channel,
  owed: bigint,
): Promise<void> {
  const { say, attest } = narrator;
  const { id } = bad.terms;
  attest("his log has all that Mallory signed", Person.netOf(bob, id) === owed);
  await Person.until(() => bob.hub.channel(id).chain !== undefined, signal);
  bob.hub.leave(id);
  await Person.until(async () => (await Place.headOf(l2, id)).deadline !== 0n, signal);
  say(`Bob challenges with his latest state; ${Person.WINDOW_SECONDS / 60n} minutes pass`);
  await People.pass(devnet, Person.WINDOW_SECONDS + 60n);
  await fund(devnet, [Keys.ALICE], 1n);
  await Person.until(async () => (await Place.payoutOf(l2, id)) !== undefined, signal);
  const payout = await Place.payoutOf(l2, id);
  const [mallorys, bobs] = MALLORY_TO_BOB;
  attest(
    `Bob is paid ${formatEther(bobs + owed)} ether, Mallory what is left of hers`,
    payout?.toA === mallorys - owed && payout.toB === bobs + owed,
  );
}

async function closeAll(
  { narrator, l1, l2, signal }: Stage,
  { alice, hub, bob }: Cast,
  left: Channel.Channel,
  right: Channel.Channel,
  mallorys: Channel.Channel,
): Promise<void> {
  const paid = Person.netOf(alice, left.terms.id) ?? 0n;
  const received = Person.netOf(bob, right.terms.id) ?? 0n;
  await Person.until(() => Person.isConnected(bob, right.terms.id), signal);
  alice.hub.close(left.terms.id);
  bob.hub.close(right.terms.id);
  await Person.until(async () => (await Place.payoutOf(l1, left.terms.id)) !== undefined, signal);
  await Person.until(async () => (await Place.payoutOf(l2, right.terms.id)) !== undefined, signal);
  const onL1 = await Place.payoutOf(l1, left.terms.id);
  const onL2 = await Place.payoutOf(l2, right.terms.id);
  const { attest } = narrator;
  const [alices, hubsOnL1] = ALICE_TO_HUB;
  const [hubsOnL2, bobs] = HUB_TO_BOB;
  attest(
    `Alice and the hub closed together on L1: she has ${formatEther(alices - paid)} ether`,
    onL1?.toA === alices - paid && onL1.toB === hubsOnL1 + paid,
  );
  attest(
    `the hub and Bob on the L2: he has ${formatEther(bobs + received)} ether`,
    onL2?.toA === hubsOnL2 - received && onL2.toB === bobs + received,
  );
  // What it paid Mallory for the virtual channel came in from Alice, and earned it nothing.
  const passedOn = Person.netOf(hub, mallorys.terms.id) ?? 0n;
  const earned = paid - received - passedOn;
  const fee = PRICE / 1_000n + Person.POLICY.fee.flat;
  attest(
    `the hub earned ${formatEther(earned)} ether for ${PAYMENTS} payments`,
    hub.hub.failure === undefined && earned === fee * BigInt(PAYMENTS),
  );
}

function count(paid: number, started: number, say: (line: string) => void): void {
  const rate = Math.round(paid / ((performance.now() - started) / 1_000));
  if (process.stdout.isTTY) {
    process.stdout.write(`\r          ${paid} of ${PAYMENTS} paid, ${rate} a second `);
    if (paid === PAYMENTS) process.stdout.write("\n");
  } else if (paid % (PAYMENTS / 4) === 0) {
    say(`${paid} of ${PAYMENTS} paid, ${rate} a second`);
  }
}

/** How many transactions these people have sent, on both chains. */
async function acts(
  l1: Place.Place,
  l2: Place.Place,
  people: readonly Person.Person[],
): Promise<number> {
  const counts = await Promise.all(
    [l1, l2].flatMap(({ client, senderOf }) =>
      people.map(({ key }) =>
        client.getTransactionCount({ address: senderOf(key).wallet.account.address }),
      ),
    ),
  );
  return counts.reduce((sum, one) => sum + one, 0);
}
