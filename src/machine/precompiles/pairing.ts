// The check that a product of pairings is one.
import * as Mcl from "./mcl.ts";
import * as Word from "./word.ts";

/**
 * The word 1 if the product of `count` pairings is one, else the word 0; nothing if one of them is not of two points of the
 * subgroups. `load` puts the points of a pair at the places that it is given, and says whether they are such points.
 */
export function isOneWord(
  curve: Mcl.Curve,
  count: number,
  load: (index: number, g1: Mcl.Pointer, g2: Mcl.Pointer) => boolean,
): Uint8Array | undefined {
  const { module, g1, g2, batch, values } = curve;
  const [product] = values;
  module._mclBnGT_setInt32(product, 1);
  let held = 0;
  for (let i = 0; i < count; i++) {
    const left = batch.g1 + held * g1.size;
    const right = batch.g2 + held * g2.size;
    if (!load(i, left, right)) return undefined;
    // The pairing with the point at infinity is one.
    if (g1.isInfinity(left) === 1 || g2.isInfinity(right) === 1) continue;
    held += 1;
    if (held < Mcl.BATCH) continue;
    multiply(curve, held);
    held = 0;
  }
  multiply(curve, held);
  module._mclBn_finalExp(product, product);
  return Word.of(module._mclBnGT_isOne(product) === 1 ? 1n : 0n);
}

function multiply({ module, batch, values }: Mcl.Curve, held: number): void {
  if (held === 0) return;
  const [product, factor] = values;
  module._mclBn_millerLoopVec(factor, batch.g1, batch.g2, held);
  module._mclBnGT_mul(product, product, factor);
}
