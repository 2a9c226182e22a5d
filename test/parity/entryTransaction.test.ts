// Transactions decoded by both twins, with ethers and the official vectors as the second opinion.
import { expect } from "chai";
import { encodeRlp, keccak256, type RlpStructuredDataish } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import { existsSync, globSync, readFileSync } from "node:fs";
import * as Context from "../../src/machine/context.ts";
import * as EntryTransaction from "../../src/machine/entryTransaction.ts";
import type * as Fork from "../../src/machine/fork.ts";
import { order } from "../../src/machine/fork.ts";
import * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import { SECP256K1_N } from "../../src/primitives/signature.ts";
import type * as Deposit from "../../src/protocol/deposit.ts";
import {
  CHAIN_ID,
  LARGEST,
  integer,
  setCodeByFields,
  sign,
  signedByEthers,
  signFields,
} from "../harness/signedTransactions.ts";

const FUZZ = { seed: 0x454e5452, numRuns: 120 };
const VECTORS = new URL("../../../shared/ethereum-tests/TransactionTests/", import.meta.url);
const KEY = `0x${"11".repeat(32)}`;
const TO = "0x00000000000000000000000000000000000000b1";

const { ethers } = await network.create("l1");

function contextOf(fork: Fork.Fork, caps: boolean, chainId = CHAIN_ID): Context.Context {
  return Context.create(fork, chainId, caps);
}

function toStruct(context: Context.Context): object {
  const { fork, chainId, caps } = context;
  return { fork: order(fork), chainId, caps, inbox: ethers.ZeroAddress, endBlock: 0 };
}

const OPEN = contextOf("Osaka", false);
const CAPPED = contextOf("Osaka", true);

describe(`transactions of a block (seed ${FUZZ.seed})`, () => {
  const deployed = ethers.deployContract("EntryTransactionHarness");

  /** Decodes in both languages, expects one verdict and commitment, and gives the TypeScript one. */
  async function decodeInBoth(
    encoded: Uint8Array,
    context: Context.Context,
  ): Promise<EntryTransaction.EntryTransaction> {
    const harness = await deployed;
    const decoded = EntryTransaction.fromBytes(encoded, context);
    const [isValid, commitment] = await harness.getFunction("fromBytes")(
      encoded,
      toStruct(context),
    );
    expect(isValid, Hex.fromBytes(encoded)).to.equal(decoded.type === "transaction");
    if (decoded.type === "transaction")
      expect(commitment, Hex.fromBytes(encoded)).to.equal(
        Hex.fromBytes(TransactionContext.commitTransaction(decoded.transaction)),
      );
    return decoded;
  }

  async function expectRefused(
    encoded: string,
    reason: string,
    context: Context.Context = OPEN,
  ): Promise<void> {
    expect(await decodeInBoth(Hex.toBytes(encoded), context)).to.deep.equal({
      type: "refused",
      reason,
    });
  }

  it("decode to the hash and sender that ethers signed", async () => {
    await fc.assert(
      fc.asyncProperty(signedByEthers, async ({ encoded, from }) => {
        const decoded = await decodeInBoth(Hex.toBytes(encoded), OPEN);
        if (decoded.type === "refused") throw new TypeError(decoded.reason);
        expect(decoded.transaction.sender).to.equal(BigInt(from));
        expect(Hex.fromBytes(decoded.transaction.hash)).to.equal(keccak256(encoded));
      }),
      FUZZ,
    );
  });

  it("carry their authorizations", async () => {
    await fc.assert(
      fc.asyncProperty(setCodeByFields, async (encoded) => {
        const decoded = await decodeInBoth(Hex.toBytes(encoded), OPEN);
        expect(decoded.type).to.equal("transaction");
        await expectRefused(encoded, "UnknownType", contextOf("Cancun", false));
      }),
      { ...FUZZ, numRuns: 40 },
    );
  });

  it("are refused or not alike after any change of a byte", async () => {
    const encodings = fc.oneof(
      signedByEthers.map(({ encoded }) => encoded),
      setCodeByFields,
    );
    const changes = fc.record({
      encoded: encodings,
      at: fc.nat(),
      byte: fc.nat(255),
      cut: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(changes, async ({ encoded, at, byte, cut }) => {
        const bytes = Hex.toBytes(encoded);
        // Most of the structure lies in front.
        const position = at % (at % 2 === 0 ? bytes.length : Math.min(bytes.length, 60));
        bytes[position] = byte;
        await decodeInBoth(cut === 0 ? bytes.subarray(0, position) : bytes, OPEN);
        await decodeInBoth(Bytes.concat(bytes, new Uint8Array([byte])), CAPPED);
      }),
      { ...FUZZ, numRuns: 400 },
    );
  });

  it("are refused or not alike for any RLP", async () => {
    const { item } = fc.letrec<{ item: Rlp.Item }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 3 },
        fc.uint8Array({ maxLength: 34 }),
        fc.uint8Array({ minLength: 1, maxLength: 1 }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.array(tie("item"), { maxLength: 4 }),
      ),
    }));
    const lists = fc.tuple(fc.nat(5), fc.array(item, { minLength: 8, maxLength: 14 }));
    await fc.assert(
      fc.asyncProperty(lists, async ([type, items]) => {
        const list = Rlp.encode(items);
        await decodeInBoth(type === 0 ? list : Bytes.concat(new Uint8Array([type]), list), OPEN);
      }),
      { ...FUZZ, numRuns: 200 },
    );
  });

  it("are refused or not alike when lists have short items", async () => {
    const harmless = [integer(CHAIN_ID), "0x01", "0x01", "0x02", "0x0f", TO, "0x", "0x"];
    const lists: RlpStructuredDataish[] = [
      [[TO]],
      [[TO, []], []],
      [[TO, ["0x01"]]],
      [[TO, [], []]],
      [[TO, TO]],
      [TO],
      "0x",
      [[TO, ["0x01", "0x02", "0x03"]]],
      [[TO.slice(0, -2), []]],
    ];
    for (const list of lists) {
      await expectRefused(signFields(2, [...harmless, list], KEY), "NotCanonical");
    }
    for (const tuples of [[[]], [["0x01"]], ["0x01", "0x01"], [["0x", TO, "0x", "0x", "0x"]]]) {
      await expectRefused(signFields(4, [...harmless, [], tuples], KEY), "NotCanonical");
    }
  });

  it("name why they are refused", async () => {
    const fields = { type: 2, chainId: CHAIN_ID, gasLimit: 21_000n, to: TO };
    const { encoded } = sign(fields, KEY);
    const payload = [integer(CHAIN_ID), "0x", "0x", "0x", "0x", TO, "0x", "0x", []];
    const creation = payload.with(5, "0x");

    await expectRefused("0x", "NotCanonical");
    await expectRefused("0x00c0", "UnknownType");
    await expectRefused(`0x7e${encoded.slice(4)}`, "UnknownType");
    await expectRefused(`0x05${encoded.slice(4)}`, "UnknownType");
    await expectRefused(`${encoded}00`, "NotCanonical");
    await expectRefused(sign({ ...fields, chainId: 1n }, KEY).encoded, "WrongChainId");
    await expectRefused(sign({ ...fields, type: 0, chainId: 1n }, KEY).encoded, "WrongChainId");
    await expectRefused(signFields(4, [...payload, []], KEY), "MissingAuthorizations");
    await expectRefused(signFields(4, [...creation, [[]]], KEY), "NotCanonical");
    await expectRefused(signFields(3, [...payload, "0x", []], KEY), "MissingBlobs");
    const unversioned = [...payload, "0x", [`0x${"02".repeat(32)}`]];
    await expectRefused(signFields(3, unversioned, KEY), "WrongBlobVersion");
    await expectRefused(
      signFields(3, [...creation, "0x", [`0x${"01".repeat(32)}`]], KEY),
      "MissingRecipient",
    );
  });

  it("are refused for their type alone where their chain or fork does not have it", async () => {
    const payload = [integer(CHAIN_ID), "0x", "0x", "0x", "0x", TO, "0x", "0x", []];
    const blobs = signFields(3, [...payload, "0x", [`0x${"01".repeat(32)}`]], KEY);
    const tuple = [integer(CHAIN_ID), TO, "0x", "0x", integer(1n), integer(1n)];
    const setsCode = signFields(4, [...payload, [tuple]], KEY);
    expect((await decodeInBoth(Hex.toBytes(blobs), OPEN)).type).to.equal("transaction");
    await expectRefused(blobs, "UnknownType", CAPPED);
    expect((await decodeInBoth(Hex.toBytes(setsCode), OPEN)).type).to.equal("transaction");
    await expectRefused(setsCode, "UnknownType", contextOf("Cancun", false));
  });

  it("are refused with a signature that recovers to none, or has a high s", async () => {
    const fields = [integer(CHAIN_ID), "0x", "0x", "0x", "0x", TO, "0x", "0x", []];
    const withSignature = (yParity: string, r: bigint, s: bigint): string =>
      `0x02${encodeRlp([...fields, yParity, integer(r), integer(s)]).slice(2)}`;

    await expectRefused(withSignature("0x", 0n, 1n), "InvalidSignature");
    await expectRefused(withSignature("0x", 1n, 0n), "InvalidSignature");
    await expectRefused(withSignature("0x", SECP256K1_N, 1n), "InvalidSignature");
    await expectRefused(withSignature("0x", 1n, SECP256K1_N / 2n + 1n), "InvalidSignature");
    // No point of the curve has the x-coordinate 5.
    await expectRefused(withSignature("0x", 5n, 1n), "InvalidSignature");
    await expectRefused(withSignature("0x02", 1n, 1n), "NotCanonical");
    const lowest = await decodeInBoth(
      Hex.toBytes(withSignature("0x01", 1n, SECP256K1_N / 2n)),
      OPEN,
    );
    expect(lowest.type).to.equal("transaction");
  });

  it("are decoded alike when they are deposits", async () => {
    const harness = await deployed;
    const deposit: Deposit.Deposit = {
      index: 9n,
      l1Block: 1n,
      l1Time: 2n,
      from: new Uint8Array(20).fill(1),
      isCreation: false,
      to: new Uint8Array(20).fill(2),
      mint: 3n,
      value: 4n,
      gasLimit: 5n,
      data: Hex.toBytes(`0x00ff${"00".repeat(40)}`),
    };
    const portal = new Uint8Array(20).fill(3);
    for (const value of [deposit, { ...deposit, isCreation: true, data: Bytes.EMPTY }]) {
      const struct = {
        ...value,
        from: Hex.fromBytes(value.from),
        to: Hex.fromBytes(value.to),
        dataHash: keccak256(value.data),
      };
      expect(
        await harness.getFunction("fromDeposit")(struct, Hex.fromBytes(portal), value.data),
      ).to.equal(
        Hex.fromBytes(
          TransactionContext.commitTransaction(EntryTransaction.fromDeposit(value, portal)),
        ),
      );
    }
  });

  it("agree with the official vectors", async function () {
    if (!existsSync(VECTORS)) {
      console.log(`      skipped: no vectors at ${VECTORS.pathname}`);
      this.skip();
    }
    const mainnet = contextOf("Cancun", false, 1n);
    for (const file of globSync("**/*.json", { cwd: VECTORS })) {
      const cases = Object.values(JSON.parse(readFileSync(new URL(file, VECTORS), "utf8")));
      for (const { txbytes, result } of cases as Vector[]) {
        const decoded = await decodeInBoth(Hex.toBytes(txbytes), mainnet);
        const expected = result["Cancun"];
        if (expected?.hash === undefined) continue;
        if (decoded.type === "refused") throw new TypeError(`${file}: ${decoded.reason}`);
        expect(Hex.fromBytes(decoded.transaction.hash), file).to.equal(expected.hash);
        expect(decoded.transaction.sender, file).to.equal(BigInt(expected.sender ?? 0));
      }
    }
  });

  describe("at their largest", () => {
    for (const [name, make] of Object.entries(LARGEST)) {
      it(`are decoded within 7,000,000 gas: ${name}`, async function () {
        this.timeout(180_000);
        const harness = await deployed;
        const encoded = make();
        expect(encoded.length).to.be.within(65_000, 65_536);
        const gas = await harness.getFunction("gasOf")(encoded, toStruct(OPEN));
        console.log(`        ${gas} gas for ${encoded.length} bytes`);
        expect(gas).to.be.below(7_000_000n);
        expect((await decodeInBoth(encoded, OPEN)).type).to.equal("transaction");
      });
    }
  });

  it("are not judged without the gas to recover a signer", async () => {
    const harness = await deployed;
    await expect(
      harness.getFunction("recover").staticCall(0, { gasLimit: 27_000n }),
    ).to.be.revertedWithCustomError(harness, "RecoveryOutOfGas");
    expect(await harness.getFunction("recover").staticCall(0)).to.equal(ethers.ZeroAddress);
  });
});

type Vector = {
  readonly txbytes: string;
  readonly result: Record<string, { readonly hash?: string; readonly sender?: string }>;
};
