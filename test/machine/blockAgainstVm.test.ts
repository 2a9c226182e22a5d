// Whole blocks on another engine: the same genesis, system calls and transactions, the same state root,
// gas, bloom and receipts.
import { createBlock } from "@ethereumjs/block";
import { createCustomCommon, Hardfork, Mainnet, type Common } from "@ethereumjs/common";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { Account as OtherAccount, Address, createAddressFromBigInt } from "@ethereumjs/util";
import { createVM, runBlock, type RunBlockResult, type VM } from "@ethereumjs/vm";
import { expect } from "chai";
import { Interface } from "ethers";
import type * as Block from "../../src/machine/block.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import type * as Genesis from "../../src/machine/genesis.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Limits from "../../src/protocol/limits.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { CHAIN_ID } from "../harness/signedTransactions.ts";
import { program } from "./randomProgram.ts";
import { fromSeed, type Random } from "./seededRandom.ts";

const SEED = 0x424c4f43;
const CHAINS = 10;
const BLOCKS = 3;
const CONTRACTS = [0xc0de01n, 0xc0de02n, 0xc0de03n, 0xc0de04n];
const attributes = new Interface(["function setL1BlockValues(uint64,uint64,uint256,bytes32)"]);
const hardforks = { Prague: Hardfork.Prague, Osaka: Hardfork.Osaka } as const;

type Posted = { readonly chain: L2Chain.L2Chain; readonly entries: readonly Uint8Array[][] };

function randomChain(random: Random, fork: keyof typeof hardforks): Posted {
  const addresses = [...CONTRACTS, L2Chain.addressOf(L2Chain.ALICE), 4n, 0xdeadn];
  const contracts = CONTRACTS.map((address) =>
    L2Chain.contractAt(address, Hex.fromBytes(program(random, addresses))),
  );
  const nonces = new Map([
    [L2Chain.ALICE, 0],
    [L2Chain.BOB, 0],
  ]);
  const entries = Array.from({ length: BLOCKS }, () =>
    Array.from({ length: 1 + random.below(5) }, () => randomEntry(random, nonces, addresses)),
  );
  const chain = L2Chain.create(contracts, fork);
  const body = Body.encode(
    entries.map((transactions, i) => ({
      timestamp: L2Chain.GENESIS_TIME + BigInt(88 + i + random.below(2)),
      transactions,
    })),
  );
  L1Chain.post(chain.l1, { blocks: BigInt(BLOCKS), body });
  return { chain, entries };
}

function randomEntry(
  random: Random,
  nonces: Map<string, number>,
  addresses: readonly bigint[],
): Uint8Array {
  const key = random.pick([L2Chain.ALICE, L2Chain.BOB]);
  const nonce = nonces.get(key) ?? 0;
  const isGood = !random.oneIn(8);
  if (isGood) nonces.set(key, nonce + 1);
  const isCreation = random.oneIn(6);
  const data = isCreation ? program(random, addresses) : Bytes.fromBigInt(random.word(), 32);
  const fields = {
    to: isCreation ? null : Hex.fromBytes(Bytes.fromBigInt(random.pick(addresses), 20)),
    value: BigInt(random.below(3)),
    gasLimit: BigInt(120_000 + random.below(300_000)),
    data: Hex.fromBytes(data),
  };
  const used = isGood ? nonce : nonce + 1;
  if (random.oneIn(4)) return L2Chain.legacy(key, used, fields);
  return L2Chain.transaction(key, used, fields);
}

async function createOther(
  accounts: readonly Genesis.GenesisAccount[],
  common: Common,
): Promise<VM> {
  const stateManager = new MerkleStateManager({ common });
  const vm = await createVM({ common, stateManager });
  for (const { address, nonce, balance, code } of accounts) {
    const at = createAddressFromBigInt(address);
    await stateManager.putAccount(at, new OtherAccount(nonce, balance));
    if (code.length > 0) await stateManager.putCode(at, code);
  }
  await stateManager.flush();
  return vm;
}

async function runOther(
  vm: VM,
  common: Common,
  { tip, block }: Block.ExecutedBlock,
  transactions: readonly TypedTransaction[],
): Promise<RunBlockResult> {
  const other = createBlock(
    {
      header: {
        parentHash: tip.header.parentHash,
        coinbase: new Address(tip.header.coinbase),
        number: tip.header.number,
        gasLimit: tip.header.gasLimit,
        timestamp: tip.header.timestamp,
        mixHash: tip.header.mixHash,
        baseFeePerGas: tip.header.baseFee,
        parentBeaconBlockRoot: tip.header.parentBeaconRoot,
      },
    },
    { common, skipConsensusFormatValidation: true, freeze: false },
  );
  other.transactions.push(...transactions);
  await vm.evm.runCall({
    block: other,
    caller: new Address(Limits.SYSTEM_ADDRESS),
    to: new Address(Limits.L1_ATTRIBUTES),
    data: attributesCall(block),
    gasLimit: 30_000_000n,
  });
  // A call of theirs counts its caller's nonce up, which a system call does not.
  await vm.stateManager.deleteAccount(new Address(Limits.SYSTEM_ADDRESS));
  return runBlock(vm, {
    block: other,
    generate: true,
    skipBlockValidation: true,
    skipHeaderValidation: true,
    skipBlobGasValidation: true,
  } as Parameters<typeof runBlock>[1]);
}

function attributesCall(block: BlockContext.Block): Uint8Array {
  const { originNumber, originTimestamp, originBaseFee, originHash } = block;
  return Hex.toBytes(
    attributes.encodeFunctionData("setL1BlockValues", [
      originNumber,
      originTimestamp,
      originBaseFee,
      originHash,
    ]),
  );
}

function taken(entries: readonly Uint8Array[], block: Block.ExecutedBlock): Uint8Array[] {
  const refused = new Set(block.refusals.map(({ entry }) => entry));
  return entries.filter((_, index) => !refused.has(index));
}

describe(`blocks and the blocks of ethereumjs (seed ${SEED})`, () => {
  for (const fork of ["Prague", "Osaka"] as const) {
    it(`have the same state root, gas, bloom and receipts under ${fork}`, async function () {
      this.timeout(120_000);
      const common = createCustomCommon({ chainId: Number(CHAIN_ID) }, Mainnet, {
        hardfork: hardforks[fork],
      });
      const random = fromSeed(SEED);
      let transactions = 0;
      for (let i = 0; i < CHAINS; i++) {
        const { chain, entries } = randomChain(random, fork);
        const vm = await createOther(chain.accounts, common);
        for (const [number, block] of L2Chain.derive(chain).entries()) {
          const raw = taken(entries[number] ?? [], block);
          const other = await runOther(
            vm,
            common,
            block,
            raw.map((encoded) => createTxFromRLP(encoded, { common })),
          );
          const name = `chain ${i}, block ${number + 1}`;
          expectSame(block, other, name);
          expect(Hex.fromBytes(await vm.stateManager.getStateRoot()), name).to.equal(
            Hex.fromBytes(block.tip.header.stateRoot),
          );
          transactions += raw.length;
        }
      }
      console.log(`        ${transactions} transactions in ${CHAINS * BLOCKS} blocks`);
      expect(transactions).to.be.above(60);
    });
  }
});

function expectSame(block: Block.ExecutedBlock, other: RunBlockResult, name: string): void {
  expect(other.gasUsed, name).to.equal(block.tip.header.gasUsed);
  expect(Hex.fromBytes(other.logsBloom), name).to.equal(Hex.fromBytes(block.tip.header.logsBloom));
  expect(other.receipts.length, name).to.equal(block.results.length);
  for (const [index, { status, logs }] of block.results.entries()) {
    const receipt = other.receipts[index];
    if (receipt === undefined || !("status" in receipt)) throw new TypeError("no receipt");
    expect(Number(receipt.status) === 1, name).to.equal(status === Cursor.STATUS_SUCCESS);
    expect(
      receipt.logs.map(([address, topics, data]) => [address, ...topics, data].map(Hex.fromBytes)),
      name,
    ).to.deep.equal(
      logs.map(({ address, topics, data }) => [
        Hex.fromBytes(Bytes.fromBigInt(address, 20)),
        ...topics.map((topic) => Hex.fromBytes(Bytes.fromBigInt(topic, 32))),
        Hex.fromBytes(data),
      ]),
    );
  }
}
