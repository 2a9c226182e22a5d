// Address 0x100: whether a P-256 signature of a hash holds (EIP-7951).
import { createECDH } from "node:crypto";
import * as Bytes from "../../primitives/bytes.ts";
import * as Word from "./word.ts";

const PRICE = 6_900;
const INPUT_BYTES = 160;

// The curve y² = x³ - 3x + b over the field of order P; N is the order of its points (FIPS 186-4, D.1.2.3).
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

const UNCOMPRESSED = Uint8Array.of(4);

type Point = { readonly x: bigint; readonly y: bigint };

// Node verifies no bare hash, but its key agreement multiplies points at the speed of machine code.
const agreement = createECDH("prime256v1");

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The word 1, or empty output: whatever is wrong with the input, the call succeeds. */
export function run(input: Uint8Array): Uint8Array {
  return input.length === INPUT_BYTES && holds(input) ? Word.of(1n) : Bytes.EMPTY;
}

/** The point (hash / s) G + (r / s) key has r as its x, modulo N. It is r / s times (hash / r) G + key. */
function holds(input: Uint8Array): boolean {
  const r = Word.at(input, 32);
  const s = Word.at(input, 64);
  if (r === 0n || r >= N || s === 0n || s >= N) return false;
  const key = { x: Word.at(input, 96), y: Word.at(input, 128) };
  if (!isOnCurve(key)) return false;

  const generated = timesGenerator(modulo(Word.at(input, 0) * inverse(r, N), N));
  const sum = generated === undefined ? key : add(generated, key);
  if (sum === undefined) return false;
  return xOfMultiple(sum, modulo(r * inverse(s, N), N)) % N === r;
}

function isOnCurve({ x, y }: Point): boolean {
  return x < P && y < P && modulo(y * y - (x * x - 3n) * x - B, P) === 0n;
}

/** A multiple of the generator, where it is not the point at infinity. */
function timesGenerator(scalar: bigint): Point | undefined {
  if (scalar === 0n) return undefined;
  agreement.setPrivateKey(Word.of(scalar));
  const encoded = agreement.getPublicKey();
  return { x: Word.at(encoded, 1), y: Word.at(encoded, 33) };
}

/** The x of a multiple, neither of which is the point at infinity. */
function xOfMultiple({ x, y }: Point, scalar: bigint): bigint {
  agreement.setPrivateKey(Word.of(scalar));
  return Word.at(agreement.computeSecret(Bytes.concat(UNCOMPRESSED, Word.of(x), Word.of(y))), 0);
}

/** The sum of two points, where it is not the point at infinity. */
function add(left: Point, right: Point): Point | undefined {
  const isDouble = left.x === right.x;
  if (isDouble && left.y !== right.y) return undefined;
  const rise = isDouble ? 3n * (left.x * left.x - 1n) : right.y - left.y;
  const span = isDouble ? 2n * left.y : right.x - left.x;
  const slope = modulo(rise * inverse(modulo(span, P), P), P);
  const x = modulo(slope * slope - left.x - right.x, P);
  return { x, y: modulo(slope * (left.x - x) - left.y, P) };
}

/** The inverse of a number between zero and a prime, by Euclid's algorithm. */
function inverse(value: bigint, prime: bigint): bigint {
  let [rest, next] = [prime, value];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return modulo(factor, prime);
}

function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}
