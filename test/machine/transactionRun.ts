// One transaction on this machine, with its outcome in the words of the oracle.
import * as EntryTransaction from "../../src/machine/entryTransaction.ts";
import * as Account from "../../src/machine/account.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import * as Code from "../../src/machine/code.ts";
import type * as Context from "../../src/machine/context.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as IntrinsicGas from "../../src/machine/intrinsicGas.ts";
import * as Logs from "../../src/machine/logs.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Run from "../../src/machine/run.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as PersistentTree from "../../src/merkle/persistentTree.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { Genesis, Outcome } from "./ethereumjsChain.ts";

const WORD = new Uint8Array(32);

const noSource: Account.Source = { nodes: { get: () => undefined }, code: () => Bytes.EMPTY };

/** The state with these accounts. */
export function stateOf(genesis: Genesis): World.State {
  let state: World.State = PatriciaTrie.emptyWith(Account.codec(noSource));
  for (const { address, nonce, balance, code, storage } of genesis)
    state = PatriciaTrie.put(state, HashedKeys.ofAddress(address), {
      nonce,
      balance,
      storage: (storage ?? []).reduce(
        (trie, [slot, value]) => PatriciaTrie.put(trie, HashedKeys.ofSlot(slot), value),
        Account.EMPTY_STORAGE,
      ),
      code: Code.of(code),
    });
  return state;
}

/** A block with the header fields that the oracle is given too. */
export function blockOf(header: {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly gasLimit: bigint;
  readonly baseFeePerGas: bigint;
  readonly coinbase: Uint8Array;
  readonly mixHash: Uint8Array;
}): BlockContext.Block {
  return {
    number: header.number,
    timestamp: header.timestamp,
    gasLimit: header.gasLimit,
    baseFee: header.baseFeePerGas,
    blobBaseFee: 1n,
    coinbase: Bytes.toBigInt(header.coinbase),
    prevRandao: header.mixHash,
    parentBeaconRoot: WORD,
    parentHash: WORD,
    ring: PersistentTree.empty(8),
    gasUsed: 0n,
    entries: 0,
    transactions: 0,
    transactionsTree: PersistentTree.empty(11),
    receiptsTree: PersistentTree.empty(11),
    batch: 0n,
    byteOffset: 0n,
    blockEnd: 0n,
    bodyRoot: WORD,
    deposits: 0n,
    depositsEnd: 0n,
    originNumber: 0n,
    originTimestamp: 0n,
    originBaseFee: 0n,
    originHash: WORD,
  };
}

/** Runs encoded bytes; the second value is the state after them. */
export function run(
  context: Context.Context,
  block: BlockContext.Block,
  state: World.State,
  encoded: Uint8Array,
): [Outcome, World.State] {
  const entry = EntryTransaction.fromBytes(encoded, context);
  if (entry.type === "refused") return [refused(state), state];
  const world = World.create(state, Logs.EMPTY_BLOOM);
  const { machine, result } = Run.executeTransaction(context, block, world, entry.transaction);
  if (result === null) return [refused(state), state];

  const after = machine.world.state;
  const outcome = {
    isRefused: false,
    isSuccess: result.status === Cursor.STATUS_SUCCESS,
    gasUsed: result.gasUsed,
    refund: isFloor(context, result) ? 0n : BigInt(machine.world.refund),
    stateRoot: Hex.fromBytes(PatriciaTrie.root(after)),
    output: Hex.fromBytes(result.output),
    logs: result.logs.map(({ address, topics, data }) =>
      [
        Hex.fromBytes(Bytes.fromBigInt(address, 20)),
        ...topics.map((topic) => Hex.fromBytes(Bytes.fromBigInt(topic, 32))),
        Hex.fromBytes(data),
      ].join(" "),
    ),
  };
  return [outcome, after];
}

function isFloor(context: Context.Context, { transaction, gasUsed }: Machine.Result): boolean {
  return context.isPrague && gasUsed === IntrinsicGas.floor(transaction);
}

function refused(state: World.State): Outcome {
  const stateRoot = Hex.fromBytes(PatriciaTrie.root(state));
  return {
    isRefused: true,
    isSuccess: false,
    gasUsed: 0n,
    refund: 0n,
    stateRoot,
    output: "0x",
    logs: [],
  };
}
