// Who may import whom: everything below the actors is pure and knows nothing above it.
import { dirname, join } from "node:path";
import { expect } from "chai";
import { codeOf, sourceFiles } from "./sourceTree.ts";

type Allowance = { readonly folders: readonly string[]; readonly packages: readonly string[] };

const PURE = ["primitives", "merkle", "protocol", "machine", "derivation", "dispute", "channels"];
const ACTOR_PACKAGES = ["viem", "ws", "node"];

const ALLOWED: Readonly<Record<string, Allowance>> = {
  primitives: { folders: [], packages: ["@noble", "secp256k1", "node"] },
  merkle: { folders: ["primitives"], packages: [] },
  protocol: { folders: ["primitives", "merkle"], packages: [] },
  machine: {
    folders: ["primitives", "merkle", "protocol"],
    packages: ["@noble", "mcl-wasm", "node:crypto"],
  },
  derivation: { folders: ["primitives", "merkle", "protocol"], packages: [] },
  // Not machine: the game plays on a Trace, and a toy serves as well as the EVM.
  dispute: { folders: ["primitives", "merkle", "protocol"], packages: [] },
  channels: { folders: ["primitives"], packages: [] },
  // Reads L1's logs into what derivation, dispute and channels take, and writes their moves as calls.
  l1: {
    folders: ["primitives", "protocol", "derivation", "dispute", "channels"],
    packages: ["viem", "node"],
  },
  // Carries out what channels decides: log, connections, chains. Knows nothing of the rollup.
  hub: { folders: ["primitives", "channels", "l1"], packages: ACTOR_PACKAGES },
  // Keeps its blobs in the log that a hub keeps its channels in.
  tower: { folders: ["primitives", "channels", "l1", "hub"], packages: ACTOR_PACKAGES },
  node: { folders: [...PURE, "l1"], packages: ACTOR_PACKAGES },
  sequencer: { folders: [...PURE, "l1", "node"], packages: ACTOR_PACKAGES },
  watcher: { folders: [...PURE, "l1", "node"], packages: ACTOR_PACKAGES },
  wallet: { folders: [...PURE, "l1"], packages: ACTOR_PACKAGES },
};

const IMPORT = /^(?:import|export)\s+(?:([\w*{},$\s]+?)\s+from\s+)?"([^"]+)"/gm;

describe("imports", () => {
  const files = sourceFiles("src", ".ts");

  it("follow the table of folders", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => !isAllowed(file, target))
        .map(({ target }) => `${file} imports ${target}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("make no cycle", () => {
    const edges = new Map(files.map((file) => [file, localTargets(file)]));
    expect(files.filter((file) => reaches(file, file, edges, new Set()))).to.deep.equal([]);
  });

  it("go to a file, not to an index", () => {
    expect(files.filter((file) => file.endsWith("/index.ts"))).to.deep.equal([]);
  });

  it("name the extension, and are static", () => {
    const wrong = files.filter((file) => {
      const local = importsOf(file).filter(({ target }) => target.startsWith("."));
      return /\bimport\(/.test(codeOf(file)) || local.some(({ target }) => !target.endsWith(".ts"));
    });
    expect(wrong).to.deep.equal([]);
  });
});

function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  return [...codeOf(file).matchAll(IMPORT)].map(([, names = "", target = ""]) => ({
    target,
    typeOnly: /^type\s/.test(names) || /^\{(\s*type\s+[\w\s]+,?)+\s*\}$/.test(names),
  }));
}

function isAllowed(file: string, target: string): boolean {
  const folder = folderOf(file);
  const allowance = ALLOWED[folder];
  if (allowance === undefined) return false;
  if (!target.startsWith(".")) {
    return allowance.packages.some(
      (allowed) => target.split(/[/:]/)[0] === allowed || target === allowed,
    );
  }
  const path = join(dirname(file), target);
  if (!path.startsWith("src/")) return false;
  return folderOf(path) === folder || allowance.folders.includes(folderOf(path));
}

function localTargets(file: string): string[] {
  return importsOf(file)
    .filter(({ target, typeOnly }) => target.startsWith(".") && !typeOnly)
    .map(({ target }) => join(dirname(file), target));
}

function reaches(
  from: string,
  goal: string,
  edges: ReadonlyMap<string, readonly string[]>,
  seen: Set<string>,
): boolean {
  return (edges.get(from) ?? []).some((next) => {
    if (next === goal) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return reaches(next, goal, edges, seen);
  });
}

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}
