import { expect } from "chai";
import * as Batch from "../../src/protocol/batch.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import { deployRollup, GENESIS, type Rollup, WINDOW } from "../harness/deployment.ts";

const ACCUMULATOR_ZERO = Hex.fromBytes(Batch.genesisAccumulator(Hex.toBytes(GENESIS)));

type PostFields = {
  previous?: string;
  blocks?: bigint;
  origin?: number;
  depositsTo?: bigint;
  body?: string;
};

async function postAs(rollup: Rollup, signer: "sequencer" | "stranger", fields: PostFields = {}) {
  const { ethers, inbox } = rollup;
  return inbox
    .connect(rollup[signer])
    .post(
      fields.previous ?? (await inbox.accumulator(await inbox.batchCount())),
      fields.blocks ?? 3n,
      fields.origin ?? (await ethers.provider.getBlockNumber()),
      fields.depositsTo ?? 0n,
      fields.body ?? "0x",
    );
}

async function postedBatch(rollup: Rollup, index: number) {
  const log = (await rollup.inbox.queryFilter("BatchPosted"))[index - 1];
  if (log === undefined || !("args" in log)) throw new TypeError(`batch ${index} is not posted`);
  const { header, body, accumulator } = log.args;
  const batch: Batch.Batch = {
    previous: Hex.toBytes(header.previous),
    version: Number(header.version),
    codec: Number(header.codec),
    firstBlock: header.firstBlock,
    lastBlock: header.lastBlock,
    postedAt: header.postedAt,
    originNumber: header.originNumber,
    originHash: Hex.toBytes(header.originHash),
    bodyRoot: Hex.toBytes(header.bodyRoot),
    bodySize: Number(header.bodySize),
    depositsRoot: Hex.toBytes(header.depositsRoot),
    depositsFrom: header.depositsFrom,
    depositsTo: header.depositsTo,
  };
  return { batch, body: Hex.toBytes(body), accumulator: accumulator as string };
}

const filled = (size: number) => `0x${Buffer.alloc(size, 0xa7).toString("hex")}`;

describe("Inbox", () => {
  describe("at genesis", () => {
    it("holds the accumulator of batch 0 and counts no batch", async () => {
      const { inbox, portal, sequencer } = await deployRollup();
      expect(await inbox.batchCount()).to.equal(0n);
      expect(await inbox.portal()).to.equal(await portal.getAddress());
      expect(await inbox.accumulator(0)).to.equal(ACCUMULATOR_ZERO);
      expect(await inbox.blockCount(0)).to.equal(0n);
      expect(await inbox.sequencer()).to.equal(sequencer.address);
      expect(await inbox.window()).to.equal(WINDOW);
    });
  });

  describe("post", () => {
    for (const size of [0, 1, 1_023, 1_024, 1_025, 70_000, MAX_BODY_BYTES]) {
      it(`commits to a body of ${size} bytes as the protocol does`, async () => {
        const rollup = await deployRollup();
        await postAs(rollup, "sequencer", { body: filled(size) });
        const { batch, body, accumulator } = await postedBatch(rollup, 1);
        expect(body.length).to.equal(size);
        expect(Hex.fromBytes(batch.bodyRoot)).to.equal(Hex.fromBytes(Body.root(body)));
        expect(batch.bodySize).to.equal(size);
        expect(Hex.fromBytes(Batch.hash(batch))).to.equal(accumulator);
        expect(await rollup.inbox.accumulator(1)).to.equal(accumulator);
      });
    }

    it("chains batches and counts their blocks", async () => {
      const rollup = await deployRollup();
      const { inbox } = rollup;
      for (const blocks of [1n, 65_535n]) await postAs(rollup, "sequencer", { blocks });
      await rollup.pass(20);
      for (const blocks of [7n, 1n, 2n]) await postAs(rollup, "sequencer", { blocks });
      const ends = await Promise.all([1, 2, 3, 4, 5, 6].map((batch) => inbox.blockCount(batch)));
      expect(ends).to.deep.equal([1n, 65_536n, 65_543n, 65_544n, 65_546n, 0n]);
      expect(await inbox.batchCount()).to.equal(5n);
      const { batch } = await postedBatch(rollup, 3);
      expect(Hex.fromBytes(batch.previous)).to.equal(await inbox.accumulator(2));
      expect([batch.firstBlock, batch.lastBlock]).to.deep.equal([65_537n, 65_543n]);
    });

    it("names the origin's hash and its own time", async () => {
      const rollup = await deployRollup();
      const origin = await rollup.ethers.provider.getBlock("latest");
      await postAs(rollup, "sequencer");
      const { batch } = await postedBatch(rollup, 1);
      expect(Hex.fromBytes(batch.originHash)).to.equal(origin?.hash);
      expect(batch.originNumber).to.equal(BigInt(origin?.number ?? 0));
      expect(await rollup.inbox.latest()).to.deep.equal([await rollup.now(), batch.originNumber]);
      expect(batch.postedAt).to.equal(await rollup.now());
    });

    it("reverts if it extends another accumulator", async () => {
      const rollup = await deployRollup();
      await postAs(rollup, "sequencer");
      const head = await rollup.inbox.accumulator(1);
      await expect(postAs(rollup, "sequencer", { previous: ACCUMULATOR_ZERO }))
        .to.be.revertedWithCustomError(rollup.inbox, "WrongPrevious")
        .withArgs(head, ACCUMULATOR_ZERO);
    });

    it("reverts without blocks and with too many", async () => {
      const rollup = await deployRollup();
      for (const blocks of [0n, 65_537n]) {
        await expect(postAs(rollup, "sequencer", { blocks }))
          .to.be.revertedWithCustomError(rollup.inbox, "BlocksOutOfRange")
          .withArgs(65_536n, blocks);
      }
    });

    it("holds at most one block in two seconds in the long run, whatever was posted before", async () => {
      const rollup = await deployRollup();
      const { inbox } = rollup;
      await postAs(rollup, "sequencer", { blocks: 65_536n });
      const spentAt = await rollup.now();
      await rollup.pass(100);
      // The refused post is a transaction of its own, a second later or more.
      await expect(postAs(rollup, "sequencer", { blocks: 60_000n }))
        .to.be.revertedWithCustomError(inbox, "BlocksOutOfRange")
        .withArgs(((await rollup.now()) + 1n - spentAt) / 2n, 60_000n);

      // Posted an odd second after the last, again and again: no second is lost to rounding.
      let posted = 0n;
      for (let i = 0; i < 5; i++) {
        await rollup.pass(2);
        const allowed = await inbox.blockAllowance();
        expect(allowed).to.equal(((await rollup.now()) - spentAt) / 2n - posted);
        await postAs(rollup, "sequencer", { blocks: allowed });
        posted += allowed;
      }
      expect(await inbox.blockAllowance()).to.equal(((await rollup.now()) - spentAt) / 2n - posted);
    });

    it("saves up no more blocks than one batch may hold", async () => {
      const rollup = await deployRollup();
      await postAs(rollup, "sequencer", { blocks: 1n });
      await rollup.pass(10_000_000);
      expect(await rollup.inbox.blockAllowance()).to.equal(65_536n);
    });

    it("reverts if the body is too long for one L1 transaction", async () => {
      const rollup = await deployRollup();
      const size = MAX_BODY_BYTES + 1;
      await expect(postAs(rollup, "sequencer", { body: filled(size) }))
        .to.be.revertedWithCustomError(rollup.inbox, "BodyTooLong")
        .withArgs(MAX_BODY_BYTES, size);
    });
  });

  describe("origins", () => {
    it("may not go back", async () => {
      const rollup = await deployRollup();
      const origin = await rollup.ethers.provider.getBlockNumber();
      await postAs(rollup, "sequencer", { origin });
      await postAs(rollup, "sequencer", { origin });
      await expect(postAs(rollup, "sequencer", { origin: origin - 1 }))
        .to.be.revertedWithCustomError(rollup.inbox, "OriginBackwards")
        .withArgs(origin, origin - 1);
    });

    it("must be a block before this one", async () => {
      const rollup = await deployRollup();
      const origin = (await rollup.ethers.provider.getBlockNumber()) + 1;
      await expect(postAs(rollup, "sequencer", { origin }))
        .to.be.revertedWithCustomError(rollup.inbox, "OriginUnknown")
        .withArgs(origin);
    });

    it("must be among the latest 256 blocks, unless checkpointed less than a window ago", async () => {
      const rollup = await deployRollup();
      const { ethers, inbox, connection } = rollup;
      const origin = await ethers.provider.getBlock("latest");
      const number = origin?.number ?? 0;
      await expect(inbox.checkpoint(number))
        .to.emit(inbox, "Checkpointed")
        .withArgs(number, origin?.hash);
      expect(await inbox.checkpoints(number)).to.deep.equal([origin?.hash, await rollup.now()]);
      for (let i = 0; i < 256; i++) {
        await connection.provider.request({ method: "evm_mine", params: [] });
      }

      await expect(postAs(rollup, "sequencer", { origin: number + 1 }))
        .to.be.revertedWithCustomError(inbox, "OriginUnknown")
        .withArgs(number + 1);
      await postAs(rollup, "sequencer", { origin: number });
      const { batch } = await postedBatch(rollup, 1);
      expect(Hex.fromBytes(batch.originHash)).to.equal(origin?.hash);

      await rollup.pass(WINDOW);
      await expect(postAs(rollup, "sequencer", { origin: number }))
        .to.be.revertedWithCustomError(inbox, "OriginUnknown")
        .withArgs(number);
      await expect(inbox.checkpoint(number))
        .to.be.revertedWithCustomError(inbox, "OriginUnknown")
        .withArgs(number);
    });
  });

  describe("the sequencer's window", () => {
    it("keeps everybody else out while the sequencer is not silent", async () => {
      const rollup = await deployRollup();
      await postAs(rollup, "sequencer");
      const openAt = (await rollup.now()) + BigInt(WINDOW);
      await rollup.pass(WINDOW - 2);
      await expect(postAs(rollup, "stranger"))
        .to.be.revertedWithCustomError(rollup.inbox, "NotYetOpen")
        .withArgs(openAt);
    });

    it("lets anybody post after it, and makes the sequencer's next batch revert", async () => {
      const rollup = await deployRollup();
      const written = await rollup.inbox.accumulator(0);
      await rollup.pass(WINDOW + 1);
      await postAs(rollup, "stranger", { blocks: 1n });
      await expect(postAs(rollup, "sequencer", { previous: written }))
        .to.be.revertedWithCustomError(rollup.inbox, "WrongPrevious")
        .withArgs(await rollup.inbox.accumulator(1), written);
    });

    it("does not hold once a deposit has waited for longer, however often the sequencer posts", async () => {
      const rollup = await deployRollup();
      const { portal, inbox, user } = rollup;
      await portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x");
      const openAt = (await rollup.now()) + BigInt(WINDOW);
      await rollup.pass(WINDOW - 4);
      await postAs(rollup, "sequencer");
      await rollup.pass(2);
      expect(await rollup.now()).to.equal(openAt - 1n);
      await expect(postAs(rollup, "stranger", { depositsTo: 1n }))
        .to.be.revertedWithCustomError(inbox, "NotYetOpen")
        .withArgs(openAt);
      await rollup.pass(1);
      await postAs(rollup, "stranger", { depositsTo: 1n });
      expect((await portal.depositCounts()).consumed).to.equal(1n);
    });

    it("does not hold while deposits that were taken may lack the blocks to run in", async () => {
      const rollup = await deployRollup();
      const { portal, inbox, user } = rollup;
      for (let i = 0; i < 5; i++) {
        await portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x");
      }
      const openAt = (await rollup.now()) - 4n + BigInt(WINDOW);
      await postAs(rollup, "sequencer", { blocks: 1n, depositsTo: 5n });
      await rollup.pass(WINDOW / 2);
      await postAs(rollup, "sequencer", { blocks: 3n, depositsTo: 5n });
      await rollup.pass(Number(openAt - (await rollup.now())) - 1);
      await expect(postAs(rollup, "stranger", { depositsTo: 5n }))
        .to.be.revertedWithCustomError(inbox, "NotYetOpen")
        .withArgs(openAt);
      await rollup.pass(1);
      await postAs(rollup, "stranger", { blocks: 1n, depositsTo: 5n });
      await expect(postAs(rollup, "stranger", { depositsTo: 5n })).to.be.revertedWithCustomError(
        inbox,
        "NotYetOpen",
      );
    });

    it("holds while the sequencer's blocks keep up with the deposits", async () => {
      const rollup = await deployRollup();
      const { portal, inbox, user } = rollup;
      for (let round = 1n; round <= 4n; round++) {
        for (let i = 0; i < 2; i++) {
          await portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x");
        }
        // One is owed each time, and run the next time.
        await postAs(rollup, "sequencer", {
          blocks: round === 1n ? 1n : 2n,
          depositsTo: 2n * round,
        });
        await rollup.pass(WINDOW / 2);
        await expect(postAs(rollup, "stranger")).to.be.revertedWithCustomError(inbox, "NotYetOpen");
      }
    });

    it("counts for what a batch took once its blocks are as many as were owed before it", async () => {
      const rollup = await deployRollup();
      const { portal, inbox, user } = rollup;
      const deposit = () => portal.connect(user).depositTransaction(user, 0, 21_000, false, "0x");
      await deposit();
      await deposit();
      await postAs(rollup, "sequencer", { blocks: 1n, depositsTo: 2n });
      await rollup.pass(WINDOW / 2);
      await deposit();
      const openAt = (await rollup.now()) + BigInt(WINDOW);
      await postAs(rollup, "sequencer", { blocks: 1n, depositsTo: 3n });
      await rollup.pass(Number(openAt - (await rollup.now())) - 1);
      await expect(postAs(rollup, "stranger", { depositsTo: 3n }))
        .to.be.revertedWithCustomError(inbox, "NotYetOpen")
        .withArgs(openAt);
    });

    it("starts again with each batch, whoever posts it", async () => {
      const rollup = await deployRollup();
      await rollup.pass(WINDOW + 1);
      await postAs(rollup, "stranger");
      const openAt = (await rollup.now()) + BigInt(WINDOW);
      await expect(postAs(rollup, "stranger"))
        .to.be.revertedWithCustomError(rollup.inbox, "NotYetOpen")
        .withArgs(openAt);
    });
  });
});
