import { expect } from "chai";
import * as Block from "../../src/machine/block.ts";
import * as BlockBuilder from "../../src/machine/blockBuilder.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import { MAX_BODY_BYTES, MAX_TRANSACTION_BYTES } from "../../src/protocol/limits.ts";
import type * as Tip from "../../src/machine/tip.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const TO_BOB = Hex.fromBytes(Bytes.fromBigInt(L2Chain.addressOf(L2Chain.BOB), 20));

function draftOf(chain: L2Chain.L2Chain, body: Uint8Array): BlockBuilder.Draft {
  const origin = L1Chain.originOf(chain.l1);
  return {
    index: chain.l1.batches + 1n,
    originNumber: origin.number,
    originHash: BlockHeader.hash(origin),
    originHeader: BlockHeader.encode(origin),
    depositsFrom: chain.l1.consumed,
    depositsTo: BigInt(chain.l1.deposits.length),
    body,
  };
}

function build(chain: L2Chain.L2Chain, tip: Tip.Tip, body: Uint8Array): BlockBuilder.BlockBuilder {
  const timestamp = tip.header.timestamp + 1n;
  const inbox = { ...L2Chain.inboxOf(chain) };
  return BlockBuilder.create(tip, chain.context, inbox, draftOf(chain, body), timestamp);
}

function reasonOf(offer: BlockBuilder.Offer): string {
  return offer.type === "refused" ? offer.reason : "taken";
}

describe("BlockBuilder", () => {
  it("makes blocks that are the same again from their bytes", () => {
    const chain = L2Chain.create();
    L1Chain.deposit(chain.l1, { mint: 5n });
    L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.EMPTY });
    L1Chain.mine(chain.l1);
    L1Chain.deposit(chain.l1, { mint: 6n });
    L1Chain.deposit(chain.l1, { mint: 7n });

    let tip = Block.execute(chain.genesis, chain.context, L2Chain.inboxOf(chain)).tip;
    let body: Uint8Array = Bytes.EMPTY;
    const built: BlockBuilder.Sealed[] = [];
    for (let number = 0; number < 3; number++) {
      const builder = build(chain, tip, body);
      const offers = [
        L2Chain.transaction(L2Chain.ALICE, number, { to: TO_BOB, value: 1n }),
        L2Chain.transaction(L2Chain.ALICE, number, { to: TO_BOB, value: 1n }),
        new Uint8Array([1, 2, 3]),
        L2Chain.transaction(L2Chain.BOB, number, { to: null, data: "0x00" }),
      ].map((encoded) => reasonOf(BlockBuilder.offer(builder, encoded)));
      expect(offers).to.deep.equal(["taken", "nonce", "NotCanonical", "taken"]);
      const sealed = BlockBuilder.seal(builder);
      built.push(sealed);
      ({ tip, body } = sealed);
    }
    expect(built.map(({ depositCount }) => depositCount)).to.deep.equal([2, 0, 0]);

    L1Chain.post(chain.l1, { blocks: 3n, body });
    const derived = L2Chain.derive(chain).slice(1);
    expect(derived.map((block) => Hex.fromBytes(block.tip.headerHash))).to.deep.equal(
      built.map((block) => Hex.fromBytes(block.tip.headerHash)),
    );
    expect(derived.map((block) => block.tip.byteOffset)).to.deep.equal(
      built.map((block) => block.tip.byteOffset),
    );
    expect(derived.map((block) => block.results.map(({ gasUsed }) => gasUsed))).to.deep.equal(
      built.map((block) => block.results.map(({ gasUsed }) => gasUsed)),
    );
    expect(derived.every(({ refusals }) => refusals.length === 0)).to.equal(true);
  });

  it("stops at a full body", () => {
    const chain = L2Chain.create();
    const builder = build(chain, chain.genesis, Bytes.EMPTY);
    const offer = (nonce: number, size: number): string =>
      reasonOf(
        BlockBuilder.offer(
          builder,
          L2Chain.transaction(L2Chain.ALICE, nonce, {
            to: TO_BOB,
            gasLimit: 2n ** 23n,
            data: `0x${"ab".repeat(size)}`,
          }),
        ),
      );
    expect(offer(0, 65_000)).to.equal("taken");
    expect(offer(1, 65_000)).to.equal("body size");
    expect(offer(1, 53_000)).to.equal("taken");
    expect(offer(2, 65_500)).to.equal("transaction too long");
    const { body } = BlockBuilder.seal(builder);
    expect(body.length).to.be.at.most(MAX_BODY_BYTES);
    L1Chain.post(chain.l1, { blocks: 1n, body });
    expect(L2Chain.derive(chain)[0]?.results).to.have.lengthOf(2);
  });

  it("refuses what is longer than a transaction may be", () => {
    const chain = L2Chain.create();
    const builder = build(chain, chain.genesis, Bytes.EMPTY);
    expect(
      reasonOf(BlockBuilder.offer(builder, new Uint8Array(MAX_TRANSACTION_BYTES + 1))),
    ).to.equal("transaction too long");
    expect(reasonOf(BlockBuilder.offer(builder, new Uint8Array(MAX_TRANSACTION_BYTES)))).to.equal(
      "UnknownType",
    );
  });

  it("has no room for a block behind a full body", () => {
    const chain = L2Chain.create();
    expect(() => build(chain, chain.genesis, new Uint8Array(MAX_BODY_BYTES - 11)))
      .to.throw(BlockBuilder.BodyFullError)
      .that.includes({ length: MAX_BODY_BYTES - 11 });
  });

  it("stops at the greatest number of entries", function () {
    this.timeout(30_000);
    const chain = L2Chain.create();
    for (let i = 0; i < 1_429; i++) L1Chain.deposit(chain.l1, { gasLimit: 21_000n });
    const builder = build(chain, chain.genesis, Bytes.EMPTY);
    // 1,428 transfers are all the gas of a block.
    expect(builder.results).to.have.lengthOf(1_428);
    expect(BlockBuilder.seal(builder).tip.deposits).to.equal(1_428n);
  });
});
