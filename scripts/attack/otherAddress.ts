// PRECOMPILE states that name an address without a precompile, with all that a witness of theirs could show.
import * as Cursor from "../../src/machine/cursor.ts";
import type * as Fork from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Witness from "../../src/merkle/witness.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";

/** Where a witness has the hash of the machine's cursor. */
export const CURSOR_OFFSET = 2;

/** The first contract of a Hardhat network, a prover: an address that has code on L1. */
const WITH_CODE = 0x5fbdb2315678afecb367f032d93f642f64180aa3n;
const NEAR_PRECOMPILES = [0n, 0x0bn, 0x11n, 0x12n, 0xffn, 0x100n, 0x101n, 0x104n, 0x0102n << 144n];

/** Addresses that hold no precompile under a fork: beside those that do, with code on L1, with none. */
export function all(fork: Fork.Fork): bigint[] {
  return [...NEAR_PRECOMPILES, WITH_CODE, 0xc0den, 2n ** 160n - 1n].filter(
    (address) => Precompiles.at(address, fork) === undefined,
  );
}

/** The state of a machine whose message names another code address, and its witness, given the machine's own. */
export function claimOf(
  machine: Machine.Machine,
  witness: Uint8Array,
  codeAddress: bigint,
): { readonly machine: Machine.Machine; readonly state: Hex.Hex; readonly witness: Uint8Array } {
  const message = Cursor.expect(machine.cursor, "message");
  const cursor = { ...message, codeAddress };
  const offset = Buffer.from(witness).indexOf(opened(message));
  assert(offset > 0, "PRECOMPILE opens its message");
  const changed = witness.slice();
  changed.set(opened(cursor), offset);
  changed.set(Cursor.hash(cursor), CURSOR_OFFSET);
  const made = { ...Machine.clone(machine), cursor };
  return { machine: made, state: Hex.fromBytes(Machine.hash(made)), witness: changed };
}

function opened(message: Cursor.Message): Uint8Array {
  const writer = Witness.create();
  Cursor.open(message, writer);
  return writer.buffer.slice(0, writer.length);
}
