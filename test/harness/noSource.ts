// For states that are made in memory, of which nothing has to be loaded.
import type * as Account from "../../src/machine/account.ts";
import { assert } from "../../src/primitives/assert.ts";

/** A source of nothing. */
export const noSource: Account.Source = {
  nodes: { get: () => nothing() },
  code: () => nothing(),
};

function nothing(): never {
  assert(false, "everything is in memory");
}
