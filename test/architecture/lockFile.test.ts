// The lock file works with any registry and on any platform: it names versions, never addresses, and leaves out nothing.
import { readFileSync } from "node:fs";
import { expect } from "chai";

type Package = {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type Lock = { readonly packages: Readonly<Record<string, Package>> };

describe("package-lock.json", () => {
  const { packages }: Lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

  it("holds no registry address", () => {
    const resolved = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(resolved.map(([path]) => path)).to.deep.equal([]);
  });

  it("is kept so by .npmrc", () => {
    expect(readFileSync(".npmrc", "utf8")).to.include("omit-lockfile-registry-resolved=true");
  });

  // npm drops what a registry at hand lacks, and `npm ci` then refuses the lock file.
  it("names the optional packages of every platform", () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined &&
          packages[`${path}/node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).to.deep.equal([]);
  });
});
