// The last words of a program: one line for a failure that has a name of ours, everything for one that nobody foresaw.

/** What to print of a failure. */
export function inOneLine(failure: unknown): unknown {
  // A name of ours says where it comes from: `Database.InUseError`.
  return failure instanceof Error && failure.name.includes(".") ? failure.message : failure;
}
