// The lock file works with any registry: it names versions and digests, never addresses.
import { readFileSync } from "node:fs";
import { expect } from "chai";

type Lock = { readonly packages: Readonly<Record<string, Record<string, unknown>>> };

describe("package-lock.json", () => {
  const lock: Lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

  it("holds no registry address", () => {
    const resolved = Object.keys(lock.packages).filter(
      (name) => "resolved" in (lock.packages[name] ?? {}),
    );
    expect(resolved).to.deep.equal([]);
  });

  it("is kept so by .npmrc", () => {
    expect(readFileSync(".npmrc", "utf8")).to.include("omit-lockfile-registry-resolved=true");
  });
});
