import { createMPT } from "@ethereumjs/mpt";
import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import { readFileSync } from "node:fs";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as TrieOpening from "../../src/merkle/trieOpening.ts";
import * as Witness from "../../src/merkle/witness.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { type Access, inSolidity, inTypeScript } from "./trieParity.ts";

const FUZZ = { seed: 0x6f70656e, numRuns: 60 };

const { ethers } = await network.create("l1");
const harness = await ethers.deployContract("TrieHarness");

function write(
  trie: PatriciaTrie.PatriciaTrie,
  key: Uint8Array,
  value: Uint8Array,
): PatriciaTrie.PatriciaTrie {
  if (value.length === 0) return PatriciaTrie.remove(trie, key);
  return PatriciaTrie.put(trie, key, value);
}

function accessTo(trie: PatriciaTrie.PatriciaTrie, key: Uint8Array, value: Uint8Array): Access {
  const writer = Witness.create();
  TrieOpening.record(trie, key, writer);
  TrieOpening.recordWrite(trie, key, value, writer);
  return { root: PatriciaTrie.root(trie), key, value, witness: Witness.toBytes(writer) };
}

// Keys that share long prefixes and differ in one nibble make embedded nodes, splits and collapses.
const position = fc.constantFrom(0, 1, 2, 30, 31, 32, 61, 62, 63);
const key = fc
  .array(fc.tuple(position, fc.constantFrom(1, 2, 15)), { maxLength: 3 })
  .map((changes) => {
    const nibbles = new Array<number>(64).fill(0);
    for (const [at, nibble] of changes) nibbles[at] = nibble;
    return Hex.toBytes(`0x${nibbles.map((nibble) => nibble.toString(16)).join("")}`);
  });
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Bytes.EMPTY) },
  { weight: 3, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 2 }) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 25, maxLength: 80 }) },
);
const writes = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 25, size: "max" });

type Golden = {
  readonly name: string;
  readonly entries: Record<string, string>;
  readonly key: string;
  readonly value: string;
  readonly witness: string;
  readonly root: string;
  readonly newRoot: string;
};

describe("TrieOpening", () => {
  it(`agrees with the whole trie, Solidity and ethereumjs after every write (seed ${FUZZ.seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(writes, async (steps) => {
        const peer = await createMPT();
        let trie = PatriciaTrie.empty;
        for (const [k, v] of steps) {
          const access = accessTo(trie, k, v);
          const before = PatriciaTrie.get(trie, k) ?? Bytes.EMPTY;
          trie = write(trie, k, v);
          if (v.length === 0) await peer.del(k);
          else await peer.put(k, v);

          const expected = ["ok", Hex.fromBytes(before), Hex.fromBytes(peer.root())];
          expect(Hex.fromBytes(PatriciaTrie.root(trie))).to.equal(expected[2]);
          expect(inTypeScript(access)).to.deep.equal(expected);
          expect(await inSolidity(harness, access)).to.deep.equal(expected);
        }
      }),
      FUZZ,
    );
  });

  it("parts keys where they begin to differ, if by every bit from there on", async () => {
    const first = new Uint8Array(32);
    const trie = PatriciaTrie.put(PatriciaTrie.empty, first, Uint8Array.of(1));
    for (let shared = 0; shared < 64; shared++) {
      const key = Hex.toBytes(`0x${"0".repeat(shared)}${"f".repeat(64 - shared)}`);
      const access = accessTo(trie, key, Uint8Array.of(2));
      const peer = await createMPT();
      await peer.put(first, Uint8Array.of(1));
      await peer.put(key, Uint8Array.of(2));
      const expected = ["ok", "0x", Hex.fromBytes(peer.root())];
      expect(inTypeScript(access)).to.deep.equal(expected);
      expect(await inSolidity(harness, access)).to.deep.equal(expected);
    }
  });

  it(`reads without writing from what record gives (seed ${FUZZ.seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(writes, key, async (steps, k) => {
        const trie = steps.reduce((map, [at, v]) => write(map, at, v), PatriciaTrie.empty);
        const writer = Witness.create();
        TrieOpening.record(trie, k, writer);
        const root = PatriciaTrie.root(trie);
        const bytes = Witness.toBytes(writer);
        const expected = PatriciaTrie.get(trie, k) ?? Bytes.EMPTY;
        expect(TrieOpening.open(root, k, Witness.open(bytes)).value).to.deep.equal(expected);
        expect(await harness.getFunction("read")(root, k, bytes)).to.equal(Hex.fromBytes(expected));
      }),
      FUZZ,
    );
  });

  it(`takes no altered witness (seed ${FUZZ.seed})`, async () => {
    const alteration = fc.record({
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
      kind: fc.constantFrom("flip", "cut", "insert", "delete", "append"),
    });
    await fc.assert(
      fc.asyncProperty(writes, key, value, alteration, async (steps, k, v, alter) => {
        const trie = steps.reduce((map, [at, w]) => write(map, at, w), PatriciaTrie.empty);
        const access = accessTo(trie, k, v);
        const witness = altered(access.witness, alter);
        if (Bytes.equals(witness, access.witness)) return;
        const [result] = inTypeScript({ ...access, witness });
        expect(result).to.be.oneOf(["WrongNode", "WitnessTooShort", "TrailingWitness"]);
        expect(await inSolidity(harness, { ...access, witness })).to.deep.equal(
          inTypeScript({ ...access, witness }),
        );
      }),
      FUZZ,
    );
  });

  it(`gives one outcome for any nodes whose hashes fit (seed ${FUZZ.seed})`, async () => {
    const alteration = fc.record({
      level: fc.nat(),
      at: fc.nat(20),
      by: fc.integer({ min: 1, max: 255 }),
      kind: fc.constantFrom("flip", "flip", "cut", "insert", "delete", "append"),
    });
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(), value, alteration, async (steps, pick, v, alter) => {
        const trie = steps.reduce((map, [at, w]) => write(map, at, w), PatriciaTrie.empty);
        const [k] = steps[pick % steps.length] ?? [];
        if (k === undefined || PatriciaTrie.isEmpty(trie)) return;
        const access = forged(trie, k, v, alter);
        expect(await inSolidity(harness, access)).to.deep.equal(inTypeScript(access));
      }),
      { ...FUZZ, numRuns: 400 },
    );
  });

  describe("golden vectors", () => {
    const goldens: Golden[] = JSON.parse(
      readFileSync(new URL("trieOpening.golden.json", import.meta.url), "utf8"),
    );
    for (const golden of goldens)
      it(golden.name, async () => {
        const trie = Object.entries(golden.entries).reduce(
          (map, [k, v]) => PatriciaTrie.put(map, Hex.toBytes(k), Hex.toBytes(v)),
          PatriciaTrie.empty,
        );
        const k = Hex.toBytes(golden.key);
        const access = accessTo(trie, k, Hex.toBytes(golden.value));
        expect(Hex.fromBytes(access.root)).to.equal(golden.root);
        expect(Hex.fromBytes(access.witness)).to.equal(golden.witness);
        const outcome = ["ok", golden.entries[golden.key] ?? "0x", golden.newRoot];
        expect(inTypeScript(access)).to.deep.equal(outcome);
        expect(await inSolidity(harness, access)).to.deep.equal(outcome);
      });
  });

  it("verifies and rebuilds a way of 20 nodes, 19 of them full branches, within 250k gas", async () => {
    const keyOf = (nibbles: string): Uint8Array => Hex.toBytes(`0x${nibbles.padEnd(64, "0")}`);
    const entry = new Uint8Array(70).fill(7);
    let trie = PatriciaTrie.put(PatriciaTrie.empty, keyOf(""), entry);
    for (let depth = 0; depth < 19; depth++)
      for (const nibble of "123456789abcdef")
        trie = PatriciaTrie.put(trie, keyOf("0".repeat(depth) + nibble), entry);

    const { root, key: k, value: v, witness } = accessTo(trie, keyOf(""), new Uint8Array([1]));
    expect(PatriciaTrie.proof(trie, k).length).to.equal(20);
    const { gasUsed } = await harness.getFunction("write")(root, k, v, witness);
    expect(gasUsed).to.satisfy((gas: bigint) => gas < 250_000n);
  });

  it("can be written from more than once", () => {
    const keys = Array.from({ length: 9 }, (_, n) => keccak256(new Uint8Array([n])));
    const trie = keys.reduce((map, k) => PatriciaTrie.put(map, k, k), PatriciaTrie.empty);
    const k = keccak256(new Uint8Array([4]));
    const { root, witness } = accessTo(trie, k, new Uint8Array([1]));
    const reader = Witness.open(witness);
    const opening = TrieOpening.open(root, k, reader);
    for (const byte of [1, 2]) {
      const written = TrieOpening.write(opening, new Uint8Array([byte]), reader);
      const whole = PatriciaTrie.put(trie, k, new Uint8Array([byte]));
      expect(written).to.deep.equal(PatriciaTrie.root(whole));
    }
    expect(TrieOpening.write(opening, k, reader)).to.deep.equal(root);
  });
});

type Alteration = { readonly at: number; readonly by: number; readonly kind: string };

function altered(bytes: Uint8Array, { at, by, kind }: Alteration): Uint8Array {
  const position = bytes.length === 0 ? 0 : at % bytes.length;
  const [before, behind] = [bytes.subarray(0, position), bytes.subarray(position)];
  const extra = new Uint8Array([by]);
  if (kind === "cut") return before;
  if (kind === "append") return Bytes.concat(bytes, extra);
  if (kind === "insert" || bytes.length === 0) return Bytes.concat(before, extra, behind);
  if (kind === "delete") return Bytes.concat(before, behind.subarray(1));
  return bytes.map((byte, index) => (index === position ? byte ^ by : byte));
}

// A witness in which one node is altered and every node above names what is below it.
function forged(
  trie: PatriciaTrie.PatriciaTrie,
  key: Uint8Array,
  value: Uint8Array,
  alter: Alteration & { readonly level: number },
): Access {
  const nodes = PatriciaTrie.proof(trie, key);
  const writer = Witness.create();
  let old: Uint8Array = Bytes.EMPTY;
  let hash: Uint8Array = Bytes.EMPTY;
  const forgedNodes = nodes
    .toReversed()
    .map((node, fromBottom) => {
      const named = fromBottom === 0 ? node : replaced(node, old, hash);
      const next = fromBottom === alter.level % nodes.length ? altered(named, alter) : named;
      [old, hash] = [keccak256(node), keccak256(next)];
      return next;
    })
    .toReversed();
  for (const node of forgedNodes) Witness.writeBytes(writer, node);
  TrieOpening.recordWrite(trie, key, value, writer);
  return { root: hash, key, value, witness: Witness.toBytes(writer) };
}

function replaced(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  const hex = Hex.fromBytes(bytes).replace(
    Hex.fromBytes(from).slice(2),
    Hex.fromBytes(to).slice(2),
  );
  return Hex.toBytes(hex);
}
