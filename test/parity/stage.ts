// The world in which parity programs run: some accounts, a block with a past, a transaction.
import * as MutableTree from "../../src/merkle/mutableTree.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as PersistentTree from "../../src/merkle/persistentTree.ts";
import * as Account from "../../src/machine/account.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import * as Code from "../../src/machine/code.ts";
import * as Context from "../../src/machine/context.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";

export const CHAIN_ID = 42_069n;
export const PROGRAM = 0xc0den;
export const SENDER = 0x5e4de4n;
/** An account of code that programs may call, copy and measure. */
export const LIBRARY = 0x11b4a47n;
/** An account with nothing but a balance. */
export const PAUPER = 0x9a09e4n;
export const NOBODY = 0x404n;

const BLOCK_NUMBER = 300n;
const RING_HEIGHT = 8;

export type Scene = {
  readonly fork: Fork;
  readonly program: Uint8Array;
  readonly library?: Uint8Array;
  readonly data?: Uint8Array;
  readonly storage?: readonly (readonly [slot: bigint, value: bigint])[];
  readonly gas?: bigint;
};

/** A machine about to send the scene's transaction to its program. */
export function machineOf(scene: Scene): Machine.Machine {
  const context = Context.create(scene.fork, CHAIN_ID, true);
  const machine = Machine.create(context, block(), worldOf(scene));
  machine.transaction = transactionOf(scene);
  machine.phase = Phase.START;
  return machine;
}

function worldOf(scene: Scene): World.World {
  const storage = (scene.storage ?? []).reduce(
    (trie, [slot, value]) => PatriciaTrie.put(trie, keccak256(Bytes.fromBigInt(slot, 32)), value),
    Account.EMPTY_STORAGE,
  );
  const accounts: readonly (readonly [bigint, Partial<Account.Account>])[] = [
    [PROGRAM, { nonce: 1n, balance: 1_000_000n, storage, code: Code.of(scene.program) }],
    [LIBRARY, { nonce: 1n, code: Code.of(scene.library ?? Bytes.EMPTY) }],
    [PAUPER, { balance: 7n }],
    [SENDER, { nonce: 5n, balance: 10n ** 20n }],
  ];
  const source = { nodes: { get: () => undefined }, code: () => Bytes.EMPTY };
  const state = accounts.reduce(
    (trie, [address, account]) =>
      PatriciaTrie.put(trie, keccak256(Bytes.fromBigInt(address, 20)), {
        ...Account.EMPTY,
        ...account,
      }),
    PatriciaTrie.emptyWith(Account.codec(source)),
  );
  return World.create(state, Logs.EMPTY_BLOOM);
}

function transactionOf(scene: Scene): TransactionContext.Transaction {
  return {
    kind: 3,
    hash: keccak256(Uint8Array.of(1)),
    sender: SENDER,
    isCreation: false,
    to: PROGRAM,
    nonce: 5n,
    gasLimit: scene.gas ?? 2_000_000n,
    maxFeePerGas: 30n,
    maxPriorityFeePerGas: 2n,
    gasPrice: 11n,
    value: 0n,
    mint: 0n,
    data: View.ofBytes(scene.data ?? Bytes.EMPTY),
    dataZeroes: 0,
    accessList: null,
    accessAddresses: 0,
    accessSlots: 0,
    authorizations: null,
    authorizationCount: 0,
    blobHashes: [0x01a1n, 0x01b2n, 0x01c3n],
    maxFeePerBlobGas: 1n,
  };
}

/** A block with a past and nothing in it yet. */
export function block(): BlockContext.Block {
  let ring = PersistentTree.empty(RING_HEIGHT);
  for (let number = BLOCK_NUMBER - 256n; number < BLOCK_NUMBER; number++)
    ring = PersistentTree.set(ring, Number(number % 256n), keccak256(Bytes.fromBigInt(number, 8)));
  return {
    number: BLOCK_NUMBER,
    timestamp: 1_700_000_000n,
    gasLimit: 30_000_000n,
    baseFee: 9n,
    blobBaseFee: 1n,
    coinbase: 0x4200000000000000000000000000000000000011n,
    prevRandao: keccak256(Uint8Array.of(2)),
    parentBeaconRoot: keccak256(Uint8Array.of(3)),
    parentHash: keccak256(Uint8Array.of(4)),
    ring,
    gasUsed: 0n,
    entries: 0,
    transactions: 0,
    transactionsTree: PersistentTree.empty(11),
    receiptsTree: PersistentTree.empty(11),
    batch: 1n,
    byteOffset: 12n,
    blockEnd: 99n,
    bodyRoot: MutableTree.root(MutableTree.create(), 7),
    deposits: 0n,
    depositsEnd: 0n,
    originNumber: 17n,
    originTimestamp: 1_699_999_999n,
    originBaseFee: 8n,
    originHash: keccak256(Uint8Array.of(5)),
  };
}
