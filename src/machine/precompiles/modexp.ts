// Address 0x05: modular exponentiation of numbers whose lengths the input names.
import * as Bytes from "../../primitives/bytes.ts";
import { type Fork, isAtLeast } from "../fork.ts";
import * as Word from "./word.ts";
import { UNPAYABLE } from "./price.ts";

const HEADER_BYTES = 96;
const OPERAND_BYTES_CAP = 1_024n; // EIP-7823
const LONGEST_MODULUS = 1n << 26n;

type Lengths = { readonly base: bigint; readonly exponent: bigint; readonly modulus: bigint };

/** The price; `UNPAYABLE` where Osaka refuses the lengths, since refusing also takes all gas. */
export function gasCost(input: Uint8Array, fork: Fork): number {
  const lengths = readLengths(input);
  const longest = lengths.base > lengths.modulus ? lengths.base : lengths.modulus;
  const words = (longest + 7n) / 8n;

  if (!isAtLeast(fork, "Osaka")) {
    const price = (words * words * iterations(input, lengths, 8n)) / 3n; // EIP-2565
    return saturate(price < 200n ? 200n : price);
  }
  if (longest > OPERAND_BYTES_CAP || lengths.exponent > OPERAND_BYTES_CAP) return UNPAYABLE;
  const complexity = longest > 32n ? 2n * words * words : 16n; // EIP-7883
  const price = complexity * iterations(input, lengths, 16n);
  return saturate(price < 500n ? 500n : price);
}

/** Fails only for a modulus so long that no gas limit pays for it. */
export function run(input: Uint8Array): Uint8Array | undefined {
  const lengths = readLengths(input);
  if (lengths.base === 0n && lengths.modulus === 0n) return new Uint8Array(0);
  if (lengths.modulus > LONGEST_MODULUS) return undefined;

  const modulusLength = Number(lengths.modulus);
  const { given, zeros } = operand(input, lengths.base + lengths.exponent, lengths.modulus);
  const modulus = Bytes.toBigInt(given) << (8n * zeros);
  if (modulus <= 1n) return new Uint8Array(modulusLength);

  // The modulus comes last: where some of it is in the input, all of the others is.
  const base = Bytes.toBigInt(operand(input, 0n, lengths.base).given);
  const exponent = operand(input, lengths.base, lengths.exponent).given;
  return Bytes.fromBigInt(power(base % modulus, exponent, modulus), modulusLength);
}

function readLengths(input: Uint8Array): Lengths {
  return {
    base: Word.at(input, 0),
    exponent: Word.at(input, 32),
    modulus: Word.at(input, 64),
  };
}

/** How often the exponent makes the loop turn, judged by its length and its first 32 bytes. */
function iterations(input: Uint8Array, lengths: Lengths, perByte: bigint): bigint {
  const headLength = lengths.exponent < 32n ? lengths.exponent : 32n;
  const { given, zeros } = operand(input, lengths.base, headLength);
  const head = Bytes.toBigInt(given) << (8n * zeros);
  const headBits = head === 0n ? 0n : BigInt(head.toString(2).length - 1);
  const count = perByte * (lengths.exponent - headLength) + headBits;
  return count === 0n ? 1n : count;
}

/** The part of an operand that the input holds, and how many zero bytes follow it. */
function operand(
  input: Uint8Array,
  start: bigint,
  length: bigint,
): { readonly given: Uint8Array; readonly zeros: bigint } {
  const available = BigInt(input.length) - BigInt(HEADER_BYTES) - start;
  const held = available <= 0n ? 0n : available < length ? available : length;
  if (held === 0n) return { given: new Uint8Array(0), zeros: length };
  const offset = HEADER_BYTES + Number(start);
  return { given: input.subarray(offset, offset + Number(held)), zeros: length - held };
}

function power(base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  let result = 1n;
  for (const byte of exponent) {
    for (let bit = 7; bit >= 0; bit--) {
      if (result !== 1n) result = (result * result) % modulus;
      if (((byte >> bit) & 1) === 1) result = (result * base) % modulus;
    }
  }
  return result;
}

function saturate(price: bigint): number {
  return price > BigInt(UNPAYABLE) ? UNPAYABLE : Number(price);
}
