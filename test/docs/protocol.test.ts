// What docs/protocol.md says in numbers and names is what the code says: whoever writes a second machine has only the page.
import { expect } from "chai";
import * as Code from "../../src/machine/code.ts";
import * as Family from "../../src/machine/family.ts";
import * as Gas from "../../src/machine/gas.ts";
import { HASH_STEP_BYTES } from "../../src/machine/instructions/hashOps.ts";
import * as Phase from "../../src/machine/phase.ts";
import { COPY_CHUNK_BYTES } from "../../src/machine/phases/copy.ts";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Sponge from "../../src/machine/sponge.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Limits from "../../src/protocol/limits.ts";
import { sourceFiles, textOf } from "../architecture/sourceTree.ts";

const CONSTANTS: Readonly<Record<string, bigint | number | Uint8Array>> = {
  ...Limits,
  "Code.CHUNK": Code.CHUNK,
  "Code.TREE_HEIGHT": Code.TREE_HEIGHT,
  MAX_MEMORY_BYTES: Gas.MAX_MEMORY_BYTES,
  COPY_CHUNK_BYTES,
  HASH_STEP_BYTES,
  "Sponge.STEP_BYTES": Sponge.STEP_BYTES,
  PRECOMPILE_GAS_CAP: Precompiles.PRECOMPILE_GAS_CAP,
  PRECOMPILE_INPUT_CAP: Precompiles.PRECOMPILE_INPUT_CAP,
};

/** A quantity as the page writes it: with commas, as a power of two, or as hex. */
function quantityOf(text: string): bigint {
  const [, digits = "", exponent] = /^`?(0x[0-9a-f]+|[0-9,]+)(?:\^([0-9]+))?/.exec(text) ?? [];
  const quantity = BigInt(digits.replaceAll(",", ""));
  return exponent === undefined ? quantity : quantity ** BigInt(exponent);
}

function valueOf(name: string): bigint {
  const value = CONSTANTS[name] ?? expect.fail(`docs/protocol.md names ${name}`);
  return BigInt(value instanceof Uint8Array ? Hex.fromBytes(value) : value);
}

describe("docs/protocol.md", () => {
  const text = textOf("docs/protocol.md");
  const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
  const rowsOf = (title: string) =>
    section(title)
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => line.split("|").map((cell) => cell.trim()));

  it("gives every constant that it names its value", () => {
    const named = rowsOf("2. Constants").filter(([, name = ""]) => name.startsWith("`"));
    expect(named).to.have.length(15);
    for (const [, names = "", values = ""] of named) {
      const parts = values.split(" / ");
      names.split(" / ").forEach((name, index) => {
        const constant = name.replaceAll("`", "");
        expect(quantityOf(parts[index] ?? ""), constant).to.equal(valueOf(constant));
      });
    }
  });

  it("gives every phase and every family its number", () => {
    const numbers = new Map(
      rowsOf("5. Phases and families").map(([, name = "", number = ""]) => [name, number]),
    );
    const { NAMES, DONE, ...phases } = Phase;
    for (const [name, number] of Object.entries(phases)) {
      if (typeof number === "number") expect(numbers.get(name), name).to.equal(String(number));
    }
    Family.NAMES.forEach((name, number) => {
      expect(numbers.get(name), name).to.equal(String(number));
    });
    expect(numbers.size).to.equal(NAMES.length + Family.NAMES.length + 2);
    expect(DONE).to.equal(255);
  });

  it("and the page of disputes name every domain tag, and no other", () => {
    const used = sourceFiles("src", ".ts").flatMap((path) =>
      [...textOf(path).matchAll(/\btag\("([\w.]+)"\)/g)].map(([, tag = ""]) => tag),
    );
    const cursors = [...section("3. State of the machine").matchAll(/^(\w+): +\w/gm)];
    const others = [...`${text}${textOf("docs/protocol-dispute.md")}`.matchAll(/tribunal\.([a-zA-Z]+(?:\.[a-z]+)?)(?=[,):\s])/g)];
    const named = [
      ...cursors.map(([, name = ""]) => `cursor.${name}`),
      ...others.map(([, tag = ""]) => tag),
    ];
    expect([...new Set(named)].sort()).to.deep.equal([...new Set(used)].sort());
  });
});
