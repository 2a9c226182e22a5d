// Contracts that tests compile beside those that are deployed.
import { existsSync, readFileSync } from "node:fs";
import type { InterfaceAbi } from "ethers";

export type TestArtifact = {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
  readonly deployedBytecode: string;
};

const FOLDER = new URL("../../artifacts/test/harness/", import.meta.url);

/** The artifact of a contract in `test/harness/<file>.sol`. */
export function read(file: string, contract: string): TestArtifact {
  const path = new URL(`${file}.sol/${contract}.json`, FOLDER);
  if (!existsSync(path)) throw new NotCompiledError(contract);
  return JSON.parse(readFileSync(path, "utf8")) as TestArtifact;
}

export class NotCompiledError extends Error {
  override readonly name = "TestArtifact.NotCompiledError";
  readonly contract: string;
  constructor(contract: string) {
    super(`${contract} of test/harness has not been compiled: run hardhat build`);
    this.contract = contract;
  }
}
