import { expect } from "chai";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as VectorFile from "../../scripts/conformance/vectorFile.ts";

const VECTORS = fileURLToPath(new URL("../../../shared/ethereum-tests", import.meta.url));

// Of each folder every tenth file; npm run conformance takes them all.
const STRIDE = 10;

// Minutes of computation each.
const LONG = [
  "vmPerformance",
  "stTimeConsuming",
  "static_Call50000",
  "CALLBlake2f",
  "CALLCODEBlake2f",
];

describe("the official vectors", function () {
  this.timeout(300_000);

  if (!existsSync(VECTORS)) {
    it("are beside the project", function () {
      console.log(
        `      skipped: there are no vectors in ${path.relative(process.cwd(), VECTORS)}`,
      );
      this.skip();
    });
    return;
  }

  let passed = 0;
  for (const [folder, files] of byFolder()) {
    it(`pass in ${folder}, one file in ${STRIDE}`, () => {
      const failures: string[] = [];
      for (const file of files)
        for (const { name, failure } of VectorFile.judge(file, "Cancun"))
          if (failure === null) passed++;
          else failures.push(`${name}: ${failure}`);
      expect(failures).to.deep.equal([]);
    });
  }

  it("have more than 1,000 cases in this sample", () => {
    expect(passed).to.be.greaterThan(1_000);
  });
});

function byFolder(): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  const files = VectorFile.list(VECTORS).filter(
    (file) => !LONG.some((name) => file.includes(name)),
  );
  for (const [index, file] of files.entries()) {
    const folder = path.relative(VECTORS, file).split(path.sep).slice(0, 2).join("/");
    const isFirst = !folders.has(folder);
    if (isFirst) folders.set(folder, [file]);
    else if (index % STRIDE === 0) folders.get(folder)?.push(file);
  }
  return folders;
}
