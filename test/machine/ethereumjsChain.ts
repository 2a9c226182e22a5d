// Another implementation of the EVM in the role of the oracle: the same accounts, the same transactions.
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { Account, Address } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";
import type { Fork } from "../../src/machine/fork.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";

export type Genesis = {
  readonly address: bigint;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: Uint8Array;
  readonly storage?: readonly (readonly [slot: bigint, value: bigint])[];
}[];

/** What a transaction left behind. */
export type Outcome = {
  readonly isRefused: boolean;
  readonly isSuccess: boolean;
  readonly gasUsed: bigint;
  /** What was to be refunded, before the cap of a fifth; 0 where the floor decides (EIP-7623). */
  readonly refund: bigint;
  readonly stateRoot: string;
  readonly output: string;
  readonly logs: readonly string[];
};

export type Chain = { readonly vm: VM; readonly common: Common };

const hardforks = {
  Cancun: Hardfork.Cancun,
  Prague: Hardfork.Prague,
  Osaka: Hardfork.Osaka,
} as const;

/** A chain with some accounts. */
export async function create(fork: Fork, genesis: Genesis): Promise<Chain> {
  const common = new Common({ chain: Mainnet, hardfork: hardforks[fork] });
  const stateManager = new MerkleStateManager({ common });
  const vm = await createVM({ common, stateManager });
  for (const { address, nonce, balance, code, storage } of genesis) {
    const at = new Address(Bytes.fromBigInt(address, 20));
    await stateManager.putAccount(at, new Account(nonce, balance));
    if (code.length > 0) await stateManager.putCode(at, code);
    for (const [slot, value] of storage ?? [])
      await stateManager.putStorage(at, Bytes.fromBigInt(slot, 32), Rlp.fromBigInt(value));
  }
  await stateManager.flush();
  return { vm, common };
}

/** Runs a transaction in a block of its own. */
export async function run(
  { vm, common }: Chain,
  encoded: Uint8Array,
  header: Readonly<Record<string, bigint | Uint8Array>>,
): Promise<Outcome> {
  const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
  const before = await stateRoot(vm);
  try {
    const tx = createTxFromRLP(encoded, { common });
    const result = await runTx(vm, { tx, block });
    const { exceptionError, returnValue, logs } = result.execResult;
    return {
      isRefused: false,
      isSuccess: exceptionError === undefined,
      gasUsed: result.totalGasSpent,
      refund: result.gasRefund,
      stateRoot: await stateRoot(vm),
      output: Hex.fromBytes(returnValue),
      logs: (logs ?? []).map(([address, topics, data]) =>
        [address, ...topics, data].map(Hex.fromBytes).join(" "),
      ),
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      isRefused: true,
      isSuccess: false,
      gasUsed: 0n,
      refund: 0n,
      stateRoot: before,
      output: "0x",
      logs: [],
    };
  }
}

async function stateRoot(vm: VM): Promise<string> {
  return Hex.fromBytes(await vm.stateManager.getStateRoot());
}
