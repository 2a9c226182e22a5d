// An L1 with the contracts of a rollup and real claims, and a second in-process chain that stands for its L2. viem's
// OP-stack actions run against both, unmodified.
import { network } from "hardhat";
import { type Chain, createPublicClient, createWalletClient, custom, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { genesisAlloc } from "../../scripts/genesis/alloc.ts";
import { PREINSTALLS } from "../../scripts/genesis/preinstalls.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as L1 from "../../src/l1/chain.ts";
import type { Contracts } from "../../src/l1/contracts.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as ByteHex from "../../src/primitives/hex.ts";

const L2_CHAIN_ID = 42_069;
const BLOCK_HEIGHT = 10;
const STEP_HEIGHT = 10;
const WINDOW = 100_000;
export const TIMEOUT = 3_600;
export const PROOF_MATURITY = 120;
export const CLAIM_BOND = 10n ** 18n;

// The fourth of Hardhat's published development keys.
const USER_KEY = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";

export type Request = (method: string, ...params: unknown[]) => Promise<unknown>;

/** A claim about the blocks of L2 up to one, and how to defend it. */
export type Claim = {
  readonly root: Uint8Array;
  readonly propose: () => Promise<void>;
  readonly bisect: () => Promise<void>;
  readonly update: () => Promise<void>;
  readonly confirm: () => Promise<void>;
};

export async function deployTwoChains() {
  const l1 = await network.create("l1");
  const l2 = await network.create({ network: "l1", override: { chainId: L2_CHAIN_ID } });
  const { ethers } = l1;
  const requestOf =
    ({ provider }: typeof l1): Request =>
    (method, ...params) =>
      provider.request({ method, params });
  const [l1Request, l2Request] = [requestOf(l1), requestOf(l2)];
  const [deployer, sequencer, liar] = await ethers.getSigners();
  assert(deployer !== undefined && sequencer !== undefined && liar !== undefined, "accounts");
  await installMulticall(l1Request);

  const genesis = stateAt(0n, new Uint8Array(32));
  const nonce = await deployer.getNonce();
  const inboxAddress = ethers.getCreateAddress({ from: deployer.address, nonce: nonce + 4 });
  const prover = await ethers.deployContract("ToyStepProver", [1]);
  const disputeGame = await ethers.deployContract("DisputeGame", [
    [inboxAddress, prover, BLOCK_HEIGHT, STEP_HEIGHT, TIMEOUT, CLAIM_BOND, 1n],
    Object.values(genesis),
  ]);
  const registry = await ethers.deployContract("GameRegistry", [disputeGame, 0]);
  const portal = await ethers.deployContract("Portal", [inboxAddress, registry, PROOF_MATURITY]);
  const genesisHash = BlockDone.hash(genesis);
  const inbox = await ethers.deployContract("Inbox", [sequencer, portal, WINDOW, genesisHash]);
  const bridge = await ethers.deployContract("L1StandardBridge", [portal]);
  const contracts: Contracts = {
    inbox: (await inbox.getAddress()) as Hex,
    portal: (await portal.getAddress()) as Hex,
    disputeGame: (await disputeGame.getAddress()) as Hex,
    gameRegistry: (await registry.getAddress()) as Hex,
    standardBridge: (await bridge.getAddress()) as Hex,
  };
  for (const { address, code, storage } of await genesisAlloc(contracts.standardBridge)) {
    await l2Request("hardhat_setCode", address, code);
    for (const [slot, value] of Object.entries(storage)) {
      await l2Request("hardhat_setStorageAt", address, slot, value);
    }
  }
  const origin = await ethers.provider.getBlockNumber();
  const empty = await inbox.accumulator(0);
  await inbox.connect(sequencer).post(empty, 1_000, origin, 0, "0x");

  const rpcUrl = "http://127.0.0.1:8545";
  const l1Chain = L1.defineL1({ id: 31_337, name: "L1", rpcUrl });
  const l2Chain = L1.defineL2({ id: L2_CHAIN_ID, name: "L2", rpcUrl }, l1Chain, contracts);
  const clientsOf = <C extends Chain>(chain: C, { provider }: typeof l1) => {
    const transport = custom(provider);
    const account = privateKeyToAccount(USER_KEY);
    return {
      chain,
      client: createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 20 }),
      wallet: createWalletClient({ chain, transport, account }),
    };
  };
  const users = { l1: clientsOf(l1Chain, l1), l2: clientsOf(l2Chain, l2) };

  /** The claim that the chain ends with this block, by the true output of it or by a made-up one. */
  async function claim(block: bigint, outputRoot?: Uint8Array): Promise<Claim> {
    const parent = ByteHex.toBytes(await disputeGame.latestConfirmed());
    const end = stateAt(block, outputRoot ?? (await outputAt(l2Request, block)));
    const rows = [Bisection.leafHash(BlockDone.hash(end))];
    for (const row of rows) {
      if (rows.length <= BLOCK_HEIGHT) rows.push(Bisection.innerHash(row, row));
    }
    const [root, child] = rows.toReversed();
    assert(root !== undefined && child !== undefined, "a tree above its leaves");
    const siblings = rows.slice(0, BLOCK_HEIGHT);
    const top = Bisection.root(0, BLOCK_HEIGHT, parent);
    const made = async (move: Promise<unknown>) => void (await move);
    const player = outputRoot === undefined ? deployer : liar;
    const game = disputeGame.connect(player ?? null);
    return {
      root,
      propose: async () =>
        made(
          game.propose(parent, Object.values(end), 1, await inbox.accumulator(1), root, siblings, {
            value: CLAIM_BOND,
          }),
        ),
      bisect: () => made(game.bisect(Object.values(top), child, child)),
      update: () => made(game.update(Object.values(top), root, [[child, child]])),
      confirm: () => made(game.confirm(parent, root, [])),
    };
  }

  /** Moves the clock of L1. */
  async function pass(seconds: number) {
    await l1Request("evm_increaseTime", seconds);
    await l1Request("evm_mine");
  }

  return { users, contracts, claim, pass, l1Request, l2Request, ethers, portal, disputeGame };
}

function stateAt(number: bigint, outputRoot: Uint8Array): BlockDone.BlockDone {
  const zero = new Uint8Array(32);
  const headerHash = keccak256(Bytes.fromBigInt(number, 32));
  return {
    number,
    outputRoot,
    headerHash,
    ringRoot: zero,
    batch: 1n,
    byteOffset: 0n,
    deposits: 0n,
  };
}

/** The output root of a block, by its own node's answers. */
export async function outputAt(request: Request, number: bigint): Promise<Uint8Array> {
  const tag = ByteHex.fromBigInt(number);
  const passer = "0x4200000000000000000000000000000000000016";
  const block = (await request("eth_getBlockByNumber", tag, false)) as Record<string, string>;
  const proof = (await request("eth_getProof", passer, [], tag)) as Record<string, string>;
  const word = (hex: string | undefined) => ByteHex.toBytes(hex ?? "");
  return keccak256(
    Bytes.concat(
      new Uint8Array(32),
      word(block["stateRoot"]),
      word(proof["storageHash"]),
      word(block["hash"]),
    ),
  );
}

async function installMulticall(request: Request) {
  const multicall = PREINSTALLS.find(({ name }) => name === "Multicall3");
  assert(multicall !== undefined, "Multicall3 is a preinstall");
  const sender = "0x05f32B3cC3888453ff71B01135B34FF8e41263F2";
  await request("hardhat_setBalance", sender, "0xde0b6b3a7640000");
  await request("eth_sendRawTransaction", multicall.transaction);
}
