// Where liars lie. No two of them claim the same: where the place is the same, the amount is not.
import { parseEther } from "viem";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import * as FalseTrace from "../demo/falseTrace.ts";

export const STRATEGIES = [
  "first-block",
  "last-block",
  "first-step",
  "last-step",
  "padding",
  "opcode",
] as const;

export type Strategy = (typeof STRATEGIES)[number];

export type Place = {
  readonly block: bigint;
  readonly step: number;
  /** What the step is: an opcode, a phase, or padding. */
  readonly name: string;
};

type Blocks = { readonly first: bigint; readonly last: bigint };

const PADDING = "padding";
const BEGIN = "BEGIN";
/** Far from the last leaf of any block that a short claim holds, and still in its tree. */
const STEP_IN_PADDING_BLOCK = 5;

/** The lie of a liar, counted from 0. */
export function lieOf(place: Place, liar: number, account: bigint): FalseTrace.Lie {
  const amount = parseEther(String(1_000 + liar));
  return { block: place.block, step: place.step, account, amount };
}

/** As many places as there are liars. */
export function places(
  source: Source,
  blocks: Blocks,
  strategy: Strategy,
  liars: number,
): readonly Place[] {
  const all = Array.from({ length: liars }, (_, liar) => liar);
  const { first, last } = blocks;
  const count = Number(last - first) + 1;
  const blockOf = (liar: number) => first + BigInt(liar % count);
  const spread = (block: bigint) => {
    const names = stepNames(source, block);
    return all.map((liar) => at(block, names, Math.floor((liar * names.length) / liars)));
  };
  switch (strategy) {
    case "first-block":
      return spread(first);
    case "last-block":
      return spread(last);
    case "first-step":
      return all.map((liar) => at(blockOf(liar), stepNames(source, blockOf(liar)), 0));
    case "last-step":
      return all.map((liar) => {
        const names = stepNames(source, blockOf(liar));
        return at(blockOf(liar), names, names.length - 1);
      });
    case "padding":
      return all.map((liar) => paddingPlace(source, blocks, liar));
    case "opcode":
      return opcodePlaces(source, blocks, liars);
  }
}

// By turns the last leaf of a block's tree, and a block that the claim does not have.
function paddingPlace({ config }: Source, { first, last }: Blocks, liar: number): Place {
  const turn = Math.floor(liar / 2);
  if (liar % 2 === 1) {
    return { block: last + 1n + BigInt(turn), step: STEP_IN_PADDING_BLOCK, name: PADDING };
  }
  const block = first + (BigInt(turn) % (last - first + 1n));
  return { block, step: 2 ** config.stepHeight - 1 - turn, name: PADDING };
}

// Another opcode for each liar, as long as there are other opcodes.
function opcodePlaces(source: Source, { first, last }: Blocks, liars: number): Place[] {
  const found = new Map<string, Place>();
  for (let block = last; block >= first; block--) {
    const names = stepNames(source, block);
    for (const [step, name] of names.entries()) {
      if (isOpcode(name) && !found.has(name)) found.set(name, { block, step, name });
    }
  }
  const places = [...found.values()];
  if (places.length === 0) throw new NoOpcodeError(first, last);
  const stride = Math.max(1, Math.floor(places.length / liars));
  return Array.from({ length: liars }, (_, liar) => {
    const place = places[(liar * stride) % places.length];
    if (place === undefined) throw new NoOpcodeError(first, last);
    return place;
  });
}

function isOpcode(name: string): boolean {
  return name !== BEGIN && !Phase.NAMES.some((phase) => phase === name);
}

function at(block: bigint, names: readonly string[], step: number): Place {
  return { block, step, name: names[step] ?? PADDING };
}

function stepNames(source: Source, block: bigint): string[] {
  const names: string[] = [];
  const isNever = (machine: Machine.Machine) => {
    names.push(nameOf(machine, names.length));
    return false;
  };
  FalseTrace.findStep(source, block, isNever);
  return names;
}

function nameOf({ phase, frame }: Machine.Machine, step: number): string {
  if (step === 0) return BEGIN;
  if (phase !== Phase.EXECUTE || frame === null) return Phase.NAMES[phase] ?? `phase ${phase}`;
  return Opcode.nameOf(frame.bytecode[frame.pc] ?? Opcode.STOP);
}

export class NoOpcodeError extends Error {
  override readonly name = "Lies.NoOpcodeError";
  readonly first: bigint;
  readonly last: bigint;
  constructor(first: bigint, last: bigint) {
    super(`no contract ran in blocks ${first} to ${last}`);
    this.first = first;
    this.last = last;
  }
}
