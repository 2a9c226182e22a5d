// What eth_simulateV1 is asked for: read, and made a chain without gaps.

import * as Overrides from "./overrides.ts";
import * as Params from "./params.ts";
import { InvalidParamsError, RefusedError } from "./rpcError.ts";

/** A block that was asked for. */
export type BlockCalls = {
  readonly override: Overrides.Block;
  readonly accounts: Overrides.Accounts;
  readonly calls: readonly Params.CallRequest[];
};

export type Plan = {
  readonly blocks: readonly BlockCalls[];
  readonly traceTransfers: boolean;
  readonly validation: boolean;
  readonly returnFullTransactions: boolean;
};

/** A block with its place in the chain. */
export type PlannedBlock = BlockCalls & { readonly number: bigint; readonly timestamp: bigint };

/** As in other clients. */
export const MAX_BLOCKS = 256;
/** Between a block and the next one that does not say when it is. */
const SECONDS = 1n;
const LAST_TIME = 2n ** 64n - 1n;

/** Reads the first parameter of eth_simulateV1; throws InvalidParamsError. */
export function parse(value: unknown): Plan {
  const fields = Params.object(value, "simulation");
  const given = Params.list(fields["blockStateCalls"], "blockStateCalls");
  if (given.length === 0)
    throw new InvalidParamsError("blockStateCalls: expected a block, got none");
  if (given.length > MAX_BLOCKS) throw tooMany(BigInt(given.length));
  const flag = (name: string) => Params.boolean(fields[name] ?? false, name);
  return {
    blocks: given.map(parseBlock),
    traceTransfers: flag("traceTransfers"),
    validation: flag("validation"),
    returnFullTransactions: flag("returnFullTransactions"),
  };
}

function parseBlock(value: unknown, index: number): BlockCalls {
  const fields = Params.object(value, `blockStateCalls[${index}]`);
  return {
    override: Overrides.parseBlock(fields["blockOverrides"]),
    accounts: Params.stateOverrides(fields["stateOverrides"]),
    calls: Params.list(fields["calls"] ?? [], "calls").map(Params.callRequest),
  };
}

/** The blocks after `base`, with an empty one for each number that is passed over; throws RefusedError where they do not follow each other. */
export function withoutGaps(
  base: { readonly number: bigint; readonly timestamp: bigint },
  blocks: readonly BlockCalls[],
): PlannedBlock[] {
  const planned: PlannedBlock[] = [];
  let { number, timestamp } = base;
  for (const block of blocks) {
    const next = block.override.number ?? number + 1n;
    if (next <= number) {
      const reason = `block ${next} does not come after block ${number}`;
      throw new RefusedError("blockNumberNotRising", reason);
    }
    if (next - base.number > BigInt(MAX_BLOCKS)) throw tooMany(next - base.number);
    while (number + 1n < next) {
      number += 1n;
      timestamp += SECONDS;
      planned.push({ ...EMPTY, number, timestamp });
    }
    const time = block.override.timestamp ?? timestamp + SECONDS;
    if (time <= timestamp) {
      const reason = `block ${next} at ${time} does not come after its parent at ${timestamp}`;
      throw new RefusedError("timestampNotRising", reason);
    }
    if (time > LAST_TIME) {
      throw new InvalidParamsError(`block ${next} would be at ${time}, after the end of time`);
    }
    [number, timestamp] = [next, time];
    planned.push({ ...block, number, timestamp });
  }
  return planned;
}

const EMPTY: BlockCalls = { override: Overrides.parseBlock({}), accounts: new Map(), calls: [] };

function tooMany(count: bigint): RefusedError {
  return new RefusedError(
    "tooManyBlocks",
    `a simulation has at most ${MAX_BLOCKS} blocks, got ${count}`,
  );
}
