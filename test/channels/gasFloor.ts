// What the chain charges for an act whoever writes the contract, read off its trace, and what is left for the contract to save.
import { assert } from "../../src/primitives/assert.ts";
import type { Court } from "./court.ts";
import type { Cost } from "./gasScenes.ts";

export const PARTS = [
  ...(["transaction", "storage", "calls", "log", "guard", "dispatch", "rest"] as const),
] as const;
export type Part = (typeof PARTS)[number];

/**
 * In gas. `transaction` is 21,000 and the calldata, `storage` SLOAD and SSTORE, `calls` what signers are recovered by, tokens and
 * payments, `guard` TLOAD and TSTORE, `dispatch` finding the function, and `rest` reading, hashing, checking and arithmetic.
 */
export type Floor = Readonly<Record<Part, number>>;

type Traced = { readonly op: string; readonly depth: number; readonly gas: number };

const KINDS: readonly (readonly [Part, RegExp])[] = [
  ["storage", /^S(LOAD|STORE)$/],
  ["calls", /CALL$/],
  ["log", /^LOG/],
  ["guard", /^T(LOAD|STORE)$/],
];
// DUP1 PUSH4 EQ PUSH2 JUMPI, once for each selector up to the one that was meant.
const COMPARISON_END = 4;

/** The parts of what the one transaction of an act took. */
export async function floorOf(court: Court, { hash, gas }: Cost): Promise<Floor> {
  const own = await traceOf(court, hash);
  const [first, last] = [own[0], own.at(-1)];
  assert(first !== undefined && last !== undefined, "the adjudicator has code");
  const found = own.findLastIndex(({ op }, i) => op === "PUSH4" && own[i + 1]?.op === "EQ");
  const isDispatch = (i: number) => i < found + COMPARISON_END;
  const parts = { transaction: 0, storage: 0, calls: 0, log: 0, guard: 0, dispatch: 0, rest: 0 };
  own.forEach(({ op, gas: before }, i) => {
    const [kind] = KINDS.find(([, ops]) => ops.test(op)) ?? (["rest"] as const);
    // The last instruction is a STOP, which is free.
    parts[isDispatch(i) ? "dispatch" : kind] += before - (own[i + 1]?.gas ?? before);
  });
  return { ...parts, transaction: Number(gas) - (first.gas - last.gas) };
}

/** The instructions of the adjudicator itself. */
async function traceOf({ provider }: Court, hash: string): Promise<Traced[]> {
  const options = { disableMemory: true, disableStack: true, disableStorage: true };
  const request = { method: "debug_traceTransaction", params: [hash, options] };
  const { structLogs } = (await provider.request(request)) as {
    readonly structLogs: readonly Traced[];
  };
  return structLogs.filter(({ depth }) => depth === 1);
}
