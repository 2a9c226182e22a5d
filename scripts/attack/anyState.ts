// Machines in every phase, put together from parts and never run before.
import * as Context from "../../src/machine/context.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import * as Code from "../../src/machine/code.ts";
import type * as Fork from "../../src/machine/fork.ts";
import type * as Frame from "../../src/machine/frame.ts";
import * as FrameKind from "../../src/machine/frameKind.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Memory from "../../src/machine/memory.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Sponge from "../../src/machine/sponge.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import * as Stage from "../../test/parity/stage.ts";
import * as Any from "./anyParts.ts";

const MAX_BLOCK_GAS = 30_000_000n;
const MAX_TRANSACTIONS = 2_047;
const LOWEST_RECEIPT_GAS = 21_000n;

/** A machine about to take a step in a phase. */
export function machine(
  random: Random,
  fork: Fork.Fork,
  phase: number,
  bounds: Any.Bounds,
): Machine.Machine {
  const context = Context.create(fork, Stage.CHAIN_ID, true);
  const world = Any.world(random, bounds);
  const made = Machine.create(context, block(random, bounds), world);
  made.transaction = Any.transaction(random, bounds);
  made.phase = phase;
  if (phase < Phase.SYSTEM) made.frame = frames(random, phase, bounds);
  made.cursor = cursor(random, made, bounds);
  if (bounds === "lawful") settle(random, made);
  return made;
}

/** A cursor that is not of the kind that a machine's phase takes; for those that take none, any. */
export function foreignCursor(random: Random, { phase, frame }: Machine.Machine): Cursor.Cursor {
  const own = kindOf(phase);
  const memory = frame?.memory ?? Memory.create();
  const cursors: readonly Cursor.Cursor[] = [
    copyCursor(random, memory),
    { type: "system", index: random.below(4) },
    Cursor.outcome(random.below(3), Any.view(random)),
    { type: "load", code: Code.of(Any.code(random)), from: 0n, dest: 0, size: 1 },
    message(random, "lawful"),
  ];
  return random.pick(cursors.filter(({ type }) => type !== own));
}

/** The kind of cursor that a phase takes; null if none. */
export function kindOf(phase: number): Cursor.Cursor["type"] | null {
  switch (phase) {
    case Phase.COPY:
      return "copy";
    case Phase.HASH:
      return "hash";
    case Phase.LOG:
      return "log";
    case Phase.LOAD:
      return "load";
    case Phase.RESOLVE:
    case Phase.CREATE:
    case Phase.ENTER:
    case Phase.INITIATE:
    case Phase.PRECOMPILE:
      return "message";
    case Phase.SETTLE:
    case Phase.DEPOSIT:
    case Phase.FINISH:
    case Phase.DESTROY:
    case Phase.RECEIPT:
      return "outcome";
    case Phase.SYSTEM:
      return "system";
    default:
      return null;
  }
}

// One frame, or a few; RESOLVE, ENTER and INITIATE also have none, at the top of a transaction.
function frames(random: Random, phase: number, bounds: Any.Bounds): Frame.Frame | null {
  const mayLack = phase === Phase.RESOLVE || phase === Phase.ENTER || phase === Phase.INITIATE;
  if (mayLack && random.oneIn(4)) return null;
  let top: Frame.Frame | null = null;
  for (let below = random.below(3); below > 0; below--)
    top = Any.frame(random, bounds, top, undefined);
  return Any.frame(random, bounds, top, phase === Phase.EXECUTE ? random.below(256) : undefined);
}

function cursor(
  random: Random,
  { phase, frame, context }: Machine.Machine,
  bounds: Any.Bounds,
): Cursor.Cursor | null {
  const memory = frame?.memory ?? Memory.create();
  switch (kindOf(phase)) {
    case null:
      return null;
    case "copy":
      return bounds === "lawful" ? copyCursor(random, memory) : anyCopy(random, memory);
    case "hash":
      return hashCursor(random, memory);
    case "log":
      return logCursor(random, memory);
    case "load":
      return {
        type: "load",
        code: Code.of(Any.code(random)),
        from: random.pick([0n, 1n, 31n, 24_576n, 2n ** 64n - 1n]),
        dest: random.below(70),
        size: 1 + random.below(2_000),
      };
    case "message": {
      const made = message(random, bounds);
      if (phase !== Phase.PRECOMPILE) return made;
      return { ...made, codeAddress: random.pick(Precompiles.addresses(context.fork)) };
    }
    case "outcome": {
      const status = random.below(bounds === "lawful" ? 3 : 256);
      return { ...Cursor.outcome(status, Any.view(random)), gas: Any.gas(random, bounds) };
    }
    case "system":
      return { type: "system", index: random.below(bounds === "lawful" ? 4 : 256) };
  }
}

function message(random: Random, bounds: Any.Bounds): Cursor.Message {
  return {
    type: "message",
    kind: random.below(bounds === "lawful" ? 6 : 256),
    caller: Any.address(random),
    self: Any.address(random),
    codeAddress: Any.address(random),
    value: random.pick([0n, 0n, 1n, 7n, 10n ** 18n, 2n ** 256n - 1n]),
    gas: random.oneIn(3) ? random.word() : Any.gas(random, bounds),
    isStatic: random.oneIn(3),
    isDelegated: random.oneIn(3),
    depth: random.pick([0, 1, 1_024, 1_025, bounds === "lawful" ? 7 : 65_535]),
    input: Any.view(random),
    outOffset: 0,
    outSize: 0,
    salt: random.word(),
  };
}

function copyCursor(random: Random, own: Memory.Memory): Cursor.Copy {
  const [dest, remaining] = Any.rangeOf(random, own);
  const source = random.below(4);
  const isOwn = source === Cursor.COPY_OWN_FORWARD || source === Cursor.COPY_OWN_BACKWARD;
  const memory = source === Cursor.COPY_MEMORY_TREE ? Any.memory(random) : null;
  const bytes = Any.code(random);
  const length = isOwn ? 32 * own.words : (memory?.words ?? 0) * 32;
  const end = source === Cursor.COPY_CODE_TREE ? bytes.length : length;
  // All of what MCOPY copies is there; other sources may end before.
  const from = isOwn ? random.below(end - remaining + 1) : random.below(end + 1);
  return {
    type: "copy",
    source,
    memory,
    code: source === Cursor.COPY_CODE_TREE ? Code.of(bytes) : null,
    from: from === end && !isOwn ? 0 : from,
    available: isOwn
      ? remaining
      : from === end
        ? 0
        : random.pick([end - from, random.below(end - from + 1)]),
    dest,
    remaining,
    next: random.pick([Phase.EXECUTE, Phase.SETTLE]),
  };
}

function anyCopy(random: Random, own: Memory.Memory): Cursor.Copy {
  const made = copyCursor(random, own);
  const extreme = (value: number): number =>
    random.oneIn(3) ? random.pick([0, value + 1, 2 ** 32, 2 ** 53 - 1]) : value;
  return {
    ...made,
    from: extreme(made.from),
    available: extreme(made.available),
    dest: extreme(made.dest),
    remaining: extreme(made.remaining),
    next: random.below(256),
  };
}

function hashCursor(random: Random, own: Memory.Memory): Cursor.Hash {
  const [start, size] = Any.rangeOf(random, own);
  let sponge = Sponge.create(own, start, size);
  for (let steps = random.below(3); steps > 0 && !Sponge.isLast(sponge); steps--)
    sponge = Sponge.absorb(sponge);
  return { type: "hash", sponge };
}

function logCursor(random: Random, own: Memory.Memory): Cursor.Log {
  const [start, size] = Any.rangeOf(random, own);
  let [offset, remaining, data] = [start, size, new Uint8Array(32)];
  for (let steps = random.below(3); steps > 0 && remaining > Logs.PIECE_BYTES; steps--) {
    const piece = Memory.load(own, null, offset, Logs.PIECE_BYTES);
    data = Logs.hashPiece(data, piece).slice();
    offset += Logs.PIECE_BYTES;
    remaining -= Logs.PIECE_BYTES;
  }
  const topics = Array.from({ length: random.below(5) }, () => random.word());
  return { type: "log", address: Any.address(random), topics, size, offset, remaining, data };
}

function block(random: Random, bounds: Any.Bounds): ReturnType<typeof Stage.block> {
  const isLawful = bounds === "lawful";
  const used = random.pick([0n, 21_000n, MAX_BLOCK_GAS - 21_000n, MAX_BLOCK_GAS]);
  const transactions = random.pick([0, 1, 2, MAX_TRANSACTIONS]);
  return {
    ...Stage.block(),
    number: random.pick([0n, 1n, 255n, 256n, 300n, 2n ** 63n]),
    timestamp: random.pick([0n, 1n, 2n ** 64n - 1n]),
    baseFee: random.pick([0n, 9n, 10n]),
    coinbase: Any.address(random),
    gasUsed: isLawful ? used : random.pick([used, MAX_BLOCK_GAS + 1n, 2n ** 64n - 1n]),
    entries: random.pick([transactions, 2_048]),
    // Deposits are left for the next block where this one is full of entries.
    deposits: BigInt(random.below(3)),
    depositsEnd: BigInt(2 + random.below(2)),
    transactions: isLawful ? transactions : random.pick([transactions, 2_048, 2 ** 32 - 1]),
  };
}

// Makes true what every run has made true before it comes to the phase: docs/soundness.md lists it.
function settle(random: Random, made: Machine.Machine): void {
  const { phase, frame, cursor: own, transaction } = made;
  const parent = frame?.parent ?? null;
  if (frame !== null && pushesWhere(phase) === "frame") frame.stack.items.length = lessOne(frame);
  if (parent !== null && pushesWhere(phase) === "parent")
    parent.stack.items.length = lessOne(parent);
  if (own?.type === "message") made.cursor = settledMessage(random, made, own);
  if (own?.type === "outcome" && transaction !== null)
    settleOutcome(random, made, own, transaction);
  if (transaction !== null) settleTransaction(random, made, transaction);
  if (phase === Phase.DESTROY && made.world.destroyed === null)
    made.world = World.addDestroyed(made.world, Any.address(random));
}

function settledMessage(
  random: Random,
  { phase, frame, world }: Machine.Machine,
  own: Cursor.Message,
): Cursor.Message {
  const isCreation = phase === Phase.CREATE || phase === Phase.INITIATE;
  const kind = isCreation ? 4 + random.below(2) : random.below(4);
  const gas = phase === Phase.RESOLVE ? own.gas : Any.gas(random, "lawful");
  const isTop = frame === null;
  const depth = phase === Phase.RESOLVE || phase === Phase.CREATE ? own.depth : own.depth % 1_025;
  const made = { ...own, kind: isTop && !isCreation ? FrameKind.CALL : kind, depth, gas };
  const balance = PatriciaTrie.get(world.state, HashedKeys.ofAddress(own.caller))?.balance ?? 0n;
  const isChecked = phase === Phase.ENTER || phase === Phase.INITIATE || (isTop && !isCreation);
  if (!isChecked || balance >= own.value) return made;
  return { ...made, value: random.pick([0n, balance]) };
}

function settleOutcome(
  random: Random,
  made: Machine.Machine,
  own: Cursor.Outcome,
  { gasLimit }: TransactionContext.Transaction,
): void {
  if (made.phase === Phase.DEPOSIT) {
    made.cursor = { ...own, status: Cursor.STATUS_SUCCESS, gas: 0n };
    return;
  }
  const left = random.pick([0n, gasLimit / 2n, gasLimit]);
  const isAfterFinish = made.phase === Phase.RECEIPT;
  made.cursor = { ...own, gas: isAfterFinish ? LOWEST_RECEIPT_GAS : left };
}

function settleTransaction(
  random: Random,
  made: Machine.Machine,
  transaction: TransactionContext.Transaction,
): void {
  const { phase, block: around } = made;
  if (phase === Phase.ACCESS && transaction.accessList === null) made.phase = Phase.START;
  if (phase === Phase.AUTHORIZE && transaction.authorizations === null) made.phase = Phase.START;
  const isPriced = phase === Phase.FINISH || phase === Phase.RECEIPT;
  const gasPrice = around.baseFee + random.pick([0n, 2n]);
  const needed = 21_000n + 32_000n + 40n * BigInt(transaction.data.size);
  const lists = 25_000n * BigInt(transaction.authorizationCount) + 4_300n * 4n;
  const least = needed + 2n * BigInt(transaction.data.size) + lists;
  const isAdmitted = phase > Phase.ADMIT || made.phase === Phase.START;
  const gasLimit = isAdmitted && transaction.gasLimit < least ? least : transaction.gasLimit;
  made.transaction = { ...transaction, gasLimit, ...(isPriced ? { gasPrice } : {}) };
}

function pushesWhere(phase: number): "frame" | "parent" | undefined {
  switch (phase) {
    case Phase.HASH:
    case Phase.RESOLVE:
    case Phase.CREATE:
      return "frame";
    case Phase.SETTLE:
    case Phase.DEPOSIT:
      return "parent";
    default:
      return undefined;
  }
}

// What the instruction popped leaves room for its result.
function lessOne({ stack }: Frame.Frame): number {
  return Math.min(stack.items.length, 1_023);
}
