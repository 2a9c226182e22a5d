// The official transaction tests: bytes that decode to a hash and a sender, or are refused.
import * as Context from "../../src/machine/context.ts";
import * as EntryTransaction from "../../src/machine/entryTransaction.ts";
import type * as Fork from "../../src/machine/fork.ts";
import * as Gas from "../../src/machine/gas.ts";
import * as IntrinsicGas from "../../src/machine/intrinsicGas.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Uint256 from "../../src/primitives/uint256.ts";
import type { Verdict } from "./verdict.ts";

export type TransactionTest = {
  readonly txbytes: string;
  readonly result: Readonly<
    Record<
      string,
      {
        readonly exception?: string;
        readonly hash?: string;
        readonly sender?: string;
        readonly intrinsicGas: string;
      }
    >
  >;
};

const CHAIN_ID = 1n;

/** The verdict on the bytes of a test under a fork, if the test has one. */
export function judge(test: TransactionTest, fork: Fork.Fork): Verdict[] {
  const expected = test.result[fork];
  if (expected === undefined) return [];
  const context = Context.create(fork, CHAIN_ID, false);
  const entry = EntryTransaction.fromBytes(Hex.toBytes(test.txbytes), context);
  const found =
    entry.type === "refused" ? { refusal: entry.reason } : describe(entry.transaction, context);
  const wanted =
    expected.exception === undefined
      ? `${expected.hash ?? ""} from ${expected.sender ?? ""} for ${BigInt(expected.intrinsicGas)}`
      : "refused";
  const got = found.refusal === undefined ? found.text : "refused";
  return [{ name: fork, failure: got === wanted ? null : `expected ${wanted}, got ${got}` }];
}

type Description = { readonly text?: string; readonly refusal?: string };

function describe(
  transaction: TransactionContext.Transaction,
  context: Context.Context,
): Description {
  const refusal = refuse(transaction, context);
  if (refusal !== undefined) return { refusal };
  const hash = Hex.fromBytes(transaction.hash);
  const sender = Hex.fromBytes(Bytes.fromBigInt(transaction.sender, 20));
  return { text: `${hash} from ${sender} for ${IntrinsicGas.intrinsic(transaction)}` };
}

// What the machine refuses whatever the state is: no balance covers a cost above 2^256.
function refuse(
  transaction: TransactionContext.Transaction,
  context: Context.Context,
): string | undefined {
  const { nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas, data, isCreation } = transaction;
  if (nonce === Gas.MAX_NONCE) return "nonce";
  if (maxPriorityFeePerGas > maxFeePerGas) return "fee cap";
  if (gasLimit * maxFeePerGas > Uint256.MAX) return "funds";
  if (gasLimit < IntrinsicGas.least(transaction, context)) return "intrinsic gas";
  if (isCreation && data.size > Gas.MAX_INIT_CODE_SIZE) return "initcode size";
  return undefined;
}
