// Bytecode that others published on npm, for measuring it beside ours. It is fetched when it is measured and is no
// dependency: nothing of it is installed, run by Node or kept in the project.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Abi, Hex } from "viem";
import * as Archive from "./archive.ts";

/** A version of a package, and the hash by which the registry lists it (`npm view NAME dist.integrity`). */
export type PeerPackage = { readonly name: string; readonly integrity: string };

export type Contract = { readonly abi: Abi; readonly bytecode: Hex };

/** The package's files by path, without the folder that wraps them. */
export type Files = ReadonlyMap<string, Uint8Array>;

const MAX_BYTES = 64 * 1_024 * 1_024;

/** Fetches a package with npm. Throws UnreachableError without a registry, IntegrityError on other bytes than were measured before. */
export async function fetch({ name, integrity }: PeerPackage): Promise<Files> {
  const folder = mkdtempSync(join(tmpdir(), "tribunal-peer-"));
  try {
    const words = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder, name];
    words.push("--fetch-retries=1", "--fetch-retry-mintimeout=1000");
    await promisify(execFile)("npm", words, { cwd: folder }).catch((error: unknown) => {
      throw new UnreachableError(name, error);
    });
    const [file] = readdirSync(folder).filter((entry) => entry.endsWith(".tgz"));
    if (file === undefined) throw new UnreachableError(name, "npm made no archive");
    const packed = readFileSync(join(folder, file));
    const hash = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
    if (hash !== integrity) throw new IntegrityError(name, integrity, hash);
    return Archive.read(packed, MAX_BYTES);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A contract out of a compiler's JSON in a package, as Hardhat or Foundry writes it. */
export function contract(files: Files, path: string): Contract {
  const file = files.get(path);
  if (file === undefined) throw new NoSuchFileError(path);
  const { abi, bytecode } = JSON.parse(new TextDecoder().decode(file)) as {
    readonly abi: Abi;
    readonly bytecode: Hex | { readonly object: Hex };
  };
  return { abi, bytecode: typeof bytecode === "string" ? bytecode : bytecode.object };
}

export class UnreachableError extends Error {
  override readonly name = "PeerPackage.UnreachableError";
  readonly package: string;
  constructor(name: string, cause: unknown) {
    super(`npm cannot fetch ${name}`, { cause });
    this.package = name;
  }
}

export class IntegrityError extends Error {
  override readonly name = "PeerPackage.IntegrityError";
  readonly package: string;
  readonly expected: string;
  readonly actual: string;
  constructor(name: string, expected: string, actual: string) {
    super(`${name} is not the package that is known: expected ${expected}, got ${actual}`);
    this.package = name;
    this.expected = expected;
    this.actual = actual;
  }
}

export class NoSuchFileError extends Error {
  override readonly name = "PeerPackage.NoSuchFileError";
  readonly path: string;
  constructor(path: string) {
    super(`the package has no ${path}`);
    this.path = path;
  }
}
