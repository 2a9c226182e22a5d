// Claims that are wrong in one place only and whole everywhere else. A lie about a state brings along all that is true of it:
// each check on the way from what is opened up to the state is then the only one that can tell.
import * as Cursor from "../../src/machine/cursor.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Memory from "../../src/machine/memory.ts";
import * as Step from "../../src/machine/step.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { anatomyOf, itemsOf } from "./anatomy.ts";
import { LOANS, NEIGHBOURS, type Lie } from "./lies.ts";
import type { Pool } from "./pool.ts";
import { bytesOf, record, type Field, type TrueStep } from "./recording.ts";
import type { Forge, Kinds } from "./tampering.ts";
import { claimOf, type Claim } from "./trial.ts";

/** A witness of which the fields are known. */
type Written = Pick<TrueStep, "witness" | "fields">;

const WORD = 32;
const MOST_CUT = 64;
/** The family and the six fields of the machine. */
const HEAD_FIELDS = 7;
const TRIES = 4;
/** With a longer input a precompile may take seconds in TypeScript; its steps are not taken anew. */
const MOST_INPUT = 6_000;

/** A neighbour of a step's state, and its own step if it has one. */
type Neighbour = { readonly state: Hex.Hex; readonly own: TrueStep | undefined };

function ofLoan(lie: Lie): Forge {
  return ofNeighbour((random, machine, step) => {
    if (!lie(random, machine, step)) return false;
    return Hex.fromBytes(Machine.hash(machine)) !== step.before;
  });
}

function ofNeighbour(lie: Lie): Forge {
  return (random, step) => {
    const neighbour = neighbourOf(random, step, lie);
    if (neighbour === undefined) return undefined;
    const { state, own } = neighbour;
    const claim = claimOf(step);
    // Most of the neighbours have a step of their own, that is told for the true state in parts.
    if (own === undefined || random.oneIn(6)) return { ...claim, state };
    if (random.oneIn(6)) return { ...claimOf(own), own };
    const [front, back] = random.oneIn(4) ? [own, step] : [step, own];
    const witness = random.oneIn(6) ? own.witness : grafted(random, front, back);
    const told = { ...claim, witness };
    if (front === step) return isOf(told, step) ? undefined : told;
    return isOf(told, own) ? undefined : { ...told, state, own };
  };
}

/** Parts of the witness of another step, the head of this one before them more often than not. */
function withPartsOf(
  otherOf: (random: Random, step: TrueStep, pool: Pool) => TrueStep | undefined,
): Forge {
  return (random, step, pool) => {
    const other = otherOf(random, step, pool);
    if (other === undefined) return undefined;
    const witness = random.oneIn(8) ? other.witness : grafted(random, step, other);
    const claim = { ...claimOf(step), witness };
    return isOf(claim, step) ? undefined : claim;
  };
}

function stepBefore(_random: Random, step: TrueStep): TrueStep | undefined {
  return step.earlier === null ? undefined : recorded(Machine.clone(step.earlier), step);
}

// The next step may need what a scene does not have: the inbox.
function stepAfter(_random: Random, step: TrueStep): TrueStep | undefined {
  if (step.name === "padding" || isSlow(step)) return undefined;
  const machine = Machine.clone(step.machine);
  Step.step(machine);
  return machine.done === null ? attempt(() => recorded(machine, step)) : undefined;
}

function stepElsewhere(random: Random, step: TrueStep, pool: Pool): TrueStep | undefined {
  for (let i = 0; i < TRIES; i++) {
    const other = pool.otherStep(random, step);
    if (other?.name === step.name) return other;
  }
  return undefined;
}

/** Words of an opening in another order: two of them, all of them backward, each one place further. */
function wordsOutOfOrder(random: Random, step: TrueStep): Claim | undefined {
  const { witness } = step;
  const runs = [...runsOfWords(step), ...ranges(step)].filter(({ size }) => size > WORD);
  if (runs.length === 0) return undefined;
  const run = random.pick(runs);
  const words = wordsOf(bytesOf(witness, run));
  const [from, to] = [random.below(words.length), random.below(words.length)];
  const [one, other] = [words[from], words[to]];
  if (one === undefined || other === undefined) return undefined;
  const changed = random.pick([
    words.with(from, other).with(to, one),
    words.toReversed(),
    [...words.slice(1), ...words.slice(0, 1)],
    words.with(from, other),
  ]);
  return told(step, replaced(witness, run, Bytes.concat(...changed)));
}

/** Two children of a branch exchanged, or a child moved to where there was none. */
function childrenExchanged(random: Random, step: TrueStep): Claim | undefined {
  const branches = anatomyOf(step).nodes.flatMap(({ content }) => {
    const items = itemsOf(bytesOf(step.witness, content));
    return items?.length === 17 ? [{ content, items }] : [];
  });
  if (branches.length === 0) return undefined;
  const { content, items } = random.pick(branches);
  const [from, to] = [random.below(16), random.below(16)];
  const [one, other] = [items[from], items[to]];
  if (one === undefined || other === undefined) return undefined;
  const node = Rlp.encode(items.with(from, other).with(to, one));
  return node.length === content.size
    ? told(step, replaced(step.witness, content, node))
    : undefined;
}

function cutShort(random: Random, step: TrueStep): Claim | undefined {
  const { witness } = step;
  return told(step, witness.slice(0, Math.max(0, witness.length - 1 - random.below(MOST_CUT))));
}

/** A part that reads well behind the end: of this witness or of the next step's. */
function partAppended(random: Random, step: TrueStep): Claim | undefined {
  const from = random.oneIn(2) ? step : (stepAfter(random, step) ?? step);
  return told(step, Bytes.concat(step.witness, bytesFrom(from, random.below(from.fields.length))));
}

/** Whole fields left out, or there twice. */
function partLeftOutOrTwice(random: Random, step: TrueStep): Claim | undefined {
  const { witness, fields } = step;
  const first = random.below(fields.length);
  const start = fields[first]?.offset ?? 0;
  const end = fields[first + 1 + random.below(8)]?.offset ?? witness.length;
  const [resume, stop] = random.oneIn(2) ? [end, start] : [start, end];
  return told(step, Bytes.concat(witness.slice(0, stop), witness.slice(resume)));
}

/** Every kind by its name in the report. */
export const STRUCTURED: Kinds = new Map<string, Forge>([
  ...[...NEIGHBOURS].map(([name, lie]) => [name, ofNeighbour(lie)] as const),
  ...[...LOANS].map(([name, lie]) => [name, ofLoan(lie)] as const),
  ["of the step before", withPartsOf(stepBefore)],
  ["of the step after", withPartsOf(stepAfter)],
  ["of such a step elsewhere", withPartsOf(stepElsewhere)],
  ["words out of order", wordsOutOfOrder],
  ["children of a branch exchanged", childrenExchanged],
  ["cut by 1 to 64 bytes", cutShort],
  ["a part behind the end", partAppended],
  ["a part left out or twice", partLeftOutOrTwice],
]);

function neighbourOf(random: Random, step: TrueStep, lie: Lie): Neighbour | undefined {
  const machine = Machine.clone(step.machine);
  return attempt(() => {
    if (!lie(random, machine, step)) return undefined;
    const state = Hex.fromBytes(Machine.hash(machine));
    const isHeld = !isSlow(step) && !breaksDigest(machine, step) && !breaksTip(machine, step);
    return { state, own: isHeld ? attempt(() => recorded(machine, step)) : undefined };
  });
}

// A digest and a log's data are taken from the memory as a whole in the end: no machine holds a cursor that does not fit it.
function breaksDigest({ cursor, frame }: Machine.Machine, { machine }: TrueStep): boolean {
  if (machine.cursor?.type !== "hash" && machine.cursor?.type !== "log") return false;
  if (frame === null || machine.frame === null) return true;
  const isSameMemory = Bytes.equals(Memory.root(frame.memory), Memory.root(machine.frame.memory));
  return !isSameMemory || !Bytes.equals(Cursor.hash(cursor), Cursor.hash(machine.cursor));
}

// Between blocks a machine holds the header and the ring themselves; and padding is no step that it takes.
function breaksTip({ done }: Machine.Machine, { name, machine }: TrueStep): boolean {
  if (done === null || machine.done === null) return false;
  const isSameHeader = Bytes.equals(done.headerHash, machine.done.headerHash);
  return name === "padding" || !isSameHeader || !Bytes.equals(done.ringRoot, machine.done.ringRoot);
}

function isSlow({ name, witness }: TrueStep): boolean {
  return name === "phase PRECOMPILE" && witness.length > MOST_INPUT;
}

// What no machine can be, and what takes no step, is thrown for: integers out of their range, broken invariants.
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function recorded(machine: Machine.Machine, { court, endBlock, index, run, place }: TrueStep) {
  return record(machine, { court, endBlock, index, run, place });
}

/** The one witness up to a field, and the other from there on; or so up to another field, behind which the first goes on. */
function grafted(random: Random, front: Written, back: Written): Uint8Array {
  const most = Math.min(front.fields.length, back.fields.length);
  const cut = random.oneIn(3) ? Math.min(HEAD_FIELDS, most - 1) : random.below(most);
  const start = bytesUpTo(front, cut);
  const behind = random.oneIn(2) ? 0 : random.below(most - cut + 1);
  const middle = back.witness.slice(
    back.fields[cut]?.offset ?? 0,
    back.fields[back.fields.length - behind]?.offset ?? back.witness.length,
  );
  return Bytes.concat(start, middle, bytesFrom(front, front.fields.length - behind));
}

function bytesUpTo({ witness, fields }: Written, field: number): Uint8Array {
  return witness.slice(0, fields[field]?.offset ?? witness.length);
}

function bytesFrom({ witness, fields }: Written, field: number): Uint8Array {
  return witness.slice(fields[field]?.offset ?? witness.length);
}

function isOf({ witness }: Claim, step: TrueStep): boolean {
  return Bytes.equals(witness, step.witness);
}

function told(step: TrueStep, witness: Uint8Array): Claim | undefined {
  const claim = { ...claimOf(step), witness };
  return isOf(claim, step) ? undefined : claim;
}

function replaced(witness: Uint8Array, { offset, size }: Field, bytes: Uint8Array): Uint8Array {
  return Bytes.concat(witness.slice(0, offset), bytes, witness.slice(offset + size));
}

function wordsOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / WORD }, (_, i) =>
    bytes.slice(i * WORD, (i + 1) * WORD),
  );
}

// Fields of a word that follow one another: siblings for the most part.
function runsOfWords({ fields }: TrueStep): Field[] {
  const runs: { offset: number; size: number }[] = [];
  for (const { offset, size } of fields) {
    const last = runs.at(-1);
    if (size !== WORD) continue;
    if (last !== undefined && last.offset + last.size === offset) last.size += size;
    else runs.push({ offset, size });
  }
  return runs;
}

// Words that were written at once, and are no text: leaves.
function ranges(step: TrueStep): Field[] {
  const texts = new Set(anatomyOf(step).texts.map(({ content }) => content));
  return step.fields.filter((field) => field.size % WORD === 0 && !texts.has(field));
}
