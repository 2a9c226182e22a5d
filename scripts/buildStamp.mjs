// Whether the contracts are compiled as they stand, told in a tenth of a second where Hardhat takes three to find out: what
// the compiler reads and what it wrote, byte by byte, are what they were right after a build that succeeded.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

// The lock file stands for the compiler and for Hardhat, as node_modules is complete before anything is built.
const readFiles = ["package-lock.json", "hardhat.config.ts"];
const readFolders = ["contracts", "test", "node_modules/@openzeppelin/contracts"];
const writtenFolders = ["artifacts", "types"];

/** Tells whether a build would find nothing to do. */
export function isBuilt(root) {
  const file = stampFile(root);
  return existsSync(file) && readFileSync(file, "utf8") === stampOf(sources(root), results(root));
}

/** Builds, and records that it was done if it succeeded; answers the exit code. */
export async function recordBuild(root, build) {
  const file = stampFile(root);
  rmSync(file, { force: true });
  const before = sources(root);
  const status = await build();
  // What changed while the compiler ran may have been read before or after.
  if (status !== 0 || sources(root) !== before) return status;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stampOf(before, results(root)));
  return status;
}

function sources(root) {
  const files = readFolders.flatMap((folder) =>
    filesIn(root, folder).filter((path) => path.endsWith(".sol")),
  );
  return digest(root, [...readFiles, ...files]);
}

function results(root) {
  return digest(
    root,
    writtenFolders.flatMap((folder) => filesIn(root, folder)),
  );
}

function filesIn(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function digest(root, paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function stampOf(read, written) {
  return `${read} ${written}\n`;
}

function stampFile(root) {
  return join(root, "cache", "tribunal-built");
}
