// Deploys a rollup to an L1: contracts that name each other, and the L2's genesis state, which names one of them.
import {
  getContractAddress,
  isAddressEqual,
  keccak256,
  parseTransaction,
  recoverTransactionAddress,
  type Account as Signer,
  type Address,
  type Chain,
  type Hex,
  type PublicClient,
  type TransactionSerializedLegacy,
  type Transport,
  type WalletClient,
} from "viem";
import * as Family from "../../src/machine/family.ts";
import * as Genesis from "../../src/machine/genesis.ts";
import type * as Account from "../../src/machine/account.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import { genesisAlloc } from "../genesis/alloc.ts";
import { PREINSTALLS } from "../genesis/preinstalls.ts";
import { artifact, isCompiled } from "./artifact.ts";
import type { Parameters } from "./parameters.ts";

export type L1 = {
  readonly client: PublicClient<Transport, Chain>;
  readonly wallet: WalletClient<Transport, Chain, Signer>;
};

export type DeployedRollup = {
  readonly parameters: Parameters;
  readonly sequencer: Address;
  readonly firstL1Block: bigint;
  readonly genesis: Genesis.Genesis;
  readonly inbox: Address;
  readonly portal: Address;
  readonly l1StandardBridge: Address;
  readonly disputeGame: Address;
  readonly gameRegistry: Address;
  readonly stepProver: Address;
  /** By family; the zero address where this deployment cannot prove the family. */
  readonly provers: readonly Address[];
};

const TRIES_PRECOMPILES = proverOf("Precompile");
const OSAKA = 2;
/** No estimate: it runs a creation many times over, and one of them tries every precompile. */
const TRANSACTION_GAS_CAP = 16_777_216n;
const NOBODY: Address = "0x0000000000000000000000000000000000000000";
const BLOCK_HEIGHT = 16;
const STEP_HEIGHT = 26;

export const NO_STORE: Account.Source = {
  nodes: { get: () => undefined },
  code: () => {
    throw new TypeError("genesis knows its own code");
  },
};

/** Deploys everything from one key; `say` is told of each contract. */
export async function deploy(
  l1: L1,
  parameters: Parameters,
  sequencer: Address,
  say: (line: string) => void,
): Promise<DeployedRollup> {
  const { deployed, finish } = await begin(l1, parameters, sequencer, say);
  await finish();
  return deployed;
}

/** What stands before its last two contracts do, and how these are created. */
export type Begun = { readonly deployed: DeployedRollup; readonly finish: () => Promise<void> };

/**
 * Deploys everything but what only a dispute needs: the step prover, and the prover whose creation tries every precompile,
 * which can take the L1 seconds. Their addresses are known, and `finish` creates them there; the key must send nothing else before.
 */
export async function begin(
  l1: L1,
  parameters: Parameters,
  sequencer: Address,
  say: (line: string) => void,
): Promise<Begun> {
  const { client } = l1;
  const firstL1Block = await client.getBlockNumber({ cacheTime: 0 });
  const provers = new Map<string, Address>();
  const compiled = Family.NAMES.map(proverOf).filter(isCompiled);
  for (const path of compiled) {
    if (path !== TRIES_PRECOMPILES) provers.set(path, await create(l1, path, [], say));
  }

  // The order of the next creations, so that each can be told the addresses of those after it.
  const from = l1.wallet.account.address;
  const nonce = BigInt(await client.getTransactionCount({ address: from }));
  const after = (offset: bigint) => getContractAddress({ from, nonce: nonce + offset });
  const [inbox, disputeGame, gameRegistry, portal] = [after(0n), after(1n), after(2n), after(3n)];
  const l1StandardBridge = after(4n);
  const last = compiled.includes(TRIES_PRECOMPILES) ? [TRIES_PRECOMPILES] : [];
  last.forEach((path) => provers.set(path, after(5n)));
  const stepProver = after(5n + BigInt(last.length));

  const { timestamp } = await client.getBlock();
  const genesis = await genesisFor(l1StandardBridge, timestamp);
  const tip = Genesis.create(genesis, NO_STORE);
  const { chainId, inboxWindow, timeout, claimBond, refinementBond } = parameters;

  const genesisState = Hexes.fromBytes(BlockDone.hash(tip));
  await create(l1, "inbox/Inbox", [sequencer, portal, inboxWindow, genesisState], say);
  const game = { inbox, stepProver, blockHeight: BLOCK_HEIGHT, stepHeight: STEP_HEIGHT };
  const config = { ...game, timeout, claimBond, refinementBond };
  await create(l1, "dispute/DisputeGame", [config, toAbi(tip)], say);
  await create(l1, "dispute/GameRegistry", [disputeGame, parameters.finalityDelay], say);
  await create(l1, "bridge/Portal", [inbox, gameRegistry, parameters.proofMaturity], say);
  await create(l1, "bridge/L1StandardBridge", [portal], say);
  const byFamily = Family.NAMES.map((family) => provers.get(proverOf(family)) ?? NOBODY);
  const createAt = async (expected: Address, path: string, args: readonly unknown[]) => {
    const address = await create(l1, path, args, say);
    if (!isAddressEqual(address, expected)) throw new MisplacedError(path, expected, address);
  };
  const finish = async () => {
    for (const path of last) await createAt(after(5n), path, []);
    const routing = [OSAKA, chainId, true, inbox, byFamily];
    await createAt(stepProver, "machine/OneStepProver", routing);
  };
  const deployed = {
    ...{ parameters, sequencer, firstL1Block, genesis, inbox, portal, l1StandardBridge },
    ...{ disputeGame, gameRegistry, stepProver, provers: byFamily },
  };
  return { deployed, finish };
}

function proverOf(family: string): string {
  return `machine/provers/${family}Prover`;
}

/** Puts on L1 what everybody expects there and a development chain lacks. */
export async function preinstall({ client, wallet }: L1, names: readonly string[]): Promise<void> {
  for (const { name, address, transaction } of PREINSTALLS) {
    if (!names.includes(name) || (await client.getCode({ address })) !== undefined) continue;
    const parsed = parseTransaction(transaction);
    const serializedTransaction = transaction as TransactionSerializedLegacy;
    const sender = await recoverTransactionAddress({ serializedTransaction });
    const value = (parsed.gas ?? 0n) * (parsed.gasPrice ?? 0n);
    const paid = await wallet.sendTransaction({ to: sender, value });
    await client.waitForTransactionReceipt({ hash: paid });
    await client.sendRawTransaction({ serializedTransaction: transaction });
    await client.waitForTransactionReceipt({ hash: keccak256(transaction) });
  }
}

async function genesisFor(bridge: Address, timestamp: bigint): Promise<Genesis.Genesis> {
  const alloc = await genesisAlloc(bridge);
  const accounts = alloc.map(({ address, code, storage }) => ({
    address: BigInt(address),
    nonce: 1n,
    balance: 0n,
    code: Hexes.toBytes(code),
    storage: Object.entries(storage).map(([slot, value]) => ({
      slot: BigInt(slot),
      value: BigInt(value),
    })),
  }));
  return { timestamp, accounts };
}

async function create(
  { client, wallet }: L1,
  path: string,
  args: readonly unknown[],
  say: (line: string) => void,
): Promise<Address> {
  const { abi, bytecode } = artifact(path);
  const hash = await wallet.deployContract({ abi, bytecode, args, gas: TRANSACTION_GAS_CAP });
  const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  const { contractAddress, status } = receipt;
  if (status !== "success" || contractAddress === undefined || contractAddress === null)
    throw new DeploymentError(path, hash);
  say(`${path.split("/").at(-1)} at ${contractAddress}`);
  return contractAddress;
}

function toAbi(done: BlockDone.BlockDone) {
  return {
    number: done.number,
    outputRoot: Hexes.fromBytes(done.outputRoot),
    headerHash: Hexes.fromBytes(done.headerHash),
    ringRoot: Hexes.fromBytes(done.ringRoot),
    batch: done.batch,
    byteOffset: done.byteOffset,
    deposits: done.deposits,
  };
}

/** The addresses as bytes, for the machine. */
export function addressBytes(address: Address): Uint8Array {
  return Bytes.padLeft(Hexes.toBytes(address), 20);
}

export class DeploymentError extends Error {
  override readonly name = "Deploy.DeploymentError";
  readonly path: string;
  readonly transaction: Hex;
  constructor(path: string, transaction: Hex) {
    super(`contracts/${path}.sol was not created by transaction ${transaction}`);
    this.path = path;
    this.transaction = transaction;
  }
}

/** Another transaction of the key came between: the game was told an address at which the contract is not. */
export class MisplacedError extends Error {
  override readonly name = "Deploy.MisplacedError";
  readonly expected: Address;
  readonly actual: Address;
  constructor(path: string, expected: Address, actual: Address) {
    super(
      `contracts/${path}.sol is at ${actual}, expected ${expected}: the key sent something else`,
    );
    this.expected = expected;
    this.actual = actual;
  }
}
