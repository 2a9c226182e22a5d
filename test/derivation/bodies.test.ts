// Any bytes are blocks: the edges of the body format one by one, then whatever chance makes.
import { expect } from "chai";
import fc from "fast-check";
import type * as Block from "../../src/machine/block.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import { MAX_BODY_BYTES, MAX_ENTRIES } from "../../src/protocol/limits.ts";
import { chainOf, posts } from "../harness/bodies.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const FUZZ = { seed: 0x424f4459, numRuns: 300 };
const TO_BOB = Hex.fromBytes(Bytes.fromBigInt(L2Chain.addressOf(L2Chain.BOB), 20));
const GOOD = L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB });

function blocksOf(body: Uint8Array, blocks: bigint): Block.ExecutedBlock[] {
  const chain = L2Chain.create();
  L1Chain.post(chain.l1, { blocks, body });
  return L2Chain.derive(chain);
}

/** A block's head and entries as they stand in a body, whatever they claim. */
function rawBlock(size: number, ...entries: readonly Uint8Array[]): Uint8Array {
  return Bytes.concat(new Uint8Array(8), Bytes.fromNumber(size, 4), ...entries);
}

function rawEntry(length: number, bytes: Uint8Array): Uint8Array {
  return Bytes.concat(Bytes.fromNumber(length, 3), bytes);
}

function offsets(blocks: readonly Block.ExecutedBlock[]): number[] {
  return blocks.map(({ tip }) => Number(tip.byteOffset));
}

function taken(blocks: readonly Block.ExecutedBlock[]): number[] {
  return blocks.map(({ results }) => results.length);
}

describe("any body", () => {
  const entry = rawEntry(GOOD.length, GOOD);

  it("gives empty blocks where it has ended", () => {
    const blocks = blocksOf(Bytes.concat(rawBlock(entry.length, entry), new Uint8Array(11)), 3n);
    expect(taken(blocks)).to.deep.equal([1, 0, 0]);
    const length = 12 + entry.length;
    expect(offsets(blocks)).to.deep.equal([length, length + 11, length + 11]);
    expect(taken(blocksOf(Bytes.EMPTY, 2n))).to.deep.equal([0, 0]);
    expect(offsets(blocksOf(new Uint8Array(12), 2n))).to.deep.equal([12, 12]);
  });

  it("ends with its last block even if that claims more", () => {
    const body = rawBlock(2 ** 32 - 1, entry);
    const blocks = blocksOf(body, 2n);
    expect(taken(blocks)).to.deep.equal([1, 0]);
    expect(offsets(blocks)).to.deep.equal([body.length, body.length]);
  });

  it("gives no entry of which a byte lies outside of its block", () => {
    const short = rawBlock(entry.length - 1, entry);
    const claimsMore = rawBlock(entry.length, rawEntry(GOOD.length + 1, GOOD));
    const headOnly = rawBlock(3, entry.subarray(0, 3));
    const halfHead = rawBlock(2, entry.subarray(0, 2));
    for (const body of [short, claimsMore, headOnly, halfHead]) {
      const [block] = blocksOf(body, 1n);
      expect(block?.results).to.deep.equal([]);
      expect(block?.refusals).to.deep.equal([]);
      expect(block?.block.entries).to.equal(0);
    }
    // What is left of a block is not read as the next one.
    const blocks = blocksOf(Bytes.concat(claimsMore, rawBlock(entry.length, entry)), 2n);
    expect(taken(blocks)).to.deep.equal([0, 1]);
  });

  it("passes over an entry too long to be read, and goes on behind it", () => {
    const long = rawEntry(65_537, new Uint8Array(65_537));
    const longest = rawEntry(49_000, new Uint8Array(49_000));
    const [block] = blocksOf(
      rawBlock(long.length + longest.length + entry.length, long, longest, entry),
      1n,
    );
    expect(block?.refusals.map(({ reason }) => reason)).to.deep.equal([
      "TransactionTooLong",
      "UnknownType",
    ]);
    expect(block?.results).to.have.lengthOf(1);
  });

  it("gives at most 2,048 entries a block, empty ones included", () => {
    const none = rawEntry(0, Bytes.EMPTY);
    for (const count of [MAX_ENTRIES - 1, MAX_ENTRIES]) {
      const entries = Bytes.concat(...Array<Uint8Array>(count).fill(none), entry);
      const body = Bytes.concat(rawBlock(entries.length, entries), rawBlock(entry.length, entry));
      const blocks = blocksOf(body, 2n);
      expect(blocks[0]?.block.entries).to.equal(MAX_ENTRIES);
      expect(blocks[0]?.tip.byteOffset).to.equal(BigInt(12 + entries.length));
      expect(taken(blocks)).to.deep.equal(count < MAX_ENTRIES ? [1, 0] : [0, 1]);
    }
  });

  it("counts deposits among the entries", () => {
    const chain = L2Chain.create();
    for (let i = 0; i < 3; i++) L1Chain.deposit(chain.l1, { gasLimit: 21_000n });
    const none = rawEntry(0, Bytes.EMPTY);
    const entries = Bytes.concat(...Array<Uint8Array>(MAX_ENTRIES - 3).fill(none), entry);
    L1Chain.post(chain.l1, { blocks: 1n, body: rawBlock(entries.length, entries) });
    const [block] = L2Chain.derive(chain);
    expect(block?.block.entries).to.equal(MAX_ENTRIES);
    expect(block?.results).to.have.lengthOf(3);
  });

  it("may be as large as a batch", () => {
    const body = new Uint8Array(MAX_BODY_BYTES).fill(0xff, 12);
    body.set([0xff, 0xff, 0xff, 0xff], 8);
    const blocks = blocksOf(body, 2n);
    expect(offsets(blocks)).to.deep.equal([MAX_BODY_BYTES, MAX_BODY_BYTES]);
  });

  it(`gives a chain of blocks, the same each time (seed ${FUZZ.seed})`, function () {
    this.timeout(120_000);
    let transactions = 0;
    let refusals = 0;
    fc.assert(
      fc.property(posts, (posted) => {
        const chain = chainOf(posted);
        const blocks = L2Chain.derive(chain);
        let { headerHash } = chain.genesis;
        for (const { tip, results, block } of blocks) {
          expect(tip.header.parentHash).to.deep.equal(headerHash);
          expect(
            BlockHeader.hash(BlockHeader.decode(BlockHeader.encode(tip.header))),
          ).to.deep.equal(tip.headerHash);
          expect(block.transactions).to.equal(results.length);
          ({ headerHash } = tip);
        }
        transactions += blocks.reduce((sum, { results }) => sum + results.length, 0);
        refusals += blocks.reduce((sum, block) => sum + block.refusals.length, 0);
        const last = blocks.at(-1)?.tip ?? chain.genesis;
        const again = L2Chain.derive(chainOf(posted)).at(-1)?.tip ?? chain.genesis;
        expect(BlockDone.hash(again)).to.deep.equal(BlockDone.hash(last));
        expect(last.number).to.equal(chain.l1.lastBlock);
      }),
      FUZZ,
    );
    // Chance has met both.
    expect(transactions).to.be.above(100);
    expect(refusals).to.be.above(100);
  });
});
