// What no L1 can mean that it answers: it was asked something else, is another one by now, or is several.

export type Contradiction = "missing block" | "other block" | "other chain" | "foreign log" | "log";

/** An answer that fits neither the question nor what was answered before; whoever reads on asks again. */
export class ContradictionError extends Error {
  override readonly name = "L1.ContradictionError";
  readonly kind: Contradiction;
  constructor(kind: Contradiction, reason: string) {
    super(reason);
    this.kind = kind;
  }
}
