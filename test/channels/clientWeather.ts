// Bad weather for the court of the tests: blocks of the last minute that go away, and whose calls come back later, in
// another order, or not; nodes of which one is late, or stands still, behind one address; calls that are kept out for a
// while; a chain whose clock is behind, and one that makes no blocks while nobody calls. All within the margins.
import type { Random } from "../machine/seededRandom.ts";
import type { Court, Held } from "./clientCourt.ts";

export type Weather = {
  readonly random: Random;
  /** How old a block is that does not go away any more, and one of which a node says so, in seconds. */
  readonly depth: bigint;
  readonly certainAfter: bigint;
  /** How far the chain's clock is behind, in seconds. */
  readonly drift: bigint;
  /** Whether no blocks are made while nobody calls. */
  readonly isIdle: boolean;
  /** When it began. */
  readonly began: bigint;
  /** The time at which one of the nodes stopped; undefined where all go on. */
  readonly stuckAt: bigint | undefined;
  /** Calls that were taken, the oldest first: what the court held before each. */
  blocks: Block[];
  /** How many looks in a row were answered late. */
  lateLooks: number;
  /** Calls that are kept out, and those that were once. */
  waiting: { readonly due: bigint; readonly name: string; readonly make: () => void }[];
  readonly delayed: Set<string>;
  /** Calls that are being made: nobody makes one twice, whatever a late node shows of it. */
  readonly making: Set<string>;
};

type Block = {
  readonly time: bigint;
  readonly before: Held;
  readonly redo: Act;
  /** It came back once, and stays: nothing goes away again and again until a margin is over. */
  readonly isBack: boolean;
};
type Act = () => string | undefined;
type Seen = { readonly time: bigint; readonly held: Held };

/** How long the blocks are kept that a late node shows as the newest, in seconds. */
const KEPT = 3_000n;
const MOST_LATE_LOOKS = 2;
/** How many blocks are on top of one that will not go away, on a chain that is idle. */
const CONFIRMATIONS = 2;

/** The weather changes for the worse on a chain where nothing is under way. */
export function worsen(chain: Court, random: Random): void {
  const hasStuckNode = random.oneIn(3);
  chain.weather = {
    ...{
      random,
      depth: random.pick([24n, 60n]),
      certainAfter: random.pick([60n, 780n]),
      drift: random.oneIn(3) ? 200n : 0n,
      isIdle: random.oneIn(3),
    },
    began: chain.time,
    stuckAt: hasStuckNode ? chain.time : undefined,
    ...{ blocks: [], lateLooks: 0, waiting: [], delayed: new Set(), making: new Set() },
  };
}

/** The sky clears: nothing goes away any more, and every node is up to date. */
export function clear(chain: Court): void {
  const { weather } = chain;
  if (weather === undefined) return;
  for (const { make } of weather.waiting) make();
  chain.weather = undefined;
}

/** Makes a call, which can be taken back for a while. */
export function act(chain: Court, redo: Act): string | undefined {
  return chain.weather === undefined ? redo() : take(chain, chain.weather, redo, false);
}

function take(chain: Court, { blocks }: Weather, redo: Act, isBack: boolean): string | undefined {
  const { time } = chain;
  const before = hold(chain);
  const failure = redo();
  if (failure === undefined) blocks.push({ time, before, redo, isBack });
  return failure;
}

/** Sends a call of an honest party: it may be kept out once, for less than a margin. */
export function send({ weather, time }: Court, name: string, make: () => void): void {
  if (weather === undefined) return make();
  const { random, waiting, delayed, making } = weather;
  if (making.has(name) || waiting.some((one) => one.name === name)) return;
  const makeOnce = () => {
    making.add(name);
    make();
    making.delete(name);
  };
  if (delayed.has(name) || random.oneIn(2)) return makeOnce();
  delayed.add(name);
  waiting.push({ due: time + random.pick([1n, 30n, 60n]), name, make: makeOnce });
}

/** Time goes on: blocks may go away, and calls that were kept out are taken. */
export function pass(chain: Court, seconds: bigint): void {
  const { weather } = chain;
  if (weather === undefined) {
    if (seconds > chain.time) chain.time = seconds;
    return;
  }
  const now = seconds - weather.drift;
  if (now > chain.time) chain.time = now;
  if (weather.random.oneIn(4)) reorganise(chain, weather);
  const last = weather.blocks.at(-1);
  weather.blocks = weather.blocks.filter(
    (block) => block === last || block.time > chain.time - KEPT,
  );
  const due = weather.waiting.filter((one) => one.due <= chain.time);
  weather.waiting = weather.waiting.filter((one) => one.due > chain.time);
  for (const { make } of due) make();
}

/** What the node that answers shows: its newest block, and the newest that will not go away. */
export function look(chain: Court): { readonly newest: Seen; readonly confirmed: Seen } {
  const { weather } = chain;
  if (weather === undefined) {
    const newest = { time: chain.time, held: chain };
    return { newest, confirmed: newest };
  }
  const time = lookTime(chain, weather);
  const old = time - weather.certainAfter;
  const deep = weather.isIdle ? timeBelow(weather, time) : old;
  return {
    newest: seenAt(chain, weather, time),
    confirmed: seenAt(chain, weather, deep < old ? deep : old),
  };
}

/** When the block was made that has so many on top of it: where nobody calls there may never be enough. */
function timeBelow({ blocks, began }: Weather, time: bigint): bigint {
  const times = new Set(blocks.map((block) => block.time).filter((made) => made <= time));
  return [...times].at(-1 - CONFIRMATIONS) ?? began;
}

function lookTime({ time }: Court, weather: Weather): bigint {
  const { random, stuckAt } = weather;
  if (weather.lateLooks >= MOST_LATE_LOOKS || random.oneIn(2)) {
    weather.lateLooks = 0;
    return time;
  }
  weather.lateLooks += 1;
  return stuckAt !== undefined && random.oneIn(2) && stuckAt > time - KEPT
    ? stuckAt
    : time - random.pick([12n, 24n, 90n]);
}

/** What a node shows that has the blocks up to a time. */
function seenAt(chain: Court, { blocks, began, isIdle }: Weather, time: bigint): Seen {
  const later = blocks.find((block) => block.time > time);
  const last = blocks.findLast((block) => block.time <= time)?.time ?? began;
  return { time: isIdle ? last : time, held: later?.before ?? chain };
}

/** The blocks from some point on go away, and other ones come: each call as before, later, or not at all. */
function reorganise(chain: Court, weather: Weather): void {
  const { random, blocks, depth } = weather;
  const now = chain.time;
  const young = blocks.filter(({ time }) => time > now - depth);
  if (young.length === 0) return;
  const first = blocks.indexOf(random.pick(young));
  const gone = blocks.splice(first);
  const [lowest] = gone;
  if (lowest === undefined) return;
  restore(chain, lowest.before);
  const order = random.oneIn(2) ? gone : gone.toReversed();
  let { time } = lowest;
  for (const { redo, time: was, isBack } of order) {
    if (random.oneIn(4) && !isBack) continue;
    const at = random.oneIn(2) || isBack ? was : now;
    if (at > time) time = at;
    chain.time = time;
    take(chain, weather, redo, true);
  }
  chain.time = now;
}

function hold({ ledger, shown, onRecord, paid, reveals, moved }: Court): Held {
  return {
    ledger,
    ...{ shown: new Map(shown), onRecord: new Map(onRecord), paid: new Map(paid) },
    ...{ reveals: new Map(reveals), moved: new Map(moved) },
  };
}

function restore(chain: Court, held: Held): void {
  chain.ledger = held.ledger;
  refill(chain.shown, held.shown);
  refill(chain.onRecord, held.onRecord);
  refill(chain.paid, held.paid);
  refill(chain.reveals, held.reveals);
  refill(chain.moved, held.moved);
}

function refill<T>(map: Map<string, T>, from: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}
