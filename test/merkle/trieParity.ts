// Runs one trie access in TypeScript and in Solidity and says what came out, errors included.
import type { BaseContract } from "ethers";
import * as TrieOpening from "../../src/merkle/trieOpening.ts";
import * as Witness from "../../src/merkle/witness.ts";
import * as Hex from "../../src/primitives/hex.ts";

export type Access = {
  readonly root: Uint8Array;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly witness: Uint8Array;
};

/** The old value and the new root, or the error's name and arguments. */
export type Outcome = readonly [string, ...string[]];

/** What src/merkle/trieOpening.ts makes of it. */
export function inTypeScript({ root, key, value, witness }: Access): Outcome {
  try {
    const reader = Witness.open(witness);
    const opening = TrieOpening.open(root, key, reader);
    const newRoot = TrieOpening.write(opening, value, reader);
    Witness.finish(reader);
    return ["ok", Hex.fromBytes(opening.value), Hex.fromBytes(newRoot)];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [module, name] = error.name.replace(/Error$/, "").split(".");
    if (name === undefined || module === undefined) throw error;
    const fields: [string, unknown][] = Object.entries(error).filter(([field]) => field !== "name");
    return [module === "Rlp" ? `Rlp${name}` : name, ...fields.map(([, field]) => toText(field))];
  }
}

/** What contracts/merkle/TrieOpening.sol makes of it, through TrieHarness. */
export async function inSolidity(harness: BaseContract, access: Access): Promise<Outcome> {
  try {
    const { before, newRoot } = await harness
      .getFunction("write")
      .staticCall(
        Hex.fromBytes(access.root),
        Hex.fromBytes(access.key),
        Hex.fromBytes(access.value),
        Hex.fromBytes(access.witness),
      );
    return ["ok", before, newRoot];
  } catch (error) {
    const data: unknown = error instanceof Error && "data" in error ? error.data : undefined;
    const reverted = typeof data === "string" ? harness.interface.parseError(data) : null;
    if (reverted === null) throw error;
    return [reverted.name, ...reverted.args.toArray().map(toText)];
  }
}

// A forged length may exceed what a number holds exactly.
function toText(value: unknown): string {
  if (value instanceof Uint8Array) return Hex.fromBytes(value);
  const isLarge = (typeof value === "number" || typeof value === "bigint") && value >= 2 ** 53;
  return isLarge ? "large" : String(value);
}
