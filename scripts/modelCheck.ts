// npm run model-check: every play of every choice of false stories on trees of these heights, with progress. Ctrl-C stops it
// and says how far it came.
import * as Options from "./modelCheck/options.ts";
import * as Paths from "./modelCheck/paths.ts";
import * as Payments from "./modelCheck/payments.ts";
import * as Proofs from "./modelCheck/proofs.ts";
import * as RivalTimes from "./modelCheck/rivalTimes.ts";
import * as Search from "./modelCheck/search.ts";
import * as Spoils from "./modelCheck/spoils.ts";
import * as World from "./modelCheck/world.ts";

const PROGRESS_MILLISECONDS = 2000;
const MILLISECONDS = 1000;
const BAD_USAGE = 2;
const INTERRUPTED = 130;

process.exitCode = await main(process.argv.slice(2));

async function main(values: readonly string[]): Promise<number> {
  let options: Options.Options;
  try {
    options = Options.parse(values);
  } catch (error) {
    if (!(error instanceof Options.BadOptionError)) throw error;
    console.error(`model-check: ${error.message}`);
    return BAD_USAGE;
  }
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  const { scope } = options;
  if (scope === "proofs") return checkProofs(options);
  if (scope === "paths") return checkPaths(options, interrupt.signal);
  if (scope === "rivals") return checkRivals(options, interrupt.signal);
  if (scope === "payments") return checkPayments(options, interrupt.signal);
  return check({ ...options, scope }, interrupt.signal);
}

function checkProofs({ shape, rivals, isJson }: Options.Options): number {
  const { sum, violation } = Proofs.check(shape, rivals);
  const { stories, cohorts, leaves, proven } = sum;
  if (isJson) console.log(JSON.stringify({ ...sum, violation }));
  else console.log(`${stories} stories, ${cohorts} cohorts, ${leaves} leaves, ${proven} proven`);
  if (violation === undefined) return 0;
  if (!isJson) console.log(violation);
  return 1;
}

async function checkPaths(options: Options.Options, signal: AbortSignal): Promise<number> {
  const { shape, rivals, limit, isJson } = options;
  const choices = World.choices(World.places(shape), rivals);
  const started = performance.now();
  const search = Paths.check(shape, choices, Paths.limitsOf(shape, limit));
  const found = await toTheEnd(search, options, signal, pathText);
  if (found === undefined) return INTERRUPTED;
  const { sum, violation, world } = found;
  if (isJson) console.log(JSON.stringify({ ...sum, violation, world }));
  else console.log(`${pathText(sum)}; ${secondsSince(started)} s`);
  if (violation === undefined) return isJson ? 0 : boundKept(shape);
  if (!isJson) console.log(`${world}: ${violation}`);
  return 1;
}

async function checkRivals(options: Options.Options, signal: AbortSignal): Promise<number> {
  const { shape, rivals, isJson } = options;
  const started = performance.now();
  const found = await toTheEnd(RivalTimes.check(shape, rivals), options, signal, rivalText);
  if (found === undefined) return INTERRUPTED;
  const { sum, violation, parting } = found;
  if (isJson) console.log(JSON.stringify({ ...sum, violation, parting }));
  else console.log(`${rivalText(sum)}; ${secondsSince(started)} s`);
  if (violation === undefined) return 0;
  if (!isJson) console.log(`${parting}: ${violation}`);
  return 1;
}

async function checkPayments(options: Options.Options, signal: AbortSignal): Promise<number> {
  const { shape, rivals, isJson } = options;
  const started = performance.now();
  const found = await toTheEnd(Payments.check(shape, rivals), options, signal, paymentText);
  if (found === undefined) return INTERRUPTED;
  const { sum, violation, walk } = found;
  if (isJson) console.log(JSON.stringify({ ...sum, violation, walk }));
  else console.log(`${paymentText(sum)}; ${secondsSince(started)} s`);
  if (violation === undefined) return 0;
  if (!isJson) console.log(`${walk}: ${violation}`);
  return 1;
}

// Shows how far a search is; undefined if it is told to stop.
async function toTheEnd<Sum, Found>(
  search: Generator<Sum, Found>,
  { isJson }: Options.Options,
  signal: AbortSignal,
  textOf: (sum: Sum) => string,
): Promise<Found | undefined> {
  let shown = performance.now();
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
    if (performance.now() - shown < PROGRESS_MILLISECONDS) continue;
    shown = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) {
      console.error(`stopped; before: ${textOf(value)}`);
      return undefined;
    }
    if (!isJson) console.log(textOf(value));
  }
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / MILLISECONDS).toFixed(0);
}

type RuleOptions = Options.Options & { readonly scope: World.Scope };

async function check(options: RuleOptions, signal: AbortSignal): Promise<number> {
  const { shape, rivals, scope, limit, isJson } = options;
  const choices = World.choices(World.places(shape), rivals);
  const started = performance.now();
  const sum = { worlds: 0, states: 0, transitions: 0, depth: 0, falseTimer: 0, lag: 0, orders: 0 };
  for (const stories of choices) {
    const world = World.create(shape, stories, scope, limit);
    let result: Search.Result;
    try {
      result = await Search.exploreWithPauses(
        world,
        signal,
        progressOf(isJson, sum, choices.length),
      );
    } catch (error) {
      if (!(error instanceof Search.InterruptedError)) throw error;
      console.error(
        `stopped in world ${sum.worlds + 1} of ${choices.length}; before: ${text(sum)}`,
      );
      return INTERRUPTED;
    }
    sum.worlds += 1;
    sum.states += result.states;
    sum.transitions += result.transitions;
    sum.depth = Math.max(sum.depth, result.depth);
    sum.falseTimer = Math.max(sum.falseTimer, result.falseTimer);
    sum.lag = Math.max(sum.lag, result.lag);
    const violation = result.violation ?? payments(world, result, sum);
    if (violation !== undefined) {
      console.log(
        isJson
          ? JSON.stringify({ world: world.name, violation, ...sum })
          : `${world.name}: ${violation}`,
      );
      return 1;
    }
  }
  console.log(isJson ? JSON.stringify(sum) : `${text(sum)}; ${secondsSince(started)} s`);
  return isJson ? 0 : boundKept(shape);
}

function boundKept(shape: World.Shape): number {
  console.log(`the proof's bound for both clocks: ${World.bound(shape)} ticks; no rule was broken`);
  return 0;
}

function rivalText({ partings, states }: RivalTimes.Sum): string {
  return `${partings} ways on which two rivals part, ${states} states`;
}

function paymentText({ walks, games, calls }: Payments.Sum): string {
  return `${walks} walks, ${games} games, ${calls} calls`;
}

function pathText({ worlds, boards, states, falseTimer, lag }: Paths.Sum): string {
  return (
    `${worlds} worlds, ${boards} boards, ${states} states; ` +
    `a false clock showed ${falseTimer} ticks at most, the true one was ${lag} behind at most`
  );
}

function payments(
  world: World.World,
  { ends }: Search.Result,
  sum: { orders: number },
): string | undefined {
  // The orders of two rivals' payments are too many; their sums are checked in every state of the play itself.
  if (world.scope === "alone" || world.lies.length > 1) return undefined;
  for (const end of ends.values()) {
    const { states, violation } = Spoils.explore(world, end);
    sum.orders += states;
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function progressOf(isJson: boolean, sum: { worlds: number }, worlds: number): Search.Progress {
  let shown = performance.now();
  return (states, open) => {
    if (isJson || performance.now() - shown < PROGRESS_MILLISECONDS) return;
    shown = performance.now();
    console.log(`world ${sum.worlds + 1} of ${worlds}: ${states} states, ${open} open`);
  };
}

function text(sum: Readonly<Record<string, number>>): string {
  return (
    `${sum["worlds"]} worlds, ${sum["states"]} states, ${sum["transitions"]} transitions, up to ${sum["depth"]} deep; ` +
    `a false clock showed ${sum["falseTimer"]} ticks at most, the true one was ${sum["lag"]} behind at most; ` +
    `${sum["orders"]} states of payment`
  );
}
