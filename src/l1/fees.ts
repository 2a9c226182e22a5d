// What a transaction offers for its gas, and how an offer is raised.
import { formatGwei } from "viem";
import type { L1Client } from "./send.ts";

export type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

/** Nodes refuse a replacement that raises the fees by less than a tenth; an eighth passes everywhere. */
const BUMP_NUMERATOR = 9n;
const BUMP_DENOMINATOR = 8n;
/** What is not taken at ten times the price that L1 asks is not held up by its price. */
const MOST_OVER_MARKET = 10n;

/** What L1 asks now. */
export async function ask(client: L1Client): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
  return { maxFeePerGas, maxPriorityFeePerGas };
}

/** Enough above the last price to replace it, and no less than L1 asks now; the last one where that is too much. */
export function reprice(last: Fees, market: Fees): Fees {
  const maxFeePerGas = max(bump(last.maxFeePerGas), market.maxFeePerGas);
  if (maxFeePerGas > MOST_OVER_MARKET * market.maxFeePerGas) return last;
  const tip = max(bump(last.maxPriorityFeePerGas), market.maxPriorityFeePerGas);
  return { maxFeePerGas, maxPriorityFeePerGas: tip };
}

/** The price for people. */
export function format({ maxFeePerGas }: Fees): string {
  return `${formatGwei(maxFeePerGas)} gwei`;
}

function bump(fee: bigint): bigint {
  return (fee * BUMP_NUMERATOR) / BUMP_DENOMINATOR + 1n;
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
