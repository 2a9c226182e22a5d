// Bytes of a batch's body, as a step reads them: whole pieces and the siblings of their hashes.
// Twin: contracts/machine/BodyRange.sol.
import * as MutableTree from "../merkle/mutableTree.ts";
import * as Witness from "../merkle/witness.ts";
import { assert } from "../primitives/assert.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Body from "../protocol/body.ts";
import { BODY_CHUNK_BYTES, BODY_TREE_HEIGHT } from "../protocol/limits.ts";

const trees = new WeakMap<Uint8Array, MutableTree.MutableTree>();

/** The bytes [offset, offset + size) of a body, which holds them. */
export function read(
  body: Uint8Array,
  witness: Witness.WitnessWriter | null,
  offset: number,
  size: number,
): Uint8Array {
  assert(offset + size <= body.length, "the range lies within the body");
  if (size === 0) return new Uint8Array(0);
  if (witness !== null) open(body, witness, offset, size);
  return body.slice(offset, offset + size);
}

function open(
  body: Uint8Array,
  witness: Witness.WitnessWriter,
  offset: number,
  size: number,
): void {
  const first = Math.floor(offset / BODY_CHUNK_BYTES);
  const last = Math.floor((offset + size - 1) / BODY_CHUNK_BYTES);
  const pieces = body.subarray(first * BODY_CHUNK_BYTES, (last + 1) * BODY_CHUNK_BYTES);
  Witness.writeBytes(witness, pieces);
  const siblings = MutableTree.siblings(treeOf(body), first, last - first + 1, BODY_TREE_HEIGHT);
  Witness.writeWords(witness, siblings);
}

function treeOf(body: Uint8Array): MutableTree.MutableTree {
  const known = trees.get(body);
  if (known !== undefined) return known;
  const tree = MutableTree.fromLeaves(Body.pieces(body).map(keccak256));
  trees.set(body, tree);
  return tree;
}
