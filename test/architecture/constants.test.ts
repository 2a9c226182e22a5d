// Compare, don't generate: a constant or enum that stands in both twins has one value, a domain tag stands in both languages.
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { solidityConstants, solidityEnums, typescriptConstants } from "./constantText.ts";
import { expectOnlyPending } from "./pending.ts";
import { codeOf, sourceFiles } from "./sourceTree.ts";
import { pairs } from "./twins.ts";

describe("constants", () => {
  for (const { name, solidity, typescript } of pairs()) {
    it(`are equal in both twins of ${name}`, async () => {
      const twin: Record<string, unknown> = await import(pathToFileURL(typescript).href);
      const written = typescriptConstants(codeOf(typescript));
      for (const [constant, value] of solidityConstants(codeOf(solidity))) {
        const other = integerOf(twin[constant]) ?? written.get(constant);
        if (other !== undefined) expect(other, constant).to.equal(value);
      }
      for (const [type, members] of solidityEnums(codeOf(solidity))) {
        if (typeof twin[type] !== "object") continue;
        expect(twin[type], type).to.deep.equal(
          Object.fromEntries(members.map((member, index) => [member, index])),
        );
      }
    });
  }
});

describe("domain tags", () => {
  const solidity = tagsIn(sourceFiles("contracts", ".sol"), /"tribunal\.([\w.]+)"/g);
  const typescript = tagsIn(sourceFiles("src", ".ts"), /\btag\("([\w.]+)"\)/g);

  it("stand in both languages", () => {
    expectOnlyPending("tags", [
      ...solidity.filter((tag) => !typescript.includes(tag)).map((tag) => `${tag}: Solidity only`),
      ...typescript
        .filter((tag) => !solidity.includes(tag))
        .map((tag) => `${tag}: TypeScript only`),
    ]);
  });

  it("belong to one hash each", () => {
    for (const tags of [solidity, typescript]) {
      expect(tags.filter((tag, index) => tags.indexOf(tag) !== index)).to.deep.equal([]);
    }
  });
});

function tagsIn(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((path) => [...codeOf(path).matchAll(pattern)].map(([, name = ""]) => name));
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" || typeof value === "boolean") return BigInt(value);
  if (typeof value === "string" && /^0x[0-9a-f]*$/i.test(value)) return BigInt(value);
  if (value instanceof Uint8Array) return BigInt(`0x0${Buffer.from(value).toString("hex")}`);
  return undefined;
}
