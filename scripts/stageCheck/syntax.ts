// The syntax tree of a compiled contract, as the compiler wrote it beside the artifacts.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import type { Abi, Hex } from "viem";

/** Where an immutable stands in the code, by the compiler's number for it. */
export type Places = Readonly<
  Record<string, readonly { readonly start: number; readonly length: number }[]>
>;

export type Compiled = {
  readonly contractName: string;
  /** `contracts/…` as the compiler was told it. */
  readonly inputSourceName: string;
  readonly buildInfoId: string;
  readonly abi: Abi;
  readonly deployedBytecode: Hex;
  readonly immutableReferences: Places;
};

export type Node = {
  readonly id: number;
  readonly nodeType: string;
  readonly name?: string;
  readonly src: string;
  readonly [field: string]: unknown;
};

/** Everything that one run of the compiler read. */
export type Syntax = {
  readonly nodes: ReadonlyMap<number, Node>;
  readonly contracts: ReadonlyMap<string, Node>;
  /** The source text of a node, on one line. */
  readonly textOf: (node: Node) => string;
};

/** What the compiler was given: settings, and the text of every file. */
export type CompilerInput = {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
};

const ARTIFACTS = new URL("../../artifacts/", import.meta.url);

/** Every contract of the project that has code. */
export function compiledContracts(): Compiled[] {
  const folder = new URL("contracts/", ARTIFACTS);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .map((path) => JSON.parse(readFileSync(new URL(path, folder), "utf8")) as Compiled)
    .filter(({ deployedBytecode }) => deployedBytecode !== "0x");
}

/** What the compiler was given when it made an artifact. */
export function inputOf({ buildInfoId }: Compiled): CompilerInput {
  const { input } = read(`build-info/${buildInfoId}.json`) as { input: CompilerInput };
  return input;
}

const known = new Map<string, Syntax>();

/** The syntax of everything that was compiled with an artifact. */
export function syntaxOf(compiled: Compiled): Syntax {
  const found = known.get(compiled.buildInfoId) ?? load(compiled);
  known.set(compiled.buildInfoId, found);
  return found;
}

/** Names the files that sources of one build are made of: themselves, and what they import, however far. */
export function filesBehind(buildInfoId: string, sources: readonly string[]): Set<string> {
  const { output } = read(`build-info/${buildInfoId}.output.json`) as Output;
  const files = new Set(sources);
  // A set gives what is added while it is walked, too.
  for (const path of files) {
    for (const { nodeType, absolutePath } of output.sources[path]?.ast.nodes ?? []) {
      if (nodeType === "ImportDirective") files.add(String(absolutePath));
    }
  }
  return files;
}

type SourceUnit = Node & { readonly nodes: readonly Node[] };
type Output = {
  readonly output: {
    readonly sources: Readonly<Record<string, { readonly id: number; readonly ast: SourceUnit }>>;
  };
};

function load(compiled: Compiled): Syntax {
  const { sources: texts } = inputOf(compiled);
  const { output } = read(`build-info/${compiled.buildInfoId}.output.json`) as Output;
  const nodes = new Map<number, Node>();
  const contracts = new Map<string, Node>();
  const contents = new Map<number, Buffer>();
  for (const [path, { id, ast }] of Object.entries(output.sources)) {
    // Positions in the tree count bytes.
    contents.set(id, Buffer.from(texts[path]?.content ?? ""));
    visit(ast, (node) => {
      if (typeof node.id === "number") nodes.set(node.id, node);
      if (node.nodeType === "ContractDefinition") contracts.set(`${path}:${node.name}`, node);
    });
  }
  const textOf = ({ src }: Node) => {
    const [start = 0, length = 0, file = -1] = src.split(":").map(Number);
    const bytes = contents.get(file)?.subarray(start, start + length) ?? Buffer.of();
    return bytes.toString().replace(/\s+/g, " ").trim();
  };
  return { nodes, contracts, textOf };
}

/** Calls `see` for a node and everything below it, with the nodes above. */
export function visit(
  node: Node,
  see: (node: Node, above: readonly Node[]) => void,
  above: readonly Node[] = [],
): void {
  see(node, above);
  const inside = [...above, node];
  for (const value of Object.values(node)) visitValue(value, see, inside);
}

function visitValue(
  value: unknown,
  see: (node: Node, above: readonly Node[]) => void,
  above: readonly Node[],
): void {
  if (Array.isArray(value)) for (const one of value) visitValue(one, see, above);
  else if (typeof value === "object" && value !== null && "nodeType" in value)
    visit(value as Node, see, above);
}

function read(path: string): unknown {
  const file = new URL(path, ARTIFACTS);
  if (!existsSync(file)) throw new NoBuildError(path);
  return JSON.parse(readFileSync(file, "utf8"));
}

export class NoBuildError extends Error {
  override readonly name = "Syntax.NoBuildError";
  readonly path: string;
  constructor(path: string) {
    super(`artifacts/${path} is not there: run npm run build`);
    this.path = path;
  }
}
