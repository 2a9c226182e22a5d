// The README names nothing that is not there, and no folder of the sources is missing from it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const PATH = /`((?:contracts|src|scripts|test|docs)\/[^`\s]*|[A-Z]+\.md)`/g;
const TASK = /npm run (?:-s )?(\w[\w-]*)/g;

describe("README", () => {
  const text = readFileSync("README.md", "utf8");

  it("names files that exist", () => {
    const paths = [...text.matchAll(PATH)].map(([, path = ""]) => path);
    expect(paths).not.to.be.empty;
    expect(paths.filter((path) => !existsSync(path))).to.deep.equal([]);
  });

  it("names every folder of the sources", () => {
    const folders = ["contracts", "src"].flatMap((folder) => readdirSync(folder));
    expect(folders.filter((folder) => !text.includes(` ${folder}/`))).to.deep.equal([]);
  });

  it("names tasks that exist", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync("package.json", "utf8"),
    );
    const tasks = [...text.matchAll(TASK)].map(([, task = ""]) => task);
    expect(tasks.filter((task) => !(task in scripts))).to.deep.equal([]);
  });
});
