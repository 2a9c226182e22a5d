// Damaged and random bodies, block by block in TypeScript and step by step on L1.
import { expect } from "chai";
import fc from "fast-check";
import * as Cursor from "../../src/machine/cursor.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Limits from "../../src/protocol/limits.ts";
import { chainOf, posts } from "../harness/bodies.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import * as Proven from "../harness/provenBlocks.ts";

const FUZZ = { seed: 0x50424f44, numRuns: 40 };

describe(`any body, proven (seed ${FUZZ.seed})`, () => {
  const deployed = Proven.deployProvers();

  it("gives the same blocks in both languages", async function () {
    this.timeout(120_000);
    const provers = await deployed;
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(posts, async (posted) => {
        steps += (await Proven.expectProven(provers, chainOf(posted))).length;
      }),
      FUZZ,
    );
    console.log(`        ${steps} steps proven`);
  });

  it("ends a block at 2,048 entries, and at an entry too long", async function () {
    this.timeout(180_000);
    const provers = await deployed;
    const chain = L2Chain.create();
    const long = Bytes.concat(Bytes.fromNumber(65_537, 3), new Uint8Array(65_537));
    const entries = Bytes.concat(long, new Uint8Array(3 * 2_047), new Uint8Array(3));
    const head = Bytes.concat(new Uint8Array(8), Bytes.fromNumber(entries.length, 4));
    L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.concat(head, entries) });
    await Proven.record(provers, chain);
    const { steps } = Proven.provenSteps(chain, chain.genesis);
    expect(steps).to.have.lengthOf(1 + 4 + 2_049 + 1);
    for (const step of [...steps.slice(4, 7), ...steps.slice(-4)]) {
      expect(await Proven.judge(provers, chain, step)).to.equal(Hex.fromBytes(step.after));
    }
  });

  it("takes deposits at every limit of the portal, and nothing that they could not be is run", async function () {
    this.timeout(120_000);
    const provers = await deployed;
    const chain = L2Chain.create();
    const data = new Uint8Array(Limits.MAX_TRANSACTION_BYTES).fill(0xfe);
    const least = 21_000n + 40n * BigInt(data.length);
    const ones = new Uint8Array(20).fill(0xff);
    const deposits: L1Chain.DepositFields[] = [
      { gasLimit: least, data },
      { gasLimit: Limits.TRANSACTION_GAS_CAP, data, isCreation: true },
      { value: 2n ** 256n - 1n, mint: 2n ** 128n, gasLimit: 21_000n },
      { gasLimit: 21_000n, from: ones, to: ones },
      { gasLimit: 21_000n, from: Limits.SYSTEM_ADDRESS, to: Limits.COINBASE },
      // The block has too little gas left for this one, which comes first in the next.
      { gasLimit: Limits.TRANSACTION_GAS_CAP },
    ];
    for (const fields of deposits) L1Chain.deposit(chain.l1, fields);
    L1Chain.post(chain.l1, { blocks: 2n, body: Bytes.EMPTY, depositsTo: 6n });
    const [first, second] = L2Chain.derive(chain);
    const told = first?.results.map(({ status, gasUsed }) => [status, gasUsed]);
    expect(told).to.deep.equal([
      [Cursor.STATUS_SUCCESS, least],
      // The whole initcode is INVALID.
      [Cursor.STATUS_HALT, Limits.TRANSACTION_GAS_CAP],
      ...[
        [Cursor.STATUS_HALT, 21_000n],
        [Cursor.STATUS_SUCCESS, 21_000n],
        [Cursor.STATUS_SUCCESS, 21_000n],
      ],
    ]);
    expect(second?.results).to.have.length(1);
    expect(await Proven.expectProven(provers, chain)).not.to.deep.equal([]);
  });

  it("reads pieces on both sides of a boundary, the last one short", async function () {
    this.timeout(180_000);
    const provers = await deployed;
    for (const size of [1_008, 1_009, 1_010, 1_011, 1_012, 2_040]) {
      const chain = L2Chain.create();
      const padding = Bytes.concat(Bytes.fromNumber(size, 3), new Uint8Array(size));
      const entries = Bytes.concat(padding, Bytes.fromNumber(5, 3), new Uint8Array(5));
      const head = Bytes.concat(new Uint8Array(8), Bytes.fromNumber(entries.length, 4));
      const body = Bytes.concat(head, entries, head);
      L1Chain.post(chain.l1, { blocks: 2n, body });
      await Proven.expectProven(provers, chain);
    }
  });

  it("is judged only by pieces of the body that cover what is read", async () => {
    const provers = await deployed;
    const chain = L2Chain.create();
    L1Chain.post(chain.l1, { blocks: 1n, body: new Uint8Array(3_000) });
    await Proven.record(provers, chain);
    const [begin] = Proven.provenSteps(chain, chain.genesis).steps;
    if (begin === undefined) throw new TypeError("a block has steps");
    // The block's head, its one piece and seven siblings, is the end of the witness.
    const piece = begin.witness.length - 7 * 32 - 1_024 - 3;
    const shown = (size: number): Uint8Array =>
      Bytes.concat(
        begin.witness.slice(0, piece),
        Bytes.fromNumber(size, 3),
        new Uint8Array(size),
        begin.witness.slice(-7 * 32),
      );
    expect(await Proven.judge(provers, chain, { ...begin, witness: shown(1_024) })).to.equal(
      Hex.fromBytes(begin.after),
    );
    for (const size of [11, 1_025]) {
      await expect(Proven.judge(provers, chain, { ...begin, witness: shown(size) }))
        .to.be.revertedWithCustomError(provers.block, "PiecesDoNotCover")
        .withArgs(0n, 12n, BigInt(size));
    }
    await expect(
      Proven.judge(provers, chain, { ...begin, witness: shown(1_023) }),
    ).to.be.revertedWithCustomError(provers.block, "PreimageMismatch");
  });
});
