// The constants of a source file as integers, read from its code without comments, so that nothing need be compiled or
// exposed to be compared.
import { keccak256, toUtf8Bytes } from "ethers";

const IN_SOLIDITY =
  /\b(\w+)\s+(?:internal |private |public )?constant\s+([A-Z][A-Z0-9_]*)\s*=\s*([^;]+);/g;
const IN_TYPESCRIPT = /^(?:export )?const ([A-Z][A-Z0-9_]*) =\s*([^;]+);/gm;
const ENUM = /\benum\s+(\w+)\s*\{([^}]*)\}/g;
const TOKEN = /\s*(0x[0-9a-fA-F_]+|[0-9][0-9_]*n?|\*\*|<<|[-+*/()]|[A-Za-z_]\w*(?:\.wrap)?)/y;
const UNITS: Readonly<Record<string, bigint>> = {
  gwei: 10n ** 9n,
  ether: 10n ** 18n,
  seconds: 1n,
  minutes: 60n,
  hours: 3_600n,
  days: 86_400n,
};

/** The integer constants of Solidity code; byte strings and references to other files are not among them. */
export function solidityConstants(code: string): Map<string, bigint> {
  const constants = new Map<string, bigint>();
  for (const [, type = "", name = "", text = ""] of code.matchAll(IN_SOLIDITY)) {
    if (type !== "bytes" && type !== "string") record(constants, name, text);
  }
  return constants;
}

/** The integer constants of a TypeScript module, exported or not, that are written as numbers. */
export function typescriptConstants(code: string): Map<string, bigint> {
  const constants = new Map<string, bigint>();
  for (const [, name = "", text = ""] of code.matchAll(IN_TYPESCRIPT)) {
    record(constants, name, text);
  }
  return constants;
}

/** The enums of Solidity code with their members in order. */
export function solidityEnums(code: string): Map<string, string[]> {
  return new Map(
    [...code.matchAll(ENUM)].map(([, name = "", members = ""]) => [
      name,
      members.split(",").flatMap((member) => (member.trim() === "" ? [] : [member.trim()])),
    ]),
  );
}

function record(constants: Map<string, bigint>, name: string, text: string): void {
  const value = valueOf(text.trim(), constants);
  if (value !== undefined) constants.set(name, value);
}

function valueOf(text: string, known: ReadonlyMap<string, bigint>): bigint | undefined {
  const hashed = text
    .replace(/keccak256\(\s*"([^"]*)"\s*\)/g, (_, preimage: string) =>
      keccak256(toUtf8Bytes(preimage)),
    )
    .replace(/keccak256\(\s*hex"([^"]*)"\s*\)/g, (_, preimage: string) =>
      keccak256(`0x${preimage}`),
    );
  const tokens = tokensOf(hashed);
  if (tokens === undefined) return undefined;
  const reader = { tokens, position: 0, known };
  const value = sum(reader);
  return reader.position === tokens.length ? value : undefined;
}

type Reader = {
  readonly tokens: readonly string[];
  readonly known: ReadonlyMap<string, bigint>;
  position: number;
};

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    tokens.push(match[1] ?? "");
  }
  return tokens;
}

// Solidity's precedence, loosest first: shift, sum, product, power.
function sum(reader: Reader): bigint | undefined {
  return binary(reader, ["<<"], (inner) =>
    binary(inner, ["+", "-"], (term) => binary(term, ["*", "/"], power)),
  );
}

function binary(
  reader: Reader,
  operators: readonly string[],
  operand: (reader: Reader) => bigint | undefined,
): bigint | undefined {
  let value = operand(reader);
  for (;;) {
    const operator = reader.tokens[reader.position];
    if (operator === undefined || !operators.includes(operator)) return value;
    reader.position += 1;
    const right = operand(reader);
    value = value === undefined || right === undefined ? undefined : apply(operator, value, right);
  }
}

function power(reader: Reader): bigint | undefined {
  const base = atom(reader);
  if (reader.tokens[reader.position] !== "**") return base;
  reader.position += 1;
  const exponent = power(reader);
  return base === undefined || exponent === undefined ? undefined : base ** exponent;
}

function atom(reader: Reader): bigint | undefined {
  const token = reader.tokens[reader.position++] ?? "";
  if (reader.tokens[reader.position] === "(" || token === "(") {
    // A conversion such as uint64(…) keeps the value.
    if (token !== "(") reader.position += 1;
    const value = sum(reader);
    reader.position += 1;
    return value;
  }
  if (!/^[0-9]/.test(token)) return reader.known.get(token);
  const unit = UNITS[reader.tokens[reader.position] ?? ""];
  if (unit !== undefined) reader.position += 1;
  return BigInt(token.replace(/n$/, "").replaceAll("_", "")) * (unit ?? 1n);
}

function apply(operator: string, left: bigint, right: bigint): bigint {
  if (operator === "<<") return left << right;
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  return left / right;
}
