// Calls as calldata and logs as events, by the second opinion on ABI encoding: ethers.
import type { Interface, Log, ParamType } from "ethers";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import type { AdjudicatorEvent } from "../../src/channels/adjudicatorEvent.ts";
import { CallRejected } from "../../src/channels/callRejected.ts";
import * as PackedCall from "../../src/channels/packedCall.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { shown } from "./typedFields.ts";

/** An event with its values as text, integers and flags. */
export type PlainEvent = { readonly kind: string; readonly [name: string]: unknown };

/** The calldata of a call. */
export function encode(abi: Interface, call: AdjudicatorCall): string {
  const { kind, ...fields } = call;
  if (call.kind === "attempt") {
    return abi.encodeFunctionData(kind, [call.calls.map((inner) => encode(abi, inner))]);
  }
  if (call.kind === "closeMany") {
    const closings = call.closings.map((closing) =>
      Hex.fromBytes(PackedCall.pack({ kind: "closeToVault", ...closing })),
    );
    return abi.encodeFunctionData(kind, [closings]);
  }
  const packed = PackedCall.isPacked(call) ? { packed: PackedCall.pack(call) } : {};
  const values = new Map<string, unknown>(Object.entries(shown({ ...fields, ...packed })));
  const inputs = abi.getFunction(kind)?.inputs ?? [];
  return abi.encodeFunctionData(
    kind,
    inputs.map(({ name }) => values.get(name)),
  );
}

/** The adjudicator's events among logs, in order. */
export function decode(
  abi: Interface,
  logs: readonly Pick<Log, "topics" | "data">[],
): PlainEvent[] {
  return logs.flatMap((log) => {
    const parsed = abi.parseLog(log);
    if (parsed === null) return [];
    const entries = parsed.fragment.inputs.map((input, index): [string, unknown] => [
      input.name,
      named(input, parsed.args[index]),
    ]);
    const event = { kind: parsed.name, ...Object.fromEntries(entries) };
    if (parsed.name !== "AttemptFailed") return [event];
    const error = abi.parseError(String(parsed.args[1]));
    return [{ ...event, reason: [error?.name, ...(error?.args.map(plain) ?? [])] }];
  });
}

/** An event of the model in the same form. */
export function plainEvent(event: AdjudicatorEvent): PlainEvent {
  const entries = Object.entries(event).map(([name, value]): [string, unknown] => [
    name,
    value instanceof CallRejected ? [value.reason, ...value.values.map(plain)] : deepPlain(value),
  ]);
  return { kind: event.kind, ...Object.fromEntries(entries) };
}

/** A value as both sides show it: hex in lower case, integers as bigint. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Hex.fromBytes(value);
  if (typeof value === "string") return value.toLowerCase();
  return typeof value === "number" ? BigInt(value) : value;
}

function deepPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepPlain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return typeof value === "string" ? value : plain(value);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, deepPlain(item)]));
}

function named(type: ParamType, value: unknown): unknown {
  if (type.isArray() && Array.isArray(value)) {
    return value.map((item) => named(type.arrayChildren, item));
  }
  if (!type.isTuple() || !Array.isArray(value)) return plain(value);
  return Object.fromEntries(
    type.components.map((component, index) => [component.name, named(component, value[index])]),
  );
}
