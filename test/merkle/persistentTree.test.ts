import { expect } from "chai";
import fc from "fast-check";
import * as MerkleTree from "../../src/merkle/merkleTree.ts";
import * as PersistentTree from "../../src/merkle/persistentTree.ts";

const FUZZ = { seed: 0x7065, numRuns: 100 };
const HEIGHT = 5;
const leaf = fc.uint8Array({ minLength: 32, maxLength: 32 });
const writes = fc.array(fc.tuple(fc.nat(2 ** HEIGHT - 1), leaf), { maxLength: 40 });

describe(`a persistent tree (seed ${FUZZ.seed})`, () => {
  it("has the root of the tree of its leaves, and opens each of them", () => {
    fc.assert(
      fc.property(writes, fc.nat(2 ** HEIGHT - 1), (list, index) => {
        const leaves = Array.from({ length: 2 ** HEIGHT }, () => new Uint8Array(32));
        let tree = PersistentTree.empty(HEIGHT);
        for (const [at, value] of list) {
          leaves[at] = value;
          tree = PersistentTree.set(tree, at, value);
        }
        expect(PersistentTree.root(tree)).to.deep.equal(MerkleTree.rootOf(leaves, HEIGHT));
        const own = PersistentTree.get(tree, index);
        expect(own).to.deep.equal(leaves[index]);
        const siblings = PersistentTree.siblings(tree, index);
        const root = MerkleTree.rangeRoot([own], index, HEIGHT, siblings);
        expect(root).to.deep.equal(PersistentTree.root(tree));
      }),
      FUZZ,
    );
  });

  it("leaves the earlier trees as they were", () => {
    fc.assert(
      fc.property(writes, (list) => {
        const kept: [PersistentTree.PersistentTree, Uint8Array][] = [];
        let tree = PersistentTree.empty(HEIGHT);
        for (const [at, value] of list) {
          kept.push([tree, PersistentTree.root(tree)]);
          tree = PersistentTree.set(tree, at, value);
        }
        for (const [earlier, root] of kept)
          expect(PersistentTree.root(earlier)).to.deep.equal(root);
      }),
      FUZZ,
    );
  });

  it("has no leaf past its end", () => {
    const past = (): unknown =>
      PersistentTree.set(PersistentTree.empty(HEIGHT), 2 ** HEIGHT, new Uint8Array(32));
    expect(past).to.throw(MerkleTree.LeavesOutOfRangeError);
  });
});
