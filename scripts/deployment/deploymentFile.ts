// A deployment as a file: all that a node of the chain must be told beside where L1 answers.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as Hexes from "../../src/primitives/hex.ts";
import type { DeployedRollup } from "./deploy.ts";
import { PRODUCTION } from "./parameters.ts";

const FORMAT = "tribunal deployment 1";
const ADDRESSES = [
  ...["sequencer", "inbox", "portal", "l1StandardBridge"],
  ...["disputeGame", "gameRegistry", "stepProver"],
];
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
  const part = `${path}.part`;
  try {
    writeFileSync(part, `${text}\n`);
    renameSync(part, path);
  } catch (cause) {
    rmSync(part, { force: true });
    throw new NotWrittenError(path, cause);
  }
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
  const text = load(path);
  try {
    return JSON.parse(text, (_key, value: unknown) =>
      typeof value === "string" && INTEGER.test(value) ? BigInt(value.slice(0, -1)) : value,
    );
  } catch (cause) {
    throw new NotADeploymentError(path, { cause });
  }
}

function load(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UnreadableError(path, cause);
  }
}

function isDeployment(value: unknown): value is Written {
  if (!isRecord(value)) return false;
  const { format, parameters, genesis, firstL1Block, provers } = value;
  return (
    format === FORMAT &&
    isRecord(parameters) &&
    Object.keys(PRODUCTION).every((key) => typeof parameters[key] === "bigint") &&
    ADDRESSES.every((key) => isAddress(value[key])) &&
    typeof firstL1Block === "bigint" &&
    Array.isArray(provers) &&
    provers.every(isAddress) &&
    isRecord(genesis) &&
    typeof genesis["timestamp"] === "bigint" &&
    Array.isArray(genesis["accounts"]) &&
    genesis["accounts"].every(isAccount)
  );
}

function isAccount(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { code, storage } = value;
  const isCode = typeof code === "string" && /^0x([0-9a-f]{2})*$/.test(code);
  const hasNumbers = ["address", "nonce", "balance"].every((key) => typeof value[key] === "bigint");
  return isCode && hasNumbers && Array.isArray(storage) && storage.every(isSlot);
}

function isSlot(value: unknown): boolean {
  return isRecord(value) && typeof value["slot"] === "bigint" && typeof value["value"] === "bigint";
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export class NotADeploymentError extends Error {
  override readonly name = "DeploymentFile.NotADeploymentError";
  readonly path: string;
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is not a deployment that npm start wrote`, options);
    this.path = path;
  }
}

export class UnreadableError extends Error {
  override readonly name = "DeploymentFile.UnreadableError";
  readonly path: string;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`cannot read the deployment: ${reason}`, { cause });
    this.path = path;
  }
}

/** No file of this name was made or changed. */
export class NotWrittenError extends Error {
  override readonly name = "DeploymentFile.NotWrittenError";
  readonly path: string;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`cannot write the deployment: ${reason}`, { cause });
    this.path = path;
  }
}
