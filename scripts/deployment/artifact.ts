// Compiled contracts, as Hardhat left them.
import { existsSync, readFileSync } from "node:fs";
import type { Abi, Hex } from "viem";

export type Artifact = { readonly abi: Abi; readonly bytecode: Hex };

const ARTIFACTS = new URL("../../artifacts/contracts/", import.meta.url);

/** The artifact of a contract in `contracts/<path>.sol`, whose last part is its name. */
export function artifact(path: string): Artifact {
  const name = path.split("/").at(-1);
  const file = new URL(`${path}.sol/${name}.json`, ARTIFACTS);
  if (!existsSync(file)) throw new NotCompiledError(path);
  return JSON.parse(readFileSync(file, "utf8")) as Artifact;
}

/** Whether the contract has been compiled. */
export function isCompiled(path: string): boolean {
  return existsSync(new URL(`${path}.sol/${path.split("/").at(-1)}.json`, ARTIFACTS));
}

export class NotCompiledError extends Error {
  override readonly name = "Artifact.NotCompiledError";
  readonly path: string;
  constructor(path: string) {
    super(`contracts/${path}.sol has not been compiled: run hardhat build`);
    this.path = path;
  }
}
