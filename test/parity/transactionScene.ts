// A transaction and the accounts it meets, for parity tests of calls, creations and admission.
import * as Account from "../../src/machine/account.ts";
import * as Code from "../../src/machine/code.ts";
import * as Context from "../../src/machine/context.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { block, CHAIN_ID } from "./stage.ts";

export const ENTRANCE = 0xe117a9cen;
export const SENDER = 0x5e4de4n;
export const RICH = 10n ** 24n;

export type Settled = {
  readonly nonce?: bigint;
  readonly balance?: bigint;
  readonly code?: Uint8Array;
  readonly storage?: readonly (readonly [slot: bigint, value: bigint])[];
};

export type Scene = {
  readonly name: string;
  /** What stands in the state beside a rich sender, by address. */
  readonly accounts?: readonly (readonly [address: bigint, account: Settled])[];
  readonly transaction?: Partial<TransactionContext.Transaction>;
  readonly block?: Partial<BlockContext.Block>;
  readonly data?: Uint8Array;
  /** Forks that have what the scene is about; all by default. */
  readonly forks?: readonly Fork[];
  /** The phase in which the machine starts; ADMIT by default. */
  readonly phase?: number;
};

export const FORKS = ["Cancun", "Prague", "Osaka"] as const satisfies readonly Fork[];

/** A machine about to take the scene's transaction. */
export function machineOf(scene: Scene, fork: Fork): Machine.Machine {
  const context = Context.create(fork, CHAIN_ID, true);
  const around = { ...block(), ...scene.block };
  const machine = Machine.create(context, around, worldOf(scene));
  machine.transaction = transactionOf(scene);
  machine.phase = scene.phase ?? Phase.ADMIT;
  return machine;
}

/** The forks of a scene. */
export function forksOf(scene: Scene): readonly Fork[] {
  return scene.forks ?? FORKS;
}

function worldOf(scene: Scene): World.World {
  const source = { nodes: { get: () => undefined }, code: () => Bytes.EMPTY };
  const accounts = new Map<bigint, Settled>([
    [SENDER, { nonce: 5n, balance: RICH }],
    ...(scene.accounts ?? []),
  ]);
  let state = PatriciaTrie.emptyWith(Account.codec(source));
  for (const [address, settled] of accounts)
    state = PatriciaTrie.put(state, keccak256(Bytes.fromBigInt(address, 20)), accountOf(settled));
  return World.create(state, Logs.EMPTY_BLOOM);
}

function accountOf({ nonce, balance, code, storage }: Settled): Account.Account {
  return {
    nonce: nonce ?? 0n,
    balance: balance ?? 0n,
    code: Code.of(code ?? Bytes.EMPTY),
    storage: (storage ?? []).reduce(
      (trie, [slot, value]) => PatriciaTrie.put(trie, keccak256(Bytes.fromBigInt(slot, 32)), value),
      Account.EMPTY_STORAGE,
    ),
  };
}

function transactionOf(scene: Scene): TransactionContext.Transaction {
  const data = scene.data ?? Bytes.EMPTY;
  return {
    kind: 2,
    hash: keccak256(Uint8Array.of(1)),
    sender: SENDER,
    isCreation: false,
    to: ENTRANCE,
    nonce: 5n,
    gasLimit: 2_000_000n,
    maxFeePerGas: 30n,
    maxPriorityFeePerGas: 2n,
    // The base fee, for those who start behind ADMIT, which sets it.
    gasPrice: 9n,
    value: 0n,
    mint: 0n,
    data: View.ofBytes(data),
    dataZeroes: data.filter((byte) => byte === 0).length,
    accessList: null,
    accessAddresses: 0,
    accessSlots: 0,
    authorizations: null,
    authorizationCount: 0,
    blobHashes: [],
    maxFeePerBlobGas: 0n,
    ...scene.transaction,
  };
}
