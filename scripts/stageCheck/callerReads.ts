// Where a contract can treat one caller differently from another: every place that asks who calls, or hands its own
// powers on, by the external function that reaches it. Read off the compiler's syntax trees.
import * as Syntax from "./syntax.ts";
import type { Node } from "./syntax.ts";

/** A place in the source that an external function reaches. */
export type Read = {
  readonly power: Power;
  /** The function that holds it, and the statement around it. */
  readonly place: string;
  /** Whether the caller is compared there with somebody. */
  readonly isCompared: boolean;
};

export type Power = (typeof POWERS)[number];

export type Entry = {
  readonly signature: string;
  readonly reads: readonly Read[];
  /** The powers of its reads, and of places that only tell logs who calls. */
  readonly powers: readonly Power[];
};

/** What a contract must do to know its caller, to run foreign code as its own, to make contracts or to vanish. */
export const POWERS = [
  "caller",
  "origin",
  "delegatecall",
  "callcode",
  "create",
  "create2",
  "selfdestruct",
] as const;

const STATEMENT = /Statement$|^Return$|^YulAssignment$|^YulVariableDeclaration$/;
// Of these only the condition is about the caller; what they guard stands for itself.
const CONDITIONAL = /^(If|While|For|DoWhile)Statement$|^Block$|^UncheckedBlock$/;
const COMPARISONS = ["==", "!=", "<", ">", "<=", ">="];

/** The external functions of a contract that reach such a place, by signature. */
export function entriesOf(compiled: Syntax.Compiled): Entry[] {
  const syntax = Syntax.syntaxOf(compiled);
  const contract = contractNode(syntax, compiled);
  const line = lineageOf(syntax, contract);
  return entryFunctions(line)
    .map((entry) => ({ signature: signatureOf(entry), ...readsFrom(syntax, line, entry) }))
    .filter(({ powers }) => powers.length > 0)
    .sort((left, right) => (left.signature < right.signature ? -1 : 1));
}

/** The state variables that hold an address or a contract and that some function writes, of a contract and its bases. */
export function mutableAddresses(compiled: Syntax.Compiled): string[] {
  const syntax = Syntax.syntaxOf(compiled);
  const line = lineageOf(syntax, contractNode(syntax, compiled));
  const written = new Set<number>();
  for (const node of functionsOf(line)) {
    Syntax.visit(node, (inner) => {
      if (inner.nodeType !== "Assignment") return;
      written.add(Number((inner["leftHandSide"] as Node)["referencedDeclaration"]));
    });
  }
  return line.flatMap(({ name = "", nodes }) =>
    (nodes as Node[])
      .filter((node) => node.nodeType === "VariableDeclaration" && node["mutability"] === "mutable")
      .filter((node) => /^(address|contract )/.test(typeOf(node)) && written.has(node.id))
      .map((node) => `${name}.${node.name}`),
  );
}

function contractNode({ contracts }: Syntax.Syntax, compiled: Syntax.Compiled): Node {
  const node = contracts.get(`${compiled.inputSourceName}:${compiled.contractName}`);
  if (node === undefined) throw new Syntax.NoBuildError(compiled.inputSourceName);
  return node;
}

// The contract and its bases, the most derived first.
function lineageOf({ nodes }: Syntax.Syntax, contract: Node): Node[] {
  const ids = contract["linearizedBaseContracts"] as readonly number[];
  return ids.flatMap((id) => nodes.get(id) ?? []);
}

function functionsOf(line: readonly Node[]): Node[] {
  return line.flatMap(({ nodes }) =>
    (nodes as Node[]).filter(({ nodeType }) => nodeType === "FunctionDefinition"),
  );
}

function entryFunctions(line: readonly Node[]): Node[] {
  const entries = new Map<string, Node>();
  for (const node of functionsOf(line)) {
    const isEntry =
      (node["visibility"] === "external" || node["visibility"] === "public") &&
      node["kind"] !== "constructor" &&
      node["implemented"] === true;
    const signature = signatureOf(node);
    // The most derived comes first, and is the one that is called.
    if (isEntry && !entries.has(signature)) entries.set(signature, node);
  }
  return [...entries.values()];
}

function signatureOf(node: Node): string {
  if (node["kind"] === "receive" || node["kind"] === "fallback") return String(node["kind"]);
  const { parameters } = node["parameters"] as { readonly parameters: Node[] };
  const types = parameters.map((parameter) =>
    typeOf(parameter)
      .replace(/ (memory|calldata|storage)( ref| pointer)?$/, "")
      .replace(/^(struct|contract|enum) /, ""),
  );
  return `${node.name}(${types.join(",")})`;
}

function readsFrom(
  syntax: Syntax.Syntax,
  line: readonly Node[],
  entry: Node,
): Omit<Entry, "signature"> {
  const reached = new Set<number>([entry.id]);
  const powers = new Set<Power>();
  const reads = new Map<string, Read>();
  // A set may grow while it is walked; what is added is walked too.
  for (const id of reached) {
    const node = syntax.nodes.get(id);
    if (node === undefined) continue;
    Syntax.visit(node, (inner, above) => {
      for (const next of calledBy(syntax, line, inner)) reached.add(next);
      const power = powerOf(inner, above);
      if (power === undefined) return;
      powers.add(power);
      if (isOnlyTold(syntax, above)) return;
      const read = readAt(syntax, node, inner, above, power);
      const key = `${read.power} ${read.place}`;
      // One statement may ask twice, to compare and to complain.
      const isCompared = read.isCompared || reads.get(key)?.isCompared === true;
      reads.set(key, { ...read, isCompared });
    });
  }
  const ordered = [...reads.values()].sort((left, right) => (left.place < right.place ? -1 : 1));
  return { reads: ordered, powers: [...powers] };
}

// The functions and modifiers that a node names. An internal one may be overridden: then by any of the same name.
function calledBy({ nodes }: Syntax.Syntax, line: readonly Node[], node: Node): number[] {
  // A call from outside has another caller: it is an entry of its own.
  if (node.nodeType === "MemberAccess" && /^contract /.test(typeOf(node["expression"] as Node)))
    return [];
  const ids = [node["referencedDeclaration"], node["function"]].filter(
    (id) => typeof id === "number",
  );
  return ids.flatMap((id) => {
    const called = nodes.get(id);
    if (called === undefined) return [];
    if (called.nodeType === "ModifierDefinition") return [id];
    if (called.nodeType !== "FunctionDefinition") return [];
    if (called["virtual"] !== true) return [id];
    const overriding = functionsOf(line).filter(({ name }) => name === called.name);
    return [id, ...overriding.map((one) => one.id)];
  });
}

function powerOf(node: Node, above: readonly Node[]): Power | undefined {
  const { nodeType } = node;
  if (nodeType === "YulFunctionCall") {
    const { name } = node["functionName"] as Node;
    return POWERS.find((power) => power === name);
  }
  if (nodeType === "NewExpression") {
    if (!typeOf(node).includes("returns (contract ")) return undefined;
    const options = above.at(-1)?.["names"];
    return Array.isArray(options) && options.includes("salt") ? "create2" : "create";
  }
  if (nodeType === "Identifier" && node.name === "selfdestruct") return "selfdestruct";
  if (nodeType !== "MemberAccess") return undefined;
  const { nodeType: ofType, name: of } = node["expression"] as Node;
  const member = node["memberName"];
  if (ofType === "Identifier" && of === "msg" && member === "sender") return "caller";
  if (ofType === "Identifier" && of === "tx" && member === "origin") return "origin";
  if (member === "delegatecall" || member === "callcode") return member;
  return undefined;
}

// As a plain argument of an event or an error it reaches nobody but the reader of logs.
function isOnlyTold({ nodes }: Syntax.Syntax, above: readonly Node[]): boolean {
  const call = above.at(-1);
  if (call?.nodeType !== "FunctionCall") return false;
  const called = nodes.get(Number((call["expression"] as Node)["referencedDeclaration"]));
  return called?.nodeType === "EventDefinition" || called?.nodeType === "ErrorDefinition";
}

function typeOf(node: Node): string {
  const { typeString } = node["typeDescriptions"] as { readonly typeString?: string };
  return typeString ?? "";
}

function readAt(
  syntax: Syntax.Syntax,
  holder: Node,
  node: Node,
  above: readonly Node[],
  power: Power,
): Read {
  const around = above.findLast(({ nodeType }) => STATEMENT.test(nodeType));
  const isCondition = around !== undefined && CONDITIONAL.test(around.nodeType);
  const condition = isCondition ? (around["condition"] as Node | undefined) : undefined;
  const statement = condition ?? around ?? node;
  const isCompared = above.some(
    (outer) =>
      outer.nodeType === "BinaryOperation" && COMPARISONS.includes(String(outer["operator"])),
  );
  const owner = syntax.nodes.get(Number(holder["scope"]));
  const name = holder.name === "" ? String(holder["kind"]) : holder.name;
  const where = owner?.nodeType === "ContractDefinition" ? `${owner.name}.${name}` : name;
  return { power, place: `${where}: ${syntax.textOf(statement)}`, isCompared };
}
