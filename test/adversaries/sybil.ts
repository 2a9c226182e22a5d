// Sybils: one adversary under many names, whose claims agree with each other as far as it likes. It wants the honest
// party to fight each of them in turn, or to pay for each of them. What stops it: rivals stand in one cohort, where one
// true node answers all of them in the same block, and a subtree that several claims share is opened once (R4).
import { liar } from "./liar.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import type { Adversary } from "./strategy.ts";

/** A liar for each trace, with keys of their own from the second player on. */
export function sybils(traces: readonly ClaimTrace[]): Adversary[] {
  return traces.map((trace, face) => ({ player: 1 + (face % 9), trace, strategy: liar }));
}
