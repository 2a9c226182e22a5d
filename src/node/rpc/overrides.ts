// What a call is to find otherwise than the chain has it: accounts, precompiles and the block around it (geth's override sets,
// as execution-apis specifies them).

import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import * as Account from "../../machine/account.ts";
import type * as BlockContext from "../../machine/blockContext.ts";
import * as Code from "../../machine/code.ts";
import type { Fork } from "../../machine/fork.ts";
import * as HashedKeys from "../../machine/hashedKeys.ts";
import type * as Machine from "../../machine/machine.ts";
import * as Phase from "../../machine/phase.ts";
import * as PrecompileTable from "../../machine/precompiles/precompiles.ts";
import type * as World from "../../machine/world.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Params from "./params.ts";
import { InvalidInputError, InvalidParamsError, RefusedError } from "./rpcError.ts";

/** Accounts to be changed, by lower-case hex address. */
export type Accounts = ReadonlyMap<string, Params.AccountOverride>;

/** Fields of a block to be read otherwise. */
export type Block = {
  readonly number: bigint | undefined;
  readonly timestamp: bigint | undefined;
  readonly gasLimit: bigint | undefined;
  readonly coinbase: bigint | undefined;
  readonly prevRandao: Uint8Array | undefined;
  readonly baseFee: bigint | undefined;
  readonly blobBaseFee: bigint | undefined;
  readonly parentBeaconRoot: Uint8Array | undefined;
};

/** Where precompiles are now, and which of their own addresses hold an account like any other. */
export type Precompiles = {
  readonly moved: ReadonlyMap<bigint, bigint>;
  readonly replaced: ReadonlySet<bigint>;
};

export const UNMOVED: Precompiles = { moved: new Map(), replaced: new Set() };

/** Reads block overrides; withdrawals are refused, because no block of this chain has any. */
export function parseBlock(value: unknown): Block {
  const fields =
    value === undefined || value === null ? {} : Params.object(value, "block overrides");
  const withdrawals = Params.list(fields["withdrawals"] ?? [], "withdrawals");
  if (withdrawals.length > 0) throw new InvalidParamsError("blocks have no withdrawals here");
  const read = <T>(name: string, parse: (value: unknown, name: string) => T) =>
    Params.optional(fields[name], name, parse);
  const coinbase = read("feeRecipient", Params.address);
  return {
    number: read("number", Params.uint64),
    timestamp: read("time", Params.uint64),
    gasLimit: read("gasLimit", Params.uint64),
    coinbase: coinbase === undefined ? undefined : Bytes.toBigInt(coinbase),
    prevRandao: read("prevRandao", Params.hash),
    baseFee: read("baseFeePerGas", Params.quantity),
    blobBaseFee: read("blobBaseFee", Params.quantity),
    parentBeaconRoot: read("beaconRoot", Params.hash),
  };
}

/** The block with the fields that are given. */
export function blockWith(block: BlockContext.Block, override: Block): BlockContext.Block {
  return {
    ...block,
    number: override.number ?? block.number,
    timestamp: override.timestamp ?? block.timestamp,
    gasLimit: override.gasLimit ?? block.gasLimit,
    coinbase: override.coinbase ?? block.coinbase,
    prevRandao: override.prevRandao ?? block.prevRandao,
    baseFee: override.baseFee ?? block.baseFee,
    blobBaseFee: override.blobBaseFee ?? block.blobBaseFee,
    parentBeaconRoot: override.parentBeaconRoot ?? block.parentBeaconRoot,
  };
}

/** The state with the accounts that are given. */
export function stateWith(state: World.State, overrides: Accounts): World.State {
  let changed = state;
  for (const [address, override] of overrides) {
    const key = HashedKeys.ofAddress(addressOf(address));
    const account = PatriciaTrie.get(changed, key) ?? Account.EMPTY;
    let storage = override.state === undefined ? account.storage : Account.EMPTY_STORAGE;
    for (const [slot, value] of override.state ?? override.stateDiff ?? []) {
      const at = HashedKeys.ofSlot(slot);
      storage =
        value === 0n ? PatriciaTrie.remove(storage, at) : PatriciaTrie.put(storage, at, value);
    }
    const overridden: Account.Account = {
      nonce: override.nonce ?? account.nonce,
      balance: override.balance ?? account.balance,
      code: override.code === undefined ? account.code : Code.of(override.code),
      storage,
    };
    // What is empty has no place in a state (EIP-161).
    const isNothing = Account.isEmpty(overridden) && PatriciaTrie.isEmpty(storage);
    changed = isNothing
      ? PatriciaTrie.remove(changed, key)
      : PatriciaTrie.put(changed, key, overridden);
  }
  return changed;
}

/**
 * Where precompiles are after the overrides. A precompile's address that is given code, or whose precompile moves away, holds what the state has
 * there. Throws InvalidInputError for what is no precompile, RefusedError for one that moves to itself or to where something else is put.
 */
export function precompilesWith(overrides: Accounts, fork: Fork): Precompiles {
  const moved = new Map<bigint, bigint>();
  const replaced = new Set<bigint>();
  for (const [from, { code, movePrecompileTo }] of overrides) {
    const address = addressOf(from);
    if (movePrecompileTo === undefined) {
      if (code !== undefined) replaced.add(address);
      continue;
    }
    const to = Bytes.toBigInt(movePrecompileTo);
    if (PrecompileTable.at(address, fork) === undefined)
      throw new InvalidInputError(`account ${from} is not a precompile`);
    if (to === address)
      throw new RefusedError(
        "precompileMovedToItself",
        `the precompile ${from} is moved to itself`,
      );
    const there = Hex.fromBytes(movePrecompileTo);
    if (moved.has(to) || overrides.has(there)) {
      const reason = `a precompile is moved to ${there}, which is overridden already`;
      throw new RefusedError("precompileMovedTwice", reason);
    }
    moved.set(to, address);
    replaced.add(address);
  }
  return { moved, replaced };
}

/** Sends a message that is about to enter an address to what is there now; every other state of a machine stays as it is. */
export function redirect({ moved, replaced }: Precompiles, machine: Machine.Machine): void {
  const { phase, cursor } = machine;
  if (phase !== Phase.ENTER || cursor?.type !== "message" || cursor.isDelegated) return;
  const precompile = moved.get(cursor.codeAddress);
  if (precompile !== undefined) machine.cursor = { ...cursor, codeAddress: precompile };
  // As by a delegation: the code that the state has there, whatever the address.
  else if (replaced.has(cursor.codeAddress)) machine.cursor = { ...cursor, isDelegated: true };
}

/**
 * Runs what finds overridden accounts. Their balances may add up to more than 256 bits, which no chain has, and the machine does
 * not expect: that is refused as the caller's mistake.
 */
export function run<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Bytes.IntegerTooLargeError)) throw error;
    throw new InvalidParamsError("the balances that are overridden add up to more than 256 bits");
  }
}

function addressOf(hex: string): bigint {
  return Bytes.toBigInt(Hex.toBytes(hex));
}
