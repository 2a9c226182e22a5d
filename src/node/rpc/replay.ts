// Running the transactions of a block again, from the state before it: what a trace of them is made of.

import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import * as EntryTransaction from "../../machine/entryTransaction.ts";
import * as HashedKeys from "../../machine/hashedKeys.ts";
import * as Logs from "../../machine/logs.ts";
import * as Machine from "../../machine/machine.ts";
import * as Phase from "../../machine/phase.ts";
import * as Step from "../../machine/step.ts";
import type * as TransactionContext from "../../machine/transactionContext.ts";
import * as World from "../../machine/world.ts";
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Deposit from "../../protocol/deposit.ts";
import { BEACON_ROOTS, BLOCK_HASHES, L1_ATTRIBUTES } from "../../protocol/limits.ts";
import type { Backend } from "../backend.ts";
import * as Chain from "../chain.ts";
import * as InboxRecords from "../inboxRecords.ts";
import type { BlockRecord, TransactionRecord } from "../record.ts";
import * as Blocks from "./blocks.ts";
import type * as Budget from "./budget.ts";
import * as Call from "./call.ts";
import { transactionsOf } from "./methods/blockMethods.ts";
import * as Overrides from "./overrides.ts";
import { InvalidInputError } from "./rpcError.ts";

/** A block that is run again, up to some transaction. */
export type Replay = {
  readonly machine: Machine.Machine;
  readonly transactions: readonly TransactionContext.Transaction[];
  /** How many of them have run. */
  done: number;
};

const SYSTEM_ACCOUNTS = [BEACON_ROOTS, BLOCK_HASHES, L1_ATTRIBUTES];

/** Begins to run a block again, after its system calls; throws InvalidInputError for genesis, which nothing made. */
export function begin(backend: Backend, record: BlockRecord): Replay {
  const { chain } = backend;
  const { number } = record.header;
  if (number === 0n) throw new InvalidInputError("genesis is not traceable");
  const parent = Chain.tipAt(chain, number - 1n);
  const after = Chain.stateOf(chain, record);
  const world = World.create(afterSystemCalls(parent.state, after), Logs.EMPTY_BLOOM);
  const block = Call.environment(record, parent.ring);
  return {
    machine: Machine.create(chain.context, block, world),
    transactions: toTransactions(backend, record, transactionsOf(chain, record)),
    done: 0,
  };
}

/** Runs the next transaction, shows every state that it goes through, and gives what it left. */
export function next(replay: Replay, budget: Budget.Budget, observe?: Call.Observe) {
  const { machine, transactions } = replay;
  const transaction = transactions[replay.done];
  assert(transaction !== undefined, "a transaction of the block is left");
  const look = Call.watched({ budget, precompiles: Overrides.UNMOVED }, observe);
  machine.transaction = transaction;
  machine.phase = Phase.ADMIT;
  while (machine.phase !== Phase.ENTRY) {
    look(machine);
    Step.step(machine);
  }
  replay.done += 1;
  const { result } = machine;
  assert(result !== null && machine.refusal === null, "what is in a block was admitted");
  return result;
}

// Nothing but the system calls writes the storage of these accounts, so it stands in the state behind the block already.
function afterSystemCalls(before: World.State, after: World.State): World.State {
  return SYSTEM_ACCOUNTS.reduce((state, address) => {
    const owner = Bytes.toBigInt(address);
    const { storage } = Blocks.account(after, owner);
    const account = Blocks.account(state, owner);
    if (PatriciaTrie.isEmpty(storage)) return state;
    return PatriciaTrie.put(state, HashedKeys.ofAddress(owner), { ...account, storage });
  }, before);
}

function toTransactions(
  { chain, portal }: Backend,
  { done }: BlockRecord,
  records: readonly TransactionRecord[],
): TransactionContext.Transaction[] {
  const deposits = records.filter(({ encoded }) => encoded[0] === Deposit.TRANSACTION_TYPE).length;
  return records.map(({ encoded }, position) => {
    if (position < deposits) {
      const index = done.deposits - BigInt(deposits - position);
      const deposit = InboxRecords.deposit(chain.database, index);
      assert(deposit !== undefined, "a deposit that ran was read");
      return EntryTransaction.fromDeposit(deposit, portal);
    }
    const decoded = EntryTransaction.fromBytes(encoded, chain.context);
    assert(decoded.type === "transaction", "what is in a block decodes");
    return decoded.transaction;
  });
}
