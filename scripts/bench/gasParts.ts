// Where the gas of a transaction goes, read off its trace.
import { assert } from "../../src/primitives/assert.ts";

export const PARTS = ["calldata", "hashing", "memory", "calls", "other"] as const;
export type Part = (typeof PARTS)[number];
export type Parts = Readonly<Record<Part, number>>;

/** One instruction of a trace, as `debug_traceTransaction` tells it (EIP-3155). */
type Traced = {
  readonly op: string;
  readonly depth: number;
  readonly gas: number;
  readonly gasCost: number;
};

type Request = (request: {
  readonly method: string;
  readonly params: readonly unknown[];
}) => Promise<unknown>;

const KINDS: readonly [Part, RegExp][] = [
  ["hashing", /^KECCAK256$/],
  ["memory", /^(MLOAD|MSTORE8?|MCOPY|CALLDATALOAD|\w+COPY)$/],
  ["calls", /^(\w*CALL\w*|EXTCODE\w+|S(LOAD|STORE)|RETURN|STOP)$/],
];

/** The parts of what a transaction used: its instructions by kind, and what it paid before the first of them. */
export async function of(request: Request, hash: string, gasUsed: bigint): Promise<Parts> {
  const options = { disableMemory: true, disableStack: true, disableStorage: true };
  const answer = await request({ method: "debug_traceTransaction", params: [hash, options] });
  const { structLogs } = answer as { readonly structLogs: readonly Traced[] };
  const spent = new Map<Part, number>(PARTS.map((part) => [part, 0]));
  structLogs.forEach((traced, i) => {
    const [part] = KINDS.find(([, ops]) => ops.test(traced.op)) ?? (["other"] as const);
    spent.set(part, (spent.get(part) ?? 0) + ownCost(structLogs, i));
  });
  const executed = [...spent.values()].reduce((sum, gas) => sum + gas, 0);
  spent.set("calldata", Number(gasUsed) - executed);
  return Object.fromEntries(spent) as Parts;
}

// What an instruction takes for itself, not for what it calls.
function ownCost(trace: readonly Traced[], i: number): number {
  const [traced, next] = [trace[i], trace[i + 1]];
  assert(traced !== undefined, "the trace has the instruction");
  if (next === undefined || next.depth < traced.depth) return traced.gasCost;
  if (next.depth === traced.depth) return traced.gas - next.gas;
  const after = trace.findIndex((one, at) => at > i && one.depth <= traced.depth);
  const [back, last] = [trace[after], trace[after - 1]];
  assert(back !== undefined && last !== undefined, "a call comes back");
  const used = next.gas - (last.gas - last.gasCost);
  return traced.gas - back.gas - used;
}
