// The gas that a transaction uses before its first instruction, and the least it pays for its data.
// Twin: contracts/machine/IntrinsicGas.sol.
import type * as Context from "./context.ts";
import * as Gas from "./gas.ts";
import type * as TransactionContext from "./transactionContext.ts";

type Transaction = Pick<
  TransactionContext.Transaction,
  "isCreation" | "dataZeroes" | "accessAddresses" | "accessSlots" | "authorizationCount"
> & { readonly data: { readonly size: number } };

/** The gas used in advance. */
export function intrinsic(transaction: Transaction): bigint {
  const { isCreation, data, dataZeroes } = transaction;
  const creation = isCreation
    ? Gas.TRANSACTION_CREATION + Gas.INIT_CODE_WORD * Gas.wordsFor(data.size)
    : 0;
  return BigInt(
    Gas.TRANSACTION +
      creation +
      Gas.DATA_ZERO * dataZeroes +
      Gas.DATA_NONZERO * (data.size - dataZeroes) +
      Gas.ACCESS_LIST_ADDRESS * transaction.accessAddresses +
      Gas.ACCESS_LIST_SLOT * transaction.accessSlots +
      Gas.AUTHORIZATION * transaction.authorizationCount,
  );
}

/** The least that a transaction uses, from Prague on (EIP-7623). */
export function floor({ data, dataZeroes }: Transaction): bigint {
  const tokens = dataZeroes + Gas.FLOOR_TOKENS_PER_NONZERO * (data.size - dataZeroes);
  return BigInt(Gas.TRANSACTION + Gas.FLOOR_TOKEN * tokens);
}

/** The least gas limit that the fork accepts. */
export function least(transaction: Transaction, context: Context.Context): bigint {
  const advance = intrinsic(transaction);
  if (!context.isPrague) return advance;
  const atLeast = floor(transaction);
  return advance > atLeast ? advance : atLeast;
}
