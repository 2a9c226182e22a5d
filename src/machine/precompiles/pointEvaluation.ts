// Address 0x0a: whether a blob's polynomial has value y at z, by a KZG proof (EIP-4844).
import { hash } from "node:crypto";
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Mcl from "./mcl.ts";
import * as Word from "./word.ts";

const PRICE = 50_000;
const INPUT_BYTES = 192;
const VERSION = 1;
const FIELD_ELEMENTS_PER_BLOB = 4_096n;

const { bls12 } = Mcl;
const { module, g1, g2, batch, values } = bls12;

const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

const GENERATOR = Hex.toBytes(
  "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
);

// G2's generator with the bit that names the other y: minus the generator.
const MINUS_ONE_G2 = Hex.toBytes(
  "0xb3e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
);

// The secret of Ethereum's KZG ceremony of 2023 times G2's generator: the second `g2_monomial` of
// the ceremony's output. It is all of that output that checking a proof needs.
const TAU_G2 = Hex.toBytes(
  "0xb5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2",
);

// Where C, the proof and the generator are while their multiples are added.
const points = Mcl.reserve(module, 3 * g1.size);
const [committed, proof, generator] = [points, points + g1.size, points + 2 * g1.size];
assert(Mcl.writeCompressed(bls12, g1, generator, GENERATOR), "the generator is a point");

const minusOneLines = linesOf(MINUS_ONE_G2);
const tauLines = linesOf(TAU_G2);

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The number of field elements in a blob and the field's order, if the proof holds. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES) return undefined;
  const commitment = input.subarray(96, 144);
  if (!Bytes.equals(input.subarray(0, 32), versionedHash(commitment))) return undefined;

  const z = Word.at(input, 32);
  const y = Word.at(input, 64);
  if (z >= ORDER || y >= ORDER) return undefined;
  if (!decompress(commitment, committed)) return undefined;
  if (!decompress(input.subarray(144, 192), proof)) return undefined;

  if (!isOpening(z, y)) return undefined;
  return Bytes.concat(Word.of(FIELD_ELEMENTS_PER_BLOB), Word.of(ORDER));
}

/**
 * e(C - y, 1) = e(proof, tau - z), rearranged to e(C - y + z * proof, -1) * e(proof, tau) = 1, so
 * that the points of G2 are constants.
 */
function isOpening(z: bigint, y: bigint): boolean {
  const [shifted, product] = values;
  for (const [i, scalar] of [1n, z, ORDER - y].entries())
    Mcl.writeScalar(bls12, batch.scalars + i * Mcl.FR_SIZE, Word.of(scalar));
  g1.sum(shifted, points, batch.scalars, 3);

  // The pairing of two points is one where one of them is at infinity, and only there.
  if (g1.isInfinity(shifted) === 1 || g1.isInfinity(proof) === 1)
    return g1.isInfinity(shifted) === g1.isInfinity(proof);
  module._mclBn_precomputedMillerLoop2(product, shifted, minusOneLines, proof, tauLines);
  module._mclBn_finalExp(product, product);
  return module._mclBnGT_isOne(product) === 1;
}

/** Where the lines of a constant point of G2 are. */
function linesOf(compressed: Uint8Array): Mcl.Pointer {
  const lines = Mcl.reserve(module, 8 * module._mclBn_getUint64NumToPrecompute());
  assert(Mcl.writeCompressed(bls12, g2, batch.g2, compressed), "the constant is a point");
  module._mclBn_precomputeG2(lines, batch.g2);
  return lines;
}

function versionedHash(commitment: Uint8Array): Uint8Array {
  const versioned = Uint8Array.from(hash("sha256", commitment, "buffer"));
  versioned[0] = VERSION;
  return versioned;
}

/** Puts a point of G1, in its 48-byte form, at a place; whether it is canonical and in the subgroup. */
function decompress(encoded: Uint8Array, at: Mcl.Pointer): boolean {
  const [isCompressed, isInfinity, isLarger] = flags(encoded);
  if (!isCompressed) return false;
  const x = Uint8Array.from(encoded, (byte, i) => (i === 0 ? byte & 0x1f : byte));
  if (isInfinity) {
    g1.clear(at);
    return Bytes.isZero(x) && !isLarger;
  }
  if (Bytes.compare(x, bls12.modulus) >= 0) return false;
  return Mcl.writeCompressed(bls12, g1, at, encoded) && g1.isInSubgroup(at) === 1;
}

/** The three top bits: compressed, at infinity, and which of the two y has the larger value. */
function flags(encoded: Uint8Array): [boolean, boolean, boolean] {
  const top = Bytes.toNumber(encoded.subarray(0, 1));
  return [(top & 0x80) !== 0, (top & 0x40) !== 0, (top & 0x20) !== 0];
}
