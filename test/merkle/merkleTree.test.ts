import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import * as MerkleTree from "../../src/merkle/merkleTree.ts";
import * as MutableTree from "../../src/merkle/mutableTree.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";

const FUZZ = { seed: 0x747265, numRuns: 60 };

const { ethers } = await network.create("l1");
const harness = await ethers.deployContract("MerkleTreeHarness");

function leavesOf(count: number, salt = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    keccak256(new Uint8Array([salt & 255, i & 255, i >> 8])),
  );
}

const hex = (words: readonly Uint8Array[]): Hex.Hex[] => words.map(Hex.fromBytes);

describe("MerkleTree", () => {
  describe("zero", () => {
    it("is the same in both languages, from the zero leaf up", async () => {
      expect(MerkleTree.zero(0)).to.deep.equal(new Uint8Array(32));
      for (const height of [0, 1, 11, 27])
        expect(await harness.getFunction("zero")(height)).to.equal(
          Hex.fromBytes(MerkleTree.zero(height)),
        );
    });
  });

  describe("heightFor", () => {
    it("is the smallest height that holds the words", async () => {
      for (const [words, height] of [
        [0, 0],
        [1, 0],
        [2, 1],
        [3, 2],
        [4, 2],
        [5, 3],
        [2048, 11],
        [2049, 12],
        [2 ** 27, 27],
      ] as const) {
        expect(MerkleTree.heightFor(words), `${words}`).to.equal(height);
        expect(await harness.getFunction("heightFor")(words), `${words}`).to.equal(height);
      }
    });
  });

  describe("rootOf", () => {
    it(`is the plain tree with its padding hashed (seed ${FUZZ.seed})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(7), fc.nat(128), fc.nat(255), async (height, size, salt) => {
          const leaves = leavesOf(Math.min(size, 2 ** height), salt);
          const root = Hex.fromBytes(MerkleTree.rootOf(leaves, height));
          expect(await harness.getFunction("rootOf")(hex(leaves), height)).to.equal(root);
          expect(await harness.getFunction("plainRootOf")(hex(leaves), height)).to.equal(root);
        }),
        FUZZ,
      );
    });

    it("refuses more leaves than the tree holds", async () => {
      const leaves = leavesOf(5);
      expect(() => MerkleTree.rootOf(leaves, 2))
        .to.throw(MerkleTree.LeavesOutOfRangeError)
        .that.includes({ start: 0, count: 5, height: 2 });
      await expect(harness.getFunction("rootOf")(hex(leaves), 2))
        .to.be.revertedWithCustomError(harness, "LeavesOutOfRange")
        .withArgs(0, 5, 2);
    });

    it("costs far less than 1M gas for 2,048 leaves", async () => {
      expect(await harness.getFunction("rootOfCost")(2048, 11)).to.satisfy(
        (gas: bigint) => gas < 300_000n,
      );
    });
  });

  describe("rangeRoot", () => {
    it(`opens and replaces any range, equal in both languages (seed ${FUZZ.seed})`, async () => {
      const range = fc.tuple(fc.nat(6), fc.nat(), fc.nat(), fc.nat()).map(([height, a, b, c]) => {
        const start = a % 2 ** height;
        return { height, start, count: 1 + (b % (2 ** height - start)), used: c % 65 };
      });
      await fc.assert(
        fc.asyncProperty(range, async ({ height, start, count, used }) => {
          const leaves = leavesOf(Math.min(used, 2 ** height));
          const tree = MutableTree.fromLeaves(leaves);
          const siblings = MutableTree.siblings(tree, start, count, height);
          expect(siblings.length).to.equal(MerkleTree.siblingCount(start, count, height));
          expect(await harness.getFunction("siblingCount")(start, count, height)).to.equal(
            siblings.length,
          );

          const before = MutableTree.leaves(tree, start, count);
          const root = MerkleTree.rangeRoot(before, start, height, siblings);
          expect(root).to.deep.equal(MerkleTree.rootOf(leaves, height));
          expect(
            await harness.getFunction("rangeRoot")(hex(before), start, height, hex(siblings)),
          ).to.equal(Hex.fromBytes(root));

          const after = leavesOf(count, 1);
          after.forEach((leaf, i) => MutableTree.update(tree, start + i, leaf));
          const replaced = MerkleTree.rangeRoot(after, start, height, siblings);
          expect(replaced).to.deep.equal(MutableTree.root(tree, height));
          expect(
            await harness.getFunction("rangeRoot")(hex(after), start, height, hex(siblings)),
          ).to.equal(Hex.fromBytes(replaced));
        }),
        FUZZ,
      );
    });

    it("depends on every sibling and on their order", () => {
      const leaves = leavesOf(16);
      const siblings = MutableTree.siblings(MutableTree.fromLeaves(leaves), 5, 2, 4);
      const root = MerkleTree.rootOf(leaves, 4);
      const opened = leaves.slice(5, 7);
      expect(MerkleTree.rangeRoot(opened, 5, 4, siblings)).to.deep.equal(root);
      for (const i of siblings.keys()) {
        const altered = siblings.with(i, new Uint8Array(32).fill(9));
        expect(MerkleTree.rangeRoot(opened, 5, 4, altered)).not.to.deep.equal(root);
      }
      expect(MerkleTree.rangeRoot(opened, 5, 4, siblings.toReversed())).not.to.deep.equal(root);
    });

    it("refuses ranges outside of the tree", async () => {
      for (const [start, count, height] of [
        [0, 0, 3],
        [7, 2, 3],
        [8, 1, 3],
        [0, 9, 3],
        [1, 1, 0],
      ] as const) {
        const leaves = leavesOf(count);
        expect(() => MerkleTree.rangeRoot(leaves, start, height, []))
          .to.throw(MerkleTree.LeavesOutOfRangeError)
          .that.includes({ start, count, height });
        await expect(harness.getFunction("rangeRoot")(hex(leaves), start, height, []))
          .to.be.revertedWithCustomError(harness, "LeavesOutOfRange")
          .withArgs(start, count, height);
      }
      const start = 2n ** 256n - 1n;
      await expect(harness.getFunction("rangeRoot")(hex(leavesOf(1)), start, 300, []))
        .to.be.revertedWithCustomError(harness, "LeavesOutOfRange")
        .withArgs(start, 1, 300);
    });

    it("refuses a wrong number of siblings", async () => {
      for (const actual of [1, 3]) {
        const siblings = leavesOf(actual);
        expect(() => MerkleTree.rangeRoot(leavesOf(1), 0, 2, siblings))
          .to.throw(MerkleTree.WrongSiblingCountError)
          .that.includes({ expected: 2, actual });
        await expect(harness.getFunction("rangeRoot")(hex(leavesOf(1)), 0, 2, hex(siblings)))
          .to.be.revertedWithCustomError(harness, "WrongSiblingCount")
          .withArgs(2, actual);
      }
    });
  });

  describe("grow", () => {
    it("puts zeros on the right", async () => {
      const leaves = leavesOf(3);
      const root = MerkleTree.rootOf(leaves, 2);
      for (const to of [2, 3, 9]) {
        const grown = MerkleTree.grow(root, 2, to);
        expect(grown).to.deep.equal(MerkleTree.rootOf(leaves, to));
        expect(await harness.getFunction("grow")(root, 2, to)).to.equal(Hex.fromBytes(grown));
      }
    });

    it("takes the empty memory, root 0x0 at height 0, to the zero tree", () => {
      expect(MerkleTree.grow(new Uint8Array(32), 0, 5)).to.deep.equal(MerkleTree.zero(5));
    });
  });
});

describe("MutableTree", () => {
  it(`is the tree of its bytes after any writes (seed ${FUZZ.seed})`, () => {
    const write = fc.record({
      offset: fc.nat(1500),
      bytes: fc.uint8Array({ maxLength: 80 }),
      askRoot: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 25, size: "max" }), (writes) => {
        const tree = MutableTree.create();
        const plain = new Uint8Array(64 * 32);
        for (const { offset, bytes, askRoot } of writes) {
          MutableTree.write(tree, offset, bytes);
          plain.set(bytes, offset);
          if (askRoot) expect(MutableTree.root(tree, 6)).to.deep.equal(plainRoot(plain));
        }
        expect(MutableTree.root(tree, 6)).to.deep.equal(plainRoot(plain));
        expect(MutableTree.read(tree, 0, plain.length)).to.deep.equal(plain);
      }),
      FUZZ,
    );
  });

  it("gives the root at every height that holds its leaves", () => {
    const leaves = leavesOf(5);
    const tree = MutableTree.fromLeaves(leaves);
    for (const height of [3, 4, 27])
      expect(MutableTree.root(tree, height)).to.deep.equal(MerkleTree.rootOf(leaves, height));
    expect(MutableTree.root(MutableTree.create(), 0)).to.deep.equal(new Uint8Array(32));
  });

  it("copies change on their own", () => {
    const tree = MutableTree.fromLeaves(leavesOf(4));
    const root = MutableTree.root(tree, 2);
    const copy = MutableTree.copy(tree);
    MutableTree.update(copy, 1, new Uint8Array(32));
    expect(MutableTree.root(tree, 2)).to.deep.equal(root);
    expect(MutableTree.root(copy, 2)).not.to.deep.equal(root);
  });
});

function plainRoot(bytes: Uint8Array): Uint8Array {
  const words = Array.from({ length: 64 }, (_, i) => bytes.slice(i * 32, i * 32 + 32));
  return MerkleTree.rootOf(words, 6);
}
