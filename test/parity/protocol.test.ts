// The protocol twins, and what other implementations say of the same values.
import { createBlockHeader } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { expect } from "chai";
import { AbiCoder, id, keccak256 as keccakOfHex } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import { getWithdrawalHashStorageSlot } from "viem/op-stack";
import * as Hex from "../../src/primitives/hex.ts";
import * as BaseFee from "../../src/protocol/baseFee.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import * as Deposit from "../../src/protocol/deposit.ts";
import * as OutputRoot from "../../src/protocol/outputRoot.ts";
import * as Withdrawal from "../../src/protocol/withdrawal.ts";

const FUZZ = { seed: 0x50524f54, numRuns: 60 };

const { ethers } = await network.create("l1");

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u256 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.constantFrom(0n, 1n, 127n));
const word = fc.uint8Array({ minLength: 32, maxLength: 32 });
const address = fc.uint8Array({ minLength: 20, maxLength: 20 });
const data = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.uint8Array({ minLength: 1, maxLength: 1 }),
  fc.constant(new Uint8Array(0)),
);

const batches: fc.Arbitrary<Batch.Batch> = fc.record({
  previous: word,
  version: fc.nat(255),
  codec: fc.nat(255),
  firstBlock: u64,
  lastBlock: u64,
  postedAt: u64,
  originNumber: u64,
  originHash: word,
  bodyRoot: word,
  bodySize: fc.nat(2 ** 32 - 1),
  depositsRoot: word,
  depositsFrom: u64,
  depositsTo: u64,
});

const deposits: fc.Arbitrary<Deposit.Deposit> = fc.record({
  index: u64,
  l1Block: u64,
  l1Time: u64,
  from: address,
  isCreation: fc.boolean(),
  to: address,
  mint: u256,
  value: u256,
  gasLimit: u64,
  data,
});

const withdrawals: fc.Arbitrary<Withdrawal.Withdrawal> = fc.record({
  nonce: u256,
  sender: address,
  target: address,
  value: u256,
  gasLimit: u256,
  data,
});

const headers: fc.Arbitrary<BlockHeader.BlockHeader> = fc.record({
  parentHash: word,
  ommersHash: word,
  coinbase: address,
  stateRoot: word,
  transactionsRoot: word,
  receiptsRoot: word,
  logsBloom: fc.uint8Array({ minLength: 256, maxLength: 256 }),
  difficulty: fc.constant(0n),
  number: u64,
  gasLimit: u64,
  gasUsed: u64,
  timestamp: u64,
  extraData: fc.uint8Array({ maxLength: 32 }),
  mixHash: word,
  nonce: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  baseFee: u256,
  withdrawalsRoot: word,
  blobGasUsed: u64,
  excessBlobGas: u64,
  parentBeaconRoot: word,
  requestsHash: word,
});

/** The values in the form that ethers takes for a Solidity struct with fields of the same names. */
function hexFields(struct: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(struct).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Hex.fromBytes(value) : value,
    ]),
  );
}

function solidityDeposit(deposit: Deposit.Deposit): Record<string, unknown> {
  const { data: bytes, ...rest } = deposit;
  return { ...hexFields(rest), dataHash: keccakOfHex(bytes) };
}

async function check<T>(
  values: fc.Arbitrary<T>,
  property: (value: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(values, property), FUZZ);
}

describe(`protocol twins (seed ${FUZZ.seed})`, () => {
  const deployed = ethers.deployContract("ProtocolHarness");

  it("hash a batch alike", async () => {
    const harness = await deployed;
    await check(batches, async (batch) => {
      expect(await harness.getFunction("batchHash")(hexFields(batch))).to.equal(
        Hex.fromBytes(Batch.hash(batch)),
      );
    });
    const genesis = new Uint8Array(32).fill(7);
    expect(await harness.getFunction("genesisAccumulator")(genesis)).to.equal(
      Hex.fromBytes(Batch.genesisAccumulator(genesis)),
    );
  });

  it("hash a deposit, its source and its transaction alike", async () => {
    const harness = await deployed;
    await check(fc.tuple(deposits, address), async ([deposit, portal]) => {
      const struct = solidityDeposit(deposit);
      expect(await harness.getFunction("depositHash")(struct)).to.equal(
        Hex.fromBytes(Deposit.hash(deposit)),
      );
      expect(
        await harness.getFunction("sourceHash")(Hex.fromBytes(portal), deposit.index),
      ).to.equal(Hex.fromBytes(Deposit.sourceHash(portal, deposit.index)));
      expect(
        await harness.getFunction("transactionHash")(struct, Hex.fromBytes(portal), deposit.data),
      ).to.equal(Hex.fromBytes(Deposit.transactionHash(deposit, portal)));
    });
  });

  it("hash a withdrawal alike, and place it in storage as viem does", async () => {
    const harness = await deployed;
    await check(withdrawals, async (withdrawal) => {
      const hash = Hex.fromBytes(Withdrawal.hash(withdrawal));
      const slot = Hex.fromBytes(Withdrawal.storageSlot(Withdrawal.hash(withdrawal)));
      expect(await harness.getFunction("withdrawalHash")(hexFields(withdrawal))).to.equal(hash);
      expect(await harness.getFunction("storageSlot")(hash)).to.equal(slot);
      const { nonce, sender, target, value, gasLimit } = withdrawal;
      expect(
        keccakOfHex(
          AbiCoder.defaultAbiCoder().encode(
            ["uint256", "address", "address", "uint256", "uint256", "bytes"],
            [nonce, Hex.fromBytes(sender), Hex.fromBytes(target), value, gasLimit, withdrawal.data],
          ),
        ),
      ).to.equal(hash);
      expect(getWithdrawalHashStorageSlot({ withdrawalHash: hash })).to.equal(slot);
    });
  });

  it("compute an output root alike", async () => {
    const harness = await deployed;
    const outputs = fc.record({ stateRoot: word, messagePasserStorageRoot: word, blockHash: word });
    await check(outputs, async (output) => {
      const expected = Hex.fromBytes(OutputRoot.hash(output));
      expect(await harness.getFunction("outputRoot")(hexFields(output))).to.equal(expected);
      expect(
        keccakOfHex(
          AbiCoder.defaultAbiCoder().encode(
            ["bytes32", "bytes32", "bytes32", "bytes32"],
            [
              new Uint8Array(32),
              output.stateRoot,
              output.messagePasserStorageRoot,
              output.blockHash,
            ],
          ),
        ),
      ).to.equal(expected);
    });
  });

  it("give the base fee that ethereumjs gives", async () => {
    const harness = await deployed;
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.London });
    const parents = fc
      .record({
        gasLimit: fc.bigInt({ min: 10_000n, max: 100_000_000n }),
        share: fc.nat(1000),
        baseFee: fc.bigInt({ min: 0n, max: 10n ** 18n }),
      })
      .map(({ gasLimit, share, baseFee }) => ({
        gasLimit,
        gasUsed: (gasLimit * BigInt(share)) / 1000n,
        baseFee,
      }));
    await check(parents, async (parent) => {
      const { gasLimit, gasUsed, baseFee } = parent;
      const expected = BaseFee.nextBaseFee(parent);
      expect(await harness.getFunction("nextBaseFee")(gasLimit, gasUsed, baseFee)).to.equal(
        expected,
      );
      const header = createBlockHeader(
        { number: 20_000_000n, gasLimit, gasUsed, baseFeePerGas: baseFee },
        { common, skipConsensusFormatValidation: true },
      );
      expect(header.calcNextBaseFee()).to.equal(expected);
    });
    // At the target, one above it and empty.
    for (const gasUsed of [15_000_000n, 15_000_001n, 0n]) {
      const parent = { gasLimit: 30_000_000n, gasUsed, baseFee: 7n };
      expect(await harness.getFunction("nextBaseFee")(30_000_000n, gasUsed, 7n)).to.equal(
        BaseFee.nextBaseFee(parent),
      );
    }
  });

  it("encode and decode a header alike", async () => {
    const harness = await deployed;
    await check(headers, async (header) => {
      const rlp = BlockHeader.encode(header);
      const hash = BlockHeader.hash(header);
      expect(await harness.getFunction("encodeHeader")(hexFields(header))).to.equal(
        Hex.fromBytes(rlp),
      );
      expect(BlockHeader.decode(rlp)).to.deep.equal(header);

      const decoded = (await harness.getFunction("decodeHeader")(rlp, hash)).toObject();
      const expected = hexFields(header);
      for (const name of Object.keys(expected)) {
        expect(String(decoded[name]).toLowerCase(), name).to.equal(String(expected[name]));
      }
    });
  });

  it("hash a header as ethereumjs does", () => {
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
    // Only what ethereumjs lets a header say.
    const known = headers.map((fields) => ({
      ...fields,
      ommersHash: BlockHeader.ofL2(fields).ommersHash,
      nonce: new Uint8Array(8),
      gasUsed: fields.gasUsed % (fields.gasLimit + 1n),
      baseFee: fields.baseFee % 2n ** 64n,
    }));
    const matches = fc.property(known, (header) => {
      const other = createBlockHeader(
        {
          parentHash: header.parentHash,
          uncleHash: header.ommersHash,
          coinbase: header.coinbase,
          stateRoot: header.stateRoot,
          transactionsTrie: header.transactionsRoot,
          receiptTrie: header.receiptsRoot,
          logsBloom: header.logsBloom,
          difficulty: header.difficulty,
          number: header.number,
          gasLimit: header.gasLimit,
          gasUsed: header.gasUsed,
          timestamp: header.timestamp,
          extraData: header.extraData,
          mixHash: header.mixHash,
          nonce: header.nonce,
          baseFeePerGas: header.baseFee,
          withdrawalsRoot: header.withdrawalsRoot,
          blobGasUsed: header.blobGasUsed,
          excessBlobGas: header.excessBlobGas,
          parentBeaconBlockRoot: header.parentBeaconRoot,
          requestsHash: header.requestsHash,
        },
        { common, skipConsensusFormatValidation: true },
      );
      expect(Hex.fromBytes(other.hash())).to.equal(Hex.fromBytes(BlockHeader.hash(header)));
    });
    fc.assert(matches, FUZZ);
  });

  it("fill in the constants of an L2 header alike", async () => {
    const harness = await deployed;
    const [fields] = fc.sample(headers, { ...FUZZ, numRuns: 1 });
    if (fields === undefined) throw new TypeError("fast-check gave no sample");
    const zero = {
      ommersHash: id(""),
      difficulty: 0n,
      extraData: "0x",
      nonce: "0x0000000000000000",
      withdrawalsRoot: id(""),
      blobGasUsed: 0n,
      excessBlobGas: 0n,
      requestsHash: id(""),
    };
    expect(await harness.getFunction("encodeL2Header")({ ...hexFields(fields), ...zero })).to.equal(
      Hex.fromBytes(BlockHeader.encode(BlockHeader.ofL2(fields))),
    );
  });

  it("decode the headers of L1 itself", async () => {
    const harness = await deployed;
    const block = await ethers.provider.send("eth_getBlockByNumber", ["latest", false]);
    const bytes = (hex: string): Uint8Array => Hex.toBytes(hex);
    const header: BlockHeader.BlockHeader = {
      parentHash: bytes(block.parentHash),
      ommersHash: bytes(block.sha3Uncles),
      coinbase: bytes(block.miner),
      stateRoot: bytes(block.stateRoot),
      transactionsRoot: bytes(block.transactionsRoot),
      receiptsRoot: bytes(block.receiptsRoot),
      logsBloom: bytes(block.logsBloom),
      difficulty: BigInt(block.difficulty),
      number: BigInt(block.number),
      gasLimit: BigInt(block.gasLimit),
      gasUsed: BigInt(block.gasUsed),
      timestamp: BigInt(block.timestamp),
      extraData: bytes(block.extraData),
      mixHash: bytes(block.mixHash),
      nonce: bytes(block.nonce),
      baseFee: BigInt(block.baseFeePerGas),
      withdrawalsRoot: bytes(block.withdrawalsRoot),
      blobGasUsed: BigInt(block.blobGasUsed),
      excessBlobGas: BigInt(block.excessBlobGas),
      parentBeaconRoot: bytes(block.parentBeaconBlockRoot),
      requestsHash: bytes(block.requestsHash),
    };
    const rlp = BlockHeader.encode(header);
    expect(Hex.fromBytes(BlockHeader.hash(header))).to.equal(block.hash);
    expect(BlockHeader.decode(rlp)).to.deep.equal(header);
    const decoded = await harness.getFunction("decodeHeader")(rlp, block.hash);
    expect(decoded.timestamp).to.equal(header.timestamp);
  });

  it("refuse a header that is not the one named, or has too few fields", async () => {
    const harness = await deployed;
    const tooShort = Hex.toBytes("0xc101");
    const hash = keccakOfHex(tooShort);
    const other = id("other");
    await expect(harness.getFunction("decodeHeader")(tooShort, other))
      .to.be.revertedWithCustomError(harness, "WrongHeader")
      .withArgs(other, hash);
    await expect(harness.getFunction("decodeHeader")(tooShort, hash))
      .to.be.revertedWithCustomError(harness, "RlpWrongStringLength")
      .withArgs(32n, 1n);
    expect(() => BlockHeader.decode(tooShort))
      .to.throw(BlockHeader.TooFewFieldsError)
      .that.includes({ count: 1 });
  });
});
