// When an installation counts, so that a half-finished one is made anew and no task runs on it.
import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInstalled, recordInstallation } from "../../scripts/installation.mjs";

describe("an installation", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tribunal-"));
    writeFileSync(join(root, "package-lock.json"), "{}");
    mkdirSync(join(root, "node_modules/hardhat"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Puts something where Hardhat looks for its simulator. */
  function install(simulator: string): void {
    const folder = join(root, "node_modules/@nomicfoundation/edr");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.js"), simulator);
  }

  it("does not count before anything is there", () => {
    expect(isInstalled(root)).to.equal(false);
  });

  it("does not count where npm left the simulator out, or a part of it", () => {
    expect(recordInstallation(root)).to.equal(false);
    install('require("./a part that is missing")');
    expect(recordInstallation(root)).to.equal(false);
    expect(isInstalled(root)).to.equal(false);
  });

  it("counts once the simulator loads, until the lock file is another", () => {
    install("module.exports = {}");
    expect(recordInstallation(root)).to.equal(true);
    expect(isInstalled(root)).to.equal(true);
    writeFileSync(join(root, "package-lock.json"), '{"lockfileVersion":3}');
    expect(isInstalled(root)).to.equal(false);
  });
});
