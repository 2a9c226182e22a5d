// The check that a product of pairings is one, over points that are already known to be valid.
import type { BlsCurvePair } from "@noble/curves/abstract/bls.js";
import * as Word from "./word.ts";

type G1 = BlsCurvePair["G1"]["Point"]["ZERO"];
type G2 = BlsCurvePair["G2"]["Point"]["ZERO"];
export type Pair = { readonly g1: G1; readonly g2: G2 };
/** A pair with the line coefficients of its second point and the coordinates of its first. */
export type Term = [Lines, bigint, bigint];

type Lines = ReturnType<BlsCurvePair["utils"]["calcPairingPrecomputes"]>;

/** The word 1 if the product of the pairings is one, else the word 0. */
export function isOneWord(curve: BlsCurvePair, pairs: readonly Pair[]): Uint8Array {
  const terms: Term[] = [];
  for (const { g1, g2 } of pairs) {
    if (g1.is0() || g2.is0()) continue;
    const { x, y } = g1.toAffine();
    terms.push([curve.utils.calcPairingPrecomputes(g2), x, y]);
  }
  return Word.of(isOne(curve, terms) ? 1n : 0n);
}

/** Whether the product is one, given the second points' line coefficients. */
export function isOne(curve: BlsCurvePair, terms: Term[]): boolean {
  const { Fp12 } = curve.fields;
  return Fp12.eql(Fp12.finalExponentiate(curve.millerLoopBatch(terms)), Fp12.ONE);
}
