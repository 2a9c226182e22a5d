// The witness of a walked step, field by field, as docs/protocol.md section 6 lays it out. It is read without the
// machine that wrote it.
import * as Witness from "../../src/merkle/witness.ts";
import * as Hex from "../../src/primitives/hex.ts";

/** One field where it stands. */
export type Field = {
  readonly offset: number;
  readonly name: string;
  readonly type: FieldType;
  readonly hex: string;
};

type FieldType = "u8" | "u16" | "u24" | "u32" | "u64" | "u256" | "address" | "b32" | "bytes";
type Part = readonly [name: string, type: FieldType];

const SIZES: Readonly<Record<Exclude<FieldType, "bytes">, number>> = {
  u8: 1,
  u16: 2,
  u24: 3,
  u32: 4,
  u64: 8,
  u256: 32,
  address: 20,
  b32: 32,
};
const CODE_SIBLINGS = 11;

const STATE = parts("", "family:u8 phase:u8 cursor:b32 block:b32 tx:b32 frame:b32 world:b32");
const CHUNK = [...parts("code.", "chunk:b32 first:u8"), ...siblings("code", CODE_SIBLINGS)];
const WORLD = parts(
  "world.",
  "stateRoot:b32 substateRoot:b32 transientRoot:b32 logs:b32 bloom:b32 destroyed:b32 refund:u64",
);
const MESSAGE = parts(
  "message.",
  "kind:u8 caller:address self:address codeAddress:address value:u256 gas:u256 isStatic:u8 " +
    "isDelegated:u8 depth:u16 input:b32 outOffset:u64 outSize:u64 salt:b32",
);
const OUTCOME = parts("outcome.", "status:u8 output:b32 gas:u64");
const VIEW = parts("output.", "root:b32 words:u32 offset:u64 size:u64");
const COPY = parts(
  "copy.",
  "source:u8 root:b32 words:u32 from:u64 available:u64 dest:u64 remaining:u64 next:u8",
);
const CODE = bytes("code of the callee");

/** How many nodes the ways to the callee have. */
export type Ways = { readonly state: number; readonly substate: number };

/** What the witness of each walked step holds, in order. */
export function layoutOf(step: string, ways: Ways): Part[] {
  const account = way("account of the callee", ways.state);
  switch (step) {
    case "MLOAD":
      return [...STATE, ...frame("frame."), ...CHUNK, ...stack(1), ...range("memory", [1, 2], 2)];
    case "CALL":
      return [
        ...[...STATE, ...frame("frame."), ...CHUNK, ...stack(7), ...WORLD],
        ...way("substate of the callee", ways.substate),
      ];
    case "RESOLVE":
      return [...STATE, ...frame("frame."), ...MESSAGE, ...WORLD, ...account, ...CODE];
    case "ENTER":
      return [...STATE, ...MESSAGE, ...WORLD, ...account, ...account, ...CODE];
    case "SETTLE":
      return [...STATE, ...frame("frame."), ...OUTCOME, ...frame("parent."), ...VIEW];
    case "COPY":
      return [
        ...[...STATE, ...frame("frame."), ...COPY],
        ...range("source", [0], 0),
        ...range("memory", [3], 2),
      ];
    default:
      throw new UnknownStepError(step);
  }
}

/** Cuts a witness into its fields; all of it is used. */
export function readFields(witness: Uint8Array, layout: readonly Part[]): Field[] {
  const reader = Witness.open(witness);
  let length = 0;
  const fields = layout.map(([name, type]) => {
    const offset = reader.position;
    const size = type === "bytes" ? length : SIZES[type];
    const hex = Hex.fromBytes(Witness.readBytesOf(reader, size)).slice(2);
    if (type === "u24") length = Number.parseInt(hex, 16);
    return { offset, name, type, hex };
  });
  Witness.finish(reader);
  return fields;
}

/** A field as a line of the document. */
export function lineOf({ offset, name, type, hex }: Field): string {
  return `${String(offset).padStart(4)}  ${type.padEnd(7)}  ${name.padEnd(32)}  ${hex}`;
}

function frame(prefix: string): Part[] {
  return parts(
    prefix,
    "parent:b32 depth:u16 kind:u8 isStatic:u8 self:address caller:address value:u256 codeRoot:b32 " +
      "codeSize:u32 pc:u32 gas:u64 stack:b32 stackSize:u16 memoryRoot:b32 words:u32 input:b32 " +
      "returned:b32 outOffset:u64 outSize:u64 snapshot:b32",
  );
}

function stack(count: number): Part[] {
  const items = Array.from({ length: count }, (_, i): Part => [`stack item ${i}`, "u256"]);
  return [["stack count", "u8"], ...items, ["stack rest", "b32"]];
}

function range(of: string, words: readonly number[], siblingCount: number): Part[] {
  return [
    ...words.map((word): Part => [`${of} word ${word}`, "b32"]),
    ...siblings(of, siblingCount),
  ];
}

function siblings(of: string, count: number): Part[] {
  return Array.from({ length: count }, (_, i): Part => [`${of} sibling ${i}`, "b32"]);
}

function way(of: string, nodes: number): Part[] {
  return Array.from({ length: nodes }, (_, i) => bytes(`${of}, node ${i}`)).flat();
}

function bytes(name: string): Part[] {
  return [
    ["length", "u24"],
    [name, "bytes"],
  ];
}

function parts(prefix: string, fields: string): Part[] {
  return fields.split(" ").map((field) => {
    const [name = "", type = ""] = field.split(":");
    if (!isFieldType(type)) throw new UnknownStepError(field);
    return [prefix + name, type];
  });
}

function isFieldType(type: string): type is FieldType {
  return type === "bytes" || type in SIZES;
}

export class UnknownStepError extends Error {
  override readonly name = "WitnessLayout.UnknownStepError";
  readonly step: string;
  constructor(step: string) {
    super(`expected a step or field that the walk knows, got ${step}`);
    this.step = step;
  }
}
