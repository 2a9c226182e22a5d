// The ways in which a witness is tampered with. Each makes from a true step a claim that is not it.
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { anatomyOf, isNode, type Text, type Way } from "./anatomy.ts";
import * as MalformedNodes from "./malformedNodes.ts";
import type { Pool } from "./pool.ts";
import { bytesOf, stackHash, type Field, type TrueStep } from "./recording.ts";
import { isWellFormed, sealed } from "./sealing.ts";
import { claimOf, type Claim } from "./trial.ts";

type Tamper = (random: Random, step: TrueStep, pool: Pool) => Uint8Array | undefined;
/** Makes a claim from a true step; undefined where there is nothing to make it of. */
export type Forge = (random: Random, step: TrueStep, pool: Pool) => Claim | undefined;

/** Forgers by their names in the report. */
export type Kinds = ReadonlyMap<string, Forge>;

const FAMILY_AND_STATE = 162;
const FAMILIES = 256;
const MOST_BYTES = 40;
const CODE_CHUNK = 33;

function truncated(random: Random, { witness, fields }: TrueStep): Uint8Array {
  const place = random.pick(fields).offset;
  const end = random.oneIn(2) ? place : random.below(witness.length);
  return witness.slice(0, random.oneIn(8) ? witness.length - 1 : end);
}

function extended(random: Random, { witness, fields }: TrueStep): Uint8Array {
  const more = random.pick([
    new Uint8Array(1 + random.below(MOST_BYTES)),
    randomBytes(random, 1 + random.below(MOST_BYTES)),
    bytesOf(witness, random.pick(fields)),
  ]);
  return Bytes.concat(witness, more);
}

function bitFlipped(random: Random, { witness }: TrueStep): Uint8Array {
  const at = random.below(witness.length);
  return witness.with(at, (witness[at] ?? 0) ^ (1 << random.below(8)));
}

function byteReplaced(random: Random, { witness }: TrueStep): Uint8Array {
  const at = random.below(witness.length);
  return witness.with(at, random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]));
}

function shifted(random: Random, { witness }: TrueStep): Uint8Array {
  const at = random.below(witness.length);
  const size = 1 + random.below(MOST_BYTES);
  return random.oneIn(2)
    ? Bytes.concat(witness.slice(0, at), witness.slice(at + size))
    : Bytes.concat(witness.slice(0, at), randomBytes(random, size), witness.slice(at));
}

function otherStep(random: Random, step: TrueStep, pool: Pool): Uint8Array | undefined {
  const other = pool.otherStep(random, step);
  if (other === undefined) return undefined;
  if (random.oneIn(3)) return other.witness;
  const at = random.below(Math.min(step.fields.length, other.fields.length));
  const start = step.fields[at]?.offset ?? 0;
  const from = other.fields[at]?.offset ?? 0;
  if (random.oneIn(2)) return Bytes.concat(step.witness.slice(0, start), other.witness.slice(from));
  return withField(step, step.fields[at], bytesAt(other, at));
}

function otherAccount(random: Random, step: TrueStep, pool: Pool): Uint8Array | undefined {
  const { ways } = anatomyOf(step);
  if (ways.length === 0) return undefined;
  const way = random.pick(ways);
  const other = pool.otherWay(random, way);
  return other === undefined ? undefined : withWay(step, way, other.step, other.way);
}

function olderRoot(random: Random, step: TrueStep, pool: Pool): Uint8Array | undefined {
  const { ways } = anatomyOf(step);
  const earlier = pool.earlierStep(random, step);
  if (earlier === undefined) {
    const other = pool.anyWay(random);
    if (ways.length === 0 || other === undefined) return undefined;
    return withWay(step, random.pick(ways), other.step, other.way);
  }
  if (random.oneIn(2))
    return Bytes.concat(
      step.witness.slice(0, FAMILY_AND_STATE),
      earlier.witness.slice(FAMILY_AND_STATE),
    );
  const olderWays = anatomyOf(earlier).ways;
  if (ways.length === 0 || olderWays.length === 0) return earlier.witness;
  return withWay(step, random.pick(ways), earlier, random.pick(olderWays));
}

function otherCode(random: Random, step: TrueStep, pool: Pool): Uint8Array | undefined {
  const { texts, chunks } = anatomyOf(step);
  const codes = texts.filter(({ content }) => !isNode(bytesOf(step.witness, content)));
  if (codes.length > 0 && (chunks.length === 0 || random.oneIn(2))) {
    const code = random.pick(codes);
    const bytes = bytesOf(step.witness, code.content);
    const other = random.pick([
      pool.anyText(random) ?? bytes,
      bytes.slice(0, random.below(bytes.length)),
      Bytes.concat(bytes, Uint8Array.of(0)),
      bytes.with(random.below(bytes.length), random.below(256)),
    ]);
    return withText(step, code, other);
  }
  if (chunks.length === 0) return undefined;
  const { offset } = random.pick(chunks);
  const copy = step.witness.slice();
  switch (random.below(3)) {
    case 0: // Where the first instruction starts.
      copy[offset + CODE_CHUNK - 1] = random.below(40);
      break;
    case 1: // Any opcode in any place.
      copy[offset + random.below(32)] = random.below(256);
      break;
    default:
      copy.set(keccak256(randomBytes(random, 4)), offset);
  }
  return copy;
}

function malformedNode(random: Random, step: TrueStep): Uint8Array | undefined {
  const { nodes } = anatomyOf(step);
  if (nodes.length === 0) return undefined;
  const node = random.pick(nodes);
  const made = MalformedNodes.malformed(random, bytesOf(step.witness, node.content));
  return made === undefined ? undefined : withText(step, node, made.node);
}

function malformedAndSealed(random: Random, step: TrueStep): Claim | undefined {
  const { nodes } = anatomyOf(step);
  if (nodes.length === 0) return undefined;
  const node = random.pick(nodes);
  const made = MalformedNodes.malformed(random, bytesOf(step.witness, node.content));
  if (made === undefined || (made.unreadable === undefined && isWellFormed(made.node)))
    return undefined;
  const claim = sealed(step, node, made.node);
  if (claim === undefined || made.unreadable === undefined) return claim;
  const control = sealed(step, node, made.unreadable);
  return control === undefined ? claim : { ...claim, control };
}

function oversized(random: Random, step: TrueStep): Uint8Array {
  const field = random.pick(anatomyOf(step).integers);
  const value = Bytes.toBigInt(bytesOf(step.witness, field));
  const bits = BigInt(8 * field.size);
  const most = 2n ** bits - 1n;
  const other = random.pick([
    most,
    most - 1n,
    2n ** (bits - 1n),
    value + 1n,
    value - 1n,
    value + 2n ** (bits / 2n),
    random.word(),
  ]);
  return withField(
    step,
    field,
    Bytes.fromBigInt(BigInt.asUintN(8 * field.size, other), field.size),
  );
}

function wrongPath(random: Random, step: TrueStep, pool: Pool): Uint8Array | undefined {
  const long = anatomyOf(step).ways.filter(({ nodes }) => nodes.length > 0);
  if (long.length === 0) return undefined;
  const way = random.pick(long);
  const at = random.below(way.nodes.length);
  const [node, next] = [way.nodes[at], way.nodes[at + 1]];
  if (node === undefined) return undefined;
  const bytes = bytesOf(step.witness, node.content);
  switch (random.below(4)) {
    case 0: // A node left out.
      return withoutText(step, node);
    case 1: // A node twice.
      return Bytes.concat(step.witness.slice(0, end(node)), step.witness.slice(node.length.offset));
    case 2: // Two nodes in the wrong order.
      if (next === undefined) return undefined;
      return withText(withTextOf(step, next, bytes), node, bytesOf(step.witness, next.content));
    default: {
      // What hangs below from here on, from another path.
      const other = pool.otherWay(random, way) ?? pool.anyWay(random);
      if (other === undefined) return undefined;
      const tail = { ...way, nodes: way.nodes.slice(at) };
      const otherTail = { ...other.way, nodes: other.way.nodes.slice(at) };
      return withWay(step, tail, other.step, otherTail);
    }
  }
}

function swapped(random: Random, step: TrueStep): Uint8Array | undefined {
  const { wordPairs, words } = anatomyOf(step);
  if (words.length < 2) return undefined;
  const [left, right] =
    wordPairs.length > 0 && !random.oneIn(3)
      ? random.pick(wordPairs)
      : [random.pick(words), random.pick(words)];
  const copy = step.witness.slice();
  copy.set(bytesOf(step.witness, right), left.offset);
  copy.set(bytesOf(step.witness, left), right.offset);
  return copy;
}

function wrongCount(random: Random, step: TrueStep): Uint8Array | undefined {
  const { texts, stack, words } = anatomyOf(step);
  const choice = random.below(4);
  if (choice === 0 && stack !== undefined) {
    const count = step.witness[stack.count.offset] ?? 0;
    const other = random.pick([0, count - 1, count + 1, count + 2, 255, random.below(256)]);
    return withField(step, stack.count, Uint8Array.of(other & 0xff));
  }
  if (choice === 1 && texts.length > 0) {
    const text = random.pick(texts);
    const { size } = text.content;
    const other = random.pick([0, size - 1, size + 1, size + 32, 2 ** 24 - 1, 65_537]);
    return withField(step, text.length, Bytes.fromNumber(other, 3));
  }
  // A word too many, or one too few.
  const { offset, size } = random.pick(words);
  const word = step.witness.slice(offset, offset + size);
  const before = step.witness.slice(0, offset);
  const behind = step.witness.slice(offset + size);
  return random.oneIn(2) ? Bytes.concat(before, behind) : Bytes.concat(before, word, word, behind);
}

/** More of the stack than the machine opens, or less, with the right hash of the rest. */
function otherStackDepth(random: Random, step: TrueStep): Uint8Array | undefined {
  const { stack } = anatomyOf(step);
  if (stack === undefined || step.stack.length === 0) return undefined;
  const count = random.below(Math.min(step.stack.length, 255) + 1);
  if (count === stack.items.length) return undefined;
  const lower = step.stack.slice(0, step.stack.length - count);
  const items = step.stack.slice(step.stack.length - count).toReversed();
  return Bytes.concat(
    step.witness.slice(0, stack.count.offset),
    Uint8Array.of(count),
    ...items.map((item) => Bytes.fromBigInt(item, 32)),
    stackHash(lower),
    step.witness.slice(stack.rest.offset + stack.rest.size),
  );
}

function wrongFamily(random: Random, { witness }: TrueStep): Uint8Array {
  return witness.with(0, random.oneIn(4) ? random.below(FAMILIES) : random.below(11));
}

function otherContext(random: Random, step: TrueStep): Claim | undefined {
  const index = random.pick([0n, 1n, step.index + 1n, 2n ** 26n - 1n, 2n ** 256n - 1n]);
  const endBlock = random.pick([0n, 1n, step.endBlock, step.endBlock + 1n, 2n ** 64n - 1n]);
  if (index === step.index && endBlock === step.endBlock) return undefined;
  return { ...claimOf(step), index, endBlock };
}

/** Every kind of tampering by its name in the report. */
export const KINDS: Kinds = new Map([
  ["truncated", ofWitness(truncated)],
  ["extended", ofWitness(extended)],
  ["bit flipped", ofWitness(bitFlipped)],
  ["byte replaced", ofWitness(byteReplaced)],
  ["bytes cut out or put in", ofWitness(shifted)],
  ["from another step", ofWitness(otherStep)],
  ["of another account", ofWitness(otherAccount)],
  ["of an older root", ofWitness(olderRoot)],
  ["of another code", ofWitness(otherCode)],
  ["malformed node", ofWitness(malformedNode)],
  ["malformed node, hashes follow", malformedAndSealed],
  ["oversized integer", ofWitness(oversized)],
  ["wrong path", ofWitness(wrongPath)],
  ["words swapped", ofWitness(swapped)],
  ["wrong count", ofWitness(wrongCount)],
  ["other stack depth", ofWitness(otherStackDepth)],
  ["wrong family", ofWitness(wrongFamily)],
  ["other index or end", otherContext],
]);

// What turns out to be the true claim is none of ours.
function ofWitness(tamper: Tamper): Forge {
  return (random, step, pool) => {
    const witness = tamper(random, step, pool);
    if (witness === undefined || Bytes.equals(witness, step.witness)) return undefined;
    return { ...claimOf(step), witness };
  };
}

function withField(step: TrueStep, field: Field | undefined, bytes: Uint8Array): Uint8Array {
  if (field === undefined) return step.witness;
  const { offset, size } = field;
  return Bytes.concat(step.witness.slice(0, offset), bytes, step.witness.slice(offset + size));
}

function bytesAt({ witness, fields }: TrueStep, at: number): Uint8Array {
  const field = fields[at];
  return field === undefined ? Bytes.EMPTY : bytesOf(witness, field);
}

function withText(step: Pick<TrueStep, "witness">, text: Text, bytes: Uint8Array): Uint8Array {
  return Bytes.concat(
    step.witness.slice(0, text.length.offset),
    Bytes.fromNumber(bytes.length, text.length.size),
    bytes,
    step.witness.slice(end(text)),
  );
}

// For texts in front of this one: what stands there keeps its place.
function withTextOf(step: TrueStep, text: Text, bytes: Uint8Array): Pick<TrueStep, "witness"> {
  return { witness: withText(step, text, bytes) };
}

function withoutText({ witness }: TrueStep, text: Text): Uint8Array {
  return Bytes.concat(witness.slice(0, text.length.offset), witness.slice(end(text)));
}

function withWay(step: TrueStep, way: Way, other: TrueStep, otherWay: Way): Uint8Array {
  const [first] = way.nodes;
  const last = way.nodes.at(-1);
  if (first === undefined || last === undefined) return step.witness;
  const nodes = otherWay.nodes.map(({ length, content }) =>
    Bytes.concat(bytesOf(other.witness, length), bytesOf(other.witness, content)),
  );
  return Bytes.concat(
    step.witness.slice(0, first.length.offset),
    ...nodes,
    step.witness.slice(end(last)),
  );
}

function end({ content }: Text): number {
  return content.offset + content.size;
}

function randomBytes(random: Random, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => random.below(256));
}
