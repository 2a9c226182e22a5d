// A deployment as a file: all that a node of the chain must be told beside where L1 answers.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Address } from "viem";
import * as Hexes from "../../src/primitives/hex.ts";
import type { DeployedRollup } from "./deploy.ts";
import { PRODUCTION, type Parameters } from "./parameters.ts";

const FORMAT = "tribunal deployment 1";
const INTEGER = /^\d+n$/;

/** Writes the file whole or not at all. */
export function write(path: string, deployed: DeployedRollup): void {
  const genesis = {
    ...deployed.genesis,
    accounts: deployed.genesis.accounts.map(({ code, ...account }) => ({
      ...account,
      code: Hexes.fromBytes(code),
    })),
  };
  const text = JSON.stringify(
    { format: FORMAT, ...deployed, genesis },
    (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value),
    2,
  );
  writeFileSync(`${path}.part`, `${text}\n`);
  renameSync(`${path}.part`, path);
}

type Written = Omit<DeployedRollup, "genesis"> & {
  readonly format: string;
  readonly genesis: {
    readonly timestamp: bigint;
    readonly accounts: readonly {
      readonly address: bigint;
      readonly nonce: bigint;
      readonly balance: bigint;
      readonly code: string;
      readonly storage: readonly { readonly slot: bigint; readonly value: bigint }[];
    }[];
  };
};

/** Reads a file that `write` wrote; throws NotADeploymentError. */
export function read(path: string): DeployedRollup {
  const written = parse(path);
  if (!isDeployment(written)) throw new NotADeploymentError(path);
  const { timestamp, accounts } = written.genesis;
  return {
    ...written,
    genesis: {
      timestamp,
      accounts: accounts.map(({ code, ...account }) => ({ ...account, code: Hexes.toBytes(code) })),
    },
  };
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"), (_key, value: unknown) =>
      typeof value === "string" && INTEGER.test(value) ? BigInt(value.slice(0, -1)) : value,
    );
  } catch (cause) {
    throw new NotADeploymentError(path, { cause });
  }
}

function isDeployment(value: unknown): value is Written {
  if (typeof value !== "object" || value === null) return false;
  const { format, parameters, inbox, portal, genesis } = value as Partial<Written>;
  const isAddress = (address: Address | undefined) => /^0x[0-9a-fA-F]{40}$/.test(address ?? "");
  return (
    format === FORMAT &&
    hasAll(parameters) &&
    isAddress(inbox) &&
    isAddress(portal) &&
    Array.isArray(genesis?.accounts)
  );
}

function hasAll(parameters: Parameters | undefined): boolean {
  return Object.keys(PRODUCTION).every((key) => Object.hasOwn(parameters ?? {}, key));
}

export class NotADeploymentError extends Error {
  override readonly name = "DeploymentFile.NotADeploymentError";
  readonly path: string;
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is not a deployment that npm start wrote`, options);
    this.path = path;
  }
}
