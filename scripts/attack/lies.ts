// States beside a true one: one thing is told otherwise, and all else, every hash above it too, is as a machine would have it.
import * as Code from "../../src/machine/code.ts";
import type * as Cursor from "../../src/machine/cursor.ts";
import type * as Frame from "../../src/machine/frame.ts";
import * as Logs from "../../src/machine/logs.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Memory from "../../src/machine/memory.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Sponge from "../../src/machine/sponge.ts";
import * as View from "../../src/machine/view.ts";
import type * as World from "../../src/machine/world.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import type { TrueStep } from "./recording.ts";

/** Changes one thing of a machine, which nobody else has; false if the machine has no such thing. */
export type Lie = (random: Random, machine: Machine.Machine, step: TrueStep) => boolean;

const STACK_WORDS = 64;
const PLACES = [-33n, -32n, -2n, -1n, 1n, 2n, 32n, 33n, 2n ** 160n];
/** What objects remember of their own commitments. */
const REMEMBERED = ["hashed", "encoding"];
/** What commitments do not show in these words: the code's root stands for its bytes, the parent for its hash. */
const NOT_COMMITTED = new Set(["parentHash", "bytecode", ...REMEMBERED]);

/** A field of the running frame, or of the one below. */
function neighbouringFrame(random: Random, machine: Machine.Machine): boolean {
  const { frame } = machine;
  if (frame === null) return false;
  if (frame.parent !== null && random.oneIn(4))
    return setFrame(machine, { parent: neighbour(random, frame.parent), parentHash: null });
  return setFrame(machine, neighbour(random, frame));
}

/** A field of the world, or of the world at the frame's entry. */
function neighbouringWorld(random: Random, machine: Machine.Machine): boolean {
  if (machine.done !== null) return false;
  const world = otherWorld(random, machine.world);
  const { frame } = machine;
  if (frame !== null && random.oneIn(4))
    return setFrame(machine, { snapshot: otherWorld(random, frame.snapshot) });
  machine.world = world;
  return true;
}

function neighbouringBlock(random: Random, machine: Machine.Machine): boolean {
  const { done } = machine;
  if (done !== null) machine.done = neighbour(random, done);
  else machine.block = neighbour(random, machine.block);
  return true;
}

function neighbouringTransaction(random: Random, machine: Machine.Machine): boolean {
  const { transaction } = machine;
  if (transaction === null) return false;
  const { accessList, authorizations } = transaction;
  if (accessList !== null && random.oneIn(3)) {
    const other = random.oneIn(2) ? accessList.rest : neighbour(random, accessList);
    machine.transaction = { ...transaction, accessList: other };
  } else if (authorizations !== null && random.oneIn(3)) {
    const other = random.oneIn(2) ? authorizations.rest : neighbour(random, authorizations);
    machine.transaction = { ...transaction, authorizations: other };
  } else machine.transaction = neighbour(random, transaction);
  return true;
}

function neighbouringCursor(random: Random, machine: Machine.Machine): boolean {
  const { cursor } = machine;
  if (cursor === null) return false;
  machine.cursor = otherCursor(random, cursor);
  return true;
}

/** Another phase, with the cursor of its kind where the machine has one. */
function neighbouringPhase(random: Random, machine: Machine.Machine): boolean {
  if (machine.done !== null) return false;
  machine.phase = (machine.phase + 1 + random.below(Phase.NAMES.length - 1)) % Phase.NAMES.length;
  return true;
}

/** An item too many or too few, two exchanged, or an operand beside the true one: another offset, key or slot. */
function neighbouringStack(random: Random, machine: Machine.Machine): boolean {
  const items = machine.frame?.stack.items;
  if (items === undefined) return false;
  const top = items.length - 1;
  const at = top - random.below(Math.min(items.length, 4));
  const from = random.below(items.length);
  const [item, other] = [items[at], items[from]];
  const choice = random.below(6);
  if (choice === 0) items.push(random.pick([0n, 1n, items[top] ?? 0n]));
  else if (item === undefined || other === undefined) return false;
  else if (choice === 1) items.pop();
  else if (choice === 2 && item !== other) [items[at], items[from]] = [other, item];
  else items[at] = BigInt.asUintN(256, item + random.pick(PLACES));
  return true;
}

/** Memory of another length, with another word, with two words exchanged. */
function neighbouringMemory(random: Random, machine: Machine.Machine): boolean {
  const { frame } = machine;
  if (frame === null || frame.memory.words === 0) return false;
  const memory = Memory.copy(frame.memory);
  const word = 32 * random.below(Math.min(memory.words, STACK_WORDS));
  const bytes = Memory.load(memory, null, word, 32);
  if (random.oneIn(3)) Memory.grow(memory, memory.words + 1);
  else if (random.oneIn(2)) {
    const other = 32 * random.below(memory.words);
    const others = Memory.load(memory, null, other, 32);
    if (Bytes.equals(bytes, others)) return false;
    Memory.store(memory, null, word, others);
    Memory.store(memory, null, other, bytes);
  } else {
    const at = random.below(32);
    Memory.store(memory, null, word, bytes.with(at, (bytes[at] ?? 0) ^ (1 << random.below(8))));
  }
  return setFrame(machine, { memory });
}

/** What another frame has in the place of what the running one has. */
function anotherFrame(random: Random, machine: Machine.Machine): boolean {
  const parent = machine.frame?.parent;
  if (machine.frame === null || parent === undefined || parent === null) return false;
  const { stack, memory, code, bytecode, self, caller, input, returned, snapshot } = parent;
  const loan = random.pick<Partial<Frame.Frame> | null>([
    { stack },
    { memory },
    { code, bytecode },
    { self },
    { caller },
    { input },
    { returned },
    { snapshot },
    { parent: parent.parent, parentHash: null },
    null,
  ]);
  if (loan !== null) return setFrame(machine, loan);
  machine.frame = parent;
  return true;
}

/** A world of before, or some of its tries. */
function olderWorld(random: Random, machine: Machine.Machine, step: TrueStep): boolean {
  const { frame, world } = machine;
  const older = [frame?.snapshot, frame?.parent?.snapshot, step.earlier?.world].flatMap(
    (one) => one ?? [],
  );
  if (older.length === 0) return false;
  const { state, substate, transient } = random.pick(older);
  const { substate: warm, transient: passing } = world;
  const loan = random.pick([
    random.pick(older),
    { state },
    { substate },
    { transient },
    { substate: passing },
    { transient: warm },
  ]);
  machine.world = { ...world, ...loan, hashed: null };
  return true;
}

/** Code that starts as the true one does: longer, shorter, of other bytes further on. */
function codeOfSamePrefix(random: Random, machine: Machine.Machine): boolean {
  const { frame } = machine;
  if (frame === null || frame.bytecode.length === 0) return false;
  const { bytecode, pc } = frame;
  const next = Math.min(bytecode.length, (Math.floor(pc / Code.CHUNK) + 1) * Code.CHUNK);
  const behind = bytecode.length > next ? next + random.below(bytecode.length - next) : pc;
  const other = random.pick([
    Bytes.concat(bytecode, Uint8Array.of(random.pick([0, 0x5b, 0x60]))),
    Bytes.concat(bytecode, new Uint8Array(Code.CHUNK)),
    bytecode.slice(0, next),
    bytecode.slice(0, -1),
    bytecode.with(behind, (bytecode[behind] ?? 0) ^ (1 << random.below(8))),
    bytecode.with(bytecode.length - 1, random.pick([0x5b, 0x60, 0x7f])),
  ]);
  return setFrame(machine, { code: Code.of(other), bytecode: other });
}

/** Lies that the state must show, whatever they change, by their names in the report. */
export const NEIGHBOURS: ReadonlyMap<string, Lie> = new Map([
  ["neighbouring frame", neighbouringFrame],
  ["neighbouring stack", neighbouringStack],
  ["neighbouring memory", neighbouringMemory],
  ["neighbouring world", neighbouringWorld],
  ["neighbouring block", neighbouringBlock],
  ["neighbouring transaction", neighbouringTransaction],
  ["neighbouring cursor", neighbouringCursor],
  ["another phase", neighbouringPhase],
]);

/** Lies that are none where both have the same. */
export const LOANS: ReadonlyMap<string, Lie> = new Map([
  ["of another frame", anotherFrame],
  ["of a world before", olderWorld],
  ["code of the same prefix", codeOfSamePrefix],
]);

function setFrame(machine: Machine.Machine, other: Partial<Frame.Frame>): boolean {
  if (machine.frame === null) return false;
  machine.frame = { ...machine.frame, ...other, encoding: null };
  return true;
}

function otherWorld(random: Random, world: World.World): World.World {
  const { destroyed, logs, bloom } = world;
  const log = { address: 1n, topics: [], data: Bytes.EMPTY };
  return random.pick<() => World.World>([
    () => neighbour(random, world),
    () => ({ ...world, logs: Logs.append(logs, log), hashed: null }),
    () => ({ ...world, logs: logs?.previous ?? Logs.append(null, log), hashed: null }),
    () => ({ ...world, bloom: Logs.addToBloom(bloom, log), hashed: null }),
    () => {
      const other = { previous: destroyed, address: 1n, hashed: null };
      return { ...world, destroyed: destroyed?.previous ?? other, hashed: null };
    },
  ])();
}

function otherCursor(random: Random, cursor: Cursor.Cursor): Cursor.Cursor {
  switch (cursor.type) {
    case "hash":
      return { ...cursor, sponge: otherSponge(random, cursor.sponge) };
    case "message":
      if (random.oneIn(4)) return { ...cursor, input: otherView(random, cursor.input) };
      return neighbour(random, cursor);
    case "outcome":
      if (random.oneIn(3)) return { ...cursor, output: otherView(random, cursor.output) };
      return neighbour(random, cursor);
    case "copy":
    case "log":
    case "load":
    case "system":
      return neighbour(random, cursor);
  }
}

// A sponge works out its lanes from where it began, so that the beginning and the size follow.
function otherSponge(random: Random, sponge: Sponge.Sponge): Sponge.Sponge {
  const { memory, start, size, offset, remaining } = sponge;
  const change = random.pick([-1, 1]);
  if (start + change < 0 || random.oneIn(2))
    return { ...sponge, size: size + change, remaining: remaining + change };
  const moved = Sponge.create(memory, start + change, size);
  return { ...moved, offset: offset + change, remaining };
}

function otherView(random: Random, view: View.View): View.View {
  return view.size === 0 ? View.ofBytes(Uint8Array.of(1)) : { ...neighbour(random, view) };
}

/** The object with a number one more or less, a truth value turned, or two fields of one type exchanged. */
function neighbour<T extends object>(random: Random, part: T): T {
  const entries: [string, unknown][] = Object.entries(part);
  const committed = entries.filter(([key]) => !NOT_COMMITTED.has(key));
  const others = committed.flatMap(([key, value]) => nextTo(value).map((other) => [[key, other]]));
  const exchanged = committed.flatMap(([key, value], i) =>
    committed
      .slice(i + 1)
      .filter(([, other]) => areAlike(value, other))
      .map(([otherKey, other]) => [
        [key, other],
        [otherKey, value],
      ]),
  );
  const from = exchanged.length > 0 && random.oneIn(3) ? exchanged : others;
  const forgotten = REMEMBERED.filter((key) => key in part).map((key) => [key, null]);
  const changes: Record<string, unknown> = Object.fromEntries([...random.pick(from), ...forgotten]);
  return { ...part, ...changes };
}

function nextTo(value: unknown): unknown[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return value === 0 ? [1] : [value + 1, value - 1];
  if (typeof value === "bigint") return value === 0n ? [1n] : [value + 1n, value - 1n];
  return [];
}

function areAlike(one: unknown, other: unknown): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return !Bytes.equals(one, other);
  const isNumber = typeof one === "bigint" || typeof one === "number";
  return isNumber && typeof one === typeof other && one !== other;
}
