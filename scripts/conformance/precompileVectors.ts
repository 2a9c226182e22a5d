// Input, output and gas of precompiles, as go-ethereum's tests publish them.
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { Verdict } from "./verdict.ts";

export type PrecompileVector = {
  readonly Name: string;
  readonly Input: string;
  readonly Expected?: string;
  readonly Gas?: number;
};

const addresses = new Map([
  ["ecRecover", 0x01n],
  ["modexp", 0x05n],
  ["modexp_eip2565", 0x05n],
  ["bn256Add", 0x06n],
  ["bn256ScalarMul", 0x07n],
  ["bn256Pairing", 0x08n],
  ["blake2F", 0x09n],
  ["blake2f", 0x09n],
  ["pointEvaluation", 0x0an],
  ["blsG1Add", 0x0bn],
  ["blsG1Mul", 0x0cn],
  ["blsG1MultiExp", 0x0cn],
  ["blsG2Add", 0x0dn],
  ["blsG2Mul", 0x0en],
  ["blsG2MultiExp", 0x0en],
  ["blsPairing", 0x0fn],
  ["blsMapG1", 0x10n],
  ["blsMapG2", 0x11n],
]);

/** The file whose prices are those of before EIP-2565; its outputs still hold. */
const OLD_PRICES = "modexp";

/** The verdicts on the vectors of a file, by the file's name without folder and ending. */
export function judge(file: string, vectors: readonly PrecompileVector[]): Verdict[] {
  const address = addresses.get(file.replace(/^fail-/, ""));
  if (address === undefined)
    return [{ name: file, failure: "no precompile is known by this name" }];
  // Prague's prices: modexp has had others since Osaka.
  const precompile = Precompiles.at(address, "Prague");
  if (precompile === undefined) return [{ name: file, failure: "no precompile is there" }];
  return vectors.map((vector) => ({
    name: vector.Name,
    failure: judgeVector(precompile, vector, file !== OLD_PRICES),
  }));
}

function judgeVector(
  precompile: Precompiles.Precompile,
  vector: PrecompileVector,
  hasPrice: boolean,
): string | null {
  const input = Hex.toBytes(`0x${vector.Input}`);
  const output = precompile.run(input);
  const found = output === undefined ? "failure" : Hex.fromBytes(output);
  const wanted = vector.Expected === undefined ? "failure" : `0x${vector.Expected}`;
  if (found !== wanted) return `expected ${wanted}, got ${found}`;
  const gas = precompile.gasCost(input, "Prague");
  const isRight = !hasPrice || vector.Gas === undefined || vector.Gas === gas;
  return isRight ? null : `expected a price of ${vector.Gas}, got ${gas}`;
}
