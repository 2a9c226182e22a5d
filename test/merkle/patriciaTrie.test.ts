import { createMerkleProof, createMPT } from "@ethereumjs/mpt";
import { expect } from "chai";
import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import * as PatriciaNode from "../../src/merkle/patriciaNode.ts";
import * as PatriciaStore from "../../src/merkle/patriciaStore.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import { AssertionError } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";

const VECTORS = new URL("../../../shared/ethereum-tests/TrieTests/", import.meta.url);
const FUZZ = { seed: 0x6d7074, numRuns: 40 };

type Entry = readonly [Uint8Array, Uint8Array | undefined];
type Vector = { readonly in: unknown; readonly root: string };

function readVectors(file: string): [string, Vector][] {
  return Object.entries(JSON.parse(readFileSync(new URL(file, VECTORS), "utf8")));
}

// The official vectors write bytes as hex after 0x and as plain text otherwise.
function toBytes(text: string): Uint8Array {
  return text.startsWith("0x") ? Hex.toBytes(text) : new TextEncoder().encode(text);
}

function toEntries(input: unknown): Entry[] {
  const pairs: unknown[] = Array.isArray(input) ? input : Object.entries(Object(input));
  return pairs.map((pair) => {
    if (!Array.isArray(pair)) throw new TypeError(`no entry: ${JSON.stringify(pair)}`);
    const [key, value]: unknown[] = pair;
    return [toBytes(String(key)), value === null ? undefined : toBytes(String(value))];
  });
}

function write(trie: PatriciaTrie.PatriciaTrie, [key, value]: Entry): PatriciaTrie.PatriciaTrie {
  if (value === undefined) return PatriciaTrie.remove(trie, key);
  return PatriciaTrie.put(trie, key, value);
}

function rootOf(entries: readonly Entry[]): Hex.Hex {
  return Hex.fromBytes(PatriciaTrie.root(entries.reduce(write, PatriciaTrie.empty)));
}

function memoryStore(): Map<string, Uint8Array> & PatriciaStore.NodeStore {
  const nodes = new Map<string, Uint8Array>();
  const find = nodes.get.bind(nodes);
  return Object.assign(nodes, { get: (hash: Uint8Array) => find(Hex.key(hash)) });
}

describe("PatriciaTrie", () => {
  describe("official vectors", () => {
    before(function () {
      if (existsSync(VECTORS)) return;
      console.log(`      skipped: no vectors at ${VECTORS.pathname}`);
      this.skip();
    });

    for (const file of ["trietest.json", "trieanyorder.json"])
      it(`${file}: has the root`, () => {
        for (const [name, { in: input, root }] of readVectors(file))
          expect(rootOf(toEntries(input)), name).to.equal(root);
      });

    for (const file of [
      "trietest_secureTrie.json",
      "trieanyorder_secureTrie.json",
      "hex_encoded_securetrie_test.json",
    ])
      it(`${file}: has the root with hashed keys`, () => {
        for (const [name, { in: input, root }] of readVectors(file)) {
          const hashed = toEntries(input).map(([key, value]): Entry => [keccak256(key), value]);
          expect(rootOf(hashed), name).to.equal(root);
        }
      });

    it("any order: gives the same root in reverse", () => {
      for (const [name, { in: input, root }] of readVectors("trieanyorder.json"))
        expect(rootOf(toEntries(input).toReversed()), name).to.equal(root);
    });

    it("trietestnextprev.json: entries come in the order of their keys", () => {
      const { basic } = JSON.parse(readFileSync(new URL("trietestnextprev.json", VECTORS), "utf8"));
      const keys: string[] = basic.in;
      const trie = keys
        .toReversed()
        .reduce(
          (map, key) => PatriciaTrie.put(map, toBytes(key), toBytes(key)),
          PatriciaTrie.empty,
        );
      const ordered = [...PatriciaTrie.entries(trie)].map(([key]) => new TextDecoder().decode(key));
      for (const [key, previous, next] of basic.tests) {
        expect(ordered.findLast((known) => known < key) ?? "", key).to.equal(previous);
        expect(ordered.find((known) => known > key) ?? "", key).to.equal(next);
      }
    });
  });

  // Few different keys make shared prefixes, keys inside keys, splits and collapses frequent.
  const shortKey = fc
    .array(fc.constantFrom(0x00, 0x01, 0x10), { minLength: 1, maxLength: 3 })
    .map((bytes) => new Uint8Array(bytes));
  const hashedKey = fc.nat(12).map((n) => keccak256(new Uint8Array([n])));
  const key = fc.oneof(shortKey, hashedKey);
  const value = fc.oneof(
    fc.constant(undefined),
    fc.uint8Array({ minLength: 1, maxLength: 3 }),
    fc.uint8Array({ minLength: 30, maxLength: 70 }),
  );
  const entry = fc.tuple(key, value);
  // The peer loses a key that ends within another when their branch collapses, so its keys are alike long.
  const peerEntry = fc.tuple(
    fc.oneof(
      shortKey.map((bytes) => Bytes.padRight(bytes, 3)),
      hashedKey,
    ),
    value,
  );

  it(`agrees with ethereumjs on root, values and proofs (seed ${FUZZ.seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(peerEntry, { maxLength: 40, size: "max" }), async (entries) => {
        const peer = await createMPT();
        let trie = PatriciaTrie.empty;
        for (const [k, v] of entries) {
          trie = write(trie, [k, v]);
          if (v === undefined) await peer.del(k);
          else await peer.put(k, v);
          expect(Hex.fromBytes(PatriciaTrie.root(trie))).to.equal(Hex.fromBytes(peer.root()));
        }
        for (const [k] of entries) {
          expect(PatriciaTrie.get(trie, k) ?? null).to.deep.equal(await peer.get(k));
          // The peer lists nodes that lie within their parent too; eth_getProof does not.
          const proof = await createMerkleProof(peer, k);
          expect(PatriciaTrie.proof(trie, k)).to.deep.equal(
            proof.filter((node, index) => index === 0 || node.length >= 32),
          );
        }
      }),
      FUZZ,
    );
  });

  it(`is a map, with every earlier trie as it was (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60, size: "max" }), (entries) => {
        const plain = new Map<string, Uint8Array>();
        const snapshots = [];
        let trie = PatriciaTrie.empty;
        for (const [k, v] of entries) {
          trie = write(trie, [k, v]);
          if (v === undefined) plain.delete(Hex.fromBytes(k));
          else plain.set(Hex.fromBytes(k), v);
          snapshots.push({ trie, expected: [...plain].sort() });
        }
        for (const { trie: snapshot, expected } of snapshots) {
          const anew = expected.map(([k, v]): Entry => [Hex.toBytes(k), v]);
          expect(Hex.fromBytes(PatriciaTrie.root(snapshot))).to.equal(rootOf(anew));
          const found = [...PatriciaTrie.entries(snapshot)].map(([k, v]) => [Hex.fromBytes(k), v]);
          expect(found.toSorted()).to.deep.equal(expected);
        }
      }),
      FUZZ,
    );
  });

  it(`goes on from a store as if it had never left (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(entry, { maxLength: 15, size: "max" }), { maxLength: 4 }),
        (rounds) => {
          const store = memoryStore();
          let kept = PatriciaTrie.empty;
          let reloaded = PatriciaTrie.fromRoot(PatriciaTrie.EMPTY_ROOT, store);
          for (const entries of rounds) {
            kept = entries.reduce(write, kept);
            reloaded = entries.reduce(write, reloaded);
            PatriciaTrie.commit(reloaded, (hash, encoding) => {
              expect(keccak256(encoding)).to.deep.equal(hash);
              expect(store.has(Hex.key(hash)) && encoding.length < 32).to.equal(false);
              store.set(Hex.key(hash), encoding.slice());
            });
            reloaded = PatriciaTrie.fromRoot(PatriciaTrie.root(reloaded), store);
            expect(PatriciaTrie.root(reloaded)).to.deep.equal(PatriciaTrie.root(kept));
            expect([...PatriciaTrie.entries(reloaded)]).to.deep.equal([
              ...PatriciaTrie.entries(kept),
            ]);
            for (const [k] of entries)
              expect(PatriciaTrie.proof(reloaded, k)).to.deep.equal(PatriciaTrie.proof(kept, k));
          }
        },
      ),
      FUZZ,
    );
  });

  it("encodes nodes of any length, and what it gave stays as it was", () => {
    const codec = { encode: (value: Uint8Array) => value, decode: () => Bytes.EMPTY };
    const whole = { ...codec, equals: Bytes.equals };
    for (const length of [1, 31, 32, 55, 56, 255, 256, 980, 1_000, 1_024, 5_000, 70_000]) {
      const key = keccak256(new Uint8Array([length & 255]));
      const value = new Uint8Array(length).fill(0xb7);
      const leaf = PatriciaNode.encode(whole, PatriciaNode.leaf(key, value), 0);
      const path = Bytes.concat(new Uint8Array([0x20]), key);
      expect(leaf).to.deep.equal(Rlp.encode([path, value]));
      const children = Array.from({ length: 16 }, (_, i) =>
        PatriciaNode.stub<Uint8Array>(keccak256(new Uint8Array([i]))),
      );
      const branch = PatriciaNode.encode(whole, PatriciaNode.branch(children, value), 0);
      const hashes = children.map(({ link }) => link.slice(1));
      expect(branch).to.deep.equal(Rlp.encode([...hashes, value]));
      expect(leaf).to.deep.equal(Rlp.encode([path, value]));
    }
  });

  describe("a write that changes nothing", () => {
    const trie = [1, 2, 3, 4].reduce(
      (map, n) => PatriciaTrie.put(map, keccak256(new Uint8Array([n])), new Uint8Array([n])),
      PatriciaTrie.empty,
    );

    it("gives the same trie", () => {
      const known = keccak256(new Uint8Array([1]));
      expect(PatriciaTrie.put(trie, known, new Uint8Array([1]))).to.equal(trie);
      expect(PatriciaTrie.remove(trie, keccak256(new Uint8Array([9])))).to.equal(trie);
      expect(PatriciaTrie.remove(PatriciaTrie.empty, known)).to.equal(PatriciaTrie.empty);
      expect(PatriciaTrie.isEmpty(trie)).to.equal(false);
    });
  });

  describe("commit", () => {
    it("writes each node once", () => {
      const keys = Array.from({ length: 50 }, (_, n) => keccak256(new Uint8Array([n])));
      let trie = keys.reduce((map, k) => PatriciaTrie.put(map, k, k), PatriciaTrie.empty);
      const count = (map: PatriciaTrie.PatriciaTrie): number => {
        let nodes = 0;
        PatriciaTrie.commit(map, () => nodes++);
        return nodes;
      };
      expect(count(trie)).to.be.greaterThan(50);
      expect(count(trie)).to.equal(0);
      const first = keys[0] ?? Bytes.EMPTY;
      trie = PatriciaTrie.put(trie, first, new Uint8Array([1]));
      expect(count(trie)).to.equal(PatriciaTrie.proof(trie, first).length);
    });
  });

  describe("foreign nodes", () => {
    const hash = new Uint8Array(32).fill(1);
    const stored = (item: Rlp.Item): PatriciaTrie.PatriciaTrie =>
      PatriciaTrie.fromRoot(hash, { get: () => Rlp.encode(item) });

    it("are named when they are missing", () => {
      const trie = PatriciaTrie.fromRoot(hash, { get: () => undefined });
      expect(() => PatriciaTrie.get(trie, hash))
        .to.throw(PatriciaStore.MissingNodeError)
        .with.property("hash")
        .that.deep.equals(hash);
    });

    it("are refused when they are no trie nodes", () => {
      const path = new Uint8Array([0x40]);
      for (const item of [
        [hash, hash, hash],
        [path, hash],
        [Bytes.EMPTY, hash],
        [new Uint8Array([0x31]), hash],
        [new Uint8Array([0x11]), Bytes.EMPTY],
        [new Uint8Array([0x11]), path],
      ])
        expect(() => PatriciaTrie.get(stored(item), hash))
          .to.throw(PatriciaNode.MalformedNodeError)
          .that.includes({ depth: item.length === 2 && item[1] === path ? 1 : 0 });
    });
  });

  it("takes no empty value", () => {
    expect(() => PatriciaTrie.put(PatriciaTrie.empty, Bytes.EMPTY, Bytes.EMPTY)).to.throw(
      AssertionError,
    );
  });
});
