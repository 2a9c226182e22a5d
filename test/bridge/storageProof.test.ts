import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import { proofOf, trieOf } from "../harness/messagePasserTrie.ts";

const SEED = 20_261_122;
const slotAt = (index: number) => keccak256(Bytes.fromNumber(index, 32));
const hexPrefix = (nibbles: number[], isLeaf: boolean) => {
  const flag = (isLeaf ? 2 : 0) + (nibbles.length % 2);
  const padded = nibbles.length % 2 === 1 ? [flag, ...nibbles] : [flag, 0, ...nibbles];
  const bytes = [];
  for (let i = 0; i < padded.length; i += 2) {
    bytes.push((padded[i] ?? 0) * 16 + (padded[i + 1] ?? 0));
  }
  return Uint8Array.from(bytes);
};
const nibblesOf = (key: Uint8Array) => [...key].flatMap((byte) => [byte >> 4, byte & 15]);

async function fixture() {
  const { ethers } = await network.create("l1");
  const harness = await ethers.deployContract("StorageProofHarness");
  const read = async (root: Uint8Array, slot: Uint8Array, proof: readonly string[]) =>
    harness.valueAt(Hex.fromBytes(root), Hex.fromBytes(slot), proof);
  return { harness, read };
}

describe("StorageProof", () => {
  it(`reads every slot of tries of many sizes`, async () => {
    const { read } = await fixture();
    for (const size of [1, 2, 3, 17, 400]) {
      const slots = Array.from({ length: size }, (_, i) => slotAt(i));
      const trie = await trieOf(slots);
      for (const slot of slots.slice(0, 40)) {
        expect(await read(trie.root(), slot, await proofOf(trie, slot))).to.equal("0x01");
      }
    }
  });

  it("does not read a slot that is not in the trie", async () => {
    const { harness, read } = await fixture();
    for (const size of [1, 2, 17, 400]) {
      const trie = await trieOf(Array.from({ length: size }, (_, i) => slotAt(i)));
      for (let i = 0; i < 20; i++) {
        const slot = slotAt(1_000 + i);
        await expect(read(trie.root(), slot, await proofOf(trie, slot)))
          .to.be.revertedWithCustomError(harness, "SlotNotInTrie")
          .withArgs(Hex.fromBytes(slot));
      }
    }
  });

  describe("with nodes below 32 bytes, which stand inside their parents", () => {
    // Two keys that share all but their last nibbles, as only the finder of a collision could have them.
    const slot = slotAt(7);
    const key = nibblesOf(keccak256(slot));
    const shared = key.slice(0, 60);
    const leaf = [hexPrefix(key.slice(61), true), Uint8Array.of(1)];
    const sibling = [hexPrefix([1, 2, 3], true), Uint8Array.of(1)];
    const children: Rlp.Item[] = Array.from({ length: 17 }, () => Bytes.EMPTY);
    children[key[60] ?? 0] = leaf;
    children[((key[60] ?? 0) + 1) % 16] = sibling;
    const branch = Rlp.encode(children);
    const branchItem: Rlp.Item = branch.length < 32 ? children : keccak256(branch);
    const top = Rlp.encode([hexPrefix(shared, false), branchItem]);
    const inlineBranch = branch.length < 32;
    const nodes = inlineBranch ? [top] : [top, branch];
    const proof = nodes.map(Hex.fromBytes);
    const root = keccak256(top);

    it("follows them where they stand", async () => {
      const { read } = await fixture();
      expect(await read(root, slot, proof)).to.equal("0x01");
    });

    it("takes them repeated as nodes of their own", async () => {
      const { read } = await fixture();
      const repeated = [...proof, Hex.fromBytes(Rlp.encode(leaf))];
      if (inlineBranch) repeated.splice(1, 0, Hex.fromBytes(branch));
      expect(await read(root, slot, repeated)).to.equal("0x01");
    });

    it("takes nothing else in their place", async () => {
      const { harness, read } = await fixture();
      const wrong = [...proof, Hex.fromBytes(Rlp.encode(sibling))];
      await expect(read(root, slot, wrong)).to.be.revertedWithCustomError(harness, "WrongNode");
    });
  });

  describe("with a malformed proof", () => {
    async function honest() {
      const slots = Array.from({ length: 300 }, (_, i) => slotAt(i));
      const trie = await trieOf(slots);
      const [slot] = slots;
      if (slot === undefined) throw new RangeError("a trie without slots");
      return { ...(await fixture()), trie, slot, proof: await proofOf(trie, slot) };
    }

    it("reverts if it is empty or stops early", async () => {
      const { harness, read, trie, slot, proof } = await honest();
      for (let used = 0; used < proof.length; used++) {
        await expect(read(trie.root(), slot, proof.slice(0, used)))
          .to.be.revertedWithCustomError(harness, "ProofTooShort")
          .withArgs(used);
      }
    });

    it("reverts if it goes on behind the leaf", async () => {
      const { harness, read, trie, slot, proof } = await honest();
      await expect(read(trie.root(), slot, [...proof, "0x"]))
        .to.be.revertedWithCustomError(harness, "ProofTooLong")
        .withArgs(proof.length, proof.length + 1);
    });

    it("reverts under another root", async () => {
      const { harness, read, slot, proof } = await honest();
      const other = keccak256(Bytes.EMPTY);
      await expect(read(other, slot, proof))
        .to.be.revertedWithCustomError(harness, "WrongNode")
        .withArgs(0, Hex.fromBytes(other), Hex.fromBytes(keccak256(Hex.toBytes(proof[0] ?? "0x"))));
    });

    it("reverts if any byte of any node is another", async () => {
      const { harness, read, trie, slot, proof } = await honest();
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: proof.length - 1 }),
          fc.nat({ max: 600 }),
          fc.integer({ min: 1, max: 255 }),
          async (index, position, change) => {
            const node = Hex.toBytes(proof[index] ?? "0x");
            const at = position % node.length;
            node[at] = (node[at] ?? 0) ^ change;
            const altered = proof.with(index, Hex.fromBytes(node));
            await expect(read(trie.root(), slot, altered)).to.be.revertedWithCustomError(
              harness,
              "WrongNode",
            );
          },
        ),
        { seed: SEED, numRuns: 60 },
      );
    });

    it("reverts with a name on nodes that no trie has", async () => {
      const { harness, read } = await fixture();
      const slot = slotAt(1);
      const nibbles = nibblesOf(keccak256(slot));
      const misheaded = (change: number) => {
        const leaf = Rlp.encode([hexPrefix(nibbles, true), Uint8Array.of(1)]);
        leaf[0] = (leaf[0] ?? 0) + change;
        return leaf;
      };
      const nodes: [string, Uint8Array][] = [
        ["nothing", Bytes.EMPTY],
        ["a string", Rlp.encode(Bytes.fromNumber(5, 4))],
        ["an empty list", Rlp.encode([])],
        ["one item", Rlp.encode([Bytes.fromNumber(5, 4)])],
        ["a list longer than its node", Uint8Array.of(0xc5, 1, 1)],
        ["a list shorter than its node", Uint8Array.of(0xc1, 1, 1)],
        ["an item longer than its list", Uint8Array.of(0xc2, 0x85, 1)],
        ["a long string", Rlp.encode([new Uint8Array(60), Bytes.EMPTY])],
        ["a leaf whose list is said to be shorter", misheaded(-1)],
        ["a leaf whose list is said to be longer", misheaded(1)],
        ["an empty path", Rlp.encode([Bytes.EMPTY, Uint8Array.of(1)])],
        ["a list as path", Rlp.encode([[], Uint8Array.of(1)])],
        ["a path of unknown kind", Rlp.encode([Uint8Array.of(0x40, 1), Uint8Array.of(1)])],
        ["an extension of no nibbles", Rlp.encode([hexPrefix([], false), keccak256(slot)])],
        [
          "a reference of 31 bytes",
          Rlp.encode([hexPrefix(nibbles.slice(0, 2), false), new Uint8Array(31)]),
        ],
        ["a branch cut short", Rlp.encode([Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY])],
      ];
      for (const [what, node] of nodes) {
        await expect(read(keccak256(node), slot, [Hex.fromBytes(node)]), what)
          .to.be.revertedWithCustomError(harness, "MalformedNode")
          .withArgs(Hex.fromBytes(node));
      }
    });

    it("does not take a leaf that stops before the key does", async () => {
      const { harness, read } = await fixture();
      const slot = slotAt(1);
      const start = nibblesOf(keccak256(slot)).slice(0, 6);
      const leaf = Rlp.encode([hexPrefix(start, true), Uint8Array.of(1)]);
      await expect(read(keccak256(leaf), slot, [Hex.fromBytes(leaf)]))
        .to.be.revertedWithCustomError(harness, "SlotNotInTrie")
        .withArgs(Hex.fromBytes(slot));
    });

    it("reverts with a name or reads the same value on any node at all", async () => {
      const { harness, read } = await fixture();
      const slot = slotAt(1);
      const names = ["MalformedNode", "SlotNotInTrie", "ProofTooShort"];
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.boolean(), async (bytes, list) => {
          const node = list
            ? Bytes.concat(Uint8Array.of(0xc0 + Math.min(bytes.length, 55)), bytes.subarray(0, 55))
            : bytes;
          try {
            await read(keccak256(node), slot, [Hex.fromBytes(node)]);
            expect.fail("read a slot from random bytes");
          } catch (error) {
            const { data } = error as { data?: string };
            const parsed = harness.interface.parseError(data ?? "0x");
            expect(names).to.include(parsed?.name);
          }
        }),
        { seed: SEED, numRuns: 150 },
      );
    });
  });
});
