// The official state tests: one transaction over a given state, judged by state root and logs hash.
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as PersistentTree from "../../src/merkle/persistentTree.ts";
import * as Account from "../../src/machine/account.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import * as Code from "../../src/machine/code.ts";
import * as Context from "../../src/machine/context.ts";
import * as EntryTransaction from "../../src/machine/entryTransaction.ts";
import type * as Fork from "../../src/machine/fork.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Run from "../../src/machine/run.ts";
import * as World from "../../src/machine/world.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import type { Verdict } from "./verdict.ts";

type Quantity = string;

export type StateTest = {
  readonly env: Readonly<Record<string, Quantity | undefined>>;
  readonly pre: Readonly<
    Record<
      string,
      {
        readonly nonce: Quantity;
        readonly balance: Quantity;
        readonly code: string;
        readonly storage: Readonly<Record<string, Quantity>>;
      }
    >
  >;
  readonly post: Readonly<Record<string, readonly PostCase[]>>;
};

export type PostCase = {
  readonly hash: string;
  readonly logs: string;
  readonly txbytes: string;
  readonly indexes: { readonly data: number; readonly gas: number; readonly value: number };
  readonly expectException?: string;
};

/** The chain that all state tests are written for. */
export const CHAIN_ID = 1n;
const RING_HEIGHT = 8;
const ENTRY_TREE_HEIGHT = 11;
const EMPTY_WORD = new Uint8Array(32);

// EIP-4844, with the fraction of Cancun.
const BLOB_BASE_FEE_UPDATE_FRACTION = 3_338_477n;

const noSource: Account.Source = {
  nodes: { get: () => undefined },
  code: () => Bytes.EMPTY,
};

/** One transaction of a test, and what is to become of it. */
export type StateCase = {
  readonly name: string;
  /** A machine about to admit the transaction, or why it does not even decode. */
  readonly begin: () => Machine.Machine | string;
  /** What differs in a machine that ran it to the end, or in the reason it does not decode. */
  readonly failureOf: (end: Machine.Machine | string) => string | null;
};

/** The verdicts on every case that a test has for a fork. */
export function* judge(test: StateTest, fork: Fork.Fork): Generator<Verdict> {
  for (const { name, begin, failureOf } of casesOf(test, fork)) {
    const machine = begin();
    if (typeof machine !== "string") Run.runTransaction(machine);
    yield { name, failure: failureOf(machine) };
  }
}

/** Every case that a test has for a fork. */
export function* casesOf(test: StateTest, fork: Fork.Fork): Generator<StateCase> {
  const context = Context.create(fork, CHAIN_ID, false);
  const state = stateOf(test);
  const block = blockOf(test);
  for (const post of test.post[fork] ?? []) {
    const { data, gas, value } = post.indexes;
    yield {
      name: `d${data}g${gas}v${value}`,
      begin: () => begin(context, block, state, post),
      failureOf: (end) => failureOf(post, end),
    };
  }
}

/** The state that a test starts from. */
export function stateOf(test: StateTest): World.State {
  let state: World.State = PatriciaTrie.emptyWith(Account.codec(noSource));
  for (const [address, { nonce, balance, code, storage }] of Object.entries(test.pre)) {
    let slots = Account.EMPTY_STORAGE;
    for (const [slot, value] of Object.entries(storage))
      if (BigInt(value) !== 0n)
        slots = PatriciaTrie.put(slots, HashedKeys.ofSlot(BigInt(slot)), BigInt(value));
    state = PatriciaTrie.put(state, HashedKeys.ofAddress(BigInt(address)), {
      nonce: BigInt(nonce),
      balance: BigInt(balance),
      storage: slots,
      code: Code.of(Hex.toBytes(code)),
    });
  }
  return state;
}

/** The block that a test's transaction runs in. */
export function blockOf({ env }: StateTest): BlockContext.Block {
  const number = quantity(env["currentNumber"]);
  return {
    number,
    timestamp: quantity(env["currentTimestamp"]),
    gasLimit: quantity(env["currentGasLimit"]),
    baseFee: quantity(env["currentBaseFee"]),
    blobBaseFee: blobBaseFee(quantity(env["currentExcessBlobGas"])),
    coinbase: quantity(env["currentCoinbase"]),
    prevRandao: Bytes.fromBigInt(quantity(env["currentRandom"]), 32),
    parentBeaconRoot: EMPTY_WORD,
    parentHash: EMPTY_WORD,
    ring: ringBefore(number),
    gasUsed: 0n,
    entries: 0,
    transactions: 0,
    transactionsTree: PersistentTree.empty(ENTRY_TREE_HEIGHT),
    receiptsTree: PersistentTree.empty(ENTRY_TREE_HEIGHT),
    batch: 0n,
    byteOffset: 0n,
    blockEnd: 0n,
    bodyRoot: EMPTY_WORD,
    deposits: 0n,
    depositsEnd: 0n,
    originNumber: 0n,
    originTimestamp: 0n,
    originBaseFee: 0n,
    originHash: EMPTY_WORD,
  };
}

function begin(
  context: Context.Context,
  block: BlockContext.Block,
  state: World.State,
  post: PostCase,
): Machine.Machine | string {
  const entry = EntryTransaction.fromBytes(Hex.toBytes(post.txbytes), context);
  if (entry.type === "refused") return entry.reason;
  const machine = Machine.create(context, block, World.create(state, Logs.EMPTY_BLOOM));
  machine.transaction = entry.transaction;
  machine.phase = Phase.ADMIT;
  return machine;
}

function failureOf(post: PostCase, end: Machine.Machine | string): string | null {
  const isExpected = post.expectException === undefined;
  if (typeof end === "string") return isExpected ? `refused: ${end}` : null;
  const { result, refusal, world } = end;
  if (result === null) return isExpected ? `refused: ${refusal ?? ""}` : null;
  if (!isExpected) return `expected to be refused: ${post.expectException ?? ""}`;

  const root = Hex.fromBytes(PatriciaTrie.root(world.state));
  if (root !== post.hash) return `expected state root ${post.hash}, got ${root}`;
  const logs = Hex.fromBytes(logsHash(result.logs));
  return logs === post.logs ? null : `expected logs hash ${post.logs}, got ${logs}`;
}

function logsHash(logs: readonly Logs.Log[]): Uint8Array {
  const items = logs.map(({ address, topics, data }) => [
    Bytes.fromBigInt(address, 20),
    topics.map((topic) => Bytes.fromBigInt(topic, 32)),
    data,
  ]);
  return keccak256(Rlp.encode(items));
}

// The block hashes of the state tests: the hash of the number written in decimal.
function ringBefore(number: bigint): PersistentTree.PersistentTree {
  let ring = PersistentTree.empty(RING_HEIGHT);
  const first = number > 256n ? number - 256n : 0n;
  for (let n = first; n < number; n++) {
    const hash = keccak256(new TextEncoder().encode(n.toString()));
    ring = PersistentTree.set(ring, Number(n % 256n), hash);
  }
  return ring;
}

function blobBaseFee(excess: bigint): bigint {
  let output = 0n;
  let term = BLOB_BASE_FEE_UPDATE_FRACTION;
  for (let i = 1n; term > 0n; i++) {
    output += term;
    term = (term * excess) / (BLOB_BASE_FEE_UPDATE_FRACTION * i);
  }
  return output / BLOB_BASE_FEE_UPDATE_FRACTION;
}

function quantity(value: Quantity | undefined): bigint {
  return value === undefined ? 0n : BigInt(value);
}
