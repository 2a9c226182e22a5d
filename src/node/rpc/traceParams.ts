// What a trace is asked to be: geth's TraceConfig and TraceCallConfig, and their names in Hardhat's.

import type * as Call from "./call.ts";
import type * as CallTracer from "./callTracer.ts";
import * as Overrides from "./overrides.ts";
import * as Params from "./params.ts";
import { InvalidParamsError } from "./rpcError.ts";
import type * as PrestateTracer from "./prestateTracer.ts";
import type * as StructLogger from "./structLogger.ts";

export type TraceConfig = {
  /** undefined stands for the struct logger. */
  readonly tracer: (typeof TRACERS)[number] | undefined;
  readonly call: CallTracer.Options;
  readonly prestate: PrestateTracer.Options;
  readonly struct: StructLogger.Options;
  readonly changes: Call.Changes;
};

const TRACERS = ["callTracer", "prestateTracer", "4byteTracer"] as const;

/** Reads the options of a trace; throws InvalidParamsError, which names a tracer that is not here. */
export function parse(value: unknown): TraceConfig {
  const fields = value === undefined || value === null ? {} : Params.object(value, "trace options");
  const tracerFields = fields["tracerConfig"] ?? {};
  const tracerConfig = Params.object(tracerFields, "tracerConfig");
  const flag = (from: Readonly<Record<string, unknown>>, name: string): boolean =>
    Params.boolean(from[name] ?? false, name);
  return {
    tracer: tracerOf(fields["tracer"]),
    call: {
      onlyTopCall: flag(tracerConfig, "onlyTopCall"),
      withLog: flag(tracerConfig, "withLog"),
    },
    prestate: {
      diffMode: flag(tracerConfig, "diffMode"),
      disableCode: flag(tracerConfig, "disableCode"),
      disableStorage: flag(tracerConfig, "disableStorage"),
    },
    struct: {
      enableMemory: flag(fields, "enableMemory"),
      enableReturnData: flag(fields, "enableReturnData"),
      disableStack: flag(fields, "disableStack"),
      disableStorage: flag(fields, "disableStorage"),
      limit: limitOf(fields["limit"] ?? 0),
    },
    changes: {
      accounts: Params.stateOverrides(fields["stateOverrides"]),
      block: Overrides.parseBlock(fields["blockOverrides"]),
    },
  };
}

function tracerOf(value: unknown): TraceConfig["tracer"] {
  if (value === undefined || value === null || value === "") return undefined;
  const tracer = TRACERS.find((known) => known === value);
  if (tracer !== undefined) return tracer;
  throw new InvalidParamsError(
    `tracer: expected ${TRACERS.join(", ")} or none, got ${Params.describe(value)}`,
  );
}

function limitOf(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidParamsError(`limit: expected a number from 0 on, got ${Params.describe(value)}`);
}
