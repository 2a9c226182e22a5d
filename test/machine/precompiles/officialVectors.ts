// The published vectors of each precompile, read from beside the project.
import { existsSync, readFileSync } from "node:fs";
import * as Hex from "../../../src/primitives/hex.ts";

export type Vector = {
  readonly name: string;
  readonly input: Uint8Array;
  /** Absent where the call must fail. */
  readonly expected: Uint8Array | undefined;
  readonly gas: number | undefined;
};

type Row = { Name: string; Input: string; Expected?: string; ExpectedError?: string; Gas?: number };

const folder = new URL("../../../../shared/precompile-vectors/", import.meta.url);

export const isPresent = existsSync(folder);

/** Each file of vectors with the address they call. modexp.json holds prices before EIP-2565. */
export const files: ReadonlyMap<string, bigint> = new Map([
  ["ecRecover", 0x01n],
  ["modexp_eip2565", 0x05n],
  ["bn256Add", 0x06n],
  ["bn256ScalarMul", 0x07n],
  ["bn256Pairing", 0x08n],
  ["blake2F", 0x09n],
  ["pointEvaluation", 0x0an],
  ["blsG1Add", 0x0bn],
  ["blsG1Mul", 0x0cn],
  ["blsG2Add", 0x0dn],
  ["blsG2Mul", 0x0en],
  ["blsPairing", 0x0fn],
  ["blsMapG1", 0x10n],
  ["blsMapG2", 0x11n],
  ["fail-blake2f", 0x09n],
  ["fail-blsG1Add", 0x0bn],
  ["fail-blsG1Mul", 0x0cn],
  ["fail-blsG1MultiExp", 0x0cn],
  ["fail-blsG2Add", 0x0dn],
  ["fail-blsG2Mul", 0x0en],
  ["fail-blsG2MultiExp", 0x0en],
  ["fail-blsMapG1", 0x10n],
  ["fail-blsMapG2", 0x11n],
]);

/** The vectors of one file. */
export function read(file: string): Vector[] {
  const rows: Row[] = JSON.parse(readFileSync(new URL(`${file}.json`, folder), "utf8"));
  return rows.map((row) => ({
    name: row.Name,
    input: Hex.toBytes(`0x${row.Input}`),
    expected: row.Expected === undefined ? undefined : Hex.toBytes(`0x${row.Expected}`),
    gas: row.Gas,
  }));
}
