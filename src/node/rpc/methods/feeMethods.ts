// What gas costs and has cost.

import * as Hex from "../../../primitives/hex.ts";
import * as BaseFee from "../../../protocol/baseFee.ts";
import * as Transaction from "../../../protocol/transaction.ts";
import type { Backend } from "../../backend.ts";
import type * as Chain from "../../chain.ts";
import type * as Record from "../../record.ts";
import * as Blocks from "../blocks.ts";
import * as Budget from "../budget.ts";
import type { Methods } from "../dispatch.ts";
import * as FormatTransaction from "../formatTransaction.ts";
import * as Params from "../params.ts";
import { InvalidParamsError } from "../rpcError.ts";
import { transactionsOf } from "./blockMethods.ts";

const MAX_HISTORY_BLOCKS = 1_024n;
const MAX_PERCENTILES = 100;

/** Methods that tell prices of gas, in wei. */
export function create(backend: Backend): Methods {
  const { chain } = backend;
  const nextBaseFee = () => BaseFee.nextBaseFee(chain.head.header);
  // Clients take these for what they should offer, a block without transactions for a sign that next to nothing is asked.
  const offers = (block: Record.BlockRecord, percentiles: number[], budget: Budget.Budget) => {
    Budget.check(budget);
    const least = backend.suggestedTip();
    const tips = rewards(chain, block, percentiles);
    return tips.map((tip) => Hex.fromBigInt(tip < least ? least : tip));
  };
  return {
    eth_gasPrice: () => Hex.fromBigInt(nextBaseFee() + backend.suggestedTip()),
    eth_maxPriorityFeePerGas: () => Hex.fromBigInt(backend.suggestedTip()),
    eth_blobBaseFee: () => "0x1",

    eth_feeHistory: ([countValue, newestValue, percentilesValue]) => {
      const asked =
        typeof countValue === "number" && Number.isSafeInteger(countValue) && countValue >= 0
          ? BigInt(countValue)
          : Params.quantity(countValue, "block count");
      const newest = Blocks.require(backend, Params.blockId(newestValue, "newest block"));
      const percentiles = parsePercentiles(percentilesValue ?? []);

      const last = newest.header.number;
      const limit = last + 1n < MAX_HISTORY_BLOCKS ? last + 1n : MAX_HISTORY_BLOCKS;
      const count = asked < limit ? asked : limit;
      const blocks: Record.BlockRecord[] = [];
      for (let number = last - count + 1n; number <= last; number++) {
        blocks.push(Blocks.require(backend, { number }));
      }
      const budget = Budget.begin("a fee history of so many blocks");
      const baseFees = blocks.map(({ header }) => header.baseFee);
      return {
        oldestBlock: Hex.fromBigInt(last - count + 1n),
        baseFeePerGas: [...baseFees, BaseFee.nextBaseFee(newest.header)].map(Hex.fromBigInt),
        gasUsedRatio: blocks.map(({ header }) => Number(header.gasUsed) / Number(header.gasLimit)),
        baseFeePerBlobGas: [...baseFees, 0n].map(() => "0x1"),
        blobGasUsedRatio: blocks.map(() => 0),
        ...(percentiles.length === 0
          ? {}
          : { reward: blocks.map((block) => offers(block, percentiles, budget)) }),
      };
    },
  };
}

function parsePercentiles(value: unknown): number[] {
  const percentiles = Params.list(value, "percentiles");
  if (percentiles.length > MAX_PERCENTILES) {
    throw new InvalidParamsError(`percentiles: at most ${MAX_PERCENTILES}`);
  }
  return percentiles.map((percentile, index) => {
    const before = index === 0 ? 0 : percentiles[index - 1];
    if (typeof percentile !== "number" || percentile > 100 || percentile < Number(before)) {
      throw new InvalidParamsError("percentiles: expected rising numbers from 0 to 100");
    }
    return percentile;
  });
}

/** The tips at these percentiles of the block's gas, cheapest first; zeros for a block without transactions. */
function rewards(chain: Chain.Chain, block: Record.BlockRecord, percentiles: number[]): bigint[] {
  const tips = transactionsOf(chain, block)
    .filter(({ encoded }) => FormatTransaction.typeOf(encoded) <= Transaction.SET_CODE)
    .map(({ receipt }) => ({
      tip: receipt.effectiveGasPrice - block.header.baseFee,
      gas: receipt.gasUsed,
    }))
    .sort((left, right) => (left.tip < right.tip ? -1 : left.tip > right.tip ? 1 : 0));
  const total = Number(tips.reduce((sum, { gas }) => sum + gas, 0n));
  return percentiles.map((percentile) => {
    let passed = 0;
    for (const { tip, gas } of tips) {
      passed += Number(gas);
      if (passed >= (total * percentile) / 100) return tip;
    }
    return 0n;
  });
}
