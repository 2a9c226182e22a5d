// docs/channel-tests.md says which test shows what: every file that it names is there, and no scenario is missing.
import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";

describe("docs/channel-tests.md", () => {
  const rows = readFileSync("docs/channel-tests.md", "utf8")
    .split("\n")
    .filter((line) => /^\| [SI\d]/.test(line));

  it("names tests that exist", () => {
    const names = rows.flatMap((row) => [...row.matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
    expect(names).not.to.be.empty;
    const missing = names.filter((name) => {
      const file = name?.endsWith(".t.sol") === true ? name : `${name}.test.ts`;
      return !existsSync(`test/channels/${file}`);
    });
    expect(missing).to.deep.equal([]);
  });

  it("has a row for each of 41 scenarios, 14 invariants and 32 mistakes", () => {
    const named = rows.flatMap((row) => labelsOf(row.split("|")[1] ?? ""));
    expect(named.filter((label) => label.startsWith("S"))).to.have.length(41);
    expect(named.filter((label) => label.startsWith("I"))).to.have.length(14);
    expect(named.filter((label) => /^\d/.test(label))).to.have.length(32);
  });
});

// "S23 to S27" and "1, 2" stand for all that lie between or beside each other.
function labelsOf(cell: string): string[] {
  return cell
    .trim()
    .split(", ")
    .flatMap((part) => {
      const [, kind = "", first = "0", last = first] = /^([SI]?)(\d+)(?: to [SI]?(\d+))?$/.exec(part) ?? [];
      const count = Number(last) - Number(first) + 1;
      return Array.from({ length: count }, (_, i) => `${kind}${Number(first) + i}`);
    });
}
