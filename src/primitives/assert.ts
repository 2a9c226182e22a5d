// Broken invariants: conditions that only a mistake in this program can make false.

/** Stops the caller with an AssertionError when an invariant of this program does not hold. */
export function assert(condition: boolean, whatWasFalse: string): asserts condition {
  if (!condition) throw new AssertionError(whatWasFalse);
}

export class AssertionError extends Error {
  override readonly name = "AssertionError";
  readonly whatWasFalse: string;
  constructor(whatWasFalse: string) {
    super(`broken invariant: ${whatWasFalse}`);
    this.whatWasFalse = whatWasFalse;
  }
}
