import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isBuilt, recordBuild } from "../../scripts/buildStamp.mjs";

const SOURCES = [
  "package-lock.json",
  "hardhat.config.ts",
  "contracts/a/A.sol",
  "test/a/A.t.sol",
  "node_modules/@openzeppelin/contracts/token/ERC20/ERC20.sol",
];
const RESULTS = ["artifacts/contracts/a/A.sol/A.json", "types/ethers-contracts/A.ts"];

describe("scripts/buildStamp", () => {
  let root: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const remove = (path: string) => rmSync(join(root, path));
  const build = () => {
    for (const path of RESULTS) write(path, "compiled");
    return Promise.resolve(0);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tribunal-"));
    for (const path of SOURCES) write(path, "source");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("knows a build that succeeded, and none before", async () => {
    expect(isBuilt(root)).to.equal(false);
    expect(await recordBuild(root, build)).to.equal(0);
    expect(isBuilt(root)).to.equal(true);
  });

  it("sees any change of what is read or written", async () => {
    for (const path of [...SOURCES, ...RESULTS]) {
      await recordBuild(root, build);
      write(path, "edited");
      expect(isBuilt(root), path).to.equal(false);
      write(path, path === RESULTS[0] || path === RESULTS[1] ? "compiled" : "source");
      expect(isBuilt(root), path).to.equal(true);
    }
    for (const path of [...SOURCES.slice(2), ...RESULTS]) {
      await recordBuild(root, build);
      remove(path);
      expect(isBuilt(root), path).to.equal(false);
      write(path, "source");
    }
    for (const path of ["contracts/B.sol", "test/b/B.t.sol", "artifacts/contracts/B.json"]) {
      await recordBuild(root, build);
      write(path, "");
      expect(isBuilt(root), path).to.equal(false);
    }
  });

  it("takes no move of bytes from one file to the next for the same", async () => {
    write("contracts/a/A.sol", "ab");
    write("contracts/a/B.sol", "c");
    await recordBuild(root, build);
    write("contracts/a/A.sol", "a");
    write("contracts/a/B.sol", "bc");
    expect(isBuilt(root)).to.equal(false);
  });

  it("passes over what no compiler reads", async () => {
    await recordBuild(root, build);
    write("test/a/a.test.ts", "edited");
    expect(isBuilt(root)).to.equal(true);
  });

  it("records none that failed, or during which a source changed, and forgets the one before", async () => {
    await recordBuild(root, build);
    expect(await recordBuild(root, () => Promise.resolve(3))).to.equal(3);
    expect(isBuilt(root)).to.equal(false);
    const edited = () => {
      write("contracts/a/A.sol", "edited");
      return build();
    };
    expect(await recordBuild(root, edited)).to.equal(0);
    expect(isBuilt(root)).to.equal(false);
    // What was compiled may be the edit, whatever stands there later.
    write("contracts/a/A.sol", "source");
    expect(isBuilt(root)).to.equal(false);
  });
});
