// The steps that docs/machine.md walks through: a small fixed program, run and proven here. Prints the blocks of
// that document: `node scripts/examples/machineWalk.ts`.
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as PersistentTree from "../../src/merkle/persistentTree.ts";
import * as Account from "../../src/machine/account.ts";
import type * as BlockContext from "../../src/machine/blockContext.ts";
import * as Code from "../../src/machine/code.ts";
import * as Context from "../../src/machine/context.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Limits from "../../src/protocol/limits.ts";
import { lineOf, layoutOf, readFields } from "./witnessLayout.ts";

const SENDER = 0x5e4de4n;
const CALLER = 0xca11e4n;
const CALLEE = 0xca11een;
const WORD = new Uint8Array(32);

const CALLER_CODE = Hex.toBytes(
  "0x602a60205260076040526030515060206060602060205f62ca11ee614e20f100",
);
const CALLEE_CODE = Hex.toBytes("0x5f3580015f5260205ff3");

/** The MLOAD, then the CALL with all that it leads to but the callee's own instructions. */
const WALKED = ["MLOAD", "CALL", "RESOLVE", "ENTER", "SETTLE", "COPY"] as const;

export type WalkedStep = {
  readonly name: string;
  readonly before: string;
  readonly witness: Uint8Array;
  readonly after: string;
  /** The lines of the document. */
  readonly lines: readonly string[];
};

/** The walked steps, in order. */
export function walk(): WalkedStep[] {
  const machine = start();
  const walked: WalkedStep[] = [];
  while (machine.phase !== Phase.FINISH) {
    const { phase } = machine;
    const name =
      phase === Phase.EXECUTE ? Opcode.nameOf(Step.nextOpcode(machine)) : Phase.NAMES[phase];
    const isNext = name === WALKED[walked.length];
    const ways = waysToCallee(machine.world);
    const before = Hex.fromBytes(Machine.hash(machine));
    const witness = Prove.prove(machine);
    const after = Hex.fromBytes(Machine.hash(machine));
    if (!isNext || name === undefined) continue;
    const fields = readFields(witness, layoutOf(name, ways));
    const lines = [`before  ${before}`, ...fields.map(lineOf), `after   ${after}`];
    walked.push({ name, before, witness, after, lines });
  }
  return walked;
}

function waysToCallee({ state, substate }: World.World): { state: number; substate: number } {
  const key = HashedKeys.ofAddress(CALLEE);
  return {
    state: PatriciaTrie.proof(state, key).length,
    substate: PatriciaTrie.proof(substate, key).length,
  };
}

// A block with nothing in it yet, and a transaction that is about to be admitted.
function start(): Machine.Machine {
  const context = Context.create("Osaka", 42_069n, true);
  const machine = Machine.create(context, block(), world());
  machine.transaction = transaction();
  machine.phase = Phase.ADMIT;
  return machine;
}

function world(): World.World {
  const source = { nodes: { get: () => undefined }, code: () => Bytes.EMPTY };
  const accounts: readonly (readonly [bigint, Partial<Account.Account>])[] = [
    [SENDER, { nonce: 5n, balance: 10n ** 18n }],
    [CALLER, { nonce: 1n, code: Code.of(CALLER_CODE) }],
    [CALLEE, { nonce: 1n, code: Code.of(CALLEE_CODE) }],
  ];
  let state: World.State = PatriciaTrie.emptyWith(Account.codec(source));
  for (const [address, account] of accounts)
    state = PatriciaTrie.put(state, HashedKeys.ofAddress(address), {
      ...Account.EMPTY,
      ...account,
    });
  return World.create(state, Logs.EMPTY_BLOOM);
}

function block(): BlockContext.Block {
  return {
    number: 1n,
    timestamp: 1_700_000_000n,
    gasLimit: Limits.BLOCK_GAS_LIMIT,
    baseFee: 9n,
    blobBaseFee: 1n,
    coinbase: Bytes.toBigInt(Limits.COINBASE),
    prevRandao: WORD,
    parentBeaconRoot: WORD,
    parentHash: WORD,
    ring: PersistentTree.empty(Limits.RING_HEIGHT),
    gasUsed: 0n,
    entries: 1,
    transactions: 0,
    transactionsTree: PersistentTree.empty(Limits.ENTRY_TREE_HEIGHT),
    receiptsTree: PersistentTree.empty(Limits.ENTRY_TREE_HEIGHT),
    batch: 1n,
    byteOffset: 0n,
    blockEnd: 0n,
    bodyRoot: WORD,
    deposits: 0n,
    depositsEnd: 0n,
    originNumber: 1n,
    originTimestamp: 1_699_999_999n,
    originBaseFee: 8n,
    originHash: WORD,
  };
}

function transaction(): TransactionContext.Transaction {
  return {
    kind: 2,
    hash: WORD,
    sender: SENDER,
    isCreation: false,
    to: CALLER,
    nonce: 5n,
    gasLimit: 100_000n,
    maxFeePerGas: 30n,
    maxPriorityFeePerGas: 2n,
    gasPrice: 11n,
    value: 0n,
    mint: 0n,
    data: View.EMPTY,
    dataZeroes: 0,
    accessList: null,
    accessAddresses: 0,
    accessSlots: 0,
    authorizations: null,
    authorizationCount: 0,
    blobHashes: [],
    maxFeePerBlobGas: 0n,
  };
}

if (import.meta.main)
  for (const { name, lines } of walk())
    console.log(["```text " + name, ...lines, "```", ""].join("\n"));
